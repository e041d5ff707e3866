"""The unprivileged account that PostgreSQL runs under when we are root: it refuses to run as root itself."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """A user and group to run a program as."""

    uid: int
    gid: int


def database_account() -> Account | None:
    """None for an ordinary user, who runs PostgreSQL as himself; for root the account `nobody`.

    Raises RuntimeError where there is no such account.
    """
    if os.geteuid() != 0:
        return None
    for name in ("nobody", "postgres"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise RuntimeError("PostgreSQL 不能以 root 身份运行，而本机没有 nobody 账户：请换用普通用户")


def can_reach(path: Path) -> bool:
    """Whether any account may enter (or run) `path` and pass every folder above; a 0700 home stops it."""
    here = path.resolve()
    try:
        return all(step.stat().st_mode & stat.S_IXOTH for step in (here, *here.parents))
    except OSError:
        return False
