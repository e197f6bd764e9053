"""What is done about a tie: a separate, named, seeded step after the rule."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from quorate import registry
from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.ballots import ranking_of
from quorate.registry import label, tie_break

TieBreak = Callable[[Sequence[str], Sequence[Ballot], random.Random], "str | None"]
"""From the tied winners, the ballots and a seeded generator to the one that is taken, or None."""


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
    """Let the seats choose in their order: each leaves the tied winners that it likes best.

    With bare answers, that is the tied winner whose first voter sits first.

    Examples
    --------
    >>> seat_order(["5", "6"], [Ballot(seat="a", answer="6")], random.Random(0))
    '6'
    """
    left = set(winners)
    for ballot in ballots:
        liked = next((kept for tier in ranking_of(ballot) if (kept := left.intersection(tier))), left)
        left = liked
        if len(left) == 1:
            return left.pop()
    return None


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
