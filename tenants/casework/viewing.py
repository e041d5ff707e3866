"""Showing evidence: to whoever may see personal data, with their name drawn over it, and never unrecorded."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from bancheng.errors import Conflict
from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from bancheng.identity.permissions import require
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tenants.casework import watermark
from tenants.casework.files import ENDINGS
from tenants.casework.models import EvidenceContent
from tenants.casework.selectors import evidence as selectors
from tenants.matters.selectors import matter_for


@dataclass(frozen=True)
class Viewed:
    """The file as it may be shown. `name` has nothing personal in it."""

    content: bytes
    media_type: str
    name: str


def view(*, actor: Actor, matter_id: UUID, evidence_id: UUID) -> Viewed:
    """The file with who, when and which matter drawn over it, once the audit trail says so.

    Raises NotAllowed without "person.unmask", or for health without having a part in the case; NotFound;
    Conflict once it is destroyed or due to be.
    """
    matter = matter_for(actor, matter_id)
    require(actor, "person.unmask")
    found = selectors.evidence_of(matter, evidence_id)
    if found.health:
        require(actor, "matter.add_evidence")
    if found.ended:
        raise Conflict("这份佐证已到销毁日期，不能再查看。", code="destroyed")
    content = EvidenceContent.objects.get(pk=found.pk).data
    shown = marked(actor, content, found.media_type, matter.machine_number)
    with transaction.atomic():
        audit.record(actor=actor, act="evidence.view", subject=found, matter=str(matter.pk))
    return Viewed(shown, found.media_type, f"{matter.machine_number}-{found.pk}.{ENDINGS[found.media_type]}")


def marked(actor: Actor, content: bytes, media_type: str, reference: str) -> bytes:
    """The file with who looks, when, and at what (`reference`: ASCII, nothing personal) drawn over it."""
    account = Staff.objects.values_list("username", flat=True).get(pk=actor.staff_id)
    plain = f"{account} {clock.local(clock.now()):%Y-%m-%d %H:%M} {reference}"
    return watermark.marked(content, media_type, f"{actor.label} {plain}", plain)
