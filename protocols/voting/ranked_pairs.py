"""Ranked pairs: majorities are locked from the largest down, unless they would close a cycle.

Equal majorities can be locked in any order. The winners are those of ALL orders (parallel universes), found
exactly by walking through the different sets of locked pairs rather than through the orders. Deciding who
wins in some order is NP-complete (Brill and Fischer 2012), so the walk is bounded; the reason says when it
was cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from quorate.errors import BadOption
from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.ballots import Profile
from quorate.protocols.voting.condorcet import MAJORITARIAN, NEEDS
from quorate.protocols.voting.pairs import margins_of, smith_set
from quorate.registry import Declaration, rule

UNIVERSES = 10_000
"""Most sets of locked pairs that are walked through."""
MOST_LOCKED = 64
"""Most answers in a cycle of majorities whose pairs are locked one by one."""

Pair = tuple[int, int]
Locked = tuple[int, ...]
"""For each answer a bit mask of those below it; always closed under transitivity."""


@rule(
    Declaration(
        needs=NEEDS,
        axioms=MAJORITARIAN | {"condorcet loser", "smith", "reversal symmetry"},
        cost="ballots x answers^2 + cycle^4; 10,000 ways to lock equal majorities; cycles of at most 64",
        source="Tideman 1987, Social Choice and Welfare 4(3); ties: Zavist and Tideman 1989, 6(2)",
    )
)
def ranked_pairs(ballots: Sequence[Ballot]) -> Outcome:
    """Return the answers on top when majorities are locked from the largest margin down.

    Also called Tideman's rule. A pair that would close a cycle is left out. Where margins are equal, all
    orders of locking them are followed, and every answer that is on top in one of them wins; after 10,000
    different sets of locked pairs the walk ends, and the reason says so. Without equal margins it is
    independent of clones. The tally counts the rivals below an answer where it does best.

    Raises
    ------
    BadOption
        For more than 2,000 answers, or more than 64 in a cycle of majorities.

    Examples
    --------
    >>> orders = ("567", "567", "675", "675", "756")
    >>> ballots = [Ballot(seat=order, answer=None, ranking=tuple(zip(order))) for order in orders]
    >>> ranked_pairs(ballots).winners, ranked_pairs(ballots).tally
    (('5', '6'), {'5': 2.0, '6': 2.0, '7': 1.0})
    """
    profile = Profile.of(ballots)
    if (outcome := profile.undecided()) is not None:
        return outcome
    margins = margins_of(profile)
    cycle = smith_set(margins)
    if len(cycle) > MOST_LOCKED:
        raise BadOption(
            f"Ranked pairs locks the majorities among at most {MOST_LOCKED} answers, not {len(cycle)}; "
            "decide by schulze, which asks for the same with less work."
        )
    best, cut = lock(margins[np.ix_(cycle, cycle)])
    rivals = len(margins) - 1
    outside = np.sign(margins).clip(min=0).sum(axis=1)  # answers outside the cycle: the rivals they beat
    tally = np.minimum(outside, rivals - len(cycle))
    tally[cycle] = best + rivals + 1 - len(cycle)
    winners = np.flatnonzero(tally == rivals)
    ways = f"; only the first {UNIVERSES:,} ways of locking equal majorities were followed" if cut else ""
    return profile.outcome(winners, tally, f"ranked pairs, locked above every rival{ways}")


def lock(margins: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return how many rivals each answer has below it at best, and whether the walk was cut short.

    Examples
    --------
    >>> lock(np.array([[0, 3, -1], [-3, 0, 3], [1, -3, 0]]))[0].tolist()
    [2, 1, 0]
    """
    size = len(margins)
    levels = _levels(margins)
    best = np.zeros(size, dtype=int)
    start: tuple[int, Locked] = (0, (0,) * size)
    seen, stack = {start}, [start]
    while stack and not (len(seen) >= UNIVERSES and best.any()):
        level, locked = stack.pop()
        if level == len(levels):
            above = [sum(row >> answer & 1 for row in locked) for answer in range(size)]
            best = np.maximum(best, size - 1 - np.array(above))
            continue
        for state in _successors(level, levels[level], locked):
            if state not in seen:
                seen.add(state)
                stack.append(state)
            if len(seen) >= UNIVERSES:  # from here on one way is followed to its end, and none besides
                break
    return best, bool(stack)


def _levels(margins: np.ndarray) -> list[list[Pair]]:
    """Return the pairs with a majority, those of the same margin together, the largest margin first.

    Ties between two answers need no walk: whoever has nobody above in the end can be locked above all others.
    """
    found: dict[float, list[Pair]] = {}
    for winner, loser in np.argwhere(margins > 0).tolist():
        found.setdefault(float(margins[winner, loser]), []).append((winner, loser))
    return [found[margin] for margin in sorted(found, reverse=True)]


def _successors(level: int, pairs: Sequence[Pair], locked: Locked) -> Iterator[tuple[int, Locked]]:
    """Yield what can come next: each pair that competes with others of its margin, locked before them.

    A pair that lies in no cycle with what is locked and left is locked in every order: at once.
    """
    open_ = _open(pairs, locked)
    if len(open_) > 1:
        reach = _closure(locked, open_)
        contested = [(a, b) for a, b in open_ if reach[b] >> a & 1]
        for pair in set(open_).difference(contested):
            locked = _add(locked, pair)
        if contested:
            group = reach[contested[0][0]]
            ring = [(a, b) for a, b in contested if group >> a & 1 and reach[a] == group]
            for pair in ring:
                yield level, _add(locked, pair)
            return
    elif open_:
        locked = _add(locked, open_[0])
    yield level + 1, locked


def _open(pairs: Sequence[Pair], locked: Locked) -> list[Pair]:
    return [(a, b) for a, b in pairs if not (locked[a] >> b | locked[b] >> a) & 1]


def _add(locked: Locked, pair: Pair) -> Locked:
    a, b = pair
    if locked[a] >> b & 1:
        return locked
    gained = locked[b] | 1 << b
    return tuple(row | gained if x == a or row >> a & 1 else row for x, row in enumerate(locked))


def _closure(locked: Locked, pairs: Sequence[Pair]) -> list[int]:
    """Return whom each answer reaches through locked and open pairs."""
    reach = list(locked)
    for a, b in pairs:
        reach[a] |= 1 << b
    for via, _ in enumerate(reach):
        for x, row in enumerate(reach):
            if row >> via & 1:
                reach[x] = row | reach[via]
    return reach
