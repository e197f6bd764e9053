"""One vote for every answer that a ballot approves of."""

from __future__ import annotations

import math
from collections.abc import Sequence

from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.axioms import FAIR
from quorate.protocols.voting.ballots import NOBODY, answers_on, approval_of, leading, sums
from quorate.registry import Declaration, rule


@rule(
    Declaration(
        needs=("approved", "weight"),
        axioms=FAIR | {"unanimity", "pareto", "monotonicity", "reinforcement", "clone independence"},
        cost="ballots x answers approved",
        source="Brams and Fishburn 1978, American Political Science Review 72(3)",
    )
)
def approval(ballots: Sequence[Ballot]) -> Outcome:
    """Return the answers that the most ballots approve of.

    A bare answer approves of itself alone; a ballot with a ranking alone approves of its first tier.

    Examples
    --------
    >>> ballots = [Ballot(seat="a", answer=None, approved=("5", "6")), Ballot(seat="b", answer="6")]
    >>> approval(ballots).winners, approval(ballots).reason
    (('6',), 'approval, by 2 of 2')
    """
    read = [(ballot, approved) for ballot in ballots if (approved := approval_of(ballot))]
    if not read:
        return Outcome(invalid=len(ballots), reason=NOBODY)
    tally = sums(
        ((answer, ballot.weight) for ballot, approved in read for answer in approved), answers_on(ballots)
    )
    winners = leading(tally)
    voices = math.fsum(ballot.weight for ballot, _ in read)
    return Outcome(
        winners=winners,
        tally=tally,
        invalid=len(ballots) - len(read),
        reason=f"approval, by {tally[winners[0]]:.6g} of {voices:.6g}",
    )
