"""What is done to accounts: each act is allowed by the permission table, locked, and audited."""

import re
import secrets
from collections.abc import Collection

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from rest_framework.authtoken.models import Token

from bancheng.errors import Conflict, Invalid, NotAllowed
from bancheng.identity import logins
from bancheng.identity.actors import Actor
from bancheng.identity.models import Department, Staff
from bancheng.identity.permissions import require
from bancheng.identity.place import in_office
from bancheng.identity.roles import CENTRE_ROLES, DEPARTMENT_ROLES, OFFICE_ROLES, Role
from bancheng.privacy import audit

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,29}")
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for another when read out


@transaction.atomic
def add_department(*, actor: Actor, code: str, name: str) -> Department:
    """Open a department, or rename and reopen the one of this code. Safe to repeat."""
    require(actor, "accounts.manage")
    department: Department
    department, created = Department.objects.update_or_create(
        code=code, defaults={"name": name, "active": True}
    )
    audit.record(actor=actor, act="department.added" if created else "department.kept", subject=department)
    return department


def create_staff(
    *,
    actor: Actor,
    username: str,
    name: str,
    roles: Collection[str],
    department: str = "",
    extension: str = "",
    password: str = "",
    hashed_password: str = "",
    must_change_password: bool = True,
) -> Staff:
    """Open an account in the centre or office that the connection serves.

    Give a `password`, which must pass the password rules, or one hashed before (the demo hashes one for all
    its people); with neither, nobody can log in until `reset_password`. Raises Invalid naming each field
    that is wrong, also for a role that does not belong in this kind of office.
    """
    require(actor, "accounts.manage")
    staff = Staff(
        username=logins.normalise(username),
        name=name.strip(),
        roles=_in_order(roles),
        department_id=department or None,
        extension=extension.strip(),
        must_change_password=must_change_password,
    )
    errors = _errors(staff)
    if password:
        errors |= _password_errors(password, staff, field="password")
    if errors:
        raise Invalid(errors)
    if password:
        staff.set_password(password)
    elif hashed_password:
        staff.password = hashed_password
    else:
        staff.set_unusable_password()
    try:
        with transaction.atomic():
            staff.save(force_insert=True)
            audit.record(
                actor=actor, act="staff.created", subject=staff, roles=staff.roles, department=department
            )
    except IntegrityError as taken:
        raise Invalid({"username": ["用户名已被使用，请换一个。"]}) from taken
    return staff


@transaction.atomic
def set_roles(*, actor: Actor, staff: Staff, roles: Collection[str], department: str | None = None) -> Staff:
    """Give the person exactly these roles, and another department where one is named ("" for none).

    Takes effect with the person's next request. Raises Invalid as `create_staff` does.
    """
    require(actor, "accounts.manage")
    staff = _lock(staff)
    before, staff.roles = staff.roles, _in_order(roles)
    if department is not None:
        staff.department_id = department or None
    if errors := _errors(staff):
        raise Invalid(errors)
    staff.save(update_fields=["roles", "department"])
    audit.record(
        actor=actor,
        act="staff.roles_set",
        subject=staff,
        before=before,
        after=staff.roles,
        department=staff.department_id or "",
    )
    return staff


@transaction.atomic
def deactivate(*, actor: Actor, staff: Staff, reason: str) -> Staff:
    """Close the account: its sessions and tokens end at once, what the person did keeps the name.

    Raises Invalid without a reason, Conflict if it is closed already.
    """
    require(actor, "accounts.manage")
    if not reason.strip():
        raise Invalid({"reason": ["请写明停用原因。"]})
    staff = _lock(staff)
    if not staff.is_active:
        raise Conflict("该账号已经停用，无需再次停用。")
    staff.is_active = False
    staff.save(update_fields=["is_active"])
    _end_tokens(staff)
    audit.record(actor=actor, act="staff.deactivated", subject=staff, reason=reason.strip())
    return staff


