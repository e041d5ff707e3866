"""The reporter's own page: who gets in, what it shows and what not, what may be done there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock
from tenants.matters import actions as matters
from tenants.matters.models import Matter
from tenants.matters.states import State
from tenants.notices.models import Notice
from tenants.referrals import sending
from tenants.replies import gate
from tenants.replies.forms.track import Number
from tenants.replies.models import Rating, TrackAttempt, Via
from tests import schemas
from tests.desk import REPORTER, Desk
from tests.integration.test_replies import merge


def url(name: str, *args: object) -> str:
    return reverse(name, urlconf="tenants.urls", args=args)


def wrong(matter: Matter) -> str:
    return "000000" if matter.query_code != "000000" else "111111"


class Visitor:
    """A browser at the centre; after each request the test is back in the centre's schema."""

    def __init__(self, desk: Desk, staff: Any = None) -> None:
        self.code, self.client = desk.centre.code, schemas.client_for(desk.centre, staff)
        self.cookies, self.defaults = self.client.cookies, self.client.defaults

    def get(self, *args: Any, **more: Any) -> Any:
        with in_centre(self.code):
            return self.client.get(*args, **more)

    def post(self, *args: Any, **more: Any) -> Any:
        with in_centre(self.code):
            return self.client.post(*args, **more)


def enter(
    desk: Desk, matter: Matter, *, code: str = "", number: str = "", **sent: Any
) -> tuple[Visitor, Any]:
    client = Visitor(desk)
    data = {"number": number or matter.number, "code": code or matter.query_code, **sent}
    return client, client.post(url("track"), data)


def inside(desk: Desk, matter: Matter) -> Visitor:
    client, answer = enter(desk, matter)
    assert answer.status_code == 302
    return client


def shown(desk: Desk, matter: Matter) -> str:
    return str(inside(desk, matter).get(url("track_matter")).content.decode())


# --- Getting in --------------------------------------------------------------------------------------


def test_number_and_code_open_the_matter(desk: Desk) -> None:
    matter = desk.accepted()
    assert matter.number in shown(desk, matter)


def test_the_machines_number_opens_it_too(desk: Desk) -> None:
    matter = desk.accepted()
    _, answer = enter(desk, matter, number=matter.machine_number.lower())
    assert answer.url == url("track_matter")


def test_neither_number_nor_code_stands_in_an_address(desk: Desk) -> None:
    matter = desk.accepted()
    _, answer = enter(desk, matter)
    client = Visitor(desk)
    asked = client.get(url("track"), {"number": matter.number, "code": matter.query_code})
    assert matter.query_code not in answer.url
    assert (asked.status_code, matter.subject in asked.content.decode()) == (200, False)


def test_an_unknown_number_and_a_wrong_code_are_told_alike(desk: Desk) -> None:
    matter = desk.accepted()
    sentences = []
    for sent in ({"code": wrong(matter)}, {"number": "张社反〔2025〕9999号"}):
        _, answer = enter(desk, matter, **sent)
        assert answer.status_code == 422
        sentences.append(gate.WRONG in answer.content.decode())
    assert sentences == [True, True]


def test_without_having_shown_the_code_there_is_nothing(desk: Desk) -> None:
    client = Visitor(desk)
    assert client.get(url("track_matter")).url == url("track")
    assert client.post(url("track_act", "withdraw"), {"reason": "x"}).url == url("track")


@pytest.mark.parametrize("junk", ["\x00", "'", "１２３", "张" * 61, "<script>", "\ud7ff", "٣" * 6])
def test_junk_is_answered_with_a_sentence(desk: Desk, junk: str) -> None:
    client = Visitor(desk)
    assert client.post(url("track"), {"number": junk, "code": junk, "via": junk}).status_code == 422


def test_a_forged_cookie_opens_nothing(desk: Desk) -> None:
    client = Visitor(desk)
    for forged in ("x", "a" * 32, "\x00", ""):
        client.cookies[gate.cookie_name()] = forged
        assert client.get(url("track_matter")).status_code == 302


def test_a_login_is_no_key_to_the_page_and_the_page_is_no_login(desk: Desk) -> None:
    matter = desk.accepted()
    staff = Visitor(desk, desk.staff(Role.WINDOW_LEAD))
    reporter = inside(desk, matter)
    reporter.cookies["sessionid"] = reporter.cookies[gate.cookie_name()].value
    assert reporter.get(url("matter", matter.pk)).status_code == 302
    login = staff.cookies["sessionid"].value
    stranger = Visitor(desk)
    stranger.cookies[gate.cookie_name()] = login
    assert stranger.get(url("track_matter")).status_code == 302


