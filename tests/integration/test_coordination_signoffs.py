"""Signatures: two people for a special case, the deputy for a refusal, one row each under a race."""

from typing import Any

import pytest

from bancheng.catalogue.words import Mode
from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed, Refused
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from tenants.coordination import actions
from tenants.coordination.models import Purpose, Signature, SignOff
from tenants.matters import acts
from tenants.matters.models import Matter
from tests.desk import Desk

REQUEST = {
    "purpose": Purpose.SPECIAL,
    "basis": "示例依据",
    "risk": "示例风险",
    "precedent": "已查，无先例。",
}


def special(desk: Desk) -> Matter:
    matter = desk.handling(mode=Mode.SPECIAL)
    return actions.request_signoff(matter_id=matter.pk, actor=desk.actor(Role.HANDLER), **REQUEST)  # type: ignore[arg-type]  # as named above


def test_what_precedents_were_looked_up_has_to_be_said(desk: Desk) -> None:
    matter = desk.handling(mode=Mode.SPECIAL)
    with pytest.raises(Invalid) as wrong:
        acts.perform(
            name="request_signoff",
            matter_id=matter.pk,
            actor=desk.actor(Role.HANDLER),
            data=REQUEST | {"precedent": " "},
        )
    assert set(wrong.value.errors) == {"precedent"}


def test_the_precedent_stands_in_the_request(desk: Desk) -> None:
    assert SignOff.objects.get(matter=special(desk)).precedent == "已查，无先例。"


def test_a_special_case_needs_two_people(desk: Desk) -> None:
    matter = special(desk)
    once = actions.sign_off(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), opinion="同意。")
    assert not once.special_approved
    twice = actions.sign_off(matter_id=matter.pk, actor=desk.actor(Role.DIRECTOR), opinion="同意。")
    assert twice.special_approved


def test_one_person_in_both_roles_signs_once(desk: Desk) -> None:
    matter, lead = special(desk), desk.staff(Role.WINDOW_LEAD)
    lead.roles = [Role.WINDOW_LEAD, Role.DIRECTOR]
    lead.save()
    actions.sign_off(matter_id=matter.pk, actor=lead.actor)
    with pytest.raises(NotAllowed, match="已经签过"):
        actions.sign_off(matter_id=matter.pk, actor=lead.actor)


def test_a_negative_answer_is_the_deputys(desk: Desk) -> None:
    matter = actions.request_signoff(
        matter_id=desk.handling().pk,
        actor=desk.actor(Role.HANDLER),
        **REQUEST | {"purpose": Purpose.NEGATIVE},  # type: ignore[arg-type]  # as named above
    )
    for role in (Role.WINDOW_LEAD, Role.DIRECTOR):
        with pytest.raises(NotAllowed, match="现待分管领导签批"):
            actions.sign_off(matter_id=matter.pk, actor=desk.actor(role))
    assert actions.sign_off(matter_id=matter.pk, actor=desk.actor(Role.DEPUTY)).negative_approved


def sign_at_once(at_once: Any, matter: Matter, *people: Actor) -> list[Any]:
    def sign(person: Actor) -> Matter:
        with in_centre("130722"):
            return actions.sign_off(matter_id=matter.pk, actor=person, opinion="同意。")

    return list(at_once(*[lambda person=person: sign(person) for person in people]))


def test_two_who_sign_at_the_same_moment_both_count(at_once: Any, zhangbei: Any) -> None:
    desk = Desk(zhangbei)
    people = [desk.actor(role) for role in (Role.WINDOW_LEAD, Role.DIRECTOR)]
    with in_centre("130722"):
        matter = special(desk)

    results = sign_at_once(at_once, matter, *people)

    assert not [result for result in results if isinstance(result, Exception)]
    with in_centre("130722"):
        assert Signature.objects.filter(sign_off__matter=matter).count() == 2
        assert Matter.objects.get(pk=matter.pk).special_approved
        assert matter.events.filter(act="signed_off").count() == 1


def test_one_who_signs_twice_at_the_same_moment_signs_once(at_once: Any, zhangbei: Any) -> None:
    desk = Desk(zhangbei)
    lead = desk.actor(Role.WINDOW_LEAD)
    with in_centre("130722"):
        matter = special(desk)

    results = sign_at_once(at_once, matter, lead, lead)

    assert sorted(isinstance(result, Refused) for result in results) == [False, True]
    with in_centre("130722"):
        assert Signature.objects.filter(sign_off__matter=matter).count() == 1


def test_two_of_one_role_at_the_same_moment_give_one_signature(at_once: Any, zhangbei: Any) -> None:
    from tests import schemas

    desk = Desk(zhangbei)
    with in_centre("130722"):
        matter = special(desk)
        leads = [desk.actor(Role.WINDOW_LEAD), schemas.make_staff(zhangbei, Role.WINDOW_LEAD).actor]

    results = sign_at_once(at_once, matter, *leads)

    assert sorted(isinstance(result, Refused) for result in results) == [False, True]


def test_what_was_approved_is_not_asked_again(desk: Desk) -> None:
    matter = special(desk)
    for role in (Role.WINDOW_LEAD, Role.DIRECTOR):
        actions.sign_off(matter_id=matter.pk, actor=desk.actor(role))
    with pytest.raises(Conflict) as refused:
        actions.request_signoff(matter_id=matter.pk, actor=desk.actor(Role.HANDLER), **REQUEST)  # type: ignore[arg-type]  # as named above
    assert refused.value.code == "already_signed"
