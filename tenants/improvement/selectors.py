"""What is read of problems: the register, one problem with all that hangs on it, and what waits for whom."""

from uuid import UUID

from django.db.models import Case, Q, When

from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed, require
from bancheng.overview.models import ProblemState
from bancheng.tenancy import TenantQuerySet
from bancheng.timekeeping import clock
from tenants.improvement.models import Measure, Problem, Study
from tenants.improvement.workflow import SETTLED, UNDER_WAY
from tenants.matters import selectors as matters
from tenants.matters.models import Matter, MatterCause

Problems = TenantQuerySet[Problem]


def listed(actor: Actor, *, state: str = "", item: str = "", cause: str = "", pain: str = "") -> Problems:
    """The register: what waits for a decision first, then what is under way, each newest first.

    `state` may be "under_way" and "settled" too. Dismissed ones are shown when asked for. Raises NotAllowed.
    """
    require(actor, "problem.view")
    rows: Problems = Problem.objects.all()
    if state == "under_way":
        rows = rows.filter(state__in=UNDER_WAY)
    elif state == "settled":
        rows = rows.filter(state__in=SETTLED)
    elif state:
        rows = rows.filter(state=state)
    else:
        rows = rows.exclude(state=ProblemState.DISMISSED)
    narrow = {"item": item, "cause": cause, "pain": pain}
    rows = rows.filter(**{name: value for name, value in narrow.items() if value})
    return rows.annotate(place=_PLACE).order_by("place", "-proposed_at", "-id")


_PLACE = Case(When(state=ProblemState.PROPOSED, then=0), When(state__in=UNDER_WAY, then=1), default=2)


def problem_for(actor: Actor, problem_id: UUID) -> Problem:
    """One problem with its course, studies, measures and watches. Raises NotAllowed, NotFound."""
    require(actor, "problem.view")
    rows = Problem.objects.select_related("opened_by").prefetch_related(
        "events", "studies__by", "measures__owner", "watches"
    )
    found = rows.filter(pk=problem_id).first()
    if found is None:
        raise NotFound("没有这个问题。")
    return found


def studies(actor: Actor, problem: Problem) -> list[tuple[Study, list[Matter]]]:
    """Its studies, newest first, each with those of the matters it rests on that this person may see."""
    found = list(problem.studies.all())
    wanted = {pk for study in found for pk in study.matters}
    seen = {m.pk: m for m in matters.visible_to(actor).filter(pk__in=wanted)} if wanted else {}
    return [(study, [seen[pk] for pk in study.matters if pk in seen]) for study in found]


def waiting_for(actor: Actor) -> Problems:
    """Those in which this person has the next move: proposals to decide on, own measures that are overdue."""
    moves = Q(pk=None)
    if allowed(actor, "problem.open"):
        moves |= Q(state=ProblemState.PROPOSED)
    if actor.id is not None:
        moves |= Q(pk__in=overdue_measures().filter(owner_id=actor.id).values("problem_id"))
    rows: Problems = Problem.objects.filter(moves)
    return rows


def overdue_measures() -> TenantQuerySet[Measure]:
    """Their day has passed and they are not on trial; oldest first."""
    rows: TenantQuerySet[Measure] = Measure.objects.filter(
        problem__state__in=UNDER_WAY, from_on=None, ended_on=None, due_on__lt=clock.today()
    )
    return rows.select_related("problem").order_by("due_on", "id")


def problem_of(matter: Matter) -> Problem | None:
    """The problem of a matter's item and principal cause, if there is one that was not dismissed."""
    cause = MatterCause.objects.filter(matter=matter.pk, principal=True).values("code")
    rows = Problem.objects.filter(item=matter.item_code, cause__in=cause)
    return rows.exclude(state=ProblemState.DISMISSED).first()
