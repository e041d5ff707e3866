"""What a process remembers: loaded once, again after a minute, at once when forgotten."""

from itertools import count

import pytest

from bancheng import remembered
from bancheng.remembered import FRESH_SECONDS, Remembered


def test_it_is_loaded_once() -> None:
    held = Remembered(count().__next__)
    assert [held.get(), held.get()] == [0, 0]


def test_it_is_loaded_again_when_it_was_forgotten() -> None:
    held = Remembered(count().__next__)
    held.get()
    held.forget()
    assert held.get() == 1


def test_it_is_loaded_again_when_it_is_no_longer_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 1000.0
    monkeypatch.setattr(remembered.time, "monotonic", lambda: moment)
    held = Remembered(count().__next__)
    held.get()
    moment += FRESH_SECONDS
    assert held.get() == 0
    moment += 1
    assert held.get() == 1
