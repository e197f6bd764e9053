"""What rules count: rankings, approvals and scores, read from ballots that say more or less than needed.

A ballot that lacks what a rule reads counts for what it does say:

    Ballot(seat="ada", answer="5")    a ranking with 5 first and all others tied, an approval of 5 alone
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from quorate.nouns import Ballot, Outcome

NOBODY = "nobody gave a readable answer"
CLOSE = 1e-9
"""Sums that differ by less than this share of the larger one are equal: weights are binary fractions."""

Tiers = tuple[tuple[str, ...], ...]


def first_choice(ballot: Ballot) -> str | None:
    """Return the one answer a ballot stands for: its answer, or else the only one that it ranks first.

    Examples
    --------
    >>> first_choice(Ballot(seat="ada", answer=None, ranking=(("5",), ("6",))))
    '5'
    """
    if ballot.answer is not None or not ballot.ranking:
        return ballot.answer
    return ballot.ranking[0][0] if len(ballot.ranking[0]) == 1 else None


def ranking_of(ballot: Ballot) -> Tiers:
    """Return the tiers of a ballot, best first: its ranking, or else its scores, approvals or bare answer.

    Answers in no tier are tied behind the last one. No tiers at all: the ballot abstains.

    Examples
    --------
    >>> ranking_of(Ballot(seat="ada", answer="5"))
    (('5',),)
    >>> ranking_of(Ballot(seat="ada", answer=None, scores={"5": 2.0, "6": 7.0, "7": 2.0}))
    (('6',), ('5', '7'))
    """
    if ballot.ranking:
        return tuple(tier for tier in ballot.ranking if tier)
    if ballot.scores:
        levels = sorted(set(ballot.scores.values()), reverse=True)
        return tuple(tuple(a for a, score in ballot.scores.items() if score == level) for level in levels)
    if ballot.approved:
        return (ballot.approved,)
    return ((ballot.answer,),) if ballot.answer is not None else ()


def approval_of(ballot: Ballot) -> tuple[str, ...]:
    """Return the answers that a ballot approves of, or else its bare answer, or else its first tier.

    Examples
    --------
    >>> approval_of(Ballot(seat="ada", answer="5", approved=("5", "6")))
    ('5', '6')
    """
    if ballot.approved:
        return ballot.approved
    if ballot.answer is not None:
        return (ballot.answer,)
    tiers = ranking_of(ballot)
    return tiers[0] if tiers else ()


def answers_on(ballots: Iterable[Ballot]) -> tuple[str, ...]:
    """Return every answer that was put to the vote or named on a ballot, in the order of appearance.

    Examples
    --------
    >>> answers_on([Ballot(seat="ada", answer="6"), Ballot(seat="bo", answer="5", approved=("5", "7"))])
    ('6', '5', '7')
    """
    found: dict[str, None] = {}
    for ballot in ballots:
        found.update(dict.fromkeys(ballot.candidates))
        if ballot.answer is not None:
            found[ballot.answer] = None
        for tier in ballot.ranking:
            found.update(dict.fromkeys(tier))
        found.update(dict.fromkeys(ballot.approved))
        found.update(dict.fromkeys(ballot.scores))
    return tuple(found)


@dataclass(frozen=True)
class Profile:
    """What the rankings of all ballots come to.

    `groups` holds each different ranking once, as tiers of indices into `answers`, with the weight of the
    ballots that gave it. `invalid` counts the ballots that abstained.
    """

    answers: tuple[str, ...]
    groups: tuple[tuple[tuple[tuple[int, ...], ...], float], ...]
    invalid: int

    @classmethod
    def of(cls, ballots: Sequence[Ballot]) -> Profile:
        """Read the ballots as rankings, each as often as it weighs.

        Examples
        --------
        >>> profile = Profile.of([Ballot(seat=seat, answer=answer) for seat, answer in zip("abc", "565")])
        >>> profile.answers, profile.groups
        (('5', '6'), ((((0,),), 2.0), (((1,),), 1.0)))
        """
        answers = answers_on(ballots)
        place = {answer: index for index, answer in enumerate(answers)}
        found: dict[tuple[tuple[int, ...], ...], list[float]] = {}
        for ballot in ballots:
            tiers = ranking_of(ballot)
            if tiers:
                key = tuple(tuple(sorted(place[answer] for answer in tier)) for tier in tiers)
                found.setdefault(key, []).append(ballot.weight)
        groups = tuple((tiers, math.fsum(weights)) for tiers, weights in found.items())
        return cls(answers, groups, len(ballots) - sum(map(len, found.values())))

    @property
    def voices(self) -> float:
        """The weight of all ballots that did not abstain."""
        return math.fsum(weight for _, weight in self.groups)

    def outcome(self, winners: Iterable[int], tally: Iterable[float], reason: str) -> Outcome:
        """Return an outcome from indices and a tally in the order of the answers."""
        return Outcome(
            winners=tuple(self.answers[index] for index in winners),
            tally=dict(zip(self.answers, map(float, tally), strict=True)),
            invalid=self.invalid,
            reason=reason,
        )

    def undecided(self) -> Outcome | None:
        """Return the outcome when there is nobody to count, or one answer only; None otherwise."""
        if not self.groups:
            return Outcome(invalid=self.invalid, reason=NOBODY)
        if len(self.answers) == 1:
            return self.outcome([0], [0.0], "the only answer")
        return None


def sums(votes: Iterable[tuple[str, float]], answers: Iterable[str] = ()) -> dict[str, float]:
    """Add up votes for answers, exactly rounded, so that the order of the ballots cannot matter.

    Examples
    --------
    >>> sums([("5", 0.1), ("6", 0.3), ("5", 0.2)])
    {'5': 0.30000000000000004, '6': 0.3}
    """
    parts: dict[str, list[float]] = {answer: [] for answer in answers}
    for answer, weight in votes:
        parts.setdefault(answer, []).append(weight)
    return {answer: math.fsum(weights) for answer, weights in parts.items()}


def leading(tally: Mapping[str, float]) -> tuple[str, ...]:
    """Return the answers with the largest tally; all of them when several are equal up to rounding.

    Examples
    --------
    >>> leading({"5": 0.1 + 0.2, "6": 0.3, "7": 0.2})
    ('5', '6')
    """
    most = max(tally.values(), default=0.0)
    return tuple(answer for answer, value in tally.items() if not below(value, most))


def below(value: float, other: float) -> bool:
    """Tell whether `value` is smaller than `other` by more than rounding.

    Examples
    --------
    >>> below(0.3, 0.1 + 0.2), below(2.0, 3.0)
    (False, True)
    """
    return other - value > CLOSE * max(abs(value), abs(other))


def scored(ballots: Sequence[Ballot]) -> Iterator[tuple[Ballot, Mapping[str, float]]]:
    """Yield every ballot that can be read as scores, with them.

    A ballot with approvals or a bare answer gives those the highest score on any ballot (1 when no ballot
    has scores); one with a ranking alone gives its first tier that.
    """
    given = [score for ballot in ballots for score in ballot.scores.values()]
    highest = max(given, default=1.0)
    for ballot in ballots:
        if ballot.scores:
            yield ballot, ballot.scores
        elif approved := approval_of(ballot):
            yield ballot, dict.fromkeys(approved, highest)
