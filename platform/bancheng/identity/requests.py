"""The type of a request that has passed `middleware.StaffMiddleware`, for annotations."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from bancheng.errors import NotAllowed
from bancheng.identity.actors import Actor


class StaffRequest(HttpRequest):
    """A request whose person is known: `actor` is None only where no login is asked for."""

    if TYPE_CHECKING:
        actor: Actor | None


def actor_of(request: HttpRequest) -> Actor:
    """Who acts by this request, page or API. Raises NotAllowed if nobody is logged in."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise NotAllowed("请先登录。", code="not_logged_in")
    return actor
