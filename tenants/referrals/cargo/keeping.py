"""What becomes of what travelled: opened under watch, it ends with its consent, its case or its day."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, NotFound
from bancheng.exchange.registry import Envelope, handler
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.identity.roles import DEPARTMENT_ROLES, Role
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tenants.casework.models import Consent
from tenants.casework.viewing import Viewed, marked
from tenants.matters.acting import acting, locked
from tenants.matters.workflow import TRANSITIONS
from tenants.notices.actions import notify
from tenants.notices.kinds import NoticeKind
from tenants.referrals import envelopes, selectors
from tenants.referrals.cargo.packing import content_of
from tenants.referrals.cargo.unpacking import OUT_OF_IT
from tenants.referrals.locks import locked_referral, referral_of
from tenants.referrals.models import CarriedConsent, CarriedContent, CarriedFile, Direction, Referral, State

# --- Opening -----------------------------------------------------------------------------------------


def open_file(*, actor: Actor, referral_id: UUID, file_id: UUID) -> Viewed:
    """The file with who, when and which referral drawn over it, once the audit trail says so.

    Raises as `referral_for`; NotAllowed without "person.unmask", or for health without having a part in the
    case; NotFound; Conflict while it is on its way, and once it is destroyed or due to be.
    """
    referral = selectors.referral_for(actor, referral_id)
    require(actor, "person.unmask")
    file = CarriedFile.objects.filter(referral=referral, pk=file_id).select_related("evidence").first()
    if file is None:
        raise NotFound("没有这份随转文件。")
    if file.health:
        require(actor, "matter.add_evidence")
    if file.ended:
        raise Conflict("这份随转文件已到销毁日期或同意已撤回，不能再查看。", code="destroyed")
    if file.comes_in and file.arrived_at is None:
        raise Conflict("这份随转文件还在路上，请稍后再看。", code="not_here_yet")
    shown = marked(actor, content_of(file), file.media_type, referral.number or str(referral.subject))
    with transaction.atomic():
        audit.record(actor=actor, act="referral.view_file", subject=file, referral=str(referral.pk))
    return Viewed(shown, file.media_type, str(file.pk))


# --- A consent is withdrawn --------------------------------------------------------------------------


def consent_withdrawn(consent: Consent) -> None:
    """Our reporter withdrew a consent: whoever got something under it is told, and must not use it any more.

    In the transaction of the withdrawal. Files that were taken under it, or travelled under it, are closed
    and destroyed on the other side, and with us those that came from there (个人信息保护法第四十七条).
    """
    _end_everywhere(
        CarriedConsent.objects.filter(source=consent.pk),
        CarriedFile.objects.filter(Q(consent__source=consent.pk) | Q(evidence__consent=consent)),
        posted_by=current_centre().code,
    )


@handler("referral.consent_withdrawn")
def hear_consent_withdrawn(envelope: Envelope) -> None:
    """The other side's reporter withdrew a consent: what rests on it is closed at once, also further on."""
    referral = referral_of(envelope)
    if referral.matter_id is not None:
        locked(referral.matter_id)  # before its files, in the order of a person who withdraws a consent
    consents = referral.consents.filter(pk__in=envelope.body["consents"])
    files = referral.files.filter(pk__in=envelope.body["files"])
    sources = set(consents.values_list("source", flat=True))
    hashes = set(files.values_list("sha256", flat=True))
    onward = Q(referral__matter=referral.matter_id, referral__direction=Direction.SENT)
    _end_here(consents, files)
    if referral.matter is not None:
        _note(referral, len(hashes))
        _end_everywhere(
            CarriedConsent.objects.filter(onward, source__in=sources),
            CarriedFile.objects.filter(onward).filter(Q(consent__source__in=sources) | Q(sha256__in=hashes)),
            posted_by=envelope.target,
        )


