"""When somebody may retire, and how long they must have contributed.

Source: the decision of the National People's Congress Standing Committee of 2024-09-13 and, approved by it,
《国务院关于渐进式延迟法定退休年龄的办法》 with its four tables. All of it counts by month of birth.
"""

from dataclasses import dataclass

from django.db import models

from tenants.casework.reckoning.months import Month

BEGINS = Month(2025, 1)
"""第一条: from this month on the statutory age rises."""
FLEXIBLE_MONTHS = 36
"""第三条: at most three years earlier than the statutory age, and at most three years later."""


class Category(models.TextChoices):
    """By the former statutory age (国发〔1978〕104号)."""

    MAN = "man", "男职工（原60周岁）"
    WOMAN_55 = "woman_55", "女职工（原55周岁）"
    WOMAN_50 = "woman_50", "女职工（原50周岁）"


@dataclass(frozen=True)
class Rule:
    """第一条: from `former` years on one month more for every `step` months, up to `final` years."""

    former: int
    final: int
    step: int


RULES = {
    Category.MAN: Rule(60, 63, 4),
    Category.WOMAN_55: Rule(55, 58, 4),
    Category.WOMAN_50: Rule(50, 55, 2),
}


@dataclass(frozen=True)
class Retirement:
    """The months of one person: when they would have retired, must, may at the earliest and at the latest."""

    former: Month
    statutory: Month
    earliest: Month
    latest: Month
    delay: int
    """Months by which the statutory age rose for this person."""
    age: int
    """The statutory age in months."""


def retirement(born: Month, category: Category) -> Retirement:
    """The statutory month of somebody born in `born`, and the limits of the flexible one.

    第一条 and its tables 1–3 for the statutory age; 第三条 for the limits: never below the former age.
    Whoever reached the former age before 2025 is under the former rule: nothing rises, nothing is flexible.
    """
    rule = RULES[category]
    former = born + rule.former * 12
    waited = former - BEGINS
    if waited < 0:
        return Retirement(former, former, former, former, 0, rule.former * 12)
    delay = min(waited // rule.step + 1, (rule.final - rule.former) * 12)
    statutory = former + delay
    return Retirement(
        former=former,
        statutory=statutory,
        earliest=max(former, statutory + (-FLEXIBLE_MONTHS)),
        latest=statutory + FLEXIBLE_MONTHS,
        delay=delay,
        age=rule.former * 12 + delay,
    )


def least_contribution(year: int) -> int:
    """Months of contribution that a monthly pension needs for those who retire in `year`.

    第二条 and its table 4: fifteen years up to 2029, from 2030 six months more every year, twenty from 2039.
    """
    return min(180 + 6 * max(year - 2029, 0), 240)
