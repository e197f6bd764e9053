"""Shares of right answers with intervals, alone (Wilson) and in pairs (bootstrap over the problems)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import NormalDist

from quorate.nouns import Noun

DRAWS = 10_000


def wilson(correct: float, known: int, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a share.

    Parameters
    ----------
    correct, known : float, int
        Successes and trials; nothing is known of no trial.
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


def difference(first: Sequence[float], second: Sequence[float], *, seed: int = 0) -> Difference:
    """Return the paired difference of two ways of deciding, by a percentile bootstrap over the problems.

    Parameters
    ----------
    first, second : sequence of bool or float, shape (problems,)
        Whether each was right, or how far in [0, 1] where ties count by their share, on the same problems in
        the same order.
    seed : int
        Of the draws.

    Notes
    -----
    Problems are drawn with replacement 10,000 times (Efron 1979). A difference takes one of a few values on
    a problem (three, when there are no ties), so a draw of n problems is one draw of a multinomial.

    Examples
    --------
    >>> found = difference([True] * 60 + [False] * 40, [True] * 40 + [False] * 60)
    >>> round(found.mean, 3), found.sign
    (0.2, 1)
    """
    import numpy as np

    count = len(first)
    if count != len(second):
        raise ValueError("Both sequences must be about the same problems.")
    if count == 0:
        return Difference(mean=0.0, low=0.0, high=0.0)
    found = Counter(float(a) - float(b) for a, b in zip(first, second, strict=True))
    values = [1.0, -1.0, *sorted(set(found) - {1.0, -1.0, 0.0}), 0.0]
    shares = [found[value] / count for value in values]
    draws = np.random.default_rng(seed).multinomial(count, shares, size=DRAWS)
    low, high = np.quantile(draws @ np.array(values) / count, [0.025, 0.975])
    mean = math.fsum(value * many for value, many in found.items()) / count
    return Difference(mean=mean, low=round(float(low), 4), high=round(float(high), 4))
