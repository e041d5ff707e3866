"""敏感件: who sees one and who learns nothing of it, through every door there is."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from bancheng.catalogue.words import Mode
from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotFound, Refused
from bancheng.identity.models import Staff
from bancheng.identity.roles import CENTRE_ROLES, Role
from tenants.coordination import actions as coordination
from tenants.coordination.models import Purpose
from tenants.matters import access, actions, known, selectors
from tenants.matters.models import Matter
from tenants.matters.selectors import Filters
from tenants.matters.states import State
from tenants.referrals import selectors as referrals
from tenants.workbook import selectors as workbook
from tests import schemas
from tests.desk import REPORTER, STORY, Desk

SENSITIVE = replace(STORY, sensitive=True)
URLCONF = "tenants.urls"


def page(name: str, *args: object) -> str:
    return reverse(name, urlconf=URLCONF, args=args)


def sees(desk: Desk, matter: Matter, role: str, department: str = "") -> bool:
    """Whether the person sees it, by both statements of the rule and by both readings."""
    actor = desk.actor(role, department)
    listed = selectors.visible_to(actor).filter(pk=matter.pk).exists()
    try:
        opened = selectors.matter_for(actor, matter.pk).pk == matter.pk
    except Refused:
        opened = False
    named = Staff.objects.filter(access.people_on(Matter.objects.get(pk=matter.pk)), pk=actor.id).exists()
    assert listed == opened == named, (role, department)
    return listed


def those_who_see(desk: Desk, matter: Matter) -> set[str]:
    return {role for role in CENTRE_ROLES if sees(desk, matter, role)}


LEADERS = {Role.WINDOW_LEAD, Role.DIRECTOR}


# --- Who is on it ------------------------------------------------------------------------------------


def test_once_registered_the_registrar_the_lead_and_the_director_see_it(desk: Desk) -> None:
    assert those_who_see(desk, desk.registered(story=SENSITIVE)) == LEADERS | {Role.WINDOW_CLERK}


def test_unsigned_the_whole_lead_department_sees_it(desk: Desk) -> None:
    matter = desk.assigned(story=SENSITIVE)

    assert those_who_see(desk, matter) == LEADERS | {
        Role.WINDOW_CLERK,
        Role.HANDLER,
        Role.DEPARTMENT_HEAD,
    }


def test_once_signed_the_departments_other_handlers_see_it_no_more(desk: Desk) -> None:
    matter = desk.handling(story=SENSITIVE)
    other = schemas.make_staff(desk.centre, Role.HANDLER, "SB").actor

    assert not selectors.visible_to(other).filter(pk=matter.pk).exists()
    assert sees(desk, matter, Role.HANDLER)
    assert sees(desk, matter, Role.DEPARTMENT_HEAD)


def test_another_clerk_does_not_see_it(desk: Desk) -> None:
    matter = desk.registered(story=SENSITIVE)
    other = schemas.make_staff(desk.centre, Role.WINDOW_CLERK).actor

    with pytest.raises(NotFound):
        selectors.matter_for(other, matter.pk)


def test_a_supporting_departments_head_sees_it_until_it_has_answered(desk: Desk) -> None:
    matter = desk.handling(story=SENSITIVE)
    Matter.objects.filter(pk=matter.pk).update(supporting=["YB"], unanswered=["YB"])
    assert sees(desk, matter, Role.DEPARTMENT_HEAD, "YB")
    assert not sees(desk, matter, Role.HANDLER, "YB")

    Matter.objects.filter(pk=matter.pk).update(unanswered=[])

    assert not sees(desk, matter, Role.DEPARTMENT_HEAD, "YB")


def test_whoever_signed_or_answered_the_part_stays_on_it(desk: Desk) -> None:
    matter = desk.handling(story=SENSITIVE)
    Matter.objects.filter(pk=matter.pk).update(supporting=["YB"])
    Matter.objects.get(pk=matter.pk).events.model.objects.create(
        matter=matter,
        seq=99,
        at=matter.registered_at,
        act="answer_support",
        from_state=matter.state,
        to_state=matter.state,
        actor_id=desk.actor(Role.HANDLER, "YB").id,
        actor_label="示例",
    )

    assert sees(desk, matter, Role.HANDLER, "YB")


def test_a_deputy_sees_it_while_a_signature_is_waited_for(desk: Desk) -> None:
    matter = desk.handling(story=SENSITIVE, mode=Mode.SPECIAL)
    assert not sees(desk, matter, Role.DEPUTY)

    coordination.request_signoff(
        matter_id=matter.pk,
        actor=desk.actor(Role.HANDLER),
        purpose=Purpose.NEGATIVE,
        basis="示例依据",
        risk="示例风险",
        precedent="已查，无先例。",
    )

    assert sees(desk, matter, Role.DEPUTY)


def test_a_supervisor_sees_it_while_it_is_supervised(desk: Desk) -> None:
    matter = desk.handling(story=SENSITIVE)
    assert not sees(desk, matter, Role.SUPERVISOR)

    Matter.objects.filter(pk=matter.pk).update(supervised=True)

    assert sees(desk, matter, Role.SUPERVISOR)


def test_a_caller_sees_it_from_the_reply_to_the_callback_and_after_having_called(desk: Desk) -> None:
    matter = desk.replied(story=SENSITIVE)
    other = schemas.make_staff(desk.centre, Role.CALLER).actor
    assert sees(desk, matter, Role.CALLER)

    desk.call_back(matter.pk)

    assert sees(desk, matter, Role.CALLER)
    assert not selectors.visible_to(other).filter(pk=matter.pk).exists()


def test_the_leader_who_took_it_over_sees_it(desk: Desk) -> None:
    matter = desk.handling(story=SENSITIVE)
    Matter.objects.filter(pk=matter.pk).update(case_leader=desk.actor(Role.DEPUTY).id)

    assert sees(desk, matter, Role.DEPUTY)


def test_an_auditor_does_not_see_it(desk: Desk) -> None:
    assert not sees(desk, desk.closed(story=SENSITIVE), Role.AUDITOR)


# --- The act -----------------------------------------------------------------------------------------


def restrict(desk: Desk, matter: Matter, *, sensitive: bool = True, admitted: Any = ()) -> Matter:
    return actions.restrict(
        matter_id=matter.pk,
        actor=desk.actor(Role.WINDOW_LEAD),
        sensitive=sensitive,
        reason="涉及病情。",
        admitted=admitted,
    )


def test_whoever_is_admitted_sees_it_of_whatever_department(desk: Desk) -> None:
    matter = desk.handling()
    restrict(desk, matter, admitted=[desk.actor(Role.HANDLER, "YB").id, desk.actor(Role.AUDITOR).id])

    assert sees(desk, matter, Role.HANDLER, "YB")
    assert sees(desk, matter, Role.AUDITOR)


def test_it_is_told_in_the_timeline_with_the_names_of_the_admitted(desk: Desk) -> None:
    matter = desk.registered()

    restrict(desk, matter, admitted=[desk.actor(Role.AUDITOR).id])

    (event,) = matter.events.filter(act="restrict")
    assert event.data == {"sensitive": True, "admitted": 1}
    assert desk.staff(Role.AUDITOR).name in event.note


def test_once_it_is_ended_everybody_sees_it_and_nobody_is_admitted(desk: Desk) -> None:
    matter = desk.registered(story=SENSITIVE)
    restrict(desk, matter, admitted=[desk.actor(Role.AUDITOR).id])

    freed = restrict(desk, matter, sensitive=False)

    assert freed.admitted == []
    assert sees_ordinary(desk, matter, Role.CALLER)


def sees_ordinary(desk: Desk, matter: Matter, role: str) -> bool:
    return selectors.visible_to(desk.actor(role)).filter(pk=matter.pk).exists()


def test_nothing_changed_is_refused(desk: Desk) -> None:
    with pytest.raises(Conflict) as caught:
        restrict(desk, desk.registered(story=SENSITIVE))
    assert caught.value.code == "nothing_changed"


def test_only_active_accounts_are_admitted(desk: Desk) -> None:
    with pytest.raises(Invalid):
        restrict(desk, desk.registered(), admitted=[uuid4()])


# --- Every door --------------------------------------------------------------------------------------


@pytest.fixture
def hidden(desk: Desk) -> Matter:
    """A sensitive matter that the caller is not on."""
    return desk.handling(story=SENSITIVE)


DOORS = ("matter", "unmask", "receipt")


def test_pages_answer_as_if_there_were_no_such_matter(desk: Desk, hidden: Matter) -> None:
    client = schemas.client_for(desk.centre, schemas.make_staff(desk.centre, Role.WINDOW_CLERK))

    for url in (*(page(door, hidden.pk) for door in DOORS), page("act", hidden.pk, "contact")):
        found, none = client.get(url), client.get(url.replace(str(hidden.pk), str(uuid4())))
        assert (found.status_code, none.status_code) == (404, 404), url
        assert hidden.number not in found.content.decode()


def test_the_api_answers_as_if_there_were_no_such_matter(desk: Desk, hidden: Matter) -> None:
    api = schemas.api_for(desk.centre, schemas.make_staff(desk.centre, Role.WINDOW_CLERK))

    one = api.get(page("api-matter", hidden.pk))
    act = api.post(page("api-matter-contact", hidden.pk), {}, format="json")
    rows = api.get(page("api-matters")).json()
    found = api.post(page("api-matters-search"), {"q": REPORTER.identifier}, format="json").json()

    assert (one.status_code, act.status_code) == (404, 404)
    assert hidden.number not in str(rows)
    assert hidden.number not in str(found)


def test_lists_search_and_todays_events_leave_it_out(desk: Desk, hidden: Matter) -> None:
    caller = desk.actor(Role.CALLER)

    assert hidden not in selectors.listed(caller, Filters(q=REPORTER.name))
    assert hidden not in workbook.book(caller, Filters())
    assert workbook.by_number(caller, hidden.number) is None
    assert all(event.matter_id != hidden.pk for event in selectors.todays_events(caller))
    assert hidden not in known.similar(caller, item_code="YL10")


def test_the_workbench_and_its_counts_leave_it_out(desk: Desk) -> None:
    hidden = desk.resolved(story=SENSITIVE)
    client = schemas.client_for(desk.centre, schemas.make_staff(desk.centre, Role.WINDOW_CLERK))

    text = client.get(page("workbench") + "?list=to_reply").content.decode()

    assert hidden.number not in text
    assert "没有待答复的反映件。" in text


def test_its_referral_is_hidden_with_it(desk: Desk, city: Any) -> None:
    draft = desk.drafted(city.code, story=SENSITIVE)
    caller = desk.actor(Role.CALLER)

    assert not referrals.visible_to(caller).filter(pk=draft.pk).exists()
    with pytest.raises(NotFound):
        referrals.referral_for(caller, draft.pk)
    assert referrals.referral_for(desk.actor(Role.WINDOW_LEAD), draft.pk) == draft


def test_the_consultation_it_came_from_is_hidden_with_it(desk: Desk) -> None:
    row = actions.record_consultation(
        actor=desk.actor(Role.WINDOW_CLERK), item_code="YL10", subject="遗属待遇怎么办", name="欧阳示例"
    )
    other = schemas.make_staff(desk.centre, Role.WINDOW_CLERK).actor
    assert selectors.consultations(other).filter(pk=row.pk).exists()

    actions.register(
        actor=desk.actor(Role.WINDOW_CLERK), reporter=REPORTER, story=SENSITIVE, consultation_id=row.pk
    )

    assert not selectors.consultations(other).filter(pk=row.pk).exists()
    assert selectors.consultations(desk.actor(Role.WINDOW_CLERK)).filter(pk=row.pk).exists()


def test_at_intake_it_is_said_that_there_is_one_and_nothing_else(desk: Desk, hidden: Matter) -> None:
    client = schemas.client_for(desk.centre, schemas.make_staff(desk.centre, Role.WINDOW_CLERK))

    text = client.post(
        page("intake_help"),
        {"reporter_kind": "person", "identifier": REPORTER.identifier, "item_code": "YL10"},
    ).content.decode()

    assert "此人另有一件受限反映件，请找窗口负责人。" in text
    assert hidden.number not in text
    assert hidden.subject not in text


def test_the_auditor_reads_the_trail_by_its_number_alone(desk: Desk, hidden: Matter) -> None:
    client = schemas.client_for(desk.centre, desk.staff(Role.AUDITOR))

    text = client.get(page("audit"), {"matter": str(hidden.pk)}).content.decode()

    assert hidden.number in text
    assert page("matter", hidden.pk) not in text
    assert hidden.subject not in text


def test_a_box_at_the_counter_makes_it_sensitive_from_the_first_minute(desk: Desk) -> None:
    client = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_CLERK))

    client.post(
        page("intake"),
        {
            "reporter_kind": "person",
            "name": "欧阳示例",
            "capacity": "self",
            "kind": "urgent",
            "urgency": "ordinary",
            "channel": "counter",
            "purpose": "request",
            "item_code": "YL10",
            "subject": "认证遇到困难",
            "narrative": "示例情况。",
            "sensitive": "on",
            "trips_before": "0",
            "months_before": "0",
        },
    )

    with in_centre(desk.centre.code):
        matter = Matter.objects.get()
    assert matter.sensitive
    assert matter.state == State.REGISTERED
