"""Majorities between two answers at a time: matrices, cycles, and paths.

The pairwise matrix of a profile: entry (i, j) is the weight of the ballots that rank answer i above answer j.

        5  6  7
    5   .  3  2        3 rank 5 above 6, 1 the other way round: 5 beats 6 by a margin of 2
    6   1  .  4
    7   2  0  .
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from quorate.errors import BadOption, did_you_mean
from quorate.protocols.voting.ballots import CLOSE, Profile

Strength = Literal["margins", "winning", "opposition"]
MOST_PAIRED = 2000
"""Most answers that are compared in pairs: 4,000,000 of them."""


def pairwise(profile: Profile) -> np.ndarray:
    """Return the pairwise matrix of a profile, of shape (answers, answers).

    Raises
    ------
    BadOption
        For more than 2,000 answers.

    Examples
    --------
    >>> from quorate.nouns import Ballot
    >>> ballots = [Ballot(seat="a", answer="5", candidates=("5", "6", "7")), Ballot(seat="b", answer="7")]
    >>> pairwise(Profile.of(ballots)).tolist()
    [[0.0, 1.0, 1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 0.0]]
    """
    size = len(profile.answers)
    if size > MOST_PAIRED:
        raise BadOption(
            f"This rule compares every two of at most {MOST_PAIRED:,} answers, and {size:,} were put to the "
            "vote. Decide by plurality, approval, borda or range instead."
        )
    found = np.zeros((size, size))
    for tiers, weight in profile.groups:
        ranked = np.array([index for tier in tiers for index in tier])
        place = np.repeat(np.arange(len(tiers)), [len(tier) for tier in tiers])
        found[ranked, :] += weight
        found[np.ix_(ranked, ranked)] -= weight * (place[:, None] >= place[None, :])
    return _steady(found, profile.voices)


def _steady(found: np.ndarray, whole: float) -> np.ndarray:
    """Round sums of weights, so that equal majorities are equal."""
    places = -math.floor(math.log10(CLOSE * whole)) if whole > 0 else 0
    return np.asarray(np.round(found, max(0, places)))


def margins_of(profile: Profile) -> np.ndarray:
    """Return by how much each answer (row) beats each other (column); negative where it loses.

    Examples
    --------
    >>> from quorate.nouns import Ballot
    >>> ballots = [Ballot(seat=seat, answer=answer) for seat, answer in zip("abc", "565")]
    >>> margins_of(Profile.of(ballots)).tolist()
    [[0.0, 1.0], [-1.0, 0.0]]
    """
    found = pairwise(profile)
    return _steady(found - found.T, profile.voices)


def smith_set(margins: np.ndarray) -> np.ndarray:
    """Return the indices of the smallest set whose members each beat everybody outside it.

    Also called the top cycle. Members of a set that dominates have higher Copeland scores than all others, so
    the set grows from the highest score.

    Examples
    --------
    >>> smith_set(np.array([[0, 1, -1, 1], [-1, 0, 1, 1], [1, -1, 0, 1], [-1, -1, -1, 0]])).tolist()
    [0, 1, 2]
    """
    scores = np.sign(margins).sum(axis=1)
    inside = scores == scores.max()
    fresh = inside
    while fresh.any():
        fresh = (margins[fresh] <= 0).any(axis=0) & ~inside
        inside = inside | fresh
    return np.flatnonzero(inside)


def majority_cycle(margins: np.ndarray) -> list[int]:
    """Return a cycle of majorities among the best answers, a shortest through one of them; [] without one.

    Examples
    --------
    >>> majority_cycle(np.array([[0, 2, -2], [-2, 0, 2], [2, -2, 0]]))
    [0, 1, 2]
    """
    members = smith_set(margins).tolist()
    for start in members:
        came: dict[int, int] = {start: -1}
        for node in (queue := [start]):
            for rival in members:
                if margins[node, rival] > 0 and rival == start:
                    path = [node]
                    while came[path[0]] >= 0:
                        path.insert(0, came[path[0]])
                    return path
                if margins[node, rival] > 0 and rival not in came:
                    came[rival] = node
                    queue.append(rival)
    return []


def strengths(profile: Profile, how: Strength) -> np.ndarray:
    """Return how strongly each answer (row) beats each other (column): 0 where it does not.

    `margins` takes the difference of the two sides, `winning` the votes of the larger side, and `opposition`
    the votes of either side.

    Raises
    ------
    BadOption
        For an unknown measure.
    """
    if how not in ("margins", "winning", "opposition"):
        raise BadOption(
            f"There is no strength '{how}'. {did_you_mean(how, ('margins', 'winning', 'opposition'))}"
        )
    if not profile.groups:
        return np.zeros((0, 0))
    found = pairwise(profile)
    if how == "opposition":
        return found
    margins = _steady(found - found.T, profile.voices)
    return np.where(margins > 0, margins if how == "margins" else found, 0.0)


def widest_paths(strength: np.ndarray) -> np.ndarray:
    """Return the strength of the strongest path between every two answers: its weakest link.

    Works on one matrix or on a stack of them, of shape (..., answers, answers), by the algorithm of Floyd and
    Warshall.

    Examples
    --------
    >>> widest_paths(np.array([[0, 3, 0], [0, 0, 5], [1, 0, 0]])).tolist()
    [[1, 3, 3], [1, 1, 5], [1, 1, 1]]
    """
    paths = strength.copy()
    for via in range(paths.shape[-1]):
        np.maximum(paths, np.minimum(paths[..., :, via, None], paths[..., None, via, :]), out=paths)
    return paths
