"""Weights without gold: how good agents are, from nothing but how they agree.

`one_coin`      every agent is right with one probability of its own; answers may be open (`coins`)
`dawid_skene`   every agent has a confusion matrix; labels must mean the same everywhere (`confusion`)

Both are expectation-maximisation (Dempster, Laird and Rubin 1977) on the posterior, from the majority and
from random starts; `Crowd.trace` rises with every step. They know agreement only: where most agents share an
error, they take it for the truth.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from quorate.errors import BadOption
from quorate.nouns import Noun
from quorate.protocols.sheets import Row, Sheet
from quorate.protocols.weights.learning import weigh
from quorate.protocols.weights.weights import Weights

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Crowd(Noun):
    """What was learned from agreement.

    `accuracies` lie in (0, 1); `posteriors` give, for each question, the probability of each answer that was
    given (the rest belongs to answers nobody gave); `trace` is the log-posterior in nats after every step.
    """

    method: str
    alternatives: float
    accuracies: dict[str, float]
    posteriors: tuple[dict[str, float], ...]
    trace: tuple[float, ...]
    seed: int = 0

    @property
    def answers(self) -> tuple[str | None, ...]:
        """The likeliest answer to each question; None where all abstained."""
        return tuple(max(chances, key=chances.__getitem__, default=None) for chances in self.posteriors)

    def weights(self) -> Weights:
        """Return the weights log(p (K - 1) / (1 - p)) of these accuracies, never negative."""
        return Weights(
            values=weigh(self.accuracies, self.alternatives),
            method=self.method,
            alternatives=self.alternatives,
            n=len(self.posteriors),
            seed=self.seed,
        )


@dataclass(frozen=True)
class Votes:
    """The answers of a sheet as flat arrays, one entry a given answer, shape (entries,).

    `slot` numbers the different answers of all questions in one go: those of question q are
    first[q] ... first[q + 1] - 1.
    """

    agent: Ints
    question: Ints
    slot: Ints
    first: Ints
    names: tuple[str, ...]
    agents: int

    @classmethod
    def of(cls, sheet: Sheet) -> Votes:
        """Flatten a sheet; BadOption when nobody answered anything."""
        names: list[str] = []
        entries, first = [], [0]
        for question, row in enumerate(sheet.rows):
            slots = {answer: len(names) + at for at, answer in enumerate(distinct(row))}
            names += slots
            first.append(len(names))
            entries += [(at, question, slots[a]) for at, a in enumerate(row) if a is not None]
        if not entries:
            raise BadOption("Nobody answered any question of the sheet: there is nothing to learn from.")
        agent, question_, slot = np.array(entries, dtype=np.int64).T
        return cls(agent, question_, slot, np.array(first), tuple(names), len(sheet.agents))

    @property
    def owner(self) -> Ints:
        """The question of each slot, shape (slots,)."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))

    def shares(self) -> Floats:
        """Return the share of each slot in the votes of its question, shape (slots,)."""
        counts = np.bincount(self.slot, minlength=len(self.names))
        totals = np.bincount(self.question, minlength=len(self.first) - 1)
        return counts / totals[self.owner]

    def posteriors(self, chances: Floats) -> tuple[dict[str, float], ...]:
        """Name the chances, shape (slots,), by question and answer."""
        return tuple(
            {self.names[at]: float(chances[at]) for at in range(low, high)}
            for low, high in zip(self.first[:-1], self.first[1:], strict=True)
        )


class Climb(NamedTuple):
    """Where a climb ended: the state, the chances of the slots under it, the log-posterior of each step."""

    state: Floats
    chances: Floats
    trace: list[float]


def highest(
    starts: list[Floats],
    step: Callable[[Floats], tuple[Floats, Floats, float]],
    steps: int,
    enough: float,
) -> Climb:
    """Climb from every start and return where the highest climb ended; the first of equal ones."""
    climbs = [_climb(start, step, steps, enough) for start in starts]
    return max(climbs, key=lambda climb: round(climb.trace[-1], 6))


def _climb(
    state: Floats, step: Callable[[Floats], tuple[Floats, Floats, float]], steps: int, enough: float
) -> Climb:
    after, chances, height = step(state)
    trace = [height]
    while len(trace) < steps:
        state = after
        after, chances, height = step(state)
        trace.append(height)
        if trace[-1] - trace[-2] <= enough:
            break
    return Climb(state, chances, trace)


def crowd_of(
    method: str, sheet: Sheet, votes: Votes, found: Climb, accuracies: Floats, count: float, seed: int
) -> Crowd:
    """Name what was found."""
    return Crowd(
        method=method,
        alternatives=count,
        accuracies={name: float(p) for name, p in zip(sheet.agents, accuracies, strict=True)},
        posteriors=votes.posteriors(found.chances),
        trace=tuple(found.trace),
        seed=seed,
    )


def distinct(row: Row) -> list[str]:
    """Return the different answers of a row, in the order of their first voters.

    Examples
    --------
    >>> distinct(("6", None, "5", "6"))
    ['6', '5']
    """
    return list(dict.fromkeys(answer for answer in row if answer is not None))


def check_options(strength: float, starts: int, steps: int) -> None:
    """Refuse a prior of no strength, and learning without a start or a step."""
    if not 0 < strength < math.inf:
        raise BadOption(f"The prior is worth a positive number of answers, not {strength:g}.")
    if starts < 1 or steps < 1:
        raise BadOption(f"Learning needs at least 1 start and 1 step, not {starts} and {steps}.")
