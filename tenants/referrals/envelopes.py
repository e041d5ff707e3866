"""What the two sides of a referral write to each other; `arrivals` says what it does on the other side.

home → receiver: sent, confirmed. receiver → home: signed, returned, answered. Each is applied exactly once,
in the order in which its sender posted it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from bancheng.exchange.outbox import post
from bancheng.timekeeping import clock
from tenants.matters.models import Matter
from tenants.referrals.models import CarriedConsent, CarriedFile, Referral


def post_sent(referral: Referral, matter: Matter, *, source: str, cargo: Mapping[str, Any]) -> None:
    """Home to receiver: here is the case, and what travels along (the manifest of `cargo.manifest`)."""
    _post(
        referral,
        source=source,
        kind="referral.sent",
        header={"matter": matter.machine_number, "level": matter.level, "due_on": str(referral.sign_due_on)},
        body={
            "number": referral.number,
            "subject": referral.subject,
            "reason": referral.reason,
            "requested": referral.requested,
            "digest": referral.digest,
            "cargo": cargo,
        },
    )


def post_signed(referral: Referral, matter: Matter, *, source: str) -> None:
    """Receiver to home: we have it, under this number."""
    _post(
        referral,
        source=source,
        kind="referral.signed",
        header={"matter": matter.machine_number},
        body={"matter_number": matter.number},
    )


def post_returned(referral: Referral, *, source: str) -> None:
    """Receiver to home: not ours, and why."""
    _post(
        referral, source=source, kind="referral.returned", header={}, body={"reason": referral.return_reason}
    )


def post_answered(referral: Referral, matter: Matter, *, source: str) -> None:
    """Receiver to home: this is what came of it."""
    _post(
        referral,
        source=source,
        kind="referral.answered",
        header={"matter": matter.machine_number, "outcome": matter.outcome},
        body={"outcome": matter.outcome, "answer": referral.answer},
    )


def post_confirmed(referral: Referral, matter: Matter, *, source: str) -> None:
    """Home to receiver: thank you, you may close."""
    _post(
        referral, source=source, kind="referral.confirmed", header={"matter": matter.machine_number}, body={}
    )


def post_file(referral: Referral, body: dict[str, Any], *, source: str) -> None:
    """To the other side: one of the files that were announced."""
    _post(referral, source=source, kind="referral.file", header={}, body=body)


def post_consent_withdrawn(
    referral: Referral, *, consents: Iterable[CarriedConsent], files: Iterable[CarriedFile], source: str
) -> None:
    """To the other side: these consents and files may not be used any more."""
    _post(
        referral,
        source=source,
        kind="referral.consent_withdrawn",
        header={},
        body={"consents": [str(each.pk) for each in consents], "files": [str(each.pk) for each in files]},
    )


def _post(
    referral: Referral, *, source: str, kind: str, header: dict[str, Any], body: dict[str, Any]
) -> None:
    post(
        case_id=referral.pk,
        source=source,
        target=referral.unit_code,
        kind=kind,
        header={
            "referral_id": str(referral.pk),
            "number": referral.number,
            "item": referral.item_code,
            "state": str(referral.state),
            "at": clock.now().isoformat(timespec="seconds"),
        }
        | header,
        body=body,
    )
