"""What travels with a referral: only what the other centre needs, as exact JSON; read again where it arrives.

Version 2 says under which number the reporter knows the case, and whether it is sensitive; version 1 is read.
"""

from collections.abc import Mapping
from typing import Any

from bancheng.catalogue.words import Capacity, Channel, Kind, Purpose, ReporterKind, Urgency
from bancheng.exchange.errors import ExchangeError
from bancheng.privacy.append_only import canonical_json
from bancheng.privacy.keys import derive, index_secret, keyed_hash
from tenants.matters.actions import Attempt, ReporterDetails, Story
from tenants.matters.models import Matter
from tenants.referrals.models import Referral

VERSION = 2


class DigestUnsound(ExchangeError):
    """What came is not a digest that this release can read; sending it again cannot help."""

    final = True


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
        "first_number": first_number(matter),
        "sensitive": matter.sensitive,
    }


def first_number(matter: Matter) -> str:
    """The number that the reporter was given: ours, or along a chain the first centre's."""
    if matter.origin_referral is None:
        return matter.number
    origin = Referral.objects.filter(pk=matter.origin_referral).first()
    return (origin and (origin.first_number or origin.unit_matter_number)) or matter.number


def fingerprint(content: Mapping[str, Any]) -> str:
    """64 hex digits over what would be sent: the same as long as nothing of it has changed.

    Keyed, since it goes into pages: nobody can try out what the content may have been.
    """
    return keyed_hash(derive(index_secret(), "referral preview"), canonical_json(content).encode()).hex()


def read(content: Any) -> dict[str, Any]:
    """A digest as it arrived, in the form of VERSION. Raises DigestUnsound for what cannot be read."""
    version = content.get("version") if isinstance(content, Mapping) else None
    if version not in (1, VERSION):
        raise DigestUnsound(f"digest: version {version!r:.20} is not known here")
    digest = {"first_number": content.get("number"), "sensitive": False} | dict(content)
    try:
        reporter_of(digest), story_of(digest)
        _ = [str(code) for code in digest["triage"]["causes"]], digest["triage"]["mode"]
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise DigestUnsound(f"digest: incomplete ({type(wrong).__name__})") from None
    return digest


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
