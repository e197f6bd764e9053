"""Resampling: what the mean of a sample would have been, had other problems been drawn.

The unit that is drawn is the problem, never the single answer: answers of several seeds to one problem
resemble each other, and counting them as if they did not makes intervals too short.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from quorate.errors import BadOption

Floats = npt.NDArray[np.float64]
DRAWS = 10_000
_MOST_KINDS = 100
"""Up to this many different values, a draw of all problems is one draw of a multinomial."""
_AT_ONCE = 2_000_000
"""Drawn places that are held in memory at once."""


def mean_draws(values: Sequence[float], groups: Sequence[Hashable] | None = None, *, seed: int = 0) -> Floats:
    """Draw problems with replacement and return the mean of each draw (Efron 1979).

    Parameters
    ----------
    values : sequence of float, shape (answers,)
    groups : sequence, shape (answers,), optional
        The problem each value belongs to; whole problems are drawn (Field and Welsh 2007, cluster
        bootstrap). None when every value is a problem of its own.
    seed : int

    Returns
    -------
    numpy.ndarray, shape (10000,)

    Raises
    ------
    BadOption
        When there is no value, a value is not finite, or there are not as many groups as values.

    Examples
    --------
    >>> draws = mean_draws([0.0, 1.0] * 50)
    >>> len(draws), round(float(draws.std()), 2)
    (10000, 0.05)
    >>> copies = mean_draws([0.0, 1.0] * 50 + [0.0, 1.0] * 50, list(range(100)) * 2)
    >>> round(float(copies.std()), 2)
    0.05
    """
    held = finite(values)
    rng = np.random.default_rng(seed)
    sizes = np.ones_like(held)
    if groups is not None:
        held, sizes = totals(held, groups)
    if sizes.min() < sizes.max():
        return _draw_places(held, sizes, rng)
    means = held / sizes[0]
    found = Counter(means.tolist())
    return _draw_values(found, rng) if len(found) <= _MOST_KINDS else _draw_places(means, None, rng)


def finite(values: Sequence[float]) -> Floats:
    """Return values as an array of shape (n,); BadOption names the first that is no finite number.

    Examples
    --------
    >>> finite([0.5, float("nan")])
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: Value 2 of 2 is nan; only finite numbers have an average.
    """
    held = np.asarray(values, dtype=np.float64)
    if held.ndim != 1 or not held.size:
        raise BadOption("There is nothing to average: give at least one number.")
    wrong = np.flatnonzero(~np.isfinite(held))
    if wrong.size:
        raise BadOption(
            f"Value {wrong[0] + 1} of {held.size} is {held[wrong[0]]:g}; only finite numbers have an average."
        )
    return held


def totals(values: Floats, groups: Sequence[Hashable]) -> tuple[Floats, Floats]:
    """Return the sum and the count of the values of each group, in the order the groups appear.

    Examples
    --------
    >>> sums, sizes = totals(np.array([1.0, 2.0, 4.0]), ["q1", "q2", "q1"])
    >>> sums.tolist(), sizes.tolist()
    ([5.0, 2.0], [2.0, 1.0])
    """
    if len(groups) != len(values):
        raise BadOption(f"Say for each value which problem it belongs to: {len(groups)} for {len(values)}.")
    numbers: dict[Hashable, int] = {}
    places = np.array([numbers.setdefault(group, len(numbers)) for group in groups])
    sums, sizes = np.bincount(places, values), np.bincount(places)
    return sums.astype(np.float64), sizes.astype(np.float64)


def _draw_values(found: Counter[float], rng: np.random.Generator) -> Floats:
    count = found.total()
    values = [1.0, -1.0, *sorted(set(found) - {1.0, -1.0, 0.0}), 0.0]
    draws = rng.multinomial(count, [found[value] / count for value in values], size=DRAWS)
    return np.asarray(draws @ np.array(values) / count, dtype=np.float64)


def _draw_places(sums: Floats, sizes: Floats | None, rng: np.random.Generator) -> Floats:
    """Draw groups by their places, in pieces that fit in memory; without sizes, all are of size 1."""
    means = np.empty(DRAWS)
    step = max(1, _AT_ONCE // len(sums))
    for start in range(0, DRAWS, step):
        many = min(step, DRAWS - start)
        places = rng.integers(0, len(sums), size=(many, len(sums)), dtype=np.int32)
        drawn = float(len(sums)) if sizes is None else sizes[places].sum(axis=1)
        means[start : start + many] = sums[places].sum(axis=1) / drawn
    return means


def quantiles(draws: Floats, level: float) -> tuple[float, float]:
    """Return the middle `level` of the draws: the percentile interval.

    Examples
    --------
    >>> quantiles(np.linspace(0.0, 1.0, 101), 0.9)
    (0.05, 0.95)
    """
    if not 0 < level < 1:
        raise BadOption(f"The level of an interval lies between 0 and 1, such as 0.95; got {level:g}.")
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return round(float(low), 4), round(float(high), 4)


def effective_count(values: Floats, groups: Sequence[Hashable]) -> float:
    """Return how many independent answers grouped ones are worth: their count over the design effect.

    Notes
    -----
    The design effect (Kish 1965) is the variance of the mean over whole problems divided by that of as many
    independent answers. It is held where no problem counts for less than one answer or more than all its own.

    Examples
    --------
    >>> effective_count(np.array([1.0, 1.0, 0.0, 0.0]), ["q1", "q1", "q2", "q2"])
    2.0
    """
    sums, sizes = totals(values, groups)
    count, share = len(values), math.fsum(values) / len(values)
    alone = share * (1 - share) / count
    if len(sums) < 2 or alone <= 0:
        return float(len(sums))
    spread = len(sums) / (len(sums) - 1) * float(((sums - share * sizes) ** 2).sum()) / count**2
    return min(float(count), max(float(len(sums)), count * alone / spread if spread > 0 else float(count)))
