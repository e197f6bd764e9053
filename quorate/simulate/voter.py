"""The voter model (Clifford and Sudbury 1973, Holley and Liggett 1975): copy somebody that is heard."""

from __future__ import annotations

import numpy as np

from quorate.simulate.drafts import Drafts
from quorate.simulate.draws import Draws
from quorate.simulate.dynamics import Talk, dynamics
from quorate.simulate.network import Codes, Network
from quorate.topologies.seating import share


@dynamics
def voter(drafts: Drafts, draws: Draws, *, inertia: float = 0.0) -> Talk:
    """Copy the answer of one agent that is heard, drawn by chance; all at once.

    On a graph in which all hear equally many and are heard by them, the share of right answers is a
    martingale: talk spreads answers, on average for nothing.

    Parameters
    ----------
    inertia : float
        Chance to keep one's own answer.
    """
    return _Copying(drafts, draws, share("voter", "inertia", inertia, kind="dynamics"))


class _Copying:
    opinions = None

    def __init__(self, drafts: Drafts, draws: Draws, inertia: float) -> None:
        self.answers: Codes = drafts.answers
        self._draws, self._inertia = draws, inertia

    def hear(self, network: Network) -> None:
        copied = np.take_along_axis(self.answers, network.pick(self._draws.uniform(network.size)), axis=1)
        if self._inertia:
            kept = self._draws.uniform(network.size) < self._inertia
            copied = np.where(kept, self.answers, copied)
        self.answers = copied
