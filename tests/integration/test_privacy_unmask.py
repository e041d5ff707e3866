"""Personal data is shown in clear only to who may see it, for a reason, and the trail says so."""

from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

from bancheng.errors import Invalid, NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.privacy.models import AuditEntry
from bancheng.privacy.unmask import unmask


def actor(role: Role) -> Actor:
    return Actor(id=None, label="示例人员", roles=frozenset({role}), department="", centre="130722")


@pytest.fixture
def person(in_zhangbei: Any) -> Any:
    with isolate_apps("bancheng.privacy"):

        class Person(models.Model):
            PERSONAL_FIELDS = ("name", "phone")
            name = models.TextField()
            phone = models.TextField()
            note = models.TextField()

            class Meta:
                app_label = "privacy"

            def __str__(self) -> str:
                return "person"

    return Person(pk=1, name="示例甲", phone="13812341234", note="不是个人信息")


def test_the_clear_values_come_back(person: Any) -> None:
    shown = unmask(actor=actor(Role.WINDOW_CLERK), subject=person, fields=["phone"], reason="电话回访核对")

    assert shown == {"phone": "13812341234"}


def test_the_trail_says_who_saw_which_fields_of_what_and_why_but_never_the_value(person: Any) -> None:
    unmask(actor=actor(Role.WINDOW_CLERK), subject=person, fields=["phone", "name"], reason=" 电话回访核对 ")

    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor_label, entry.reason) == ("person.unmask", "示例人员", "电话回访核对")
    assert (entry.subject_type, entry.subject_id) == ("privacy.person", "1")
    assert entry.data == {"fields": ["name", "phone"]}
    with connection.cursor() as cursor:
        cursor.execute("SELECT privacy_auditentry::text FROM privacy_auditentry")
        assert "13812341234" not in cursor.fetchone()[0]


def test_who_may_not_see_it_does_not(person: Any) -> None:
    with pytest.raises(NotAllowed):
        unmask(actor=actor(Role.AUDITOR), subject=person, fields=["phone"], reason="电话回访核对")

    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("reason", ["", "核对", "   核 对   "])
def test_a_reason_must_say_something(person: Any, reason: str) -> None:
    with pytest.raises(Invalid, match="请写明查看理由") as refusal:
        unmask(actor=actor(Role.WINDOW_CLERK), subject=person, fields=["phone"], reason=reason)

    assert "reason" in refusal.value.errors
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("fields", [["note"], ["phone", "pk"], []])
def test_only_fields_declared_personal_can_be_asked_for(person: Any, fields: list[str]) -> None:
    with pytest.raises(ValueError, match="not personal fields"):
        unmask(actor=actor(Role.WINDOW_CLERK), subject=person, fields=fields, reason="电话回访核对")

    assert not AuditEntry.objects.exists()
