"""How each act is told in the timeline: its mark, and what its data says beside the note."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Says = Callable[[Mapping[str, Any], Mapping[str, str]], list[str]]
"""From an event's data and the departments' names by code, the phrases for the timeline; "" are left out."""


def _nothing(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return []


@dataclass(frozen=True)
class Mark:
    """An icon of `bancheng.web.icons`, a tone (blue, green, amber, red, teal, grey), and the phrases."""

    icon: str = "check"
    tone: str = "grey"
    says: Says = _nothing


_marks: dict[str, Mark] = {}
_UNMARKED = Mark()


def tell(act: str, icon: str, tone: str = "blue", says: Says = _nothing) -> None:
    """Say how an act is shown; apps call it beside `acts.bind`."""
    _marks[act] = Mark(icon, tone, says)


def mark(act: str) -> Mark:
    """How the act is shown; a plain check for one that nobody described."""
    return _marks.get(act, _UNMARKED)


def word(choices: Any, code: Any) -> str:
    """The label of a choice, "" for an unknown code."""
    return str(dict(choices.choices).get(code, ""))
