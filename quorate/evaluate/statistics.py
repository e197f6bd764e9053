"""Figures with intervals: shares (Wilson), means and paired differences (bootstrap over the problems).

Where only few problems differ a paired difference has the interval of Bonett and Price instead.

Where one problem was answered several times, say by several seeds, every figure takes `groups`, the problem
of each answer: only different problems are independent evidence.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from statistics import NormalDist

from quorate.nouns import Noun


def wilson(correct: float, known: float, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a share.

    Parameters
    ----------
    correct, known : float
        Successes and trials (parts of them where they are not whole); nothing is known of no trial.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    tuple of float
        Lower and upper bound, in [0, 1] (Wilson 1927, "Probable inference", JASA 22, p. 209).

    Examples
    --------
    >>> low, high = wilson(8, 10)
    >>> round(low, 3), round(high, 3)
    (0.49, 0.943)
    """
    if known == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, spread = correct / known, z * z / known
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / known + spread / (4 * known))
    return max(0.0, middle - half), min(1.0, middle + half)


class Rate(Noun):
    """A share of right answers and its 95 % interval; a tie may count for a part of an answer."""

    right: int | float
    of: int
    low: float
    high: float

    @classmethod
    def count(cls, right: float, of: int) -> Rate:
        """Return the rate of `right` out of `of`, with the interval of Wilson (1927).

        Examples
        --------
        >>> Rate.count(8, 10)
        Rate(right=8, of=10, low=0.4902, high=0.9433)
        """
        low, high = wilson(right, of)
        return cls(right=right, of=of, low=round(low, 4), high=round(high, 4))

    @classmethod
    def mean(cls, worth: Sequence[float]) -> Rate | None:
        """Return the rate of answers that are each worth 0 to 1; None of no answer.

        Examples
        --------
        >>> Rate.mean([1.0, 0.5, 0.0]).right
        1.5
        """
        return cls.count(round(math.fsum(worth), 9), len(worth)) if worth else None

    @classmethod
    def clustered(cls, worth: Sequence[float], groups: Sequence[Hashable]) -> Rate:
        """Return the rate of answers of which several belong to one problem, with an interval that knows it.

        Parameters
        ----------
        worth : sequence of float, shape (answers,)
            What each answer is worth, in [0, 1].
        groups : sequence, shape (answers,)
            The problem of each.

        Raises
        ------
        BadOption
            When there is no answer, or not as many groups as answers.

        Notes
        -----
        The interval of Wilson (1927) for the effective number of answers (Dean and Pagano 2015, "Evaluating
        confidence interval methods for binomial proportions in clustered surveys", JSSAM 3).

        Examples
        --------
        >>> Rate.clustered([1, 1, 1, 1, 0, 0], ["q1", "q1", "q2", "q2", "q3", "q3"])  # as wide as 2 of 3
        Rate(right=4.0, of=6, low=0.2077, high=0.9385)
        """
        from quorate.evaluate.resampling import effective_count, finite

        held = finite(worth)
        right, many = round(math.fsum(held), 9), effective_count(held, groups)
        low, high = wilson(right / len(held) * many, many)
        return cls(right=right, of=len(held), low=round(low, 4), high=round(high, 4))

    @property
    def share(self) -> float:
        """The share itself; 0 of nothing."""
        return self.right / self.of if self.of else 0.0

    @property
    def percent(self) -> str:
        """The share and its interval in percent: "80 [49, 94]"."""
        return f"{100 * self.share:.0f} [{100 * self.low:.0f}, {100 * self.high:.0f}]"


class Difference(Noun):
    """How much better one way of deciding is than another, on the same problems, and its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def points(self) -> str:
        """The difference and its interval in percentage points: "+6.7 [+4.7, +8.8]"."""
        return f"{100 * self.mean:+.1f} [{100 * self.low:+.1f}, {100 * self.high:+.1f}]"

    @property
    def sign(self) -> int:
        """1 or -1 when the interval excludes 0, else 0: nothing is claimed."""
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


class Estimate(Noun):
    """A mean of any measure, such as chrF, and its interval; `of` are the answers it is over."""

    mean: float
    of: int
    low: float
    high: float


def average(
    values: Sequence[float],
    *,
    groups: Sequence[Hashable] | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Return a mean with the interval that a percentile bootstrap over the problems gives.

    Parameters
    ----------
    values : sequence of float, shape (answers,)
    groups : sequence, shape (answers,), optional
        The problem of each answer, when some problems have several.
    level : float
        Coverage, in (0, 1).
    seed : int
        Of the draws.

    Raises
    ------
    BadOption
        When there is no value, one is not finite, or there are not as many groups as values.

    Examples
    --------
    >>> average([20.0, 30.0, 40.0] * 30).mean
    30.0
    """
    from quorate.evaluate.resampling import mean_draws, quantiles

    low, high = quantiles(mean_draws(values, groups, seed=seed), level)
    return Estimate(mean=math.fsum(values) / len(values), of=len(values), low=low, high=high)


def difference(
    first: Sequence[float],
    second: Sequence[float],
    *,
    groups: Sequence[Hashable] | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Difference:
    """Return the paired difference of two ways of deciding, with its interval over the problems.

    Parameters
    ----------
    first, second : sequence of bool or float, shape (answers,)
        Whether each was right, or how far in [0, 1] where ties count by their share, on the same problems in
        the same order.
    groups : sequence, shape (answers,), optional
        The problem of each answer, when some problems have several: whole problems are drawn then.
    level : float
        Coverage, in (0, 1).
    seed : int
        Of the draws.

    Notes
    -----
    A percentile bootstrap: problems are drawn with replacement 10,000 times (Efron 1979; for groups Field and
    Welsh 2007). Of worths in [0, 1] that differ on fewer than 20 problems it knows too little; they have the
    adjusted Wald interval of Bonett and Price (2012, see `quorate.evaluate.paired`).

    Examples
    --------
    >>> found = difference([True] * 60 + [False] * 40, [True] * 40 + [False] * 60)
    >>> round(found.mean, 3), found.sign
    (0.2, 1)
    >>> difference([True] * 3 + [False] * 97, [False] * 100).points  # a bootstrap would exclude 0
    '+3.0 [-1.3, +7.2]'
    """
    from quorate.evaluate.paired import adjusted_wald, few_differ
    from quorate.evaluate.resampling import finite, mean_draws, quantiles

    if len(first) != len(second):
        raise ValueError("Both sequences must be about the same problems.")
    if not len(first):
        return Difference(mean=0.0, low=0.0, high=0.0)
    apart = [float(a) - float(b) for a, b in zip(first, second, strict=True)]
    are_worths = all(0 <= value <= 1 for value in (*first, *second))
    if are_worths and few_differ(finite(apart), groups):
        low, high = adjusted_wald(finite(apart), groups, level=level)
    else:
        low, high = quantiles(mean_draws(apart, groups, seed=seed), level)
    return Difference(mean=math.fsum(apart) / len(apart), low=low, high=high)
