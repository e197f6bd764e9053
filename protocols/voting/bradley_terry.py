"""Bradley and Terry's model: every answer has a strength, and beats others in proportion to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.axioms import FAIR
from quorate.protocols.voting.ballots import Profile
from quorate.protocols.voting.condorcet import NEEDS
from quorate.protocols.voting.pairs import pairwise
from quorate.registry import Declaration, rule

NEWTON = 200
"""Most steps of Newton's method; ten or so are common."""
EQUAL = 1e-6
"""Strengths whose logarithms differ by less are equal."""


@rule(
    Declaration(
        needs=NEEDS,
        axioms=FAIR | {"unanimity"},
        cost="ballots x answers^2 + answers^3 a Newton step; at most 2,000 answers",
        source="Bradley and Terry 1952, Biometrika 39(3-4); existence: Ford 1957, Am. Math. Monthly 64(8)",
    )
)
def bradley_terry(ballots: Sequence[Ballot]) -> Outcome:
    """Return the answers of the greatest strength, where i is ranked above j with odds s_i : s_j.

    The strengths are those of maximum likelihood, scaled to sum to 1, from all pairs that ballots rank
    strictly. They are finite only within a set of answers each of which reaches each other by being ranked
    above (Ford's condition); sets that are never ranked below an answer outside win over all others, whose
    strength is 0 beside theirs. Sets that nobody compares are equals.

    Raises
    ------
    BadOption
        For more than 2,000 answers.

    Examples
    --------
    >>> ballots = [Ballot(seat=seat, answer=answer) for seat, answer in zip("abc", "565")]
    >>> {answer: round(strength, 3) for answer, strength in bradley_terry(ballots).tally.items()}
    {'5': 0.667, '6': 0.333}
    """
    profile = Profile.of(ballots)
    if (outcome := profile.undecided()) is not None:
        return outcome
    wins = pairwise(profile)
    tally = np.zeros(len(wins))
    winners: list[int] = []
    for members in undominated(wins):
        logs = log_strengths(wins[np.ix_(members, members)])
        shares = np.exp(logs - logs.max())
        tally[members] = shares / shares.sum()
        winners += members[logs > logs.max() - EQUAL].tolist()
    tally /= tally.sum()
    return profile.outcome(winners, tally, f"Bradley-Terry, strength {tally.max():.2f} of 1")


def undominated(wins: np.ndarray) -> list[np.ndarray]:
    """Return the sets of answers that reach each other by wins and that nobody outside reaches.

    Examples
    --------
    >>> [found.tolist() for found in undominated(np.array([[0, 1, 1], [1, 0, 1], [0, 0, 0]]))]
    [[0, 1]]
    """
    reach = (wins > 0) | np.eye(len(wins), dtype=bool)
    while True:
        further = reach.astype(np.float32) @ reach.astype(np.float32) > 0
        if (further == reach).all():
            break
        reach = further
    above = [frozenset(np.flatnonzero(column).tolist()) for column in reach.T]
    tops = {found for found in above if all(above[member] == found for member in found)}
    return [np.array(sorted(found)) for found in sorted(tops, key=min)]


def log_strengths(wins: np.ndarray) -> np.ndarray:
    """Return the logarithms of the strengths of maximum likelihood, which sum to zero.

    Newton's method on the log-likelihood sum_ij w_ij log(s_i / (s_i + s_j)), which is concave; a step that
    would lower it is halved.

    Examples
    --------
    >>> np.exp(log_strengths(np.array([[0.0, 2.0], [1.0, 0.0]]))).round(3).tolist()
    [1.414, 0.707]
    """
    size = len(wins)
    both, logs = wins + wins.T, np.zeros(size)
    value = _likelihood(wins, logs)
    for _ in range(NEWTON):
        odds = 1 / (1 + np.exp(logs[None, :] - logs[:, None]))
        slope = wins.sum(axis=1) - (both * odds).sum(axis=1)
        bend = both * odds * (1 - odds)
        step = np.linalg.solve(np.diag(bend.sum(axis=1)) - bend + 1 / size, slope)
        while (better := _likelihood(wins, logs + step)) < value - 1e-12 * abs(value):
            step /= 2
        logs, value = logs + step, better
        if np.abs(step).max() < EQUAL / 1e3:
            break
    return np.asarray(logs - logs.mean())


def _likelihood(wins: np.ndarray, logs: np.ndarray) -> float:
    return float(-(wins * np.logaddexp(0, logs[None, :] - logs[:, None])).sum())
