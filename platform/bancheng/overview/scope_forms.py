"""What pages of figures are narrowed by, and which cells a drill-down shows; all of it is in the address."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django import forms

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.words import Kind, Mode, Outcome, ReporterKind
from bancheng.errors import Invalid
from bancheng.overview import cells, selectors
from bancheng.overview.forms import choice_field
from bancheng.overview.scope import CROSS, NONE, Scope
from bancheng.timekeeping import clock
from bancheng.timekeeping.due import LEVEL_CHOICES
from bancheng.web.http import require_valid

MONTHS = 12
LONGEST = timedelta(days=5 * 366)
FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Outside of these a date is a slip of the hand, and reckoning with it may leave the calendar."""


class ScopeForm(forms.Form):
    """Period, centre and what else narrows; without anything the last twelve months of everything.

    With `centre` the scope is that centre alone, whatever the address says.
    """

    since = forms.DateField(label="起始日期", required=False, widget=forms.DateInput())
    until = forms.DateField(label="截止日期", required=False, widget=forms.DateInput())
    centre = forms.ChoiceField(label="中心", required=False, help_text="中心代码。")
    item = forms.ChoiceField(label="事项", required=False, help_text="事项代码。")
    scheme = forms.ChoiceField(label="险种", required=False, help_text="险种或类别的名称。")
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部类别"), *Kind.choices])
    mode = forms.ChoiceField(label="办理方式", required=False, choices=[("", "全部方式"), *Mode.choices])
    level = forms.ChoiceField(
        label="难度等级",
        required=False,
        choices=[("", "全部等级"), ("0", "尚未定级"), *((str(n), word) for n, word in LEVEL_CHOICES)],
    )
    cause = forms.ChoiceField(label="主因", required=False, help_text="根因代码，“-”为尚未研判。")
    reporter = forms.ChoiceField(
        label="反映人类别", required=False, choices=[("", "全部反映人"), *ReporterKind.choices]
    )
    outcome = forms.ChoiceField(
        label="办理结果",
        required=False,
        choices=[("", "全部结果"), *Outcome.choices, (NONE, "尚无结果")],
    )
    cross = forms.ChoiceField(
        label="跨部门、层级、地区", required=False, choices=[("", "不论是否跨越"), *CROSS.items()]
    )

    USUAL: Final = ("since", "until", "centre")
    """What stands in the first row; the rest is folded away until it is wanted."""

    def __init__(self, query: Mapping[str, Any] | None = None, *, centre: str = "") -> None:
        given = query or {}
        self.served = centre
        usual = default_scope()
        data = {name: given.get(name, "") for name in self.base_fields}
        data["since"] = data["since"] or usual.since.isoformat()
        data["until"] = data["until"] or usual.until.isoformat()
        super().__init__(data)
        if centre:
            del self.fields["centre"]
        else:
            choice_field(self, "centre").choices = [("", "全部中心"), *selectors.centre_choices()]
        items = _with(catalogue.item_choices(), data["item"], selectors.item_name)
        schemes = [(scheme, scheme) for scheme in catalogue.schemes()]
        causes = _with(catalogue.cause_choices(), data["cause"], selectors.cause_name)
        choice_field(self, "item").choices = [("", "全部事项"), *items]
        choice_field(self, "scheme").choices = [("", "全部险种"), *schemes]
        choice_field(self, "cause").choices = [("", "全部主因"), *causes, (NONE, "尚未研判")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("since", "until"):
            if (day := cleaned.get(name)) and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, f"日期须在{FIRST_YEAR}年至{LAST_YEAR}年之间。")
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "截止日期不能早于起始日期。")
        elif since and until and until - since > LONGEST:
            self.add_error("since", "期间最长五年，请缩短后再查。")
        return cleaned

    def scope(self) -> Scope:
        """What was asked for; a condition that makes no sense narrows nothing, a period is the usual one."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        if not {"since", "until"} <= chosen.keys():
            usual = default_scope()
            chosen |= {"since": usual.since, "until": usual.until}
        return Scope(**chosen | ({"centre": self.served} if self.served else {}))

    def narrowings(self) -> list["Narrowing"]:
        """What narrows it beside the period, in words, with the name that takes it off the address."""
        self.is_valid()
        return [
            Narrowing(name, str(field.label), str(dict(_flat(field.choices)).get(value, value)))
            for name, field in self.fields.items()
            if isinstance(field, forms.ChoiceField) and (value := self.cleaned_data.get(name))
        ]

    @property
    def usual(self) -> list[forms.BoundField]:
        """The fields of the first row."""
        return [self[name] for name in self.fields if name in self.USUAL]

    @property
    def more(self) -> list[forms.BoundField]:
        """The other fields."""
        return [self[name] for name in self.fields if name not in self.USUAL]


@dataclass(frozen=True)
class Narrowing:
    """A condition as it is told: 中心：张北县."""

    name: str
    label: str
    value: str


class CellsForm(forms.Form):
    """Which two dimensions a drill-down sets against each other, and what it counts."""

    rows = forms.ChoiceField(label="行", required=False)
    columns = forms.ChoiceField(label="列", required=False)
    measure = forms.ChoiceField(
        label="计数",
        required=False,
        choices=[(name, selectors.counter_word(name)) for name in cells.MEASURES],
    )

    def __init__(self, query: Mapping[str, Any] | None = None, *, centre: str = "") -> None:
        given = query or {}
        self.opening = {"rows": "month", "columns": "outcome" if centre else "centre", "measure": "accepted"}
        super().__init__({name: given.get(name) or usual for name, usual in self.opening.items()})
        known = [
            (name, each.label) for name, each in cells.DIMENSIONS.items() if not centre or name != "centre"
        ]
        for name in ("rows", "columns"):
            choice_field(self, name).choices = known

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("rows") and cleaned.get("rows") == cleaned.get("columns"):
            self.add_error("columns", "行和列不能是同一个，请换一个。")
        return cleaned

    def chosen(self) -> dict[str, str]:
        """The arguments of `cells.cells`; what the page opens with where the choice makes no sense."""
        return dict(self.cleaned_data) if self.is_valid() else self.opening


def asked_scope(query: Mapping[str, Any], centre: str, known: Collection[str] = ()) -> Scope:
    """The scope that an address of the API asks for, of the centre alone where there is one.

    Raises Invalid for what makes no sense, and for a name that is neither the form's nor `known`.
    """
    form = ScopeForm(query, centre=centre)
    if unknown := set(query) - set(form.fields) - set(known):
        raise Invalid({name: ["没有这个查询条件，请核对名称。"] for name in sorted(unknown)})
    require_valid(form)
    return form.scope()


def default_scope() -> Scope:
    """The running month and the eleven before it."""
    today = clock.today()
    return Scope(months_back(today, MONTHS - 1), today)


def months_back(day: date, months: int) -> date:
    """The first day of the month that lies `months` before the one of `day`."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    """Value and word of each choice, also of those in groups."""
    for value, word in choices:
        if isinstance(word, list | tuple):
            yield from word
        else:
            yield value, word


def _with(choices: list[Any], code: str, say: Callable[[str], str]) -> list[Any]:
    """The choices with one that is in use no more, where the catalogue still knows it."""
    if not code or code in dict(_flat(choices)) or say(code) == code:
        return choices
    return [*choices, (code, say(code))]
