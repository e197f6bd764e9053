"""Influence of each seat on those that hear it: how often they move to its answer, against what to expect.

A *case* is an answer given again by a seat that had heard this one stand by another answer than its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quorate.evaluate.dynamics.courses import SILENT, UNHEARD, Course
from quorate.evaluate.dynamics.shifts import Bools, Floats, Ints, Shift, rate
from quorate.evaluate.statistics import Rate
from quorate.nouns import Noun


class Influence(Noun):
    """How far others follow one seat.

    Parameters
    ----------
    pull : Rate, optional
        Cases in which the hearer moved to this seat's answer; None where nobody heard it disagree.
    lift : Shift, optional
        `pull` less the base rate: how often the SAME hearer moves to the answers of other seats in the same
        situation (as many peers heard behind that answer, behind the hearer's own, and in all). Above 0 where
        this seat persuades more than numbers explain. Cases without such others are left out (all of them
        where everybody hears one peer only); the base rate is taken as known.
    unheard : Rate, optional
        What happens without hearing it: seats that stood by another answer, heard nobody with this seat's,
        and moved to it all the same. None where everybody hears everybody.
    follows : Rate, optional
        The other way round: cases in which this seat moved to the answer of a peer that it heard.
    """

    pull: Rate | None
    lift: Shift | None
    unheard: Rate | None
    follows: Rate | None


@dataclass(frozen=True)
class _Cases:
    """Pairs of an answer given again and a seat, shape (cases,), and whether the one moved to the other's."""

    speaker: Ints
    hearer: Ints
    moved: Bools
    groups: Ints
    situation: Ints

    def rate(self, chosen: Bools) -> Rate | None:
        return rate(self.moved[chosen], self.groups[chosen])


def influence_of(course: Course) -> tuple[Influence, ...]:
    """Return the influence of every seat, in the order of `course.names`.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> from quorate.transcripts import Transcript
    >>> said = [
    ...     Message(number=n, seat="ab"[n % 2], act="draft", turn=n // 2, text="", answer=answer)
    ...     for n, answer in enumerate("5655")
    ... ]
    >>> course = Course.of([Transcript.of(Question(text="2+3?"), "ab", said)])
    >>> [found.pull.share for found in influence_of(course)]
    [1.0, 0.0]
    """
    heard, unheard = _heard(course), _unheard(course)
    lifts = _lifts(heard, len(course.names))
    known = ~np.isnan(lifts)
    found = []
    for seat in range(len(course.names)):
        mine = heard.speaker == seat
        found.append(
            Influence(
                pull=heard.rate(mine),
                lift=Shift.over(lifts[mine & known], heard.groups[mine & known]),
                unheard=unheard.rate(unheard.speaker == seat),
                follows=heard.rate(heard.hearer == seat),
            )
        )
    return tuple(found)


def _heard(course: Course) -> _Cases:
    found = course.hearings
    own = found.before[:, None]
    behind_it, behind_own = np.zeros_like(found.heard), np.zeros_like(found.before)
    for at in range(found.heard.shape[1]):
        behind_it += found.heard == found.heard[:, at : at + 1]
        behind_own += found.heard[:, at] == found.before
    voices = (found.heard > SILENT).sum(axis=1)
    size = found.heard.shape[1] + 1
    situation = (behind_it * size + behind_own[:, None]) * size + voices[:, None]
    met = (found.heard > SILENT) & (own > SILENT) & (found.heard != own)
    return _cases(course, met, found.heard, situation)


def _unheard(course: Course) -> _Cases:
    """Return the pairs of which the one did not hear the other, nor anybody else with its answer."""
    found = course.hearings
    stood = course.stands[found.question, found.turn - 1]
    own = found.before[:, None]
    met = (found.heard == UNHEARD) & (stood > SILENT) & (own > SILENT) & (stood != own)
    met[np.arange(len(met)), found.place] = False
    for at in range(stood.shape[1]):
        met &= found.heard[:, at : at + 1] != stood
    return _cases(course, met, stood, np.zeros_like(stood))


def _cases(course: Course, met: Bools, answers: Ints, situation: Ints) -> _Cases:
    found = course.hearings
    row, place = np.nonzero(met)
    question = found.question[row]
    return _Cases(
        speaker=course.seats[question, place],
        hearer=course.seats[question, found.place[row]],
        moved=found.after[row] == answers[row, place],
        groups=course.groups[question],
        situation=situation[row, place],
    )


def _lifts(cases: _Cases, names: int) -> Floats:
    """Return for every case whether the hearer moved, less how often one did for the other seats; or NaN."""
    _, kinds = np.unique(cases.situation * names + cases.hearer, return_inverse=True)
    pairs = kinds * names + cases.speaker
    all_, mine = np.bincount(kinds)[kinds], np.bincount(pairs)[pairs]
    all_moved, my_moved = np.bincount(kinds, cases.moved)[kinds], np.bincount(pairs, cases.moved)[pairs]
    others = all_ - mine
    return np.where(others > 0, cases.moved - (all_moved - my_moved) / np.maximum(others, 1), np.nan)
