"""The belief model of "Debate or Vote": answers are draws from beliefs, to which what is heard is added."""

from __future__ import annotations

import numpy as np

from quorate.errors import BadOption
from quorate.simulate.drafts import Drafts
from quorate.simulate.draws import Draws
from quorate.simulate.dynamics import Talk, dynamics
from quorate.simulate.network import Codes, Floats, Network


@dynamics
def belief(drafts: Drafts, draws: Draws, *, strength: float = 5.0, weight: float = 1.0) -> Talk:
    """Hold a Dirichlet belief over the answers, answer by a draw from it, add what is heard to it.

    Choi, Zhu and Li, "Debate or Vote" (arXiv 2508.17536): the belief alpha of an agent becomes alpha + weight
    times the counts of the answers heard, and its next answer is Dirichlet-multinomial in it. Agents that
    begin alike keep E[p_t | p_(t-1)] = p_(t-1) for the belief p in the right answer, on any graph: talk makes
    them agree and is right no more often, while a vote over many drafts is.

    Parameters
    ----------
    strength : float
        How many heard answers the first belief is worth: the sum of its alpha. 5 is an assumption, the size
        of the paper's groups.
    weight : float
        What a heard answer adds.
    """
    for name, value in (("strength", strength), ("weight", weight)):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e9:
            raise BadOption(f"The option '{name}' of the dynamics 'belief' is above 0, not {value!r}.")
    return _Believing(drafts, draws, strength, weight)


class _Believing:
    def __init__(self, drafts: Drafts, draws: Draws, strength: float, weight: float) -> None:
        self.answers: Codes = drafts.answers
        self._draws, self._weight = draws, np.float32(weight)
        alpha = (strength * drafts.shares).T.astype(np.float32)
        self._alpha = np.repeat(alpha[:, :, None], drafts.answers.shape[1], axis=2)

    def hear(self, network: Network) -> None:
        self._alpha += self._weight * network.counts(self.answers, len(self._alpha))
        bounds = np.cumsum(self._alpha, axis=0)
        drawn = self._draws.uniform(network.size) * bounds[-1]
        answer = np.zeros(drawn.shape, dtype=np.int8)
        for bound in bounds[:-1]:
            answer += drawn >= bound
        self.answers = answer

    @property
    def opinions(self) -> Floats:
        return np.asarray(self._alpha[0] / self._alpha.sum(axis=0))
