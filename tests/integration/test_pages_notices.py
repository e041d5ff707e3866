"""The bell, the list behind it and the morning's digest, as pages and as API."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.matters.models import Matter
from tenants.notices import actions
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Notice
from tests import schemas
from tests.desk import REPORTER, Desk

MORNING = datetime(2026, 11, 24, 8, 40, tzinfo=clock.SHANGHAI)


def page(name: str, *args: object) -> str:
    return reverse(name, urlconf="tenants.urls", args=args)


def browser(desk: Desk, role: str = Role.WINDOW_LEAD) -> Client:
    with in_centre(desk.centre.code):
        return schemas.client_for(desk.centre, desk.staff(role))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def tell(desk: Desk, matter: Matter, kind: NoticeKind = NoticeKind.DUE_SOON, key: str = "k") -> Notice:
    lead = desk.staff(Role.WINDOW_LEAD)
    actions.notify(matter=matter, kind=kind, key=key, staff=(lead.pk,))
    return Notice.objects.select_related("matter").get(matter=matter, kind=kind, key=key)


@pytest.fixture
def notice(desk: Desk) -> Notice:
    return tell(desk, desk.accepted())


def is_read(notice: Notice, desk: Desk) -> bool:
    with in_centre(desk.centre.code):
        return Notice.objects.get(pk=notice.pk).read_at is not None


# --- The bell ----------------------------------------------------------------------------------------


def test_the_bell_counts_the_unread(desk: Desk, notice: Notice) -> None:
    assert 'aria-label="1 条未读提醒"' in text_of(browser(desk).get(page("workbench")))


def test_the_bell_counts_nobody_elses(desk: Desk, notice: Notice) -> None:
    assert 'aria-label="0 条未读提醒"' in text_of(browser(desk, Role.DEPUTY).get(page("workbench")))


# --- The list ----------------------------------------------------------------------------------------


def test_a_notice_says_the_number_and_nothing_personal(desk: Desk, notice: Notice) -> None:
    number, subject = notice.matter.number, notice.matter.subject

    shown = text_of(browser(desk).get(page("notices")))

    assert f"反映件{number}即将到期，请抓紧办理。" in shown
    assert not any(word in shown for word in (REPORTER.name, REPORTER.phone, REPORTER.identifier))
    assert subject not in shown


def test_opening_a_matter_from_its_notice_is_to_have_read_it(desk: Desk, notice: Notice) -> None:
    answer = browser(desk).post(page("notice_open", notice.pk))

    assert (answer.status_code, answer["Location"]) == (302, page("matter", notice.matter_id))
    assert is_read(notice, desk)


def test_one_is_marked_read_and_the_list_stays_as_it_was(desk: Desk, notice: Notice) -> None:
    answer = browser(desk).post(page("notice_read", notice.pk), {"kind": "due_soon", "show": "all"})

    assert answer["Location"] == page("notices") + "?kind=due_soon&show=all"
    assert is_read(notice, desk)


def test_what_is_no_filter_is_not_carried_along(desk: Desk, notice: Notice) -> None:
    answer = browser(desk).post(page("notice_read", notice.pk), {"kind": "//elsewhere", "show": "\r\nX: y"})

    assert answer["Location"] == page("notices")


def test_all_are_marked_read_at_once(desk: Desk, notice: Notice) -> None:
    another = tell(desk, notice.matter, NoticeKind.OVERDUE)

    answer = browser(desk).post(page("notices_read"), follow=True)

    assert "已将2条提醒标为已读" in text_of(answer)
    assert is_read(notice, desk)
    assert is_read(another, desk)


def test_somebody_elses_notice_is_not_there(desk: Desk, notice: Notice) -> None:
    other = browser(desk, Role.DEPUTY)

    assert other.post(page("notice_read", notice.pk)).status_code == 404
    assert other.post(page("notice_open", notice.pk)).status_code == 404
    assert not is_read(notice, desk)


def test_what_was_read_is_shown_among_all_alone(desk: Desk, notice: Notice) -> None:
    number = notice.matter.number

    browser(desk).post(page("notice_read", notice.pk))

    assert number not in text_of(browser(desk).get(page("notices")))
    assert number in text_of(browser(desk).get(page("notices") + "?show=all"))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "没有未读的提醒"),
        ("?show=all", "还没有提醒"),
        ("?kind=circle", "没有这一类的提醒"),
        ("?kind=nonsense&show=%00&page=-3", "没有未读的提醒"),
    ],
)
def test_the_list_knows_how_to_be_empty(desk: Desk, address: str, words: str) -> None:
    assert words in text_of(browser(desk).get(page("notices") + address))


def test_the_list_is_narrowed_by_kind(desk: Desk, notice: Notice) -> None:
    other = tell(desk, desk.accepted(), NoticeKind.OVERDUE)
    wanted, unwanted = other.matter.number, notice.matter.number

    shown = text_of(browser(desk).get(page("notices") + "?kind=overdue"))

    assert wanted in shown
    assert unwanted not in shown


def test_more_notices_take_no_more_queries(
    desk: Desk, notice: Notice, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for key in range(15):
        tell(desk, notice.matter, key=str(key))
    client = browser(desk)
    client.get(page("notices"))

    with django_assert_max_num_queries(9):
        assert "第 1–16 条" in text_of(client.get(page("notices")))


# --- The API -----------------------------------------------------------------------------------------


def test_the_api_tells_the_same(desk: Desk, notice: Notice, call: Callable[..., Any]) -> None:
    (told,) = call(Role.WINDOW_LEAD, "get", "/notices/").json()["results"]

    assert told["text"] == f"反映件{notice.matter.number}即将到期，请抓紧办理。"
    assert (told["kind"], told["read_at"]) == ("due_soon", None)
    assert told["matter_url"].endswith(f"/matters/{notice.matter_id}/")


def test_the_api_marks_one_or_all_read(desk: Desk, notice: Notice, call: Callable[..., Any]) -> None:
    tell(desk, notice.matter, NoticeKind.OVERDUE)

    one = call(Role.WINDOW_LEAD, "post", f"/notices/{notice.pk}/read/")
    rest = call(Role.WINDOW_LEAD, "post", "/notices/read/")

    assert one.json()["read_at"]
    assert rest.json() == {"read": 1}
    assert call(Role.WINDOW_LEAD, "get", "/notices/").json()["count"] == 0


def test_the_api_refuses_a_filter_that_there_is_not(desk: Desk, call: Callable[..., Any]) -> None:
    assert call(Role.WINDOW_LEAD, "get", "/notices/?kind=nonsense").status_code == 422


# --- The digest --------------------------------------------------------------------------------------


def kept(desk: Desk) -> None:
    counts = [{"key": "overdue", "title": "已超期", "count": 3}]
    actions.keep_digest(recipient_id=desk.staff(Role.WINDOW_LEAD).pk, counts=counts)


def test_this_mornings_digest_stands_above_the_notices(desk: Desk) -> None:
    with clock.everywhere_at(MORNING):
        kept(desk)
        shown = text_of(browser(desk).get(page("notices")))

    assert "今日摘要" in shown
    assert '?list=overdue">已超期 <strong class="num">3</strong>' in shown


def test_yesterdays_digest_is_gone(desk: Desk) -> None:
    with clock.everywhere_at(MORNING):
        kept(desk)
    with clock.everywhere_at(MORNING.replace(day=25)):
        assert "今日摘要" not in text_of(browser(desk).get(page("notices")))


def test_the_digest_is_on_the_workbench_until_it_is_put_away(desk: Desk) -> None:
    with clock.everywhere_at(MORNING):
        kept(desk)
        client = browser(desk)
        before = text_of(client.get(page("workbench")))
        after = text_of(client.post(page("digest_read"), follow=True))

    assert "今日摘要" in before
    assert "今日摘要" not in after


def test_the_api_has_the_digest_too(desk: Desk, call: Callable[..., Any]) -> None:
    with clock.everywhere_at(MORNING):
        assert call(Role.WINDOW_LEAD, "get", "/notices/digest/").status_code == 404
        kept(desk)
        told = call(Role.WINDOW_LEAD, "get", "/notices/digest/").json()

    assert (told["day"], told["counts"][0]["count"]) == ("2026-11-24", 3)
