"""A demo of the two servers alone, run as a process of its own by test_supervisor.py."""

import sys

from bancheng.devstack import demo
from bancheng.devstack.binaries import Missing
from bancheng.devstack.instance import AlreadyRunning
from bancheng.devstack.supervisor import Failed


def say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


def main() -> int:
    demo.processes = lambda system, environment: []
    try:
        demo.run(demo.options_from_environment(commands=[]), say)
    except (AlreadyRunning, Failed, Missing) as refusal:
        say(str(refusal))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
