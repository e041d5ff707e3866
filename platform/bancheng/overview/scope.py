"""What of the facts is looked at: a period, and what narrows it; the same for pages, exports and API."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Model, QuerySet

from bancheng.catalogue import selectors as catalogue

NONE: Final = "-"
"""Asks for matters that have no such thing yet: no cause before triage, no outcome before the resolution."""

CROSS: Final = {
    "department": "跨部门",
    "level": "跨层级",
    "region": "跨地区",
}
"""What a matter may cross, as an address names it; the column of a fact is `cross_<name>`."""

_PERIOD: Final = ("since", "until")


@dataclass(frozen=True)
class Scope:
    """The days from `since` to `until`, both included; every other field that is "" narrows nothing.

    The values are codes as facts have them; `level` is its number as a text ("0": before triage), `cause` and
    `outcome` may be NONE, `cross` is a key of CROSS.
    """

    since: date
    until: date
    centre: str = ""
    item: str = ""
    scheme: str = ""
    kind: str = ""
    mode: str = ""
    level: str = ""
    cause: str = ""
    reporter: str = ""
    outcome: str = ""
    cross: str = ""

    @property
    def narrowed(self) -> dict[str, str]:
        """What it is narrowed by beside the period, in a fixed order."""
        chosen = ((each.name, getattr(self, each.name)) for each in fields(self) if each.name not in _PERIOD)
        return {name: value for name, value in chosen if value}

    @property
    def whole_city(self) -> bool:
        """Whether it takes in everything of the period, so that the city's sums answer it."""
        return not self.narrowed

    @property
    def query(self) -> str:
        """The part of an address after “?” that asks for it."""
        return urlencode(self.asked)

    @property
    def asked(self) -> dict[str, str]:
        """The same by names and values."""
        return {"since": self.since.isoformat(), "until": self.until.isoformat()} | self.narrowed

    def having(self, name: str, value: str) -> "Scope":
        """The same narrowed by one thing more, or ("") no longer by it."""
        changed: Any = {name: value}
        return replace(self, **changed)

    @property
    def items(self) -> tuple[str, ...]:
        """The codes of the items of its scheme; without a scheme none."""
        return catalogue.codes_of(self.scheme) if self.scheme else ()

    def answered_by(self, model: type[Model]) -> bool:
        """Whether the rows of the model know all that it is narrowed by; consultations have no kind, say."""
        known = {each.name for each in model._meta.get_fields()}
        return all(column in known for column, _ in self._columns())

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows that lie in it: rows of a day and a centre, such as facts, spans, consultations.

        Raises ValueError where `answered_by` is False: a figure of more than was asked for would be a lie.
        """
        if not self.answered_by(rows.model):
            raise ValueError(f"{rows.model.__name__} cannot be narrowed by {sorted(self.narrowed)}")
        rows = rows.filter(day__gte=self.since, day__lte=self.until)
        for column, wanted in self._columns():
            rows = rows.filter(**{f"{column}__in" if isinstance(wanted, tuple) else column: wanted})
        return rows

    def _columns(self) -> list[tuple[str, object]]:
        """Each condition as a column of a fact and its value; several values as a tuple."""
        columns: list[tuple[str, object]] = []
        for name, value in self.narrowed.items():
            if name == "scheme":
                columns.append(("item", self.items))
            elif name == "cross":
                columns.append((f"cross_{value}", True))
            elif name == "level":
                columns.append((name, int(value)))
            else:
                columns.append((name, "" if value == NONE else value))
        return columns
