"""The units of the board: centres here, offices reached by letter, units of other deployments; by code."""

from dataclasses import dataclass

from bancheng.centres.models import Centre, Kind, OutsideOffice
from bancheng.exchange import peers


@dataclass(frozen=True)
class Unit:
    """Somebody a case may be with. `way` is a key of `board.WAYS`."""

    code: str
    name: str
    way: str


def units() -> list[Unit]:
    """All that a case may be given to now, by how they are reached; none suspended, none retired."""
    centres = Centre.objects.filter(kind=Kind.CENTRE, suspended_at=None)
    afar = {unit.code: unit.name for unit in peers.units()}  # no letter where there is a line
    by_letter = OutsideOffice.objects.filter(retired_at=None).exclude(code__in=afar)
    return [
        *(Unit(centre.code, centre.name, "centre") for centre in centres),
        *(Unit(code, name, "peer") for code, name in afar.items()),
        *(Unit(office.code, office.name, "letter") for office in by_letter),
    ]


def short_names() -> dict[str, str]:
    """What the centres here are called in a list, by code: 张北县 says it all."""
    return dict(Centre.objects.filter(kind=Kind.CENTRE).values_list("code", "short_name"))


def names() -> dict[str, str]:
    """The names of all that may stand on the board, by code: also what `units` leaves out, and the office."""
    known = dict(OutsideOffice.objects.values_list("code", "name"))
    known |= {unit.code: unit.name for unit in units()}
    return known | dict(Centre.objects.exclude(kind=Kind.PUBLIC).values_list("code", "name"))
