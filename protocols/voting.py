"""Rules: from ballots to an outcome. A rule returns ALL winners; breaking a tie is a separate, named step.

[Ballot(seat="ada", answer="5"), Ballot(seat="bo", answer="6"), Ballot(seat="cy", answer="5")]
-> Outcome(winners=("5",), tally={"5": 2.0, "6": 1.0}, ...)
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

from quorate import registry
from quorate.nouns import Ask, Ballot, Message, Outcome
from quorate.registry import label, rule, tie_break

if TYPE_CHECKING:
    from quorate.protocols.history import History

Rule = Callable[[Sequence[Ballot]], Outcome]
"""From ballots to an outcome with all winners. Abstentions are counted as invalid and never win."""

Decision = Callable[["History"], Generator[Sequence[Ask], Sequence[Message], Outcome]]
"""A decision that must ask somebody (a judge): a generator function of the history."""

TieBreak = Callable[[Sequence[str], Sequence[Ballot], random.Random], "str | None"]
"""From the tied winners, the ballots and a seeded generator to the one that is taken, or None."""


@rule
def plurality(ballots: Sequence[Ballot]) -> Outcome:
    """Return the answers with the most votes; abstentions do not vote.

    Also called majority vote or the mode, as in self-consistency (Wang et al. 2023, arXiv:2203.11171).
    One pass over the ballots.

    Examples
    --------
    >>> ballots = [Ballot(seat=seat, answer=answer) for seat, answer in zip("abc", "565")]
    >>> plurality(ballots).winners
    ('5',)
    >>> plurality(ballots[:2]).winners
    ('5', '6')
    >>> plurality([Ballot(seat="a", answer=None)]).winners
    ()
    """
    tally: dict[str, float] = {}
    for ballot in ballots:
        if ballot.answer is not None:
            tally[ballot.answer] = tally.get(ballot.answer, 0.0) + 1.0
    most = max(tally.values(), default=0.0)
    voters = sum(tally.values())
    return Outcome(
        winners=tuple(answer for answer, votes in tally.items() if votes == most),
        tally=tally,
        invalid=len(ballots) - int(voters),
        reason=f"plurality, {most:g} of {voters:g} votes" if tally else "nobody gave a readable answer",
    )


@rule
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
    return _by_confidence(ballots, max, "most confident")


@rule
def confidence_weighted(ballots: Sequence[Ballot]) -> Outcome:
    """Return the answer with the highest sum of confidences.

    Missing confidences count as in `most_confident`.

    Examples
    --------
    >>> ballots = [Ballot(seat=s, answer=a, confidence=c) for s, a, c in zip("abc", "556", (0.5, 0.6, 0.9))]
    >>> confidence_weighted(ballots).winners, confidence_weighted(ballots).reason
    (('5',), 'weighted by confidence, 1.10 of 2.00')
    """
    outcome = _by_confidence(ballots, math.fsum, "weighted by confidence")
    whole = math.fsum(outcome.tally.values())
    counted = outcome.reason.startswith("weighted")
    return outcome.model_copy(update={"reason": f"{outcome.reason} of {whole:.2f}"}) if counted else outcome


def _by_confidence(
    ballots: Sequence[Ballot], together: Callable[[Sequence[float]], float], name: str
) -> Outcome:
    """Weigh every answer by the confidences behind it, taken `together`."""
    votes = plurality(ballots)
    if not votes.winners:
        return votes
    if all(ballot.confidence is None for ballot in ballots if ballot.answer is not None):
        return votes.model_copy(update={"reason": f"nobody said how sure it is; {votes.reason}"})
    tally = {
        answer: together([ballot.confidence or 0.0 for ballot in ballots if ballot.answer == answer])
        for answer in votes.tally
    }
    most = max(tally.values())
    return Outcome(
        winners=tuple(answer for answer, weight in tally.items() if weight == most),
        tally=tally,
        invalid=votes.invalid,
        reason=f"{name}, {most:.2f}",
    )


@tie_break
def random_(winners: Sequence[str], ballots: Sequence[Ballot], rng: random.Random) -> str | None:
    """Draw one of the tied winners with the question's own seed.

    Examples
    --------
    >>> random_(["5", "6"], [], random.Random(0)) in ("5", "6")
    True
    """
    return rng.choice(sorted(winners))


@tie_break
def seat_order(winners: Sequence[str], ballots: Sequence[Ballot], rng: random.Random) -> str | None:
    """Take the tied winner whose first voter sits first.

    Examples
    --------
    >>> seat_order(["5", "6"], [Ballot(seat="a", answer="6")], random.Random(0))
    '6'
    """
    return next((ballot.answer for ballot in ballots if ballot.answer in winners), None)


@tie_break
def none_(winners: Sequence[str], ballots: Sequence[Ballot], rng: random.Random) -> str | None:
    """Leave the tie undecided: the outcome has winners and no answer.

    Examples
    --------
    >>> none_(["5", "6"], [], random.Random(0)) is None
    True
    """
    return None


def break_tie(
    outcome: Outcome, ballots: Sequence[Ballot], how: TieBreak | str, rng: random.Random
) -> Outcome:
    """Fill in the outcome's `answer`: the only winner, or the one that `how` picks from a tie.

    Examples
    --------
    >>> tied = Outcome(winners=("5", "6"), tally={"5": 1, "6": 1})
    >>> break_tie(tied, [Ballot(seat="a", answer="6")], "seat_order", random.Random(0)).answer
    '6'
    """
    if len(outcome.winners) < 2:
        return outcome.model_copy(update={"answer": outcome.winners[0] if outcome.winners else None})
    pick = registry.tie_break.resolve(how)
    answer = pick(outcome.winners, ballots, rng)
    name = label(pick)
    reason = f"{outcome.reason}, a tie of {len(outcome.winners)}" + (
        f" broken by {name}" if answer is not None else " left open"
    )
    return outcome.model_copy(update={"answer": answer, "tie_break": name, "reason": reason})


def resolve_decision(spec: Any) -> Rule | Decision:
    """Turn a name, mapping or function into a rule or a decision.

    Examples
    --------
    >>> resolve_decision("plurality").__name__
    'plurality'
    """
    name = next(iter(spec), None) if isinstance(spec, dict) else spec
    return (registry.decision if name in set(registry.decision) else registry.rule).resolve(spec)
