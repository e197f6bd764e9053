"""Run the command line: `python -m quorate`."""

from quorate.cli import program

program()