def test_who_is_logged_in_is_not_the_reporter(desk: Desk) -> None:
    matter = desk.replied()
    client = Visitor(desk, desk.staff(Role.WINDOW_CLERK))
    answer = client.post(url("track"), {"number": matter.number, "code": matter.query_code})
    assert answer.status_code == 403


def test_it_closes_after_fifteen_idle_minutes(desk: Desk) -> None:
    now = clock.now()
    client = inside(desk, desk.accepted())
    for minutes, status in ((14, 200), (28, 200), (44, 302)):
        with clock.at(now + timedelta(minutes=minutes)):
            assert client.get(url("track_matter")).status_code == status


def test_leaving_closes_it(desk: Desk) -> None:
    client = inside(desk, desk.accepted())
    cookie = client.cookies[gate.cookie_name()].value
    client.post(url("track_leave"))
    client.cookies[gate.cookie_name()] = cookie
    assert client.get(url("track_matter")).status_code == 302


def test_another_centre_knows_neither_the_number_nor_the_session(desk: Desk, yuxian: Any) -> None:
    client = inside(desk, desk.accepted())
    client.defaults["HTTP_HOST"] = schemas.host_of(yuxian)
    assert client.get(url("track_matter")).status_code == 302


# --- Few tries ---------------------------------------------------------------------------------------


