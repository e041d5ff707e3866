"""Every address × every role × {own centre, another centre's ids, another centre's login, nobody}.

The addresses come from the URLconfs themselves: a new route is tested the moment it exists, and one whose
arguments this file cannot fill fails here until somebody says whose they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern

from bancheng.bulletins import actions as bulletins
from bancheng.bulletins.models import Bulletin
from bancheng.centres.scope import in_centre
from bancheng.exchange.models import Message
from bancheng.identity.roles import CENTRE_ROLES, OFFICE_ROLES, Role
from bancheng.overview.index import months
from bancheng.overview.models import CityProblem, Link, Pain
from bancheng.precedents.models import Precedent
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock
from tenants import office_urls
from tenants.casework import files
from tenants.casework.actions import evidence, guidance
from tenants.casework.models import Category as Kept
from tenants.casework.models import Purpose
from tenants.casework.reckoning.ages import Category
from tenants.casework.reckoning.months import Month
from tenants.coordination import actions as coordination
from tenants.coordination.offices import Office
from tenants.improvement import actions as improvement
from tenants.matters.actions import record_consultation
from tenants.notices.actions import notify
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Notice
from tenants.referrals import sending
from tests import papers, precedents, schemas
from tests.desk import REPORTER, STORY, Desk

OPEN_TO_ALL = {"login", "api-token", "api-schema", "api-docs", "track", "rated"}
"""What is meant to answer without a login; none of it shows anything of anybody."""


@dataclass(frozen=True)
class Route:
    """One address of a URLconf, with the names of its arguments."""

    name: str
    pattern: str

    @property
    def arguments(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.pattern)

    def path(self, values: dict[str, str]) -> str:
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], self.pattern)


def routes(urlconf: str) -> list[Route]:
    """All addresses of the URLconf, however deep."""

    def walk(patterns: list[Any], prefix: str) -> Iterator[Route]:
        for entry in patterns:
            here = prefix + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield Route(entry.name or here, here)
            else:
                yield from walk(entry.url_patterns, here)

    return list(walk(get_resolver(urlconf).url_patterns, ""))


CENTRE, OFFICE = routes("tenants.urls"), routes("bancheng.urls.office")
PAPERS = {"referral_letter", "reply_letter", "support_letter"}
"""What is printed in clear, on purpose and audited."""


@dataclass(frozen=True)
class Things:
    """The ids of one centre's things, by the names of routes' arguments, and what is theirs alone."""

    values: dict[str, str]
    marks: tuple[str, ...]


def furnish(desk: Desk, *, called: str) -> Things:
    """One of everything that a route can name; `called` is the word by which this centre's are known."""
    story = replace(STORY, subject=f"{called}的遗属待遇")
    reporter = replace(REPORTER, name=f"欧阳{called}")
    with in_centre(desk.centre.code):
        matter = desk.resolved(story=story, reporter=reporter)
        evidence.add_evidence(
            matter_id=matter.pk,
            actor=desk.actor(Role.WINDOW_CLERK),
            category=Kept.RECEIPT,
            purpose=Purpose.FILING,
            file=files.clean("示例.png", papers.picture("PNG")),
            description=f"{called}的凭证",
        )
        matter = desk.reply(matter.pk)
        referred = desk.handling(level=5, story=story, reporter=reporter)
        lead = desk.actor(Role.WINDOW_LEAD)
        evidence.add_evidence(
            matter_id=referred.pk,
            actor=lead,
            category=Kept.CARD,
            purpose=Purpose.FILING,
            file=files.clean("示例.png", papers.picture("PNG")),
        )
        draft = sending.draft(
            matter_id=referred.pk,
            actor=lead,
            unit="130700",
            reason=f"{called}的理由",
            requested="示例请求",
            files=[referred.evidence.get().pk],
        )
        sent = sending.send(referral_id=draft.pk, actor=lead)
        consultation = record_consultation(
            actor=desk.actor(Role.WINDOW_CLERK), item_code="YL06", subject=f"{called}的咨询"
        )
        reply = matter.replies.get()
        guidance.set_parameters(
            actor=lead,
            province="示例省",
            year=2026,
            base=Decimal(7000),
            coefficient=Decimal("1.3"),
            source="示例参数",
        )
        reckoned = guidance.reckon(
            matter_id=matter.pk,
            actor=lead,
            whom=f"欧阳{called}",
            born=Month(1966, 1),
            category=Category.MAN,
            planned=Month(2026, 5),
            actual_months=280,
            average_index=Decimal(1),
            balance=Decimal(80_000),
        )
        asked = desk.awaiting_material(story=story, reporter=reporter)
        request = asked.material_requests.get()
        supervisor = desk.actor(Role.SUPERVISOR)
        coordination.supervise(matter_id=referred.pk, actor=supervisor, demand=f"{called}的督办")
        bank = Office(f"{called}银行", f"{called}银行")
        coordination.ask_support(matter_id=referred.pk, actor=lead, office=bank, question="请核实。")
        notify(matter=matter, kind=NoticeKind.DUE_SOON, key=called, staff=(lead.id,))
        notice = Notice.objects.get(key=called)
        problem = improvement.start(
            actor=lead, item="YL10", cause="C06", title=f"{called}的问题", pain=Pain.BLOCK
        )
        closed = desk.closed(story=story, reporter=reporter)
        written = precedents.drafted(  # by whoever asks, so that nobody here publishes it to all
            desk, closed, by=Role.WINDOW_LEAD, title=f"{called}的先例"
        )
        values = {
            "problem_id": str(problem.pk),
            "matter_id": str(matter.pk),
            "referral_id": str(sent.pk),
            "office_code": "130000",
            "consultation_id": str(consultation.pk),
            "reply_id": str(reply.pk),
            "reckoning_id": str(reckoned.reckonings.get().pk),
            "request_id": str(request.pk),
            "part_id": str(referred.joint_parts.get().pk),
            "order_id": str(referred.supervision_orders.get().pk),
            "evidence_id": str(matter.evidence.get().pk),
            "file_id": str(sent.files.get().pk),
            "notice_id": str(notice.pk),
            "name": "contact",
            "tab": "materials",
            "case_id": str(sent.pk),
            "message_id": str(Message.objects.filter(case_id=sent.pk).values_list("pk", flat=True)[0]),
            "city_problem_id": str(of_the_city().pk),
            "draft_id": str(written.pk),
            "precedent": str(of_everybody().pk),
            "bulletin_id": str(of_the_office().pk),
        }
    return Things(values, (called, matter.number, referred.number, asked.number, sent.number))


