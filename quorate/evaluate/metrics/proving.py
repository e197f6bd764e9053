"""The script of the prover's process: lines `[gold, answer]` in, "same", "different" or "unknown" out.

It imports nothing of Quorate, holds itself to two gigabytes, and ends by itself when one pair takes
too long, even if nobody is left to end it.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any

MEMORY = 2 << 30
"""Bytes the process may map."""


def verdict(gold: str, answer: str) -> str:
    """Compare two expressions in LaTeX.

    Examples
    --------
    >>> verdict("1/2", "0.5"), verdict("(5,1]", "(7,2]"), verdict("{", "1")
    ('same', 'unknown', 'unknown')
    """
    from latex2sympy2_extended import NormalizationConfig
    from math_verify import LatexExtractionConfig, parse, verify

    # Without the step that takes units away: in an expression 4t is no four tonnes.
    plain = NormalizationConfig(basic_latex=True, units=False, malformed_operators=True, nits=True)
    latex = [LatexExtractionConfig(normalization_config=plain)]
    sides: list[list[Any]] = [
        parse(f"${side}$", latex, fallback_mode="no_fallback", parsing_timeout=None)
        for side in (gold, answer)
    ]
    # Any two intervals that end before they begin are the same empty set to sympy.
    empty = any(getattr(side[0], "is_empty", False) for side in sides if side)
    if not all(sides) or empty:
        return "unknown"
    return "same" if verify(*sides, timeout_seconds=None) else "different"


def main(seconds: float) -> None:
    """Answer the lines of standard input until it ends."""
    _limit_memory()
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever sympy prints is no reply
    logging.disable()
    verdict("1", "1")  # imports and loads grammars, which takes longer than a proof may
    print("ready", file=replies, flush=True)
    for line in sys.stdin:
        _alarm(seconds)
        try:
            reply = verdict(*json.loads(line))
        except (Exception, RecursionError):
            reply = "unknown"
        _alarm(0)
        print(reply, file=replies, flush=True)


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY if most < 0 else min(MEMORY, most), most))


def _alarm(seconds: float) -> None:
    """End the process after so much processor time unless called again; no arithmetic can hold that back."""
    if sys.platform != "win32":
        import signal

        signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    main(float(sys.argv[1]))