def test_after_five_wrong_codes_even_the_right_one_is_refused_for_a_quarter_of_an_hour(desk: Desk) -> None:
    matter, now = desk.accepted(), clock.now()
    answers = [enter(desk, matter, code=wrong(matter))[1].status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert enter(desk, matter)[1].status_code == 429
    with clock.at(now + timedelta(minutes=16)):
        assert enter(desk, matter)[1].status_code == 302


def test_another_number_is_still_asked_from_the_same_place(desk: Desk) -> None:
    first, second = desk.accepted(), desk.accepted()
    for _ in range(5):
        enter(desk, first, code=wrong(first))
    assert enter(desk, second)[1].status_code == 302


def test_after_twenty_wrong_tries_a_place_is_refused_whatever_the_number(desk: Desk) -> None:
    matter = desk.accepted()
    for serial in range(20):
        answer = enter(desk, matter, number=f"张社反〔2025〕{serial:04d}号")[1]
        assert answer.status_code == 422
    assert enter(desk, matter)[1].status_code == 429


def test_the_proxys_word_counts_only_behind_a_proxy(desk: Desk, settings: Any) -> None:
    matter = desk.accepted()
    statuses = {}
    for behind in (False, True):
        settings.BEHIND_PROXY = behind
        TrackAttempt.objects.all().delete()
        for serial in range(20):
            client = Visitor(desk)
            sent = {"number": f"张社反〔2025〕{serial:04d}号", "code": "000000"}
            client.post(url("track"), sent, headers={"x-forwarded-for": f"10.0.0.{serial}"})
        statuses[behind] = enter(desk, matter)[1].status_code
    assert statuses == {False: 429, True: 302}


def test_tries_are_audited_and_keep_neither_number_nor_address(desk: Desk) -> None:
    matter = desk.accepted()
    enter(desk, matter, code=wrong(matter))
    enter(desk, matter)
    acts = AuditEntry.objects.filter(act__startswith="track.").order_by("seq")
    assert list(acts.values_list("act", flat=True)) == ["track.wrong_code", "track.opened"]
    row = TrackAttempt.objects.get()
    assert len(row.number_hash) == len(row.client_hash) == 64


def test_at_once_no_more_than_five_wrong_codes_are_looked_at(
    zhangbei: Any, at_once: Callable[..., list[Any]]
) -> None:
    desk = Desk(zhangbei)
    with in_centre(zhangbei.code):
        matter = desk.accepted()

    def guess() -> Any:
        with in_centre(zhangbei.code):
            number = Number(machine=matter.machine_number)
            return gate.show_code(number=number, code=wrong(matter), client="10.0.0.1")

    refused = [getattr(error, "code", "") for error in at_once(*[guess] * 8)]
    assert sorted(refused) == ["too_many_tries"] * 3 + ["wrong_pair"] * 5


# --- What it shows -----------------------------------------------------------------------------------


def test_the_reply_stands_on_it_in_full(desk: Desk) -> None:
    assert "您反映的事项已办成。" in shown(desk, desk.replied())


def test_it_says_what_is_next_and_by_when(desk: Desk) -> None:
    matter = desk.handling()
    assert matter.due_on is not None
    day = f"{matter.due_on.year}年{matter.due_on.month}月{matter.due_on.day}日"
    assert f"正在办理，预计{day}前办完" in shown(desk, matter)


@pytest.mark.parametrize(("days", "said"), [(0, "前会有人回访"), (10, "回访比约定的时间晚了")])
def test_no_day_is_promised_that_has_passed(desk: Desk, days: int, said: str) -> None:
    matter = desk.replied()
    with clock.at(clock.now() + timedelta(days=days)):
        assert said in shown(desk, matter)


def test_nothing_of_what_goes_on_inside_is_shown(desk: Desk) -> None:
    matter = desk.handling()
    matters.progress(matter_id=matter.pk, actor=desk.actor(Role.HANDLER), text="内部意见：档案有疑点。")
    matters.contact(
        matter_id=matter.pk,
        actor=desk.actor(Role.WINDOW_CLERK),
        channel="phone",  # type: ignore[arg-type]  # the code, as a form gives it
        reached=True,
        text="对方情绪激动。",
    )
    text = shown(desk, desk.call_back(desk.reply(desk.resolve(matter.pk).pk).pk))
    staff = [
        desk.staff(role).name for role in (Role.WINDOW_CLERK, Role.WINDOW_LEAD, Role.HANDLER, Role.CALLER)
    ]
    inside_ = ["内部意见", "情绪激动", "社保经办", "难度", "示例：去过三处", "已到账。", *staff]
    personal = [REPORTER.name, REPORTER.identifier, REPORTER.phone, REPORTER.address, matter.query_code]
    assert [word for word in (*inside_, *personal) if word in text] == []


def test_the_unit_that_it_was_passed_to_is_named(desk: Desk, city: Any) -> None:
    matter, lead = desk.handling(level=5), desk.actor(Role.WINDOW_LEAD)
    draft = sending.draft(
        matter_id=matter.pk, actor=lead, unit="130700", reason="对方单位才能核定", requested="请核定"
    )
    sending.send(referral_id=draft.pk, actor=lead)
    text = shown(desk, matter)
    assert "已转给办理的单位" in text
    assert "对方单位才能核定" not in text


def test_a_declined_one_says_why_and_where_else(desk: Desk) -> None:
    text = shown(desk, desk.declined())
    assert "已由信访渠道受理" in text
    assert "信访复查。" in text


def test_of_a_merged_one_only_how_far_the_other_has_come_is_shown(desk: Desk) -> None:
    other = desk.registered()
    main = desk.handling()
    text = shown(desk, merge(other, into=main))
    assert "已与同一事项合并办理" in text
    assert main.number not in text


@pytest.mark.parametrize(
    "state",
    ["registered", "accepted", "assigned", "handling", "resolved", "replied", "closed", "withdrawn"],
)
def test_every_state_has_its_page(desk: Desk, state: str) -> None:
    assert "办理进度" in shown(desk, getattr(desk, state)())


# --- What may be done there --------------------------------------------------------------------------


def do(desk: Desk, matter: Matter, name: str, **data: Any) -> Any:
    return inside(desk, matter).post(url("track_act", name), data)


def test_the_reporter_rates_and_sees_the_own_grade(desk: Desk) -> None:
    matter = desk.replied()
    client = inside(desk, matter)
    assert client.post(url("track_act", "rate"), {"grade": "4"}).status_code == 302
    assert "您的评价：<strong>满意</strong>" in client.get(url("track_matter")).content.decode()
    assert Rating.objects.get().via == Via.CODE


def test_a_second_rating_is_refused_on_the_page(desk: Desk) -> None:
    matter = desk.replied()
    do(desk, matter, "rate", grade="5")
    answer = do(desk, matter, "rate", grade="1")
    assert answer.status_code == 409
    assert "已经评价过了" in answer.content.decode()
    assert Rating.objects.get().grade == 5


def test_who_came_by_the_message_rates_by_the_link(desk: Desk) -> None:
    matter = desk.replied()
    client, _ = enter(desk, matter, via="link")
    client.post(url("track_act", "rate"), {"grade": "5"})
    assert Rating.objects.get().via == Via.LINK


def test_the_reporter_withdraws_in_own_words(desk: Desk) -> None:
    lead = desk.staff(Role.WINDOW_LEAD)
    matter = desk.accepted()
    assert do(desk, matter, "withdraw", reason="已在银行办好。").status_code == 302
    matter.refresh_from_db()
    event = matter.events.order_by("-seq")[0]
    assert (matter.state, event.actor_label) == (State.WITHDRAWN, "反映人")
    assert "已在银行办好。" in event.note
    assert Notice.objects.filter(recipient=lead, kind="reporter_withdrew").exists()


def test_the_reporter_has_it_reopened_within_thirty_days(desk: Desk) -> None:
    lead = desk.staff(Role.WINDOW_LEAD)
    matter = desk.closed()
    assert do(desk, matter, "reopen", reason="又停发了。").status_code == 302
    matter.refresh_from_db()
    assert (matter.state, matter.reopened) == (State.HANDLING, 1)
    assert Notice.objects.filter(recipient=lead, kind="reporter_reopened").exists()


def test_later_it_is_refused(desk: Desk) -> None:
    matter = desk.closed()
    Matter.objects.filter(pk=matter.pk).update(ended_at=clock.now() - timedelta(days=31))
    answer = do(desk, matter, "reopen", reason="又停发了。")
    assert answer.status_code == 409
    assert "销号已超过30天" in answer.content.decode()


def test_the_reporter_asks_to_be_called_once_a_day(desk: Desk) -> None:
    matter = desk.handling()
    assert do(desk, matter, "ask_contact", text="换了电话，请下午打。").status_code == 302
    answer = do(desk, matter, "ask_contact", text="再打一次。")
    assert answer.status_code == 409
    assert matter.events.filter(act="ask_contact").count() == 1


def test_the_reporter_says_what_was_handed_in(desk: Desk) -> None:
    matter = desk.handling()
    assert do(desk, matter, "supply_material", text="户口簿复印件已寄出。").status_code == 302
    assert "户口簿复印件已寄出。" in matter.events.order_by("-seq")[0].note


def test_what_was_typed_is_still_there_after_a_mistake(desk: Desk) -> None:
    answer = do(desk, desk.replied(), "rate", comment="跑了三趟。")
    assert answer.status_code == 422
    assert "跑了三趟。" in answer.content.decode()


@pytest.mark.parametrize("name", ["close", "reply", "record_rating", "assign", "nothing"])
def test_nothing_of_staffs_is_done_there(desk: Desk, name: str) -> None:
    assert do(desk, desk.replied(), name, text="x").status_code == 404


def test_only_the_matter_whose_code_was_shown_is_touched(desk: Desk) -> None:
    mine, theirs = desk.accepted(), desk.accepted()
    client = inside(desk, mine)
    client.post(url("track_act", "withdraw"), {"reason": "撤回。", "matter_id": str(theirs.pk)})
    theirs.refresh_from_db()
    assert theirs.state == State.ACCEPTED


# --- The device at the counter -----------------------------------------------------------------------


def at_the_counter(desk: Desk, matter: Matter, **data: Any) -> Any:
    client = Visitor(desk, desk.staff(Role.WINDOW_CLERK))
    return client.post(url("rate_here", matter.pk), {"grade": "5", **data})


def test_at_the_counter_the_reporter_types_the_code(desk: Desk) -> None:
    matter = desk.replied()
    answer = at_the_counter(desk, matter, code=matter.query_code)
    assert answer.url == url("rated")
    assert Rating.objects.get().via == Via.DEVICE


@pytest.mark.parametrize("code", ["", "wrong"])
def test_staff_without_the_code_rate_nothing_and_are_named_in_the_trail(desk: Desk, code: str) -> None:
    matter = desk.replied()
    assert at_the_counter(desk, matter, code=code and wrong(matter)).status_code == 422
    assert not Rating.objects.exists()
    named = AuditEntry.objects.filter(act="track.wrong_code", actor_id=desk.staff(Role.WINDOW_CLERK).pk)
    assert named.exists() is bool(code)


def test_afterwards_the_screen_shows_nothing_of_anybody(desk: Desk) -> None:
    matter = desk.replied()
    text = Visitor(desk).get(url("rated")).content.decode()
    assert matter.number not in text


def test_the_receipt_says_where_to_ask(desk: Desk) -> None:
    client = Visitor(desk, desk.staff(Role.WINDOW_CLERK))
    text = client.get(url("receipt", desk.accepted().pk)).content.decode()
    assert f"{schemas.host_of(desk.centre)}/track/" in text
