"""How time passes in the invented year: offices keep their hours, and things happen on working days."""

from datetime import date, datetime, time, timedelta
from random import Random

from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.clock import SHANGHAI

OPENS, LAST = time(8, 36), time(17, 20)


class Pace:
    """Moments in office hours, drawn from a seeded source."""

    def __init__(self, rng: Random, calendar: WorkingCalendar) -> None:
        self._rng, self._calendar = rng, calendar

    def soon(self, moment: datetime) -> datetime:
        """A quarter of an hour to an hour and a half later, or the next working morning."""
        later = moment + timedelta(minutes=self._rng.randrange(12, 90), seconds=self._rng.randrange(60))
        if self._calendar.is_workday(later.date()) and OPENS <= later.time() <= LAST:
            return later
        return self._morning(self._calendar.add(moment.date(), 1))

    def after(self, moment: datetime, at_least: int, at_most: int) -> datetime:
        """So many working days later, at an office hour; the same day is `soon`."""
        days = self._rng.randint(at_least, max(at_least, at_most))
        return self.on(self._calendar.add(moment.date(), days)) if days else self.soon(moment)

    def workday(self, day: date, working_days: int) -> date:
        """The day so many working days after this one."""
        return self._calendar.add(day, working_days)

    def on(self, day: date) -> datetime:
        """An office hour of this day, the midday break left out."""
        hour = self._rng.choice((8, 9, 9, 10, 10, 11, 14, 14, 15, 15, 16))
        minute = self._rng.randrange(36, 60) if hour == 8 else self._rng.randrange(60)
        return datetime.combine(day, time(hour, minute, self._rng.randrange(60)), SHANGHAI)

    def _morning(self, day: date) -> datetime:
        return datetime.combine(day, OPENS, SHANGHAI) + timedelta(seconds=self._rng.randrange(3000))
