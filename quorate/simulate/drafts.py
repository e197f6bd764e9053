"""Drafts: what each agent answers before anybody talks.

Answers are numbers, as in `quorate.evaluate.dynamics`: 0 is right, 1 and up are wrong ones, -1 is silence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from quorate.simulate.draws import Draws
from quorate.simulate.network import Codes, Floats
from quorate.simulate.parameters import Doubles, Parameters

RIGHT, SILENT = 0, -1


@dataclass(frozen=True)
class Drafts:
    """First answers to a batch of questions.

    Parameters
    ----------
    answers : array of int8, shape (questions, agents)
    shares : array of float, shape (questions, kinds)
        How likely an agent's answer to the question is each of the answers there are, the right one first.
    sure : array of float32, shape (questions, agents)
        Uniform on [0, 1): how sure each agent is of its answer, for dynamics whose opinions are degrees.
    """

    answers: Codes
    shares: Doubles
    sure: Floats

    @property
    def kinds(self) -> int:
        """Different answers there are, the right one included."""
        return int(self.shares.shape[1])

    @property
    def opinions(self) -> Floats:
        """Beliefs in the right answer, float32 in [0, 1]: above one half for those that gave it.

        Where half of the drafts are right they are uniform, the start of Hegselmann and Krause (2002).
        """
        right = self.answers == RIGHT
        return np.asarray(np.where(right, 1 - self.sure / 2, self.sure / 2), dtype=np.float32)


Drafting = Callable[[Sequence[int]], Drafts]
"""From the numbers of questions to the drafts on them."""


def drawn(parameters: Parameters, agents: int, seed: int) -> Drafting:
    """Return what draws the drafts of agents with these parameters.

    Examples
    --------
    >>> drafts = drawn(Parameters(accuracy=0.7, correlation=0.0), 10_000, seed=0)([0])
    >>> round(float((drafts.answers == 0).mean()), 1)
    0.7
    """
    return lambda questions: _draft(parameters, agents, Draws(seed, questions, "drafts"))


def _draft(parameters: Parameters, agents: int, draws: Draws) -> Drafts:
    shapes = parameters.shapes
    if shapes is None:
        chance = np.full(len(draws), parameters.accuracy)
    else:
        chance = draws.each(lambda rng: rng.beta(*shapes))
    wrong = (1 - chance)[:, None] * (1 - parameters.silent) * parameters.wrong_shares
    shares = np.column_stack([chance, wrong])
    answers = pick_by(shares, draws.uniform(agents))
    return Drafts(
        answers, shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-12), draws.uniform(agents)
    )


def pick_by(shares: Doubles, chances: Floats) -> Codes:
    """Pick answers by their shares; SILENT for what the shares leave.

    Parameters
    ----------
    shares : array of float, shape (questions, kinds)
        They add up to 1 or less.
    chances : array of float, shape (questions, agents)
        Uniform on [0, 1).

    Examples
    --------
    >>> pick_by(np.array([[0.5, 0.25]]), np.array([[0.1, 0.6, 0.9]])).tolist()
    [[0, 1, -1]]
    """
    bounds = np.cumsum(shares, axis=1).astype(chances.dtype)
    found = np.zeros(chances.shape, dtype=np.int8)
    for place in range(bounds.shape[1]):
        found += chances >= bounds[:, place, None]
    whole = shares.sum(axis=1) > 1 - 1e-9
    last = bounds.shape[1]
    beyond = np.where(whole, last - 1, SILENT)[:, None].astype(np.int8)
    return np.where(found == last, beyond, found)


def recorded(answers: Codes, kinds: int, seed: int) -> Drafting:
    """Return what hands out recorded drafts, question by question, and over again when they run out.

    Parameters
    ----------
    answers : array of int8, shape (recorded questions, agents)
    kinds : int
        Different answers there are, the right one included.
    seed : int

    Examples
    --------
    >>> drafts = recorded(np.array([[0, 1], [1, 1]], dtype=np.int8), 2, seed=0)([0, 1, 2])
    >>> drafts.answers.tolist()
    [[0, 1], [1, 1], [0, 1]]
    """

    def draft(questions: Sequence[int]) -> Drafts:
        chosen = answers[np.asarray(questions) % len(answers)]
        counts = np.stack([(chosen == kind).sum(axis=1) for kind in range(kinds)], axis=1) + 1 / kinds
        sure = Draws(seed, questions, "drafts").uniform(answers.shape[1])
        return Drafts(chosen, counts / counts.sum(axis=1, keepdims=True), sure)

    return draft
