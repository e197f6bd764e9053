"""One vote a seat: the most votes win, or a share of the votes must be reached."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.axioms import FAIR
from quorate.protocols.voting.ballots import CLOSE, NOBODY, first_choice
from quorate.registry import Declaration, rule

Of = Literal["votes", "seats"]
SINGLE = "one pass over the ballots"
SHARES = Declaration(
    axioms=FAIR | {"unanimity", "majority", "monotonicity", "reinforcement"},
    cost=SINGLE,
    source="May 1952, Econometrica 20(4)",
)
MORE = Declaration(
    axioms=FAIR | {"unanimity", "monotonicity", "reinforcement"},
    cost=SINGLE,
    source="Kaesberg et al. 2025, arXiv:2502.19130",
)


def count(ballots: Sequence[Ballot]) -> dict[str, float]:
    """Count the first choices of the ballots, one vote a ballot whatever it weighs.

    Examples
    --------
    >>> count([Ballot(seat=seat, answer=answer) for seat, answer in zip("abc", "565")])
    {'5': 2.0, '6': 1.0}
    """
    chosen = Counter(choice for ballot in ballots if (choice := first_choice(ballot)) is not None)
    return {answer: float(votes) for answer, votes in chosen.items()}


@rule(
    Declaration(
        axioms=FAIR | {"unanimity", "majority", "monotonicity", "reinforcement"},
        cost=SINGLE,
        source="self-consistency, Wang et al. 2023, arXiv:2203.11171",
    )
)
def plurality(ballots: Sequence[Ballot]) -> Outcome:
    """Return the answers with the most votes; abstentions do not vote.

    Also called majority vote or the mode, as in self-consistency. Every seat has one vote, whatever it
    weighs: its answer, or what it ranks first alone.

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
    tally = count(ballots)
    most, voters = max(tally.values(), default=0.0), sum(tally.values())
    return Outcome(
        winners=tuple(answer for answer, votes in tally.items() if votes == most),
        tally=tally,
        invalid=len(ballots) - int(voters),
        reason=f"plurality, {most:g} of {voters:g} votes" if tally else NOBODY,
    )


@rule(SHARES)
def majority(ballots: Sequence[Ballot], *, of: Of = "votes") -> Outcome:
    """Return the answer with more than half of the votes; without one, nothing is decided.

    Parameters
    ----------
    ballots : sequence of Ballot
        One vote each, as in `plurality`.
    of : {"votes", "seats"}
        What the share is taken of: the readable votes, or all seats, abstentions included.

    Examples
    --------
    >>> ballots = [Ballot(seat=seat, answer=answer) for seat, answer in zip("abcd", "5565")]
    >>> majority(ballots).winners, majority(ballots[1:3]).reason
    (('5',), 'no majority: 1 of 2 votes, 2 needed')
    """
    return _share(ballots, "majority", of, None)


@rule(MORE)
def supermajority(ballots: Sequence[Ballot], *, threshold: float = 2 / 3, of: Of = "votes") -> Outcome:
    """Return the answer with at least a given share of the votes; without one, nothing is decided.

    Parameters
    ----------
    ballots : sequence of Ballot
        One vote each, as in `plurality`.
    threshold : float
        The share needed, above 0.5 and up to 1: half the votes could be for one answer and half for another.
    of : {"votes", "seats"}
        What the share is taken of: the readable votes, or all seats, abstentions included.

    Raises
    ------
    BadOption
        When the threshold is not in (0.5, 1].

    Examples
    --------
    >>> ballots = [Ballot(seat=seat, answer=answer) for seat, answer in zip("abcd", "5565")]
    >>> supermajority(ballots).winners, supermajority(ballots, threshold=0.8).reason
    (('5',), 'no supermajority of 80%: 3 of 4 votes, 4 needed')
    """
    if not 0.5 < threshold <= 1:
        raise BadOption(f"A threshold lies above 0.5 and goes up to 1, not {threshold}.")
    return _share(ballots, f"supermajority of {100 * threshold:.4g}%", of, threshold)


@rule(MORE)
def unanimity(ballots: Sequence[Ballot], *, of: Of = "votes") -> Outcome:
    """Return the answer that has all votes; without one, nothing is decided.

    With `of="seats"` an abstention is a veto.

    Examples
    --------
    >>> ballots = [Ballot(seat=seat, answer=answer) for seat, answer in zip("abc", ("5", "5", None))]
    >>> unanimity(ballots).winners, unanimity(ballots, of="seats").winners
    (('5',), ())
    """
    return _share(ballots, "unanimity", of, 1.0)


def _share(ballots: Sequence[Ballot], name: str, of: Of, threshold: float | None) -> Outcome:
    """Ask for a share of the votes: at least `threshold`, or more than half when there is none."""
    if of not in ("votes", "seats"):
        raise BadOption(f"There is no share of '{of}'. {did_you_mean(of, ('votes', 'seats'))}")
    tally = count(ballots)
    votes = int(sum(tally.values()))
    if not votes:
        return Outcome(invalid=len(ballots), reason=NOBODY)
    whole = votes if of == "votes" else len(ballots)
    needed = whole // 2 + 1 if threshold is None else math.ceil(threshold * whole * (1 - CLOSE))
    most = max(tally.values())
    enough = most >= needed
    reason = f"{name}, {most:g} of {whole} {of}" if enough else f"no {name}: {most:g} of {whole} {of}"
    return Outcome(
        winners=tuple(answer for answer, found in tally.items() if enough and found == most),
        tally=tally,
        invalid=len(ballots) - votes,
        reason=reason if enough else f"{reason}, {needed} needed",
    )