@transaction.atomic
def reset_password(*, actor: Actor, staff: Staff) -> str:
    """A new first password, returned once and kept nowhere; it must be changed at the next login.

    Unlocks the account and ends its sessions and tokens.
    """
    require(actor, "accounts.manage")
    staff, password = _lock(staff), new_password()
    _set_password(staff, password, must_change=True)
    audit.record(actor=actor, act="staff.password_reset", subject=staff)
    return password


def change_password(*, staff: Staff, old_password: str, new_password: str) -> Staff:
    """Change one's own password. Tokens end, and every session but the one that the caller renews.

    Raises Invalid for a wrong old password (counted like a wrong login, so also Locked), for a new one that
    breaks the password rules, or that is the old one.
    """
    if logins.check(username=staff.username, password=old_password) is None:
        raise Invalid({"old_password": ["原密码不对，请重新输入。"]})
    errors = _password_errors(new_password, staff, field="new_password")
    if new_password == old_password:
        errors = {"new_password": ["新密码不能与原密码相同。"]}
    if errors:
        raise Invalid(errors)
    with transaction.atomic():
        staff = _lock(staff)
        _set_password(staff, new_password, must_change=False)
        audit.record(actor=staff.actor, act="staff.password_changed", subject=staff)
    return staff


@transaction.atomic
def issue_token(*, staff: Staff) -> str:
    """A new API token for the person; the one before ends. Raises NotAllowed on a first password."""
    staff = _lock(staff)
    if staff.must_change_password:
        raise NotAllowed("请先在网页登录并修改初始密码，再申请令牌。", code="must_change_password")
    _end_tokens(staff)
    key: str = Token.objects.create(user=staff).key
    audit.record(actor=staff.actor, act="staff.token_issued", subject=staff)
    return key


def new_password() -> str:
    """Twelve characters in three groups, about 59 bits, easy to read out on the telephone."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))


def _lock(staff: Staff) -> Staff:
    locked: Staff = Staff.objects.select_for_update().get(pk=staff.pk)
    return locked


def _in_order(roles: Collection[str]) -> list[str]:
    """Each role once, in the order of the table; unknown ones at the end, for `_errors` to refuse."""
    known = [role.value for role in Role if role in roles]
    return [*known, *sorted({str(role) for role in roles} - set(known))]


def _errors(staff: Staff) -> dict[str, list[str]]:
    """What is wrong with an account, by field."""
    errors = {}
    if not USERNAME.fullmatch(staff.username):
        errors["username"] = ["用户名须以小写字母开头，只用小写字母、数字、点、横线，共 2 至 30 位。"]
    if not 1 <= len(staff.name) <= 40:
        errors["name"] = ["请填写姓名，不超过40个字。"]
    here = OFFICE_ROLES if in_office() else CENTRE_ROLES
    if not staff.roles:
        errors["roles"] = ["请至少选择一个角色。"]
    elif strange := [role for role in staff.roles if role not in here]:
        errors["roles"] = [f"本单位没有角色“{role}”。" for role in strange]
    if staff.department_id is None:
        if not DEPARTMENT_ROLES.isdisjoint(staff.roles):
            errors["department"] = ["部门经办和部门负责人须选定部门。"]
    elif not Department.objects.filter(code=staff.department_id, active=True).exists():
        errors["department"] = [f"本单位没有部门“{staff.department_id}”。"]
    return errors


def _password_errors(password: str, staff: Staff, *, field: str) -> dict[str, list[str]]:
    try:
        validate_password(password, staff)
    except ValidationError as broken:
        return {field: broken.messages}
    return {}


def _set_password(staff: Staff, password: str, *, must_change: bool) -> None:
    staff.set_password(password)
    staff.must_change_password = must_change
    staff.failed_logins, staff.locked_until = 0, None
    staff.save(update_fields=["password", "must_change_password", "failed_logins", "locked_until"])
    _end_tokens(staff)


def _end_tokens(staff: Staff) -> None:
    Token.objects.filter(user=staff).delete()
