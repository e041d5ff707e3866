"""Making the office's monthly bulletins; what a dead worker left behind is taken up again."""

import logging
from uuid import UUID

from bancheng.bulletins import making
from bancheng.celery import app, hint
from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import in_centre
from tasks.base import PublicTask, TenantTask

log = logging.getLogger(__name__)


@app.task(name=making.TASK, base=TenantTask)
def make(*, centre: str, bulletin: str) -> None:
    """Write what is still to be written of this bulletin. Safe to repeat, also side by side."""
    making.make(UUID(bulletin))


@app.task(name="bulletins.sweep_all", base=PublicTask)
def sweep_all() -> None:
    """Once a minute: have made what nobody is making, because a hint or a worker was lost."""
    offices = Centre.objects.filter(kind=Kind.OFFICE, suspended_at=None).values_list("code", flat=True)
    for code in list(offices):
        try:
            with in_centre(code):
                left = making.left_over()
        except Exception:
            log.exception("bulletins of %s not looked for", code)
            continue
        for bulletin_id in left:
            hint(making.TASK, centre=code, bulletin=str(bulletin_id))
