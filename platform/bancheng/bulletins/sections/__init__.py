"""The sections of a bulletin in their order: each a step of its making, by what is told on the page."""

from collections.abc import Callable
from typing import Final

from bancheng.bulletins.comparing import Sight
from bancheng.bulletins.document import Section
from bancheng.bulletins.sections import figures, improvement, matters, upkeep

STEPS: Final[tuple[tuple[str, Callable[[Sight], Section]], ...]] = (
    ("综述", figures.summary),
    ("主要指标", figures.headline),
    ("各中心情况", figures.centres),
    ("事项与主因", matters.patterns_of),
    ("时间在谁手上", matters.hands_of),
    ("转办", matters.referrals),
    ("问题、措施与先例", improvement.loop),
    ("无事可办指数", improvement.index),
    ("兜底与数据时效", upkeep.upkeep),
    ("附：全部指标与口径", figures.annex),
)
"""What is being written, and who writes it."""
