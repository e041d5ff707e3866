"""S1 without a letter: its steps in the province's own deployment are taken there, by the same command."""

import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from bancheng.centres.scope import in_centre
from bancheng.devstack.demo import beside
from bancheng.devstack.instance import Instance
from bancheng.errors import Refused
from bancheng.exchange import dispatch
from bancheng.exchange.models import Message
from tenants.demo.accounts import open_accounts
from tenants.demo.stories import s5
from tenants.demo.stories.carrying import carry, delivered, wait
from tenants.demo.stories.stage import Stage
from tenants.matters.models import Matter
from tenants.matters.states import State
from tenants.referrals.models import Counterpart, Referral
from tenants.referrals.models import State as ReferralState
from tests.second import second_deployment


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the demo would be; nothing runs there."""
    monkeypatch.setenv("BANCHENG_HOME", str(tmp_path / "demo"))
    return tmp_path / "demo"


@pytest.fixture
def sent(city: Any, zhangbei: Any) -> Iterator[Stage]:
    """A county's story as far as the first message under way."""
    for code in (city.code, zhangbei.code):
        with in_centre(code):
            open_accounts(code, "!")
    with in_centre(zhangbei.code):
        stage = Stage()
        for step in s5.script():
            stage.play(step)
            if step.act == "referral.send":
                break
        yield stage


def electronic(story: str = "S1", **more: Any) -> str:
    out = io.StringIO()
    call_command("scenario", story, electronic=True, fast=True, stdout=out, **more)
    return out.getvalue()


def test_without_the_provinces_system_nothing_is_begun(home: Path, city: Any) -> None:
    with in_centre(city.code):
        open_accounts(city.code, "!")

    with pytest.raises(CommandError, match="make demo PEER=1"):
        electronic()

    with in_centre(city.code):
        assert not Matter.objects.exists()


def test_a_running_system_that_was_never_introduced_is_not_used(home: Path, city: Any) -> None:
    province = Instance(beside(home))
    province.take()
    province.announce({"PORT": "8001"})
    try:
        with pytest.raises(CommandError, match="省级系统没有运行"):
            electronic()
    finally:
        province.release()


def test_a_story_without_another_deployment_is_not_electronic(db: None) -> None:
    with pytest.raises(CommandError, match="S3不能全程电子"):
        electronic("S3")


@pytest.mark.parametrize("number", [0, 1, 999])
def test_only_the_provinces_steps_are_taken_for_another_deployment(number: int, db: None) -> None:
    with pytest.raises(CommandError, match="不是由省级系统走的一步"):
        electronic(step=number, referral="018f0000-0000-7000-8000-000000000001")


def test_workers_that_do_not_deliver_are_not_waited_for_in_vain(sent: Stage) -> None:
    with pytest.raises(Refused, match="任务进程"):
        wait(sent.trail, patience=0)


def test_a_dead_message_is_said_at_once(sent: Stage) -> None:
    Message.objects.update(state=Message.State.DEAD, last_error="收件单位不认识这一件")

    with pytest.raises(Refused, match="收件单位不认识这一件"):
        wait(sent.trail)


def test_what_was_delivered_is_not_waited_for(sent: Stage) -> None:
    assert delivered(sent.trail) == 0

    number = carry(sent.trail)
    wait(sent.trail, patience=0)

    assert delivered(sent.trail) == number > 0


def test_s1_goes_to_the_provinces_system_and_back(
    home: Path, city: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # the province has a queue of its own
    with in_centre(city.code):
        open_accounts(city.code, "!")
    beside_us = Instance(beside(home))
    beside_us.take()
    try:
        with second_deployment() as province, _worker():
            province.meets(live_server.url)
            beside_us.announce(dict(province.environment))
            said = electronic()
    finally:
        beside_us.release()

    with in_centre(city.code):
        matter, referral = Matter.objects.get(), Referral.objects.get()
    assert (matter.state, matter.outcome) == (State.CLOSED, "done")
    assert (referral.counterpart, referral.state) == (Counterpart.PEER, ReferralState.CONFIRMED)
    assert f"{matter.number} " in said
    assert f"转办 {referral.number}" in said
    there = re.findall(r"(\S+反〔\d{4}〕\S+) .* http://(\S+)/(?:matters|referrals)/", said)
    assert (referral.unit_matter_number, province.host) in there
    numbers = [int(n) for n in re.findall(r"^ ?(\d+)/\d+ ", said, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))


@contextmanager
def _worker() -> Iterator[None]:
    """The city's worker: delivers what is due until the test ends."""
    ends = threading.Event()

    def work() -> None:
        while not ends.wait(0.1):
            dispatch.run_due()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()
