"""The whole state machine on one page: what may be done to a matter, from where, to where, by whom, and if.

The same table enforces, draws the buttons, fills `available_actions` in the API, prints the diagram and is
tested exhaustively. Who may do what stands in `bancheng.identity.permissions`, under "matter.<name>".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bancheng.catalogue.words import Mode
from bancheng.errors import Conflict, NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import PERMISSIONS, allowed, require
from bancheng.identity.roles import DEPARTMENT_ROLES, Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.due import closing
from tenants.matters.models import Matter
from tenants.matters.states import ENDED, OPEN, RUNNING, State

Guard = Callable[[Matter, Actor], str | None]
"""Why not, in one sentence for the person who asks; None when nothing stands in the way."""

RETURN_WITHIN_DAYS = 2
"""Working days after assignment within which a department may return a matter."""
RETURNS_AT_MOST = 2
EXTENSIONS_AT_MOST = 2
REOPEN_WITHIN_DAYS = 30
"""Calendar days after 销号 within which a matter may be reopened; later it is a new matter."""


# --- Guards ------------------------------------------------------------------------------------------


def triaged(matter: Matter, actor: Actor) -> str | None:
    return None if matter.level else "请先研判：确定难度等级、办理方式和初步根因。"


def clerk_only_level_one(matter: Matter, actor: Actor) -> str | None:
    if matter.level == 1 or actor.roles & {Role.WINDOW_LEAD}:
        return None
    return "窗口专员只能受理一级（简单）反映件，请交窗口负责人受理。"


def own_department(matter: Matter, actor: Actor) -> str | None:
    if matter.department_id is None or matter.department_id == actor.department:
        return None
    return f"此件交办给{matter.department}办理，您所在部门不能办理。"


def in_own_hands(matter: Matter, actor: Actor) -> str | None:
    """For the window, whoever they are; a department's people only where it leads or supports."""
    if not actor.roles <= DEPARTMENT_ROLES or actor.department in (matter.department_id, *matter.supporting):
        return None
    return "此件没有交办给您所在的部门，您不能办理。"


def supporting_department(matter: Matter, actor: Actor) -> str | None:
    return None if actor.department in matter.unanswered else "您所在部门在此件没有待答复的协办事项。"


def every_part_is_in(matter: Matter, actor: Actor) -> str | None:
    return (
        None
        if not matter.unanswered
        else f"还有{len(matter.unanswered)}个协办单位没有答复，答复齐后再办结上报。"
    )


def department_first_then_lead(matter: Matter, actor: Actor) -> str | None:
    """Everything is asked for at once; whoever has to ask again goes through the window."""
    if matter.pauses == 0:
        return own_department(matter, actor)
    return None if Role.WINDOW_LEAD in actor.roles else "已一次性告知过，再次要求补正须由窗口负责人提出。"


def before_due(matter: Matter, actor: Actor) -> str | None:
    if matter.due_on is None or clock.now() <= closing(matter.due_on):
        return None
    return "期限已过，不能再申请延期；延期须在到期之前提出。"


def first_extension(matter: Matter, actor: Actor) -> str | None:
    return None if matter.extensions == 0 else "此件已延期过，再次延期须由中心主任决定。"


def second_extension(matter: Matter, actor: Actor) -> str | None:
    if matter.extensions == 1:
        return None
    if matter.extensions == 0:
        return "此件还没有延期过，首次延期由窗口负责人或分管领导决定。"
    return f"此件已延期{EXTENSIONS_AT_MOST}次，不能再延期。"


def under_supervision(matter: Matter, actor: Actor) -> str | None:
    return None if matter.supervised else "此件没有未解除的督办单。"


def supervision_lifted(matter: Matter, actor: Actor) -> str | None:
    return None if not matter.supervised else "此件的督办单还没有解除，解除后再销号。"


def within_return_time(matter: Matter, actor: Actor) -> str | None:
    if matter.assigned_at is None:
        return None
    passed = current_calendar().between(clock.local(matter.assigned_at).date(), clock.today())
    return None if passed <= RETURN_WITHIN_DAYS else "交办已超过2个工作日，不能再退回，请办理或提请协调。"


def no_third_return(matter: Matter, actor: Actor) -> str | None:
    return None if matter.returns < RETURNS_AT_MOST else "此件已退回两次并由中心主任指定承办，不能再退回。"


def lead_assigns_director_designates(matter: Matter, actor: Actor) -> str | None:
    if matter.returns < RETURNS_AT_MOST:
        return None if Role.WINDOW_LEAD in actor.roles else "由窗口负责人交办；退回两次后由中心主任指定承办。"
    return None if Role.DIRECTOR in actor.roles else "此件已被退回两次，须由中心主任指定承办部门。"


