"""Invented parameters, so that the demo can reckon a retirement; nothing official, and they say so."""

from decimal import Decimal

from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.casework.actions.guidance import set_parameters
from tenants.casework.models import ReckoningParameters
from tenants.demo.crew import Crew

PROVINCE = "示例省"
SOURCE = "示例参数，纯属虚构，仅供演示"
_BASES = (Decimal("6800.00"), Decimal("7000.00"))
"""Of last year and of this."""


def enter_parameters() -> None:
    """Enter them as the window's lead, unless this centre has some. Call it inside the centre."""
    if ReckoningParameters.objects.exists():
        return
    lead = Crew.here().actor(Role.WINDOW_LEAD)
    this_year = clock.today().year
    for year, base in zip((this_year - 1, this_year), _BASES, strict=True):
        set_parameters(
            actor=lead,
            province=PROVINCE,
            year=year,
            base=base,
            coefficient=Decimal("1.300"),
            source=SOURCE,
        )
