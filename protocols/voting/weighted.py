"""Votes that weigh what the seat's vote weighs, or how sure the seat is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.axioms import FAIR
from quorate.protocols.voting.ballots import NOBODY, answers_on, first_choice, leading, sums
from quorate.protocols.voting.plurality import SINGLE, plurality
from quorate.protocols.voting.pools import logprobs_of
from quorate.registry import Declaration, rule

Steps = Literal["linear", "reconcile"]
SUMMED = FAIR | {"unanimity", "monotonicity", "reinforcement"}


@rule(
    Declaration(
        needs=("answer", "weight"),
        axioms=SUMMED,
        cost=SINGLE,
        source="Nitzan and Paroush 1982, International Economic Review 23(2)",
    )
)
def weighted_plurality(ballots: Sequence[Ballot]) -> Outcome:
    """Return the answer whose votes weigh most.

    Every ballot weighs 1 unless it says otherwise; where nobody's vote weighs anything, all answers are tied.

    Examples
    --------
    >>> ballots = [Ballot(seat=s, answer=a, weight=w) for s, a, w in zip("abc", "556", (0.5, 0.75, 2.0))]
    >>> weighted_plurality(ballots).winners, weighted_plurality(ballots).reason
    (('6',), 'weighted plurality, 2 of 3.25')
    """
    return _weighed(ballots, lambda ballot: ballot.weight, "weighted plurality")


@rule(
    Declaration(
        needs=("answer", "confidence"),
        axioms=FAIR | {"unanimity"},
        cost=SINGLE,
        source="Chen et al. 2024, arXiv:2309.13007 (maximum confidence)",
    )
)
def most_confident(ballots: Sequence[Ballot]) -> Outcome:
    """Return the answer of the ballot with the highest confidence.

    A ballot without a confidence counts as 0 beside ballots with one; when no ballot has one, plurality
    decides, and the reason says so. The tally holds the highest confidence behind each answer.

    Examples
    --------
    >>> ballots = [Ballot(seat=s, answer=a, confidence=c) for s, a, c in zip("abc", "556", (0.5, 0.6, 0.9))]
    >>> most_confident(ballots).winners, most_confident(ballots).reason
    (('6',), 'most confident, 0.90')
    """
    if (votes := _unsure(ballots)) is not None:
        return votes
    tally: dict[str, float] = {}
    for ballot, answer in _votes(ballots):
        tally[answer] = max(tally.get(answer, 0.0), ballot.confidence or 0.0)
    return Outcome(
        winners=leading(tally),
        tally=tally,
        invalid=sum(first_choice(ballot) is None for ballot in ballots),
        reason=f"most confident, {max(tally.values()):.2f}",
    )


@rule(
    Declaration(
        needs=("answer", "confidence", "weight"),
        axioms=SUMMED,
        cost=SINGLE,
        source="ReConcile, Chen et al. 2024, arXiv:2309.13007",
    )
)
def confidence_weighted(ballots: Sequence[Ballot], *, steps: Steps = "linear") -> Outcome:
    """Return the answer with the highest sum of confidences, each times what its ballot weighs.

    Missing confidences count as in `most_confident`.

    Parameters
    ----------
    ballots : sequence of Ballot
        With confidences in [0, 1].
    steps : {"linear", "reconcile"}
        How a confidence p counts: as it is, or in the steps of ReConcile, which trusts models less than they
        trust themselves: 1 for p = 1, 0.8 from 0.9, 0.5 from 0.8, 0.3 above 0.6, and else 0.1.

    Examples
    --------
    >>> ballots = [Ballot(seat=s, answer=a, confidence=c) for s, a, c in zip("abc", "556", (0.5, 0.6, 0.9))]
    >>> confidence_weighted(ballots).winners, confidence_weighted(ballots).reason
    (('5',), 'weighted by confidence, 1.10 of 2.00')
    >>> confidence_weighted(ballots, steps="reconcile").tally
    {'5': 0.2, '6': 0.8}
    """
    if steps not in ("linear", "reconcile"):
        raise BadOption(f"There are no steps '{steps}'. {did_you_mean(steps, ('linear', 'reconcile'))}")
    scale = reconcile if steps == "reconcile" else float
    if (votes := _unsure(ballots)) is not None:
        return votes
    return _weighed(
        ballots, lambda ballot: ballot.weight * scale(ballot.confidence or 0.0), "weighted by confidence", 2
    )


def reconcile(confidence: float) -> float:
    """Return what ReConcile makes of a stated confidence.

    Examples
    --------
    >>> [reconcile(confidence) for confidence in (1.0, 0.95, 0.8, 0.61, 0.6, 0.0)]
    [1.0, 0.8, 0.5, 0.3, 0.1, 0.1]
    """
    if confidence >= 0.8:
        return 1.0 if confidence >= 1 else 0.8 if confidence >= 0.9 else 0.5
    return 0.3 if confidence > 0.6 else 0.1


@rule(
    Declaration(
        needs=("answer", "confidence", "scores", "weight"),
        axioms=FAIR | {"unanimity", "reinforcement"},
        cost="ballots x answers",
        source="inverse-entropy weighting, arXiv:2511.02309",
    )
)
def inverse_entropy(ballots: Sequence[Ballot], *, floor: float = 0.01) -> Outcome:
    """Return the answer whose votes weigh most, each vote weighing one over its entropy.

    The entropy of a ballot with scores (log-likelihoods of the options) is that of its probabilities. Of one
    with a confidence it is minus the logarithm of that, which estimates the entropy per token when the
    confidence is the geometric mean of the token probabilities. A ballot with neither weighs nothing beside
    others; when no ballot has either, plurality decides, and the reason says so.

    Parameters
    ----------
    ballots : sequence of Ballot
        With scores or confidences.
    floor : float
        Least entropy that is believed, in nats: no vote weighs more than one over it.

    Raises
    ------
    BadOption
        When the floor is not positive.

    Examples
    --------
    >>> ballots = [Ballot(seat=s, answer=a, confidence=c) for s, a, c in zip("abc", "556", (0.3, 0.3, 0.9))]
    >>> inverse_entropy(ballots).winners, inverse_entropy(ballots).reason
    (('6',), 'weighted by inverse entropy, 9.49 of 11.15')
    """
    if not 0 < floor < math.inf:
        raise BadOption(f"The least entropy is a positive number of nats, not {floor}.")
    if all(not ballot.scores for ballot, _ in _votes(ballots)) and (votes := _unsure(ballots)) is not None:
        return votes
    names = answers_on(ballots)
    return _weighed(
        ballots,
        lambda ballot: ballot.weight * _sharpness(ballot, names, floor),
        "weighted by inverse entropy",
        2,
    )


def _sharpness(ballot: Ballot, names: Sequence[str], floor: float) -> float:
    if ballot.scores:
        logs = logprobs_of(ballot.scores, [name for name in names if name in ballot.scores])
        entropy = -math.fsum(math.exp(log) * log for log in map(float, logs) if log > -math.inf)
        return 1 / max(floor, entropy)
    return 1 / max(floor, -math.log(ballot.confidence)) if ballot.confidence else 0.0


def _votes(ballots: Sequence[Ballot]) -> list[tuple[Ballot, str]]:
    return [(ballot, choice) for ballot in ballots if (choice := first_choice(ballot)) is not None]


def _unsure(ballots: Sequence[Ballot]) -> Outcome | None:
    """Return what plurality says when nobody said how sure it is."""
    votes = plurality(ballots)
    if not votes.winners:
        return votes
    if all(ballot.confidence is None for ballot, _ in _votes(ballots)):
        return votes.model_copy(update={"reason": f"nobody said how sure it is; {votes.reason}"})
    return None


def _weighed(
    ballots: Sequence[Ballot], weigh: Callable[[Ballot], float], name: str, places: int | None = None
) -> Outcome:
    votes = [(answer, weigh(ballot)) for ballot, answer in _votes(ballots)]
    invalid = len(ballots) - len(votes)
    tally = sums(votes)
    if not tally:
        return Outcome(invalid=invalid, reason=NOBODY)
    whole, most = math.fsum(tally.values()), max(tally.values())
    shown = [f"{value:.6g}" if places is None else f"{value:.{places}f}" for value in (most, whole)]
    return Outcome(
        winners=leading(tally), tally=tally, invalid=invalid, reason=f"{name}, {shown[0]} of {shown[1]}"
    )
