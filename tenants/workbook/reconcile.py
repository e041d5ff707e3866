"""Holding the city's figures against the centres' own records, and its sums against the centres' figures."""

from collections import Counter
from dataclasses import dataclass

from bancheng.overview import rollup
from bancheng.overview.models import (
    COUNTERS,
    DIMENSIONS,
    GAUGES,
    BoardCase,
    CentreFigure,
    CityDay,
    CitySpan,
    ConsultationFact,
    Fact,
    MeasureMark,
    ProblemCard,
    Span,
    SpanKind,
)
from bancheng.timekeeping import clock
from tenants.workbook import summary
from tenants.workbook.recount import BOARD, Figures, Key, on_the_board, on_the_card, recounted

CITY = "全市"
TRIES = 3
"""An act that commits between the two counts is no difference: it is gone at the next try."""


@dataclass(frozen=True)
class Difference:
    """One figure that does not agree: its counter with the day and dimensions, and what either side says."""

    centre: str
    what: Key
    fact: int
    recount: int

    def __str__(self) -> str:
        name, *rest = self.what
        words = " ".join([self.centre, _LABELS.get(name, name), *filter(None, rest)])
        return f"{words}：总览{self.fact}，重算{self.recount}"


def differences(centre: str) -> list[Difference]:
    """Bring the facts of `centre` up to date, count its schema again, and return what does not agree.

    In a fixed order, so that the first is always the same. Call inside `in_centre(centre)`.
    """
    for _ in range(TRIES):
        with clock.at(clock.now()):
            summary.summarise(centre)
            counted, said = recounted(), _said(centre)
        if not (found := _compared(centre, said, counted)):
            break
    return found


def city_differences() -> list[Difference]:
    """Bring the city's sums up to date, add the centres' figures up again, and return what does not agree."""
    for _ in range(TRIES):
        rollup.roll_up()
        counted, said = _added_up(), _city_said()
        if not (found := _compared(CITY, said, counted)):
            break
    return found


def _compared(whose: str, said: Figures, counted: Figures) -> list[Difference]:
    return [
        Difference(whose, what, said[what], counted[what])
        for what in sorted(counted.keys() | said.keys())
        if counted[what] != said[what]
    ]


# --- What the facts say ------------------------------------------------------------------------------


def _said(centre: str) -> Figures:
    said: Figures = Counter()
    for fact in Fact.objects.filter(centre=centre):
        for name in COUNTERS:
            said[name, *(str(getattr(fact, each)) for each in DIMENSIONS)] += getattr(fact, name)
    for span in Span.objects.filter(centre=centre):
        said[span.what, str(span.day), span.item, str(span.value)] += span.count
    for row in ConsultationFact.objects.filter(centre=centre):
        said["consultations", str(row.day), row.item, row.channel] += row.count
    figure = CentreFigure.objects.get(centre=centre)
    said.update({(name,): getattr(figure, name) for name in GAUGES})
    for case in BoardCase.objects.filter(keeper=centre):
        other = case.target if case.source == centre else case.source
        values = {name: getattr(case, name) for name in BOARD if name != "unit"}
        said.update(on_the_board(values | {"unit": other}))
    for card in ProblemCard.objects.filter(centre=centre):
        said.update(on_the_card(card))
    for mark in MeasureMark.objects.filter(centre=centre):
        said.update(on_the_card(mark))
    return said


# --- The city's sums ---------------------------------------------------------------------------------


def _city_said() -> Figures:
    said: Figures = Counter()
    for row in CityDay.objects.all():
        for name in (*COUNTERS, "consultations"):
            said[name, str(row.day)] += getattr(row, name)
    for span in CitySpan.objects.all():
        said[span.what, str(span.day), str(span.value)] += span.count
    return said


def _added_up() -> Figures:
    """Row by row, not by the database."""
    counted: Figures = Counter()
    for fact in Fact.objects.iterator():
        for name in COUNTERS:
            counted[name, str(fact.day)] += getattr(fact, name)
    for row in ConsultationFact.objects.iterator():
        counted["consultations", str(row.day)] += row.count
    for span in Span.objects.iterator():
        counted[span.what, str(span.day), str(span.value)] += span.count
    return counted


_LABELS = (
    {field.name: str(field.verbose_name) for model in (Fact, CentreFigure) for field in model._meta.fields}
    | {kind.value: str(kind.label) for kind in SpanKind}
    | {"consultations": "咨询", "board": "转办台账", "problemcard": "问题台账", "measuremark": "措施标记"}
)
