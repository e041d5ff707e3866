"""What the overview shows of the whole city, in the few figures that a story should move."""

from collections.abc import Iterator

from django.db.models import Sum

from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.overview.models import CentreFigure, ConsultationFact, Fact
from tenants.workbook import summary

SHOWN = {"registered": "登记", "accepted": "受理", "closed": "销号", "done": "已办成", "referred_out": "转出"}


def of_the_city() -> dict[str, int]:
    """The figures of all days, by their words; consultations apart."""
    sums = Fact.objects.aggregate(**{f"sum_{name}": Sum(name) for name in SHOWN})
    asked = ConsultationFact.objects.aggregate(sum=Sum("count"))["sum"] or 0
    return {word: sums[f"sum_{name}"] or 0 for name, word in SHOWN.items()} | {"咨询": asked}


def compared(before: dict[str, int], after: dict[str, int]) -> Iterator[str]:
    """One line for each figure: before → after."""
    for word, count in after.items():
        moved = count - before[word]
        yield f"{word} {before[word]} → {count}" + (f"（{moved:+}）" if moved else "")


def refresh(code: str) -> None:
    """Count the centre's new days now; the worker would do it within a minute."""
    with in_centre(code):
        summary.summarise(code)


def refresh_missing() -> int:
    """Count the centres that were never counted; returns how many."""
    counted = CentreFigure.objects.exclude(summarised_at=None).values_list("centre", flat=True)
    missing = Centre.objects.filter(kind="centre", suspended_at=None).exclude(code__in=list(counted))
    codes = list(missing.values_list("code", flat=True))
    for code in codes:
        refresh(code)
    return len(codes)
