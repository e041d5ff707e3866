"""Checking a matter's materials, asking the reporter for what lacks, receiving it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bancheng.catalogue.words import MaterialKind, ObtainedBy
from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.casework.models import FROM_OUTSIDE, IN_HAND, Material, MaterialRequest, MaterialStatus
from tenants.casework.selectors import materials as checklist
from tenants.matters.acting import acting
from tenants.matters.models import Matter
from tenants.notices.actions import notify
from tenants.notices.kinds import NoticeKind

FOLLOW_WITHIN_DAYS = 20
"""Working days after the matter's due date, or from today where that has passed or is not set, by which a
material that may follow must be there (house rule)."""

CHANGED = "材料清单在您填写期间已有人改过，每行下方是现在的情况；请核对后再次提交，将以您填写的为准。"

UNKNOWN = "不在清单中，请刷新后重填。"
DOUBLED = "已有一行，请在那一行填写。"


@dataclass(frozen=True)
class Line:
    """What is said of one material, known by its `id` where there is one, else by its name."""

    id: UUID | None = None
    name: str = ""
    status: MaterialStatus = MaterialStatus.MISSING
    kind: MaterialKind = MaterialKind.ORIGINAL
    obtained_by: ObtainedBy = ObtainedBy.SELF
    follow_by: date | None = None
    undertaking: str = ""
    source: str = ""


def check_materials(*, matter_id: UUID, actor: Actor, version: int, lines: Sequence[Line]) -> Matter:
    """Write down how it stands with the materials (核对材料).

    What the item needs and no line names becomes missing; a line that stands and is not named stays as it
    is. Raises Conflict where the list was changed since `version`, Invalid for a line that cannot be so.
    """
    with acting("check_materials", matter_id=matter_id, actor=actor) as act:
        _same_version(act.matter, version)
        materials = checklist.checklist(act.matter)
        changed = _apply(act.matter, actor, materials, lines)
        for unsaid in [material for material in materials if material._state.adding]:
            unsaid.save()
            changed.append(unsaid)
        told = checklist.completeness(materials)
        act.note = _told(changed) or "核对无变化。"
        act.data = {
            "total": told.total,
            "ready": told.ready,
            "follows": told.follows,
            "missing": told.missing,
        }
    return act.matter


def ask_material(
    *, matter_id: UUID, actor: Actor, names: Sequence[str], days: int = 5, words: str = ""
) -> Matter:
    """Ask the reporter for materials (要求补正), all at once; the clock stands still until they are there.

    `days` are the reporter's working days from today. Whatever the checklist knows to lack and somebody
    outside has to bring must be among `names`. Raises Invalid where it is not, or where nothing is named.
    """
    with acting("ask_material", matter_id=matter_id, actor=actor) as act:
        wanted = list(dict.fromkeys(names))
        materials = {each.name: each for each in checklist.checklist(act.matter)}
        if not wanted:
            raise Invalid({"wanted": ["请至少列明一项需要补正的材料。"]})
        if left_out := [each.name for each in materials.values() if _must_be_asked(each, wanted)]:
            raise Invalid(
                {
                    "wanted": [
                        f"补正须一次告知全部所缺材料，还缺“{'”“'.join(left_out)}”；"
                        "不需要的，请先在“核对材料”中标为“不适用”。"
                    ]
                }
            )
        asked = [_asked(act.matter, materials, name) for name in wanted]
        answer_by = current_calendar().add(clock.today(), days)
        request = MaterialRequest.objects.create(
            matter=act.matter,
            number=MaterialRequest.objects.filter(matter=act.matter).count() + 1,
            asked_at=clock.now(),
            asked_by_id=actor.staff_id,
            answer_by=answer_by,
            lines=[{"name": m.name, "kind": m.kind, "by": m.obtained_by, "note": m.note} for m in asked],
            words=words,
        )
        act.matter.pauses += 1
        act.note = "\n".join(line for line in (f"请补：{'、'.join(wanted)}", words) if line)
        act.data = {"number": request.number, "count": len(wanted), "answer_by": str(answer_by)}
    return act.matter


def receive_material(
    *, matter_id: UUID, actor: Actor, version: int, lines: Sequence[Line], words: str = ""
) -> Matter:
    """Write down what came (收到补正), and how it goes on with what did not; back to handling.

    Each material that was asked for and is not there yet needs a line: received, obtained by sharing, may
    follow, no longer needed, or missing and got by the window itself. Raises Conflict where the list was
    changed since `version`, Invalid for a line that is missing or cannot be so.
    """
    with acting("receive_material", matter_id=matter_id, actor=actor) as act:
        _same_version(act.matter, version)
        request = checklist.open_request(act.matter)
        awaited = awaited_of(act.matter, request)
        changed = _apply(act.matter, actor, awaited, lines, nothing_new=True)
        if left := [m.name for m in awaited if waits_for_reporter(m)]:
            raise Invalid({"lines": [f"请逐项说明“{'”“'.join(left)}”收到没有，没有收到的怎么办。"]})
        if request:
            request.answered_at = clock.now()
            request.save(update_fields=["answered_at"])
        act.note = "\n".join(line for line in (_told(changed), words) if line)
        act.data = {
            "count": len(awaited),
            "received": sum(material.status in IN_HAND for material in awaited),
        }
    return act.matter


def supply_material(*, matter_id: UUID, actor: Actor, text: str, item: str = "") -> Matter:
    """The reporter says what was brought or sent (反映人补交材料); the window checks it."""
    with acting("supply_material", matter_id=matter_id, actor=actor) as act:
        act.note, act.data = text, {"item": item}
        notify(
            matter=act.matter,
            kind=NoticeKind.MATERIAL_SUPPLIED,
            key=str(act.matter.events_count + 1),
            roles=(Role.WINDOW_CLERK,),
            staff=(act.matter.handler_id,),
        )
    return act.matter


# --- Rules -------------------------------------------------------------------------------------------


def wrong_with(line: Line, material: Material, matter: Matter) -> dict[str, str]:
    """Why `material` cannot be as `line` says, by the line's parts; empty where it can."""
    if line.status == MaterialStatus.SHARED:
        return {} if line.source else {"source": "请写明从哪个部门或系统共享取得。"}
    if line.status != MaterialStatus.FOLLOWS:
        return {}
    if not material.may_follow:
        return {"status": "按规定不能容缺，须先补齐。"}
    wrong = {} if line.undertaking else {"undertaking": "请写明容缺承诺的内容。"}
    stands = (material.status, material.follow_by) == (line.status, line.follow_by)
    if not stands and (why := _wrong_day(line.follow_by, matter)):
        wrong["follow_by"] = why
    return wrong


