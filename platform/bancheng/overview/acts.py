"""Which form and which action stand behind each of the coordinator's decisions: for pages and API alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.overview import deciding
from bancheng.overview.board import DECISIONS
from bancheng.overview.forms import GiveForm, UrgeForm
from bancheng.overview.models import BoardCase
from bancheng.web.http import require_valid


@dataclass(frozen=True)
class Bound:
    """A decision, the form that asks for what it needs, and the action that takes it."""

    name: str
    form: type[UrgeForm]
    run: Callable[..., BoardCase]

    @property
    def label(self) -> str:
        return DECISIONS[self.name]

    def opened(self, case: BoardCase, data: Any = None) -> UrgeForm:
        """The form with the units that this case may be given to."""
        return self.form(data, units=deciding.open_units(case, self.name))


BOUND: Final = {
    "urge": Bound("urge", UrgeForm, deciding.urge),
    "designate": Bound("designate", GiveForm, deciding.designate),
    "redirect": Bound("redirect", GiveForm, deciding.redirect),
}


def bound(name: str) -> Bound:
    """What stands behind the decision. Raises NotFound for a name that there is not."""
    try:
        return BOUND[name]
    except KeyError:
        raise NotFound("没有这个操作。") from None


def perform(*, name: str, case_id: UUID, actor: Actor, form: UrgeForm) -> BoardCase:
    """Take the decision with what stands in the form. Raises Invalid, and as the action."""
    require_valid(form)
    return bound(name).run(case_id=case_id, actor=actor, **form.cleaned_data)
