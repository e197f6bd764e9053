"""Rules over majorities between two answers at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.axioms import FAIR
from quorate.protocols.voting.ballots import Profile
from quorate.protocols.voting.pairs import Strength, majority_cycle, margins_of, strengths, widest_paths
from quorate.registry import Declaration, rule

NEEDS = ("ranking", "weight")
PAIRS = "ballots x answers^2; at most 2,000 answers"
MAJORITARIAN = FAIR | {"unanimity", "pareto", "majority", "condorcet winner", "monotonicity"}


@rule(
    Declaration(
        needs=NEEDS,
        axioms=MAJORITARIAN | {"condorcet loser", "smith", "reinforcement", "reversal symmetry"},
        cost=PAIRS,
        source="Condorcet 1785",
    )
)
def condorcet(ballots: Sequence[Ballot]) -> Outcome:
    """Return the answer that beats every other by a majority; without one, nothing is decided.

    The reason names a cycle of majorities where there is one. The tally counts the rivals that each answer
    beats.

    Examples
    --------
    >>> orders = ("567", "675", "756")
    >>> ballots = [Ballot(seat=order, answer=None, ranking=tuple((a,) for a in order)) for order in orders]
    >>> condorcet(ballots).reason
    'no Condorcet winner: 5 beats 6 beats 7 beats 5'
    """
    profile = Profile.of(ballots)
    if (outcome := profile.undecided()) is not None:
        return outcome
    margins = margins_of(profile)
    wins = (margins > 0).sum(axis=1)
    winners = np.flatnonzero(wins == len(margins) - 1)
    if winners.size:
        return profile.outcome(
            winners, wins, f"Condorcet winner, beats {len(margins) - 1} of {len(margins) - 1}"
        )
    cycle = majority_cycle(margins)
    if cycle:
        path = " beats ".join(profile.answers[index] for index in (*cycle, cycle[0]))
        return profile.outcome([], wins, f"no Condorcet winner: {path}")
    return profile.outcome(
        [], wins, f"no Condorcet winner: the best beats {wins.max()} of {len(margins) - 1}"
    )


@rule(
    Declaration(
        needs=NEEDS,
        axioms=MAJORITARIAN | {"condorcet loser", "smith", "reversal symmetry"},
        cost=PAIRS,
        source="Copeland 1951; also Llull 1299 up to ties",
    )
)
def copeland(ballots: Sequence[Ballot]) -> Outcome:
    """Return the answers with the best score of wins less losses against all others.

    A tie between two answers counts for neither (half a point each, on the other common scale).

    Examples
    --------
    >>> ballots = [Ballot(seat="a", answer=None, ranking=tuple(zip("567"))), Ballot(seat="b", answer="6")]
    >>> copeland(ballots).tally
    {'5': 1.0, '6': 1.0, '7': -2.0}
    """
    profile = Profile.of(ballots)
    if (outcome := profile.undecided()) is not None:
        return outcome
    scores = np.sign(margins_of(profile)).sum(axis=1)
    return profile.outcome(
        np.flatnonzero(scores == scores.max()), scores, f"Copeland, wins less losses {scores.max():+g}"
    )


@rule(
    Declaration(
        needs=NEEDS,
        axioms=MAJORITARIAN,
        cost=PAIRS,
        source="Simpson 1969, QJE 83(3); Kramer 1977, J. Economic Theory 16(2)",
    )
)
def minimax(ballots: Sequence[Ballot], *, strength: Strength = "margins") -> Outcome:
    """Return the answers whose worst defeat is the smallest.

    Also called Simpson-Kramer, or successive reversal. The tally is the worst defeat, negative.

    Parameters
    ----------
    ballots : sequence of Ballot
        With rankings; each counts as often as it weighs.
    strength : {"margins", "winning", "opposition"}
        What a defeat counts: by how much it was lost, the votes of the winning side, or the votes on the
        other side even where it was no defeat. They differ only when ballots have ties. The axioms are
        declared for margins.

    Raises
    ------
    BadOption
        For an unknown measure, or more than 2,000 answers.

    Examples
    --------
    >>> orders = ("567", "567", "675", "675", "756")
    >>> ballots = [Ballot(seat=order, answer=None, ranking=tuple(zip(order))) for order in orders]
    >>> minimax(ballots).winners, minimax(ballots).tally
    (('5', '6'), {'5': -1.0, '6': -1.0, '7': -3.0})
    """
    profile = Profile.of(ballots)
    found = strengths(profile, strength)
    if (outcome := profile.undecided()) is not None:
        return outcome
    worst = found.max(axis=0)
    return profile.outcome(
        np.flatnonzero(worst == worst.min()), 0.0 - worst, f"minimax, worst defeat {worst.min():.6g}"
    )


@rule(
    Declaration(
        needs=NEEDS,
        axioms=MAJORITARIAN | {"condorcet loser", "smith", "clone independence", "reversal symmetry"},
        cost="ballots x answers^2 + answers^3; at most 2,000 answers",
        source="Schulze 2011, Social Choice and Welfare 36(2), section 2.3",
    )
)
def schulze(ballots: Sequence[Ballot], *, strength: Strength = "margins") -> Outcome:
    """Return the answers that no other has a stronger path of majorities to.

    Also called the beat-path method. The tally counts the rivals that do not beat an answer by a path; the
    winners are those whom no rival beats.

    Parameters
    ----------
    ballots : sequence of Ballot
        With rankings; each counts as often as it weighs.
    strength : {"margins", "winning", "opposition"}
        What a majority counts, as in `minimax`. The axioms are declared for margins.

    Raises
    ------
    BadOption
        For an unknown measure, or more than 2,000 answers.

    Examples
    --------
    >>> orders = ("567", "567", "675", "675", "756")
    >>> ballots = [Ballot(seat=order, answer=None, ranking=tuple(zip(order))) for order in orders]
    >>> schulze(ballots).winners, schulze(ballots).reason
    (('5', '6'), 'Schulze, no rival beats it by a path')
    """
    profile = Profile.of(ballots)
    found = strengths(profile, strength)
    if (outcome := profile.undecided()) is not None:
        return outcome
    paths = widest_paths(found)
    unbeaten = (paths >= paths.T).sum(axis=1) - 1
    rivals = len(paths) - 1
    return profile.outcome(
        np.flatnonzero(unbeaten == rivals), unbeaten, "Schulze, no rival beats it by a path"
    )
