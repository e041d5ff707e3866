"""Whether a problem has stayed away: counted 90 and 180 days after it became routine, by the clock."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from bancheng.centres.scope import current_centre
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.overview.models import ProblemState, Verdict
from bancheng.overview.rates import Recurrence, recurrence
from bancheng.tenancy import TenantQuerySet
from bancheng.timekeeping import clock
from tenants.improvement import patterns
from tenants.improvement.acting import Act, acting
from tenants.improvement.actions.measures import WATCHED_AFTER
from tenants.improvement.actions.opening import begin_round
from tenants.improvement.models import Problem, Watch
from tenants.notices.actions import notify_of
from tenants.notices.kinds import NoticeKind


def watch_due() -> list[Watch]:
    """Count what is due, each problem in a transaction of its own; what was counted.

    The clock's own act. May be repeated, killed and run several times at once. After the last of
    WATCHED_AFTER a problem is met where matters became clearly fewer, reopened where they did not, and stays
    where it is where there are too few to tell.
    """
    due = _due().order_by("due_on", "days").values_list("pk", "problem_id")
    return [watch for pk, problem in list(due) if (watch := _watch(pk, problem)) is not None]


@transaction.atomic
def _watch(watch_id: UUID, problem_id: UUID) -> Watch | None:
    Problem.objects.select_for_update().filter(pk=problem_id).first()
    watch = _due().filter(pk=watch_id).first()  # another may have been first, or it was reopened
    if watch is None:
        return None
    system = Actor.system("系统", current_centre().code)
    with acting("watch", problem_id=watch.problem_id, actor=system) as act:
        found = count(act.problem, watch)
        watch.before, watch.after = found.before, found.after
        watch.ratio, watch.low, watch.high = found.ratio, found.low, found.high
        watch.verdict = _verdict(found, watch, act.problem)
        watch.watched_at = clock.now()
        watch.save()
        act.note = f"{watch.days}天评估：{found.text}，{watch.get_verdict_display()}。"
        act.to_state = _settle(act, watch)
        notify_of(
            thing=act.problem.pk,
            number=act.problem.number,
            kind=NoticeKind.PROBLEM_WATCHED,
            key=str(watch.pk),
            roles=(Role.WINDOW_LEAD, Role.DEPUTY),
        )
    return watch


def count(problem: Problem, watch: Watch) -> Recurrence:
    """The matters of the pattern in the watch's days from the day it became routine on, against as many days
    before the first measure of the round took effect. The trial itself belongs to neither."""
    pattern, span = (problem.item, problem.cause), timedelta(days=watch.days)
    began, routine = _took_effect(problem), watch.due_on - span
    return recurrence(
        patterns.count(pattern, began - span, began), patterns.count(pattern, routine, watch.due_on)
    )


def _took_effect(problem: Problem) -> date:
    began = problem.measures.filter(round=problem.round, routine_on__isnull=False, from_on__isnull=False)
    return began.order_by("from_on").values_list("from_on", flat=True)[0]  # type: ignore[return-value]  # not null: filtered


def _verdict(found: Recurrence, watch: Watch, problem: Problem) -> Verdict:
    """As the interval says. Where the centre's records do not reach back so far, more matters than were
    recorded before need not be more than there were: that cannot tell a return."""
    first = patterns.recorded_since()
    whole = first is not None and first <= _took_effect(problem) - timedelta(days=watch.days)
    if found.verdict == Verdict.RETURNED and not whole:
        return Verdict.UNCLEAR
    return found.verdict


def _settle(act: Act, watch: Watch) -> ProblemState:
    if watch.days < WATCHED_AFTER[-1]:
        return ProblemState.ROUTINE
    if watch.verdict == Verdict.WORKED:
        return ProblemState.MET
    if watch.verdict == Verdict.RETURNED:
        begin_round(act)
        return ProblemState.OPEN
    return ProblemState.ROUTINE


def _due() -> TenantQuerySet[Watch]:
    """Not counted yet, their last day over, of problems that are in that round and routine still."""
    rows: TenantQuerySet[Watch] = Watch.objects.filter(
        watched_at=None, due_on__lte=clock.today(), round=F("problem__round")
    )
    return rows.filter(problem__state=ProblemState.ROUTINE)
