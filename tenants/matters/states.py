"""The states of a matter."""

from django.db import models


class State(models.TextChoices):
    """Where a matter stands. Outcome is not a state, and neither are flags such as 加急 or 督办."""

    DRAFT = "draft", "草稿"
    REGISTERED = "registered", "已登记"
    ACCEPTED = "accepted", "已受理"
    DECLINED = "declined", "不予受理"
    ASSIGNED = "assigned", "已交办"
    HANDLING = "handling", "办理中"
    AWAITING_MATERIAL = "awaiting_material", "待补正"
    REFERRED = "referred", "已转办"
    AWAITING_SIGNOFF = "awaiting_signoff", "待签批"
    RESOLVED = "resolved", "已办理"
    REPLIED = "replied", "已答复"
    CLOSED = "closed", "已销号"
    WITHDRAWN = "withdrawn", "已撤回"
    MERGED = "merged", "已并案"


IN_HAND = (
    State.ASSIGNED,
    State.HANDLING,
    State.AWAITING_MATERIAL,
    State.REFERRED,
    State.AWAITING_SIGNOFF,
)
"""The states in which a department answers for the matter."""

OPEN = (State.REGISTERED, State.ACCEPTED, *IN_HAND, State.RESOLVED, State.REPLIED)
"""The states in which somebody still has something to do."""

RUNNING = (State.ACCEPTED, *IN_HAND)
"""The states in which the handling clock runs."""

ENDED = (State.DECLINED, State.CLOSED, State.WITHDRAWN, State.MERGED)
