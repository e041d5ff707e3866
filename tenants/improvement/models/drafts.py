"""Drafts of precedents (先例稿): written and reviewed here; once published they stand in public."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid6 import uuid7

from bancheng.identity.models import Staff
from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel
from tenants.matters.models import Matter


class DraftState(models.TextChoices):
    """Where a draft stands."""

    DRAFT = "draft", "起草中"
    SUBMITTED = "submitted", "待审核"
    SENT_BACK = "sent_back", "退回修改"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤下"


class PrecedentDraft(TenantModel):
    """One draft, from a matter that was the first of its kind. Texts that look personal are refused.

    `authors` are all who wrote at it; none of them reviews it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="precedent_draft")
    state = models.CharField("状态", max_length=10, choices=DraftState.choices, default=DraftState.DRAFT)
    title = models.CharField("标题", max_length=80)
    situation = EncryptedTextField("难在哪里")
    solution = EncryptedTextField("怎样办成")
    basis = EncryptedTextField("依据", null=True)
    units = models.CharField("协同单位", max_length=200, blank=True)
    causes = ArrayField(models.CharField(max_length=8), verbose_name="根因", default=list)
    working_days = models.PositiveSmallIntegerField("用时（工作日）", null=True)
    drafted_at = models.DateTimeField("起草时间")
    drafted_by = models.ForeignKey(Staff, verbose_name="起草人", on_delete=models.PROTECT, related_name="+")
    authors = ArrayField(models.UUIDField(), verbose_name="参与起草的人", default=list)
    submitted_at = models.DateTimeField("送审时间", null=True)
    review_note = EncryptedTextField("审核意见", null=True)
    reviewed_at = models.DateTimeField("审核时间", null=True)
    reviewed_by = models.ForeignKey(
        Staff, verbose_name="审核人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    expires_on = models.DateField("有效期至", null=True)
    number = models.CharField("编号", max_length=40, blank=True)

    class Meta:
        verbose_name = "先例稿"
        ordering = ("-drafted_at", "-id")
        indexes = (models.Index(fields=("state", "-drafted_at"), name="draft_state"),)

    def __str__(self) -> str:
        return self.title
