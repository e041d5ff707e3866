"""A notice to one person about one matter or another thing, and the digest of a person's morning."""

from typing import Any

from django.db import models
from uuid6 import uuid7

from bancheng.identity.models import Staff
from bancheng.tenancy import TenantModel
from tenants.matters.models import Matter
from tenants.notices import kinds


class Notice(TenantModel):
    """One person is told one thing about one matter, once. Written by `actions.notify` and `notify_of` alone.

    What is no matter, such as a problem, is known by its id (`thing`) and its number; to which page it leads
    the kind says (`kinds.PAGES`).
    `kind` is one of `kinds.NoticeKind`; the table does not repeat them, so a new kind needs no migration.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recipient = models.ForeignKey(Staff, verbose_name="收件人", on_delete=models.PROTECT, related_name="+")
    matter = models.ForeignKey(
        Matter, verbose_name="反映件", on_delete=models.PROTECT, null=True, related_name="notices"
    )
    thing = models.UUIDField("其他事由", null=True)
    thing_number = models.CharField("其他事由的编号", max_length=40, blank=True)
    kind = models.CharField("类别", max_length=20)
    key = models.CharField("缘由", max_length=80)
    at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True)

    class Meta:
        verbose_name = "提醒"
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("recipient", "matter", "kind", "key"), name="notice_once"),
            models.UniqueConstraint(
                fields=("recipient", "thing", "kind", "key"), name="notice_of_a_thing_once"
            ),
            models.CheckConstraint(
                condition=models.Q(matter=None) ^ models.Q(thing=None), name="notice_about_one"
            ),
        )
        indexes = (
            models.Index(fields=("recipient", "-at", "-id"), name="notice_newest"),
            models.Index(fields=("recipient",), condition=models.Q(read_at=None), name="notice_unread"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def word(self) -> str:
        return str(kinds.NoticeKind(self.kind).label)

    @property
    def text(self) -> str:
        """Its sentence; asks for `matter`, so select it."""
        return kinds.sentence(self.kind, self.matter.number if self.matter else self.thing_number)

    @property
    def tone(self) -> str:
        return kinds.tone(self.kind)


class Digest(TenantModel):
    """What waited for one person on the morning of one day (今日摘要): how many in each list."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recipient = models.ForeignKey(Staff, verbose_name="收件人", on_delete=models.PROTECT, related_name="+")
    day = models.DateField("日期")
    at = models.DateTimeField("时间")
    counts: "models.JSONField[Any, Any]" = models.JSONField("各项件数", default=list)
    read_at = models.DateTimeField("已读时间", null=True)

    class Meta:
        verbose_name = "今日摘要"
        ordering = ("-day",)
        constraints = (models.UniqueConstraint(fields=("recipient", "day"), name="digest_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.day}"
