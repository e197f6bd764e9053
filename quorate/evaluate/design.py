"""The design of a comparison: what so many problems can show, before or after the arms have run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from quorate.errors import BadOption

LEVEL = 0.05
POWER = 0.8


def discordance(first: Sequence[float], second: Sequence[float]) -> float:
    """Return how much two arms differ problem by problem: the mean square difference of their worths.

    With answers that are right or wrong it is the share of problems that only one of them solved.

    Examples
    --------
    >>> discordance([1, 1, 0, 0], [1, 0, 1, 0])
    0.5
    """
    if len(first) != len(second) or not len(first):
        raise BadOption(f"Both arms need the same problems, at least one: {len(first)} and {len(second)}.")
    return float(np.mean((np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)) ** 2))


def power(count: int, discordant: float, difference: float, *, level: float = LEVEL) -> float:
    """Return the chance that a paired comparison finds a true difference.

    Parameters
    ----------
    count : int
        Problems.
    discordant : float
        Share of problems that only one of the arms solves, in [0, 1].
    difference : float
        The true difference of the arms' accuracies; not above `discordant`.
    level : float
        Of the two-sided test.

    Returns
    -------
    float
        By the normal approximation of Connor (1987, "Sample size for testing differences in proportions for
        the paired-sample design", Biometrics 43, equation 2); the far tail of the test is left out.

    Raises
    ------
    BadOption
        For impossible numbers, such as a difference larger than the share of discordant problems.

    Examples
    --------
    >>> round(power(1000, 0.15, 0.035), 2)
    0.82
    """
    _check_design(count, discordant, level)
    if abs(difference) > discordant:
        raise BadOption(
            f"A difference of {difference:g} is impossible when only {discordant:g} of the problems differ."
        )
    if discordant == 0:
        return 0.0
    certain, spread = _normal(1 - level / 2), discordant - difference**2
    reach = abs(difference) * math.sqrt(count) - certain * math.sqrt(discordant)
    return NormalDist().cdf(reach / math.sqrt(spread)) if spread > 0 else float(reach > 0)


def detectable(count: int, discordant: float, power: float = POWER, level: float = LEVEL) -> float:
    """Return the smallest difference that a paired comparison of so many problems finds with this power.

    Parameters
    ----------
    count : int
        Problems.
    discordant : float
        Share of problems that only one of the arms solves, in [0, 1].
    power, level : float
        Chance of finding the difference, and of finding one where there is none.

    Returns
    -------
    float
        In [0, 1]: the inverse of `power` in its difference. Where it would exceed `discordant`, the arms
        must differ on more problems than that, and the difference with all of them on one side is returned;
        1 also where the exact test finds nothing in so few problems, even with all of them on one side.

    Raises
    ------
    BadOption
        For impossible numbers.

    Examples
    --------
    >>> round(detectable(1000, 0.15), 3), round(detectable(100, 0.15), 3)
    (0.034, 0.107)
    """
    _check_design(count, discordant, level)
    if not 0 < power < 1:
        raise BadOption(f"The power lies between 0 and 1; got {power:g}.")
    if count - 1 < -math.log2(level):  # the smallest p of the exact test is 2 / 2^count
        return 1.0
    sure, found = _normal(1 - level / 2), _normal(power)
    # Both are roots of: difference * sqrt(count) = sure * sqrt(d) + found * sqrt(d - difference^2).
    inside = count - sure**2 + found**2
    root = sure * math.sqrt(count) + found * math.sqrt(max(0.0, inside))
    least = math.sqrt(discordant) * root / (count + found**2) if inside >= 0 else math.inf
    return least if 0 < least <= discordant else _one_sided(count, sure, found)


def _one_sided(count: int, sure: float, found: float) -> float:
    """Solve the same equation where the discordant share is the difference itself."""
    inside = (sure * found) ** 2 + (count + found**2) * (count - sure**2)
    left = (math.sqrt(max(0.0, inside)) - sure * found) / (count + found**2)
    return 1 - max(0.0, left) ** 2


def _check_design(count: int, discordant: float, level: float) -> None:
    if count < 1:
        raise BadOption(f"A comparison needs at least one problem; got {count}.")
    if not 0 <= discordant <= 1:
        raise BadOption(f"The share of discordant problems lies between 0 and 1; got {discordant:g}.")
    if not 0 < level < 1:
        raise BadOption(f"The level of a test lies between 0 and 1, such as 0.05; got {level:g}.")


def _normal(chance: float) -> float:
    return NormalDist().inv_cdf(chance)
