"""Precedents for tests: drafted from a closed matter, published by another."""

from datetime import date, timedelta
from typing import Any

from uuid6 import uuid7

from bancheng.identity.roles import Role
from bancheng.precedents.models import Precedent
from bancheng.precedents.search import pairs_of, words_of
from bancheng.timekeeping import clock
from tenants.improvement.drafting import actions
from tenants.improvement.models import PrecedentDraft
from tenants.matters.models import Matter
from tests.desk import Desk

TEXTS: dict[str, Any] = {
    "title": "省属单位职工去世后的遗属待遇由哪一级核定",
    "situation": "参保关系在省级，市县都说不归自己管，家属跑了一年多。",
    "solution": "由市窗口统一受理，函商省级经办机构核定，五个工作日报一次进展。",
    "basis": "冀社险函〔2026〕112号",
    "units": "社保经办、省级经办机构",
    "causes": ["C06", "C10"],
    "working_days": 15,
}
CLERK, LEAD, DIRECTOR = Role.WINDOW_CLERK, Role.WINDOW_LEAD, Role.DIRECTOR


def drafted(desk: Desk, matter: Matter | None = None, *, by: Role = CLERK, **texts: Any) -> PrecedentDraft:
    """By the clerk unless somebody else is named, from a matter that is closed. Inside the centre."""
    matter = matter or desk.closed()
    return actions.draft(matter_id=matter.pk, actor=desk.actor(by), **TEXTS | {"reason": "示例"} | texts)


def submitted(desk: Desk, matter: Matter | None = None, **texts: Any) -> PrecedentDraft:
    return actions.submit(draft_id=drafted(desk, matter, **texts).pk, actor=desk.actor(CLERK))


def published(desk: Desk, matter: Matter | None = None, *, days: int = 730, **texts: Any) -> PrecedentDraft:
    """By the lead, for so many days from today."""
    draft = submitted(desk, matter, **texts)
    expires_on = clock.today() + timedelta(days=days)
    return actions.publish(draft_id=draft.pk, actor=desk.actor(LEAD), expires_on=expires_on)


def standing(number: int = 1, **given: Any) -> Precedent:
    """A row as another centre published it."""
    today = clock.today()
    row = TEXTS | {
        "id": uuid7(),
        "number": f"市社先〔2026〕{number}号",
        "centre": "130700",
        "item": "YL10",
        "kind": "novel",
        "published_on": today,
        "expires_on": date(today.year + 2, 1, 1),
    }
    row |= given
    words = words_of(row["title"], row["situation"], row["solution"], row["basis"], row["units"])
    return Precedent.objects.create(**row, words=words, pairs=pairs_of(words))
