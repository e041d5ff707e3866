"""`python -m bancheng <command>`: what the `bancheng` script in the virtual environment runs."""

from bancheng.cli import main

main()
