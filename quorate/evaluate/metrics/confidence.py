"""Calibration of arms: whether what they are sure of is right."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from quorate.calibration import Metrics
from quorate.evaluate.results import Result


def calibration(results: Iterable[Result]) -> dict[str, Metrics]:
    """Return the calibration of every arm: ECE (Guo et al. 2017), Brier score (1950) and AUC.

    Parameters
    ----------
    results : iterable of Result
        Those count that state a confidence and are right (worth 1) or wrong (worth 0); a tie is neither.

    Returns
    -------
    dict of str to Metrics
        By arm, in the order they appear; arms without any such result are left out.

    Examples
    --------
    >>> sure = [Result(arm="vote", seed=0, problem=f"q{n}", worth=n % 2, confidence=0.9) for n in range(4)]
    >>> calibration(sure)["vote"].ece
    0.4
    """
    held: dict[str, list[tuple[float, float]]] = {}
    for result in results:
        if result.confidence is not None and result.worth in (0.0, 1.0):
            held.setdefault(result.arm, []).append((result.confidence, result.worth))
    return {arm: _metrics(pairs) for arm, pairs in held.items()}


def _metrics(pairs: list[tuple[float, float]]) -> Metrics:
    claimed, right = np.array(pairs, dtype=np.float64).T
    return Metrics.of(claimed, right)
