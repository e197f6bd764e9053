"""Points for places in a ranking, or points that a ballot hands out itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.axioms import FAIR
from quorate.protocols.voting.ballots import NOBODY, Profile, answers_on, approval_of, leading, sums
from quorate.registry import Declaration, rule

Ties = Literal["average", "dominated", "undominated"]
TIES: tuple[str, ...] = ("average", "dominated", "undominated")


@rule(
    Declaration(
        needs=("ranking", "weight"),
        axioms=FAIR
        | {"unanimity", "pareto", "condorcet loser", "monotonicity", "reinforcement", "reversal symmetry"},
        cost="ballots x answers ranked",
        source="Borda 1781; ties after Terzopoulou and Endriss 2021, J. Mathematical Economics 92",
    )
)
def borda(ballots: Sequence[Ballot], *, ties: Ties = "average") -> Outcome:
    """Return the answers with the most Borda points: one for every answer that a ballot ranks below.

    Also called the Borda count, ranked voting, or positional voting. Answers that a ballot does not rank are
    tied behind those that it does; a bare answer is ranked first and all others are tied.

    Parameters
    ----------
    ballots : sequence of Ballot
        With rankings; each counts as often as it weighs.
    ties : {"average", "dominated", "undominated"}
        What tied answers get: the mean of the places they share (half a point for each tie), only the points
        for what is strictly below, or all points but those for what is strictly above.

    Examples
    --------
    >>> ballots = [Ballot(seat="a", answer=None, ranking=(("5",), ("6",), ("7",)))]
    >>> borda([*ballots, Ballot(seat="b", answer="6")]).tally
    {'5': 2.5, '6': 3.0, '7': 0.5}
    """
    if ties not in TIES:
        raise BadOption(f"There is no way '{ties}' to treat ties. {did_you_mean(ties, TIES)}")
    profile = Profile.of(ballots)
    if (outcome := profile.undecided()) is not None:
        return outcome
    points = dict(zip(profile.answers, borda_points(profile, ties).tolist(), strict=True))
    winners = leading(points)
    return Outcome(
        winners=winners,
        tally=points,
        invalid=profile.invalid,
        reason=f"Borda, {points[winners[0]]:.6g} of {math.fsum(points.values()):.6g} points",
    )


def borda_points(profile: Profile, ties: Ties = "average") -> np.ndarray:
    """Return the Borda points of every answer of a profile."""
    size = len(profile.answers)
    points, unranked = np.zeros(size), 0.0
    for tiers, weight in profile.groups:
        left = size
        for tier in tiers:
            left -= len(tier)
            points[list(tier)] += weight * _worth(left, len(tier), ties)
        if left:
            behind = weight * _worth(0, left, ties)
            unranked += behind
            points[[index for tier in tiers for index in tier]] -= behind
    return points + unranked


def _worth(below: int, tied: int, ties: Ties) -> float:
    return below + {"average": (tied - 1) / 2, "dominated": 0, "undominated": tied - 1}[ties]


@rule(
    Declaration(
        needs=("scores", "weight"),
        axioms=FAIR | {"unanimity", "pareto", "monotonicity", "reinforcement"},
        cost="ballots x answers scored",
        source="Kaesberg et al. 2025, arXiv:2502.19130",
    )
)
def cumulative(ballots: Sequence[Ballot], *, points: float = 10) -> Outcome:
    """Return the answers with the most points, where every ballot hands out a number of points.

    A ballot that hands out more is scaled down to what it has; what one keeps is lost. A ballot with
    approvals shares its points equally among them, and a bare answer gets them all.

    Parameters
    ----------
    ballots : sequence of Ballot
        With scores of zero or more.
    points : float
        What every ballot may hand out.

    Raises
    ------
    BadOption
        For negative points on a ballot, or none to hand out.

    Examples
    --------
    >>> ballots = [Ballot(seat="a", answer=None, scores={"5": 7, "6": 3}), Ballot(seat="b", answer="6")]
    >>> cumulative(ballots).tally
    {'5': 7.0, '6': 13.0}
    """
    if not 0 < points < math.inf:
        raise BadOption(f"A cumulative vote hands out a positive number of points, not {points}.")
    shares = [(ballot, share) for ballot in ballots if (share := _shares(ballot, points))]
    if not shares:
        return Outcome(invalid=len(ballots), reason=NOBODY)
    tally = sums(
        ((answer, ballot.weight * part) for ballot, share in shares for answer, part in share.items()),
        answers_on(ballots),
    )
    winners = leading(tally)
    return Outcome(
        winners=winners,
        tally=tally,
        invalid=len(ballots) - len(shares),
        reason=f"cumulative, {tally[winners[0]]:.6g} of {math.fsum(tally.values()):.6g} points",
    )


def _shares(ballot: Ballot, points: float) -> Mapping[str, float]:
    if ballot.scores:
        if min(ballot.scores.values()) < 0:
            raise BadOption(f"The ballot of '{ballot.seat}' hands out negative points; give zero or more.")
        given = math.fsum(ballot.scores.values())
        scale = min(1.0, points / given) if given else 0.0
        return {answer: score * scale for answer, score in ballot.scores.items()}
    approved = approval_of(ballot)
    return dict.fromkeys(approved, points / len(approved)) if approved else {}
