"""Rounds: how good the seats and their plurality were after each, and how far the seats disagreed."""

from __future__ import annotations

import numpy as np

from quorate.evaluate.dynamics.courses import Course
from quorate.evaluate.dynamics.shifts import Bools, Floats, Ints, Shift, rate
from quorate.evaluate.statistics import Rate
from quorate.nouns import Noun


class Round(Noun):
    """How things stood after one answer round, over ALL questions: one that had ended stays as it ended.

    Parameters
    ----------
    number : int
        From 1, the first drafts.
    held : int
        Questions that held this round.
    agents : Rate, optional
        Right answers of the seats; no answer is a wrong one. Like all that needs gold answers, it is over the
        questions that have one, and None where there is none.
    plurality : Rate, optional
        Of the vote over all seats; of k tied winners each counts for 1/k.
    step : Shift, optional
        Change of the plurality since the round before, over the questions that held this one.
    any_right, all_right : Rate, optional
        Questions that at least one seat had right (the oracle: no choice among the answers does better), and
        that every seat had right.
    gap : Shift, optional
        What selection left lying: `any_right` less `plurality`.
    entropy : float
        Of the answers of the seats that gave one, in bits, averaged over the questions: 0 when they agree.
    different : float
        Different answers to a question, on average.
    agreed : Rate
        Questions on which every seat stood by the same answer.
    """

    number: int
    held: int
    agents: Rate | None
    plurality: Rate | None
    step: Shift | None
    any_right: Rate | None
    all_right: Rate | None
    gap: Shift | None
    entropy: float
    different: float
    agreed: Rate


def rounds_of(course: Course) -> tuple[Round, ...]:
    """Return how things stood after every round.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> from quorate.transcripts import Transcript
    >>> said = [
    ...     Message(number=n, seat="ab"[n % 2], act="draft", turn=n // 2, text="", answer=answer)
    ...     for n, answer in enumerate("5655")
    ... ]
    >>> course = Course.of([Transcript.of(Question(text="2+3?"), "ab", said, gold="5")])
    >>> [(held.plurality.share, held.entropy) for held in rounds_of(course)]
    [(0.5, 1.0), (1.0, 0.0)]
    """
    return tuple(_round(course, turn) for turn in range(course.rounds))


def _round(course: Course, turn: int) -> Round:
    gold, groups = course.gold, course.groups
    behind = course.backing[:, turn]
    any_right = np.asarray(course.right[:, turn].any(axis=1))
    all_right = np.asarray((course.right[:, turn] | ~course.there).all(axis=1)) & any_right
    step = course.held > turn
    return Round(
        number=turn + 1,
        held=int(step.sum()),
        agents=_of_seats(course, turn),
        plurality=rate(course.worth[gold, turn], groups[gold]),
        step=_change(course, turn, step & gold) if turn else None,
        any_right=rate(any_right[gold], groups[gold]),
        all_right=rate(all_right[gold], groups[gold]),
        gap=Shift.over(any_right[gold] - course.worth[gold, turn], groups[gold]),
        entropy=round(float(entropies(behind).mean()), 6),
        different=round(float(_different(behind).mean()), 6),
        agreed=Rate.clustered(course.agreed[:, turn].astype(float).tolist(), groups.tolist()),
    )


def _of_seats(course: Course, turn: int) -> Rate | None:
    seated = course.there & course.gold[:, None]
    groups = np.broadcast_to(course.groups[:, None], seated.shape)
    return rate(course.right[:, turn][seated], groups[seated])


def _change(course: Course, turn: int, held: Bools) -> Shift | None:
    changes = course.worth[held, turn] - course.worth[held, turn - 1]
    return Shift.over(changes, course.groups[held])


def entropies(behind: Ints) -> Floats:
    """Return the entropy of the answers given, in bits, shape (questions,); 0 where nobody gave one.

    Parameters
    ----------
    behind : array of int, shape (questions, places)
        How many stand by each seat's answer.

    Examples
    --------
    >>> entropies(np.array([[2, 2, 2, 2], [2, 2, 0, 0], [1, 1, 0, 0]])).tolist()
    [1.0, 0.0, 1.0]
    """
    voices = (behind > 0).sum(axis=1)
    surprise = np.log2(np.maximum(voices, 1)[:, None] / np.maximum(behind, 1)) * (behind > 0)
    return np.asarray(surprise.sum(axis=1) / np.maximum(voices, 1))


def _different(behind: Ints) -> Floats:
    return np.asarray(np.where(behind > 0, 1 / np.maximum(behind, 1), 0.0).sum(axis=1))
