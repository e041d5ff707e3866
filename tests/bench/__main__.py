"""`make bench`: every ratio with its limit and verdict; exit status 1 when a limit is missed.

`python -m tests.bench centres list matter` measures those named, without a name all.
"""

import contextlib
import io
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import django

from bancheng.devstack import throwaway
from tests.bench import (
    bench_centres,
    bench_deadlines,
    bench_exchange,
    bench_list,
    bench_matter,
    bench_overview,
)

Figure = dict[str, Any]
BENCHES: dict[str, Callable[[], list[Figure]]] = {
    "centres": lambda: [bench_centres.run()],
    "list": bench_list.run,
    "matter": bench_matter.run,
    "deadlines": bench_deadlines.run,
    "exchange": bench_exchange.run,
    "overview": bench_overview.run,
}


def main(names: list[str]) -> int:
    """Measure and print. 0 when every limit is kept, 1 when one is missed, 2 for an unknown name."""
    if unknown := set(names) - set(BENCHES):
        _say(f"no such measurement: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
        return 2
    stop = None if os.environ.get("DATABASE_URL") else throwaway.start()
    try:
        django.setup()  # now that the environment names the servers
        missed = [name for name in names or BENCHES if not _measure(name)]  # all, also after a miss
        return 1 if missed else 0
    finally:
        if stop:
            stop()


def kept(figure: Figure) -> bool:
    return bool(figure["ratio"] <= figure["limit"])


def lines(figure: Figure) -> list[str]:
    """A line of the table, and under it what the ratio was made of."""
    verdict = "ok" if kept(figure) else "MISSED"
    details = ", ".join(f"{name} {value}" for name, value in figure["seconds"].items())
    return [
        f"{figure['ratio']:8.3f}  ≤ {figure['limit']:6.2f}  {verdict:6}  {figure['name']}",
        f"{'':29}{details}",
    ]


def _measure(name: str) -> bool:
    began = time.perf_counter()
    _say(f"{name} …")
    with contextlib.redirect_stdout(io.StringIO()):  # what the commands say that fill the database
        figures = BENCHES[name]()
    for figure in figures:
        _say("\n".join(lines(figure)))
    _say(f"{'':29}({time.perf_counter() - began:.0f} s)")
    return all(kept(figure) for figure in figures)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bancheng.settings.test")
    sys.exit(main(sys.argv[1:]))
