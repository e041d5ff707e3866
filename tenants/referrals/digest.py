"""What travels with a referral: only what the other centre needs, as exact JSON."""

from typing import Any

from bancheng.catalogue.words import Capacity, Channel, Kind, Purpose, ReporterKind, Urgency
from tenants.matters.actions import Attempt, ReporterDetails, Story
from tenants.matters.models import Matter

VERSION = 1


def of(matter: Matter) -> dict[str, Any]:
    """The matter as the receiver will get it. The reporter was told that it goes to another unit."""
    person = matter.reporter
    return {
        "version": VERSION,
        "reporter": {
            "kind": person.kind,
            "name": person.name,
            "identifier": person.identifier or "",
            "phone": person.phone or "",
            "address": person.address or "",
            "capacity": person.capacity,
            "principal_name": person.principal_name or "",
            "principal_identifier": person.principal_identifier or "",
            "vulnerable": list(person.vulnerable),
        },
        "story": {
            "subject": matter.subject,
            "narrative": matter.narrative,
            "kind": matter.kind,
            "item_code": matter.item_code,
            "purpose": matter.purpose,
            "urgency": matter.urgency,
            "trips_before": matter.trips_before,
            "months_before": matter.months_before,
            "attempts": [
                {"office": a.office, "when": a.when, "answer": a.answer or ""}
                for a in matter.prior_attempts.all()
            ],
        },
        "triage": {
            "level": matter.level,
            "mode": matter.mode,
            "causes": [cause.code for cause in matter.causes.all()],
        },
        "number": matter.number,
    }


def reporter_of(digest: dict[str, Any]) -> ReporterDetails:
    """The reporter as the receiver registers them."""
    person = digest["reporter"]
    return ReporterDetails(
        **person | {"kind": ReporterKind(person["kind"]), "capacity": Capacity(person["capacity"])}
    )


def story_of(digest: dict[str, Any]) -> Story:
    """The story as the receiver registers it: the same words, come in by referral."""
    story = digest["story"]
    return Story(
        **story
        | {
            "kind": Kind(story["kind"]),
            "purpose": Purpose(story["purpose"]),
            "urgency": Urgency(story["urgency"]),
            "channel": Channel.REFERRAL,
            "attempts": [Attempt(**row) for row in story["attempts"]],
        }
    )
