"""What the demo stands on in an empty database: tables, registry, dictionaries, calendar."""

from typing import Any

from django.core.management import call_command

from bancheng.centres import migrating, onboarding
from bancheng.tenancy import PUBLIC
from bancheng.timekeeping.models import CalendarDay


def lay(stdout: Any) -> None:
    """Lay whatever is missing; `stdout` is told of it."""
    if migrating.behind([PUBLIC]):
        call_command("migrate_all", stdout=stdout)
    onboarding.load_registry()
    if not CalendarDay.objects.exists():
        call_command("calendar", "load", stdout=stdout)
    call_command("catalogue", "load", stdout=stdout)
