"""Choosing what travels with a referral, and handing it over: a manifest, then one message for each file."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from bancheng.errors import Conflict, Invalid
from bancheng.timekeeping import clock
from tenants.casework.models import PICTURES_OF_PEOPLE, Consent, Evidence, EvidenceContent, Purpose
from tenants.matters.models import Matter
from tenants.referrals import digest, envelopes
from tenants.referrals.models import CarriedConsent, CarriedContent, CarriedFile, Referral

With = CarriedFile.With

FILES_AT_MOST = 30
"""Files on one leg of a referral (house rule)."""
BYTES_AT_MOST = 30 * 1024 * 1024
"""All files of one leg together (house rule): each travels in a message of its own, one after the other."""

NO_CONSENT = (
    "“{name}”是人像照片或涉及健康信息，没有有效的“信息转其他单位”同意，不能随转；"
    "请先在反映件的“佐证”页记录同意，或不选这个文件。"
)


@dataclass(frozen=True)
class Choices:
    """What of a matter could travel. A file is of our own matter, or one that came with it from elsewhere."""

    files: Sequence[Evidence | CarriedFile]
    consents: Sequence[Consent | CarriedConsent]

    def permission(self) -> Consent | CarriedConsent | None:
        """The newest consent under which pictures of people and health files may go to another unit."""
        return next((each for each in self.consents if each.purpose == Purpose.TRANSFER), None)

    def needs_permission(self, file: Evidence | CarriedFile) -> bool:
        return file.health or file.category in PICTURES_OF_PEOPLE


def choices(matter: Matter, travels: str = With.SENT) -> Choices:
    """What is in force today and not destroyed, newest first; with an answer only what is our own."""
    today = clock.today()
    files: list[Evidence | CarriedFile] = [
        *Evidence.objects.filter(matter=matter, destroyed_at=None, destroy_on__gt=today)
    ]
    consents: list[Consent | CarriedConsent] = [
        *Consent.objects.filter(matter=matter, withdrawal=None, valid_from__lte=today, valid_until__gte=today)
    ]
    if matter.origin_referral is not None:
        consents += CarriedConsent.objects.filter(
            referral=matter.origin_referral,
            withdrawn_at=None,
            valid_from__lte=today,
            valid_until__gte=today,
        ).order_by("-recorded_at")
        if travels != With.ANSWER:
            files += CarriedFile.objects.filter(
                referral=matter.origin_referral,
                travels__in=(With.SENT, With.MATERIAL),
                arrived_at__isnull=False,
                destroyed_at=None,
                destroy_on__gt=today,
            )
    return Choices(files, consents)


def attach(
    referral: Referral,
    *,
    files: Sequence[UUID] = (),
    consents: Sequence[UUID] = (),
    travels: str = With.SENT,
) -> list[UUID]:
    """Choose what goes along on this leg, by the ids of `choices`; a draft's earlier choice is replaced.

    Returns the ids of the carried files, in the order of choice.

    Whatever shows a person or tells of health goes only under a consent to pass information on that is in
    force (个人信息保护法第二十三条、第二十九条), and that consent goes along. Call it with the referral
    locked. Raises Invalid, with sentences for "files" or "consents".
    """
    offered = choices(_matter(referral), travels)
    chosen_files = _picked("files", offered.files, files)
    chosen_consents = _picked("consents", offered.consents, consents)
    if wrong := _unfit(offered, chosen_files):
        raise Invalid({"files": wrong})
    if travels == With.SENT:
        empty(referral)
    for consent in chosen_consents:
        _carry_consent(referral, consent)
    carried = []
    for file in chosen_files:
        permission = offered.permission() if offered.needs_permission(file) else None
        carried.append(_carry_file(referral, file, travels, _carry_consent(referral, permission)))
    return carried


def chosen(referral: Referral) -> dict[str, list[str]]:
    """What a draft has chosen, as the ids of `choices` by the names of the form's fields."""
    offered = choices(_matter(referral))
    files = {_identity(row) for row in referral.files.filter(travels=With.SENT)}
    sources = {row.source for row in referral.consents.all()}
    return {
        "files": [str(file.pk) for file in offered.files if _identity(file) in files],
        "consents": [str(consent.pk) for consent in offered.consents if _source(consent) in sources],
    }


