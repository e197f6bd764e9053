"""Claims: what may be said of one arm against another, and how much the problems at hand can show at all.

A claim needs two things here. The interval of its difference (over the problems) excludes 0: the claim
*holds*. And its exact p-value stays small after the correction for everything else that was compared in the
same table: the claim *stands* (see `stands`).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from quorate.errors import BadOption, did_you_mean
from quorate.evaluate.corrections import benjamini_hochberg, correction_called, holm
from quorate.evaluate.design import LEVEL, POWER, detectable, discordance, power
from quorate.evaluate.resampling import Floats, totals
from quorate.evaluate.statistics import difference

if TYPE_CHECKING:
    from quorate.evaluate.results import Claim

__all__ = [
    "benjamini_hochberg",
    "compare",
    "detectable",
    "detectable_among",
    "discordance",
    "holm",
    "mcnemar",
    "power",
    "stands",
    "stands_alone",
]
_SAME = 1e-9
"""Worths nearer than this are equal: thirds of a tie do not add up exactly."""


def mcnemar(won: int, lost: int) -> float:
    """Return the exact two-sided p-value of McNemar (1947): how odd so uneven a split of the changes is.

    Parameters
    ----------
    won, lost : int
        Problems that only the one arm, or only the other, solved.

    Returns
    -------
    float
        In (0, 1]; twice the smaller tail of a binomial with an even chance (Clopper-Pearson style, no
        mid-p), and 1 when nothing differs.

    Raises
    ------
    BadOption
        When a count is negative.

    Examples
    --------
    >>> round(mcnemar(8, 1), 4), mcnemar(3, 3), mcnemar(0, 0)
    (0.0391, 1.0, 1.0)
    """
    if won < 0 or lost < 0:
        raise BadOption(f"Counts of problems are not negative; got {won} won and {lost} lost.")
    count, fewer = won + lost, min(won, lost)
    if 2 * fewer >= count - 1:
        return 1.0
    whole = math.lgamma(count + 1) - count * math.log(2)
    terms = (math.exp(whole - math.lgamma(k + 1) - math.lgamma(count - k + 1)) for k in range(fewer + 1))
    return min(1.0, 2 * math.fsum(terms))


def compare(
    worth: Mapping[str, Sequence[float]],
    pairs: Sequence[tuple[str, str]],
    *,
    problems: Sequence[Hashable] | None = None,
    correction: str = "holm",
    seed: int = 0,
) -> tuple[Claim, ...]:
    """Compare arms in pairs, corrected for how many pairs there are.

    Parameters
    ----------
    worth : mapping of str to sequence of float, shape (answers,)
        What each answer of each arm is worth, in one order for all arms. Any measure will do.
    pairs : sequence of (str, str)
        Arm and rival; the correction is over all of them.
    problems : sequence, shape (answers,), optional
        The problem of each answer, when seeds repeat problems: problems are drawn and counted then, by
        their mean over the seeds.
    correction : {"holm", "benjamini_hochberg"}
    seed : int
        Of the bootstrap.

    Returns
    -------
    tuple of Claim
        In the order of the pairs. `won` and `lost` count the problems on which the arm, or its rival, was
        worth more; `p` is `mcnemar` of them, which with more than right and wrong is the sign test.

    Raises
    ------
    BadOption
        For an unknown arm or correction, arms of unequal length, and worths that are not finite numbers.

    Examples
    --------
    >>> (claim,) = compare({"debate": [1] * 80 + [0] * 20, "vote": [1] * 65 + [0] * 35}, [("debate", "vote")])
    >>> claim.difference.points, claim.won, claim.lost, claim.holds
    ('+15.0 [+7.3, +22.1]', 15, 0, True)
    """
    from quorate.evaluate.results import Claim

    correct = correction_called(correction)
    arrays = _checked(worth, pairs)
    counts = [_counts(arrays[arm] - arrays[rival], problems) for arm, rival in pairs]
    ps = [mcnemar(won, lost) for won, lost in counts]
    return tuple(
        Claim(
            arm=arm,
            rival=rival,
            difference=difference(worth[arm], worth[rival], groups=problems, seed=seed),
            p=p,
            adjusted=adjusted,
            won=won,
            lost=lost,
        )
        for (arm, rival), (won, lost), p, adjusted in zip(pairs, counts, ps, correct(ps), strict=True)
    )


def stands(claim: Claim, *, level: float = LEVEL) -> bool:
    """Tell whether a claim may be made after correction: it holds, and its adjusted p is at most `level`.

    Examples
    --------
    >>> worth = {"a": [1] * 6 + [0] * 94, "b": [0] * 100, "c": [0] * 100}
    >>> claim, _ = compare(worth, [("a", "b"), ("a", "c")])
    >>> claim.holds, round(claim.p, 3), round(claim.adjusted, 3), stands(claim)
    (True, 0.031, 0.063, False)
    """
    return claim.holds and claim.adjusted <= level


def stands_alone(claim: Claim, *, level: float = LEVEL) -> bool:
    """Tell whether a claim could be made if nothing else had been compared: it holds, and its own p is small.

    Examples
    --------
    >>> (claim,) = compare({"a": [1] * 5 + [0] * 35, "b": [0] * 40}, [("a", "b")])
    >>> claim.holds, claim.p, stands_alone(claim)  # the interval alone is not enough
    (True, 0.0625, False)
    """
    return claim.holds and claim.p <= level


def detectable_among(
    worth: Mapping[str, Sequence[float]],
    pairs: Sequence[tuple[str, str]],
    *,
    problems: Sequence[Hashable] | None = None,
    sure: float = POWER,
    level: float = LEVEL,
    corrected: bool = False,
) -> float | None:
    """Return the smallest difference that the problems at hand show, at the typical discordance of the pairs.

    Parameters
    ----------
    worth, pairs, problems
        As in `compare`.
    sure, level : float
        The power and the level of `detectable`.
    corrected : bool
        Whether it is to show after a correction for all pairs: at the level over their number, the hardest
        step of Holm's.

    Returns
    -------
    float or None
        For the median of the pairs' discordances; None without pairs.

    Examples
    --------
    >>> worth = {"debate": [1] * 80 + [0] * 20, "vote": [1] * 65 + [0] * 35}
    >>> round(detectable_among(worth, [("debate", "vote")]), 3)
    0.107
    """
    arrays = {arm: _per_problem(values, problems) for arm, values in _checked(worth, pairs).items()}
    found = [discordance(arrays[arm].tolist(), arrays[rival].tolist()) for arm, rival in pairs]
    if not found:
        return None
    count = len(arrays[pairs[0][0]])
    level = level / len(pairs) if corrected else level
    return detectable(count, min(1.0, float(np.median(found))), sure, level)


def _checked(worth: Mapping[str, Sequence[float]], pairs: Sequence[tuple[str, str]]) -> dict[str, Floats]:
    """Return the worths of the arms in `pairs` as arrays of one length."""
    arrays: dict[str, Floats] = {}
    for arm in dict.fromkeys(name for pair in pairs for name in pair):
        if arm not in worth:
            raise BadOption(f"There is no arm called '{arm}'. {did_you_mean(arm, worth)}")
        arrays[arm] = np.asarray(worth[arm], dtype=np.float64)
        wrong = np.flatnonzero(~np.isfinite(arrays[arm]))
        if wrong.size or not arrays[arm].size:
            where = f"its answer {wrong[0] + 1} has no worth" if wrong.size else "it has no answers"
            raise BadOption(f"The arm '{arm}' cannot be compared: {where}. Leave out problems without gold.")
    lengths = {arm: len(values) for arm, values in arrays.items()}
    if len(set(lengths.values())) > 1:
        few, many = min(lengths, key=lengths.__getitem__), max(lengths, key=lengths.__getitem__)
        raise BadOption(
            f"Arms are compared on the same problems: '{few}' answered {lengths[few]}, "
            f"'{many}' answered {lengths[many]}."
        )
    return arrays


def _per_problem(values: Floats, problems: Sequence[Hashable] | None) -> Floats:
    if problems is None:
        return values
    sums, sizes = totals(values, problems)
    return np.asarray(sums / sizes, dtype=np.float64)


def _counts(apart: Floats, problems: Sequence[Hashable] | None) -> tuple[int, int]:
    """Return on how many problems the difference is above, and on how many it is below, 0."""
    held = _per_problem(apart, problems)
    return int((held > _SAME).sum()), int((held < -_SAME).sum())
