"""Recording and withdrawing consents, offering a way without a photo, keeping and destroying evidence."""

from datetime import date
from uuid import UUID

from django.db import transaction

from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.timekeeping import clock
from tenants.casework import following, retention
from tenants.casework.files import CleanFile
from tenants.casework.models import (
    PICTURES_OF_PEOPLE,
    Alternative,
    Answer,
    Category,
    Consent,
    ConsentWithdrawal,
    Evidence,
    EvidenceContent,
    Giver,
    Method,
    Purpose,
    Way,
)
from tenants.casework.selectors import evidence as selectors
from tenants.matters.acting import acting
from tenants.matters.models import Matter

FILES_AT_MOST = 30
"""Files of a matter whose content is kept (house rule)."""

SAME_PERSON = "同意须有两名工作人员在场，请选择您本人以外的一名在岗人员。"


def record_consent(
    *,
    matter_id: UUID,
    actor: Actor,
    purpose: Purpose,
    scope: str,
    giver: Giver,
    name: str,
    relation: str,
    method: Method,
    second: UUID,
    valid_from: date,
    valid_until: date,
    scan: CleanFile | None = None,
) -> Matter:
    """Write down a consent (记录同意), given before the actor and a second person who is at work here.

    What may be done with personal data rests on it: sensitive data need a separate consent, written where
    the law says so (个人信息保护法第二十九条); two people and the scan of a paper are a house rule. Raises
    Invalid for a second person who is the actor or left, Conflict where the matter has too many files.
    """
    with acting("record_consent", matter_id=matter_id, actor=actor) as act:
        if not selectors.colleagues(actor.id).filter(pk=second).exists():
            raise Invalid({"second": [SAME_PERSON]})
        if method == Method.PAPER and scan is None:
            raise Invalid({"scan": ["书面同意须上传签字后的同意书扫描件。"]})
        kept = None
        if scan:
            kept = _keep(act.matter, actor, scan, category=Category.CONSENT, purpose=purpose)
        Consent.objects.create(
            matter=act.matter,
            at=clock.now(),
            by_id=actor.staff_id,
            second_id=second,
            purpose=purpose,
            scope=scope,
            giver=giver,
            name=name,
            relation=relation,
            method=method,
            valid_from=valid_from,
            valid_until=valid_until,
            scan=kept,
        )
        act.note = scope
        act.data = {
            "purpose": purpose,
            "giver": giver,
            "method": method,
            "valid_until": valid_until.isoformat(),
        }
    return act.matter


@transaction.atomic
def withdraw_consent(
    *, matter_id: UUID, actor: Actor, consent: UUID, told_by: str, reason: str = ""
) -> Matter:
    """Withdraw a consent (撤回同意): nothing new may rest on it from now on.

    What was done before stays lawful (个人信息保护法第十五条); pictures and health files that rest on it are
    to be deleted (第四十七条), so they cannot be opened any more, and the next daily run destroys them.
    Raises Conflict where it was withdrawn already, or is not of this matter.
    """
    with acting("withdraw_consent", matter_id=matter_id, actor=actor) as act:
        found = selectors.standing_consents(act.matter).filter(pk=consent).first()
        if found is None:
            raise Conflict("这份同意已经撤回，请刷新页面。", code="already_withdrawn")
        ConsentWithdrawal.objects.create(
            consent=found, at=clock.now(), by_id=actor.staff_id, told_by=told_by, reason=reason
        )
        rests_on_it = Evidence.objects.filter(consent=found, destroyed_at=None)
        ended = rests_on_it.update(destroy_on=clock.today())
        act.note, act.data = reason, {"purpose": found.purpose, "told_by": told_by, "files": ended}
    following.withdrawn(found)
    return act.matter


