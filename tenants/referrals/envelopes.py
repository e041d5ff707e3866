"""What the two sides of a referral write to each other; `arrivals` says what it does on the other side.

Each is applied exactly once, in the order in which its sender posted it. What the two post at the same time
may cross: which word counts then is said in `arrivals`. Bodies are functions of the rows, so that `remaking`
can write them again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bancheng.exchange.outbox import post
from bancheng.timekeeping import clock
from tenants.matters.models import Matter
from tenants.referrals.models import CarriedConsent, CarriedFile, MaterialAsk, Referral

# --- Home to receiver --------------------------------------------------------------------------------


def post_sent(referral: Referral, matter: Matter, *, source: str, cargo: Mapping[str, Any]) -> None:
    """Here is the case, and what travels along (the manifest of `cargo.manifest`)."""
    _post(
        referral,
        source=source,
        kind="referral.sent",
        header={
            "matter": matter.machine_number,
            "level": matter.level,
            "due_on": str(referral.sign_due_on),
            "round": referral.round,
        },
        body=sent_body(referral, cargo),
    )


def sent_body(referral: Referral, cargo: Mapping[str, Any]) -> dict[str, Any]:
    designated = referral.designated_at
    return {
        "number": referral.number,
        "subject": referral.subject,
        "reason": referral.reason,
        "requested": referral.requested,
        "digest": referral.digest,
        "cargo": cargo,
        "designation": referral.designation or "",
        "designated_at": designated.isoformat() if designated else "",
    }


def post_recall(referral: Referral, *, source: str) -> None:
    """Please let it go, unless you have signed or returned it already; either answer is yours."""
    _post(referral, source=source, kind="referral.recall", body=recall_body(referral))


def recall_body(referral: Referral) -> dict[str, Any]:
    return {"reason": referral.recall_reason or ""}


def post_material_given(
    referral: Referral, ask: MaterialAsk, *, source: str, cargo: Mapping[str, Any]
) -> None:
    """What you asked for, and the files that go along."""
    _post(
        referral,
        source=source,
        kind="referral.material_given",
        body=material_given_body(ask, cargo),
    )


def material_given_body(ask: MaterialAsk, cargo: Mapping[str, Any]) -> dict[str, Any]:
    return {"ask": str(ask.pk), "given": ask.given or "", "cargo": cargo}


def post_redirected(referral: Referral, *, source: str) -> None:
    """The coordinator has given it to another unit: you are out of it."""
    _post(referral, source=source, kind="referral.redirected", body=redirected_body(referral))


def redirected_body(referral: Referral) -> dict[str, Any]:
    return {"reason": referral.designation or ""}


def post_chased(referral: Referral, *, text: str, source: str) -> None:
    """We have heard nothing, or wait for it."""
    _post(referral, source=source, kind="referral.chased", body={"text": text})


def post_escalated(referral: Referral, *, text: str, source: str) -> None:
    """We have asked the coordinator to step in."""
    _post(referral, source=source, kind="referral.escalated", body={"text": text})


def post_confirmed(referral: Referral, *, source: str) -> None:
    """Thank you, you may close."""
    _post(referral, source=source, kind="referral.confirmed")


# --- Receiver to home --------------------------------------------------------------------------------


def post_signed(referral: Referral, matter: Matter, *, source: str) -> None:
    """We have it, under this number, and handle it until then."""
    _post(
        referral,
        source=source,
        kind="referral.signed",
        header={"matter": matter.machine_number, "due_on": str(matter.due_on or "")},
        body=signed_body(matter),
    )


def signed_body(matter: Matter) -> dict[str, Any]:
    return {"matter_number": matter.number, "due_on": str(matter.due_on or "")}


def post_returned(referral: Referral, *, source: str) -> None:
    """Not ours, on what ground, and whose we think it is."""
    _post(
        referral,
        source=source,
        kind="referral.returned",
        header={"ground": referral.return_ground},
        body=returned_body(referral),
    )


def returned_body(referral: Referral) -> dict[str, Any]:
    return {
        "reason": referral.return_reason or "",
        "ground": referral.return_ground,
        "suggested": referral.suggested_unit,
    }


def post_recalled(referral: Referral, *, source: str) -> None:
    """We had not signed for it: it is yours again."""
    _post(referral, source=source, kind="referral.recalled")


def post_asked(referral: Referral, ask: MaterialAsk, *, source: str) -> None:
    """We need this of you, until then."""
    _post(
        referral,
        source=source,
        kind="referral.material_asked",
        header={"due_on": str(ask.due_on)},
        body=asked_body(ask),
    )


def asked_body(ask: MaterialAsk) -> dict[str, Any]:
    return {"ask": str(ask.pk), "items": ask.items, "due_on": str(ask.due_on)}


def post_progress(referral: Referral, *, text: str, source: str) -> None:
    """This is how it stands."""
    _post(referral, source=source, kind="referral.progress", body={"text": text})


def post_onward(referral: Referral, *, unit: str, since: datetime, source: str) -> None:
    """It has gone on to this unit, or is with us again ("")."""
    onward = {"unit": unit, "since": since.isoformat()}
    _post(referral, source=source, kind="referral.progress", body={"text": "", "onward": onward})


def post_answered(referral: Referral, matter: Matter, *, source: str, cargo: Mapping[str, Any]) -> None:
    """This is what came of it, and the files that prove it."""
    _post(
        referral,
        source=source,
        kind="referral.answered",
        header={"matter": matter.machine_number, "outcome": matter.outcome},
        body=answered_body(referral, matter, cargo),
    )


def answered_body(referral: Referral, matter: Matter, cargo: Mapping[str, Any]) -> dict[str, Any]:
    return {"outcome": matter.outcome, "answer": referral.answer, "cargo": cargo}


# --- Either way --------------------------------------------------------------------------------------


def post_file(referral: Referral, body: dict[str, Any], *, source: str) -> None:
    """To the other side: one of the files that were announced."""
    _post(referral, source=source, kind="referral.file", body=body)


def post_consent_withdrawn(
    referral: Referral, *, consents: Iterable[CarriedConsent], files: Iterable[CarriedFile], source: str
) -> None:
    """To the other side: these consents and files may not be used any more."""
    _post(
        referral,
        source=source,
        kind="referral.consent_withdrawn",
        body={"consents": [str(each.pk) for each in consents], "files": [str(each.pk) for each in files]},
    )


def _post(
    referral: Referral,
    *,
    source: str,
    kind: str,
    header: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
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
        | dict(header or {}),
        body=body or {},
    )
