"""The guard: a tiny process that outlives a killed supervisor just long enough to end what it had started.

It reads orders from its standard input and acts when the other end is gone, however that happened:
    + PGID SIGNAL   this process group runs; end it with SIGNAL
    - PGID          this process group has ended
    rm PATH         remove this folder at the end
Runs alone (`python guard.py`), standard library only.
"""

import os
import shutil
import signal
import sys
import time

GRACE = 10.0  # seconds between asking and killing


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: dict[int, int] = {}
    folders: list[str] = []
    for line in sys.stdin:
        order, _, rest = line.rstrip("\n").partition(" ")
        if order == "+":
            group, number = rest.split()
            groups[int(group)] = int(number)
        elif order == "-":
            groups.pop(int(rest), None)
        elif order == "rm":
            folders.append(rest)
    end(groups)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def end(groups: dict[int, int]) -> None:
    """Ask every group to end, the youngest first; kill what is still there after GRACE seconds."""
    for group, number in reversed(groups.items()):
        send(group, number)
    deadline = time.monotonic() + GRACE
    while any(send(group, 0) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.05)
    for group in groups:
        send(group, signal.SIGKILL)


def send(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
