"""Opinion pools: the probabilities that agents give the options, averaged, or multiplied."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.axioms import FAIR
from quorate.protocols.voting.ballots import NOBODY, answers_on, first_choice, leading
from quorate.registry import Declaration, rule

Scale = Literal["log", "probability"]
SURE = 1e-6
"""What a multiplied opinion keeps for the options that it rules out."""
NEEDS = ("scores", "confidence", "weight")
COST = "ballots x options"


@rule(
    Declaration(
        needs=NEEDS,
        axioms=FAIR | {"unanimity", "pareto", "reinforcement"},
        cost=COST,
        source="Stone 1961, Annals of Mathematical Statistics 32(4)",
    )
)
def linear_pool(ballots: Sequence[Ballot], *, scores: Scale = "log") -> Outcome:
    """Return the options with the highest mean probability.

    A ballot without scores gives its answer the probability of its confidence (1 when it says none) and
    shares the rest equally among the other options.

    Parameters
    ----------
    ballots : sequence of Ballot
        With scores of the options; the mean is weighed by what the ballots weigh.
    scores : {"log", "probability"}
        What scores are: total log-likelihoods in nats, as models report them, or probabilities; either are
        normalised over the options scored.

    Raises
    ------
    BadOption
        For an unknown scale, or probabilities that are negative or all zero.

    Examples
    --------
    >>> ballots = [
    ...     Ballot(seat="a", answer=None, scores={"A": 0.9, "B": 0.1}),
    ...     Ballot(seat="b", answer=None, scores={"A": 0.2, "B": 0.8}),
    ... ]
    >>> pooled = linear_pool(ballots, scores="probability").tally
    >>> {option: round(share, 2) for option, share in pooled.items()}
    {'A': 0.55, 'B': 0.45}
    """
    return _pool(ballots, scores, "linear pool")


@rule(
    Declaration(
        needs=NEEDS,
        axioms=FAIR | {"unanimity", "pareto", "reinforcement"},
        cost=COST,
        source="Genest and Zidek 1986, Statistical Science 1(1)",
    )
)
def log_pool(ballots: Sequence[Ballot], *, scores: Scale = "log") -> Outcome:
    """Return the options with the highest geometric mean of probabilities, which is normalised.

    Also called a product of experts. Ballots without scores count as in `linear_pool`, except that what they
    rule out keeps a probability of one in a million, so that nobody has a veto: with bare answers the most
    votes win. The same goes for options that a ballot does not score, or less if its lowest is less.

    Parameters
    ----------
    ballots : sequence of Ballot
        With scores of the options; the mean is weighed by what the ballots weigh.
    scores : {"log", "probability"}
        As in `linear_pool`.

    Raises
    ------
    BadOption
        For an unknown scale, or probabilities that are negative or all zero.

    Examples
    --------
    >>> ballots = [
    ...     Ballot(seat="a", answer=None, scores={"A": 0.9, "B": 0.1}),
    ...     Ballot(seat="b", answer=None, scores={"A": 0.2, "B": 0.8}),
    ... ]
    >>> pooled = log_pool(ballots, scores="probability").tally
    >>> {option: round(share, 2) for option, share in pooled.items()}
    {'A': 0.6, 'B': 0.4}
    """
    return _pool(ballots, scores, "logarithmic pool")


def logprobs_of(scores: Mapping[str, float], names: Sequence[str], scale: Scale = "log") -> np.ndarray:
    """Return the log-probabilities of `names` from the scores of a ballot; unscored ones have probability 0.

    Examples
    --------
    >>> np.exp(logprobs_of({"A": 3.0, "B": 1.0}, ["A", "B", "C"], "probability")).round(2).tolist()
    [0.75, 0.25, 0.0]
    """
    given = np.array([scores.get(name, -math.inf if scale == "log" else 0.0) for name in names])
    if scale == "probability":
        if given.min() < 0 or not given.any():
            raise BadOption(f"Probabilities are not negative and not all zero; got {dict(scores)}.")
        with np.errstate(divide="ignore"):
            given = np.log(given)
    top = given.max()
    return np.asarray(given - top - math.log(np.exp(given - top).sum()))


def _pool(ballots: Sequence[Ballot], scale: Scale, name: str) -> Outcome:
    if scale not in ("log", "probability"):
        raise BadOption(f"There is no scale '{scale}'. {did_you_mean(scale, ('log', 'probability'))}")
    names = answers_on(ballots)
    read = [b for b in ballots if b.scores or first_choice(b) is not None]
    heard = [ballot for ballot in read if ballot.weight]
    invalid = len(ballots) - len(read)
    if not heard:
        return Outcome(invalid=invalid, reason=f"{name}: no vote weighs anything" if read else NOBODY)
    pooled = np.zeros(len(names))
    for ballot, weight in _alike(heard):
        opinion = _opinion(ballot, names, scale)
        pooled += weight * (np.exp(opinion) if name == "linear pool" else _believed(opinion))
    if name != "linear pool":
        logs = pooled / math.fsum(ballot.weight for ballot in heard)
        pooled = np.exp(logs - logs.max())
    whole = math.fsum(pooled)
    tally = {answer: share / whole for answer, share in zip(names, pooled.tolist(), strict=True)}
    winners = leading(tally)
    return Outcome(
        winners=winners, tally=tally, invalid=invalid, reason=f"{name}, probability {tally[winners[0]]:.2f}"
    )


def _opinion(ballot: Ballot, names: Sequence[str], scale: Scale) -> np.ndarray:
    if ballot.scores:
        return logprobs_of(ballot.scores, names, scale)
    sure = 1.0 if ballot.confidence is None or len(names) == 1 else ballot.confidence
    shares = np.full(len(names), (1 - sure) / max(1, len(names) - 1))
    shares[names.index(str(first_choice(ballot)))] = sure
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(shares))


def _alike(ballots: Sequence[Ballot]) -> list[tuple[Ballot, float]]:
    """Take equal ballots together, in an order that does not depend on that of the seats."""
    found: dict[str, list[Ballot]] = {}
    for ballot in ballots:
        key = repr((first_choice(ballot), ballot.confidence, sorted(ballot.scores.items())))
        found.setdefault(key, []).append(ballot)
    return [(found[key][0], math.fsum(ballot.weight for ballot in found[key])) for key in sorted(found)]


def _believed(opinion: np.ndarray) -> np.ndarray:
    """Return log-probabilities without a veto: what is impossible counts as hardly possible."""
    least = min(math.log(SURE), float(opinion[np.isfinite(opinion)].min()))
    return np.asarray(np.maximum(opinion, least))
