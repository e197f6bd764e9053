"""Members: one row a seat, with all that it did and all that hung on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quorate.evaluate.dynamics.contribution import Contribution, contributions_of
from quorate.evaluate.dynamics.courses import Course
from quorate.evaluate.dynamics.flips import Flips, flips
from quorate.evaluate.dynamics.influence import Influence, influence_of
from quorate.evaluate.dynamics.readers import Reading, Unread, unread
from quorate.evaluate.dynamics.shifts import rate
from quorate.evaluate.statistics import Rate
from quorate.nouns import Noun


class Member(Noun):
    """One seat.

    Parameters
    ----------
    name : str
        As the record has it; untrusted.
    rounds : tuple of Rate
        Right answers after each round, over the questions with a gold answer at which it sits; empty without.
    flips : Flips
    influence : Influence
        On those that hear it.
    contribution : Contribution
        Of its ballot to the outcome.
    unread : Unread
    """

    name: str
    rounds: tuple[Rate, ...]
    flips: Flips
    influence: Influence
    contribution: Contribution
    unread: Unread


def members_of(course: Course, readings: Sequence[Reading]) -> tuple[Member, ...]:
    """Return all seats, in the order in which the record names them."""
    influence, contributions = influence_of(course), contributions_of(course)
    said: dict[str, list[Reading]] = {name: [] for name in course.names}
    for reading in readings:
        said.setdefault(reading.seat, []).append(reading)
    whose = course.seats[course.hearings.question, course.hearings.place]
    return tuple(
        Member(
            name=name,
            rounds=_rounds(course, seat),
            flips=flips(course, whose == seat),
            influence=influence[seat],
            contribution=contributions[seat],
            unread=unread(said[name]),
        )
        for seat, name in enumerate(course.names)
    )


def _rounds(course: Course, seat: int) -> tuple[Rate, ...]:
    question, place = np.nonzero((course.seats == seat) & course.gold[:, None])
    rates = (
        rate(course.right[question, turn, place], course.groups[question]) for turn in range(course.rounds)
    )
    return tuple(found for found in rates if found is not None)
