"""并案: what may be merged into what, what both timelines say, who wins of two merges that cross."""

from dataclasses import replace
from typing import Any

import pytest

from bancheng.catalogue.words import Channel
from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed, Refused
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.matters import actions, acts, selectors
from tenants.matters.forms.merging import MergeForm
from tenants.matters.models import Matter
from tenants.matters.states import State
from tenants.replies import actions as replies
from tests.desk import REPORTER, STORY, Desk, card

OTHER = replace(REPORTER, name="司马示例", identifier=card(serial="456"), phone="13900001234")
ELSEWHERE = replace(STORY, item_code="YL05", subject="档案缺失无法认定")


def merge(desk: Desk, matter: Matter, into: Matter, **more: Any) -> Matter:
    return actions.merge(
        matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), into=into.pk, reason="同一件事。", **more
    )


def refused(desk: Desk, matter: Matter, into: Matter) -> str:
    with pytest.raises(Invalid) as caught:
        merge(desk, matter, into)
    return caught.value.errors["into"][0]


def test_a_matter_ends_in_the_other_and_both_timelines_say_so(desk: Desk) -> None:
    master, matter = desk.handling(), desk.registered()

    merge(desk, matter, master)

    matter.refresh_from_db()
    master.refresh_from_db()
    assert (matter.state, matter.merged_into, matter.holder) == (State.MERGED, master, "")
    assert matter.ended_at is not None
    assert master.state == State.HANDLING
    (told,) = matter.events.filter(act="merge")
    assert told.data == {"into": master.number, "ground": "same_person"}
    (heard,) = master.events.filter(act="take_in")
    assert heard.data == {"numbers": [matter.number], "ground": "same_person"}
    assert told.note == heard.note == "同一件事。"


def test_the_clock_of_the_merged_one_stops(desk: Desk) -> None:
    master, matter = desk.accepted(), desk.accepted()

    merged = merge(desk, matter, master)

    assert not merged.clock_runs
    assert merged not in selectors.overdue(desk.actor(Role.WINDOW_LEAD))


def test_somebody_elses_matter_of_the_same_item_counts_as_the_same_facts(desk: Desk) -> None:
    master, matter = desk.registered(), desk.registered(reporter=OTHER)

    merge(desk, matter, master)

    assert matter.events.get(act="merge").data["ground"] == "same_facts"


def test_another_person_with_another_item_is_refused(desk: Desk) -> None:
    matter = desk.registered(reporter=OTHER, story=ELSEWHERE)

    assert "既不是同一反映人，也不是同一事项" in refused(desk, matter, desk.registered())


def test_without_a_card_nobody_is_the_same_person(desk: Desk) -> None:
    unknown = replace(REPORTER, identifier="")
    master = desk.registered(reporter=unknown)

    assert "既不是同一反映人" in refused(desk, desk.registered(reporter=unknown, story=ELSEWHERE), master)


def test_a_matter_is_not_merged_into_itself(desk: Desk) -> None:
    matter = desk.registered()

    assert "不能并入自身" in refused(desk, matter, matter)


def test_nothing_is_merged_into_one_that_has_ended(desk: Desk) -> None:
    assert "只能并入在办的反映件" in refused(desk, desk.registered(), desk.closed())


def test_there_is_no_circle(desk: Desk) -> None:
    first, second = desk.registered(), desk.registered()
    merge(desk, first, second)

    assert "只能并入在办的反映件" in refused(desk, second, first)


def test_what_was_merged_before_follows_into_the_new_master(desk: Desk) -> None:
    first, second, third = desk.registered(), desk.registered(), desk.registered()
    merge(desk, first, second)

    merge(desk, second, third)

    first.refresh_from_db()
    assert first.merged_into == third
    assert third.events.get(act="take_in").data["numbers"] == [second.number, first.number]


def test_a_matter_that_came_by_referral_takes_in_nothing(desk: Desk) -> None:
    master = desk.registered()
    Matter.objects.filter(pk=master.pk).update(origin_referral=master.pk)

    assert "由其他中心转来" in refused(desk, desk.registered(), master)


def test_only_the_lead_merges(desk: Desk) -> None:
    master, matter = desk.registered(), desk.registered()

    with pytest.raises(NotAllowed):
        actions.merge(
            matter_id=matter.pk, actor=desk.actor(Role.WINDOW_CLERK), into=master.pk, reason="同一件事。"
        )


def test_of_two_one_of_which_is_sensitive_both_are(desk: Desk) -> None:
    master, matter = desk.registered(), desk.registered(story=replace(STORY, sensitive=True))

    merge(desk, matter, master)

    master.refresh_from_db()
    assert master.sensitive


