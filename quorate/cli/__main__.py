"""Run the command line: `python -m quorate.cli`."""

from quorate.cli import program

program()
