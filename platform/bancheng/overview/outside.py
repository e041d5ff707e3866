"""Offices that are reached by letter: the operator keeps their addresses, and sees no case."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from bancheng.centres.models import Centre, OutsideOffice
from bancheng.errors import Conflict, Invalid, NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.privacy import audit
from bancheng.timekeeping import clock

PERMISSION = "catalogue.manage"


def listed(actor: Actor, *, q: str = "", retired: bool = False) -> QuerySet[OutsideOffice]:
    """Those in use, or the retired ones; `q` is part of a code, name or address. Raises NotAllowed."""
    require(actor, PERMISSION)
    rows = OutsideOffice.objects.filter(retired_at__isnull=not retired)
    return rows.filter(Q(code__icontains=q) | Q(name__icontains=q) | Q(address__icontains=q)) if q else rows


def office(actor: Actor, code: str) -> OutsideOffice:
    """One of them. Raises NotAllowed, NotFound."""
    require(actor, PERMISSION)
    return _found(OutsideOffice.objects.filter(code=code))


@transaction.atomic
def add(*, actor: Actor, code: str, **said: Any) -> OutsideOffice:
    """Add an office (登记外部单位). Raises Invalid for a code or a name that is taken."""
    require(actor, PERMISSION)
    taken = OutsideOffice.objects.filter(code=code).exists() or Centre.objects.filter(code=code).exists()
    if taken:
        raise Invalid({"code": ["这个代码已有单位使用，请核对。"]})
    _must_be_new(said["name"])
    made = OutsideOffice.objects.create(code=code, **said)
    audit.record(actor=actor, act="outside_office.add", subject=made, code=code)
    return made


@transaction.atomic
def change(*, actor: Actor, code: str, **said: Any) -> OutsideOffice:
    """Correct what is known of an office (修改外部单位). Its code stays, since referrals name it."""
    require(actor, PERMISSION)
    found = _found(OutsideOffice.objects.select_for_update().filter(code=code))
    _must_be_new(said["name"], but=code)
    changed = [name for name, value in said.items() if getattr(found, name) != value]
    for name in changed:
        setattr(found, name, said[name])
    found.save(update_fields=changed)
    audit.record(actor=actor, act="outside_office.change", subject=found, code=code, fields=changed)
    return found


@transaction.atomic
def retire(*, actor: Actor, code: str) -> OutsideOffice:
    """No new letters to this office (停用); what is under way goes on. Raises Conflict if it was already."""
    return _switch(actor, code, in_use=False)


@transaction.atomic
def resume(*, actor: Actor, code: str) -> OutsideOffice:
    """Letters may go there again (恢复使用). Raises Conflict if they may."""
    return _switch(actor, code, in_use=True)


def _switch(actor: Actor, code: str, *, in_use: bool) -> OutsideOffice:
    require(actor, PERMISSION)
    found = _found(OutsideOffice.objects.select_for_update().filter(code=code))
    if (found.retired_at is None) == in_use:
        raise Conflict("这个单位刚刚已经办理过，请刷新页面。", code="wrong_state")
    found.retired_at = None if in_use else clock.now()
    found.save(update_fields=["retired_at"])
    act = "outside_office.resume" if in_use else "outside_office.retire"
    audit.record(actor=actor, act=act, subject=found, code=code)
    return found


def _found(rows: QuerySet[OutsideOffice]) -> OutsideOffice:
    found = rows.first()
    if found is None:
        raise NotFound("没有这个外部单位。")
    return found


def _must_be_new(name: str, but: str = "") -> None:
    if OutsideOffice.objects.filter(name=name).exclude(code=but).exists():
        raise Invalid({"name": ["已有同名的单位，请核对是否重复登记。"]})
