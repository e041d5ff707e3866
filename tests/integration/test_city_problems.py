"""Problems of the city: found in registers and facts, taken up, measured, watched; by codes alone."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from uuid6 import uuid7

from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from bancheng.identity.actors import Actor
from bancheng.identity.roles import OFFICE_ROLES, Role
from bancheng.overview.city import actions, acts, selectors, workflow
from bancheng.overview.city.selectors import Thresholds
from bancheng.overview.models import (
    CityProblem,
    Fact,
    Link,
    MeasureKind,
    MeasureMark,
    ProblemCard,
    ProblemState,
    Verdict,
)
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tasks import city as tasks
from tests import schemas

OFFICE, CITY, ZHANGBEI, YUXIAN = "130700-office", "130700", "130722", "130726"
NOW = datetime(2026, 6, 1, 10, 0, tzinfo=SHANGHAI)
TODAY = NOW.date()
WORDS = "三县都在等同一份证明，欧阳示例已经来过四次。"


@pytest.fixture(autouse=True)
def in_june() -> Any:
    with clock.at(NOW):
        yield


@pytest.fixture
def coordinator(office: Any) -> Actor:
    with in_centre(OFFICE):
        actor: Actor = schemas.make_staff(office, Role.CITY_COORDINATOR).actor
        return actor


def came(
    centre: str, day: date, count: int = 1, *, item: str = "YL10", cause: str = "C06", **more: Any
) -> None:
    Fact.objects.create(centre=centre, day=day, item=item, kind="hard", cause=cause, registered=count, **more)


def card(centre: str, state: ProblemState = ProblemState.OPEN, **given: Any) -> ProblemCard:
    usual = {"id": uuid7(), "centre": centre, "number": f"{centre}问", "item": "YL10", "cause": "C06"}
    return ProblemCard.objects.create(**usual | {"state": state} | given)


def take_up(coordinator: Actor, **given: Any) -> CityProblem:
    usual = {"item": "YL10", "cause": "C06", "centres": [ZHANGBEI, YUXIAN], "link": Link.CITY}
    with in_centre(OFFICE):
        return actions.take_up(actor=coordinator, **usual | given)


def act(coordinator: Actor, name: str, problem: CityProblem, **given: Any) -> CityProblem:
    with in_centre(OFFICE):
        return acts.bound(name).run(problem_id=problem.pk, actor=coordinator, **given)


def measured(coordinator: Actor, from_on: date = TODAY) -> CityProblem:
    return act(coordinator, "set_measure", take_up(coordinator), kind=MeasureKind.POLICY, from_on=from_on)


def routine(coordinator: Actor) -> CityProblem:
    """Taken up on 1 June, measured from the same day, routine on 1 July."""
    problem = measured(coordinator)
    with clock.at(NOW + timedelta(days=workflow.TRIAL_DAYS)):
        return act(coordinator, "make_routine", problem)


def watched(problem: CityProblem) -> CityProblem:
    """As the clock finds it, when its day has come."""
    assert problem.routine_on
    with clock.at(NOW + timedelta(days=workflow.TRIAL_DAYS + workflow.WATCH_DAYS)):
        tasks.watch(centre=OFFICE)
    return selectors.problem(problem.pk)


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


# --- Patterns ----------------------------------------------------------------------------------------


def found(thresholds: Thresholds | None = None) -> list[tuple[str, str, list[str]]]:
    return [(each.item, each.cause, each.centres) for each in selectors.patterns(thresholds)]


def test_what_stands_in_two_registers_is_a_pattern(db: None) -> None:
    card(ZHANGBEI)
    card(YUXIAN, ProblemState.PROPOSED)
    card(CITY, item="YL06")
    assert found() == [("YL10", "C06", [ZHANGBEI, YUXIAN])]


def test_a_problem_that_a_centre_dismissed_counts_for_nothing(db: None) -> None:
    card(ZHANGBEI)
    card(YUXIAN, ProblemState.DISMISSED)
    assert found() == []


def test_what_is_over_the_threshold_in_three_centres_is_a_pattern(db: None) -> None:
    for centre in (CITY, ZHANGBEI, YUXIAN):
        came(centre, TODAY, 2)
        came(centre, TODAY - timedelta(days=179))
    assert found() == [("YL10", "C06", [CITY, ZHANGBEI, YUXIAN])]
    assert selectors.patterns()[0].matters == 9


@pytest.mark.parametrize(
    ("day", "more"),
    [
        (TODAY - timedelta(days=180), {}),  # too long ago
        (TODAY, {"received": 1}),  # came by referral: counted where it came in
        (TODAY, {"cause": ""}),  # no cause yet
    ],
)
def test_two_centres_and_a_half_are_no_pattern(db: None, day: date, more: dict[str, Any]) -> None:
    for centre in (CITY, ZHANGBEI):
        came(centre, TODAY, 3)
    came(YUXIAN, TODAY, 2, mode="special")
    came(YUXIAN, day, 1, **more)
    assert found() == []


def test_the_thresholds_are_whoevers_who_looks(db: None) -> None:
    for centre in (CITY, ZHANGBEI):
        came(centre, TODAY)
    assert found(Thresholds(days=30, each=1, spread=2)) == [("YL10", "C06", [CITY, ZHANGBEI])]
    assert found(Thresholds(days=30, each=2, spread=2)) == []


def test_what_is_taken_up_stands_below(coordinator: Actor) -> None:
    for item in ("YL10", "YL06"):
        for centre in (CITY, ZHANGBEI, YUXIAN):
            card(centre, item=item)
    problem = take_up(coordinator)
    assert [(each.item, each.taken_up) for each in selectors.patterns()] == [
        ("YL06", None),
        ("YL10", problem),
    ]


def test_a_thousand_centres_take_no_more_queries_than_two(db: None) -> None:
    ProblemCard.objects.bulk_create(
        ProblemCard(id=uuid7(), centre=f"{n:06}", number="问", item="YL10", cause="C06", state="open")
        for n in range(1000)
    )
    with CaptureQueriesContext(connection) as queries:
        assert len(selectors.patterns()[0].centres) == 1000
    assert len(queries) == 3


# --- Taking up and going on --------------------------------------------------------------------------


def test_numbers_have_no_gap_and_begin_anew_each_year(coordinator: Actor) -> None:
    first = take_up(coordinator)
    act(coordinator, "dismiss", first, reason="重复")
    second = take_up(coordinator)
    with clock.at(NOW + timedelta(days=365)):
        third = take_up(coordinator, item="YL06")
    assert [each.number for each in (first, second, third)] == [
        "张社市问〔2026〕1号",
        "张社市问〔2026〕2号",
        "张社市问〔2027〕1号",
    ]


def test_a_pattern_is_taken_up_once_at_a_time(coordinator: Actor) -> None:
    take_up(coordinator)
    with pytest.raises(Conflict, match="已经在市级立项"):
        take_up(coordinator, centres=[CITY, ZHANGBEI])
    assert CityProblem.objects.count() == 1


def test_a_measure_is_marked_on_everybodys_trend(coordinator: Actor) -> None:
    problem = measured(coordinator)
    mark = MeasureMark.objects.get(problem=problem.pk)
    assert (mark.centre, mark.kind, mark.item, mark.cause) == ("", MeasureKind.POLICY, "YL10", "C06")
    assert (mark.from_on, mark.ended_on) == (TODAY, None)


def test_the_end_of_a_measure_is_marked_too(coordinator: Actor) -> None:
    problem = measured(coordinator)
    with clock.at(NOW + timedelta(days=10)):
        problem = act(coordinator, "end_measure", problem, reason="换一个办法")
    assert (problem.state, problem.measure, problem.from_on) == (ProblemState.OPEN, "", None)
    assert MeasureMark.objects.get(problem=problem.pk).ended_on == TODAY + timedelta(days=10)


def test_a_measure_that_never_began_leaves_no_mark(coordinator: Actor) -> None:
    problem = measured(coordinator, from_on=TODAY + timedelta(days=20))
    act(coordinator, "end_measure", problem, reason="不再实行")
    assert not MeasureMark.objects.exists()


@pytest.mark.parametrize("days", [-366, 366])
def test_a_measure_begins_within_a_year(coordinator: Actor, days: int) -> None:
    with pytest.raises(Invalid) as refused:
        measured(coordinator, from_on=TODAY + timedelta(days=days))
    assert list(refused.value.errors) == ["from_on"]
    assert not MeasureMark.objects.exists()


def test_a_measure_is_tried_for_a_month_before_it_is_routine(coordinator: Actor) -> None:
    problem = measured(coordinator)
    with clock.at(NOW + timedelta(days=29)), pytest.raises(Conflict, match="满30天（2026-07-01）后"):
        act(coordinator, "make_routine", problem)
    assert routine_on(coordinator, problem, 30) == TODAY + timedelta(days=30)


def routine_on(coordinator: Actor, problem: CityProblem, days: int) -> date | None:
    with clock.at(NOW + timedelta(days=days)):
        return act(coordinator, "make_routine", problem).routine_on


# --- The watch ---------------------------------------------------------------------------------------

BEFORE, AFTER = TODAY - timedelta(days=100), TODAY + timedelta(days=100)


@pytest.mark.parametrize(
    ("before", "after", "verdict", "state"),
    [
        (12, 2, Verdict.WORKED, ProblemState.MET),
        (12, 12, Verdict.RETURNED, ProblemState.OPEN),
        (3, 1, Verdict.UNCLEAR, ProblemState.ROUTINE),
        (0, 0, Verdict.UNCLEAR, ProblemState.ROUTINE),
    ],
)
def test_after_half_a_year_the_facts_say_whether_it_helped(
    coordinator: Actor, before: int, after: int, verdict: Verdict, state: ProblemState
) -> None:
    came(ZHANGBEI, BEFORE, before)
    came(YUXIAN, AFTER, after)
    came(CITY, AFTER, 99)  # not one of its centres
    came(YUXIAN, AFTER, 99, cause="C05")  # not its cause
    came(ZHANGBEI, TODAY - timedelta(days=181), 99)  # too long before
    came(ZHANGBEI, TODAY + timedelta(days=29), 99)  # on trial
    problem = watched(routine(coordinator))
    assert (problem.before, problem.after, problem.verdict, problem.state) == (before, after, verdict, state)


def test_one_that_came_back_is_taken_up_again_and_its_measure_ends(coordinator: Actor) -> None:
    came(ZHANGBEI, BEFORE, 12)
    came(ZHANGBEI, AFTER, 12)
    problem = watched(routine(coordinator))
    assert (problem.reopened, problem.measure, problem.routine_on) == (1, "", None)
    assert MeasureMark.objects.get(problem=problem.pk).ended_on == problem.verdict_on


def test_where_the_counts_cannot_tell_it_is_watched_once_more(coordinator: Actor) -> None:
    problem = watched(routine(coordinator))
    again = selectors.Line(problem).watch_on
    assert problem.verdict_on
    assert again == problem.verdict_on + timedelta(days=180)
    with clock.at(NOW + timedelta(days=30 + 180 + 179)), in_centre(OFFICE):
        assert actions.watch_due() == []
    with clock.at(NOW + timedelta(days=30 + 180 + 180)), in_centre(OFFICE):
        assert actions.watch_due() == [problem.pk]


def test_nothing_is_watched_before_its_day(coordinator: Actor) -> None:
    problem = routine(coordinator)
    with clock.at(NOW + timedelta(days=30 + 179)):
        tasks.watch(centre=OFFICE)
    assert selectors.problem(problem.pk).verdict == ""


def test_asked_twice_it_is_watched_once(coordinator: Actor) -> None:
    problem = watched(routine(coordinator))
    with clock.at(NOW + timedelta(days=30 + 180)), in_centre(OFFICE):
        actions.watch(problem_id=problem.pk)
        assert audit.entries(act="city_problem.watch").count() == 1


def test_one_of_them_failing_keeps_nobody_else_waiting(coordinator: Actor, monkeypatch: Any) -> None:
    """Two are due; the first is taken away between the look and the act."""
    gone, stays = routine(coordinator), routine_of(coordinator, "YL06")
    due = actions.watch_due

    def with_one_that_is_gone() -> list[UUID]:
        found = due()
        return [UUID(int=0), *found] if found else []

    monkeypatch.setattr(actions, "watch_due", with_one_that_is_gone)
    with clock.at(NOW + timedelta(days=30 + 180)):
        tasks.watch(centre=OFFICE)
    assert {selectors.problem(each.pk).verdict for each in (gone, stays)} == {Verdict.UNCLEAR}


def routine_of(coordinator: Actor, item: str) -> CityProblem:
    problem = take_up(coordinator, item=item)
    act(coordinator, "set_measure", problem, kind=MeasureKind.SYSTEM, from_on=TODAY)
    with clock.at(NOW + timedelta(days=workflow.TRIAL_DAYS)):
        return act(coordinator, "make_routine", problem)


# --- At once -----------------------------------------------------------------------------------------


def test_of_two_who_take_up_the_same_one_is_told_so(at_once: Any, coordinator: Actor) -> None:
    def take() -> CityProblem:
        return take_up(coordinator)

    results = at_once(take, take)
    assert sorted(type(each).__name__ for each in results) == ["CityProblem", "Conflict"]


def test_numbers_have_no_gap_whoever_writes_at_once(at_once: Any, coordinator: Actor) -> None:
    items = ("YL01", "YL02", "YL03", "YL04", "YL05")
    at_once(*[lambda item=item: take_up(coordinator, item=item) for item in items])
    serials = sorted(each.number.partition("〕")[2] for each in CityProblem.objects.all())
    assert serials == [f"{serial}号" for serial in range(1, 6)]


def test_of_two_who_set_a_measure_one_is_told_so(at_once: Any, coordinator: Actor) -> None:
    problem = take_up(coordinator)

    def decide() -> CityProblem:
        return act(coordinator, "set_measure", problem, kind=MeasureKind.SYSTEM, from_on=clock.today())

    results = at_once(decide, decide)
    assert sorted(type(each).__name__ for each in results) == ["CityProblem", "Conflict"]
    assert MeasureMark.objects.count() == 1


# --- Who may, when -----------------------------------------------------------------------------------

# act: (the states it starts from, the state it leads to), word by word from the rules of the loop.
RULES = {
    "set_measure": ("open", "measured"),
    "amend": ("open measured", ""),
    "make_routine": ("measured", "routine"),
    "end_measure": ("measured", "open"),
    "reopen": ("routine met", "open"),
    "dismiss": ("open", "dismissed"),
}
GIVEN: dict[str, dict[str, Any]] = {
    "set_measure": {"kind": MeasureKind.SYSTEM, "from_on": TODAY},
    "amend": {"centres": [CITY, ZHANGBEI, YUXIAN], "link": Link.PROVINCE},
    "make_routine": {},
    "end_measure": {"reason": "示例"},
    "reopen": {"reason": "示例"},
    "dismiss": {"reason": "示例"},
}


def in_state(state: ProblemState) -> CityProblem:
    return CityProblem.objects.create(
        number="张社市问〔2026〕1号",
        item="YL10",
        cause="C06",
        centres=[ZHANGBEI, YUXIAN],
        link=Link.CITY,
        state=state,
        opened_on=TODAY - timedelta(days=60),
        measure=MeasureKind.POLICY,
        from_on=TODAY - timedelta(days=30),
    )


def test_the_rules_name_every_act() -> None:
    assert set(RULES) == set(workflow.TABLE) == set(acts.BOUND)


@pytest.mark.parametrize("state", ProblemState)
@pytest.mark.parametrize("name", RULES)
def test_every_state_and_act_by_every_role(office: Any, name: str, state: ProblemState) -> None:
    sources, target = RULES[name]
    for role in sorted(OFFICE_ROLES):
        CityProblem.objects.all().delete()
        problem = in_state(state)
        with in_centre(OFFICE):
            actor = schemas.make_staff(office, role).actor
        refused: type[Refused] | None = None
        if role != Role.CITY_COORDINATOR:
            refused = NotAllowed
        elif state not in sources.split():
            refused = Conflict
        if refused:
            with pytest.raises(refused):
                act(actor, name, problem, **GIVEN[name])
            assert selectors.problem(problem.pk).state == state
        else:
            assert act(actor, name, problem, **GIVEN[name]).state == (target or state)


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES - {Role.CITY_COORDINATOR}))
def test_the_coordinator_alone_takes_up(office: Any, role: Role) -> None:
    with in_centre(OFFICE):
        actor = schemas.make_staff(office, role).actor
    with pytest.raises(NotAllowed):
        take_up(actor)


def test_nobody_acts_on_what_is_not_there(coordinator: Actor) -> None:
    with in_centre(OFFICE), pytest.raises(NotFound):
        actions.dismiss(problem_id=UUID(int=0), actor=coordinator, reason="示例")


def test_what_was_written_stays_in_the_offices_trail(coordinator: Actor) -> None:
    problem = take_up(coordinator, reason=WORDS)
    with in_centre(OFFICE):
        (entry,) = audit.entries(subject=problem)
        assert (entry.act, entry.reason, entry.actor_id) == ("city_problem.take_up", WORDS, coordinator.id)
        assert entry.data["number"] == problem.number
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(p)::text FROM public.overview_cityproblem p")
        assert "欧阳" not in cursor.fetchone()[0]


# --- Pages and API -----------------------------------------------------------------------------------


@pytest.fixture
def browser(office: Any) -> Client:
    return schemas.client_for(office, schemas.make_staff(office, Role.CITY_COORDINATOR))


@pytest.fixture
def analyst(office: Any) -> Client:
    return schemas.client_for(office, schemas.make_staff(office, Role.CITY_ANALYST))


def test_empty_lists_say_what_will_be_there(browser: Client) -> None:
    page = text(browser.get("/city-problems/"))
    assert "没有待立项的同类问题" in page
    assert "还没有市级问题" in page


def test_a_pattern_is_taken_up_where_it_is_listed(browser: Client, zhangbei: Any, yuxian: Any) -> None:
    card(ZHANGBEI)
    card(YUXIAN)
    assert "/city-problems/take-up/?item=YL10&amp;cause=C06" in text(browser.get("/city-problems/"))
    opened = text(browser.get("/city-problems/take-up/?item=YL10&cause=C06"))
    assert opened.count(" checked") == 2
    answer = browser.post(
        "/city-problems/take-up/",
        {"item": "YL10", "cause": "C06", "centres": [ZHANGBEI, YUXIAN], "link": "city", "reason": WORDS},
        follow=True,
    )
    page = text(answer)
    assert "已立项：张社市问〔2026〕1号。" in page
    assert WORDS in page  # on the coordinator's own page, out of the trail
    assert "没有待立项的同类问题" in text(browser.get("/city-problems/"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"centres": [ZHANGBEI]}, "请至少选择两个中心"),
        ({"centres": [ZHANGBEI, ZHANGBEI]}, "请至少选择两个中心"),
        ({"centres": [ZHANGBEI, "999999"]}, "没有这个中心"),
        ({"item": "XX99"}, "请从列表中选择事项。"),
        ({"cause": ""}, "请选择“根因”。"),
        ({"link": ""}, "请选择“可由谁解决”。"),
        ({"reason": "长" * 501}, "500"),
    ],
)
def test_wrong_input_is_told_beside_its_field(
    browser: Client, zhangbei: Any, yuxian: Any, wrong: dict[str, Any], said: str
) -> None:
    usual = {
        "item": "YL10",
        "cause": "C06",
        "centres": [ZHANGBEI, YUXIAN],
        "link": "city",
        "reason": "原来写的",
    }
    page = text(browser.post("/city-problems/take-up/", usual | wrong), 422)
    assert said in page
    assert wrong.get("reason", "原来写的") in page
    assert not CityProblem.objects.exists()


def test_the_page_offers_what_can_be_done_and_says_why_not_the_rest(browser: Client, db: None) -> None:
    problem = in_state(ProblemState.MEASURED)
    CityProblem.objects.filter(pk=problem.pk).update(from_on=TODAY - timedelta(days=10))
    page = text(browser.get(f"/city-problems/{problem.pk}/"))
    assert f'href="/city-problems/{problem.pk}/end_measure/"' in page
    assert f'href="/city-problems/{problem.pk}/make_routine/"' not in page
    assert "满30天（2026-06-21）后才能转为常态。" in page
    assert "<strong>定措施</strong>" not in page  # that is not what comes next


def test_whoever_only_looks_is_offered_nothing(analyst: Client, db: None) -> None:
    problem = in_state(ProblemState.OPEN)
    card(ZHANGBEI, item="YL06")
    card(YUXIAN, item="YL06")
    for path in ("/city-problems/", "/city-problems/patterns/", f"/city-problems/{problem.pk}/"):
        page = text(analyst.get(path))
        assert "/set_measure/" not in page
        assert "/take-up/" not in page
    assert analyst.get("/city-problems/take-up/").status_code == 403
    assert analyst.post(f"/city-problems/{problem.pk}/dismiss/", {"reason": "示例"}).status_code == 403


def test_a_measure_is_set_on_the_page_and_seen_on_the_chart(browser: Client, db: None) -> None:
    problem = in_state(ProblemState.OPEN)
    came(ZHANGBEI, TODAY, 4)
    given = {"kind": "system", "from_on": "2026-06-01", "reason": ""}
    page = text(browser.post(f"/city-problems/{problem.pk}/set_measure/", given, follow=True))
    assert "已定措施。" in page
    chart = selectors.Detail(selectors.problem(problem.pk)).months
    assert chart[-1] == (date(2026, 6, 1), 4)
    assert "markLine" in page


def test_htmx_gets_a_dialog_and_goes_on_to_the_problem(browser: Client, db: None) -> None:
    problem, headers = in_state(ProblemState.MET), {"HX-Request": "true"}
    assert 'id="city-act-form"' in text(browser.get(f"/city-problems/{problem.pk}/reopen/", headers=headers))
    answer = browser.post(f"/city-problems/{problem.pk}/reopen/", {"reason": "又来了"}, headers=headers)
    assert answer.headers["HX-Redirect"] == f"/city-problems/{problem.pk}/"


def test_too_late_is_said_above_the_form_with_what_was_typed(browser: Client, db: None) -> None:
    problem = in_state(ProblemState.DISMISSED)
    page = text(browser.post(f"/city-problems/{problem.pk}/reopen/", {"reason": WORDS}), 409)
    assert "问题现为“不立项”" in page
    assert WORDS in page
    assert browser.get(f"/city-problems/{problem.pk}/reopen/").status_code == 409


@pytest.mark.parametrize(
    "query", ["?days=abc", "?days=-3", "?each=0", "?spread=1", "?days=99999999999999999999"]
)
def test_thresholds_that_make_no_sense_are_told_and_the_usual_ones_used(browser: Client, query: str) -> None:
    page = text(browser.get(f"/city-problems/patterns/{query}"))
    assert "现按常用阈值显示。" in page


@pytest.mark.parametrize("query", ["?state=nonsense", "?item=XX", "?page=zzz", "?state=met&cause=C06"])
def test_the_register_is_narrowed_by_its_address(browser: Client, query: str) -> None:
    in_state(ProblemState.MET)
    assert "张社市问〔2026〕1号" in text(browser.get(f"/city-problems/{query}"))


@pytest.mark.parametrize("path", ["/city-problems/{id}/", "/city-problems/{id}/reopen/"])
def test_an_unknown_problem_is_not_found(browser: Client, path: str) -> None:
    assert browser.get(path.format(id=UUID(int=0))).status_code == 404


def test_an_unknown_act_is_not_found(browser: Client, db: None) -> None:
    assert browser.get(f"/city-problems/{in_state(ProblemState.OPEN).pk}/close/").status_code == 404


def test_the_api_takes_up_and_acts(office: Any, zhangbei: Any, yuxian: Any) -> None:
    api = schemas.api_for(office, schemas.make_staff(office, Role.CITY_COORDINATOR))
    card(ZHANGBEI)
    card(YUXIAN)
    (listed,) = api.get("/api/v1/city-patterns/").json()["results"]
    assert listed["problems"] == {ZHANGBEI: "open", YUXIAN: "open"}
    body = {"item": "YL10", "cause": "C06", "centres": listed["centres"], "link": "city"}
    made = api.post("/api/v1/city-problems/", body, format="json")
    assert made.status_code == 201
    possible = [each["name"] for each in made.json()["available_actions"] if not each["why_not"]]
    assert possible == ["set_measure", "amend", "dismiss"]
    measure = {"kind": "policy", "from_on": "2026-06-01"}
    done = api.post(f"{made.json()['url']}set_measure/", measure, format="json")
    assert (done.status_code, done.json()["state"]) == (200, "measured")
    again = api.post(f"{made.json()['url']}set_measure/", measure, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "not_now")
    (line,) = api.get("/api/v1/city-problems/?state=measured").json()["results"]
    assert line["number"] == made.json()["number"]


def test_the_api_says_which_field_is_wrong(office: Any) -> None:
    api = schemas.api_for(office, schemas.make_staff(office, Role.CITY_COORDINATOR))
    wrong = api.post("/api/v1/city-problems/", {"item": "XX", "centres": ["1"]}, format="json")
    assert {each["pointer"] for each in wrong.json()["errors"]} == {
        "#/item",
        "#/cause",
        "#/centres",
        "#/link",
    }
    for query in ("city-problems/?nonsense=1", "city-patterns/?nonsense=1", "city-patterns/?days=1"):
        assert api.get(f"/api/v1/{query}").status_code == 422


def test_the_api_shows_a_watch_with_its_interval(office: Any) -> None:
    api = schemas.api_for(office, schemas.make_staff(office, Role.CITY_ANALYST))
    problem = in_state(ProblemState.MET)
    CityProblem.objects.filter(pk=problem.pk).update(before=12, after=2, verdict="worked", verdict_on=TODAY)
    shown = api.get(f"/api/v1/city-problems/{problem.pk}/").json()
    assert shown["recurrence"]["text"] == "措施前12件，措施后2件，复发比0.17（0.02—0.75）"
    assert shown["available_actions"] == []
