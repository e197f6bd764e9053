"""Rules that draw lots: a ballot is drawn, and decides alone."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.ballots import NOBODY, first_choice, sums
from quorate.protocols.voting.plurality import SINGLE
from quorate.registry import Declaration, rule


@rule(
    Declaration(
        needs=("answer", "weight"),
        axioms=frozenset({"anonymity", "unanimity"}),
        cost=SINGLE,
        source="Gibbard 1977, Econometrica 45(3)",
    )
)
def random_ballot(ballots: Sequence[Ballot], *, rng: random.Random | None = None) -> Outcome:
    """Return the answer of one ballot, drawn in proportion to what the ballots weigh.

    Also called random dictatorship: the only rule that rewards no lie and lets everybody's first choice win.
    Neutral in its chances, not in a single draw. The tally holds the votes, whose shares are the chances.

    Parameters
    ----------
    ballots : sequence of Ballot
        With answers.
    rng : random.Random, optional
        In a deliberation, the table's own generator for the question; seeded with 0 when left out.

    Examples
    --------
    >>> ballots = [Ballot(seat=seat, answer=answer) for seat, answer in zip("abc", "565")]
    >>> random_ballot(ballots, rng=random.Random(4)).reason
    'a ballot drawn at random, with a chance of 67%'
    """
    votes = [(choice, ballot.weight) for ballot in ballots if (choice := first_choice(ballot)) is not None]
    tally, invalid = sums(votes), len(ballots) - len(votes)
    whole = math.fsum(tally.values())
    if not whole:
        return Outcome(tally=tally, invalid=invalid, reason="no vote weighs anything" if votes else NOBODY)
    names = sorted(tally)  # the order of the ballots must not change the draw
    (drawn,) = (rng or random.Random(0)).choices(names, [tally[name] for name in names])
    return Outcome(
        winners=(drawn,),
        tally=tally,
        invalid=invalid,
        reason=f"a ballot drawn at random, with a chance of {tally[drawn] / whole:.0%}",
    )
