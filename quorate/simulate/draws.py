"""Draws: randomness that belongs to a question, so that neither batch nor order changes what comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from quorate.nouns import derive_seed


class Draws:
    """One generator for each question of a batch.

    Parameters
    ----------
    seed : int
        Root of all draws.
    questions : sequence of int
        The numbers of the questions of this batch.
    purpose : str
        What the draws are for. The same purpose draws the same numbers whatever is simulated, so that
        topologies are compared over the same first drafts, as Li et al. (arXiv 2406.11776) do.

    Examples
    --------
    >>> one, both = Draws(0, [7], "talk"), Draws(0, [6, 7], "talk")
    >>> bool((one.uniform(3)[0] == both.uniform(3)[1]).all())
    True
    """

    def __init__(self, seed: int, questions: Sequence[int], purpose: str) -> None:
        roots = [derive_seed(seed, purpose, question) for question in questions]
        self._rngs = [np.random.Generator(np.random.PCG64(root)) for root in roots]

    def __len__(self) -> int:
        return len(self._rngs)

    def uniform(self, size: int) -> npt.NDArray[np.float32]:
        """Return uniform numbers in [0, 1), shape (questions, size)."""
        found = np.empty((len(self), size), dtype=np.float32)
        for row, rng in zip(found, self._rngs, strict=True):
            rng.random(size, dtype=np.float32, out=row)
        return found

    def each(self, draw: Callable[[np.random.Generator], float]) -> npt.NDArray[np.float64]:
        """Return one number for each question, shape (questions,), from its generator."""
        return np.array([draw(rng) for rng in self._rngs], dtype=np.float64)

    def arrays(self, draw: Callable[[np.random.Generator, int], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """Return an array for each question, stacked, from its generator and its place in the batch."""
        return np.stack([draw(rng, place) for place, rng in enumerate(self._rngs)])
