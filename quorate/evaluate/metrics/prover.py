"""The prover: asks math-verify whether two expressions are equal, in a process that may be killed.

A power tower keeps Python's own arithmetic busy for years, where no signal reaches it, and fills any memory;
so the texts go to another process, line by line, and one that overruns its time ends and is replaced. That
time is the processor's: what is equal does not depend on how busy the machine is.
"""

from __future__ import annotations

import atexit
import functools
import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from quorate.errors import BadOption
from quorate.evaluate.metrics.scoring import missing

SECONDS = 5.0
"""Processor time for one pair of expressions."""
_PATIENCE = 120.0
"""Seconds on the clock, on top of that, for a busy machine and for starting."""
_SCRIPT = Path(__file__).with_name("proving.py")


class Prover:
    """Decides whether expressions are equal; safe to use from several threads.

    Parameters
    ----------
    seconds : float
        Processor time for one pair; what takes longer is undecided.

    Examples
    --------
    >>> with Prover() as prover:
    ...     prover.same(r"2(x+1)", "2x+2"), prover.same("2x", "3x")
    (True, False)
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        if not seconds > 0:
            raise BadOption(f"A proof takes some time: give seconds above 0, not {seconds:g}.")
        if importlib.util.find_spec("math_verify") is None:
            raise missing("math-verify")
        self.seconds = seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._owner = os.getpid()

    def same(self, gold: str, answer: str) -> bool | None:
        """Tell whether two LaTeX expressions are equal; None when that cannot be read or decided in time."""
        with self._lock:
            began = time.monotonic()
            said = self._try(gold, answer)
            if said is None and time.monotonic() - began < self.seconds / 2:
                said = self._try(gold, answer)  # it died early: of an earlier question, or by another hand
        verdicts: dict[str | None, bool] = {"same": True, "different": False}
        return verdicts.get(said)

    def _try(self, gold: str, answer: str) -> str | None:
        if self._process is None:
            self._start()
        said = self._ask(json.dumps([gold, answer]))
        if said is None:
            self.close()
        return said

    def close(self) -> None:
        """End the process; the next question starts another."""
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            process.communicate()

    def __enter__(self) -> Prover:
        """Return the prover itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()

    def _start(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own script, no shell
            [sys.executable, "-P", str(_SCRIPT), str(self.seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        if self._ask("") is None:
            self.close()
            raise BadOption(
                f"math-verify does not start: run `{sys.executable} {_SCRIPT} {self.seconds:g}` to see why."
            )

    def _ask(self, line: str) -> str | None:
        """Send a line, if any, and return the line that comes back; None when the process ends first."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return None
        overdue = threading.Timer(self.seconds + _PATIENCE, process.kill)
        overdue.daemon = True
        overdue.start()
        try:
            if line:
                process.stdin.write(line + "\n")
                process.stdin.flush()
            return process.stdout.readline().strip() or None
        except OSError:
            return None
        finally:
            overdue.cancel()


@functools.cache
def prover() -> Prover:
    """Return the prover of this process, which ends with it."""
    found = Prover()
    atexit.register(found.close)
    if hasattr(os, "register_at_fork"):
        # A fork shares the pipes of its parent: it has to start a prover of its own.
        os.register_at_fork(after_in_child=prover.cache_clear)
    return found
