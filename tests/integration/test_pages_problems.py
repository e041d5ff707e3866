"""The pages of problems: the register, one of them, every step through its form, by hand, the thresholds."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bancheng.centres.scope import in_centre
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.overview.models import Pain, ProblemState
from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.improvement import actions, thresholds
from tenants.improvement.models import Measure, Problem
from tenants.matters.actions import restrict
from tenants.matters.models import Matter
from tenants.replies import actions as replies
from tests import schemas
from tests.desk import Desk
from tests.improvement import LIGHTER, START, Register

HTMX = {"HTTP_HX_REQUEST": "true"}
S = ProblemState


def page(name: str, *args: object) -> str:
    return reverse(name, urlconf="tenants.urls", args=args)


def browser(desk: Desk, role: str = Role.WINDOW_LEAD) -> Client:
    with in_centre(desk.centre.code):
        return schemas.client_for(desk.centre, desk.staff(role))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def fresh(desk: Desk, problem: Problem) -> Problem:
    with in_centre(desk.centre.code):
        return Problem.objects.get(pk=problem.pk)


def take(desk: Desk, problem: Problem, name: str, role: str = Role.WINDOW_LEAD, **said: Any) -> Any:
    return browser(desk, role).post(page("problem_act", problem.pk, name), said)


@pytest.fixture
def register(desk: Desk) -> Register:
    return Register(desk)


# --- The register ------------------------------------------------------------------------------------


def test_an_empty_register_says_how_problems_come_into_it(desk: Desk) -> None:
    assert "还没有问题" in text_of(browser(desk).get(page("problems")))


def test_proposals_stand_on_top(register: Register) -> None:
    proposed = register.proposed()
    later = actions.start(
        actor=register.lead, item="ZG01", cause="C06", title="资格认证要跑两趟", pain=Pain.PAIN
    )

    told = text_of(browser(register.desk).get(page("problems")))

    assert told.index(proposed.number) < told.index(later.number)


def test_the_register_is_narrowed_in_the_address(register: Register) -> None:
    problem = register.opened()

    shown = browser(register.desk).get(page("problems"), {"state": "under_way", "item": "YL10"})
    hidden = browser(register.desk).get(page("problems"), {"state": "settled"})

    assert problem.number in text_of(shown)
    assert "没有符合条件的问题" in text_of(hidden)


def test_what_was_dismissed_is_shown_when_it_is_asked_for(register: Register) -> None:
    problem = register.in_state(S.DISMISSED)
    client = browser(register.desk)

    assert problem.number not in text_of(client.get(page("problems")))
    assert problem.number in text_of(client.get(page("problems"), {"state": "dismissed"}))


@pytest.mark.parametrize("query", ["?state=none", "?item=XX", "?page=no", "?pain=%00", "?cause[]=1"])
def test_what_is_not_understood_in_the_address_narrows_nothing(register: Register, query: str) -> None:
    problem = register.opened()

    response = browser(register.desk).get(page("problems") + query)

    assert response.status_code == 200
    assert problem.number in text_of(response)


def test_a_proposal_is_counted_beside_the_entry_of_who_decides(register: Register) -> None:
    register.proposed()

    lead = browser(register.desk).get(page("problems")).context["shell"]
    clerk = browser(register.desk, Role.WINDOW_CLERK).get(page("problems")).context["shell"]

    assert {line.label: line.count for line in lead.navigation}["问题与措施"] == 1
    assert {line.label: line.count for line in clerk.navigation}["问题与措施"] == 0


def test_the_figures_are_looked_at_when_asked(register: Register) -> None:
    register.matters(5)

    response = browser(register.desk).post(page("problem_propose"), follow=True)

    assert "新提出或者重新立项1个问题" in text_of(response)


def test_a_clerk_does_not_have_the_figures_looked_at(register: Register) -> None:
    assert browser(register.desk, Role.WINDOW_CLERK).post(page("problem_propose")).status_code == 403


# --- One of them -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ProblemState)
def test_in_every_state_the_page_says_what_is_to_be_done(register: Register, state: ProblemState) -> None:
    problem = register.in_state(state)

    response = browser(register.desk).get(page("problem", problem.pk))

    assert response.status_code == 200
    assert response.context["waiting_for"] in text_of(response)
    assert problem.number in text_of(response)


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES))
def test_every_role_of_the_centre_may_read_it(register: Register, role: str) -> None:
    problem = register.on_trial()

    assert browser(register.desk, role).get(page("problem", problem.pk)).status_code == 200


def test_the_measure_is_marked_on_the_chart_and_in_its_table(register: Register) -> None:
    problem = register.on_trial()

    option, table = browser(register.desk).get(page("problem", problem.pk)).context["chart"]

    month = f"{clock.today():%Y-%m}"
    assert [mark["xAxis"] for mark in option["series"][0]["markLine"]["data"]] == [month]
    assert [month, 0, "流程再造"] in table["rows"]


def test_the_chart_counts_the_matters_of_the_pattern_by_month(register: Register) -> None:
    register.matters(2, on=START)
    with clock.at(START + timedelta(days=40)):
        register.matters(3)
        problem = register.proposed_now()
        _, table = browser(register.desk).get(page("problem", problem.pk)).context["chart"]

    assert table["rows"][-3:] == [["2026-03", 2, ""], ["2026-04", 3, ""], ["合计", 5, ""]]


def test_a_sensitive_matter_of_the_pattern_is_listed_for_those_on_it_alone(register: Register) -> None:
    problem = register.proposed()
    matter = Matter.objects.latest("registered_at")
    restrict(matter_id=matter.pk, actor=register.lead, sensitive=True, reason="涉及健康信息")

    lead = text_of(browser(register.desk).get(page("problem", problem.pk)))
    caller = text_of(browser(register.desk, Role.CALLER).get(page("problem", problem.pk)))

    assert matter.number in lead
    assert matter.number not in caller


def test_the_watch_shows_ratio_and_interval_and_what_it_means(register: Register) -> None:
    with clock.at(START - timedelta(days=200)):
        register.matters(1)
    register.matters(12, on=START - timedelta(days=20))
    with clock.at(START):
        problem = register.routine()
    with clock.at(START + timedelta(days=30 + 90)):
        actions.watch_due()
        told = text_of(browser(register.desk).get(page("problem", problem.pk)))

    assert "12件" in told
    assert "明显减少" in told
    assert "0.00—0.36" in told


def test_a_watch_that_cannot_tell_says_so(register: Register) -> None:
    with clock.at(START):
        problem = register.routine()
    with clock.at(START + timedelta(days=30 + 90)):
        actions.watch_due()
        told = text_of(browser(register.desk).get(page("problem", problem.pk)))

    assert "样本不足" in told
    assert "不能判断是否减少" in told


def test_a_problem_that_there_is_not_is_not_found(desk: Desk) -> None:
    unknown = "01890000-0000-7000-8000-000000000000"

    assert browser(desk).get(page("problem", unknown)).status_code == 404


def test_the_page_of_a_matter_leads_to_the_problem_of_its_pattern(register: Register) -> None:
    problem = register.proposed()
    matter = Matter.objects.earliest("registered_at")

    assert page("problem", problem.pk) in text_of(browser(register.desk).get(page("matter", matter.pk)))


def test_a_matter_of_no_problem_leads_to_none(register: Register) -> None:
    register.matters(1)

    told = text_of(browser(register.desk).get(page("matter", Matter.objects.get().pk)))

    assert "/problems/0" not in told


# --- The steps ---------------------------------------------------------------------------------------


def test_a_proposal_is_taken_up_through_its_form(register: Register) -> None:
    problem = register.proposed()

    response = take(register.desk, problem, "open", title="遗属待遇多处跑", pain="block")

    assert response.status_code == 302
    assert fresh(register.desk, problem).state == S.OPEN


def test_a_proposal_is_dismissed_with_a_reason(register: Register) -> None:
    problem = register.proposed()

    empty = take(register.desk, problem, "dismiss", reason="")
    take(register.desk, problem, "dismiss", reason="个别情况")

    assert "请填写此项。" in text_of(empty)
    assert fresh(register.desk, problem).dismissed_reason == "个别情况"


def test_a_study_rests_on_matters_chosen_by_number(register: Register) -> None:
    problem = register.proposed()
    take(register.desk, problem, "open", title="遗属待遇多处跑", pain="block")
    with in_centre(register.desk.centre.code):
        matter = Matter.objects.latest("registered_at")
    take(
        register.desk,
        problem,
        "study",
        attended="窗口、社保经办",
        root_cause="两处互要材料",
        pain="block",
        link="centre",
        conclusion="由窗口统一收件",
        matters=[str(matter.pk)],
    )

    told = text_of(browser(register.desk).get(page("problem", problem.pk)))
    assert "两处互要材料" in told
    with in_centre(register.desk.centre.code):
        assert problem.studies.get().matters == [matter.pk]


def measure(**other: Any) -> dict[str, Any]:
    given = {"kind": "process", "text": "一次收件", "due_on": str(clock.today() + timedelta(days=9))}
    return given | LIGHTER | other


def test_a_measure_is_set_through_its_form(register: Register) -> None:
    problem = register.studied()
    lead = register.desk.staff(Role.WINDOW_LEAD)

    take(register.desk, problem, "set_measure", **measure(owner=str(lead.pk)))

    assert fresh(register.desk, problem).state == S.MEASURED


def test_a_measure_that_makes_more_of_something_is_refused_beside_the_figure(register: Register) -> None:
    problem = register.studied()
    said = measure(owner=str(register.lead.id), trips_after=9)

    told = text_of(take(register.desk, problem, "set_measure", **said))

    assert "现跑动次数不能多于原跑动次数。" in told
    assert 'value="9"' in told


def test_a_measure_that_changes_nothing_is_refused(register: Register) -> None:
    problem = register.studied()
    said = measure(owner=str(register.lead.id)) | dict.fromkeys(LIGHTER, 3)

    assert "至少有一项要比原来少" in text_of(take(register.desk, problem, "set_measure", **said))


@pytest.mark.parametrize("figure", ["-1", "1000", "三", "1.5", ""])
def test_a_figure_that_is_none_is_refused_in_words(register: Register, figure: str) -> None:
    problem = register.studied()
    said = measure(owner=str(register.lead.id), steps_before=figure)

    response = take(register.desk, problem, "set_measure", **said)

    assert response.status_code == 422
    assert "请填写" in text_of(response)


def test_a_trial_and_its_end_are_entered_through_their_forms(register: Register) -> None:
    problem = register.measured()
    chosen = str(problem.measures.get().pk)

    take(register.desk, problem, "try_out", measure=chosen, from_on=str(clock.today()))
    on_trial = fresh(register.desk, problem).state
    take(register.desk, problem, "end_measure", measure=chosen, reason="办不到")

    assert (on_trial, fresh(register.desk, problem).state) == (S.TRIAL, S.OPEN)


def test_what_is_on_trial_is_made_routine_by_the_director(register: Register) -> None:
    with clock.at(START):
        problem = register.on_trial()
    with clock.at(START + timedelta(days=30)):
        said = {"guide_version": "2026年第2版", "guide_change": "改为一次收件"}
        by_lead = take(register.desk, problem, "make_routine", **said)
        take(register.desk, problem, "make_routine", role=Role.DIRECTOR, **said)

    assert by_lead.status_code == 403
    assert fresh(register.desk, problem).guide_version == "2026年第2版"


def test_a_problem_is_reopened_with_a_reason(register: Register) -> None:
    problem = register.in_state(S.MET)

    take(register.desk, problem, "reopen", reason="又有多人来反映")

    assert fresh(register.desk, problem).round == 2


@pytest.mark.parametrize("name", ["root_cause", "conclusion"])
def test_the_number_of_a_person_is_refused_in_what_is_kept_in_clear(register: Register, name: str) -> None:
    problem = register.opened()
    said = {
        "attended": "窗口",
        "root_cause": "原因",
        "pain": "pain",
        "link": "city",
        "conclusion": "结论",
        name: "请联系13800001234",
    }

    assert "不要写证件号" in text_of(take(register.desk, problem, "study", **said))


def test_a_step_that_does_not_fit_keeps_what_was_typed(register: Register) -> None:
    problem = register.opened()

    response = take(register.desk, problem, "open", title="已经立项的问题", pain="pain")

    assert response.status_code == 409
    assert "已经立项的问题" in text_of(response)


def test_the_form_of_a_step_is_a_dialog_for_htmx(register: Register) -> None:
    problem = register.opened()

    response = browser(register.desk).get(page("problem_act", problem.pk, "study"), **HTMX)  # type: ignore[arg-type]  # headers

    assert response["HX-Retarget"] == "#dialog-body"


@pytest.mark.parametrize("name", ["watch", "propose", "nothing"])
def test_what_is_no_step_of_a_person_is_not_found(register: Register, name: str) -> None:
    problem = register.opened()

    assert browser(register.desk).get(page("problem_act", problem.pk, name)).status_code == 404


# --- By hand -----------------------------------------------------------------------------------------


def test_a_problem_is_opened_by_hand(desk: Desk) -> None:
    said = {"item": "YL10", "cause": "C06", "title": "遗属待遇多处跑", "pain": "block"}

    response = browser(desk).post(page("problem_new"), said, follow=True)

    assert "已立项，请组织研判" in text_of(response)


def test_opening_a_pattern_again_names_the_problem_that_there_is(register: Register) -> None:
    problem = register.opened()
    said = {"item": "YL10", "cause": "C06", "title": "再来一次", "pain": "block"}

    response = browser(register.desk).post(page("problem_new"), said)

    assert response.status_code == 409
    assert problem.number in text_of(response)


def test_from_a_matter_its_item_and_cause_are_filled_in(register: Register) -> None:
    register.matters(1)
    matter = Matter.objects.get()

    form = browser(register.desk).get(page("problem_new"), {"matter": str(matter.pk)}).context["form"]

    assert form.initial == {"item": "YL10", "cause": "C06"}


@pytest.mark.parametrize("matter", ["none", "01890000-0000-7000-8000-000000000000", ""])
def test_a_matter_that_there_is_not_fills_nothing_in(desk: Desk, matter: str) -> None:
    response = browser(desk).get(page("problem_new"), {"matter": matter})

    assert response.status_code == 200
    assert response.context["form"].initial == {}


def test_what_a_look_back_proposed_leads_to_a_problem(desk: Desk) -> None:
    matter = desk.closed()
    replies.retrospect(
        matter_id=matter.pk,
        actor=desk.actor(Role.WINDOW_LEAD),
        lost_with=Holder.WINDOW,
        why="互相等材料",
        quicker="先收后补",
        measure="一次收件清单",
    )

    told = text_of(browser(desk).get(page("after")))

    assert "一次收件清单" in told
    assert f"{page('problem_new')}?matter={matter.pk}" in told


# --- Thresholds --------------------------------------------------------------------------------------


def test_the_lead_sets_the_threshold(desk: Desk) -> None:
    browser(desk).post(page("problem_thresholds"), {"count": "3", "days": "30"})

    with in_centre(desk.centre.code):
        assert thresholds.in_force().of(("YL10", "C06")) == thresholds.Limit(3, 30)


def test_a_threshold_of_one_matter_is_refused_beside_the_field(desk: Desk) -> None:
    response = browser(desk).post(page("problem_thresholds"), {"count": "1", "days": "400"})

    assert "请填写2至1000件的整数。" in text_of(response)
    assert "请填写7至365天的整数。" in text_of(response)


def test_an_exception_is_taken_back_on_the_page(register: Register) -> None:
    actions.set_threshold(actor=register.lead, item="YL10", count=9, days=30)

    browser(register.desk).post(page("problem_threshold_drop"), {"item": "YL10", "cause": ""})

    with in_centre(register.desk.centre.code):
        assert thresholds.in_force().of(("YL10", "C06")) == thresholds.DEFAULT


def test_taking_back_what_there_is_not_is_refused_in_words(desk: Desk) -> None:
    response = browser(desk).post(page("problem_threshold_drop"), {"item": "YL10", "cause": ""})

    assert response.status_code == 409


def test_a_clerk_sets_no_threshold(desk: Desk) -> None:
    client = browser(desk, Role.WINDOW_CLERK)

    assert client.get(page("problem_thresholds")).status_code == 403
    assert client.post(page("problem_thresholds"), {"count": "3", "days": "30"}).status_code == 403


# --- The notices -------------------------------------------------------------------------------------


def test_a_notice_of_a_problem_leads_to_it(register: Register) -> None:
    problem = register.proposed()
    client = browser(register.desk)
    notice = client.get(page("notices")).context["page"].object_list[0]

    response = client.post(page("notice_open", notice.pk))

    assert response["Location"] == page("problem", problem.pk)


def test_the_measures_of_another_problem_are_not_ended_here(register: Register) -> None:
    problem, other = register.measured(), register.desk
    with in_centre(other.centre.code):
        foreign = actions.start(
            actor=register.lead, item="ZG01", cause="C06", title="资格认证", pain=Pain.PAIN
        )
        register.study(foreign)
        register.measure(foreign)
        chosen = Measure.objects.get(problem=foreign)

    response = take(register.desk, problem, "end_measure", measure=str(chosen.pk), reason="试试")

    assert response.status_code == 422
