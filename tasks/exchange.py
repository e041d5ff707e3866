"""Moving messages between centres: look for what is due, deliver it, drain what was held."""

from uuid import UUID

from bancheng.celery import app, hint
from bancheng.exchange import dispatch, inbox, purging
from tasks.base import PublicTask, TenantTask


@app.task(name="exchange.sweep", base=PublicTask)
def sweep() -> None:
    """Ask for all that is due, once for each counterpart: what a lost hint would have asked for."""
    for target in dispatch.due_targets():
        hint("exchange.deliver", once=True, target=target)
    for held in inbox.next_held():
        hint("exchange.drain", centre=held.target, case_id=str(held.case_id), source=held.source)


@app.task(name="exchange.deliver", base=PublicTask)
def deliver(target: str) -> None:
    """Deliver what is due for `target`, then stand at the end of the queue again if there is more."""
    for waiting in dispatch.deliver_due(target):
        hint("exchange.deliver", target=waiting)


@app.task(name="exchange.drain", base=TenantTask)
def drain(*, centre: str, case_id: str, source: str) -> None:
    """Apply what `centre` holds of this line, now that its turn has come."""
    inbox.drain(case_id=UUID(case_id), source=source, target=centre)


@app.task(name="exchange.purge", base=PublicTask)
def purge() -> None:
    """Remove headers that nobody needs any more."""
    purging.purge()
