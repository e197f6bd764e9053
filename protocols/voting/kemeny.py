"""Kemeny's rule: the rankings that agree with the ballots on the most pairs, and who is on top of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quorate.errors import BadOption
from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.ballots import Profile
from quorate.protocols.voting.condorcet import MAJORITARIAN, NEEDS
from quorate.protocols.voting.pairs import margins_of, pairwise, smith_set
from quorate.registry import Declaration, rule

MOST_ORDERED = 16
"""Most answers in a cycle of majorities that are put in order: 65,536 sets of them."""


@rule(
    Declaration(
        needs=NEEDS,
        axioms=MAJORITARIAN | {"condorcet loser", "smith", "reversal symmetry"},
        cost="ballots x answers^2 + cycle^2 x 2^cycle; refused above 16 answers in a cycle",
        source="Kemeny 1959, Daedalus 88(4); Young and Levenglick 1978, SIAM J. Applied Mathematics 35(2)",
    )
)
def kemeny(ballots: Sequence[Ballot]) -> Outcome:
    """Return the answers on top of the rankings that agree with the ballots on the most pairs.

    Also called Kemeny-Young, or the maximum-likelihood ranking. Exact: only the answers in the smallest set
    that beats all others need to be put in order, which takes dynamic programming over its subsets. The
    tally is the agreement, in pairs, of the best ranking of that set with an answer on top; answers outside
    it have none.

    Raises
    ------
    BadOption
        For more than 2,000 answers, or more than 16 in that set: the work doubles with every one more.

    Examples
    --------
    >>> orders = ("567", "567", "675", "675", "756")
    >>> ballots = [Ballot(seat=order, answer=None, ranking=tuple(zip(order))) for order in orders]
    >>> kemeny(ballots).winners, kemeny(ballots).tally
    (('5', '6'), {'5': 9.0, '6': 9.0, '7': 7.0})
    """
    profile = Profile.of(ballots)
    if (outcome := profile.undecided()) is not None:
        return outcome
    cycle = smith_set(margins_of(profile))
    if len(cycle) > MOST_ORDERED:
        raise BadOption(
            f"Kemeny puts at most {MOST_ORDERED} answers in order, and {len(cycle)} are in one cycle of "
            "majorities here; decide by schulze or ranked_pairs."
        )
    tally = np.zeros(len(profile.answers))
    tally[cycle] = topped(pairwise(profile)[np.ix_(cycle, cycle)])
    best = tally[cycle].max()
    winners = [index for index in cycle if tally[index] >= best * (1 - 1e-9)]
    return profile.outcome(winners, tally, f"Kemeny, {best:.6g} pairs agree with a ranking that it tops")


def topped(pairs: np.ndarray) -> np.ndarray:
    """Return for each answer the agreement of the best ranking with it on top.

    The best ranking of a set is its best first answer followed by the best ranking of the rest, so sets are
    taken in the order of their sizes.

    Examples
    --------
    >>> topped(np.array([[0, 3, 2], [2, 0, 4], [3, 1, 0]])).tolist()
    [9.0, 9.0, 7.0]
    """
    size = len(pairs)
    sets = np.arange(2**size)
    over = np.zeros((size, 2**size))  # agreement of an answer being above all of a set
    for member in range(size):
        bit = 1 << member
        over[:, bit : 2 * bit] = over[:, :bit] + pairs[:, member, None]
    counts = sum((sets >> member & 1 for member in range(size)), np.zeros_like(sets))
    best = np.where(sets == 0, 0.0, -np.inf)
    for count in range(1, size):
        for first in range(size):
            chosen = sets[(counts == count) & (sets >> first & 1 == 1)]
            rest = chosen ^ (1 << first)
            best[chosen] = np.maximum(best[chosen], over[first, rest] + best[rest])
    everyone = 2**size - 1
    return np.array(
        [over[first, everyone ^ 1 << first] + best[everyone ^ 1 << first] for first in range(size)]
    )
