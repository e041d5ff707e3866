"""Runs the lives of several centres in the order of time, and carries what they send each other."""

from collections.abc import Callable, Iterable
from datetime import datetime
from heapq import heappop, heappush

from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch
from bancheng.exchange.models import Message
from bancheng.timekeeping import clock
from tenants.demo.lives import Beat, Beats

Queue = list[tuple[datetime, int, str, Beats]]


class Clockwork:
    """Lives that stay in one centre run in its own queue; those that cross over are what all wait for.

    Within a centre everything happens in the order of time, arrivals from other centres included, so its
    numbers are in the order of its dates. What lies after `until` does not happen.
    """

    def __init__(self, codes: Iterable[str], until: datetime) -> None:
        self.until = until
        self._queues: dict[str, Queue] = {code: [] for code in codes}
        self._crossing: Queue = []
        self._count = 0

    def add(self, first: Beat, life: Beats, *, crosses: bool = False) -> None:
        """Let `life` begin at its first beat."""
        self._push(self._crossing if crosses else self._queues[first.centre], first, life)

    def run(self, done: Callable[[str], None]) -> None:
        """Run everything up to `until`; `done` hears of each centre that has come to the end."""
        while self._crossing and self._crossing[0][0] <= self.until:
            at, _, centre, life = heappop(self._crossing)
            self._advance(centre, at)
            with in_centre(centre):
                self._go_on(self._crossing, at, life)
            self._deliver(at)
        for centre in self._queues:
            self._advance(centre, self.until)
            done(centre)

    def _advance(self, centre: str, until: datetime) -> None:
        """Run the centre's own lives up to `until`."""
        queue = self._queues[centre]
        if not queue or queue[0][0] > until:
            return
        with in_centre(centre):
            while queue and queue[0][0] <= until:
                at, _, _, life = heappop(queue)
                self._go_on(queue, at, life)

    def _go_on(self, queue: Queue, at: datetime, life: Beats) -> None:
        with clock.at(at):
            following = next(life, None)
        if following is not None:
            self._push(queue, following, life)

    def _push(self, queue: Queue, beat: Beat, life: Beats) -> None:
        self._count += 1
        heappush(queue, (beat.at, self._count, beat.centre, life))

    def _deliver(self, at: datetime) -> None:
        """Hand over what was posted at this moment, to centres that have lived up to it."""
        posted = Message.objects.filter(state=Message.State.PENDING, source__in=list(self._queues))
        for message in posted.order_by("case_id", "seq"):
            self._advance(message.target, at)
            with clock.at(at):
                dispatch.deliver(message.pk)
