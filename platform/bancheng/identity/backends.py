"""How Django asks who somebody is: only in a schema that has accounts, and by its own rules alone."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from bancheng.identity import logins
from bancheng.identity.models import Staff
from bancheng.tenancy import PUBLIC, current_schema


class CentreBackend(BaseBackend):
    """Accounts of the centre or office that the connection serves. In public: nobody, and no query."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **credentials: Any
    ) -> Staff | None:
        """See `logins.check`; raises its Locked."""
        if current_schema() == PUBLIC or not username or not password:
            return None
        return logins.check(username=username, password=password)

    def get_user(self, user_id: UUID) -> Staff | None:
        """The active person of this id; somebody deactivated is gone with the next request."""
        if current_schema() == PUBLIC:
            return None
        staff: Staff | None = Staff.objects.filter(pk=user_id, is_active=True).first()
        return staff