def offer_alternative(*, matter_id: UUID, actor: Actor, way: Way, answer: Answer, note: str = "") -> Matter:
    """Log a way without a photo that was offered (提供替代方式), and what came of it."""
    with acting("offer_alternative", matter_id=matter_id, actor=actor) as act:
        Alternative.objects.create(
            matter=act.matter, at=clock.now(), by_id=actor.staff_id, way=way, answer=answer, note=note
        )
        act.note, act.data = note, {"way": way, "answer": answer}
    return act.matter


def add_evidence(
    *,
    matter_id: UUID,
    actor: Actor,
    category: Category,
    purpose: Purpose,
    file: CleanFile,
    description: str = "",
    health: bool = False,
) -> Matter:
    """Keep a file with the matter (上传佐证).

    Nobody is photographed before the ways without a photo were offered and answered. Pictures of people and
    files about health need a consent for the purpose that is valid at this moment: it is asked for under the
    matter's lock, so one that was withdrawn while the file was on its way no longer counts. Raises Conflict
    with code "alternatives_missing", "no_consent" or "too_many_files".
    """
    with acting("add_evidence", matter_id=matter_id, actor=actor) as act:
        if category in PICTURES_OF_PEOPLE and (missing := selectors.not_offered(act.matter)):
            ways = "、".join(way.label for way in missing)
            raise Conflict(f"拍照前须先提供替代方式并记下结果，还缺：{ways}。", code="alternatives_missing")
        consent = None
        if category in PICTURES_OF_PEOPLE or health:
            consent = selectors.covering(act.matter, purpose, clock.today())
            if consent is None:
                raise Conflict(_no_consent(category, purpose), code="no_consent")
        _keep(
            act.matter,
            actor,
            file,
            category=category,
            purpose=purpose,
            description=description,
            health=health,
            consent=consent,
        )
        act.note = "" if health else description
        act.data = {"category": category, "purpose": purpose, "health": health}
    return act.matter


def destroy_evidence(*, matter_id: UUID, actor: Actor, today: date) -> Matter:
    """Destroy the content of this matter's evidence whose day has come (销毁佐证); rows and hashes stay.

    For the system alone. Raises Conflict where there is nothing to destroy, so a repeated run does nothing.
    """
    with acting("destroy_evidence", matter_id=matter_id, actor=actor) as act:
        due = Evidence.objects.filter(matter=act.matter, destroy_on__lte=today, destroyed_at=None)
        rows = list(due.only("id", "category"))
        if not rows:
            raise Conflict("没有到期应销毁的佐证。", code="nothing_to_destroy")
        EvidenceContent.objects.filter(evidence__in=rows).delete()
        Evidence.objects.filter(pk__in=[row.pk for row in rows]).update(destroyed_at=clock.now())
        act.data = {"count": len(rows), "categories": sorted({row.category for row in rows})}
    return act.matter


def _no_consent(category: Category, purpose: Purpose) -> str:
    what = category.label if category in PICTURES_OF_PEOPLE else "涉及健康信息的文件"
    return f"没有有效的“{purpose.label}”同意，不能上传{what}；请先记录同意，或核对是否已撤回、已过期。"


def _keep(
    matter: Matter,
    actor: Actor,
    file: CleanFile,
    *,
    category: Category,
    purpose: Purpose,
    description: str = "",
    health: bool = False,
    consent: Consent | None = None,
) -> Evidence:
    if Evidence.objects.filter(matter=matter, destroyed_at=None).count() >= FILES_AT_MOST:
        raise Conflict(f"一件最多保存{FILES_AT_MOST}个文件，已经满了。", code="too_many_files")
    kept = Evidence.objects.create(
        matter=matter,
        at=clock.now(),
        by_id=actor.staff_id,
        category=category,
        purpose=purpose,
        health=health,
        description=description,
        consent=consent,
        name=file.name,
        media_type=file.media_type,
        size=len(file.content),
        sha256=file.sha256,
        destroy_on=retention.destroy_on(category, clock.today()),
    )
    EvidenceContent.objects.create(evidence=kept, data=file.content)
    return kept
