"""Shifts and rates of what belongs together question by question: only questions are independent evidence."""

from __future__ import annotations

import functools
import math
from statistics import NormalDist
from typing import Self

import numpy as np
import numpy.typing as npt

from quorate.evaluate.statistics import Rate
from quorate.nouns import Noun

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_NORMAL_FROM = 2000
"""Degrees of freedom from which the normal distribution differs from Student's by less than 0.1 %."""


class Shift(Noun):
    """A mean change in [-1, 1], its 95 % interval, and the two-sided p-value of its being 0.

    `of` counts the changes, `questions` the different questions they belong to: only those are independent
    evidence. `p` is None where one question alone was seen, or where a test would mislead (see `Drift`).
    """

    mean: float
    low: float
    high: float
    p: float | None
    of: int
    questions: int

    @classmethod
    def over(cls, changes: npt.ArrayLike, groups: npt.ArrayLike) -> Self | None:
        """Return the mean of changes of which several belong to one question; None of no change.

        Parameters
        ----------
        changes : array of float, shape (changes,)
        groups : array of int, shape (changes,)
            The question of each, counted from 0.

        Notes
        -----
        The standard error is that of a ratio of sums over questions (Cochran 1977, "Sampling techniques",
        equation 6.4; the sandwich of Liang and Zeger 1986), with Student's distribution for one degree less
        than there are questions. Where all questions shift alike there is no spread to measure, and the sign
        test takes its place.

        Examples
        --------
        >>> Shift.over([1, 0, 0, -1, 1, 1, 0, 0], [0, 0, 1, 1, 2, 2, 3, 3]).mean
        0.25
        """
        held, places = np.asarray(changes, dtype=np.float64), np.asarray(groups, dtype=np.int64)
        if not held.size:
            return None
        sums, sizes = np.bincount(places, held), np.bincount(places)
        sums, sizes = sums[sizes > 0], sizes[sizes > 0]
        mean = float(held.mean())
        return cls._of(mean, _error(sums - mean * sizes, held.size), held.size, len(sums))

    @classmethod
    def _of(cls, mean: float, error: float, count: int, questions: int) -> Self:
        half = student_quantile(0.975, questions - 1) * error if questions > 1 else math.inf
        return cls(
            mean=round(mean, 6),
            low=round(max(-1.0, mean - half), 6),
            high=round(min(1.0, mean + half), 6),
            p=_chance(mean, error, questions),
            of=count,
            questions=questions,
        )

    @classmethod
    def between(cls, values: npt.ArrayLike, groups: npt.ArrayLike, some: Bools, others: Bools) -> Self:
        """Return the mean of some values less that of others, which may belong to the same questions.

        Parameters
        ----------
        values : array of float, shape (values,)
        groups : array of int, shape (values,)
            The question of each.
        some, others : array of bool, shape (values,)
            At least one of each; none is both.

        Examples
        --------
        >>> some = np.array([True, True, True, False, False, False])
        >>> Shift.between([1, 1, 0, 0, 0, 0], [0, 1, 2, 3, 4, 5], some, ~some).mean
        0.666667
        """
        held, places = np.asarray(values, dtype=np.float64), np.asarray(groups, dtype=np.int64)
        first, second = float(held[some].mean()), float(held[others].mean())
        adds = np.zeros_like(held)
        adds[some] = (held[some] - first) / some.sum()
        adds[others] = -(held[others] - second) / others.sum()
        either = some | others
        sums = np.bincount(places[either], adds[either])[np.unique(places[either])]
        return cls._of(first - second, _error(sums.astype(np.float64), 1), int(either.sum()), len(sums))

    @property
    def points(self) -> str:
        """The shift and its interval in percentage points: "+6.7 [+4.7, +8.8]"."""
        return f"{100 * self.mean:+.1f} [{100 * self.low:+.1f}, {100 * self.high:+.1f}]"

    @property
    def sign(self) -> int:
        """1 or -1 when the interval excludes 0, else 0: nothing is claimed."""
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


def rate(worth: npt.ArrayLike, groups: npt.ArrayLike) -> Rate | None:
    """Return the rate of answers that are each worth 0 to 1, its interval by question; None of no answer.

    Examples
    --------
    >>> rate(np.array([True, True, False]), np.array([0, 1, 2])).right
    2.0
    """
    held = np.asarray(worth, dtype=np.float64)
    return Rate.clustered(held.tolist(), np.asarray(groups).tolist()) if held.size else None


def _error(residuals: Floats, count: int) -> float:
    groups = len(residuals)
    if groups < 2:
        return 0.0
    return math.sqrt(groups / (groups - 1) * float((residuals**2).sum())) / count


def _chance(mean: float, error: float, count: int) -> float | None:
    if count < 2:
        return None
    if error <= 1e-12:
        return 1.0 if abs(mean) <= 1e-12 else 2.0 ** (1 - count)
    return min(1.0, 2 * student_tail(abs(mean) / error, count - 1))


def student_tail(t: float, freedom: int) -> float:
    """Return the chance that Student's t with so many degrees of freedom exceeds `t`.

    Notes
    -----
    The finite series of Abramowitz and Stegun (1964), 26.7.3 and 26.7.4; the normal distribution from 2,000
    degrees of freedom on.

    Examples
    --------
    >>> round(student_tail(2.228, 10), 4)
    0.025
    """
    if freedom >= _NORMAL_FROM:
        return NormalDist().cdf(-t)
    if t < 0:
        return 1 - student_tail(-t, freedom)
    angle = math.atan(t / math.sqrt(freedom))
    square, term, total = math.cos(angle) ** 2, 1.0, 0.0
    for k in range(2 + freedom % 2, freedom + 1, 2):
        total += term
        term *= square * (k - 1) / k
    inside = math.sin(angle) * total if freedom % 2 == 0 else math.sin(angle) * math.cos(angle) * total
    tail = (1 - inside) / 2 if freedom % 2 == 0 else 0.5 - (angle + inside) / math.pi
    return max(0.0, tail)  # far out, the two parts differ by less than the last bit


@functools.lru_cache(maxsize=1024)
def student_quantile(level: float, freedom: int) -> float:
    """Return the value that Student's t exceeds with chance 1 - `level`, for a level of at least one half.

    Examples
    --------
    >>> round(student_quantile(0.975, 10), 3)
    2.228
    """
    if freedom >= _NORMAL_FROM:
        return NormalDist().inv_cdf(level)
    low, high = 0.0, 1.0
    while student_tail(high, freedom) > 1 - level:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if student_tail(middle, freedom) > 1 - level else (low, middle)
    return (low + high) / 2