def special_signed(matter: Matter, actor: Actor) -> str | None:
    if matter.mode != Mode.SPECIAL or matter.special_approved:
        return None
    return "特事特办须先由窗口负责人和中心主任两人签批。"


def ours_to_answer(matter: Matter, actor: Actor) -> str | None:
    return (
        "此件由其他中心转来，由首接中心答复反映人；请在转办中“办结反馈”。"
        if matter.came_by_referral
        else None
    )


def came_by_referral(matter: Matter, actor: Actor) -> str | None:
    return None if matter.came_by_referral else "此件不是转办来的，请直接答复反映人。"


_OF_CALLERS = ("call_back", "reopen", "record_rating")
"""What a caller does in the course of calling back; whoever did nothing else is no handler."""


def not_its_handler(matter: Matter, actor: Actor) -> str | None:
    if matter.events.filter(actor_id=actor.id).exclude(act__in=_OF_CALLERS).exists():
        return "您经办过此件，回访须由未经办的人员进行。"
    return None


def called_back(matter: Matter, actor: Actor) -> str | None:
    if matter.called_back:
        return None
    return "尚未完成回访：须回访到反映人，或在三个不同日期各联系未果一次。"


def within_reopen_time(matter: Matter, actor: Actor) -> str | None:
    if matter.ended_at is None:
        return None
    days = (clock.today() - clock.local(matter.ended_at).date()).days
    return None if days <= REOPEN_WITHIN_DAYS else "销号已超过30天，请另行登记并注明重复反映。"


# --- The table ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Transition:
    """One act: from the `sources` to `target` (None: the state stays), if the guards allow it."""

    name: str
    label: str
    sources: tuple[State, ...]
    target: State | None
    guards: tuple[Guard, ...] = ()
    final: bool = False
    """Asks once more before it is done."""
    system: bool = False
    """Follows from something else (an envelope, a signature, the clock); no person does it by itself."""
    also_system: bool = False
    """A person does it, and the machine may: when the clock or a rule demands it."""
    tab: str = ""
    """The tab of the matter's page where its button stands; "" for the next acts on top."""

    @property
    def permission(self) -> str:
        return f"matter.{self.name}"

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset() if self.system else PERMISSIONS[self.permission]


