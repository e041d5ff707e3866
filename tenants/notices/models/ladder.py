"""Which steps the clock has already taken with a matter, so that each is taken once per term."""

from django.db import models

from bancheng.tenancy import TenantModel
from tenants.matters.models import Matter


class LadderStep(TenantModel):
    """A step of the sweep that was taken: committed together with the act and the notices that it made.

    `term` says for which term: the due date, or whatever the step counts from. A matter whose due date moved
    is in a new term, in which every step may come again.
    """

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="ladder_steps")
    step = models.CharField("步骤", max_length=20)
    term = models.CharField("期限", max_length=60)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "时限步骤"
        constraints = (
            models.UniqueConstraint(fields=("matter", "step", "term"), name="ladder_step_once_a_term"),
        )

    def __str__(self) -> str:
        return f"{self.matter_id} {self.step} {self.term}"
