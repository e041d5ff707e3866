"""Every working morning: which zero report is owed, and the digest of what waits for each person."""

from datetime import time

from bancheng.celery import app, hint
from bancheng.centres import periodic
from bancheng.centres.scope import every_centre
from bancheng.timekeeping import calendar, clock
from tasks.base import PublicTask, TenantTask
from tenants.workbook import digests, zero

DIGEST = "notices.digest"
FROM = time(8, 35)


@app.task(name="notices.digest_all", base=PublicTask)
def digest_all() -> None:
    """On working days from 8:35 on: have every centre in service write its digests.

    Asked again and again until the afternoon: a hand-out that is lost, or a server that was off in the
    morning, only makes them late.
    """
    now = clock.now()
    if calendar.current().is_workday(now.date()) and now.time() >= FROM:
        for code in every_centre():
            hint(DIGEST, centre=code)


@app.task(name=DIGEST, base=TenantTask)
def digest(*, centre: str) -> None:
    """Remind of zero reports and write the digests of this centre, once a day however many ask for it."""
    with periodic.once(job=f"{DIGEST} {centre}", period=clock.today().isoformat()) as mine:
        if mine:
            zero.remind()
            digests.digest()
