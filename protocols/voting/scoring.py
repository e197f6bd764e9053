"""Rules over scores: their sum, or their median."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting.axioms import FAIR
from quorate.protocols.voting.ballots import CLOSE, NOBODY, answers_on, below, leading, scored, sums
from quorate.registry import Declaration, rule

By = Literal["value", "gauge"]
Grades = list[tuple[float, float]]
"""Scores of one answer from the lowest to the highest, each with the weight behind it."""


@rule(
    Declaration(
        needs=("scores", "weight"),
        axioms=FAIR | {"unanimity", "pareto", "monotonicity", "reinforcement", "clone independence"},
        cost="ballots x answers scored",
        source="Smith 2000, range voting; also called score voting",
    )
)
def range_(ballots: Sequence[Ballot], *, unscored: float = 0.0) -> Outcome:
    """Return the answers with the highest sum of scores.

    Also called score voting, or utilitarian voting. A ballot with approvals or a bare answer gives those the
    highest score on any ballot (1 when nobody scored), and all others what is not scored.

    Parameters
    ----------
    ballots : sequence of Ballot
        With scores on a common scale.
    unscored : float
        What an answer gets from a ballot that does not score it.

    Raises
    ------
    BadOption
        When `unscored` is not finite.

    Examples
    --------
    >>> ballots = [Ballot(seat="a", answer=None, scores={"5": 4, "6": 5}), Ballot(seat="b", answer="5")]
    >>> range_(ballots).tally
    {'5': 9.0, '6': 5.0}
    """
    read = _read(ballots, unscored)
    if not read:
        return Outcome(invalid=len(ballots), reason=NOBODY)
    base = unscored * math.fsum(ballot.weight for ballot, _ in read)
    parts = (
        (name, ballot.weight * (score - unscored))
        for ballot, scores in read
        for name, score in scores.items()
    )
    tally = {name: base + gained for name, gained in sums(parts, answers_on(ballots)).items()}
    winners = leading(tally)
    return Outcome(
        winners=winners,
        tally=tally,
        invalid=len(ballots) - len(read),
        reason=f"range voting, a sum of {tally[winners[0]]:.6g}",
    )


@rule(
    Declaration(
        needs=("scores", "weight"),
        axioms=FAIR | {"unanimity", "pareto", "monotonicity", "clone independence"},
        cost="ballots x answers, sorted",
        source="Balinski and Laraki 2011, Majority Judgment, chapters 1 and 13",
    )
)
def majority_judgement(ballots: Sequence[Ballot], *, by: By = "value", unscored: float = 0.0) -> Outcome:
    """Return the answers with the highest median score, the lower one of two.

    Ties are broken inside the rule, by the scores alone. Ballots without scores count as in `range`.

    Parameters
    ----------
    ballots : sequence of Ballot
        With scores on a common scale.
    by : {"value", "gauge"}
        How equal medians are told apart: by the majority value (take one median score off each answer and
        compare again, until they differ), or by the majority gauge, meant for large electorates (the share of
        scores above the median, when that is larger than the share below; else minus the share below).
    unscored : float
        What an answer gets from a ballot that does not score it.

    Raises
    ------
    BadOption
        For an unknown way, or when `unscored` is not finite.

    Examples
    --------
    >>> grades = ({"5": 4, "6": 3}, {"5": 1, "6": 3})
    >>> ballots = [Ballot(seat=seat, answer=None, scores=given) for seat, given in zip("ab", grades)]
    >>> majority_judgement(ballots).winners, majority_judgement(ballots).tally
    (('6',), {'5': 1.0, '6': 3.0})
    """
    if by not in ("value", "gauge"):
        raise BadOption(f"There is no way '{by}' to compare medians. {did_you_mean(by, ('value', 'gauge'))}")
    read = _read(ballots, unscored)
    heard = [(ballot.weight, scores) for ballot, scores in read if ballot.weight]
    invalid = len(ballots) - len(read)
    if not heard:
        return Outcome(invalid=invalid, reason="no vote weighs anything" if read else NOBODY)
    grades = _grades(heard, answers_on(ballots), unscored)
    tally = {name: _median(found) for name, found in grades.items()}
    best = leading(tally)
    winners = best if len(best) == 1 else _last(best, grades) if by == "value" else _gauged(best, grades)
    return Outcome(
        winners=winners,
        tally=tally,
        invalid=invalid,
        reason=f"majority judgement, a median of {tally[winners[0]]:.6g}"
        + (f", ahead of {len(best) - len(winners)} with the same" if len(winners) < len(best) else ""),
    )


def _read(ballots: Sequence[Ballot], unscored: float) -> list[tuple[Ballot, Mapping[str, float]]]:
    if not math.isfinite(unscored):
        raise BadOption(f"What an answer gets without a score is a finite number, not {unscored}.")
    return list(scored(ballots))


def _grades(
    heard: Sequence[tuple[float, Mapping[str, float]]], names: Sequence[str], unscored: float
) -> dict[str, Grades]:
    """Sort the scores of every answer; those who did not score it stand together."""
    found: dict[str, Grades] = {name: [] for name in names}
    for weight, scores in heard:
        for name, score in scores.items():
            found[name].append((float(score), weight))
    whole = math.fsum(weight for weight, _ in heard)
    for grades in found.values():
        rest = whole - math.fsum(weight for _, weight in grades)
        if rest > CLOSE * whole:
            grades.append((unscored, rest))
        grades.sort()
    return found


def _median(grades: Grades) -> float:
    half = math.fsum(weight for _, weight in grades) / 2
    reached = 0.0
    for grade, weight in grades:
        reached += weight
        if not below(reached, half):
            return grade
    return grades[-1][0]


def _last(names: Sequence[str], grades: Mapping[str, Grades]) -> tuple[str, ...]:
    """Keep the answers with the largest majority value.

    Taking one median score after another off an answer walks outwards from the middle of its sorted scores,
    below first. Weighed scores are walked through by weight.
    """
    ends = {name: np.cumsum([weight for _, weight in grades[name]]) for name in names}
    whole = float(ends[names[0]][-1])
    corners = np.sort(np.abs(np.concatenate(list(ends.values())) - whole / 2))
    steps = np.concatenate([[0.0], corners, [whole / 2]])
    wide = np.diff(steps) > CLOSE * whole
    middles = ((steps[1:] + steps[:-1]) / 2)[wide]

    def value(name: str) -> list[float]:
        found = np.array([grade for grade, _ in grades[name]])
        low, high = (
            found[np.minimum(np.searchsorted(ends[name], whole / 2 + sign * middles), len(found) - 1)]
            for sign in (-1, 1)
        )
        return np.column_stack([low, high]).ravel().tolist()

    values = {name: value(name) for name in names}
    best = max(values.values())
    return tuple(name for name in names if values[name] == best)


def _gauged(names: Sequence[str], grades: Mapping[str, Grades]) -> tuple[str, ...]:
    """Keep the answers with the largest majority gauge."""

    def gauge(name: str) -> float:
        middle = _median(grades[name])
        above = math.fsum(weight for grade, weight in grades[name] if grade > middle)
        under = math.fsum(weight for grade, weight in grades[name] if grade < middle)
        return above if below(under, above) else -under

    return leading({name: gauge(name) for name in names})
