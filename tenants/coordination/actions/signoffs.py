"""Asking for signatures and giving them."""

from uuid import UUID

from django.db import transaction

from bancheng.catalogue.words import Mode
from bancheng.errors import Conflict, NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.coordination.models import Purpose, Signature, SignOff
from tenants.coordination.selectors import SIGNERS
from tenants.matters.acting import acting
from tenants.matters.models import Matter


def request_signoff(
    *, matter_id: UUID, actor: Actor, purpose: Purpose, basis: str, risk: str, precedent: str
) -> Matter:
    """Ask for the signatures (提请签批) of a special case or a negative reply.

    It states the basis, the risk, and what looking for precedents has brought.

    Raises Conflict where it is not a special case, or has been signed already.
    """
    with acting("request_signoff", matter_id=matter_id, actor=actor) as act:
        matter = act.matter
        if purpose == Purpose.SPECIAL and matter.mode != Mode.SPECIAL:
            raise Conflict(
                "此件不是特事特办；如需特事特办，请窗口负责人先在研判中调整办理方式。", code="not_special"
            )
        if matter.special_approved if purpose == Purpose.SPECIAL else matter.negative_approved:
            raise Conflict("此件已经签批同意，不必再提请。", code="already_signed")
        SignOff.objects.create(
            matter=matter,
            purpose=purpose,
            basis=basis,
            risk=risk,
            precedent=precedent,
            asked_at=clock.now(),
            asked_by_id=actor.staff_id,
        )
        act.note = f"依据：{basis}\n风险：{risk}\n先例：{precedent}"
        act.data = {"purpose": purpose}
    return act.matter


@transaction.atomic
def sign_off(*, matter_id: UUID, actor: Actor, opinion: str = "") -> Matter:
    """Give one's signature (签批同意). With the last one that is needed, the matter goes back to its handler.

    Two different people sign a special case, and nobody signs twice, so whoever registered it is never alone.
    Raises NotAllowed when this person's signature is not asked for.
    """
    with acting("sign_off", matter_id=matter_id, actor=actor) as act:
        request = _open_request(act.matter)
        role = _sign(request, actor, approved=True, opinion=opinion)
        act.note, act.data = opinion, {"purpose": request.purpose, "role": role}
    if _missing(request):
        return act.matter
    with acting("signed_off", matter_id=matter_id, actor=Actor.system("系统", actor.centre)) as done:
        if request.purpose == Purpose.SPECIAL:
            done.matter.special_approved = True
        else:
            done.matter.negative_approved = True
        _end(request, approved=True)
        done.data = {"purpose": request.purpose}
    return done.matter


def refuse_signoff(*, matter_id: UUID, actor: Actor, opinion: str) -> Matter:
    """Refuse one's signature (签批不同意), saying why: the matter goes back to its handler."""
    with acting("refuse_signoff", matter_id=matter_id, actor=actor) as act:
        request = _open_request(act.matter)
        role = _sign(request, actor, approved=False, opinion=opinion)
        _end(request, approved=False)
        act.note, act.data = opinion, {"purpose": request.purpose, "role": role}
    return act.matter


def _open_request(matter: Matter) -> SignOff:
    return SignOff.objects.select_for_update().get(matter=matter, ended_at__isnull=True)


def _missing(request: SignOff) -> list[Role]:
    given = set(request.signatures.filter(approved=True).values_list("role", flat=True))
    return [role for role in SIGNERS[request.purpose] if role not in given]


def _sign(request: SignOff, actor: Actor, *, approved: bool, opinion: str) -> Role:
    if request.signatures.filter(signer_id=actor.id).exists():
        raise NotAllowed("您已经签过；特事特办须由两人分别签批。")
    role = next((r for r in _missing(request) if r in actor.roles), None)
    if role is None:
        waiting = "、".join(r.label for r in _missing(request))
        raise NotAllowed(f"此件现待{waiting}签批。")
    Signature.objects.create(
        sign_off=request,
        signer_id=actor.staff_id,
        role=role,
        at=clock.now(),
        approved=approved,
        opinion=opinion,
    )
    return role


def _end(request: SignOff, *, approved: bool) -> None:
    request.ended_at, request.approved = clock.now(), approved
    request.save(update_fields=["ended_at", "approved"])