def test_a_master_with_somebody_elses_matter_in_it_is_not_withdrawn(desk: Desk) -> None:
    master, matter = desk.registered(), desk.registered(reporter=OTHER)
    merge(desk, matter, master)

    with pytest.raises(Conflict) as caught:
        actions.withdraw(
            matter_id=master.pk, actor=desk.actor(Role.WINDOW_CLERK), reason="不办了。", told_by="电话"
        )
    assert caught.value.code == "others_merged"
    assert "另有1件反映件已并入此件" in caught.value.message


def test_a_master_with_the_same_persons_matter_in_it_is_withdrawn(desk: Desk) -> None:
    master, matter = desk.registered(), desk.registered()
    merge(desk, matter, master)

    done = actions.withdraw(
        matter_id=master.pk, actor=desk.actor(Role.WINDOW_CLERK), reason="不办了。", told_by="电话"
    )

    assert done.state == State.WITHDRAWN


def test_a_reopened_master_keeps_what_was_merged_into_it(desk: Desk) -> None:
    master, matter = desk.handling(), desk.registered()
    merge(desk, matter, master)
    desk.resolve(master.pk)
    replies.reply(
        matter_id=master.pk,
        actor=desk.actor(Role.WINDOW_CLERK),
        text="您反映的事项已办成。",
        channel=Channel.PHONE,
        reached="本人",
        others=[replies.Told(matter.number, Channel.PHONE, "本人")],
    )
    desk.close(desk.call_back(master.pk).pk)

    actions.reopen(matter_id=master.pk, actor=desk.actor(Role.WINDOW_LEAD), reason="未解决。")

    matter.refresh_from_db()
    assert (matter.state, matter.merged_into) == (State.MERGED, master)


def test_of_two_merges_that_cross_one_is_done(zhangbei: Any, at_once: Any) -> None:
    with in_centre(zhangbei.code):
        desk = Desk(zhangbei)
        one, other, lead = desk.registered(), desk.registered(), desk.actor(Role.WINDOW_LEAD)

    def crossing(matter: Matter, into: Matter) -> Any:
        def call() -> Matter:
            with in_centre(zhangbei.code):
                return actions.merge(matter_id=matter.pk, actor=lead, into=into.pk, reason="同一件事。")

        return call

    results = at_once(crossing(one, other), crossing(other, one))

    assert sorted(type(result) is Matter for result in results) == [False, True]
    assert all(isinstance(result, Matter | Refused) for result in results)
    with in_centre(zhangbei.code):
        assert sorted(Matter.objects.values_list("state", flat=True)) == [State.MERGED, State.REGISTERED]


# --- The form ----------------------------------------------------------------------------------------


def shown(matter: Matter) -> str:
    return matter.number


def in_other_brackets(matter: Matter) -> str:
    return " " + matter.number.replace("〔", "[").replace("〕", "]") + " "


def without_noughts(matter: Matter) -> str:
    head, serial = matter.number.removesuffix("号").split("〕")
    return f"{head}〕{int(serial)}"


def as_machines_read_it(matter: Matter) -> str:
    return matter.machine_number.lower()


@pytest.mark.parametrize("typed", [shown, in_other_brackets, without_noughts, as_machines_read_it])
def test_the_number_is_understood_as_people_type_it(desk: Desk, typed: Any) -> None:
    master, matter = desk.registered(), desk.registered()

    acts.perform(
        name="merge",
        matter_id=matter.pk,
        actor=desk.actor(Role.WINDOW_LEAD),
        data={"into": typed(master), "reason": "同一件事。"},
    )

    matter.refresh_from_db()
    assert matter.merged_into == master


def test_an_unknown_number_is_refused_beside_its_field(desk: Desk) -> None:
    matter = desk.registered()

    with pytest.raises(Invalid) as caught:
        acts.perform(
            name="merge",
            matter_id=matter.pk,
            actor=desk.actor(Role.WINDOW_LEAD),
            data={"into": "张社反〔2026〕9999号", "reason": "同一件事。"},
        )
    assert caught.value.errors == {"into": ["没有找到这个编号的反映件，请核对编号。"]}


def test_the_same_person_is_suggested_first_and_a_repeat_is_filled_in(desk: Desk) -> None:
    with clock.at(clock.now()):
        same = desk.registered()
        other = desk.registered(reporter=OTHER)
        matter = desk.registered()

    form = MergeForm(matter=matter, actor=desk.actor(Role.WINDOW_LEAD))

    offered = form.fields["into"].widget.suggestions
    assert [number for number, _ in offered] == [same.number, other.number]
    assert offered[0][1].startswith("同一反映人")
    assert form.initial["into"] == same.number


def test_nothing_is_merged_into_what_was_replied_to(desk: Desk) -> None:
    assert "已经答复" in refused(desk, desk.registered(), desk.replied())
