"""Run the command line: `python -m quorate`."""

from quorate.cli import main

main()
