"""At the counter: register a matter, and correct what was taken down wrong."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.words import Capacity, Channel, Kind, Purpose, ReporterKind, Urgency
from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.privacy.index import blind_index
from bancheng.timekeeping import clock
from tenants.matters import known
from tenants.matters.acting import acting, opening
from tenants.matters.models import Consultation, Matter, PriorAttempt, Reporter
from tenants.matters.numbering import matter_number

REPEAT_WITHIN_DAYS = 90
"""Calendar days within which the same person with the same item counts as a repeat."""


@dataclass(frozen=True)
class ReporterDetails:
    """Who came, already validated; empty strings where nothing was given."""

    kind: ReporterKind
    name: str
    identifier: str = ""
    phone: str = ""
    address: str = ""
    capacity: Capacity = Capacity.SELF
    principal_name: str = ""
    principal_identifier: str = ""
    vulnerable: Sequence[str] = ()


@dataclass(frozen=True)
class Attempt:
    """An office that was asked before, roughly when, and what it said."""

    office: str
    when: str = ""
    answer: str = ""


@dataclass(frozen=True)
class Story:
    """What happened, as told at the counter."""

    subject: str
    narrative: str
    kind: Kind
    item_code: str
    channel: Channel = Channel.COUNTER
    purpose: Purpose = Purpose.REQUEST
    urgency: Urgency = Urgency.ORDINARY
    sensitive: bool = False
    trips_before: int = 0
    months_before: int = 0
    attempts: Sequence[Attempt] = field(default=())


@transaction.atomic
def register(
    *,
    actor: Actor,
    reporter: ReporterDetails,
    story: Story,
    consultation_id: UUID | None = None,
    origin_referral: UUID | None = None,
) -> Matter:
    """Take a matter down: it has a number, a query code and an owner (the window) from this moment.

    The number is gap-free per centre and year. A consultation that it grew out of is promoted only once.
    The same person with the same item within 90 days is a repeat. Raises NotAllowed, NotFound, Conflict.
    """
    if not actor.is_system:
        require(actor, "matter.register")
    catalogue.item(story.item_code)
    moment = clock.now()
    centre = current_centre()
    person = _reporter_row(reporter)
    number = matter_number(clock.today().year, abbreviation=centre.abbreviation, code=centre.code)
    matter = Matter(
        number=number.shown,
        machine_number=number.machine,
        query_code=f"{secrets.randbelow(1_000_000):06d}",
        reporter=person,
        subject=story.subject,
        narrative=story.narrative,
        kind=story.kind,
        item_code=story.item_code,
        channel=story.channel,
        purpose=story.purpose,
        urgency=story.urgency,
        sensitive=story.sensitive,
        trips_before=story.trips_before,
        months_before=story.months_before,
        repeated=same_person_before(person, story.item_code) is not None,
        registrar_id=actor.id,
        registered_at=moment,
        consultation=consultation_id,
        origin_referral=origin_referral,
    )
    if consultation_id is not None:
        _promote(consultation_id, matter)
    person.save(force_insert=True)
    opening(
        matter,
        actor=actor,
        note="",
        data={"item": story.item_code, "kind": story.kind, "channel": story.channel},
    )
    PriorAttempt.objects.bulk_create(
        PriorAttempt(matter=matter, position=i, office=a.office, when=a.when, answer=a.answer)
        for i, a in enumerate(story.attempts, start=1)
    )
    return matter


def amend(
    *,
    matter_id: UUID,
    actor: Actor,
    reason: str,
    phone: str,
    address: str,
    vulnerable: Sequence[str],
    subject: str,
    narrative: str,
) -> Matter:
    """Correct what the counter took down wrong; which fields changed, and why, is written to the timeline.

    Name, card and item are not corrected here: another person or another item is another matter, or triage.
    """
    with acting("amend", matter_id=matter_id, actor=actor) as act:
        matter, person = act.matter, act.matter.reporter
        before = (
            person.phone or "",
            person.address or "",
            list(person.vulnerable),
            matter.subject,
            matter.narrative,
        )
        after = (phone, address, list(vulnerable), subject, narrative)
        names = ("phone", "address", "vulnerable", "subject", "narrative")
        changed = [name for name, old, new in zip(names, before, after, strict=True) if old != new]
        if not changed:
            raise Conflict("没有需要更正的内容。")
        person.phone, person.phone_index = phone, blind_index("phone", phone) if phone else ""
        person.address, person.vulnerable = address, list(vulnerable)
        matter.subject, matter.narrative = subject, narrative
        person.save()
        act.note, act.data = reason, {"changed": changed}
    return act.matter


def same_person_before(person: Reporter, item_code: str) -> Matter | None:
    """The newest matter of the same person and item within 90 days before now, by blind index."""
    if not person.person_index:
        return None
    since = clock.now() - timedelta(days=REPEAT_WITHIN_DAYS)
    return (
        Matter.objects.filter(item_code=item_code, registered_at__gte=since)
        .filter(known.of_person(person.person_index))
        .order_by("-registered_at")
        .first()
    )


def _reporter_row(details: ReporterDetails) -> Reporter:
    def index(kind: str, value: str) -> str:
        return blind_index(kind, value) if value else ""

    return Reporter(
        kind=details.kind,
        name=details.name,
        name_index=blind_index("name", details.name),
        identifier=details.identifier,
        identifier_index=index("identifier", details.identifier),
        phone=details.phone,
        phone_index=index("phone", details.phone),
        address=details.address,
        capacity=details.capacity,
        principal_name=details.principal_name,
        principal_identifier=details.principal_identifier,
        principal_index=index("identifier", details.principal_identifier),
        vulnerable=list(details.vulnerable),
    )


def _promote(consultation_id: UUID, matter: Matter) -> None:
    try:
        consultation = Consultation.objects.select_for_update().get(pk=consultation_id)
    except Consultation.DoesNotExist:
        raise NotFound("没有这条咨询记录。") from None
    if consultation.matter_id is not None:
        raise Conflict("这条咨询已经转为反映件，请在工作簿中查找。", code="already_promoted")
    consultation.matter_id = matter.pk
    consultation.save(update_fields=["matter_id"])
