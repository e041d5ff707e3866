"""Telling people about a matter: who is told, and that nobody is told twice."""

from uuid import UUID

from bancheng.identity.models import Staff
from bancheng.identity.roles import Role
from tenants.notices.actions import notify
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Notice
from tests.desk import Desk

LEADS = (Role.WINDOW_LEAD,)


def told() -> set[UUID]:
    return set(Notice.objects.values_list("recipient_id", flat=True))


def test_whoever_holds_the_role_is_told(desk: Desk) -> None:
    lead, _ = desk.staff(Role.WINDOW_LEAD), desk.staff(Role.DEPUTY)

    new = notify(matter=desk.accepted(), kind=NoticeKind.DUE_SOON, key="k", roles=LEADS)

    assert new == 1
    assert told() == {lead.pk}


def test_roles_of_a_department_are_told_in_that_department_alone(desk: Desk) -> None:
    ours, _, lead = desk.staff("handler", "SB"), desk.staff("handler", "YB"), desk.staff("window_lead")
    desk.staff("department_head", "SB")

    notify(
        matter=desk.accepted(),
        kind=NoticeKind.OVERDUE,
        key="k",
        roles=(Role.HANDLER, Role.WINDOW_LEAD),
        department="SB",
    )

    assert told() == {ours.pk, lead.pk}


def test_a_department_without_a_role_is_everybody_in_it(desk: Desk) -> None:
    people = {desk.staff("handler", "YB").pk, desk.staff("department_head", "YB").pk}

    notify(matter=desk.accepted(), kind=NoticeKind.SUPPORT_ASKED, key="k", department="YB")

    assert told() == people


def test_a_department_is_not_told_what_is_for_another_role(desk: Desk) -> None:
    lead, _ = desk.staff(Role.WINDOW_LEAD), desk.staff("handler", "SB")

    notify(matter=desk.accepted(), kind=NoticeKind.INSTRUCTED, key="k", roles=LEADS, department="SB")

    assert told() == {lead.pk}


def test_a_role_of_a_department_means_nothing_without_one(desk: Desk) -> None:
    matter = desk.accepted()

    assert notify(matter=matter, kind=NoticeKind.OVERDUE, key="k", roles=(Role.HANDLER,)) == 0


def test_people_are_told_by_id_and_nobody_is_nobody(desk: Desk) -> None:
    handler = desk.staff("handler")

    assert notify(matter=desk.accepted(), kind=NoticeKind.OVERDUE, key="k", staff=(handler.pk, None)) == 1
    assert told() == {handler.pk}


def test_who_works_here_no_more_is_not_told(desk: Desk) -> None:
    desk.staff(Role.DEPUTY)
    Staff.objects.filter(roles__contains=[Role.DEPUTY]).update(is_active=False)

    assert notify(matter=desk.accepted(), kind=NoticeKind.OVERDUE, key="k", roles=(Role.DEPUTY,)) == 0


def test_nobody_is_told_the_same_twice(desk: Desk) -> None:
    matter = desk.accepted()

    new = [notify(matter=matter, kind=NoticeKind.OVERDUE, key="k", roles=LEADS) for _ in range(3)]

    assert new == [1, 0, 0]


def test_another_key_another_kind_and_another_matter_are_news(desk: Desk) -> None:
    first, second = desk.accepted(), desk.accepted()
    notify(matter=first, kind=NoticeKind.OVERDUE, key="k", roles=LEADS)

    new = [
        notify(matter=first, kind=NoticeKind.OVERDUE, key="another", roles=LEADS),
        notify(matter=first, kind=NoticeKind.DUE_SOON, key="k", roles=LEADS),
        notify(matter=second, kind=NoticeKind.OVERDUE, key="k", roles=LEADS),
    ]

    assert new == [1, 1, 1]


def test_a_sensitive_matter_is_told_only_to_those_on_it(desk: Desk) -> None:
    matter, lead, deputy = desk.accepted(), desk.staff(Role.WINDOW_LEAD), desk.staff(Role.DEPUTY)
    desk.staff(Role.SUPERVISOR)
    matter.sensitive, matter.admitted = True, [deputy.pk]
    matter.save(update_fields=["sensitive", "admitted"])

    notify(
        matter=matter,
        kind=NoticeKind.OVERDUE,
        key="k",
        roles=(Role.WINDOW_LEAD, Role.DEPUTY, Role.SUPERVISOR),
    )

    assert told() == {lead.pk, deputy.pk}
