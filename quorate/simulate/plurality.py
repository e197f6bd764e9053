"""The plurality rule: everybody takes the answer that most of those they hear stand by."""

from __future__ import annotations

import numpy as np

from quorate.simulate.drafts import SILENT, Drafts
from quorate.simulate.draws import Draws
from quorate.simulate.dynamics import Talk, dynamics
from quorate.simulate.network import Codes, Network
from quorate.topologies.seating import share


@dynamics
def plurality(drafts: Drafts, draws: Draws, *, inertia: float = 0.0) -> Talk:
    """Take the commonest answer among oneself and those heard; in a tie one's own, or one by chance.

    With two answers this is the majority rule (Galam 2002). It gets stuck where everybody is in a local
    majority, as in stretches of a ring.

    Parameters
    ----------
    inertia : float
        Chance to keep one's own answer whatever is heard.
    """
    return _Following(drafts, draws, share("plurality", "inertia", inertia, kind="dynamics"))


class _Following:
    opinions = None

    def __init__(self, drafts: Drafts, draws: Draws, inertia: float) -> None:
        self.answers: Codes = drafts.answers
        self._kinds = drafts.kinds
        self._draws, self._inertia = draws, inertia

    def hear(self, network: Network) -> None:
        own = self.answers[None] == np.arange(self._kinds)[:, None, None]
        # A lead of less than one vote breaks ties: for one's own answer, else by chance.
        lead = own * 0.5 + 0.49 * np.stack([self._draws.uniform(network.size) for _ in range(self._kinds)])
        votes = network.counts(self.answers, self._kinds) + own
        best = np.argmax(votes + lead * (votes > 0), axis=0).astype(np.int8)
        best = np.where(votes.any(axis=0), best, SILENT).astype(np.int8)
        if self._inertia:
            kept = self._draws.uniform(network.size) < self._inertia
            best = np.where(kept, self.answers, best)
        self.answers = best
