"""The tab 协同: its parts, its papers and its API, for those who may see the matter and for nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bancheng.centres.scope import in_centre
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock
from tenants.coordination import actions
from tenants.coordination.actions import Decided
from tenants.coordination.models import JointPart, Meeting, SupervisionOrder, Whom
from tenants.coordination.offices import Office
from tenants.matters import panels
from tenants.matters.models import Matter
from tests import schemas
from tests.desk import REPORTER, Desk

BANK, SB = Office("示例银行", "示例银行"), Office("SB", "社保经办", True)


def everything(desk: Desk, *, times: int = 1) -> Matter:
    """A matter with something under every part of the tab, `times` of what can be several."""
    lead, handler = desk.actor(Role.WINDOW_LEAD), desk.actor(Role.HANDLER)
    matter = actions.assign(
        matter_id=desk.accepted().pk, actor=lead, department="SB", supporting=["YB"], instruction="请核对。"
    )
    from tenants.matters.actions import sign

    sign(matter_id=matter.pk, actor=handler)
    actions.supervise(matter_id=matter.pk, actor=desk.actor(Role.SUPERVISOR), demand="请说明原因。")
    for turn in range(times):
        bank = Office(f"示例银行{turn}", f"示例银行{turn}")
        actions.ask_support(matter_id=matter.pk, actor=lead, office=bank, question="请核实账户。")
        actions.answer_supervision(matter_id=matter.pk, actor=handler, text="正在调档。")
        actions.instruct(
            matter_id=matter.pk, actor=desk.actor(Role.DEPUTY), text="请从速。", to=[Whom.WINDOW]
        )
        for wanting, giving in ((SB, bank), (bank, SB)):
            actions.record_prerequisite(
                matter_id=matter.pk, actor=handler, wanting=wanting, giving=giving, paper="证明", basis="办法"
            )
        actions.call_meeting(
            matter_id=matter.pk,
            actor=lead,
            at=clock.now() + timedelta(minutes=1),
            place="三楼",
            departments=["SB"],
            question="谁先办。",
        )
        meeting = Meeting.objects.filter(recorded_at=None).get()
        actions.record_minutes(
            matter_id=matter.pk,
            actor=lead,
            meeting=meeting.pk,
            attended="两家",
            minutes="已商定。",
            decisions=[Decided("先行核定", "社保经办")],
        )
    return Matter.objects.get(pk=matter.pk)


def drawn(matter: Matter, *, brief: bool = False) -> str:
    """The parts of the tab as its template draws them."""
    shown = panels.parts(matter, "coordination")
    return "".join(
        render_to_string(s.part.template, {"rows": s.rows, "brief": brief, "may_print": True}) for s in shown
    )


@pytest.mark.urls("tenants.urls")
def test_every_part_of_the_tab_says_what_there_is(desk: Desk) -> None:
    text = drawn(everything(desk))
    for said in (
        "医保",
        "示例银行0",
        "社协",
        "待签收",
        "社督",
        "正在调档。",
        "批给窗口负责人",
        "死循环",
        "社保经办 → 示例银行0 → 社保经办",
        "建议召集会商",
        "先行核定",
        "未落实",
    ):
        assert said in text, said


@pytest.mark.urls("tenants.urls")
def test_above_a_form_there_is_no_link(desk: Desk) -> None:
    text = drawn(everything(desk), brief=True)
    assert "<a " not in text
    assert "<form" not in text


@pytest.mark.urls("tenants.urls")
def test_a_part_costs_the_same_however_much_is_under_it(desk: Desk) -> None:
    few, many = everything(desk), everything(desk, times=4)
    costs = []
    for matter in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            drawn(matter)
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_the_badge_counts_what_is_under_the_tab(desk: Desk) -> None:
    assert panels.counts(everything(desk))["coordination"] == 7


def hindered(desk: Desk, matter: Matter, role: Role, act: str) -> str | None:
    return panels.obstacles(matter, desk.actor(role), {act}).get(act)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("record_outside_answer", "没有待复函"),
        ("record_minutes", "请先“召集会商”"),
        ("carry_out_decision", "没有未落实"),
        ("settle_prerequisite", "没有未解决"),
    ],
)
def test_a_button_with_nothing_to_be_done_to_says_so(desk: Desk, act: str, said: str) -> None:
    assert said in str(hindered(desk, desk.handling(), Role.WINDOW_LEAD, act))


@pytest.mark.parametrize("act", ["record_outside_answer", "carry_out_decision", "settle_prerequisite"])
def test_with_something_it_is_free(desk: Desk, act: str) -> None:
    assert hindered(desk, everything(desk), Role.WINDOW_LEAD, act) is None


@pytest.mark.parametrize(
    ("role", "act", "said"),
    [
        (Role.WINDOW_LEAD, "escalate", "由中心主任决定"),
        (Role.DIRECTOR, "escalate", ""),
        (Role.SUPERVISOR, "supervise", "未解除的督办单"),
        (Role.DIRECTOR, "take_over", ""),
    ],
)
def test_what_leaders_did_before_is_said_on_the_button(desk: Desk, role: Role, act: str, said: str) -> None:
    told = hindered(desk, everything(desk), role, act) or ""
    assert said in told
    assert bool(said) == bool(told)


# --- Papers ------------------------------------------------------------------------------------------


@pytest.fixture
def letter(desk: Desk) -> str:
    matter = desk.handling()
    actions.ask_support(
        matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), office=BANK, question="请核实账户。"
    )
    return reverse("support_letter", args=[JointPart.objects.get().pk], urlconf="tenants.urls")


@pytest.fixture
def order(desk: Desk) -> str:
    actions.supervise(matter_id=desk.handling().pk, actor=desk.actor(Role.SUPERVISOR), demand="请说明原因。")
    return reverse("supervision_paper", args=[SupervisionOrder.objects.get().pk], urlconf="tenants.urls")


def test_the_letter_is_looked_at_masked(desk: Desk, letter: str) -> None:
    text = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_LEAD)).get(letter).content.decode()
    assert "社协〔" in text
    assert "请核实账户。" in text
    assert REPORTER.name not in text
    assert REPORTER.identifier not in text


def test_the_letter_is_printed_in_clear_and_audited(desk: Desk, letter: str) -> None:
    text = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_CLERK)).post(letter).content.decode()
    assert REPORTER.name in text
    assert REPORTER.identifier in text
    with in_centre(desk.centre.code):
        assert (
            AuditEntry.objects.get(act="person.unmask").reason
            == f"打印协办函{JointPart.objects.get().number}"
        )


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES - {Role.WINDOW_CLERK, Role.WINDOW_LEAD}))
def test_nobody_else_prints_it(desk: Desk, letter: str, role: str) -> None:
    answer = schemas.client_for(desk.centre, desk.staff(role)).post(letter)
    assert answer.status_code == 403
    assert REPORTER.identifier not in answer.content.decode()


def test_the_order_shows_what_is_demanded_and_nobody_in_clear(desk: Desk, order: str) -> None:
    browser = schemas.client_for(desk.centre, desk.staff(Role.SUPERVISOR))
    for text in (browser.get(order).content.decode(), browser.post(order).content.decode()):
        assert "社督〔" in text
        assert "请说明原因。" in text
        assert REPORTER.name not in text
    with in_centre(desk.centre.code):
        assert AuditEntry.objects.filter(act="coordination.print_order").count() == 1


def test_another_department_sees_neither_paper(desk: Desk, letter: str, order: str) -> None:
    browser = schemas.client_for(desk.centre, desk.staff(Role.HANDLER, "YB"))
    assert [browser.get(paper).status_code for paper in (letter, order)] == [403, 403]


# --- API ---------------------------------------------------------------------------------------------


def test_the_api_reads_all_of_the_tab(desk: Desk, api_for: Callable[..., Any]) -> None:
    matter = everything(desk)
    api = api_for(desk.centre, desk.staff(Role.AUDITOR))
    found = api.get(f"/api/v1/matters/{matter.pk}/coordination/").json()
    assert [part["office"] for part in found["joint_parts"]] == ["医保", "示例银行0"]
    assert found["meetings"][0]["decisions"][0]["what"] == "先行核定"
    assert found["supervision"][0]["answers"][0]["text"] == "正在调档。"
    assert found["instructions"][0]["to"] == ["window"]
    assert found["circles"] == ["社保经办 → 示例银行0 → 社保经办"]


def test_a_department_asks_what_is_asked_of_it(desk: Desk, api_for: Callable[..., Any]) -> None:
    matter = everything(desk)
    asked = api_for(desk.centre, desk.staff(Role.HANDLER, "YB")).get("/api/v1/support-asked/").json()
    assert [part["matter"] for part in asked["results"]] == [str(matter.pk)]
    others = api_for(desk.centre, desk.staff(Role.HANDLER)).get("/api/v1/support-asked/").json()
    assert others["results"] == []
