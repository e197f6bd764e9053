"""Paired differences of which few problems tell: an interval that does not trust how few they are.

A bootstrap draws again what was seen. Where 3 of 100 problems differ it draws about 3, often none, and never
a kind of problem that did not come up: its interval is too short, and of no width where nothing differs.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from statistics import NormalDist

import numpy as np

from quorate.evaluate.resampling import Floats, totals

FEW = 20
"""Fewer problems that differ than this are too few for a bootstrap."""
_SAME = 1e-9
"""Worths nearer than this are equal: thirds of a tie do not add up exactly."""


def few_differ(apart: Floats, groups: Sequence[Hashable] | None = None) -> bool:
    """Tell whether the two ways of deciding differ on so few problems that a bootstrap knows too little.

    Examples
    --------
    >>> few_differ(np.array([1.0] * 15 + [-1.0] * 4 + [0.0] * 900))
    True
    """
    held = apart if groups is None else totals(apart, groups)[0]
    return int((np.abs(held) > _SAME).sum()) < FEW


def adjusted_wald(
    apart: Floats, groups: Sequence[Hashable] | None = None, *, level: float = 0.95
) -> tuple[float, float]:
    """Return the interval of a paired difference with two problems added: one won, and one lost.

    Parameters
    ----------
    apart : numpy.ndarray, shape (answers,)
        How much more each answer of the first is worth than that of the second, in [-1, 1].
    groups : sequence, shape (answers,), optional
        The problem of each answer, when some problems have several.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    tuple of float
        Lower and upper bound, in [-1, 1].

    Notes
    -----
    For answers that are right or wrong this is the adjusted Wald interval of Bonett and Price (2012,
    "Adjusted Wald confidence interval for a difference of binomial proportions based on paired data",
    Journal of Educational and Behavioral Statistics 37, equation 4). For parts of answers it is the same with
    their parts; for several answers a problem the added problems are of the mean size.

    Examples
    --------
    >>> adjusted_wald(np.array([1.0] * 5 + [-1.0] + [0.0] * 94))
    (-0.0146, 0.093)
    """
    sums, sizes = (apart, np.ones_like(apart)) if groups is None else totals(apart, groups)
    size = float(sizes.mean())
    sums = np.concatenate([sums, [size, -size]])
    sizes = np.concatenate([sizes, [size, size]])
    middle = float(sums.sum() / sizes.sum())
    spread = math.sqrt(float(((sums - middle * sizes) ** 2).sum())) / float(sizes.sum())
    half = NormalDist().inv_cdf((1 + level) / 2) * spread
    return round(max(-1.0, middle - half), 4), round(min(1.0, middle + half), 4)
