"""The verdicts of `make bench`."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.bench import __main__ as bench

MAKEFILE = Path(__file__).resolve().parents[2] / "Makefile"


def figure(ratio: float) -> dict[str, Any]:
    return {"name": "a page", "ratio": ratio, "limit": 1.1, "seconds": {"with": 0.5}}


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which measurements were taken; “quick” keeps its limit, “slow” does not."""
    taken: list[str] = []

    def measurement(name: str, ratio: float) -> Any:
        return lambda: taken.append(name) or [figure(ratio)]

    benches = {"slow": measurement("slow", 1.11), "quick": measurement("quick", 1.1)}
    monkeypatch.setattr(bench, "BENCHES", benches)
    monkeypatch.setenv("DATABASE_URL", "postgresql://unused")
    return taken


def test_all_limits_kept_is_success(measured: list[str]) -> None:
    assert bench.main(["quick"]) == 0


def test_a_missed_limit_is_failure(measured: list[str]) -> None:
    assert bench.main(["slow"]) == 1


def test_a_missed_limit_does_not_stop_the_other_measurements(measured: list[str]) -> None:
    bench.main([])
    assert measured == ["slow", "quick"]


def test_unknown_name_measures_nothing(measured: list[str]) -> None:
    assert bench.main(["quick", "quikc"]) == 2
    assert measured == []


def test_table_shows_ratio_limit_and_verdict() -> None:
    assert bench.lines(figure(1.11))[0].split()[:4] == ["1.110", "≤", "1.10", "MISSED"]


def test_make_takes_the_name_of_every_measurement() -> None:
    told = re.search(r"^BENCHES := (.*)$", MAKEFILE.read_text("utf-8"), re.MULTILINE)
    assert told
    assert told[1].split() == list(bench.BENCHES)
