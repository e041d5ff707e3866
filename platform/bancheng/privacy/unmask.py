"""Showing personal data in clear: an act of its own, with a reason, and never without a trace."""

from collections.abc import Collection
from typing import Any

from django.db import models, transaction

from bancheng.errors import Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.privacy import audit

SHORTEST_REASON = 4


def unmask(*, actor: Actor, subject: models.Model, fields: Collection[str], reason: str) -> dict[str, Any]:
    """The clear values of `fields`, once the audit trail says who saw which of them and why.

    The trail never holds a value. `subject`'s model lists in PERSONAL_FIELDS what may be asked for. Raises
    NotAllowed without the permission "person.unmask", Invalid for a reason shorter than four characters,
    ValueError for a field that is not listed there.
    """
    require(actor, "person.unmask")
    personal: Collection[str] = getattr(type(subject), "PERSONAL_FIELDS", ())
    if not fields or set(fields) - set(personal):
        raise ValueError(f"{sorted(fields)} are not personal fields of {subject._meta.label}")
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Invalid({"reason": [f"请写明查看理由，至少{SHORTEST_REASON}个字。"]})
    with transaction.atomic():
        audit.record(
            actor=actor, act="person.unmask", subject=subject, reason=reason, fields=sorted(set(fields))
        )
    return {name: getattr(subject, name) for name in fields}
