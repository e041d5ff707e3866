"""The traffic light of a due date: a colour, its word, and the working days that are left."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.clock import local
from bancheng.timekeeping.due import closing

Colour = Literal["green", "amber", "red", "grey"]


@dataclass(frozen=True)
class Light:
    """What to show. `remaining` is 0 on the due day, negative when overdue, None when no clock runs."""

    color: Colour
    word: str
    remaining: int | None = None

    @property
    def text(self) -> str:
        """The days as a phrase, empty when no clock runs: 剩3个工作日, 今日到期, 超期2个工作日."""
        if self.remaining is None:
            return ""
        if self.color == "red":
            return f"超期{-self.remaining}个工作日" if self.remaining < 0 else "超期不足1个工作日"
        return f"剩{self.remaining}个工作日" if self.remaining > 0 else "今日到期"


NOT_STARTED = Light("grey", "未起算")
PAUSED = Light("grey", "暂停计时")
FINISHED = Light("grey", "已办结")
FINISHED_LATE = Light("grey", "超期办结")


def light(
    due_on: date | None,
    now: datetime,
    calendar: WorkingCalendar,
    total_days: int,
    *,
    finished_at: datetime | None = None,
    paused: bool = False,
) -> Light:
    """The light of something due at close of business on `due_on` and given `total_days` working days.

    Red once that moment has passed; amber from 80 % of the days elapsed or with one day left; green before.
    Grey where no clock runs: no due date yet, finished, or paused.
    """
    if due_on is None:
        return NOT_STARTED
    if finished_at is not None:
        return FINISHED_LATE if finished_at > closing(due_on) else FINISHED
    if paused:
        return PAUSED
    remaining = calendar.between(local(now).date(), due_on)
    if now > closing(due_on):
        return Light("red", "超期", remaining)
    elapsed = total_days - remaining
    if remaining <= 1 or elapsed * 5 >= total_days * 4:
        return Light("amber", "临期", remaining)
    return Light("green", "正常", remaining)