def _end_everywhere(
    consents: QuerySet[CarriedConsent], files: QuerySet[CarriedFile], *, posted_by: str
) -> None:
    """Close them with us where they came in, and tell each unit that has them of us."""
    ended: dict[Referral, tuple[list[CarriedConsent], list[CarriedFile]]] = {}
    for consent in consents.exclude(_NOBODY_HAS_IT).select_related("referral"):
        ended.setdefault(consent.referral, ([], []))[0].append(consent)
    for file in files.exclude(_NOBODY_HAS_IT).select_related("referral"):
        ended.setdefault(file.referral, ([], []))[1].append(file)
    _end_here(consents, files)
    for referral, (theirs, carried) in ended.items():
        sent = [file for file in carried if not file.comes_in]
        if not theirs and not sent:
            continue
        if referral.by_letter:
            _tell(referral, NoticeKind.TELL_BY_LETTER)
        else:
            envelopes.post_consent_withdrawn(referral, consents=theirs, files=sent, source=posted_by)


_NOBODY_HAS_IT = Q(referral__state__in=(State.DRAFT, *OUT_OF_IT))


def _end_here(consents: QuerySet[CarriedConsent], files: QuerySet[CarriedFile]) -> None:
    today = clock.today()
    files.filter(destroyed_at=None, destroy_on__gt=today).update(destroy_on=today)
    consents.filter(withdrawn_at=None).update(withdrawn_at=clock.now())


def _note(referral: Referral, files: int) -> None:
    """Our own matter says so, as long as somebody works on it."""
    act_name = "hear_home" if referral.direction == Direction.RECEIVED else "hear"
    matter = referral.matter
    if matter is None or matter.state not in TRANSITIONS[act_name].sources:
        return
    system = Actor.system(referral.unit_name, current_centre().code)
    with acting(act_name, matter_id=matter.pk, actor=system) as act:
        act.note = f"{referral.unit_name}告知：同意已撤回，{files}份随转文件已停用，不能再使用。"
        act.data = {"referral": str(referral.pk), "files": files, "consent": "withdrawn"}
        if act_name == "hear":
            act.holder_label = referral.onward_unit or referral.unit_name
    _tell(referral, NoticeKind.CONSENT_ENDED)


def _tell(referral: Referral, kind: NoticeKind) -> None:
    """The window's lead, whoever handles our matter, and the department that has it: once for each time."""
    if (matter := referral.matter) is not None:
        notify(
            matter=matter,
            kind=kind,
            key=f"{referral.pk} {clock.now():%Y-%m-%d %H:%M}",
            roles=(Role.WINDOW_LEAD, *DEPARTMENT_ROLES),
            department=matter.department_id or "",
            staff=(matter.handler_id,),
        )


# --- The end -----------------------------------------------------------------------------------------


def release(referral: Referral) -> None:
    """We are out of the case (returned, recalled, redirected): what came in with it is closed at once.

    The daily run destroys it: kept is only what the handling needs (个人信息保护法第六条、第四十七条).
    """
    came = referral.files.filter(travels__in=CarriedFile.COMES_IN[Direction(referral.direction)])
    _end_here(referral.consents.none(), came)


def to_destroy(today: date) -> Sequence[UUID]:
    """The referrals with files whose day has come and whose content still lies here."""
    due = CarriedContent.objects.filter(file__destroy_on__lte=today)
    return list(due.order_by("file__referral_id").values_list("file__referral_id", flat=True).distinct())


@transaction.atomic
def destroy(*, referral_id: UUID, actor: Actor, today: date) -> int:
    """Destroy the content of this referral's files whose day has come; rows and hashes stay. How many it was.

    For the system alone. A repeated run finds nothing and does nothing.
    """
    referral = locked_referral(referral_id)
    due: Iterable[CarriedFile] = referral.files.filter(destroy_on__lte=today, content__isnull=False)
    ids = [file.pk for file in due]
    if ids:
        CarriedContent.objects.filter(file__in=ids).delete()
        CarriedFile.objects.filter(pk__in=ids).update(destroyed_at=clock.now())
        audit.record(actor=actor, act="referral.destroy_files", subject=referral, count=len(ids))
    return len(ids)
