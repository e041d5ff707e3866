"""The monthly bulletin: what it says, asked for, made step by step, reviewed by another, issued, settled."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction

from bancheng.bulletins import actions, acts, comparing, making, selectors
from bancheng.bulletins.models import Bulletin, BulletinState
from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed
from bancheng.overview.indicators import Shown
from bancheng.overview.models import CityDay, Fact
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tasks import bulletins as tasks
from tests.bulletins import NOW, OCTOBER, OFFICE, People, counted, failing, issued, made


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with clock.at(NOW):
        yield


def words(bulletin: Bulletin) -> str:
    """All paragraphs."""
    return "\n".join(
        block["text"]
        for section in bulletin.document["sections"]
        for block in section["blocks"]
        if block["type"] == "text"
    )


def tables(bulletin: Bulletin, code: str) -> list[dict[str, Any]]:
    section = next(each for each in bulletin.document["sections"] if each["code"] == code)
    return [block for block in section["blocks"] if block["type"] == "table"]


# --- What it says ------------------------------------------------------------------------------------


def test_it_tells_the_month_beside_the_one_before_and_the_same_of_last_year(draft: Bulletin) -> None:
    said = words(draft)
    assert "全市登记反映件167件，比上月增加7件，比上年同月减少3件" in said
    assert "另答复咨询12次，不计入反映件" in said
    assert "办结率83.23 %（139/167），比上月高8.23个百分点，比上年同月低16.77个百分点" in said


def test_of_three_ratings_it_tells_no_share(draft: Bulletin) -> None:
    assert "满意率：样本不足（n=3）" in words(draft)
    row = next(row for row in tables(draft, "headline")[0]["rows"] if row[0] == "满意率")
    assert row[1:3] == ["样本不足", "3/3"]


def test_a_month_without_anything_is_told_as_that(people: People) -> None:
    assert "7月，全市没有登记反映件，也没有咨询记录" in words(made(people, date(2026, 7, 1)))


def test_where_nothing_was_counted_nothing_is_compared(people: People) -> None:
    said = words(made(people, date(2026, 9, 1)))
    assert "全市登记反映件160件；受理160件" in said


def test_centres_stand_in_the_order_of_the_registry(draft: Bulletin) -> None:
    (table,) = tables(draft, "centres")
    assert [row[0] for row in table["rows"]] == ["张家口市", "张北县", "蔚县", "合计"]
    assert [row[1] for row in table["rows"]] == [0, 167, 0, 167]


def test_every_step_left_a_section_with_something_in_it(draft: Bulletin) -> None:
    assert [section["code"] for section in draft.document["sections"]] == [
        "summary",
        "headline",
        "centres",
        "matters",
        "hands",
        "referrals",
        "improvement",
        "index",
        "upkeep",
        "annex",
    ]
    assert all(section["blocks"] for section in draft.document["sections"])


def test_every_chart_is_followed_by_the_table_of_its_figures(draft: Bulletin) -> None:
    for section in draft.document["sections"]:
        kinds = [block["type"] for block in section["blocks"]]
        for place, kind in enumerate(kinds):
            if kind == "chart":
                assert kinds[place + 1] == "table"
                rows = section["blocks"][place + 1]["rows"]
                assert [row[0] for row in rows] == section["blocks"][place]["labels"]


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (7, 7, "与上月持平"),
        (12, 7, "比上月增加5件"),
        (7, 1_012, "比上月减少1,005件"),
        (1, 3, "比上月减少2件（件数少，不说明变化）"),
        (0, 0, "与上月持平"),
    ],
)
def test_a_change_of_a_number_in_words(now: int, before: int, said: str) -> None:
    assert comparing.amount_moved(now, before, "上月") == said


@pytest.mark.parametrize(
    ("before", "whole", "said"),
    [
        ("50.00", 40, "比上月高25.00个百分点"),
        ("80.00", 40, "比上月低5.00个百分点"),
        ("75.00", 40, "与上月持平"),
        ("50.00", 8, "比上月高25.00个百分点（件数少，仅供参考）"),
        (None, 3, ""),
    ],
)
def test_a_change_of_a_share_in_words(before: str | None, whole: int, said: str) -> None:
    from decimal import Decimal

    def shown(number: str | None, whole: int) -> Shown:
        value = Decimal(number) if number else None
        return Shown("closing", "办结率", "handling", "%", "", "", number=value, whole=whole)

    assert comparing.share_moved(shown("75.00", 100), shown(before, whole), "上月") == said


# --- Asking ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("month", [date(2026, 11, 1), date(2027, 1, 1)])
def test_a_month_that_is_not_over_is_refused(people: People, month: date) -> None:
    with pytest.raises(Invalid) as refused:
        actions.ask(actor=people.actor(people.analyst), month=month)
    assert "还没有结束" in refused.value.errors["month"][0]
    assert not Bulletin.objects.exists()


def test_an_operator_reads_but_does_not_ask(people: People) -> None:
    with pytest.raises(NotAllowed):
        actions.ask(actor=people.actor(people.operator), month=OCTOBER)


def test_while_one_is_made_another_is_refused(people: People) -> None:
    actions.ask(actor=people.actor(people.analyst), month=OCTOBER)
    with pytest.raises(Conflict, match="正在生成"):
        actions.ask(actor=people.actor(people.coordinator), month=OCTOBER)


def test_a_new_edition_may_be_made_until_one_is_issued(people: People) -> None:
    first, second = made(people), made(people)
    assert (first.edition, second.edition) == (1, 2)
    with pytest.raises(Conflict, match="旧稿"):
        actions.review(bulletin_id=first.pk, actor=people.actor(people.coordinator))
    actions.review(bulletin_id=second.pk, actor=people.actor(people.coordinator))
    actions.issue(bulletin_id=second.pk, actor=people.actor(people.coordinator))
    with pytest.raises(Conflict, match="已经印发"):
        made(people)


def test_two_who_ask_at_once_get_one_bulletin(
    at_once: Callable[..., list[Any]], office: Any, zhangbei: Any
) -> None:
    people = People(office)

    def ask() -> Bulletin:
        with clock.at(NOW), in_centre(OFFICE):
            return actions.ask(actor=people.actor(people.analyst), month=OCTOBER)

    results = at_once(ask, ask)
    assert sorted(type(result).__name__ for result in results) == ["Bulletin", "Conflict"]


# --- Making ------------------------------------------------------------------------------------------


def test_its_progress_is_kept_after_every_step(people: People) -> None:
    bulletin = actions.ask(actor=people.actor(people.analyst), month=OCTOBER)
    seen = []
    while making._stepped(bulletin.pk):
        row = selectors.bulletin(bulletin.pk)
        seen.append((row.done, len(row.document["sections"]), row.doing))
    assert [done for done, _, _ in seen] == list(range(1, making.STEPS_IN_ALL))
    assert all(done == sections for done, sections, _ in seen)
    assert seen[0][2] == "主要指标"
    assert seen[-1][2] == "核对"
    assert selectors.bulletin(bulletin.pk).state == BulletinState.DRAFT


def test_figures_that_move_while_it_is_made_have_it_written_anew(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = []

    def checked(sight: Any) -> dict[str, int]:
        if len(moved) == 1:  # the first comparison, after everything is written
            counted(date(2026, 10, 16), registered=1)
        moved.append(sight)
        return basis(sight)

    basis = making._basis
    monkeypatch.setattr(making, "_basis", checked)
    bulletin = made(people)
    assert bulletin.state == BulletinState.DRAFT
    assert bulletin.document["rounds"] == 2
    assert "全市登记反映件168件" in words(bulletin)


def test_figures_that_never_rest_end_it_with_a_sentence(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter(range(1_000))
    monkeypatch.setattr(making, "_basis", lambda sight: {"registered": next(numbers)})
    bulletin = made(people)
    assert (bulletin.state, bulletin.failure) == (BulletinState.FAILED, making.MOVED_ON)


def test_a_step_that_fails_says_where_and_may_be_asked_again(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(making, "STEPS", failing(ZeroDivisionError()))
        bulletin = made(people)
    assert bulletin.state == BulletinState.FAILED
    assert "各中心情况" in bulletin.failure
    actions.again(bulletin_id=bulletin.pk, actor=people.actor(people.analyst))
    making.make(bulletin.pk)
    assert selectors.bulletin(bulletin.pk).state == BulletinState.DRAFT


def test_a_lost_connection_leaves_it_to_the_sweep(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(making, "STEPS", failing(OperationalError()))
        with pytest.raises(OperationalError):
            made(people)
    (bulletin,) = Bulletin.objects.all()
    assert (bulletin.state, bulletin.done) == (BulletinState.MAKING, 2)
    assert making.left_over() == []
    with clock.at(NOW + timedelta(seconds=61)):
        assert making.left_over() == [bulletin.pk]


def test_what_nobody_is_making_is_made_by_the_sweep(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    bulletin = actions.ask(actor=people.actor(people.analyst), month=OCTOBER)
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks, "hint", lambda task, **ids: asked.append({"task": task} | ids))
    with clock.at(NOW + timedelta(minutes=2)):
        tasks.sweep_all()
        assert asked == [{"task": making.TASK, "centre": OFFICE, "bulletin": str(bulletin.pk)}]
        tasks.make(centre=OFFICE, bulletin=str(bulletin.pk))
        tasks.make(centre=OFFICE, bulletin=str(bulletin.pk))  # once more does no harm
        asked.clear()
        tasks.sweep_all()
    assert asked == []
    row = selectors.bulletin(bulletin.pk)
    assert (row.state, len(row.document["sections"])) == (BulletinState.DRAFT, len(making.STEPS))


def test_what_kills_every_worker_is_given_up_with_a_sentence(people: People) -> None:
    bulletin = actions.ask(actor=people.actor(people.analyst), month=OCTOBER)
    Bulletin.objects.filter(pk=bulletin.pk).update(tries=making.MOST_TRIES)
    making.make(bulletin.pk)
    row = selectors.bulletin(bulletin.pk)
    assert (row.state, row.failure) == (BulletinState.FAILED, making.TRIED_TOO_OFTEN)


def test_two_workers_at_once_write_every_section_once(
    at_once: Callable[..., list[Any]], office: Any, zhangbei: Any
) -> None:
    people = People(office)
    with in_centre(OFFICE):
        bulletin = actions.ask(actor=people.actor(people.analyst), month=OCTOBER)

    def make() -> None:
        with clock.at(NOW):
            tasks.make(centre=OFFICE, bulletin=str(bulletin.pk))

    assert at_once(make, make) == [None, None]
    with in_centre(OFFICE):
        row = selectors.bulletin(bulletin.pk)
    codes = [section["code"] for section in row.document["sections"]]
    assert row.state == BulletinState.DRAFT
    assert len(codes) == len(set(codes)) == len(making.STEPS)


# --- Reviewing and issuing ---------------------------------------------------------------------------


def test_who_asked_does_not_review(people: People, draft: Bulletin) -> None:
    with pytest.raises(NotAllowed, match="以外的人审核"):
        actions.review(bulletin_id=draft.pk, actor=people.actor(people.analyst))


def test_only_what_was_reviewed_is_issued(people: People, draft: Bulletin) -> None:
    with pytest.raises(Conflict, match="还没有审核"):
        actions.issue(bulletin_id=draft.pk, actor=people.actor(people.coordinator))


def test_an_analyst_does_not_issue(people: People, draft: Bulletin) -> None:
    actions.review(bulletin_id=draft.pk, actor=people.actor(people.coordinator))
    with pytest.raises(NotAllowed):
        actions.issue(bulletin_id=draft.pk, actor=people.actor(people.analyst))


def test_numbers_have_no_gap(people: People) -> None:
    numbers = [issued(people, month).number for month in (date(2026, 8, 1), date(2026, 9, 1), OCTOBER)]
    assert numbers == ["张社月报〔2026〕1号", "张社月报〔2026〕2号", "张社月报〔2026〕3号"]


def test_numbers_begin_anew_every_year(people: People) -> None:
    issued(people)
    with clock.at(NOW.replace(year=2027, month=1)):
        assert issued(people, date(2026, 12, 1)).number == "张社月报〔2027〕1号"


def test_an_issued_bulletin_stays_as_it_is_whatever_the_figures_do(people: People) -> None:
    bulletin = issued(people)
    before = selectors.bulletin(bulletin.pk).document
    counted(date(2026, 10, 20), registered=50)
    making.make(bulletin.pk)
    assert selectors.bulletin(bulletin.pk).document == before


@pytest.mark.parametrize("change", [{"document": {}}, {"comment": "改"}, {"state": "draft"}])
def test_the_database_itself_refuses_to_change_an_issued_one(people: People, change: dict[str, Any]) -> None:
    bulletin = issued(people)
    rows = Bulletin.objects.filter(pk=bulletin.pk)
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        rows.update(**change)
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        rows.delete()


def test_every_act_is_in_the_trail(people: People) -> None:
    bulletin = issued(people)
    entries = list(audit.entries(subject=bulletin))
    assert [entry.act for entry in entries] == ["bulletin.issue", "bulletin.review", "bulletin.ask"]
    assert entries[0].data["number"] == bulletin.number


@pytest.mark.parametrize(
    "said",
    [
        "反映人李秀兰已办结。",
        "有疑问打13800001234。",
        "2026年10月12日那件办得好。",
        "身份证130722196003071234。",
    ],
)
def test_a_remark_that_looks_personal_is_refused_beside_the_field(
    people: People, draft: Bulletin, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        acts.perform(
            name="review",
            bulletin_id=draft.pk,
            actor=people.actor(people.coordinator),
            form=acts.bound("review").form({"comment": said}),
        )
    assert refused.value.errors["comment"]
    assert selectors.bulletin(draft.pk).state == BulletinState.DRAFT


def test_it_is_made_of_sums_and_facts_alone(draft: Bulletin) -> None:
    """What is taken away from the facts afterwards is still in the document."""
    Fact.objects.all().delete()
    CityDay.objects.all().delete()
    assert "全市登记反映件167件" in words(selectors.bulletin(draft.pk))
