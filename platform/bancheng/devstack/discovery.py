"""Finds the running demo, so that every `bancheng` command reaches it without being told an address.

Imported by the settings: standard library only, and nothing here may raise.
"""

import fcntl
import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def home() -> Path:
    """Where the demo keeps its data, keys and logs: `BANCHENG_HOME`, or var/demo in the project."""
    return Path(os.environ.get("BANCHENG_HOME") or ROOT / "var" / "demo").absolute()


def running_environment() -> dict[str, str]:
    """The variables that lead to the running demo (DATABASE_URL, REDIS_URL, keys, PORT …).

    Empty when DATABASE_URL is set (the operator named real servers), under production settings, and when
    nothing is announced.
    """
    if os.environ.get("DATABASE_URL") or os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production"):
        return {}
    return announced(home())


def announced(place: Path) -> dict[str, str]:
    """What the system that runs in `place` announced of itself.

    Empty when none runs there, or when this user may not read its state file (its owner alone may).
    """
    try:
        if not is_running(place):
            return {}
        state = json.loads(state_file(place).read_text("utf-8"))
        return {str(name): str(value) for name, value in state["environment"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def is_running(place: Path) -> bool:
    """Whether a demo holds the lock of `place`. The kernel drops a lock with its holder."""
    try:
        handle = os.open(lock_file(place), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False


def lock_file(place: Path) -> Path:
    return place / "lock"


def state_file(place: Path) -> Path:
    return place / "running.json"
