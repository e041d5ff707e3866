"""The one door for people at a terminal: `bancheng <command>`, the same commands as `manage.py`."""

import os
import sys


def main() -> None:
    """Run a command of this project or of Django; without settings named, those of the demo."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bancheng.settings.demo")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["bancheng", *sys.argv[1:]])
