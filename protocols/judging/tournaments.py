"""Tournaments: from duels between two at a time to a winner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Outcome
from quorate.protocols.judging.comparisons import Duels
from quorate.protocols.voting.ballots import leading
from quorate.protocols.voting.bradley_terry import log_strengths, undominated

Tournament = Literal["copeland", "wins", "bradley_terry"]
TOURNAMENTS: tuple[str, ...] = ("copeland", "wins", "bradley_terry")


def tournament(
    settled: Duels,
    names: Sequence[str],
    how: Tournament = "copeland",
    weights: Mapping[str, float] | None = None,
) -> Outcome:
    """Return the winners of a tournament of duels; a duel counts as often as its judge weighs.

    Parameters
    ----------
    settled : dict
        Of `duels`; those that nobody could read count for nobody.
    names : sequence of str
        Who was compared.
    how : {"copeland", "wins", "bradley_terry"}
        Pairs won less pairs lost, by the weight of the judges; duels won, a tie half; strengths of maximum
        likelihood, scaled to sum to 1.
    weights : mapping of str to float, optional
        By judge; 1 when left out.

    Raises
    ------
    BadOption
        For an unknown tournament.

    Examples
    --------
    >>> settled = {("", "solon", "5", "6"): 1, ("", "solon", "5", "7"): 0, ("", "solon", "6", "7"): 1}
    >>> tournament(settled, ["5", "6", "7"]).tally, tournament(settled, ["5", "6", "7"], "wins").tally
    ({'5': 1.0, '6': 0.0, '7': -1.0}, {'5': 1.5, '6': 1.0, '7': 0.5})
    """
    check_tournament(how)
    if not any(value is not None for value in settled.values()):
        return Outcome(reason="no verdict could be read in both orders")
    wins = _matrix(settled, names, weights)
    if how == "bradley_terry":
        scores = _strengths(wins)
    else:
        scores = np.sign(wins - wins.T).sum(axis=1) if how == "copeland" else wins.sum(axis=1)
    tally = dict(zip(names, scores.tolist(), strict=True))
    winners = leading(tally)
    best = {"copeland": "pairs won less lost {:+g}", "wins": "duels won {:.6g}"}.get(
        how, "strength {:.2f} of 1"
    )
    return Outcome(winners=winners, tally=tally, reason=best.format(tally[winners[0]]))


def check_tournament(how: str) -> None:
    """Refuse an unknown tournament before anybody is asked."""
    if how not in TOURNAMENTS:
        raise BadOption(f"There is no tournament '{how}'. {did_you_mean(how, TOURNAMENTS)}")


def _matrix(settled: Duels, names: Sequence[str], weights: Mapping[str, float] | None) -> np.ndarray:
    """Return the weight of the duels that each (row) won against each other (column); a tie is half."""
    place = {name: index for index, name in enumerate(names)}
    wins = np.zeros((len(names), len(names)))
    for (_, judge, one, other), value in sorted(settled.items(), key=lambda item: item[0]):
        if value is not None:
            weight = 1.0 if weights is None else weights[judge]
            wins[place[one], place[other]] += weight * (1 + value) / 2
            wins[place[other], place[one]] += weight * (1 - value) / 2
    return np.asarray(wins.round(9))


def _strengths(wins: np.ndarray) -> np.ndarray:
    """Return Bradley-Terry strengths; whoever never lost outside its set is far above those it beats."""
    strengths = np.zeros(len(wins))
    for members in undominated(wins):
        logs = log_strengths(wins[np.ix_(members, members)])
        shares = np.exp(logs - logs.max())
        strengths[members] = shares / shares.sum()
    return np.asarray((strengths / strengths.sum()).round(9))
