"""A private vote: noise on the counts, so that the outcome hardly shows how any one seat voted.

The noisy maximum of PATE (Papernot et al. 2017, arXiv:1610.05755; 2018, arXiv:1802.08908). What it protects
is measured by epsilon, from the accountant of the library `dp-accounting`. Noise alone is no privacy: with
ten seats or fewer, noise small enough to be useful leaves an epsilon far above 1: one question with Gaussian
noise of one vote costs 7.1 at a delta of 1e-5, a hundred such questions cost 166.
"""

from __future__ import annotations

import functools
import importlib
import math
import random
from collections.abc import Sequence
from typing import Any, Literal

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.ballots import NOBODY, answers_on, leading
from quorate.protocols.voting.plurality import SINGLE, count
from quorate.registry import Declaration, rule

Noise = Literal["gaussian", "laplace"]


@rule(
    Declaration(
        axioms=frozenset({"anonymity"}),
        cost=SINGLE,
        source="PATE, Papernot et al. 2018, arXiv:1802.08908 (Gaussian); 2017, arXiv:1610.05755 (Laplace)",
    )
)
def private(
    ballots: Sequence[Ballot],
    *,
    noise: Noise = "gaussian",
    scale: float = 1.0,
    delta: float = 1e-5,
    questions: int = 1,
    rng: random.Random | None = None,
) -> Outcome:
    """Return the answer with the most votes after noise was added to every count.

    The tally holds the noisy counts, never the true ones, and abstentions are not told. The reason prints
    the epsilon of all questions together, against changing one seat's vote on each. Only counts are
    protected: the answers themselves show unless the ballots list all `candidates` beforehand, and so does
    what was said.

    Parameters
    ----------
    ballots : sequence of Ballot
        One vote each, as in `plurality`.
    noise : {"gaussian", "laplace"}
        The distribution of the noise.
    scale : float
        Standard deviation of the Gaussian noise, or scale b of the Laplace noise, in votes.
    delta : float
        The chance with which the promise may fail; below one over the number of seats, or it means little.
    questions : int
        How many questions are answered by the same seats.
    rng : random.Random, optional
        In a deliberation, the table's own generator for the question; seeded with 0 when left out. The
        promise holds towards those who do not know the seed.

    Raises
    ------
    BadOption
        For an impossible option, or when dp-accounting is not installed.

    Examples
    --------
    >>> private([], scale=0.0)
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The scale of noise is a positive number of votes, not 0.0.
    """
    spent = epsilon(noise, scale, delta, questions)
    names = sorted(answers_on(ballots))
    if not names:
        return Outcome(reason=NOBODY)
    votes, draw = count(ballots), rng or random.Random(0)
    tally = {name: votes.get(name, 0.0) + _noise(noise, scale, draw) for name in names}
    promise = f"epsilon {spent:.3g} at delta {delta:g} for {questions:,} question{'s' * (questions != 1)}"
    if any(not ballot.candidates for ballot in ballots):
        promise += ", which leaves open what was answered at all"
    return Outcome(
        winners=leading(tally),
        tally=tally,
        reason=f"noisy maximum, {noise.capitalize()} noise of {scale:g} on {len(ballots)} seats; {promise}",
    )


@functools.lru_cache(maxsize=256)
def epsilon(noise: Noise, scale: float, delta: float = 1e-5, questions: int = 1) -> float:
    """Return the epsilon that a number of noisy maxima spend together.

    One seat that changes its vote moves two counts by one each: a distance of 2 for Laplace noise, of the
    square root of 2 for Gaussian noise. It is independent of the votes. Computed by Renyi differential
    privacy; for Laplace noise the simple sum of the parts is returned when that is smaller.

    Parameters
    ----------
    noise, scale, delta, questions
        As in `private`.

    Raises
    ------
    BadOption
        For an impossible option, or when dp-accounting is not installed.

    Examples
    --------
    >>> epsilon("laplace", scale=20.0, delta=2.0)
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: A delta lies between 0 and 1, not at 2.0.
    """
    if noise not in ("gaussian", "laplace"):
        raise BadOption(f"There is no noise '{noise}'. {did_you_mean(noise, ('gaussian', 'laplace'))}")
    if not 0 < scale < math.inf:
        raise BadOption(f"The scale of noise is a positive number of votes, not {scale}.")
    if not 0 < delta < 1:
        raise BadOption(f"A delta lies between 0 and 1, not at {delta}.")
    if questions < 1:
        raise BadOption(f"A private vote is on 1 question or more, not {questions}.")
    accounting = _accounting()
    event = (
        accounting.GaussianDpEvent(scale / math.sqrt(2))
        if noise == "gaussian"
        else accounting.LaplaceDpEvent(scale / 2)
    )
    accountant = importlib.import_module("dp_accounting.rdp").RdpAccountant()
    accountant.compose(accounting.SelfComposedDpEvent(event, questions))
    found = float(accountant.get_epsilon(delta))
    return found if noise == "gaussian" else min(found, 2 * questions / scale)


def _accounting() -> Any:
    try:
        return importlib.import_module("dp_accounting")
    except ImportError:
        raise BadOption(
            "A private vote needs an accountant to say how private it is: pip install dp-accounting."
        ) from None


def _noise(noise: Noise, scale: float, draw: random.Random) -> float:
    if noise == "gaussian":
        return draw.gauss(0.0, scale)
    return scale * (draw.expovariate(1.0) - draw.expovariate(1.0))
