"""The rows “去过哪里、何时、怎么说”: as many as are filled in."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from tenants.matters.actions import Attempt

PARTS = {"office": 60, "when": 30, "answer": 500}
"""The parts of a row and how long each may be."""
AT_MOST = 20


class AttemptsWidget(forms.Widget):
    """Rows of three inputs each on a page; a list of objects in the API."""

    template_name = "matters/widgets/attempts.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]] | Any:
        if not hasattr(data, "getlist"):
            return data.get(name) or []
        columns = [data.getlist(f"{name}-{part}") for part in PARTS]
        return [dict(zip(PARTS, row, strict=True)) for row in zip(*columns, strict=False)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}-office" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        rows = [row for row in (value or []) if isinstance(row, dict) and any(row.values())]
        context["widget"]["rows"] = rows + [{}] * (AT_MOST - len(rows))  # the page shows one blank at a time
        context["widget"]["limits"] = PARTS
        return context


class AttemptsField(forms.Field):
    """A list of `Attempt`; rows left blank are nothing."""

    widget = AttemptsWidget
    json_schema: ClassVar[dict[str, Any]] = {
        "type": "array",
        "maxItems": AT_MOST,
        "items": {
            "type": "object",
            "properties": {part: {"type": "string", "maxLength": limit} for part, limit in PARTS.items()},
            "required": ["office"],
            "additionalProperties": False,
        },
    }

    def clean(self, value: Any) -> list[Attempt]:
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise ValidationError("请按“单位、时间、答复”逐行填写。")
        rows = [{part: str(row.get(part) or "").strip() for part in PARTS} for row in value]
        rows = [row for row in rows if any(row.values())]
        if len(rows) > AT_MOST:
            raise ValidationError(f"最多填写{AT_MOST}行，其余请写到“情况说明”里。")
        for number, row in enumerate(rows, start=1):
            if not row["office"]:
                raise ValidationError(f"第{number}行缺少去过的单位。")
            for part, limit in PARTS.items():
                if len(row[part]) > limit:
                    raise ValidationError(f"第{number}行有一项超过{limit}字，请精简。")
        return [Attempt(**row) for row in rows]
