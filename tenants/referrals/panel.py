"""The referrals of a matter, as its page shows them, and the way to draft one."""

from collections.abc import Sequence

from django.urls import reverse

from bancheng.errors import Refused
from bancheng.identity.actors import Actor
from tenants.matters.models import Matter
from tenants.matters.panels import Link, Part, register
from tenants.referrals import presentation, sending
from tenants.referrals.models import Referral


def referrals(matter: Matter) -> Sequence[presentation.Row]:
    """Sent ones and the one that the matter came by, newest first; two queries."""
    rows = matter.referrals.select_related("matter__department").prefetch_related("asks")
    return presentation.rows(rows.order_by("-created_at"))


def way_to_draft(matter: Matter, actor: Actor) -> Sequence[Link]:
    """Only for those who may draft one now."""
    try:
        sending.check_draft(matter, actor)
    except Refused:
        return ()
    return (Link("转办其他单位", f"{reverse('referral_new')}?matter={matter.pk}", "arrows-exchange"),)


register(
    Part(
        "referrals",
        "referrals",
        "转办",
        "referrals/panel.html",
        referrals,
        counted=Referral,
        links=way_to_draft,
    )
)
