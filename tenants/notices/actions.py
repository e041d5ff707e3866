"""Telling people, and taking note that they have read it."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from uuid6 import uuid7

from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from bancheng.identity.roles import DEPARTMENT_ROLES, Role
from bancheng.timekeeping import clock
from tenants.matters import access
from tenants.matters.models import Matter
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Digest, Notice

_INSERT = """
INSERT INTO notices_notice (id, recipient_id, matter_id, thing, thing_number, kind, key, at)
SELECT id, recipient, %(matter)s, %(thing)s, %(number)s, %(kind)s, %(key)s, %(at)s
FROM unnest(%(ids)s::uuid[], %(recipients)s::uuid[]) AS told (id, recipient)
ON CONFLICT DO NOTHING
"""


def notify(
    *,
    matter: Matter,
    kind: NoticeKind,
    key: str,
    roles: Collection[Role] = (),
    department: str = "",
    staff: Iterable[UUID | None] = (),
) -> int:
    """Tell the active people concerned, in the caller's transaction; how many had not been told yet.

    Concerned is who holds one of `roles` (of the department's roles only in `department`), everybody in
    `department` where no role is named, and `staff` by id; None among those is nobody. `key` says
    which time it is: a person is told the same kind with the same key about a matter once, however often
    this is called. A sensitive matter is told only to those who may see it. Two queries.
    """
    recipients = _concerned(matter, roles, department, [pk for pk in staff if pk is not None])
    return _tell(recipients, kind, key, matter=matter.pk)


def notify_of(
    *,
    thing: UUID,
    number: str,
    kind: NoticeKind,
    key: str,
    roles: Collection[Role] = (),
    staff: Iterable[UUID | None] = (),
) -> int:
    """The same about something that is no matter, such as a problem: known by its id and its number.

    `number` is shown and must not be personal; the page is the one that `kinds.PAGES` has for the kind.
    """
    wanted = Q(pk__in=[pk for pk in staff if pk is not None])
    if roles:
        wanted |= Q(roles__overlap=list(roles))
    people = Staff.objects.filter(wanted, is_active=True)
    return _tell(list(people.values_list("pk", flat=True)), kind, key, thing=thing, number=number)


def mark_read(*, notice_id: UUID, actor: Actor) -> Notice:
    """Take note that the person has read a notice of his or hers. Raises NotFound for anybody else's."""
    notice = Notice.objects.filter(pk=notice_id, recipient_id=actor.staff_id).select_related("matter").first()
    if notice is None:
        raise NotFound("没有这条提醒。")
    if notice.read_at is None:
        notice.read_at = clock.now()
        notice.save(update_fields=["read_at"])
    return notice


def mark_all_read(*, actor: Actor) -> int:
    """Take note that the person has read all notices; how many were still unread."""
    return Notice.objects.filter(recipient_id=actor.staff_id, read_at=None).update(read_at=clock.now())


def mark_digest_read(*, actor: Actor) -> None:
    """Take note that the person has seen the digests up to today's."""
    Digest.objects.filter(recipient_id=actor.staff_id, read_at=None).update(read_at=clock.now())


def keep_digest(*, recipient_id: UUID, counts: list[dict[str, Any]]) -> bool:
    """Write down what waits for a person this morning; False where today's digest stands already."""
    _, new = Digest.objects.get_or_create(
        recipient_id=recipient_id, day=clock.today(), defaults={"at": clock.now(), "counts": counts}
    )
    return new


def _tell(
    recipients: list[UUID],
    kind: NoticeKind,
    key: str,
    *,
    matter: UUID | None = None,
    thing: UUID | None = None,
    number: str = "",
) -> int:
    if not recipients:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "matter": matter,
                "thing": thing,
                "number": number,
                "kind": kind.value,
                "key": key,
                "at": clock.now(),
                "ids": [uuid7() for _ in recipients],
                "recipients": recipients,
            },
        )
        return int(cursor.rowcount)


def _concerned(matter: Matter, roles: Collection[Role], department: str, staff: list[UUID]) -> list[UUID]:
    wanted = Q(pk__in=staff)
    anywhere = [role for role in roles if role not in DEPARTMENT_ROLES]
    if anywhere:
        wanted |= Q(roles__overlap=anywhere)
    theirs = [role for role in roles if role in DEPARTMENT_ROLES] if roles else list(DEPARTMENT_ROLES)
    if department and theirs:
        wanted |= Q(department_id=department, roles__overlap=theirs)
    people = Staff.objects.filter(wanted, is_active=True)
    if matter.sensitive:
        people = people.filter(access.people_on(matter))
    return list(people.values_list("pk", flat=True))
