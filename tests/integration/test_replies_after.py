"""After the reply: ratings by the reporter alone, rectifications, thanks, retrospectives, and their pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.matters import actions as matters
from tenants.matters.models import Matter
from tenants.notices.models import Notice
from tenants.replies import actions, selectors, texts
from tenants.replies.models import Rating, Via
from tests import schemas
from tests.desk import STORY, Desk


def reporter(desk: Desk) -> Actor:
    return Actor.reporter(desk.centre.code)


def rate(desk: Desk, matter: Matter, grade: int = 5, **more: Any) -> Matter:
    return actions.rate(matter_id=matter.pk, actor=reporter(desk), grade=grade, **more)


def type_in(desk: Desk, matter: Matter, grade: int) -> Matter:
    return actions.record_rating(
        matter_id=matter.pk, actor=desk.actor(Role.CALLER), grade=grade, comment="电话里说的。"
    )


# --- Ratings -----------------------------------------------------------------------------------------


def test_the_reporter_rates_once(desk: Desk) -> None:
    matter = desk.replied()
    rate(desk, matter)
    with pytest.raises(Conflict, match="已经评价过") as refused:
        rate(desk, matter, 1)
    assert refused.value.code == "rated_already"
    assert Rating.objects.get().grade == 5


def test_after_reopening_the_next_reply_is_rated_anew(desk: Desk) -> None:
    matter = desk.closed()
    rate(desk, matter, 2)
    matters.reopen(matter_id=matter.pk, actor=reporter(desk), reason="没有解决。")
    rate(desk, desk.reply(desk.resolve(matter.pk).pk), 5)
    assert list(Rating.objects.order_by("round").values_list("round", "grade")) == [(0, 2), (1, 5)]


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES))
def test_no_staff_rate(desk: Desk, role: str) -> None:
    matter = desk.replied()
    with pytest.raises(NotAllowed):
        actions.rate(matter_id=matter.pk, actor=desk.actor(role), grade=5)
    assert not Rating.objects.exists()


def test_the_api_lets_no_staff_rate_either(desk: Desk) -> None:
    matter = desk.replied()
    path = f"/api/v1/matters/{matter.pk}/actions/rate/"
    answer = schemas.api_for(desk.centre, desk.staff(Role.WINDOW_LEAD)).post(
        path, {"grade": 5}, format="json"
    )
    assert answer.status_code == 403


def test_a_grade_that_staff_typed_is_marked(desk: Desk) -> None:
    type_in(desk, desk.replied(), 4)
    rating = Rating.objects.get()
    assert (rating.via, rating.by_id) == (Via.STAFF, desk.staff(Role.CALLER).pk)


def test_the_reporters_own_stands_beside_what_staff_typed(desk: Desk) -> None:
    matter = desk.replied()
    type_in(desk, matter, 5)
    rate(desk, matter, 3)
    assert set(Rating.objects.values_list("via", "grade")) == {("staff", 5), ("code", 3)}


def test_staff_type_nothing_in_where_the_reporter_has_spoken(desk: Desk) -> None:
    matter = desk.replied()
    rate(desk, matter, 2)
    with pytest.raises(Conflict):
        type_in(desk, matter, 5)


def test_whoever_handled_it_types_no_grade_in(desk: Desk) -> None:
    person = schemas.make_staff(desk.centre, Role.CALLER)
    person.roles = [Role.CALLER, Role.WINDOW_CLERK]
    person.save()
    matter = desk.resolved()
    actions.reply(matter_id=matter.pk, actor=person.actor, text="示例。", channel="letter", reached="本人")  # type: ignore[arg-type]  # the code, as a form gives it
    with pytest.raises(Conflict) as refused:
        actions.record_rating(matter_id=matter.pk, actor=person.actor, grade=5, comment="好。")
    assert refused.value.code == "not_its_handler"


def test_the_table_itself_refuses_an_unmarked_grade_of_staff(desk: Desk) -> None:
    matter = desk.replied()
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(
            matter=matter,
            round=0,
            grade=5,
            via=Via.CODE,
            at=clock.now(),
            by=desk.staff(Role.CALLER),
        )


def test_nothing_is_rated_before_the_reply(desk: Desk) -> None:
    with pytest.raises(Conflict):
        rate(desk, desk.resolved())


# --- Rectifications ----------------------------------------------------------------------------------


@pytest.mark.parametrize("grade", [1, 2])
def test_a_low_grade_opens_a_rectification_due_in_fifteen_working_days(desk: Desk, grade: int) -> None:
    lead = desk.staff(Role.WINDOW_LEAD)
    matter = rate(desk, desk.replied(), grade)
    assert matter.rectifications.get().due_on == current_calendar().add(clock.today(), 15)
    assert Notice.objects.filter(recipient=lead, kind="rated_low").count() == 1


@pytest.mark.parametrize("grade", [3, 4, 5])
def test_a_fair_grade_opens_none(desk: Desk, grade: int) -> None:
    assert not rate(desk, desk.replied(), grade).rectifications.exists()


def test_a_rectification_is_closed_by_its_report(desk: Desk) -> None:
    matter = rate(desk, desk.replied(), 1)
    lead = desk.actor(Role.WINDOW_LEAD)
    actions.rectify(matter_id=matter.pk, actor=lead, feedback="已重新解释。")
    assert matter.rectifications.get().closed_at is not None
    with pytest.raises(Conflict) as refused:
        actions.rectify(matter_id=matter.pk, actor=lead, feedback="再报一次。")
    assert refused.value.code == "nothing_to_rectify"


def test_an_open_rectification_is_overdue_after_its_day(desk: Desk) -> None:
    due_on = rate(desk, desk.replied(), 1).rectifications.get().due_on
    noon = clock.start_of(due_on) + timedelta(hours=12)
    with clock.at(noon):
        assert not selectors.overdue_rectifications().exists()
    with clock.at(noon + timedelta(days=1)):
        assert selectors.overdue_rectifications().count() == 1


# --- Thanks and retrospectives -----------------------------------------------------------------------


def test_thanks_are_recorded(desk: Desk) -> None:
    matter = actions.thank(
        matter_id=desk.closed().pk,
        actor=desk.actor(Role.WINDOW_CLERK),
        kind="banner",  # type: ignore[arg-type]  # the code, as a form gives it
        on=clock.today(),
        words="为民解忧",
    )
    assert matter.thanks.get().words == "为民解忧"


@pytest.mark.parametrize("days", [-400, 1])
def test_thanks_of_another_time_are_refused(desk: Desk, days: int) -> None:
    with pytest.raises(Invalid) as refused:
        actions.thank(
            matter_id=desk.closed().pk,
            actor=desk.actor(Role.WINDOW_CLERK),
            kind="letter",  # type: ignore[arg-type]  # the code, as a form gives it
            on=clock.today() + timedelta(days=days),
        )
    assert list(refused.value.errors) == ["on"]


def look_back(desk: Desk, matter: Matter) -> Matter:
    return actions.retrospect(
        matter_id=matter.pk,
        actor=desk.actor(Role.WINDOW_LEAD),
        lost_with="outside",  # type: ignore[arg-type]  # the code, as a form gives it
        why="等省里复函。",
        quicker="先打电话。",
        measure="建立省级联系单。",
    )


@pytest.mark.parametrize(
    ("slow", "reason"),
    [
        ({"months_before": 6}, "此前历时6个月"),
        ({"trips_before": 5}, "此前跑动5趟"),
        ({"reopened": 1}, "重办1次"),
    ],
)
def test_a_slow_case_is_looked_back_at(desk: Desk, slow: dict[str, Any], reason: str) -> None:
    matter = desk.closed()
    assert not selectors.retrospects_due(desk.actor(Role.WINDOW_LEAD)).exists()
    Matter.objects.filter(pk=matter.pk).update(**slow)
    (due,) = selectors.retrospects_due(desk.actor(Role.WINDOW_LEAD))
    assert selectors.why_slow(due) == [reason]


def test_one_resolved_after_its_day_is_looked_back_at(desk: Desk) -> None:
    matter = desk.closed()
    Matter.objects.filter(pk=matter.pk).update(due_on=clock.today() - timedelta(days=1))
    (due,) = selectors.retrospects_due(desk.actor(Role.WINDOW_LEAD))
    assert selectors.why_slow(due) == ["超期办结"]


def test_a_case_is_looked_back_at_once(desk: Desk) -> None:
    matter = desk.closed()
    Matter.objects.filter(pk=matter.pk).update(trips_before=9)
    look_back(desk, matter)
    assert not selectors.retrospects_due(desk.actor(Role.WINDOW_LEAD)).exists()
    with pytest.raises(Conflict):
        look_back(desk, matter)


# --- Pages -------------------------------------------------------------------------------------------


def url(name: str, *args: object) -> str:
    return reverse(name, urlconf="tenants.urls", args=args)


def test_the_lead_sees_what_is_left_to_do(desk: Desk) -> None:
    low, slow = rate(desk, desk.replied(), 1), desk.closed()
    Matter.objects.filter(pk=slow.pk).update(trips_before=9)
    page = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_LEAD)).get(url("after"))
    text = page.content.decode()
    assert (low.number in text, slow.number in text, "此前跑动9趟" in text) == (True, True, True)


def test_others_are_refused(desk: Desk) -> None:
    page = schemas.client_for(desk.centre, desk.staff(Role.HANDLER)).get(url("after"))
    assert page.status_code == 403


def test_the_lead_changes_the_words_of_a_reply(desk: Desk) -> None:
    client = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_LEAD))
    address = f"{url('reply_text')}?item=YL10&outcome=done"
    assert "逝者家属" in client.get(address).content.decode()
    words = dict.fromkeys(("done", "basis", "remaining", "rating", "recourse"), "新的说法。")
    assert client.post(address, {**words, "since": "0"}).status_code == 302
    assert "本中心第1版" in client.get(url("reply_texts")).content.decode()


@pytest.mark.parametrize(
    "query", ["", "?outcome=done&item=NO", "?outcome=withdrawn", "?outcome=done&scheme=x"]
)
def test_words_that_nobody_can_have_are_not_found(desk: Desk, query: str) -> None:
    client = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_LEAD))
    assert client.get(url("reply_text") + query).status_code == 404


def test_the_windows_telephone_stands_in_the_next_reply(desk: Desk) -> None:
    matter = desk.resolved()
    client = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_LEAD))
    assert client.post(url("reply_texts"), {"telephone": "0313-0000000转8001"}).status_code == 302
    with in_centre(desk.centre.code):
        assert "0313-0000000转8001" in texts.opening(matter).recourse


def test_the_matters_page_shows_what_came_of_it(desk: Desk) -> None:
    matter = look_back(desk, rate(desk, desk.closed(story=STORY), 1, comment="来回跑。"))
    client = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_LEAD))
    text = client.get(f"{url('matter', matter.pk)}?tab=replies").content.decode()
    assert all(word in text for word in ("非常不满意", "来回跑。", "待整改", "建立省级联系单。"))


def test_the_api_reads_what_came_of_it(desk: Desk) -> None:
    matter = rate(desk, desk.replied(), 1)
    api = schemas.api_for(desk.centre, desk.staff(Role.WINDOW_LEAD))
    told = api.get(f"/api/v1/matters/{matter.pk}/replies/").json()
    assert [(r["grade"], r["via"]) for r in told["ratings"]] == [(1, "code")]
    assert told["rectifications"][0]["closed_at"] is None
    assert [r["number"] for r in api.get("/api/v1/after/").json()["rectifications"]] == [matter.number]