def empty(referral: Referral) -> None:
    """Take everything out of a draft again, before it is chosen anew or thrown away."""
    CarriedContent.objects.filter(file__referral=referral).delete()
    referral.files.all().delete()
    referral.consents.all().delete()


def check(referral: Referral) -> None:
    """Raise Conflict unless all that was chosen for the draft may still travel today."""
    offered = choices(_matter(referral))
    files = {_identity(file) for file in offered.files}
    sources = {_source(consent) for consent in offered.consents}
    gone = [
        f"“{row.name}”" for row in referral.files.filter(travels=With.SENT) if _identity(row) not in files
    ]
    gone += [str(row) for row in referral.consents.all() if row.source not in sources]
    if gone:
        raise Conflict(
            f"{'、'.join(gone)}已撤回、过期或销毁，不能再随转；请修改草稿，去掉后再送出。", code="cargo_stale"
        )


def manifest(referral: Referral, travels: str, *, only: Sequence[UUID] | None = None) -> dict[str, Any]:
    """What the other side is told to expect on this leg, as exact JSON: {"files": […], "consents": […]}.

    `only` are the carried files that go now, where the leg is gone more than once.
    """
    files = list(_leg(referral, travels, only).select_related("consent"))
    consents = referral.consents.all()
    if travels != With.SENT:
        consents = consents.filter(pk__in=[file.consent_id for file in files])
    return {"files": [_file_line(file) for file in files], "consents": [_consent_line(c) for c in consents]}


def version(referral: Referral, matter: Matter) -> str:
    """Which version of a draft this is: the same for what a preview showed and for what would be sent now."""
    said = {
        "unit": referral.unit_code,
        "reason": referral.reason,
        "requested": referral.requested,
        "digest": digest.of(matter),
        "cargo": manifest(referral, With.SENT),
    }
    return digest.fingerprint(said)


def post_files(referral: Referral, travels: str, source: str, *, only: Sequence[UUID] | None = None) -> None:
    """Post one message for each file of this leg, after the message with its manifest; none by letter."""
    if referral.by_letter:
        return
    for file in _leg(referral, travels, only):
        envelopes.post_file(referral, file_body(file), source=source)


def file_body(file: CarriedFile) -> dict[str, Any]:
    """The message of one file. Raises ObjectDoesNotExist when its content was destroyed."""
    content = b64encode(content_of(file)).decode("ascii")
    return {"id": str(file.pk), "sha256": file.sha256, "content": content}


def _leg(referral: Referral, travels: str, only: Sequence[UUID] | None) -> QuerySet[CarriedFile]:
    files = referral.files.filter(travels=travels)
    return files if only is None else files.filter(pk__in=only)


def copy(from_: Referral, to: Referral) -> None:
    """Give to `to` what `from_` gave its unit, as far as it is in force still: another unit is to have it."""
    today = clock.today()
    kept = {
        row.pk: _carry_consent(to, row)
        for row in from_.consents.filter(withdrawn_at=None)
        if row.valid_from <= today <= row.valid_until
    }
    for row in from_.files.filter(travels__in=(With.SENT, With.MATERIAL)).select_related("evidence"):
        if not row.ended and (row.consent_id is None or row.consent_id in kept):
            _carry_file(to, row, With.SENT, kept[row.consent_id] if row.consent_id else None)


def rehearse(
    matter: Matter, *, files: Sequence[UUID] = (), consents: Sequence[UUID] = ()
) -> tuple[list[Evidence | CarriedFile], list[Consent | CarriedConsent]]:
    """What would travel if these were chosen, for the preview; what cannot be chosen is left out."""
    offered = choices(matter)
    chosen = [file for file in offered.files if file.pk in set(files)]
    along = [consent for consent in offered.consents if consent.pk in set(consents)]
    permission = offered.permission()
    if permission and permission not in along and any(map(offered.needs_permission, chosen)):
        along.append(permission)
    return chosen, along


# --- Choosing ----------------------------------------------------------------------------------------


