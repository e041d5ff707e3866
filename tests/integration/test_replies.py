"""Replies: their five parts and wording, the way they go, those who were merged, messages, callbacks."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bancheng.catalogue.words import Channel, Outcome
from bancheng.errors import Conflict, Invalid, NotAllowed
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.matters import actions as matters
from tenants.matters import acts, selectors
from tenants.matters.models import Matter
from tenants.matters.states import State
from tenants.replies import actions, sms, texts
from tenants.replies.actions import Told
from tenants.replies.models import Reply, ReplyText, Sms, SmsState
from tenants.replies.texts import Key, Wording
from tests.desk import REPORTER, Desk

PARTS = {
    "done": "已核定。",
    "basis": "示例依据。",
    "remaining": "不需要再办手续。",
    "rating": "可凭查询码评价。",
    "recourse": "可拨打窗口电话。",
}
WITHOUT_PHONE = replace(REPORTER, phone="")


def tell(desk: Desk, matter: Matter, **more: Any) -> Matter:
    """The reply as the clerk types it."""
    data = {**PARTS, "channel": "phone", "reached": "本人", **more}
    return acts.perform(name="reply", matter_id=matter.pk, actor=desk.actor(Role.WINDOW_CLERK), data=data)


def merge(matter: Matter, *, into: Matter) -> Matter:
    """As the lead would: the state and where it went."""
    Matter.objects.filter(pk=matter.pk).update(state=State.MERGED, merged_into=into)
    return Matter.objects.get(pk=matter.pk)


# --- The words ---------------------------------------------------------------------------------------


def opened(desk: Desk, matter: Matter) -> dict[str, Any]:
    form = acts.bound("reply").form(matter=matter, actor=desk.actor(Role.WINDOW_CLERK))
    return {name: form.get_initial_for_field(form.fields[name], name) for name in PARTS}


def test_the_form_opens_with_the_items_words_and_the_matters_facts(desk: Desk) -> None:
    opening = opened(desk, desk.resolved())
    assert opening["done"].startswith("逝者家属的丧葬补助金和抚恤金已经办成。已核定并发放。")
    assert opening["basis"] == "示例依据。"
    assert all(opening.values())


def test_a_payment_is_told_with_its_day_amount_and_last_digits(desk: Desk) -> None:
    day = clock.today()
    matter = matters.resolve(
        matter_id=desk.handling().pk,
        actor=desk.actor(Role.HANDLER),
        outcome=Outcome.DONE,
        result="已发放",
        basis="示例依据",
        paid_on=day,
        paid_amount=68432.5,  # type: ignore[arg-type]  # as a form would give it
        paid_tail="0912",
    )
    matter.refresh_from_db()
    said = f"款项68,432.50元已于{day.year}年{day.month}月{day.day}日到账（账号末四位0912）。"
    assert said in opened(desk, matter)["done"]


def test_an_item_goes_before_its_scheme_and_a_scheme_before_the_outcome() -> None:
    common = texts.common()
    assert common[Key("YL10", "", "done")].done != common[Key("", "职工养老", "done")].done
    assert common[Key("", "职工养老", "done")].done != common[Key("", "", "done")].done


@pytest.mark.parametrize(
    ("item", "key"),
    [("YL10", Key("YL10", "", "done")), ("YL01", Key("", "职工养老", "done")), ("QY02", Key("", "", "done"))],
)
def test_the_nearest_words_are_taken(desk: Desk, item: str, key: Key) -> None:
    assert texts.best(item, "done") == texts.common()[key]


def test_the_centres_own_words_go_before_the_common_ones(desk: Desk) -> None:
    own = Wording("本中心：{事由}已办。", "{依据}", "无。", "可评价。", "可反映。")
    actions.set_text(actor=desk.actor(Role.WINDOW_LEAD), key=Key("", "", "done"), wording=own, since=0)
    assert texts.best("QY02", "done") == own
    assert texts.best("YL10", "done") == texts.common()[Key("YL10", "", "done")]


def test_an_older_version_of_the_words_stays(desk: Desk) -> None:
    lead, key = desk.actor(Role.WINDOW_LEAD), Key("YL10", "", "done")
    for since, done in enumerate(("第一版。", "第二版。")):
        words = Wording(done, "{依据}", "无。", "可评价。", "可反映。")
        actions.set_text(actor=lead, key=key, wording=words, since=since)
    assert [row.done for row in ReplyText.objects.order_by("version")] == ["第一版。", "第二版。"]
    assert texts.best("YL10", "done").done == "第二版。"


def test_of_two_who_change_the_same_words_the_second_is_told(desk: Desk) -> None:
    lead, key = desk.actor(Role.WINDOW_LEAD), Key("YL10", "", "done")
    words = Wording("一。", "{依据}", "无。", "可评价。", "可反映。")
    actions.set_text(actor=lead, key=key, wording=words, since=0)
    with pytest.raises(Conflict, match="刚刚有人改过"):
        actions.set_text(actor=lead, key=key, wording=words, since=0)


def test_a_field_that_means_nothing_is_refused(desk: Desk) -> None:
    words = Wording("{姓名}的事已办。", "{依据}", "无。", "可评价。", "可反映。")
    with pytest.raises(Invalid) as refused:
        actions.set_text(actor=desk.actor(Role.WINDOW_LEAD), key=Key("", "", "done"), wording=words, since=0)
    assert "没有“{姓名}”这一项" in refused.value.errors["done"][0]


def test_the_lead_alone_sets_the_words(desk: Desk) -> None:
    words = Wording("一。", "{依据}", "无。", "可评价。", "可反映。")
    with pytest.raises(NotAllowed):
        actions.set_text(actor=desk.actor(Role.WINDOW_CLERK), key=Key("", "", "done"), wording=words, since=0)


def test_every_outcome_that_is_replied_to_has_all_its_words() -> None:
    for outcome in texts.OUTCOMES:
        common = texts.common()[Key("", "", outcome)]
        assert all((common.done, common.basis, common.remaining, common.rating, common.recourse))
    assert not [name for w in texts.common().values() for name in texts.unknown_places(str(w))]


@pytest.mark.parametrize("part", PARTS)
def test_a_reply_without_one_of_its_parts_is_refused(desk: Desk, part: str) -> None:
    with pytest.raises(Invalid) as refused:
        tell(desk, desk.resolved(), **{part: " "})
    assert list(refused.value.errors) == [part]


def test_the_reply_is_composed_of_its_parts_in_order(desk: Desk) -> None:
    text = tell(desk, desk.resolved()).replies.get().text
    assert text.splitlines() == [
        "办理情况：已核定。",
        "办理依据：示例依据。",
        "还需您做什么：不需要再办手续。",
        "如何评价：可凭查询码评价。",
        "如有异议：可拨打窗口电话。",
    ]


# --- The way -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["phone", "sms"])
def test_nobody_is_told_by_a_telephone_that_they_do_not_have(desk: Desk, way: str) -> None:
    matter = desk.resolved(reporter=WITHOUT_PHONE)
    with pytest.raises(Invalid) as refused:
        tell(desk, matter, channel=way)
    assert refused.value.errors == {"channel": ["反映人未留电话，请选择窗口、信函或走访。"]}
    assert not matter.replies.exists()


@pytest.mark.parametrize("way", ["counter", "letter", "visit"])
def test_without_a_telephone_the_other_ways_are_open(desk: Desk, way: str) -> None:
    assert tell(desk, desk.resolved(reporter=WITHOUT_PHONE), channel=way).state == State.REPLIED


def test_the_action_itself_refuses_as_well(desk: Desk) -> None:
    with pytest.raises(Invalid):
        actions.reply(
            matter_id=desk.resolved(reporter=WITHOUT_PHONE).pk,
            actor=desk.actor(Role.WINDOW_CLERK),
            text="示例。",
            channel=Channel.PHONE,
            reached="本人",
        )


# --- Merged matters ----------------------------------------------------------------------------------


def test_both_reporters_of_merged_matters_are_answered(desk: Desk) -> None:
    main, other = desk.resolved(), desk.registered()
    merge(other, into=main)
    tell(desk, main, others=[{"number": other.number, "channel": "letter", "reached": "其女"}])

    answers = {r.matter_id: (r.channel, r.reached) for r in Reply.objects.all()}
    assert answers == {main.pk: ("phone", "本人"), other.pk: ("letter", "其女")}
    other.refresh_from_db()
    assert (other.state, other.replied_at is not None) == (State.MERGED, True)
    assert other.events.order_by("-seq")[0].act == "reply_merged"


def test_a_reply_that_leaves_a_merged_reporter_out_is_refused(desk: Desk) -> None:
    main, other = desk.resolved(), desk.registered()
    merge(other, into=main)
    with pytest.raises(Invalid) as refused:
        tell(desk, main)
    assert other.number in refused.value.errors["others"][0]
    assert not Reply.objects.exists()


def test_a_merged_reporter_without_a_telephone_is_not_telephoned(desk: Desk) -> None:
    main, other = desk.resolved(), desk.registered(reporter=WITHOUT_PHONE)
    merge(other, into=main)
    with pytest.raises(Invalid, match="未留电话"):
        tell(desk, main, others=[{"number": other.number, "channel": "sms", "reached": "本人"}])
    assert not Reply.objects.exists()


def test_somebody_who_was_not_merged_is_not_answered(desk: Desk) -> None:
    main, stranger = desk.resolved(), desk.registered()
    told = Told(stranger.number, Channel.LETTER, "本人")
    with pytest.raises(Invalid, match="没有并入此件"):
        actions.reply(
            matter_id=main.pk,
            actor=desk.actor(Role.WINDOW_CLERK),
            text="示例。",
            channel=Channel.PHONE,
            reached="本人",
            others=[told],
        )


# --- Short messages ----------------------------------------------------------------------------------


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SMS_FOLDER = str(tmp_path / "sms")
    return tmp_path / "sms"


class Broken:
    """A gateway that is away."""

    def send(self, *, key: str, telephone: str, text: str) -> None:
        raise ConnectionError(telephone)


class Counting:
    """A gateway that counts what it is offered."""

    offered: ClassVar[list[str]] = []

    def send(self, *, key: str, telephone: str, text: str) -> None:
        self.offered.append(key)


def test_a_message_says_the_number_and_nothing_of_the_matter(desk: Desk, folder: Path) -> None:
    matter = tell(desk, desk.resolved(), channel="sms")
    assert sms.send_waiting() == 1

    (file,) = folder.iterdir()
    telephone, text = file.read_text().splitlines()
    assert telephone == REPORTER.phone
    assert text.startswith(f"【办不成事窗口】您反映的{matter.number}已答复，请凭查询码查询：")
    assert matter.subject not in text
    assert REPORTER.name not in text
    assert os.stat(file).st_mode & 0o777 == 0o600


def test_a_message_is_sent_once(desk: Desk, folder: Path) -> None:
    tell(desk, desk.resolved(), channel="sms")
    assert [sms.send_waiting(), sms.send_waiting()] == [1, 0]
    assert len(list(folder.iterdir())) == 1


def test_a_message_whose_sender_died_before_noting_it_is_not_doubled(desk: Desk, folder: Path) -> None:
    tell(desk, desk.resolved(), channel="sms")
    sms.send_waiting()
    Sms.objects.update(state=SmsState.WAITING)
    sms.send_waiting()
    assert len(list(folder.iterdir())) == 1


def test_a_message_that_fails_is_tried_again_later_and_then_given_up(desk: Desk, settings: Any) -> None:
    settings.SMS_GATEWAY = f"{__name__}.Broken"
    tell(desk, desk.resolved(), channel="sms")
    now, tries = clock.now(), []
    for minutes in (0, 1, 2, 6, 14, 30, 90):
        with clock.at(now + timedelta(minutes=minutes, seconds=1)):
            sms.send_waiting()
            tries.append(Sms.objects.get().tries)
    assert tries == [1, 1, 2, 3, 4, 5, 5]
    assert Sms.objects.get().state == SmsState.FAILED


def test_no_telephone_gets_into_the_log(desk: Desk, settings: Any, caplog: Any) -> None:
    settings.SMS_GATEWAY = f"{__name__}.Broken"
    tell(desk, desk.resolved(), channel="sms")
    sms.send_waiting()
    assert "ConnectionError" in caplog.text
    assert REPORTER.phone not in caplog.text


def test_two_workers_at_once_send_a_message_once(
    zhangbei: Any, at_once: Callable[..., list[Any]], settings: Any
) -> None:
    from bancheng.centres.scope import in_centre

    settings.SMS_GATEWAY = f"{__name__}.Counting"
    Counting.offered.clear()
    desk = Desk(zhangbei)
    with in_centre(zhangbei.code):
        tell(desk, desk.resolved(), channel="sms")

    def work() -> int:
        with in_centre(zhangbei.code):
            return sms.send_waiting()

    assert sorted(at_once(work, work)) == [0, 1]
    assert len(Counting.offered) == 1


# --- Callbacks ---------------------------------------------------------------------------------------


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 10, tzinfo=clock.SHANGHAI)


def try_in_vain(desk: Desk, matter: Matter) -> Matter:
    return actions.call_back(
        matter_id=matter.pk, actor=desk.actor(Role.CALLER), reached=False, note="无人接听。"
    )


def test_three_failed_tries_on_three_days_count_as_called_back(desk: Desk) -> None:
    with clock.at(at(9)):
        matter = desk.replied()
    done = []
    for day in (10, 10, 11, 12):
        with clock.at(at(day)):
            done.append(try_in_vain(desk, matter).called_back)
    assert done == [False, False, False, True]


def test_a_caller_who_reopened_it_is_no_handler(desk: Desk) -> None:
    matter = desk.closed()
    matters.reopen(matter_id=matter.pk, actor=desk.actor(Role.CALLER), reason="又没到账。")
    again = desk.reply(desk.resolve(matter.pk).pk)
    assert try_in_vain(desk, again).state == State.REPLIED


def test_nobody_is_left_without_a_reply(desk: Desk) -> None:
    desk.closed()
    assert not selectors.without_reply().exists()
