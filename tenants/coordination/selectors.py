"""What is read of signatures: those of a matter, and those that a person is asked for."""

from django.db.models import Exists, OuterRef, Q

from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.tenancy import TenantQuerySet
from tenants.coordination.actions.signoffs import SIGNERS
from tenants.coordination.models import Signature, SignOff
from tenants.matters.models import Matter


def of_matter(matter: Matter) -> TenantQuerySet[SignOff]:
    """Newest first, with everybody who asked and signed."""
    requests: TenantQuerySet[SignOff] = SignOff.objects.filter(matter=matter).select_related("asked_by")
    return requests.prefetch_related("signatures__signer")


def asked_of(actor: Actor) -> TenantQuerySet[SignOff]:
    """The open requests that wait for one of this person's roles, and that he or she has not signed yet."""
    wanted = Q(pk=None)
    for purpose, roles in SIGNERS.items():
        for role in actor.roles.intersection(roles):
            given = Signature.objects.filter(sign_off=OuterRef("pk"), role=role)
            wanted |= Q(~Exists(given), purpose=purpose)
    return SignOff.objects.filter(wanted, ended_at=None).exclude(signatures__signer_id=actor.id)


def why_not_to_sign(matter: Matter, actor: Actor) -> str | None:
    """Why this person's signature is not asked for on this matter now; None when it is."""
    if asked_of(actor).filter(matter=matter).exists():
        return None
    request = of_matter(matter).filter(ended_at=None).first()
    if request is None:
        return "没有待签批的事项。"
    return f"现待{'、'.join(role.label for role in missing(request))}签批。"


def missing(request: SignOff) -> list[Role]:
    """Whose signatures an open request still waits for."""
    given = {signature.role for signature in request.signatures.all() if signature.approved}
    return [role for role in SIGNERS[request.purpose] if role not in given]
