"""Two systems on this machine come to know each other, each by the other's command alone."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from bancheng.devstack.supervisor import Failed


@dataclass(frozen=True)
class Party:
    """A system as the other one will know it; `url` is where the other one finds it."""

    environment: Mapping[str, str]
    code: str
    name: str
    url: str


def introduce(one: Party, other: Party) -> None:
    """Register each with the other: its address, its units, its public key. Safe to repeat. Raises Failed."""
    for here, there in ((one, other), (other, one)):
        said = _command(there, "introduce", "--code", there.code, "--name", there.name, "--url", there.url)
        json.loads(said)  # a card, or we would rather know now
        _command(here, "introduce", "--peer", said=said)


def _command(party: Party, *arguments: str, said: str = "") -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "django", *arguments],
        env=dict(party.environment),
        input=said,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{party.name}没有登记成：\n{done.stderr[-1500:]}")
    return done.stdout
