"""What a chaos run needs in a deployment before anything breaks: ground, centres, people, open matters."""

import sys
from collections.abc import Sequence
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction

from bancheng.celery import muted
from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import in_centre
from tenants.demo import accounts, ground, province, year
from tenants.demo.chaos.desk import Desk
from tenants.demo.crew import Crew
from tenants.matters.models import Matter

OFFICE = "130700-office"


def run(*, centres: Sequence[str], matters: int, seed: int) -> None:
    """Take the centres into service, the province's or the city's with its office, each with open matters."""
    ground.lay(sys.stderr)
    if province.CODE in centres:
        province.make()
    else:
        _open_city([OFFICE, *centres])
    for code in centres:
        with muted(), in_centre(code), transaction.atomic():
            desk, rng = Desk(code, Crew.here()), Random(f"{seed} {code}")  # noqa: S311  # invented people
            for _ in range(matters - Matter.objects.count()):
                desk.open_matter(rng)


def _open_city(codes: Sequence[str]) -> None:
    year.add_centres(codes)
    hashed = make_password(accounts.PASSWORD)
    for centre in Centre.objects.filter(code__in=codes):
        with in_centre(centre.code), transaction.atomic():
            accounts.open_accounts(centre.code, hashed, office=centre.kind == Kind.OFFICE)
