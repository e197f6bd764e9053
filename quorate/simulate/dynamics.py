"""Dynamics: how opinions move when agents talk. A new one is a function here or in a package of your own.

    @dynamics
    def stubborn(drafts: Drafts, draws: Draws) -> Talk: ...

gets the drafts on a batch of questions and the questions' randomness, and returns their talk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from quorate.registry import Registry
from quorate.simulate.drafts import RIGHT, Drafts
from quorate.simulate.network import Codes, Floats, Network

dynamics = Registry("dynamics", "quorate.simulate")


class Talk(Protocol):
    """A batch of questions under discussion."""

    def hear(self, network: Network) -> None:
        """Let every agent hear those it hears in this network, and think again."""
        ...

    @property
    def answers(self) -> Codes:
        """What each would answer now, shape (questions, agents)."""
        ...

    @property
    def opinions(self) -> Floats | None:
        """Beliefs in the right answer, shape (questions, agents); None where there are no degrees."""
        ...


class Degrees:
    """Talk of agents whose opinions are degrees of belief: what is heard moves them, and answers follow.

    Parameters
    ----------
    drafts : Drafts
        The first opinions are theirs.
    move : callable
        From a network and opinions of shape (questions, agents) to the opinions afterwards.
    """

    def __init__(self, drafts: Drafts, move: Callable[[Network, Floats], Floats]) -> None:
        self.opinions: Floats = drafts.opinions
        self._move = move

    def hear(self, network: Network) -> None:
        """Let all hear, and move."""
        self.opinions = self._move(network, self.opinions)

    @property
    def answers(self) -> Codes:
        """What each would answer now."""
        return answers_by(self.opinions)


def answers_by(opinions: Floats) -> Codes:
    """Return the answers of agents whose opinions are degrees of belief: yes or no, right or wrong.

    An agent is right when it believes more than half in the right answer. There is only one way to be wrong.
    """
    return np.where(opinions > 0.5, RIGHT, 1).astype(np.int8)