S = State
_AT_WORK = (S.ASSIGNED, S.HANDLING, S.AWAITING_MATERIAL, S.REFERRED, S.AWAITING_SIGNOFF)
_CLOCK_ON = tuple(s for s in RUNNING if s != S.AWAITING_MATERIAL)
_COUNSEL = (*RUNNING, S.RESOLVED, S.REPLIED)
_AFTER = (S.REPLIED, S.CLOSED)
_TABLE = (
    Transition("register", "登记", (S.DRAFT,), S.REGISTERED),
    Transition("triage", "研判", (S.REGISTERED, S.ACCEPTED), None),
    Transition("accept", "受理", (S.REGISTERED,), S.ACCEPTED, (triaged, clerk_only_level_one)),
    Transition("decline", "不予受理", (S.REGISTERED,), S.DECLINED, final=True),
    Transition("reverse_decline", "撤销不予受理", (S.DECLINED,), S.REGISTERED),
    Transition("assign", "交办", (S.ACCEPTED,), S.ASSIGNED, (lead_assigns_director_designates,)),
    Transition("sign", "签收", (S.ASSIGNED,), S.HANDLING, (own_department,)),
    Transition(
        "return_to_window",
        "退回窗口",
        (S.ASSIGNED,),
        S.ACCEPTED,
        (own_department, no_third_return, within_return_time),
    ),
    Transition("progress", "记办理进展", (S.HANDLING, S.REFERRED), None, (own_department,)),
    Transition("request_signoff", "提请签批", (S.HANDLING,), S.AWAITING_SIGNOFF, (own_department,)),
    Transition("sign_off", "签批同意", (S.AWAITING_SIGNOFF,), None, final=True),
    Transition("signed_off", "签批完成", (S.AWAITING_SIGNOFF,), S.HANDLING, system=True),
    Transition("refuse_signoff", "签批不同意", (S.AWAITING_SIGNOFF,), S.HANDLING, final=True),
    Transition("refer", "转办", (S.HANDLING,), S.REFERRED, (special_signed,), also_system=True),
    Transition("hear", "转办动态", (*RUNNING, S.RESOLVED, S.REPLIED), None, system=True),
    Transition("take_back", "转回本中心", (S.REFERRED,), S.HANDLING, system=True),
    Transition("hear_home", "来件动态", (*RUNNING, S.RESOLVED), None, (came_by_referral,), system=True),
    Transition(
        "redirected_away",
        "改派他处",
        (*RUNNING, S.RESOLVED, S.REPLIED),
        S.WITHDRAWN,
        (came_by_referral,),
        system=True,
    ),
    Transition("ask_material", "要求补正", (S.HANDLING,), S.AWAITING_MATERIAL, (department_first_then_lead,)),
    Transition("receive_material", "收到补正", (S.AWAITING_MATERIAL,), S.HANDLING, (in_own_hands,)),
    Transition(
        "resolve",
        "办结上报",
        (S.HANDLING,),
        S.RESOLVED,
        (own_department, special_signed, every_part_is_in),
    ),
    Transition("contact", "联系反映人", (*(s for s in OPEN if s != S.REGISTERED), S.REGISTERED), None),
    Transition("amend", "更正登记信息", OPEN, None),
    Transition("reply", "答复反映人", (S.RESOLVED,), S.REPLIED, (ours_to_answer,)),
    Transition("reply_merged", "随主件答复", (S.MERGED,), None, system=True),
    Transition("answer", "办结反馈", (S.RESOLVED,), S.REPLIED, (came_by_referral,)),
    Transition("call_back", "回访", (S.REPLIED,), None, (ours_to_answer, not_its_handler)),
    Transition(
        "close",
        "销号",
        (S.REPLIED,),
        S.CLOSED,
        (ours_to_answer, called_back, supervision_lifted),
        final=True,
    ),
    Transition("close_confirmed", "对方确认后销号", (S.REPLIED,), S.CLOSED, (came_by_referral,), system=True),
    Transition("reopen", "重办", (S.CLOSED,), S.HANDLING, (ours_to_answer, within_reopen_time)),
    Transition(
        "withdraw",
        "撤回",
        tuple(s for s in OPEN if s != S.REFERRED),
        S.WITHDRAWN,
        (ours_to_answer,),
        final=True,
    ),
    Transition(
        "merge",
        "并案",
        tuple(s for s in OPEN if s != S.REFERRED),
        S.MERGED,
        (ours_to_answer,),
        final=True,
    ),
    Transition("take_in", "并入他件", OPEN, None, system=True),
    # The clock
    Transition("extend", "延期", _CLOCK_ON, None, (before_due, first_extension)),
    Transition("extend_again", "再次延期", _CLOCK_ON, None, (before_due, second_extension)),
    Transition("regrade", "调整等级", RUNNING, None),
    Transition("rereckon", "期限重算", RUNNING, None, system=True),
    Transition("remind", "催办", RUNNING, None, system=True),
    Transition("notify_city", "通报", RUNNING, None, system=True),
    # Casework
    Transition(
        "check_materials", "核对材料", (S.REGISTERED, *RUNNING), None, (in_own_hands,), tab="materials"
    ),
    Transition("supply_material", "反映人补交材料", (S.REGISTERED, *RUNNING), None, tab="materials"),
    Transition("record_consent", "记录同意", (S.REGISTERED, *RUNNING), None, (in_own_hands,), tab="evidence"),
    Transition("withdraw_consent", "撤回同意", OPEN, None, (in_own_hands,), tab="evidence"),
    Transition(
        "offer_alternative", "提供替代方式", (S.REGISTERED, *RUNNING), None, (in_own_hands,), tab="evidence"
    ),
    Transition(
        "add_evidence",
        "上传佐证",
        (S.REGISTERED, *RUNNING, S.RESOLVED),
        None,
        (in_own_hands,),
        tab="evidence",
    ),
    Transition("destroy_evidence", "销毁佐证", (*OPEN, *ENDED), None, system=True),
    Transition("log_liaison", "对接单位", _COUNSEL, None, (in_own_hands,), tab="guidance"),
    Transition("explain_policy", "讲明政策", _COUNSEL, None, (in_own_hands,), tab="guidance"),
    Transition("reckon", "退休测算", _COUNSEL, None, (in_own_hands,), tab="guidance"),
    Transition("visit", "走访慰问", _COUNSEL, None, (in_own_hands,), tab="guidance"),
    # Several hands
    Transition("reassign", "部门内改派", _AT_WORK[1:4], None, (own_department,), tab="coordination"),
    Transition("ask_support", "增加协办", _AT_WORK[:4], None, tab="coordination"),
    Transition("sign_support", "协办签收", _AT_WORK, None, (supporting_department,), tab="coordination"),
    Transition("answer_support", "协办答复", _AT_WORK, None, (supporting_department,), tab="coordination"),
    Transition("record_outside_answer", "登记协办复函", _AT_WORK, None, tab="coordination"),
    Transition("call_meeting", "召集会商", RUNNING, None, tab="coordination"),
    Transition("record_minutes", "会商纪要", RUNNING, None, tab="coordination"),
    Transition(
        "carry_out_decision", "决定已落实", (*RUNNING, S.RESOLVED), None, (in_own_hands,), tab="coordination"
    ),
    Transition("record_prerequisite", "记前置条件", RUNNING, None, (in_own_hands,), tab="coordination"),
    Transition("settle_prerequisite", "前置已解决", RUNNING, None, (in_own_hands,), tab="coordination"),
    Transition("escalate", "提级", RUNNING, None, also_system=True, tab="coordination"),
    Transition("take_over", "包案", RUNNING, None, also_system=True, tab="coordination"),
    Transition("instruct", "批示", OPEN, None, tab="coordination"),
    Transition("supervise", "督办", (*RUNNING, S.RESOLVED), None, also_system=True, tab="coordination"),
    Transition(
        "answer_supervision",
        "督办反馈",
        (*RUNNING, S.RESOLVED),
        None,
        (own_department, under_supervision),
        tab="coordination",
    ),
    Transition("lift_supervision", "解除督办", OPEN, None, (under_supervision,), tab="coordination"),
    # After the reply
    Transition("rate", "评价", _AFTER, None, (ours_to_answer,)),
    Transition("record_rating", "代录评价", _AFTER, None, (ours_to_answer, not_its_handler), tab="replies"),
    Transition("rectify", "整改反馈", (*RUNNING, S.RESOLVED, *_AFTER), None, tab="replies"),
    Transition("thank", "登记锦旗感谢", _AFTER, None, tab="replies"),
    Transition("retrospect", "复盘", (S.CLOSED,), None, tab="replies"),
    Transition("restrict", "敏感件设置", OPEN, None),
    Transition("ask_contact", "反映人请求联系", OPEN, None, (ours_to_answer,)),
)
TRANSITIONS: dict[str, Transition] = {t.name: t for t in _TABLE}