def named(materials: Iterable[Material], line: Line) -> Material | None:
    """The material that the line speaks of: by its id, else by its name."""
    if line.id:
        return next((m for m in materials if m.pk == line.id and not m._state.adding), None)
    return next((m for m in materials if m.name == line.name), None)


def waits_for_reporter(material: Material) -> bool:
    """Missing, and nobody but somebody outside can bring it."""
    return material.status == MaterialStatus.MISSING and material.obtained_by in FROM_OUTSIDE


def may_still_come(material: Material) -> bool:
    """Not there yet, asked for or allowed to follow, and somebody outside brings it."""
    not_there = (MaterialStatus.MISSING, MaterialStatus.FOLLOWS)
    return material.status in not_there and material.obtained_by in FROM_OUTSIDE


def awaited_of(matter: Matter, request: MaterialRequest | None) -> list[Material]:
    """What was asked for and is still missing."""
    names = request.names if request else []
    return [m for m in checklist.stored(matter) if m.name in names and m.status == MaterialStatus.MISSING]


def _wrong_day(day: date | None, matter: Matter) -> str:
    today, calendar = clock.today(), current_calendar()
    if day is None:
        return "请填写容缺材料的补齐日期。"
    if day < today:
        return "补齐日期不能早于今天。"
    latest = calendar.add(max(matter.due_on or today, today), FOLLOW_WITHIN_DAYS)
    if day > latest:
        return f"补齐日期最迟为{latest}。"
    return "" if calendar.is_workday(day) else "补齐日期不是工作日，请改选工作日。"


def _must_be_asked(material: Material, wanted: Sequence[str]) -> bool:
    return not material._state.adding and waits_for_reporter(material) and material.name not in wanted


# --- Writing -----------------------------------------------------------------------------------------


def _same_version(matter: Matter, version: int) -> None:
    if checklist.version(matter) != version:
        raise Conflict(CHANGED, code="list_changed")


def _apply(
    matter: Matter,
    actor: Actor,
    materials: list[Material],
    lines: Iterable[Line],
    *,
    nothing_new: bool = False,
) -> list[Material]:
    """Change `materials` as the lines say, adding to the list what is new; those that changed, saved."""
    changed: list[Material] = []
    spoken_of: list[Material] = []
    for line in lines:
        material = named(materials, line)
        if material is None:
            if line.id or nothing_new:
                raise Invalid({"lines": [f"“{line.name or line.id}”{UNKNOWN}"]})
            position = max((m.position for m in materials), default=0) + 1
            material = Material(matter=matter, position=position, name=line.name, kind=line.kind)
            materials.append(material)
        elif material in spoken_of:
            raise Invalid({"lines": [f"“{material.name}”{DOUBLED}"]})
        spoken_of.append(material)
        if wrong := wrong_with(line, material, matter):
            raise Invalid({"lines": [f"“{material.name}”：{sentence}" for sentence in wrong.values()]})
        if _set(material, line, actor):
            material.save()
            changed.append(material)
    return changed


def _set(material: Material, line: Line, actor: Actor) -> bool:
    """Whether anything of the material is another than before, or new."""
    follows = line.status == MaterialStatus.FOLLOWS
    said = {
        "status": line.status,
        "obtained_by": line.obtained_by,
        "follow_by": line.follow_by if follows else None,
        "undertaking": line.undertaking if follows else "",
        "source": line.source if line.status in IN_HAND else "",
    }
    if not material._state.adding and all(getattr(material, name) == said[name] for name in said):
        return False
    if line.status not in IN_HAND:
        material.settled_at, material.settled_by_id = None, None
    elif material.status != line.status:
        material.settled_at, material.settled_by_id = clock.now(), actor.staff_id
    for name, value in said.items():
        setattr(material, name, value)
    return True


def _asked(matter: Matter, materials: dict[str, Material], name: str) -> Material:
    """The line of this name, missing whatever it was: what came before may have been of no use."""
    material = materials.get(name)
    if material is None:
        position = max((m.position for m in materials.values()), default=0) + 1
        material = materials[name] = Material(matter=matter, position=position, name=name)
    if material._state.adding or material.status != MaterialStatus.MISSING:
        material.status, material.follow_by = MaterialStatus.MISSING, None
        material.undertaking = material.source = ""
        material.settled_at, material.settled_by_id = None, None
        material.save()
    return material


def _told(materials: Sequence[Material]) -> str:
    """What became of the materials, a line for each status."""
    lines = []
    for status in MaterialStatus:
        names = [
            f"{m.name}（{m.follow_by}前）" if m.follow_by else m.name for m in materials if m.status == status
        ]
        if names:
            lines.append(f"{status.label}：{'、'.join(names)}")
    return "\n".join(lines)
