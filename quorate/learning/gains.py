"""Gains: what hearing somebody did for the hearer's chance to be right, from recorded answers.

A *case* of the edge u -> v is an answer that v gave again, on a question with a known answer, when u had an
answer of its own that v heard; where u was not heard, it is a case of the comparison.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from quorate.evaluate.dynamics import Course
from quorate.evaluate.dynamics.courses import RIGHT, SILENT, UNHEARD
from quorate.evaluate.dynamics.shifts import Bools, Floats, Ints
from quorate.evaluate.statistics import wilson
from quorate.nouns import Noun

How = Literal["compared", "credited", "by drafts"]


class Gain(Noun):
    """What hearing a seat adds to the hearer's chance to be right, in [-1, 1], and its interval.

    Parameters
    ----------
    mean, low, high : float
    cases, questions : int
        Answers given in sight of the seat's, and the different questions they belong to.
    how : {"compared", "credited", "by drafts"}
        Against answers in the same situation that were given without hearing it, by the changes to its
        answer, or by what it knew (see `worth`).
    """

    mean: float
    low: float
    high: float
    cases: int
    questions: int
    how: How

    @property
    def likely(self) -> float:
        """About how likely the true gain is above 0, from the interval taken as a normal one."""
        spread = (self.high - self.low) / 2
        if spread <= 0:
            return float(self.mean > 0)
        return 0.5 * math.erfc(-self.mean / spread * 1.96 / math.sqrt(2))


@dataclass(frozen=True)
class Cases:
    """Every answer given again by one seat while another had an answer, heard or not; shape (cases,)."""

    before: Ints
    after: Ints
    theirs: Ints
    heard: Bools
    others_right: Ints
    others_wrong: Ints
    with_after: Ints
    """How many of those heard stood by the new answer."""
    groups: Ints

    @classmethod
    def of(cls, course: Course, heard: int, hearer: int, turn: int | None = None) -> Cases:
        """Collect the cases of an edge.

        Parameters
        ----------
        course : Course
        heard, hearer : int
            Indices into `course.names`.
        turn : int, optional
            Only answers given in this turn; in any when left out.
        """
        found = course.hearings
        seats = course.seats[found.question]
        place, known = _place_of(seats, heard)
        said = found.heard[np.arange(len(seats)), place]
        theirs = np.where(said == UNHEARD, course.stands[found.question, found.turn - 1, place], said)
        rows = known & course.gold[found.question] & (theirs > SILENT)
        rows &= seats[np.arange(len(seats)), found.place] == hearer
        if turn is not None:
            rows &= found.turn == turn
        row, at = np.nonzero(rows)[0], place[rows]
        voices = found.heard[row].copy()
        met = voices[np.arange(len(row)), at] != UNHEARD
        with_after = (voices == found.after[row, None]).sum(axis=1)
        voices[np.arange(len(row)), at] = UNHEARD
        return cls(
            before=found.before[row],
            after=found.after[row],
            theirs=theirs[row],
            heard=met,
            others_right=(voices == RIGHT).sum(axis=1),
            others_wrong=(voices > RIGHT).sum(axis=1),
            with_after=with_after,
            groups=course.groups[found.question[row]],
        )

    @property
    def situations(self) -> Ints:
        """The situation of each case: own answer, theirs, and how many others were heard right or wrong."""
        own = np.where(self.before < RIGHT, 0, np.where(self.before == RIGHT, 1, 2))
        same = self.theirs == self.before
        said = np.where(self.theirs == RIGHT, 0, np.where(same, 1, 2))
        parts = np.stack([own, said, self.others_right, self.others_wrong])
        _, found = np.unique(parts, axis=1, return_inverse=True)
        return np.asarray(found).reshape(-1)


def _place_of(seats: Ints, name: int) -> tuple[Ints, Bools]:
    """Return at which place of each row a seat sits, and whether it sits there at all."""
    there = seats == name
    return np.asarray(there.argmax(axis=1)), np.asarray(there.any(axis=1))


def compared(cases: Cases, level: float = 0.95) -> Gain | None:
    """Compare answers given in sight of a seat's with those given without, in the same situations.

    Parameters
    ----------
    cases : Cases
    level : float
        Coverage of the interval.

    Returns
    -------
    Gain or None
        None where no situation was met both ways.

    Notes
    -----
    The risk difference of Mantel and Haenszel (1959): situations are weighed by n1 n0 / (n1 + n0). Its
    interval joins the Wilson intervals of both pooled shares (Newcombe 1998, method 10), each for as many
    answers as its weights, added up by question, are worth (Kish 1965): answers to one question count as one.
    It is rather too wide than too narrow.
    """
    kinds = cases.situations
    if not kinds.size:
        return None
    with_, without = np.bincount(kinds, cases.heard), np.bincount(kinds, ~cases.heard)
    total = (with_ + without)[kinds]
    weights = np.where(cases.heard, without[kinds], with_[kinds]) / total
    if not weights.any():
        return None
    right = cases.after == RIGHT
    one, other = (_Share.of(right[arm], weights[arm], cases.groups[arm], level) for arm in _arms(cases.heard))
    used = cases.heard & (weights > 0)
    return _gain(one, other, used, cases.groups, "compared")


def credited(cases: Cases, level: float = 0.95) -> Gain | None:
    """Credit a seat with the changes to the answer it was heard to give, for better and for worse.

    Parameters
    ----------
    cases : Cases
    level : float
        Coverage of the interval.

    Returns
    -------
    Gain or None
        None where it was never heard.

    Notes
    -----
    A change from wrong to right counts 1, from right to wrong -1, when the new answer is what the seat stood
    by; where k of those heard stood by it, each is credited 1/k. The interval joins the Wilson intervals of
    the shares of both kinds of change, which exclude each other (Newcombe 1998, with their correlation);
    answers to one question count as one.
    """
    met = cases.heard
    if not met.any():
        return None
    moved = (cases.after != cases.before) & (cases.after == cases.theirs) & met
    credit = np.where(moved, 1 / np.maximum(cases.with_after, 1), 0.0)[met]
    won = np.where(cases.after[met] == RIGHT, credit, 0.0)
    lost = np.where(cases.before[met] == RIGHT, credit, 0.0)
    weights, groups = np.ones(int(met.sum())), cases.groups[met]
    one, other = (_Share.of(worth, weights, groups, level) for worth in (won, lost))
    apart = math.sqrt((1 - one.mean) * (1 - other.mean))
    together = -math.sqrt(one.mean * other.mean) / apart if apart > 0 else -1.0
    return _gain(one, other, met, cases.groups, "credited", together)


def _arms(heard: Bools) -> tuple[Bools, Bools]:
    return heard, ~heard


@dataclass(frozen=True)
class _Share:
    """A weighted share and its Wilson interval, for as many answers as its questions are worth."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, worth: Bools | Floats, weights: Floats, groups: Ints, level: float) -> _Share:
        mean = float((worth * weights).sum() / weights.sum())
        held = np.bincount(groups, weights)
        many = float(held.sum() ** 2 / (held**2).sum())
        return cls(mean, *wilson(mean * many, many, level))


def _gain(one: _Share, other: _Share, used: Bools, groups: Ints, how: How, together: float = 0.0) -> Gain:
    """Return the difference of two shares; `together` is their correlation."""
    mean = one.mean - other.mean
    down, up = one.mean - one.low, other.high - other.mean
    low = mean - math.sqrt(max(0.0, down**2 + up**2 - 2 * together * down * up))
    down, up = other.mean - other.low, one.high - one.mean
    high = mean + math.sqrt(max(0.0, down**2 + up**2 - 2 * together * down * up))
    return Gain(
        mean=round(mean, 6),
        low=round(max(-1.0, low), 6),
        high=round(min(1.0, high), 6),
        cases=int(used.sum()),
        questions=len(np.unique(groups[used])),
        how=how,
    )
