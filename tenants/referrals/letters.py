"""The letter to an office without a system (转办函): masked to look at, in clear to print."""

from typing import Any
from uuid import UUID

from django.db import transaction

from bancheng.catalogue.words import ReporterKind
from bancheng.errors import Conflict, NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.privacy import audit, masks
from tenants.referrals import digest, selectors
from tenants.referrals.locks import locked_referral
from tenants.referrals.models import Direction, Referral, State

PERSONAL = ("name", "identifier", "phone", "principal_name", "principal_identifier")
COPIES = ("存档联", "寄送联")


def letter_of(actor: Actor, referral_id: UUID) -> Referral:
    """The referral, if it goes by letter. Raises NotFound, NotAllowed."""
    referral = selectors.referral_for(actor, referral_id)
    if referral.direction != Direction.SENT or not referral.by_letter:
        raise NotFound("这件转办不用函件。")
    return referral


def masked(referral: Referral) -> dict[str, str]:
    """The person on the letter as it is looked at before it is printed."""
    person = carried(referral)["reporter"]
    is_person = person["kind"] == ReporterKind.PERSON
    return {
        "name": masks.mask_name(person["name"]) if is_person else person["name"],
        "identifier": masks.mask_id_number(person["identifier"]),
        "phone": masks.mask_phone(person["phone"]),
        "principal_name": masks.mask_name(person["principal_name"]),
        "principal_identifier": masks.mask_id_number(person["principal_identifier"]),
    }


@transaction.atomic
def print_letter(*, referral_id: UUID, actor: Actor) -> dict[str, str]:
    """The person on the letter in clear, once the audit trail says who printed which letter.

    What was sent is printed, whatever was amended since. Raises NotFound, NotAllowed, and Conflict before
    the letter has its number.
    """
    require(actor, "referral.log_contact")
    require(actor, "person.unmask")
    letter_of(actor, referral_id)
    referral = locked_referral(referral_id)
    if referral.state == State.DRAFT:
        raise Conflict("送出后取得文号，才能打印。", code="no_number")
    person = carried(referral)["reporter"]
    clear = {name: str(person[name]) for name in PERSONAL}
    audit.record(
        actor=actor,
        act="referral.print_letter",
        subject=referral,
        reason="打印转办函",
        number=referral.number,
        fields=[name for name in PERSONAL if clear[name]],
    )
    return clear


def carried(referral: Referral) -> dict[str, Any]:
    """What was sent, or would be sent now."""
    if referral.digest is not None:
        return dict(referral.digest)
    if referral.matter is None:
        raise NotFound("这件转办没有随转内容。")
    return digest.of(referral.matter)