def of_the_office() -> Bulletin:
    """A bulletin of the municipal office, which is being made."""
    with in_centre("130700-office"):
        if there := Bulletin.objects.first():
            return there
        clerk = schemas.make_staff(schemas.centre("130700-office"), Role.CITY_ANALYST)
        return bulletins.ask(actor=clerk.actor, month=months.last_over())


def of_everybody() -> Precedent:
    """A precedent that the city has published to all centres."""
    return Precedent.objects.filter(centre="130700").first() or precedents.standing()


def of_the_city() -> CityProblem:
    """A problem that the municipal office has taken up, the same for all centres."""
    found, _ = CityProblem.objects.get_or_create(
        number="张社市问〔2026〕1号",
        defaults={
            "item": "YL10",
            "cause": "C06",
            "centres": ["130700", "130722"],
            "link": Link.CITY,
            "opened_on": clock.today(),
        },
    )
    return found


@pytest.fixture
def ours(zhangbei: Any, city: Any) -> Desk:
    return Desk(zhangbei)


@pytest.fixture
def theirs(yuxian: Any, city: Any) -> Desk:
    return Desk(yuxian)


class Visitor:
    """Somebody logged in at `centre`, who asks there or at `host`, and logs in again when that has ended."""

    def __init__(self, centre: Any, staff: Any, *, host: Any = None) -> None:
        self.centre, self.staff, self.host = centre, staff, host or centre
        self.client = self._logged_in()

    def ask(self, route: Route, things: Things) -> list[Any]:
        """The answers to reading and to sending nothing."""
        return [self._answer("get", route, things), self._answer("post", route, things)]

    def _answer(self, method: str, route: Route, things: Things) -> Any:
        more = {} if method == "get" else {"data": {}, "content_type": "application/json"}
        answer = getattr(self.client, method)(route.path(things.values), **more)
        session = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if session is not None and not session.value:
            self.client = self._logged_in()
        return answer

    def _logged_in(self) -> Client:
        client = schemas.client_for(self.centre, self.staff)
        client.defaults["HTTP_HOST"] = schemas.host_of(self.host)
        return client


