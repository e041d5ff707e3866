"""Writing, reading and verifying the audit trail of the schema that this connection serves."""

import json
from collections.abc import Iterator
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, models, transaction

from bancheng.privacy.append_only import Broken, canonical_json, chain_hash, verify_chain
from bancheng.privacy.fields import Undecipherable
from bancheng.privacy.models import AuditEntry
from bancheng.privacy.patterns import without_personal_numbers
from bancheng.tenancy import PUBLIC, WrongSchema, current_schema
from bancheng.timekeeping import clock


class Acting(Protocol):
    """Whoever acts, as far as the trail needs to know: an `identity.actors.Actor`."""

    @property
    def id(self) -> UUID | None: ...

    @property
    def label(self) -> str: ...


Subject = models.Model | tuple[str, str]


def record(*, actor: Acting, act: str, subject: Subject, reason: str = "", **data: Any) -> AuditEntry:
    """Append one entry, in the caller's transaction: the act and its entry are kept or lost together.

    Writers of one schema queue from here to the end of their transaction, so that `seq` has no gap and the
    chain no fork: call it last in an action, after every other lock. `subject` is a row, or (type, id).
    `data` is not encrypted and must not be personal; what looks like a card, account or phone number in it is
    replaced by a mark. Raises TypeError where it has no exact form (see `chain_hash`), WrongSchema in public.
    """
    schema = current_schema()
    if schema == PUBLIC:
        raise WrongSchema("the public schema has no audit trail: enter a centre first")
    plain = _without_numbers(json.loads(canonical_json(data)))
    subject_type, subject_id = _name(subject)
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit {schema}"])
        seq, previous = head()
        entry = AuditEntry(
            seq=seq + 1,
            at=clock.now(),
            actor_id=actor.id,
            actor_label=actor.label,
            act=act,
            subject_type=subject_type,
            subject_id=subject_id,
            reason=reason,
            data=plain,
            previous_hash=previous,
        )
        entry.hash = chain_hash(previous, payload(entry))
        entry.save(force_insert=True)
    return entry


def head() -> tuple[int, str]:
    """(seq, hash) of the last entry; (0, "") of an empty trail. Kept outside the schema it proves the end."""
    last = AuditEntry.objects.order_by("-seq").values_list("seq", "hash").first()
    return last or (0, "")


def verify() -> Broken | None:
    """Walk the whole trail of this schema: the first entry that does not hold, or None."""
    last_read = 0

    def rows() -> Iterator[AuditEntry]:
        nonlocal last_read
        for entry in AuditEntry.objects.order_by("seq").iterator(chunk_size=500):
            last_read = entry.seq
            yield entry

    try:
        return verify_chain(rows(), payload)
    except Undecipherable:
        return Broken(last_read + 1, f"第{last_read + 1}条的理由无法解密：被改动，或缺少其密钥")


def payload(entry: AuditEntry) -> dict[str, Any]:
    """What the hash of an entry vouches for: everything but the hashes themselves."""
    return {
        "id": entry.id,
        "seq": entry.seq,
        "at": entry.at,
        "actor": entry.actor_id,
        "actor_label": entry.actor_label,
        "act": entry.act,
        "subject": [entry.subject_type, entry.subject_id],
        "reason": entry.reason,
        "data": entry.data,
    }


def entries(*, act: str = "", actor_id: UUID | None = None, subject: Subject | None = None) -> Any:
    """The trail, newest first, as a queryset to page through; each filter that is given narrows it."""
    found = AuditEntry.objects.order_by("-seq")
    if act:
        found = found.filter(act=act)
    if actor_id:
        found = found.filter(actor_id=actor_id)
    if subject:
        subject_type, subject_id = _name(subject)
        found = found.filter(subject_type=subject_type, subject_id=subject_id)
    return found


def _name(subject: Subject) -> tuple[str, str]:
    if isinstance(subject, models.Model):
        return subject._meta.label_lower, str(subject.pk)
    return subject[0], str(subject[1])


def _without_numbers(value: Any) -> Any:
    if isinstance(value, str):
        return without_personal_numbers(value)
    if isinstance(value, list):
        return [_without_numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_numbers(item) for key, item in value.items()}
    return value
