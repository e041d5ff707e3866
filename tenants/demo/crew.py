"""The people of a centre as actions know them, found by role: for the invented year and for the stories."""

from dataclasses import dataclass

from bancheng.errors import Refused
from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from bancheng.identity.roles import DEPARTMENT_ROLES, Role


@dataclass(frozen=True)
class Crew:
    """Who works in a centre, read once."""

    people: tuple[Actor, ...]

    @classmethod
    def here(cls) -> "Crew":
        """The crew of the centre that the connection serves."""
        return cls(tuple(person.actor for person in Staff.objects.filter(is_active=True)))

    def actor(self, role: Role, department: str = "") -> Actor:
        """The first who holds the role; for a department's role, in that department. Raises Refused."""
        for person in self.people:
            if role in person.roles and (role not in DEPARTMENT_ROLES or person.department == department):
                return person
        raise Refused(
            f"本中心没有{department}{role.label}，请先开设账号（bancheng staff add）。", code="no_staff"
        )
