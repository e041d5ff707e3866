"""Who does something: the person or the machine that every action and every audit entry names."""

from dataclasses import dataclass
from uuid import UUID

from bancheng.identity.roles import REPORTER_ROLES, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at work, or the system itself. It carries no table row, so it travels anywhere.

    `id` is the account's, or None for the system; `label` is the name that is shown; `department` is a
    department's code or ""; `centre` is a centre's code, or "" where no schema is served.
    """

    id: UUID | None
    label: str
    roles: frozenset[Role]
    department: str
    centre: str

    @classmethod
    def system(cls, label: str, centre: str) -> "Actor":
        """The machine acting by itself (a deadline, an arriving referral). It holds no role."""
        return cls(id=None, label=label, roles=frozenset(), department="", centre=centre)

    @classmethod
    def terminal(cls, centre: str) -> "Actor":
        """Whoever runs a command on the server: an operator, known by no account."""
        return cls(
            id=None, label="服务器终端", roles=frozenset({Role.OPERATOR}), department="", centre=centre
        )

    @classmethod
    def reporter(cls, centre: str) -> "Actor":
        """Whoever showed the number and the query code of a matter: no account, and no other matter."""
        return cls(id=None, label="反映人", roles=REPORTER_ROLES, department="", centre=centre)

    @property
    def is_system(self) -> bool:
        return self.id is None and not self.roles & REPORTER_ROLES

    @property
    def staff_id(self) -> UUID:
        """The account's id, for acts that only a person can do. Raises TypeError for the system."""
        if self.id is None:
            raise TypeError(f"{self.label} is the system, not a person")
        return self.id
