"""The command `quorate`: thin; everything it does is one call in Python.

demo, debate, run, resume, watch, compare, decide, dynamics, filters, gate, problems, protocols, report,
reproduce, robustness, rules, serve, simulate, topology, models, and the groups graph, pool and roles. Errors
are sentences; the exit status is 1 when something failed, 2 for wrong arguments, 130 after ctrl-C.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import NoReturn

from quorate.cli import compare as compare
from quorate.cli import decide as decide
from quorate.cli import dynamics as dynamics
from quorate.cli import filters as filters
from quorate.cli import gate as gate
from quorate.cli import problems as problems
from quorate.cli import protocols as protocols
from quorate.cli import report as report
from quorate.cli import reproduce as reproduce
from quorate.cli import robustness as robustness
from quorate.cli import roles as roles
from quorate.cli import rules as rules
from quorate.cli import serve as serve
from quorate.cli import simulate as simulate
from quorate.cli.commands import app
from quorate.cli.showing import complain, show_warning
from quorate.errors import QuorateError

__all__ = ["app", "main", "program"]


def main() -> None:
    """Run the command line; errors are sentences, not tracebacks."""
    warnings.showwarning = show_warning
    try:
        app()
    except QuorateError as error:
        complain(str(error))
        sys.exit(1)


def program() -> NoReturn:
    """Run the command line as a process of its own, which ends even where a model cannot be stopped.

    A thread that comes back from torch while the interpreter shuts down ends the process with a signal and
    a message of its own. What it would have answered is lost anyway, so nothing is shut down around it.
    """
    status: str | int | None = 0
    try:
        main()
    except SystemExit as end:
        status = end.code
    lanes = sys.modules.get("quorate.lanes")  # where no model was asked, nothing waits for an import
    if lanes and lanes.still_busy() and isinstance(status, int):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)