# --- Enforcement -------------------------------------------------------------------------------------


def obstacle(matter: Matter, actor: Actor, name: str) -> str | None:
    """Why `actor` cannot do `name` to `matter` now, or None. Roles first, then state, then guards."""
    try:
        check(matter, actor, name)
    except (NotAllowed, Conflict) as refused:
        return refused.message
    return None


def check(matter: Matter, actor: Actor, name: str) -> Transition:
    """Return the transition, or raise NotAllowed (who), Conflict (state or guard)."""
    transition = TRANSITIONS[name]
    if transition.system:
        if not actor.is_system:
            raise NotAllowed("这一步由系统完成，不能手工操作。")
    elif not (transition.also_system and actor.is_system):
        require(actor, transition.permission)
    if matter.state not in transition.sources:
        raise Conflict(
            f"此件现在是“{State(matter.state).label}”，不能“{transition.label}”；可能刚刚有人办理过，请刷新页面。",
            code="wrong_state",
        )
    for guard in transition.guards:
        if why := guard(matter, actor):
            if guard in _WHO:
                raise NotAllowed(why)
            raise Conflict(why, code=guard.__name__)
    return transition


_WHO = frozenset({own_department, in_own_hands, supporting_department})
"""Guards that speak of the person, not of the matter: their refusal is NotAllowed."""


def choices(matter: Matter, actor: Actor) -> Iterator[tuple[Transition, str | None]]:
    """What this person's roles and the state allow, each with the guard's reason why not yet, if any."""
    for transition in TRANSITIONS.values():
        if transition.system or matter.state not in transition.sources:
            continue
        if transition.name in UNBUTTONED or not allowed(actor, transition.permission):
            continue
        yield transition, obstacle(matter, actor, transition.name)


UNBUTTONED = frozenset({"register", "refer", "answer", "supply_material", "rate", "ask_contact"})
"""Done on pages of their own: the intake form, the referral's, the reporter's."""


def diagram() -> str:
    """The table as a Mermaid state diagram, for the documents."""
    lines = ["stateDiagram-v2"]
    for t in TRANSITIONS.values():
        lines += [f"    {s.value} --> {t.target.value}: {t.name} {t.label}" for s in t.sources if t.target]
    return "\n".join(lines)
