"""Reactions: agents that do with what they hear what a table of chances says, as measured on real agents."""

from __future__ import annotations

import numpy as np

from quorate.simulate.drafts import RIGHT, SILENT, Drafts, pick_by
from quorate.simulate.draws import Draws
from quorate.simulate.dynamics import Talk, dynamics
from quorate.simulate.network import Codes, Floats, Ints, Network
from quorate.simulate.parameters import Parameters

KEPT, ADOPTED, FRESH, MUTE = 1, 2, 3, 4
"""Places in `AFTER`; 0 is the right answer."""


@dynamics
def reactions(drafts: Drafts, draws: Draws, *, parameters: Parameters | None = None) -> Talk:
    """Switch by the chances of `Parameters`: by one's own answer, and the share of right ones heard.

    What is heard, and how much of it is right, is how Li et al. (arXiv 2406.11776) explain when density
    helps. The only dynamics that knows that the right answer may convince better than a wrong one.

    Parameters
    ----------
    parameters : Parameters, optional
        Those of the simulation when left out.
    """
    return _Reacting(drafts, draws, parameters or Parameters())


class _Reacting:
    opinions = None

    def __init__(self, drafts: Drafts, draws: Draws, parameters: Parameters) -> None:
        self.answers: Codes = drafts.answers
        self._kinds = drafts.kinds
        self._draws = draws
        self._bounds = np.cumsum(parameters.table, axis=2)[:, :, :-1].astype(np.float32)
        self._wrong = parameters.wrong_shares[None]

    def hear(self, network: Network) -> None:
        counts = network.counts(self.answers, self._kinds)
        own = np.where(self.answers > RIGHT, 1, np.where(self.answers == SILENT, 2, 0))
        chances = self._draws.uniform(network.size)
        reaction = np.zeros(chances.shape, dtype=np.int8)
        cell = own * len(self._bounds[0]) + heard_as(counts[RIGHT], counts.sum(axis=0))
        for bound in self._bounds.reshape(-1, self._bounds.shape[2]).T:
            reaction += chances >= bound[cell]
        fresh = 1 + pick_by(np.broadcast_to(self._wrong, (len(own), self._wrong.size)), self._free(network))
        adopted = self._adopted(counts, fresh, self._free(network))
        after = np.where(reaction == KEPT, self.answers, np.where(reaction == ADOPTED, adopted, fresh))
        after = np.where(reaction == MUTE, SILENT, np.where(reaction == RIGHT, RIGHT, after))
        self.answers = after.astype(np.int8)

    def _free(self, network: Network) -> Floats:
        return self._draws.uniform(network.size)

    def _adopted(self, counts: Floats, fresh: Codes, chances: Floats) -> Codes:
        """Pick one of the wrong answers heard that are not one's own; a fresh one where there is none."""
        kinds = np.arange(1, self._kinds)[:, None, None]
        others = np.where(self.answers[None] == kinds, 0, counts[1:])
        bounds = np.cumsum(others, axis=0)
        picked = 1 + (chances * bounds[-1] >= bounds).sum(axis=0)
        return np.where(bounds[-1] > 0, np.minimum(picked, self._kinds - 1), fresh).astype(np.int8)


def heard_as(right: Floats, voices: Floats) -> Ints:
    """Return the column of `HEARD`, from how many of how many voices heard were right.

    Examples
    --------
    >>> heard_as(np.array([0, 0, 1, 2, 3, 4]), np.array([0, 4, 4, 4, 4, 4])).tolist()
    [0, 1, 2, 3, 4, 5]
    """
    half = np.sign(2 * right - voices)
    middle = 3 + half + ((right == voices) & (half > 0)) - ((right == 0) & (half < 0))
    return np.where(voices > 0, middle, 0).astype(np.int64)
