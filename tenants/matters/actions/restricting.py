"""Making a matter sensitive (敏感件), admitting people to it, and ending that."""

from collections.abc import Sequence
from uuid import UUID

from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from tenants.matters.acting import acting
from tenants.matters.models import Matter


def restrict(
    *, matter_id: UUID, actor: Actor, sensitive: bool, reason: str, admitted: Sequence[UUID] = ()
) -> Matter:
    """Make a matter sensitive or end that (敏感件设置): then only those on it see it, see `matters.access`.

    `admitted` are the accounts that may see it besides, all of them: who is left out is admitted no more.
    Raises Invalid for one who is not an active account here, Conflict when nothing changes.
    """
    with acting("restrict", matter_id=matter_id, actor=actor) as act:
        matter = act.matter
        people = _people(admitted) if sensitive else []
        wanted = sorted(person.pk for person in people)
        if (sensitive, wanted) == (matter.sensitive, sorted(matter.admitted)):
            raise Conflict("敏感件设置和知情人都没有变化。", code="nothing_changed")
        matter.sensitive, matter.admitted = sensitive, wanted
        names = "、".join(str(person) for person in people)
        act.note = f"{reason}\n知情人：{names}" if names else reason
        act.data = {"sensitive": sensitive, "admitted": len(people)}
    return act.matter


def _people(admitted: Sequence[UUID]) -> list[Staff]:
    people = list(Staff.objects.filter(pk__in=admitted, is_active=True).order_by("name"))
    if len(people) != len(set(admitted)):
        raise Invalid({"admitted": ["知情人中有已停用或不存在的账号，请重新选择。"]})
    return people
