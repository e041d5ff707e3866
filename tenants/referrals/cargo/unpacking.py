"""Receiving what travels with a referral: each file is held against what its manifest said of it."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from bancheng.exchange.errors import ExchangeError
from bancheng.exchange.registry import Envelope, handler
from bancheng.timekeeping import clock
from tenants.casework import files as casework_files
from tenants.casework.models import Category, Giver, Method, Purpose
from tenants.referrals.cargo.packing import FILES_AT_MOST
from tenants.referrals.locks import referral_of
from tenants.referrals.models import CarriedConsent, CarriedContent, CarriedFile, Counterpart, Referral, State

OUT_OF_IT = (State.RETURNED, State.RECALLED, State.REDIRECTED)
"""The states in which a receiver has no more use for what comes in."""


class FileUnsound(ExchangeError):
    """A file, or the manifest that announces it, is not what it says it is; sending it again cannot help."""

    final = True


def expect(referral: Referral, manifest: Mapping[str, Any], travels: str) -> None:
    """Write down what the other side says is on its way on this leg. Raises FileUnsound."""
    lines, consents = _lines(manifest, "files"), _lines(manifest, "consents")
    if len(lines) > FILES_AT_MOST:
        raise FileUnsound(f"manifest: more than {FILES_AT_MOST} files")
    by_id = {line.get("id"): _expected_consent(referral, line) for line in consents}
    for line in lines:
        _expected_file(referral, line, travels, by_id)


@handler("referral.file")
def arrive_file(envelope: Envelope) -> None:
    """Keep a file that was announced: its size, its hash and its type by content must be as announced.

    From another deployment it is rebuilt like any upload, since nobody here has made it harmless. Once we
    are out of the case, nothing is kept. Raises FileUnsound.
    """
    referral = referral_of(envelope)
    row = _announced(referral, envelope.body)
    content = _checked(row, envelope.body)
    row.arrived_at = clock.now()
    if referral.state in OUT_OF_IT or row.ended:
        row.destroyed_at = row.arrived_at
    else:
        CarriedContent.objects.create(file=row, data=_harmless(referral, row, content))
    row.save(update_fields=["arrived_at", "destroyed_at"])


# --- One file ----------------------------------------------------------------------------------------


def _announced(referral: Referral, body: Mapping[str, Any]) -> CarriedFile:
    try:
        file_id = UUID(str(body.get("id")))
    except ValueError:
        raise FileUnsound("file: no id") from None
    row = CarriedFile.objects.filter(pk=file_id, referral=referral, arrived_at=None).first()
    if row is None or not row.comes_in:
        raise FileUnsound(f"file {file_id}: not announced, or here already")
    return row


def _checked(row: CarriedFile, body: Mapping[str, Any]) -> bytes:
    try:
        content = b64decode(str(body.get("content")), validate=True)
    except ValueError:
        raise FileUnsound(f"file {row.pk}: content is not base64") from None
    if len(content) != row.size:
        raise FileUnsound(f"file {row.pk}: {len(content)} bytes, announced {row.size}")
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise FileUnsound(f"file {row.pk}: sha256 is not the announced one")
    if casework_files.type_of(content) != row.media_type:
        raise FileUnsound(f"file {row.pk}: content is not {row.media_type}")
    return content


def _harmless(referral: Referral, row: CarriedFile, content: bytes) -> bytes:
    if referral.counterpart != Counterpart.PEER:
        return content
    try:
        return casework_files.clean(row.name, content).content
    except casework_files.Unfit:
        raise FileUnsound(f"file {row.pk}: cannot be opened as {row.media_type}") from None


# --- The manifest ------------------------------------------------------------------------------------

_SHA256 = re.compile(r"[0-9a-f]{64}")


def _lines(manifest: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    lines = manifest.get(name, [])
    if not isinstance(lines, list) or not all(isinstance(line, Mapping) for line in lines):
        raise FileUnsound(f"manifest: {name} is not a list")
    return lines


def _expected_consent(referral: Referral, line: Mapping[str, Any]) -> CarriedConsent:
    try:
        values = {
            "recorded_at": datetime.fromisoformat(line["recorded_at"]),
            "purpose": Purpose(line["purpose"]),
            "scope": str(line["scope"]),
            "giver": Giver(line["giver"]),
            "name": str(line["name"]),
            "relation": str(line["relation"]),
            "method": Method(line["method"]),
            "valid_from": date.fromisoformat(line["valid_from"]),
            "valid_until": date.fromisoformat(line["valid_until"]),
        }
        known = {"pk": UUID(line["id"]), "source": UUID(line["source"]), "referral": referral}
    except (KeyError, TypeError, ValueError) as wrong:
        raise FileUnsound(f"manifest: a consent is incomplete ({type(wrong).__name__})") from None
    consent, _ = CarriedConsent.objects.get_or_create(**known, defaults=values)
    return consent


def _expected_file(
    referral: Referral, line: Mapping[str, Any], travels: str, consents: Mapping[Any, CarriedConsent]
) -> None:
    try:
        row = CarriedFile(
            id=UUID(line["id"]),
            referral=referral,
            travels=travels,
            consent=consents[line["consent"]] if line["consent"] else None,
            category=Category(line["category"]),
            purpose=Purpose(line["purpose"]),
            health=bool(line["health"]),
            name=str(line["name"])[-casework_files.NAME_AT_MOST :],
            description=str(line["description"]),
            media_type=str(line["media_type"]),
            size=int(line["size"]),
            sha256=str(line["sha256"]),
            destroy_on=date.fromisoformat(line["destroy_on"]),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise FileUnsound(f"manifest: a file is incomplete ({type(wrong).__name__})") from None
    fits = row.media_type in casework_files.ENDINGS and _SHA256.fullmatch(row.sha256)
    if not fits or not 0 < row.size <= settings.UPLOAD_MAX_BYTES:
        raise FileUnsound(f"manifest: file {row.pk} may not be carried")
    row.save(force_insert=True)
