"""Peer rank: those who are judged judge each other, and weigh as much as they are found good.

Li, Patel and Du 2023, "PRD: Peer Rank and Discussion Improve Large Language Model based Evaluations"
(arXiv:2307.02762), section 3.1. With R[r, c] the share of comparisons that contestant c wins before reviewer
r (a tie counts half), scores and weights are a fixed point of

    scores = weights . R          weights = normalise(scores), which sum to 1
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from quorate.errors import BadOption, did_you_mean
from quorate.protocols.judging.comparisons import Comparison
from quorate.protocols.weights import Weights

Normalise = Literal["min-max", "sum"]
NORMALISATIONS: tuple[str, ...] = ("min-max", "sum")
STEPS = 10_000
"""Most steps of the iteration; some tens are common."""
CLOSE = 1e-12
"""No weight moves by more once the iteration has ended."""


@dataclass(frozen=True)
class PeerRank:
    """A fixed point: `weights` of the reviewers, summing to 1, and the `scores` of the contestants in [0, 1].

    `steps` were taken; `converged` tells whether the last one moved nothing.
    """

    weights: dict[str, float]
    scores: dict[str, float]
    steps: int
    converged: bool

    def to_weights(self, n: int = 0) -> Weights:
        """Return the reviewers' weights as a file holds them, learned from `n` questions."""
        return Weights(values=self.weights, method="peer rank", n=n)


def peer_rank(comparisons: Iterable[Comparison], *, normalise: Normalise = "min-max") -> PeerRank:
    """Find the weights of reviewers that follow from how well they do before each other.

    The iteration starts from equal weights and is deterministic. Verdicts that cannot be read count for
    nobody; a reviewer that never saw a contestant gives it one half.

    Parameters
    ----------
    comparisons : iterable of Comparison
        By the contestants themselves. Order effects cancel when each pair is there in both orders.
    normalise : {"min-max", "sum"}
        As the paper does, from 0 for the worst contestant to 1 for the best, then divided by the sum; or
        divided by the sum alone, which is power iteration towards the dominant eigenvector of R.

    Raises
    ------
    BadOption
        When there is no comparison, a judge is no contestant, or for an unknown normalisation.

    Examples
    --------
    >>> said = [
    ...     Comparison("ada", "ada", "bo", 1),
    ...     Comparison("ada", "bo", "ada", -1),
    ...     Comparison("bo", "ada", "bo", 1),
    ...     Comparison("bo", "bo", "ada", 1),
    ... ]
    >>> ranked = peer_rank(said, normalise="sum")
    >>> {name: round(weight, 3) for name, weight in ranked.weights.items()}, ranked.converged
    ({'ada': 1.0, 'bo': 0.0}, True)
    """
    if normalise not in NORMALISATIONS:
        raise BadOption(f"There is no normalisation '{normalise}'. {did_you_mean(normalise, NORMALISATIONS)}")
    said = list(comparisons)
    contestants = sorted({name for one in said for name in (one.first, one.second)})
    reviewers = sorted({one.judge for one in said})
    if not said:
        raise BadOption("Peer rank needs comparisons; there are none.")
    for name in reviewers:
        if name not in contestants:
            raise BadOption(
                f"'{name}' judges and is not judged, so nothing says what it weighs; leave it out."
            )
    rates = _rates(said, reviewers, contestants)
    judging = np.array([contestants.index(name) for name in reviewers])
    weights = np.full(len(reviewers), 1 / len(reviewers))
    moved, steps = np.inf, 0
    while moved > CLOSE and steps < STEPS:
        fresh = _normalised(weights @ rates, judging, normalise)
        moved, weights, steps = float(np.abs(fresh - weights).max()), fresh, steps + 1
    scores = weights @ rates
    return PeerRank(
        weights=dict(zip(reviewers, weights.tolist(), strict=True)),
        scores=dict(zip(contestants, scores.tolist(), strict=True)),
        steps=steps,
        converged=moved <= CLOSE,
    )


def weighted_verdicts(
    comparisons: Iterable[Comparison], weights: Mapping[str, float]
) -> dict[tuple[str, str, str], int]:
    """Return a panel's verdict on each pair in each order: the sign of the weighted sum of single verdicts.

    Keys are the item, and the two in the order shown. Judges without a weight do not count.

    Examples
    --------
    >>> said = [Comparison("ada", "x", "y", 1), Comparison("bo", "x", "y", -1)]
    >>> weighted_verdicts(said, {"ada": 0.6, "bo": 0.4})
    {('', 'x', 'y'): 1}
    """
    sums: dict[tuple[str, str, str], float] = {}
    for one in comparisons:
        key = (one.item, one.first, one.second)
        sums[key] = sums.get(key, 0.0) + weights.get(one.judge, 0.0) * (one.verdict or 0)
    return {key: int(np.sign(round(value, 9))) for key, value in sums.items()}


def _rates(said: Sequence[Comparison], reviewers: Sequence[str], contestants: Sequence[str]) -> np.ndarray:
    """Return R, of shape (reviewers, contestants)."""
    row = {name: index for index, name in enumerate(reviewers)}
    column = {name: index for index, name in enumerate(contestants)}
    won, seen = np.zeros((2, len(reviewers), len(contestants)))
    for one in said:
        if one.verdict is not None:
            here = row[one.judge]
            for name, share in ((one.first, (1 + one.verdict) / 2), (one.second, (1 - one.verdict) / 2)):
                won[here, column[name]] += share
                seen[here, column[name]] += 1
    return np.asarray(np.divide(won, seen, out=np.full(won.shape, 0.5), where=seen > 0))


def _normalised(scores: np.ndarray, judging: np.ndarray, normalise: Normalise) -> np.ndarray:
    """Return the weights of the reviewers, at the places `judging` of the scores; equal ones if all are 0."""
    span = scores.max() - scores.min()
    raw = (scores - scores.min()) / span if normalise == "min-max" and span > CLOSE else scores
    raw = raw[judging]
    whole = raw.sum()
    return np.asarray(raw / whole) if whole > 0 else np.full(len(raw), 1 / len(raw))
