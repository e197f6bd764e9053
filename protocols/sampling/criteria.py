"""When enough samples were drawn: adaptive consistency and early-stopping windows, on the counts of answers.

Aggarwal et al. 2023 (arXiv:2305.11860) draw samples one by one until the leading answer is safe; `CRITERIA`
has their four tests with their thresholds. Li et al. 2024 (arXiv:2401.10480) draw windows until one agrees.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from quorate.errors import BadOption, did_you_mean

Criterion = Literal["beta", "dirichlet", "entropy", "majority"]
NODES = 1000
"""Intervals of the quadrature: errors below 1e-6 for up to thousands of samples."""


def beta_certainty(first: int, second: int) -> float:
    """Return the probability that the leading answer beats the second one, from their counts.

    The integral of the criterion of Aggarwal et al. 2023 (section 3.2), 1 - I_0.5(first + 1, second + 1),
    with a uniform prior; whole numbers make it a tail of the binomial distribution.

    Raises
    ------
    BadOption
        When a count is negative.

    Examples
    --------
    >>> beta_certainty(4, 0), beta_certainty(2, 2)
    (0.96875, 0.5)
    """
    if first < 0 or second < 0:
        raise BadOption(f"Answers are counted from 0: {first} and {second} are no counts.")
    draws = first + second + 1
    below: int = sum(math.comb(draws, hits) for hits in range(first + 1))
    return below / (1 << draws)


def dirichlet_certainty(counts: Sequence[int]) -> float:
    """Return the probability that the most frequent answer is the likeliest of all that were seen.

    The chances of the answers are Dirichlet(counts + 1). As independent gamma variables of these shapes, the
    probability that the first is the largest is one integral, of the density of the first times the
    distribution functions of the others, taken here by Simpson's rule. A lone answer is compared with one
    that nobody gave, so that two answers or one give `beta_certainty`.

    Examples
    --------
    >>> round(dirichlet_certainty([4]), 6), round(dirichlet_certainty([3, 1, 1]), 3)
    (0.96875, 0.698)
    """
    most, *others = sorted(counts, reverse=True) or [0]
    rivals = Counter(others or [0])
    shape = most + 1
    end = shape + 12 * math.sqrt(shape) + 25
    step = end / NODES
    values = [_largest(at * step, shape, rivals) for at in range(1, NODES + 1)]
    return min(1.0, step / 3 * (4 * math.fsum(values[0:-1:2]) + 2 * math.fsum(values[1:-1:2]) + values[-1]))


def _largest(x: float, shape: int, rivals: Counter[int]) -> float:
    """Return the density of gamma(shape) at x > 0 times the chance that every rival lies below x."""
    log = math.log(x)
    value = math.exp((shape - 1) * log - x - math.lgamma(shape))
    term, tail, upto = math.exp(-x), 0.0, 0
    for count, many in sorted(rivals.items()):
        while upto <= count:
            tail += term if x < 700 else math.exp(upto * log - x - math.lgamma(upto + 1))
            upto += 1
            term *= x / upto
        value *= max(0.0, 1 - tail) ** many
    return value


def entropy_share(counts: Sequence[int]) -> float:
    """Return the entropy of the answers as a share of the most that so many different answers can have.

    A lone answer is compared with one imagined vote for another, as in the code of Aggarwal et al. 2023.

    Examples
    --------
    >>> entropy_share([2, 2]), round(entropy_share([4]), 3)
    (1.0, 0.722)
    """
    known = [count for count in counts if count > 0]
    if not known:
        return 1.0
    known = known if len(known) > 1 else [*known, 1]
    total = sum(known)
    entropy = -math.fsum(count / total * math.log(count / total) for count in known)
    return entropy / math.log(len(known))


def majority_share(counts: Sequence[int]) -> float:
    """Return the share of the most frequent answer.

    Examples
    --------
    >>> majority_share([4, 1])
    0.8
    """
    return max(counts, default=0) / max(1, sum(counts))


class _Test(NamedTuple):
    measure: Callable[[Sequence[int]], float]
    threshold: float
    least: int
    falling: bool


def _beta(counts: Sequence[int]) -> float:
    first, second, *_ = [*sorted(counts, reverse=True), 0, 0]
    return beta_certainty(first, second)


CRITERIA: dict[str, _Test] = {
    "beta": _Test(_beta, 0.95, 1, falling=False),
    "dirichlet": _Test(dirichlet_certainty, 0.95, 1, falling=False),
    "entropy": _Test(entropy_share, 0.75, 2, falling=True),
    "majority": _Test(majority_share, 0.8, 2, falling=False),
}
"""Measure, threshold of the paper's code, fewest samples, and whether less is more certain."""


def settled(
    answers: Sequence[str | None], *, criterion: Criterion = "beta", threshold: float | None = None
) -> bool:
    """Tell whether the answers drawn so far settle which one is the most frequent.

    Parameters
    ----------
    answers : sequence of str or None
        In the order in which they were drawn; unreadable ones (None) are not counted.
    criterion : {"beta", "dirichlet", "entropy", "majority"}
        The test of Aggarwal et al. 2023.
    threshold : float, optional
        In (0, 1): at least this certain (beta, dirichlet), at least this share (majority), at most this share
        of the entropy (entropy); 0.95, 0.95, 0.8 and 0.75 when left out.

    Raises
    ------
    BadOption
        For an unknown criterion or an impossible threshold.

    Examples
    --------
    >>> settled(["5", "5", "5"]), settled(["5", "5", None, "5", "5"])
    (False, True)
    >>> settled(["5"] * 3, threshold=95)
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The threshold of the criterion 'beta' lies between 0 and 1, not 95.
    """
    if criterion not in CRITERIA:
        raise BadOption(f"There is no criterion '{criterion}'. {did_you_mean(criterion, CRITERIA)}")
    test = CRITERIA[criterion]
    limit = test.threshold if threshold is None else threshold
    if not 0 < limit < 1:
        raise BadOption(f"The threshold of the criterion '{criterion}' lies between 0 and 1, not {limit:g}.")
    counts = list(Counter(answer for answer in answers if answer is not None).values())
    if sum(counts) < test.least:
        return False
    found = test.measure(counts)
    return found <= limit if test.falling else found >= limit


def agreeing_window(answers: Sequence[str | None], *, size: int = 5) -> bool:
    """Tell whether a whole window of `size` samples has just been drawn and agrees (Li et al. 2024).

    Windows follow each other without overlap; an unreadable answer agrees with nothing.

    Raises
    ------
    BadOption
        For windows of fewer than 2 samples: one always agrees with itself.

    Examples
    --------
    >>> agreeing_window(["5", "6", "7", "7"], size=2), agreeing_window(["5", "6", "6"], size=2)
    (True, False)
    """
    if size < 2:
        raise BadOption(f"A window holds at least 2 samples, not {size}: one always agrees with itself.")
    if not answers or len(answers) % size:
        return False
    return answers[-1] is not None and len(set(answers[-size:])) == 1
