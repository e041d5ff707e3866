"""`bancheng scenario S1`: play a story through the real actions of a running deployment, step by step."""

import os
import time
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby, takewhile
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from bancheng.centres.models import Centre, Host
from bancheng.centres.scope import find, in_centre
from bancheng.errors import Invalid, Refused
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.demo import figures
from tenants.demo.stories import ELECTRONIC, STORIES, far
from tenants.demo.stories.carrying import carry, delivered, wait
from tenants.demo.stories.stage import Stage, Step, timed
from tenants.demo.stories.trail import Arrived
from tenants.matters.states import State

PAUSE_SECONDS = 1.0
"""Between two steps, for whoever watches the pages meanwhile; none with --fast."""


class Command(BaseCommand):
    """Play a story. Only people of the right role act; where one is missing here, nothing is begun."""

    help = "演一遍真实场景，每一步打印时间和反映件网址：" + "；".join(
        f"{name} {title}" for name, (title, _, _) in STORIES.items()
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("story", choices=sorted(STORIES), help="场景")
        parser.add_argument("--centre", metavar="代码", help="在哪个中心演；不写则为场景自己的中心")
        parser.add_argument("--fast", action="store_true", help="步与步之间不停顿")
        parser.add_argument(
            "--electronic",
            action="store_true",
            help=f"全程电子，转办直达省级系统，按当前时间演（{'、'.join(ELECTRONIC)}；须 make demo PEER=1）",
        )
        parser.add_argument("--step", type=int, metavar="序号", help="（内部）在省级系统里从这一步走起")
        parser.add_argument("--referral", type=UUID, metavar="编号", help="（内部）送达省级系统的转办")

    def handle(self, *args: Any, **options: Any) -> None:
        """The story, or a part of it for the deployment that it began in."""
        if (options["electronic"] or options["step"] is not None) and options["story"] not in ELECTRONIC:
            raise CommandError(f"{options['story']}不能全程电子，可以的有：{'、'.join(ELECTRONIC)}。")
        try:
            if options["step"] is not None:
                self._play_for_the_other(**options)
            else:
                self._tell(**options)
        except Invalid as invalid:
            raise CommandError("；".join(s for each in invalid.errors.values() for s in each)) from invalid
        except Refused as refused:
            raise CommandError(refused.message) from refused

    def _tell(self, *, story: str, electronic: bool, fast: bool, **options: Any) -> None:
        """Figures, steps, figures."""
        title, usual, script = (ELECTRONIC if electronic else STORIES)[story]
        pause = 0.0 if fast else PAUSE_SECONDS
        with in_centre(options["centre"] or usual) as centre:
            steps = list(script())
            elsewhere = {step.centre for step in steps if step.centre}
            there = {code: far.environment(code) for code in elsewhere} if electronic else {}
            places = {centre.code, *elsewhere} - set(there)
            _refresh(places)
            before = figures.of_the_city()
            self.stdout.write(f"{story} {title}\n{centre.name}\n")
            if electronic:
                self._play_now(story, steps, there, pause)
            else:
                self._play(timed(iter(steps), current_calendar()), pause)
            _refresh(places)
        self.stdout.write("\n全市总览\n")
        for line in figures.compared(before, figures.of_the_city()):
            self.stdout.write(f"  {line}")

    def _play_now(
        self, story: str, steps: list[Step], there: Mapping[str, Mapping[str, str]], pause: float
    ) -> None:
        """At the time it is, which another deployment's clock shows, too; the workers of both deliver."""
        stage = Stage()
        for step in steps:
            if step.centre not in there:
                stage.actor_of(step)
        for place, part in groupby(enumerate(steps, start=1), key=lambda each: each[1].centre):
            if place in there:
                first, referral_id = next(part)[0], stage.trail.referral_at(stage.trail.home)
                asked = [story, "--electronic", "--step", str(first), "--referral", str(referral_id)]
                asked += [] if pause else ["--fast"]
                far.command(there[place], "scenario", *asked, say=self._say)
                continue
            for number, step in part:
                self._play_one(stage, step, f"{number:2}/{len(steps)}", pause)

    def _play_for_the_other(
        self, *, story: str, step: int, referral: UUID | None, fast: bool, **_: Any
    ) -> None:
        """From this step on, until the story goes back to where it began."""
        home, script = ELECTRONIC[story][1:]
        steps = list(script())
        place = steps[step - 1].centre if 0 < step <= len(steps) else ""
        if not place or referral is None:
            raise Refused("这不是由省级系统走的一步。", code="not_ours")
        stage = Stage(Arrived(home=home, centre=place, referral_id=referral))
        ours = list(takewhile(lambda each: each.centre == place, steps[step - 1 :]))
        for each in ours:
            stage.actor_of(each)
        for number, each in enumerate(ours, start=step):
            self._play_one(stage, each, f"{number:2}/{len(steps)}", 0.0 if fast else PAUSE_SECONDS)

    def _play_one(self, stage: Stage, step: Step, number: str, pause: float) -> None:
        """Until what it posts has been taken over by the other deployment."""
        before = delivered(stage.trail)
        stage.play(step)
        wait(stage.trail)
        now = clock.local(clock.now())
        self._print(stage, step, f"{number} {now:%m-%d %H:%M}", delivered(stage.trail) - before)
        time.sleep(pause)

    def _play(self, steps: list[tuple[datetime, Step]], pause: float) -> None:
        stage = Stage()
        for _, step in steps:
            stage.actor_of(step)
        for number, (moment, step) in enumerate(steps, start=1):
            with clock.at(moment), transaction.atomic():
                stage.play(step)
                carried = carry(stage.trail)
            self._print(stage, step, f"{number:2}/{len(steps)} {moment:%m-%d %H:%M}", carried)
            time.sleep(pause)

    def _print(self, stage: Stage, step: Step, when: str, arrived: int) -> None:
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
            sent = f"转办 {referral.number}"
            if referral.by_letter:
                sent = f"转办函 {referral.number}  {_address(place)}{stage.letter_path(step)}"
            self.stdout.write(f"      {sent}")
        if step.refused:
            self.stdout.write("      系统拒绝了这一步")
        if arrived:
            self.stdout.write(f"      机构间消息 {arrived} 条已送达")
        self.stdout.flush()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
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
