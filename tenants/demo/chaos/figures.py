"""After a run, in a process of one deployment: do its figures agree with its records, and once made anew?"""

from collections.abc import Iterator

from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import in_centre
from bancheng.overview import rollup
from tenants.workbook import reconcile, summary


def differences() -> list[str]:
    """Every figure that differs from the records as the run left it, and then again after a rebuild."""
    found = list(_reconciled())
    for code in _codes():
        with in_centre(code):
            summary.rebuild(code)
    rollup.roll_up_everything()
    return found + [f"after a rebuild: {each}" for each in _reconciled()]


def _reconciled() -> Iterator[str]:
    for code in _codes():
        with in_centre(code):
            yield from map(str, reconcile.differences(code))
    yield from map(str, reconcile.city_differences())


def _codes() -> list[str]:
    return list(Centre.objects.filter(kind=Kind.CENTRE).values_list("code", flat=True))
