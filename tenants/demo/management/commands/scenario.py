"""`bancheng scenario S1`: play a story through the real actions of a running deployment, step by step."""

import os
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from bancheng.centres.models import Centre, Host
from bancheng.centres.scope import find, in_centre
from bancheng.errors import Invalid, Refused
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.demo import figures
from tenants.demo.stories import STORIES
from tenants.demo.stories.carrying import carry
from tenants.demo.stories.stage import Stage, Step, timed
from tenants.matters.states import State

PAUSE_SECONDS = 1.0
"""Between two steps, for whoever watches the pages meanwhile; none with --fast."""


class Command(BaseCommand):
    """Play a story. Only people of the right role act; where one is missing, nothing is begun."""

    help = "演一遍真实场景，每一步打印时间和反映件网址：" + "；".join(
        f"{name} {title}" for name, (title, _, _) in STORIES.items()
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("story", choices=sorted(STORIES), help="场景")
        parser.add_argument("--centre", metavar="代码", help="在哪个中心演；不写则为场景自己的中心")
        parser.add_argument("--fast", action="store_true", help="步与步之间不停顿")

    def handle(self, *args: Any, **options: Any) -> None:
        """Figures, steps, figures."""
        title, usual, script = STORIES[options["story"]]
        try:
            with in_centre(options["centre"] or usual) as centre:
                steps = timed(script(), current_calendar())
                places = {centre.code, *(step.centre for _, step in steps if step.centre)}
                _refresh(places)
                before = figures.of_the_city()
                self.stdout.write(f"{options['story']} {title}\n{centre.name}\n")
                self._play(steps, 0.0 if options["fast"] else PAUSE_SECONDS)
                _refresh(places)
        except Invalid as invalid:
            raise CommandError("；".join(s for each in invalid.errors.values() for s in each)) from invalid
        except Refused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write("\n全市总览\n")
        for line in figures.compared(before, figures.of_the_city()):
            self.stdout.write(f"  {line}")

    def _play(self, steps: list[tuple[datetime, Step]], pause: float) -> None:
        stage = Stage()
        for _, step in steps:
            stage.actor_of(step)
        for number, (moment, step) in enumerate(steps, start=1):
            with clock.at(moment), transaction.atomic():
                stage.play(step)
                delivered = carry(stage.trail)
            self._print(stage, step, f"{number:2}/{len(steps)} {moment:%m-%d %H:%M}", delivered)
            time.sleep(pause)

    def _print(self, stage: Stage, step: Step, when: str, delivered: int) -> None:
        place = find(stage.centre_of(step))
        where = "" if place.code == stage.trail.home else f"{place.name} "
        self.stdout.write(f"{when} {where}{step.by}｜{step.title}")
        address = f"{_address(place)}{stage.path(step)}"
        if matter := stage.matter(place.code):
            who = f"{matter.number} {matter.reporter.masked_name} {State(matter.state).label}"
            self.stdout.write(f"      {who}  {address}")
        else:
            self.stdout.write(f"      {address}")
        if step.act == "referral.send" and (referral := stage.referral(place.code)):
            letter = f"{_address(place)}{stage.letter_path(step)}" if referral.by_letter else ""
            self.stdout.write(f"      转办函 {referral.number}  {letter}".rstrip())
        if step.refused:
            self.stdout.write("      系统拒绝了这一步")
        if delivered:
            self.stdout.write(f"      机构间消息 {delivered} 条已送达")
        self.stdout.flush()


def _refresh(places: set[str]) -> None:
    for code in sorted(places):
        with in_centre(code):
            figures.refresh(code)


def _address(centre: Centre) -> str:
    """Where the centre's pages are: by https in production, at PORT in the demo."""
    host = Host.objects.get(tenant=centre, is_primary=True).domain
    if getattr(settings, "SECURE_SSL_REDIRECT", False):
        return f"https://{host}"
    port = os.environ.get("PORT", "8000")
    return f"http://{host}" if port == "80" else f"http://{host}:{port}"
