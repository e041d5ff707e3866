"""`make clean`: remove what PostgreSQL keeps outside the project; refuse while a demo runs."""

import shutil
import sys

from bancheng.devstack import demo, discovery
from bancheng.devstack.account import database_account
from bancheng.devstack.postgres import place_for


def main() -> int:
    homes = (discovery.home(), demo.beside(discovery.home()))
    for home in homes:
        if discovery.is_running(home):
            print(f"演示正在运行（{home}），请先停止。", file=sys.stderr)  # noqa: T201
            return 1
    for home in homes:
        shutil.rmtree(place_for(home, database_account()), ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
