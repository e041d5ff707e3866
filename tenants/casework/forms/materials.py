"""The forms of materials; a checklist is one field of rows, for the page and for the API alike."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from bancheng.catalogue.words import MaterialKind, ObtainedBy
from bancheng.privacy.patterns import without_personal_numbers
from tenants.casework.actions import materials as actions
from tenants.casework.actions.materials import CHANGED, DOUBLED, UNKNOWN, Line
from tenants.casework.models import Material, MaterialStatus
from tenants.casework.selectors import materials as checklist
from tenants.matters.forms.base import ActForm
from tenants.matters.forms.fields import TextField

PARTS = ("id", "name", "status", "kind", "obtained_by", "follow_by", "undertaking", "source")
LIMITS = {"name": 60, "undertaking": 200, "source": 100}
AT_MOST = 60
"""Rows of a checklist."""
PERSONAL = "材料名称中不要写证件号或电话。"
BLANKS = 5
"""Rows for further materials that the page offers at a time."""

BY_WINDOW = "window"
"""Of a material that did not come: still missing, and the window gets it."""
ONWARD = (
    (MaterialStatus.RECEIVED.value, "已收到"),
    (MaterialStatus.FOLLOWS.value, "容缺后补"),
    (BY_WINDOW, "改由窗口代查"),
    (MaterialStatus.SHARED.value, "已共享取得"),
    (MaterialStatus.NOT_NEEDED.value, "不再需要"),
)
"""How it goes on with what was asked for."""


class LinesWidget(forms.Widget):
    """A row of inputs for each material on a page; a list of objects in the API."""

    template_name = "casework/widgets/lines.html"
    materials: Sequence[Material] = ()
    statuses: Sequence[tuple[str, str]] = MaterialStatus.choices
    further = True
    mistakes: dict[int, dict[str, str]]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]] | Any:
        if not hasattr(data, "getlist"):
            return data.get(name)
        columns = [data.getlist(f"{name}-{part}") for part in PARTS]
        return [dict(zip(PARTS, row, strict=True)) for row in zip(*columns, strict=False)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}-name" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        rows = self._sent(value) if isinstance(value, list) else [self._opening(m) for m in self.materials]
        blanks = min(BLANKS, max(AT_MOST - len(rows), 0)) if self.further else 0
        context["widget"] |= {
            "rows": [*rows, *({"said": {}, "blank": True} for _ in range(blanks))],
            "statuses": self.statuses,
            "kinds": MaterialKind.choices,
            "getters": ObtainedBy.choices,
            "limits": LIMITS,
            "further": self.further,
        }
        return context

    def _opening(self, material: Material) -> dict[str, Any]:
        said = {part: str(getattr(material, part) or "") for part in PARTS}
        if material._state.adding:
            said["id"] = ""
        return {"said": said, "material": material}

    def _sent(self, value: list[Any]) -> list[dict[str, Any]]:
        """What was sent, beside the material that it speaks of as it stands now; blank rows are left out."""
        rows = []
        for place, said in enumerate(value):
            if isinstance(said, dict) and _says_anything(said):
                line = Line(id=_uuid(said.get("id")), name=str(said.get("name") or "").strip())
                material = actions.named(self.materials, line)
                rows.append({"said": said, "material": material, "wrong": self.mistakes.get(place, {})})
        return rows[:AT_MOST]


class LinesField(forms.Field):
    """A list of `Line`; rows left blank are nothing. Each mistake stands at its row too."""

    widget = LinesWidget
    json_schema: ClassVar[dict[str, Any]] = {
        "type": "array",
        "maxItems": AT_MOST,
        "items": {
            "type": "object",
            "properties": {
                "id": {"type": "string", "format": "uuid", "title": "材料的编号；没有的按名称认"},
                "name": {"type": "string", "maxLength": LIMITS["name"]},
                "status": {"type": "string", "enum": [*MaterialStatus.values, BY_WINDOW]},
                "kind": {"type": "string", "enum": MaterialKind.values},
                "obtained_by": {"type": "string", "enum": ObtainedBy.values},
                "follow_by": {"type": "string", "format": "date"},
                "undertaking": {"type": "string", "maxLength": LIMITS["undertaking"]},
                "source": {"type": "string", "maxLength": LIMITS["source"]},
            },
            "required": ["status"],
            "additionalProperties": False,
        },
    }

    def __init__(self, *, statuses: Sequence[tuple[str, str]], further: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.statuses, self.further = statuses, further
        self.widget.statuses, self.widget.further, self.widget.mistakes = statuses, further, {}

    def know(self, materials: Sequence[Material], judge: Callable[[Line, Material], dict[str, str]]) -> None:
        """Say which materials there are, and by which rules a line may speak of one."""
        self.materials, self.judge, self.widget.materials = materials, judge, materials

    def clean(self, value: Any) -> list[Line]:
        rows = [] if value in (None, "") else value
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValidationError("请逐行填写材料。")
        said = [(place, row) for place, row in enumerate(rows) if _says_anything(row)]
        if len(said) > AT_MOST:
            raise ValidationError(f"材料最多{AT_MOST}行，请合并后再提交。")
        reader = _Reader(self)
        lines = [reader.line(place, row) for place, row in said]
        self.widget.mistakes = reader.mistakes
        if reader.sentences:
            raise ValidationError(reader.sentences)
        return lines


class _Reader:
    """Reads the rows of one form in order, and remembers what is wrong with each."""

    def __init__(self, field: LinesField) -> None:
        self.field = field
        self.mistakes: dict[int, dict[str, str]] = {}
        self.sentences: list[str] = []
        self.seen: set[str] = set()

    def line(self, place: int, row: dict[str, Any]) -> Line:
        text = {part: str(row.get(part) or "").strip() for part in PARTS}
        wrong: dict[str, str] = {}
        by_window = text["status"] == BY_WINDOW
        status = MaterialStatus.MISSING.value if by_window else text["status"]
        if text["status"] not in dict(self.field.statuses):
            wrong["status"] = "请选择状态。"
        for part, most in LIMITS.items():
            if len(text[part]) > most:
                wrong[part] = f"不能超过{most}字，请精简。"
        line_id = _uuid(text["id"])
        if text["id"] and line_id is None:
            wrong["name"] = UNKNOWN
        material = actions.named(self.field.materials, Line(id=line_id, name=text["name"]))
        if not wrong:
            wrong = self._wrong_name(text["name"], line_id, material)
        kind = _choice(MaterialKind, text["kind"], material.kind if material else "original", wrong, "kind")
        getter = material.obtained_by if material else ObtainedBy.SELF
        getter = ObtainedBy.WINDOW if by_window else getter
        obtained_by = _choice(
            ObtainedBy, "" if by_window else text["obtained_by"], getter, wrong, "obtained_by"
        )
        follow_by = None
        if status == MaterialStatus.FOLLOWS and text["follow_by"]:
            follow_by = _day(text["follow_by"], wrong)
        line = Line()
        if not wrong:
            line = Line(
                id=line_id,
                name=material.name if material else text["name"],
                status=MaterialStatus(status),
                kind=MaterialKind(kind),
                obtained_by=ObtainedBy(obtained_by),
                follow_by=follow_by,
                undertaking=text["undertaking"],
                source=text["source"],
            )
            wrong = self.field.judge(line, material or Material(name=line.name))
        if wrong:
            self.mistakes[place] = wrong
            called = f"“{(material.name if material else text['name'])[: LIMITS['name']]}”"
            self.sentences += [f"第{place + 1}行{called}：{sentence}" for sentence in wrong.values()]
        return line

    def _wrong_name(self, name: str, line_id: UUID | None, material: Material | None) -> dict[str, str]:
        if material is None and (line_id or not self.field.further):
            return {"name": UNKNOWN}
        called = material.name if material else name
        if not called:
            return {"name": "请填写材料名称。"}
        if called in self.seen:
            return {"name": DOUBLED}
        self.seen.add(called)
        if material is None and without_personal_numbers(name) != name:
            return {"name": PERSONAL}
        return {}


class CurrentVersion(forms.HiddenInput):
    """Shows the version that stands now: who sends again has been told of what came in between."""

    current = 0

    def format_value(self, value: Any) -> str:
        return str(self.current)


class VersionedForm(ActForm):
    """A form of rows that carries the version of the checklist with which it was opened."""

    version = forms.IntegerField(
        label="清单版本", min_value=0, widget=CurrentVersion, help_text="取自材料清单；此后已有改动的不受理。"
    )

    def prepare(self) -> None:
        self.current = checklist.version(self.matter)
        self.initial["version"] = self.fields["version"].widget.current = self.current

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors and cleaned.get("version", self.current) != self.current:
            self.add_error(None, CHANGED)
        return cleaned

    def judge(self, line: Line, material: Material) -> dict[str, str]:
        return actions.wrong_with(line, material, self.matter)


class CheckMaterialsForm(VersionedForm):
    lines = LinesField(label="材料", statuses=MaterialStatus.choices, required=False)

    def prepare(self) -> None:
        super().prepare()
        lines = self.fields["lines"]
        lines.know(checklist.checklist(self.matter), self.judge)  # type: ignore[attr-defined]  # ours


class ReceiveMaterialForm(VersionedForm):
    lines = LinesField(label="所要的材料", statuses=ONWARD, further=False, required=False)
    words = TextField(label="说明", required=False, max_length=500)

    def prepare(self) -> None:
        super().prepare()
        awaited = actions.awaited_of(self.matter, checklist.open_request(self.matter))
        self.fields["lines"].know(awaited, self.judge)  # type: ignore[attr-defined]  # ours


class AskMaterialForm(ActForm):
    wanted = forms.MultipleChoiceField(
        label="所缺材料",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="补正须一次告知全部所缺材料；窗口能查到、其他部门能共享的，不要求反映人提供。",
    )
    others = TextField(
        label="其他材料", required=False, max_length=600, help_text="清单中没有的，每行写一项。"
    )
    days = forms.IntegerField(label="补正期限（工作日）", min_value=1, max_value=20, initial=5)
    words = TextField(
        label="说明", required=False, max_length=500, help_text="怎么取得、交到哪里，写给反映人。"
    )

    def prepare(self) -> None:
        lacking = [m for m in checklist.checklist(self.matter) if m.status == MaterialStatus.MISSING]
        self.fields["wanted"].choices = [  # type: ignore[attr-defined]
            (m.name, f"{m.name}（{ObtainedBy(m.obtained_by).label}）") for m in lacking
        ]
        self.initial["wanted"] = [m.name for m in lacking if actions.waits_for_reporter(m)]

    def clean_others(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["others"].splitlines() if line.strip()]
        for name in names:
            if len(name) > LIMITS["name"]:
                raise ValidationError(f"“{name[:20]}…”超过{LIMITS['name']}字，请精简。")
            if without_personal_numbers(name) != name:
                raise ValidationError(PERSONAL)
        if len(names) > AT_MOST // 3:
            raise ValidationError(f"最多补充{AT_MOST // 3}项。")
        return names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["wanted"] and not cleaned["others"]:
            self.add_error("wanted", "请至少列明一项需要补正的材料。")
        return cleaned

    def arguments(self) -> dict[str, Any]:
        asked = self.cleaned_data
        names = [*asked["wanted"], *asked["others"]]
        return {"names": names, "days": asked["days"], "words": asked["words"]}


class SupplyMaterialForm(ActForm):
    """For the reporter: what was brought or sent."""

    item = forms.ChoiceField(label="哪一项材料", required=False)
    text = TextField(
        label="怎么交的", max_length=500, help_text="例如：户口簿复印件已交到窗口；死亡证明已于今天寄出。"
    )

    def prepare(self) -> None:
        lacking = [m.name for m in checklist.stored(self.matter) if actions.may_still_come(m)]
        choices = [("", "其他材料"), *((name, name) for name in lacking)]
        self.fields["item"].choices = choices  # type: ignore[attr-defined]


# --- Reading a row -----------------------------------------------------------------------------------


def _says_anything(row: dict[str, Any]) -> bool:
    """Whether a row is meant; those that the page offers and nobody used hold choices alone."""
    if not row.get("id") and "name" not in row:
        return True  # a program's: the page sends every part
    return any(
        str(row.get(part) or "").strip() for part in ("id", "name", "follow_by", "undertaking", "source")
    )


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _choice(choices: Any, text: str, otherwise: str, wrong: dict[str, str], part: str) -> str:
    if text and text not in choices.values:
        wrong[part] = "请从列表中选择。"
        return otherwise
    return text or otherwise


def _day(text: str, wrong: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong["follow_by"] = "日期不对：请按2026-11-24的样子填写一个真实的日期。"
        return None
