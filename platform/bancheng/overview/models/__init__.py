"""What the city knows of its centres: counts and headers, never a case and nothing of any person.

Only centres' own code writes here, from within their schemas; pages read here and nowhere else.
"""

from bancheng.overview.models.board import BoardCase, CityNotice
from bancheng.overview.models.facts import (
    COUNTERS,
    DIMENSION_WORDS,
    DIMENSIONS,
    GAUGES,
    CentreFigure,
    CityDay,
    CitySpan,
    ConsultationFact,
    Fact,
    RollupDue,
    Span,
    SpanKind,
)
from bancheng.overview.models.loop import (
    CityProblem,
    ElsewhereCount,
    Link,
    MeasureKind,
    MeasureMark,
    Pain,
    ProblemCard,
    ProblemState,
    Verdict,
    ZeroReport,
)

__all__ = [
    "COUNTERS",
    "DIMENSIONS",
    "DIMENSION_WORDS",
    "GAUGES",
    "BoardCase",
    "CentreFigure",
    "CityDay",
    "CityNotice",
    "CityProblem",
    "CitySpan",
    "ConsultationFact",
    "ElsewhereCount",
    "Fact",
    "Link",
    "MeasureKind",
    "MeasureMark",
    "Pain",
    "ProblemCard",
    "ProblemState",
    "RollupDue",
    "Span",
    "SpanKind",
    "Verdict",
    "ZeroReport",
]
