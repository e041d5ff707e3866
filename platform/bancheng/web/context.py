"""What base.html needs on every page: where we are, who is here, the navigation, the date."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.http import HttpRequest

from bancheng.identity.actors import Actor
from bancheng.identity.roles import names
from bancheng.timekeeping import clock
from bancheng.web import navigation
from bancheng.web.navigation import Bell


@dataclass(frozen=True)
class Shell:
    """Lazy throughout: a page without the shell (a print, a fragment) costs nothing."""

    request: HttpRequest

    @cached_property
    def kind(self) -> str:
        """centre, office or public: decides the accent and the navigation."""
        return str(getattr(self._tenant, "kind", "public"))

    @property
    def home(self) -> str:
        """The URL name of the first page here."""
        return {"centre": "workbench", "office": "overview"}.get(self.kind, "landing")

    @cached_property
    def place(self) -> str:
        """The office's name as the top bar says it."""
        return str(getattr(self._tenant, "name", "")) if self.kind != "public" else ""

    @cached_property
    def actor(self) -> Actor | None:
        user = getattr(self.request, "user", None)
        return user.actor if user is not None and user.is_authenticated else None

    @cached_property
    def roles(self) -> str:
        return names(self.actor.roles) if self.actor else ""

    @cached_property
    def navigation(self) -> list[navigation.Line]:
        return list(navigation.lines(self.request, self.kind, self.actor, self.waiting)) if self.actor else []

    @cached_property
    def bell(self) -> Bell | None:
        return navigation.bell(self.request, self.waiting) if self.actor else None

    @cached_property
    def waiting(self) -> dict[str, int]:
        """The numbers beside the navigation and the bell; one query."""
        return navigation.waiting(self.request, self.kind, self.actor) if self.actor else {}

    @cached_property
    def today(self) -> date:
        return clock.today()

    @property
    def _tenant(self) -> object:
        return getattr(self.request, "tenant", None)


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor."""
    return {"shell": Shell(request)}
