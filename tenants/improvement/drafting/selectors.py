"""What is read of drafts, and which precedents are like a matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed, require
from bancheng.precedents import search
from bancheng.precedents.models import Help
from bancheng.precedents.search import Suggestion
from bancheng.privacy import audit
from bancheng.tenancy import TenantQuerySet
from tenants.improvement.drafting.workflow import TABLE
from tenants.improvement.models import DraftState, PrecedentDraft
from tenants.matters import selectors as matters
from tenants.matters.models import Matter

Drafts = TenantQuerySet[PrecedentDraft]


def visible_to(actor: Actor) -> Drafts:
    """Who may review sees all drafts, others those of matters that they may see. Raises NotAllowed."""
    require(actor, "precedent.view")
    rows: Drafts = PrecedentDraft.objects.select_related(
        "matter", "matter__reporter", "drafted_by", "reviewed_by"
    )
    if allowed(actor, "precedent.review"):
        return rows
    return rows.filter(Q(matter__in=matters.visible_to(actor)) | Q(drafted_by_id=actor.id))


def listed(actor: Actor, *, state: str = "") -> Drafts:
    """The newest first."""
    rows = visible_to(actor)
    return rows.filter(state=state) if state else rows


def draft_for(actor: Actor, draft_id: UUID) -> PrecedentDraft:
    """One of them. Raises NotFound, also for one that the person may not see; NotAllowed."""
    found = visible_to(actor).filter(pk=draft_id).first()
    if found is None:
        raise NotFound("没有这份先例稿。")
    return found


def waiting_for(actor: Actor) -> Drafts:
    """Those that this person may review, and that came back to him or her."""
    rows = PrecedentDraft.objects.filter(state=DraftState.SENT_BACK, authors__contains=[actor.id])
    if allowed(actor, "precedent.review"):
        submitted = PrecedentDraft.objects.filter(state=DraftState.SUBMITTED)
        rows = rows | submitted.exclude(authors__contains=[actor.id])
    return rows


@dataclass(frozen=True)
class Step:
    """One thing that was done to a draft, out of the audit trail."""

    at: datetime
    who: str
    what: str
    text: str
    icon: str


def course(draft: PrecedentDraft) -> list[Step]:
    """The newest first."""
    return [
        Step(entry.at, entry.actor_label, *_said(entry.act.removeprefix("precedent."), entry.reason))
        for entry in audit.entries(subject=draft)
    ]


def _said(name: str, reason: str) -> tuple[str, str, str]:
    if name in TABLE:
        return TABLE[name].label, reason, TABLE[name].icon
    return "起草", reason, "file-text"


# --- Beside a matter ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """What the tab 先例 of a matter shows: its own draft, and the precedents that are like it."""

    matter: Matter
    draft: PrecedentDraft | None
    suggestions: Sequence[Suggestion]
    helped: frozenset[UUID]
    """Ids of the precedents that were said to have helped with it."""

    @property
    def may_begin(self) -> bool:
        return self.draft is None and self.matter.state == "closed"


def beside(matter: Matter) -> Beside:
    """Six queries and one statement, however many precedents there are."""
    own = PrecedentDraft.objects.filter(matter=matter).first()
    found = search.suggested(
        item=matter.item_code,
        causes=list(matter.causes.values_list("code", flat=True)),
        text=matter.subject,
        at_most=search.SUGGESTED + 1,
    )
    others = [each for each in found if own is None or each.precedent.pk != own.pk][: search.SUGGESTED]
    helps = Help.objects.filter(matter=matter.pk).values_list("precedent_id", flat=True)
    return Beside(matter, own, others, frozenset(helps))
