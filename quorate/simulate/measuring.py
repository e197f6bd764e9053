"""Measuring: what is read off the agents of every question after every round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from quorate.simulate.drafts import RIGHT
from quorate.simulate.dynamics import Talk
from quorate.simulate.network import Bools, Codes
from quorate.simulate.parameters import Doubles


@dataclass(frozen=True)
class Standing:
    """Measures of questions, each of shape (questions,) for one round, (questions, rounds) for all."""

    right: Doubles
    vote: Doubles
    agreement: Doubles
    unanimous: Doubles
    spread: Doubles
    belief: Doubles

    @classmethod
    def of(cls, talk: Talk, kinds: int, weights: Doubles) -> Self:
        """Measure where agents stand.

        Parameters
        ----------
        talk : Talk
        kinds : int
            Different answers there are.
        weights : array of float, shape (agents,)
            Of the agents' opinions in their spread; they add up to 1.
        """
        answers = talk.answers
        counts = counts_of(answers, kinds)
        most, size = counts.max(axis=1), answers.shape[1]
        won = (counts == most[:, None]) & (counts > 0)
        opinions = talk.opinions
        nan = np.full(len(answers), np.nan)
        if opinions is not None:
            centre = (opinions * weights).sum(axis=1)
            spread = np.sqrt(((opinions - centre[:, None]) ** 2 * weights).sum(axis=1))
        return cls(
            right=counts[:, RIGHT] / size,
            vote=won[:, RIGHT] / np.maximum(won.sum(axis=1), 1),
            agreement=most / size,
            unanimous=(most == size).astype(np.float64),
            spread=nan if opinions is None else spread,
            belief=nan if opinions is None else opinions.mean(axis=1, dtype=np.float64),
        )

    def where(self, chosen: Bools, other: Standing) -> Standing:
        """Return these measures for the chosen questions, and the other ones for the rest."""
        both = zip(self.parts, other.parts, strict=True)
        return Standing(*(np.where(chosen, mine, theirs) for mine, theirs in both))

    @property
    def parts(self) -> tuple[Doubles, ...]:
        """All measures, in order."""
        return self.right, self.vote, self.agreement, self.unanimous, self.spread, self.belief


def counts_of(answers: Codes, kinds: int) -> Doubles:
    """Count the agents behind each answer, shape (questions, kinds); silence is not counted.

    Examples
    --------
    >>> counts_of(np.array([[0, 0, 2, -1]], dtype=np.int8), 3).tolist()
    [[2.0, 0.0, 1.0]]
    """
    places = answers + (np.arange(len(answers)) * (kinds + 1) + 1)[:, None]
    found = np.bincount(places.reshape(-1), minlength=len(answers) * (kinds + 1))
    return found.reshape(len(answers), kinds + 1)[:, 1:].astype(np.float64)
