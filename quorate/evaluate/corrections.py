"""Corrections of p-values for many comparisons: Holm, and Benjamini and Hochberg."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from quorate.errors import BadOption, did_you_mean

Floats = npt.NDArray[np.float64]


def holm(ps: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted by Holm (1979): the chance of even one false claim stays below the level.

    Raises
    ------
    BadOption
        When a p-value lies outside [0, 1].

    Examples
    --------
    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    held = _probabilities(ps)
    order = np.argsort(held, kind="stable")
    risen = np.maximum.accumulate(held[order] * np.arange(len(held), 0, -1))
    return _put_back(risen, order)


def benjamini_hochberg(ps: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted by Benjamini and Hochberg (1995): the expected share of false claims is held.

    Raises
    ------
    BadOption
        When a p-value lies outside [0, 1].

    Examples
    --------
    >>> [round(p, 3) for p in benjamini_hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    held = _probabilities(ps)
    order = np.argsort(held, kind="stable")[::-1]
    fallen = np.minimum.accumulate(held[order] * len(held) / np.arange(len(held), 0, -1))
    return _put_back(fallen, order)


CORRECTIONS: dict[str, Callable[[Sequence[float]], tuple[float, ...]]] = {
    "holm": holm,
    "benjamini_hochberg": benjamini_hochberg,
}


def _probabilities(ps: Sequence[float]) -> Floats:
    held = np.asarray(ps, dtype=np.float64)
    wrong = np.flatnonzero(~((held >= 0) & (held <= 1)))
    if wrong.size:
        raise BadOption(f"A p-value lies between 0 and 1; number {wrong[0] + 1} is {held[wrong[0]]:g}.")
    return held


def _put_back(adjusted: Floats, order: npt.NDArray[np.intp]) -> tuple[float, ...]:
    found = np.empty_like(adjusted)
    found[order] = np.minimum(adjusted, 1.0)
    return tuple(found.tolist())


def correction_called(name: str) -> Callable[[Sequence[float]], tuple[float, ...]]:
    """Return the correction of that name; BadOption says what was probably meant.

    Examples
    --------
    >>> correction_called("bonferroni")
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: There is no correction called 'bonferroni'. Known: benjamini_hochberg, holm.
    """
    if name not in CORRECTIONS:
        raise BadOption(f"There is no correction called '{name}'. {did_you_mean(name, CORRECTIONS)}")
    return CORRECTIONS[name]
