"""Contribution of each seat to the outcome: the final vote without its ballot, and its Shapley value.

Only the ballot is taken away. What the seat had said to the others stays said, so that a seat that persuaded
everybody and then agrees with them contributes little here: see `influence` for the other half.
"""

from __future__ import annotations

import math

import numpy as np

from quorate.evaluate.dynamics.courses import SILENT, Course, backing, won_by, worth
from quorate.evaluate.dynamics.shifts import Bools, Floats, Ints, Shift
from quorate.nouns import Noun

LARGEST = 8
"""Most seats of a table whose Shapley values are computed: the work doubles with each."""


class Contribution(Noun):
    """What the last ballot of one seat does for the plurality.

    Parameters
    ----------
    ballot : Shift, optional
        Accuracy with it less accuracy without it, ties by their share, over the questions with a gold answer
        at which it sits.
    decisive : int
        Questions, with a gold answer or without, whose winners are others without it.
    shapley : Shift, optional
        Its average contribution over all orders in which the ballots might come in (Shapley 1953), where
        nobody's vote is worth 0: over all seats they add up to the accuracy of the plurality. None at tables
        of more than 8.
    """

    ballot: Shift | None
    decisive: int
    shapley: Shift | None


def contributions_of(course: Course) -> tuple[Contribution, ...]:
    """Return the contribution of every seat, in the order of `course.names`.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> from quorate.transcripts import Transcript
    >>> said = [
    ...     Message(number=n, seat="abc"[n], act="draft", turn=0, text="", answer=answer)
    ...     for n, answer in enumerate("556")
    ... ]
    >>> course = Course.of([Transcript.of(Question(text="2+3?"), "abc", said, gold="5")])
    >>> [(found.ballot.mean, found.decisive, found.shapley.mean) for found in contributions_of(course)]
    [(0.5, 1, 0.583333), (0.5, 1, 0.583333), (0.0, 0, -0.166667)]
    """
    last = course.stands[:, -1]
    ballots, decisive = np.zeros(last.shape), np.zeros(last.shape, dtype=np.bool_)
    for at in range(last.shape[1]):
        ballots[:, at], decisive[:, at] = _without(last, at)
    values = shapley(last) if last.shape[1] <= LARGEST else None
    found = []
    for seat in range(len(course.names)):
        sits = course.seats == seat
        known = sits & course.gold[:, None]
        groups = course.groups[np.nonzero(known)[0]]
        found.append(
            Contribution(
                ballot=Shift.over(ballots[known], groups),
                decisive=int(decisive[sits].sum()),
                shapley=None if values is None else Shift.over(values[known], groups),
            )
        )
    return tuple(found)


def _without(last: Ints, at: int) -> tuple[Floats, Bools]:
    """Return what the ballot at one place adds to each question, and whether the winners change with it."""
    rest = last.copy()
    rest[:, at] = SILENT
    behind, left = backing(last), backing(rest)
    won, still = won_by(behind), won_by(left)
    others = np.arange(last.shape[1]) != at
    changed = (won != still)[:, others].any(axis=1) | (won[:, at] & (behind[:, at] == 1))
    return worth(last, behind) - worth(rest, left), changed


def shapley(last: Ints) -> Floats:
    """Return the Shapley value of every ballot for the accuracy of the plurality.

    Parameters
    ----------
    last : array of int, shape (questions, places)
        Numbers of answers; the right one is 0.

    Returns
    -------
    array of float, shape (questions, places)
        phi_i = sum over the sets S without i of |S|! (n - |S| - 1)! / n! (v(S with i) - v(S)).

    Examples
    --------
    >>> shapley(np.array([[0, 1]])).tolist()
    [[0.75, -0.25]]
    """
    count = last.shape[1]
    members = (np.arange(1 << count)[:, None] >> np.arange(count)) & 1 == 1
    value = [worth(np.where(inside, last, SILENT)) for inside in members]
    sizes = members.sum(axis=1)
    found = np.zeros(last.shape)
    for number, inside in enumerate(members):
        size = int(sizes[number])
        for at in np.flatnonzero(~inside).tolist():
            weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            found[:, at] += weight * (value[number | 1 << at] - value[number])
    return found
