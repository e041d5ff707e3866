"""What is read of the workbook (工作簿): its order, its totals, whether its numbers have a gap."""

from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.db.models.expressions import OrderBy

from bancheng.centres.scope import current_centre
from bancheng.identity.actors import Actor
from tenants.matters import known, numbering
from tenants.matters import selectors as matters
from tenants.matters.models import Matter, NumberSeries
from tenants.matters.selectors import Filters, Matters
from tenants.matters.states import OPEN, State
from tenants.referrals import selectors as referrals
from tenants.referrals.models import Referral

# A machine number is as long as any other of the centre, so that its order is that of the book.
ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
    "": ("-machine_number",),
    "number": ("machine_number",),
    "due": (F("due_on").asc(nulls_last=True), "-machine_number"),
    "-due": (F("due_on").desc(nulls_last=True), "-machine_number"),
}
"""How the book may be read, by the name in the address."""


def book(actor: Actor, filters: Filters, *, order: str = "") -> Matters:
    """All matters that this person may see, declined and withdrawn ones as well, as narrowed and ordered."""
    return matters.listed(actor, filters).order_by(*ORDERS[order])


@dataclass(frozen=True)
class Totals:
    """The line at the foot: every matter is in exactly one of the parts."""

    total: int
    open: int
    closed: int
    declined: int
    withdrawn: int
    merged: int


def totals(rows: Matters) -> Totals:
    """Over all pages; one query."""
    states = {
        "open": OPEN,
        "closed": (State.CLOSED,),
        "declined": (State.DECLINED,),
        "withdrawn": (State.WITHDRAWN,),
        "merged": (State.MERGED,),
    }
    counts = {name: Count("pk", filter=Q(state__in=those)) for name, those in states.items()}
    return Totals(**rows.order_by().aggregate(total=Count("pk"), **counts))


@dataclass(frozen=True)
class Series:
    """The numbers given out in a year, and how many matters there are under them."""

    year: int
    last: int
    count: int

    @property
    def whole(self) -> bool:
        """件件在簿: as many matters as numbers."""
        return self.last == self.count


def series() -> list[Series]:
    """Year by year, the newest first; two queries."""
    given = list(NumberSeries.objects.filter(series=numbering.MATTER).order_by("-year"))
    prefix = f"BF{current_centre().code}-"
    counts = Matter.objects.aggregate(
        **{
            f"y{each.year}": Count("pk", filter=Q(machine_number__startswith=f"{prefix}{each.year}-"))
            for each in given
        }
    )
    return [Series(each.year, each.last, counts[f"y{each.year}"]) for each in given]


# --- A number that was typed -------------------------------------------------------------------------


def by_number(actor: Actor, text: str) -> Matter | Referral | None:
    """The matter or referral whose whole number was typed, in whatever brackets, among those visible."""
    found = known.by_number(actor, text)
    return found or referrals.visible_to(actor).filter(number=numbering.as_shown(text)).first()
