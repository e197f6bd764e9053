"""Instant run-off: the answer that the fewest put first is left out, until one remains.

When several are last, any of them can be left out. The winners are those of ALL ways (parallel universes),
found exactly by walking through the different sets of remaining answers; deciding who wins in some way is
NP-complete (Conitzer, Rognlie and Xia 2009), so the walk is bounded, and the reason says when it was cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.axioms import FAIR
from quorate.protocols.voting.ballots import CLOSE, Profile
from quorate.registry import Declaration, rule

UNIVERSES = 4096
"""Most sets of remaining answers that are walked through: all of them for up to 12 answers."""

Ties = Literal["approval", "split"]


@rule(
    Declaration(
        needs=("ranking", "weight"),
        axioms=FAIR | {"unanimity", "pareto", "majority", "condorcet loser", "clone independence"},
        cost="ballots x answers a round; 4,096 sets of remaining answers",
        source="Hare 1859; ties on ballots: Delemazure and Peters 2024, arXiv:2404.11407",
    )
)
def instant_runoff(ballots: Sequence[Ballot], *, ties: Ties = "approval") -> Outcome:
    """Return the answers that remain when the last one is left out again and again.

    Also called the alternative vote, ranked-choice voting, or Hare's rule. A ballot counts for its best
    remaining answers, and for none when it ranks none of those. Where several are last, all ways of
    leaving one out are followed, and every answer that remains in one of them wins; after 4,096 different
    sets of remaining answers the walk ends, and the reason says so. The tally holds the most votes that an
    answer had in any round.

    Parameters
    ----------
    ballots : sequence of Ballot
        With rankings; each counts as often as it weighs.
    ties : {"approval", "split"}
        What a ballot with several best remaining answers gives them: a whole vote each, which keeps the rule
        independent of clones, or equal parts of one. The axioms are declared for approval.

    Raises
    ------
    BadOption
        For an unknown way.

    Examples
    --------
    >>> orders = ("567", "567", "675", "756", "756")
    >>> ballots = [Ballot(seat=order, answer=None, ranking=tuple(zip(order))) for order in orders]
    >>> instant_runoff(ballots).winners, instant_runoff(ballots).tally
    (('7',), {'5': 2.0, '6': 1.0, '7': 3.0})
    """
    if ties not in ("approval", "split"):
        raise BadOption(
            f"There is no way '{ties}' to count ties. {did_you_mean(ties, ('approval', 'split'))}"
        )
    profile = Profile.of(ballots)
    if (outcome := profile.undecided()) is not None:
        return outcome
    walk = _Walk(profile, ties)
    winners = walk.winners()
    reason = f"instant run-off, {max(walk.votes[index] for index in winners):.6g} votes at the end"
    if walk.cut:
        reason += f"; only the first {UNIVERSES:,} ways of leaving out the last were followed"
    return profile.outcome(sorted(winners), walk.votes, reason)


class _Walk:
    """The sets of remaining answers, as bit masks, that leaving out the last leads to."""

    def __init__(self, profile: Profile, ties: Ties) -> None:
        self.votes = [0.0] * len(profile.answers)
        self.cut = False
        self._split = ties == "split"
        self._groups = [
            ([(sum(1 << index for index in tier), tier) for tier in tiers], weight)
            for tiers, weight in profile.groups
        ]

    def winners(self) -> set[int]:
        """Return every answer that remains in the end in some way."""
        everyone = (1 << len(self.votes)) - 1
        seen, stack, found = {everyone}, [everyone], set[int]()
        while stack:
            remaining = stack.pop()
            members = [index for index in range(remaining.bit_length()) if remaining >> index & 1]
            if len(members) == 1:
                found.update(members)
                continue
            votes, flowing = self._count(remaining)
            for index in members:
                self.votes[index] = max(self.votes[index], votes.get(index, 0.0))
            if not flowing:  # nothing changes hands any more: whoever is ahead stays ahead
                most = max(votes.values(), default=0.0)
                found.update(i for i in members if votes.get(i, 0.0) >= most * (1 - CLOSE))
                continue
            for rest in self._left_out(remaining, members, votes):
                if rest not in seen:
                    self.cut = self.cut or len(seen) >= UNIVERSES
                    if not (self.cut and found):
                        seen.add(rest)
                        stack.append(rest)
        return found

    def _count(self, remaining: int) -> tuple[dict[int, float], bool]:
        """Count the votes, and tell whether a ballot has something more to say after its best answers."""
        votes: dict[int, float] = {}
        flowing = False
        for tiers, weight in self._groups:
            living = (tier for mask, tier in tiers if mask & remaining)
            if (top := next(living, None)) is not None:
                best = [index for index in top if remaining >> index & 1]
                for index in best:
                    votes[index] = votes.get(index, 0.0) + (weight / len(best) if self._split else weight)
                flowing = flowing or next(living, None) is not None or (self._split and len(best) > 1)
        return votes, flowing

    @staticmethod
    def _left_out(remaining: int, members: list[int], votes: dict[int, float]) -> Iterator[int]:
        """Yield what remains: without one of the last, or without all those that cannot recover.

        The lowest cannot when all their votes together are fewer than those of the next.
        """
        close = CLOSE * max(votes.values(), default=0.0)
        order = sorted(members, key=lambda index: votes.get(index, 0.0))
        together, hopeless = 0.0, 0
        for place, index in enumerate(order):
            if together < votes.get(index, 0.0) - close:
                hopeless = place
            together += votes.get(index, 0.0)
        if hopeless > 1:
            yield remaining & ~sum(1 << index for index in order[:hopeless])
            return
        for index in order:
            if votes.get(index, 0.0) <= votes.get(order[0], 0.0) + close:
                yield remaining & ~(1 << index)
