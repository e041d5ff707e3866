"""What home tells the receiving centre later: recalled, redirected, chased, escalated, material given."""

from uuid import UUID

from bancheng.centres.scope import current_centre
from bancheng.identity.actors import Actor
from bancheng.identity.roles import DEPARTMENT_ROLES, Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.matters.acting import acting, locked
from tenants.matters.models import Matter
from tenants.matters.workflow import TRANSITIONS
from tenants.notices.actions import notify
from tenants.notices.kinds import NoticeKind
from tenants.referrals import board, cargo, envelopes, following, sending
from tenants.referrals.locks import locked_referral
from tenants.referrals.models import UNDER_WAY, Direction, Referral, State
from tenants.referrals.receiving import at_home


def let_go(referral: Referral, *, reason: str) -> None:
    """It was not signed for: it goes back to home, which is told so."""
    referral.state, referral.ended_at = State.RECALLED, clock.now()
    referral.recall_reason = reason
    referral.save()
    cargo.release(referral)
    board.show(referral)
    envelopes.post_recalled(referral, source=current_centre().code)


def recall_came_late(referral: Referral) -> None:
    """We had signed or returned it when the wish to have it back came; home hears of that by itself."""
    at_home(referral, f"{referral.unit_name}曾申请撤回；本中心签收在先，继续办理。", {"recall": "late"})


def redirected_away(referral: Referral, *, reason: str) -> None:
    """Another unit has it now (改派): our matter ends, if there is one; what we sent on is asked back."""
    referral.state, referral.designation = State.REDIRECTED, reason
    referral.ended_at = clock.now()
    referral.save()
    cargo.release(referral)
    board.show(referral)
    if referral.matter_id is None:
        return
    left = _call_back_children(referral.matter_id)
    if locked(referral.matter_id).state not in TRANSITIONS["redirected_away"].sources:
        return
    system = Actor.system(referral.unit_name, current_centre().code)
    with acting("redirected_away", matter_id=referral.matter_id, actor=system) as act:
        act.matter.ended_at = clock.now()
        said = "市级协调员已改派其他单位承办，本中心不再办理。"
        act.note = "\n".join(filter(None, [said, reason, left]))
        act.data = {"referral": str(referral.pk)}
    tell(act.matter, NoticeKind.REDIRECTED_AWAY, str(referral.pk))


def chased(referral: Referral, *, text: str) -> None:
    """Home chases: on our matter's timeline and by notice; before signing, on the referral."""
    referral.chases, referral.chased_at = referral.chases + 1, clock.now()
    referral.save()
    said = f"{referral.unit_name}催办：{text or '请抓紧办理并反馈进展。'}"
    matter = at_home(referral, said, {"chased": True, "times": referral.chases})
    tell(matter, NoticeKind.CHASED_BY_HOME, f"{referral.pk} {referral.chases}")


def escalated(referral: Referral, *, text: str) -> None:
    """Home has asked the coordinator to step in."""
    referral.escalated_at = clock.now()
    referral.save()
    said = f"{referral.unit_name}已提请市级协调员协调：{text or '请抓紧办理。'}"
    tell(at_home(referral, said, {"escalated": True}), NoticeKind.ESCALATED_BY_HOME, str(referral.pk))


def given(referral: Referral, *, ask_id: UUID, text: str) -> None:
    """Home has given what we asked for: the matter is in our hands again."""
    asked = referral.asks.select_for_update().get(pk=ask_id, given_at=None)
    asked.given, asked.given_at = text, clock.now()
    asked.save()
    referral.state = State.SIGNED
    referral.save()
    board.show(referral)
    at_work = referral.matter is not None and referral.matter.department
    holder = (Holder.DEPARTMENT, str(at_work)) if at_work else (Holder.WINDOW, "")
    matter = at_home(referral, f"{referral.unit_name}已补正：{text}", {"state": State.SIGNED}, holder)
    tell(matter, NoticeKind.MATERIAL_GIVEN, str(ask_id))


def _call_back_children(matter_id: UUID) -> str:
    """A draft of ours is dropped, what nobody signed for is asked back; the sentence names what cannot be."""
    system = Actor.system("系统", current_centre().code)
    left = []
    mine = Referral.objects.filter(matter=matter_id, direction=Direction.SENT)
    for pk in list(mine.filter(state__in=(State.DRAFT, *UNDER_WAY)).values_list("pk", flat=True)):
        child = locked_referral(pk)
        if child.state == State.DRAFT:
            sending.drop(child, system)
        elif child.state == State.SENT and not child.by_letter:
            following.request_recall(child, reason="本件已由市级协调员改派其他单位。", actor=system)
        else:
            left.append(f"{child.number}转{child.unit_name}")
    return f"本中心再转的{'、'.join(left)}尚未了结，请告知对方停办。" if left else ""


def tell(matter: Matter | None, kind: NoticeKind, key: str) -> None:
    """The window's lead, whoever handles it, and the department that has it."""
    if matter is not None:
        roles = (Role.WINDOW_LEAD, *DEPARTMENT_ROLES)
        notify(
            matter=matter,
            kind=kind,
            key=key,
            roles=roles,
            department=matter.department_id or "",
            staff=(matter.handler_id,),
        )
