"""The one clock: Shanghai time, set for a thread or a test and put back afterwards."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from bancheng.timekeeping import clock

MOMENT = datetime(2026, 3, 1, 9, 0, tzinfo=clock.SHANGHAI)


def test_now_is_the_real_time_in_shanghai() -> None:
    before = datetime.now(UTC)
    now = clock.now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(hours=8)


def test_at_stops_the_clock_and_lets_it_go_again() -> None:
    with clock.at(MOMENT):
        assert clock.now() == MOMENT
    assert clock.now() > MOMENT


def test_at_may_be_nested() -> None:
    with clock.at(MOMENT):
        with clock.at(MOMENT + timedelta(days=1)):
            assert clock.today() == (MOMENT + timedelta(days=1)).date()
        assert clock.today() == MOMENT.date()


def test_the_clock_goes_on_after_an_error() -> None:
    with pytest.raises(RuntimeError), clock.at(MOMENT):
        raise RuntimeError
    assert clock.now() != MOMENT


def test_another_thread_keeps_its_own_time() -> None:
    seen: list[datetime] = []
    with clock.at(MOMENT):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen[0] > MOMENT


def test_everywhere_stops_it_for_all_threads() -> None:
    seen: list[datetime] = []
    with clock.everywhere_at(MOMENT):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen == [MOMENT]
    assert clock.now() > MOMENT


def test_today_is_shanghais_date_when_it_is_still_yesterday_in_utc() -> None:
    with clock.at(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)):
        assert clock.today().isoformat() == "2026-11-24"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.at(datetime(2026, 11, 24, 9, 0)):  # noqa: DTZ001
        pass
