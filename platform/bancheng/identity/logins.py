"""Checking a password: in the same time for every name, counted, locked after five wrong ones in a row."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from bancheng.errors import NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from bancheng.identity.place import served_centre
from bancheng.privacy import audit
from bancheng.timekeeping import clock

FAILURES_ALLOWED: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)


class Locked(NotAllowed):
    """Too many wrong passwords; even the right one is refused until the time is over."""

    code = "locked"


def check(*, username: str, password: str) -> Staff | None:
    """The active person of this name and password in this schema, or None; raises Locked.

    Every wrong password of an existing account is counted and audited at once, in a transaction of its
    own; the fifth in a row locks the account for 15 minutes. Two attempts at the same moment queue.
    """
    with transaction.atomic():
        staff: Staff | None = Staff.objects.select_for_update().filter(username=normalise(username)).first()
        if staff is None:
            Staff().set_password(password)  # the time that a check would take: the answer must not betray it
            return None
        if not _is_locked(staff):
            if staff.check_password(password) and staff.is_active:
                _forget_failures(staff)
                return staff
            _count_failure(staff)
    if _is_locked(staff):
        raise Locked(_sentence(staff))
    return None


def normalise(username: str) -> str:
    """The one way in which a username is stored and looked up."""
    return username.strip().lower()


def _is_locked(staff: Staff) -> bool:
    return staff.locked_until is not None and staff.locked_until > clock.now()


def _count_failure(staff: Staff) -> None:
    lock_is_over = staff.locked_until is not None
    staff.failed_logins = 1 if lock_is_over else staff.failed_logins + 1
    staff.locked_until = clock.now() + LOCKED_FOR if staff.failed_logins >= FAILURES_ALLOWED else None
    staff.save(update_fields=["failed_logins", "locked_until"])
    audit.record(
        actor=Actor.system("登录检查", served_centre()),
        act="staff.locked" if staff.locked_until else "staff.login_failed",
        subject=staff,
        failures=staff.failed_logins,
    )


def _forget_failures(staff: Staff) -> None:
    if staff.failed_logins or staff.locked_until:
        staff.failed_logins, staff.locked_until = 0, None
        staff.save(update_fields=["failed_logins", "locked_until"])


def _sentence(staff: Staff) -> str:
    assert staff.locked_until is not None  # noqa: S101  # only asked of a locked one
    until = clock.local(staff.locked_until)
    return (
        f"密码连续输错{FAILURES_ALLOWED}次，账号已锁定，请在{until:%H:%M}之后再试，或请平台管理员重置密码。"
    )
