"""A field of several rows with the same columns: as many as are filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

Row = dict[str, str]


@dataclass(frozen=True)
class Column:
    """One column: its name in the data, what stands above it, and how long its text may be."""

    name: str
    label: str
    limit: int


class RowsWidget(forms.Widget):
    """Rows of inputs on a page, one blank at a time; a list of objects in the API."""

    template_name = "matters/widgets/rows.html"

    def __init__(self, columns: Sequence[Column], at_most: int) -> None:
        super().__init__()
        self.columns, self.at_most = columns, at_most

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row] | Any:
        if not hasattr(data, "getlist"):
            return data.get(name) or []
        names = [column.name for column in self.columns]
        typed = [data.getlist(f"{name}-{each}") for each in names]
        return [dict(zip(names, row, strict=True)) for row in zip(*typed, strict=False)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}-{self.columns[0].name}" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        rows = [row for row in (value or []) if isinstance(row, dict) and any(row.values())]
        blank: list[Row] = [{}] * (self.at_most - len(rows))
        context["widget"]["columns"] = self.columns
        context["widget"]["rows"] = [
            [(column, row.get(column.name) or "") for column in self.columns] for row in rows + blank
        ]
        return context


class RowsField(forms.Field):
    """A list of rows; those left blank are nothing, and the first column of every other is required.

    A subclass names `columns`, `at_most`, and makes of a row what its action takes in `made`.
    """

    columns: Sequence[Column] = ()
    at_most = 20

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=RowsWidget(self.columns, self.at_most), **kwargs)

    @property
    def json_schema(self) -> dict[str, Any]:
        """For the description of the API."""
        return {
            "type": "array",
            "maxItems": self.at_most,
            "items": {
                "type": "object",
                "properties": {c.name: {"type": "string", "maxLength": c.limit} for c in self.columns},
                "required": [self.columns[0].name],
                "additionalProperties": False,
            },
        }

    def made(self, row: Row, number: int) -> Any:
        """What the action takes for a row. Raises ValidationError, naming the row by its number."""
        return row

    def clean(self, value: Any) -> list[Any]:
        labels = "、".join(column.label for column in self.columns)
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise ValidationError(f"请按“{labels}”逐行填写。")
        rows = [{c.name: str(row.get(c.name) or "").strip() for c in self.columns} for row in value]
        rows = [row for row in rows if any(row.values())]
        if self.required and not rows:
            raise ValidationError("请至少填写一行。")
        if len(rows) > self.at_most:
            raise ValidationError(f"最多填写{self.at_most}行，其余请写到别处。")
        for number, row in enumerate(rows, start=1):
            if not row[self.columns[0].name]:
                raise ValidationError(f"第{number}行缺少“{self.columns[0].label}”。")
            for column in self.columns:
                if "\x00" in row[column.name]:
                    raise ValidationError(f"第{number}行的“{column.label}”中有不能保存的字符，请重新填写。")
                if len(row[column.name]) > column.limit:
                    raise ValidationError(f"第{number}行的“{column.label}”超过{column.limit}字，请精简。")
        return [self.made(row, number) for number, row in enumerate(rows, start=1)]
