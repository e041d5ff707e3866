"""How a problem comes into the register: proposed by the figures, opened by hand, dismissed, reopened."""

from collections import Counter
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from bancheng.catalogue import selectors as catalogue
from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.identity.roles import Role
from bancheng.overview.models import Pain, ProblemState
from bancheng.timekeeping import clock
from tenants.improvement import patterns, thresholds
from tenants.improvement.acting import Act, acting, locked, queue_for_new, write_down
from tenants.improvement.models import Problem
from tenants.improvement.patterns import Pattern
from tenants.improvement.workflow import SETTLED
from tenants.matters import numbering
from tenants.notices.actions import notify_of
from tenants.notices.kinds import NoticeKind

DISMISSED_FOR: Final = timedelta(days=180)
DISMISSED_UNTIL: Final = 2
"""House rules: what was dismissed comes again after so long, or once there are so many times as many."""
DECIDES: Final = (Role.WINDOW_LEAD, Role.DEPUTY)
"""Who is told of a proposal."""
AT_THE_HEAD: Final = (Role.WINDOW_LEAD, Role.DEPUTY, Role.DIRECTOR)
"""Who is told that a problem has returned."""


def propose() -> list[Problem]:
    """Propose every pattern that has come over its threshold, and reopen what has returned; what was new.

    The clock's own act, also asked for by hand. May be repeated, killed and run several times at once: a
    pattern is one problem. What was dismissed waits DISMISSED_FOR, or until there are DISMISSED_UNTIL times
    as many; of what was made routine the matters since then count alone.
    """
    limits = thresholds.in_force()
    found = {days: patterns.counts(days) for days in limits.days()}
    passed = {pattern for counts in found.values() for pattern in counts if _over(pattern, found, limits)}
    made = (_take_up(pattern, limits.of(pattern)) for pattern in sorted(passed))
    return [problem for problem in made if problem is not None]


def start(*, actor: Actor, item: str, cause: str, title: str, pain: Pain) -> Problem:
    """Open a problem by hand, whatever the figures say: what is known to be stuck need not wait for them.

    A proposal of the pattern is opened by it. Raises NotAllowed, NotFound for a code that there is not, and
    Conflict where the problem is in the register already.
    """
    require(actor, "problem.open")
    catalogue.item(item)
    catalogue.cause(cause)
    with transaction.atomic():
        queue_for_new()
        there = _present((item, cause))
        if there is not None and there.state != ProblemState.PROPOSED:
            raise Conflict(f"这一事项和根因已有问题{there.number}，请在原问题上办理。", code="there_already")
        if there is None:
            limit = thresholds.in_force().of((item, cause))
            found = patterns.counts(limit.days, only=(item, cause))[item, cause]
            there = _propose((item, cause), found, limit.days, actor, "人工提出。")
        return open_problem(problem_id=there.pk, actor=actor, title=title, pain=pain)


def open_problem(*, problem_id: UUID, actor: Actor, title: str, pain: Pain) -> Problem:
    """Take a proposal up (立项): from now on it is studied until it stays away."""
    with acting("open", problem_id=problem_id, actor=actor) as act:
        problem = act.problem
        problem.title, problem.pain = title, pain
        problem.opened_at = problem.round_at = clock.now()
        problem.opened_by_id = actor.staff_id
        act.note = f"{Pain(pain).label}：{title}"
    return act.problem


def dismiss(*, problem_id: UUID, actor: Actor, reason: str) -> Problem:
    """Not take a proposal up (不立项), with the reason; it comes again as `propose` says."""
    with acting("dismiss", problem_id=problem_id, actor=actor) as act:
        act.problem.dismissed_reason, act.problem.dismissed_at = reason, clock.now()
        act.note = reason
    return act.problem


def reopen(*, problem_id: UUID, actor: Actor, reason: str) -> Problem:
    """Take a problem up again that was routine or met (重新立项): the next round begins with its study."""
    with acting("reopen", problem_id=problem_id, actor=actor) as act:
        begin_round(act)
        act.note = reason
    return act.problem


def begin_round(act: Act) -> None:
    """The next round of the problem, and who leads is told. Its guide and measures stay as they are."""
    problem = act.problem
    problem.round += 1
    problem.reopened += 1
    problem.round_at, problem.routine_at = clock.now(), None
    notify_of(
        thing=problem.pk,
        number=problem.number,
        kind=NoticeKind.PROBLEM_RETURNED,
        key=str(problem.round),
        roles=AT_THE_HEAD,
    )


# --- From the figures --------------------------------------------------------------------------------


def _over(pattern: Pattern, found: dict[int, Counter[Pattern]], limits: thresholds.Limits) -> bool:
    limit = limits.of(pattern)
    return found[limit.days][pattern] >= limit.count


@transaction.atomic
def _take_up(pattern: Pattern, limit: thresholds.Limit) -> Problem | None:
    """Propose the pattern or reopen its problem, unless that was done or is not due; None then."""
    queue_for_new()
    there = _present(pattern)
    if there is None:
        return _propose_by_figures(pattern, limit)
    return _bring_back(locked(there.pk), limit)


def _propose_by_figures(pattern: Pattern, limit: thresholds.Limit) -> Problem | None:
    found = patterns.counts(limit.days, only=pattern)[pattern]
    if found < limit.count or _dismissed(pattern, found):
        return None
    return _propose(pattern, found, limit.days, _system(), _words(found, limit.days))


def _bring_back(problem: Problem, limit: thresholds.Limit) -> Problem | None:
    if problem.state not in SETTLED or problem.routine_at is None:
        return None
    since = clock.local(problem.routine_at).date()
    found = patterns.counts(limit.days, only=(problem.item, problem.cause), since=since)
    again = found[problem.item, problem.cause]
    if again < limit.count:
        return None
    return reopen(problem_id=problem.pk, actor=_system(), reason=f"转为常态后，{_words(again, limit.days)}")


def _propose(pattern: Pattern, found: int, days: int, actor: Actor, note: str) -> Problem:
    today = clock.today()
    problem = Problem.objects.create(
        number=numbering.problem_number(today.year, abbreviation=current_centre().abbreviation),
        item=pattern[0],
        cause=pattern[1],
        state=ProblemState.PROPOSED,
        found=found,
        window_days=days,
        proposed_at=clock.now(),
    )
    write_down(Act(problem, actor, note), "propose", None)
    if actor.is_system:
        notify_of(
            thing=problem.pk,
            number=problem.number,
            kind=NoticeKind.PROBLEM_PROPOSED,
            key="proposed",
            roles=DECIDES,
        )
    return problem


def _present(pattern: Pattern) -> Problem | None:
    """The problem of the pattern that was not dismissed."""
    rows = Problem.objects.filter(item=pattern[0], cause=pattern[1])
    return rows.exclude(state=ProblemState.DISMISSED).first()


def _dismissed(pattern: Pattern, found: int) -> bool:
    """Dismissed lately, with not much less than there are now."""
    rows = Problem.objects.filter(item=pattern[0], cause=pattern[1], state=ProblemState.DISMISSED)
    last = rows.order_by("-dismissed_at").first()
    if last is None or last.dismissed_at is None:
        return False
    return clock.now() < last.dismissed_at + DISMISSED_FOR and found < DISMISSED_UNTIL * last.found


def _system() -> Actor:
    return Actor.system("系统", current_centre().code)


def _words(found: int, days: int) -> str:
    return f"近{days}天登记{found}件，达到立项阈值。"