def shown(things: Things, answer: Any) -> list[str]:
    """What of these things the answer shows."""
    told = text_of(answer) + str(dict(answer.items()))
    return [mark for mark in things.marks if mark in told]


def text_of(answer: Any) -> str:
    return (b"".join(answer) if answer.streaming else answer.content).decode(errors="replace")


def test_every_argument_of_every_route_is_known() -> None:
    known = {
        "matter_id",
        "referral_id",
        "office_code",
        "consultation_id",
        "reply_id",
        "request_id",
        "reckoning_id",
        "notice_id",
        "part_id",
        "order_id",
        "evidence_id",
        "file_id",
        "name",
        "tab",
        "case_id",
        "message_id",
        "city_problem_id",
        "draft_id",
        "precedent",
        "bulletin_id",
        "problem_id",
    }
    assert {argument for route in CENTRE + OFFICE for argument in route.arguments} <= known


def test_nobody_gets_in_without_a_login(ours: Desk) -> None:
    things, wrong, nobody = furnish(ours, called="甲处"), [], Visitor(ours.centre, None)
    for route in CENTRE:
        for answer in nobody.ask(route, things):
            expected = {401} if "api/" in route.pattern else {302}
            if route.name in OPEN_TO_ALL:
                expected = {200, 401, 405, 415, 422}
            if answer.status_code not in expected or shown(things, answer):
                wrong.append(f"{route.name}: {answer.status_code} {shown(things, answer)}")
    assert wrong == []


def test_a_login_of_another_centre_is_nobody_here(ours: Desk, theirs: Desk) -> None:
    things, wrong = furnish(ours, called="甲处"), []
    stranger = Visitor(theirs.centre, theirs.staff(Role.WINDOW_LEAD), host=ours.centre)
    for route in CENTRE:
        for answer in stranger.ask(route, things):
            let_in = route.name not in OPEN_TO_ALL and answer.status_code not in (302, 401, 403)
            if let_in or shown(things, answer):
                wrong.append(f"{route.name}: {answer.status_code} {shown(things, answer)}")
    assert wrong == []


def test_another_centres_ids_are_unknown_here(ours: Desk, theirs: Desk) -> None:
    things, wrong = furnish(theirs, called="乙处"), []
    lead = Visitor(ours.centre, ours.staff(Role.WINDOW_LEAD))
    for route in CENTRE:
        if not any(argument.endswith("_id") for argument in route.arguments):
            continue
        read, sent = lead.ask(route, things)
        if read.status_code not in (404, 405) or sent.status_code not in (403, 404, 405):
            wrong.append(f"{route.name}: {read.status_code} {sent.status_code}")
        if shown(things, read) or shown(things, sent):
            wrong.append(f"{route.name} shows what is theirs")
    assert wrong == []


