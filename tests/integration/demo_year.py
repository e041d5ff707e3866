"""Small invented years for tests."""

from datetime import datetime

from bancheng.centres.scope import in_centre
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tenants.demo import year
from tenants.matters.models import Matter

CODES = ["130700", "130722"]
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=SHANGHAI)
Book = list[tuple[str, str, str]]


def make(matters: int) -> list[str]:
    """A small year of the city and 张北, `matters` in both; returns what was said of it."""
    said: list[str] = []
    with clock.at(NOW):
        year.make(CODES, of=CODES, matters=matters, until=NOW, hashed_password="!", say=said.append)
    return said


def book(code: str) -> Book:
    """Number, subject and state of every matter of a centre."""
    with in_centre(code):
        rows = Matter.objects.order_by("number").values_list("number", "subject", "state")
        return [(number, subject, state) for number, subject, state in rows]