def _matter(referral: Referral) -> Matter:
    if referral.matter is None:
        raise RuntimeError(f"referral {referral.pk} has no matter on this side")
    return referral.matter


def _picked(field: str, offered: Iterable[Any], wanted: Sequence[UUID]) -> list[Any]:
    by_id = {each.pk: each for each in offered}
    if missing := [each for each in wanted if each not in by_id]:
        raise Invalid({field: [f"有{len(missing)}项已撤回、过期或销毁，不能随转，请重新选择。"]})
    return [by_id[each] for each in dict.fromkeys(wanted)]


def _unfit(offered: Choices, chosen: Sequence[Evidence | CarriedFile]) -> list[str]:
    wrong = []
    if offered.permission() is None:
        wrong += [NO_CONSENT.format(name=file.name) for file in chosen if offered.needs_permission(file)]
    if len(chosen) > FILES_AT_MOST:
        wrong.append(f"一次最多随转{FILES_AT_MOST}个文件，请减少后再试。")
    if sum(file.size for file in chosen) > BYTES_AT_MOST:
        wrong.append(f"随转文件合计不能超过{BYTES_AT_MOST // (1024 * 1024)}MB，请减少后再试。")
    return wrong


def _carry_consent(referral: Referral, consent: Consent | CarriedConsent | None) -> CarriedConsent | None:
    if consent is None:
        return None
    carried, _ = CarriedConsent.objects.get_or_create(
        referral=referral,
        source=_source(consent),
        defaults={
            "recorded_at": consent.at if isinstance(consent, Consent) else consent.recorded_at,
            **{name: getattr(consent, name) for name in _OF_A_CONSENT},
        },
    )
    return carried


def _carry_file(
    referral: Referral, file: Evidence | CarriedFile, travels: str, consent: CarriedConsent | None
) -> UUID:
    evidence = file if isinstance(file, Evidence) else file.evidence
    row = CarriedFile.objects.create(
        referral=referral,
        travels=travels,
        evidence=evidence,
        consent=consent,
        **{name: getattr(file, name) for name in _OF_A_FILE},
    )
    if evidence is None:  # it came from elsewhere: its content is kept with the row, like the one it copies
        CarriedContent.objects.create(file=row, data=content_of(file))
    return row.pk


def _source(consent: Consent | CarriedConsent) -> UUID:
    return consent.pk if isinstance(consent, Consent) else consent.source


def _identity(file: Evidence | CarriedFile) -> tuple[UUID | None, str]:
    """The same file, whichever row tells of it."""
    evidence = file.pk if isinstance(file, Evidence) else file.evidence_id
    return evidence, file.sha256


# --- Content and manifest ----------------------------------------------------------------------------


_OF_A_FILE = (
    "category",
    "purpose",
    "health",
    "name",
    "description",
    "media_type",
    "size",
    "sha256",
    "destroy_on",
)
_OF_A_CONSENT = ("purpose", "scope", "giver", "name", "relation", "method", "valid_from", "valid_until")


def content_of(file: Evidence | CarriedFile) -> bytes:
    """The file itself, wherever it lies on this side."""
    if isinstance(file, CarriedFile) and file.evidence_id is None:
        return bytes(CarriedContent.objects.get(pk=file.pk).data)
    evidence = file.pk if isinstance(file, Evidence) else file.evidence_id
    return bytes(EvidenceContent.objects.get(pk=evidence).data)


def _file_line(file: CarriedFile) -> dict[str, Any]:
    return {
        "id": str(file.pk),
        "consent": str(file.consent_id) if file.consent_id else "",
        **{name: getattr(file, name) for name in _OF_A_FILE if name != "destroy_on"},
        "destroy_on": file.destroy_on.isoformat(),
    }


def _consent_line(consent: CarriedConsent) -> dict[str, Any]:
    return {
        "id": str(consent.pk),
        "source": str(consent.source),
        "recorded_at": consent.recorded_at.isoformat(),
        **{name: getattr(consent, name) for name in _OF_A_CONSENT if not name.startswith("valid")},
        "valid_from": consent.valid_from.isoformat(),
        "valid_until": consent.valid_until.isoformat(),
    }