def test_with_the_same_ids_in_both_everybody_sees_what_is_here(ours: Desk, theirs: Desk) -> None:
    mine, foreign = furnish(ours, called="甲处"), furnish(theirs, called="乙处")
    for key, table in TABLES.items():
        renumber(theirs.centre.schema_name, table, foreign.values[key], mine.values[key])
    wrong = []
    for desk, own, other in ((ours, mine, "乙处"), (theirs, mine, "甲处")):
        lead = Visitor(desk.centre, desk.staff(Role.WINDOW_LEAD))
        for route in CENTRE:
            for answer in lead.ask(route, own):
                if answer.status_code >= 500 or other in text_of(answer):
                    wrong.append(f"{desk.centre.short_name} {route.name}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES))
def test_every_role_is_answered_in_its_own_centre(ours: Desk, role: str) -> None:
    """A page, a refusal in words, or a wrong method; never a failure, and never a card number unasked."""
    things, wrong = furnish(ours, called="甲处"), []
    visitor = Visitor(ours.centre, ours.staff(role))
    for route in CENTRE:
        for answer in visitor.ask(route, things):
            in_clear = REPORTER.identifier in text_of(answer) and route.name not in PAPERS
            if answer.status_code >= 500 or in_clear:
                wrong.append(f"{route.name}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES))
def test_the_office_is_answered_and_shown_no_case(ours: Desk, office: Any, role: str) -> None:
    things, wrong = furnish(ours, called="甲处"), []
    person = Visitor(office, schemas.make_staff(office, role))
    personal = ("甲处", REPORTER.identifier, REPORTER.phone)
    for route in OFFICE:
        for answer in person.ask(route, things):
            if answer.status_code >= 500 or any(mark in text_of(answer) for mark in personal):
                wrong.append(f"{route.name}: {answer.status_code}")
    assert wrong == []


def test_every_address_of_a_centre_is_refused_at_the_office(ours: Desk, office: Any) -> None:
    """To each of its roles, reading and sending, pages and API; each attempt is in the office's own trail."""
    things, there = furnish(ours, called="甲处"), {route.pattern for route in OFFICE}
    asked, wrong = [route for route in CENTRE if route.pattern not in there], []
    for role in sorted(OFFICE_ROLES):
        person = Visitor(office, schemas.make_staff(office, role))
        for route in asked:
            for answer in person.ask(route, things):
                if answer.status_code != 403 or office_urls.REFUSED not in text_of(answer):
                    wrong.append(f"{role} {route.name}: {answer.status_code}")
        with in_centre(office.code):
            noted = AuditEntry.objects.filter(act=office_urls.ACT, actor_id=person.staff.pk)
            tried = [entry.data["pattern"] for entry in noted]
        assert sorted(tried) == sorted(2 * [route.pattern for route in asked])
    assert wrong == []


def test_a_login_of_the_office_is_nobody_at_a_centre(ours: Desk, office: Any) -> None:
    things, wrong = furnish(ours, called="甲处"), []
    analyst = Visitor(office, schemas.make_staff(office, Role.CITY_ANALYST), host=ours.centre)
    for route in CENTRE:
        for answer in analyst.ask(route, things):
            let_in = route.name not in OPEN_TO_ALL and answer.status_code not in (302, 401, 403)
            if let_in or shown(things, answer):
                wrong.append(f"{route.name}: {answer.status_code} {shown(things, answer)}")
    assert wrong == []


TABLES = {
    "matter_id": "matters_matter",
    "referral_id": "referrals_referral",
    "consultation_id": "matters_consultation",
    "reply_id": "replies_reply",
    "reckoning_id": "casework_reckoning",
    "evidence_id": "casework_evidence",
    "file_id": "referrals_carriedfile",
    "request_id": "casework_materialrequest",
    "part_id": "coordination_jointpart",
    "order_id": "coordination_supervisionorder",
    "notice_id": "notices_notice",
    "problem_id": "improvement_problem",
    "draft_id": "improvement_precedentdraft",
}


def renumber(schema: str, table: str, old: str, new: str) -> None:
    """Give a row of a schema another id, in everything that refers to it too: what no action could do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " WHERE c.contype = 'f' AND c.confrelid = %s::regclass",
            [f"{schema}.{table}"],
        )
        referring = cursor.fetchall()
        places = [(f"{schema}.{table}", "id"), *referring]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for place, _ in places:
            cursor.execute(f"ALTER TABLE {place} DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for place, column in places:
            cursor.execute(f"UPDATE {place} SET {column} = %s WHERE {column} = %s", [new, old])  # noqa: S608
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for place, _ in places:
            cursor.execute(f"ALTER TABLE {place} ENABLE TRIGGER USER")
