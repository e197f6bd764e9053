"""Flips: what the seats did with their answers from round to round, and what that did to the group's."""

from __future__ import annotations

import numpy as np

from quorate.evaluate.dynamics.courses import SILENT, Course
from quorate.evaluate.dynamics.shifts import Bools, Shift
from quorate.nouns import Noun


class Flips(Noun):
    """What became of answers that were given again; each is counted once.

    Parameters
    ----------
    kept_right, lost, gained, kept_wrong, switched : int
        Right and right again; right, then not; not right, then right; the same wrong answer again; another
        wrong one. Without gold answers only `kept_wrong` and `switched` count: kept, and changed.
    silenced, voiced : int
        Of them all, those that could not be read the second time, or not the first time: part of the others
        (no answer is a wrong one).
    """

    kept_right: int = 0
    lost: int = 0
    gained: int = 0
    kept_wrong: int = 0
    switched: int = 0
    silenced: int = 0
    voiced: int = 0

    @property
    def of(self) -> int:
        """Answers that were given again."""
        return self.kept_right + self.lost + self.gained + self.kept_wrong + self.switched

    @property
    def changed(self) -> float:
        """Share of the answers that did not stay what they were; 0 of none."""
        return (self.lost + self.gained + self.switched) / self.of if self.of else 0.0


class Turnover(Noun):
    """What the group's answer, the plurality, made of one round, or of all of them.

    `lost` and `gained` count questions, ties by their share; `net` is the change of accuracy.
    """

    questions: int
    lost: float
    gained: float
    net: Shift | None


class Step(Noun):
    """From one round to the next; `number` is that of the later round."""

    number: int
    seats: Flips
    group: Turnover | None


def steps_of(course: Course) -> tuple[Step, ...]:
    """Return what each round after the first did, over the questions that held it."""
    return tuple(
        Step(
            number=turn + 1,
            seats=flips(course, course.hearings.turn == turn),
            group=turnover(course, turn - 1, turn, course.gold & (course.held > turn)),
        )
        for turn in range(1, course.rounds)
    )


def flips(course: Course, chosen: Bools) -> Flips:
    """Count what became of the chosen answers, shape (hearings,) as in `Hearings`.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> from quorate.transcripts import Transcript
    >>> said = [
    ...     Message(number=n, seat="ab"[n % 2], act="draft", turn=n // 2, text="", answer=answer)
    ...     for n, answer in enumerate(["5", "6", "5", None])
    ... ]
    >>> course = Course.of([Transcript.of(Question(text="2+3?"), "ab", said, gold="5")])
    >>> flips(course, course.hearings.turn == 1)
    Flips(kept_right=1, lost=0, gained=0, kept_wrong=0, switched=1, silenced=1, voiced=0)
    """
    before, after = course.hearings.before[chosen], course.hearings.after[chosen]
    was, now = before == 0, after == 0
    same, read_before, read_after = np.maximum(before, SILENT) == after, before > SILENT, after > SILENT
    return Flips(
        kept_right=int((was & now).sum()),
        lost=int((was & ~now).sum()),
        gained=int((~was & now).sum()),
        kept_wrong=int((~was & ~now & same).sum()),
        switched=int((~was & ~now & ~same).sum()),
        silenced=int((read_before & ~read_after).sum()),
        voiced=int((~read_before & read_after).sum()),
    )


def turnover(course: Course, first: int, last: int, chosen: Bools) -> Turnover | None:
    """Return what became of the group's answer to the chosen questions from one turn to another.

    Parameters
    ----------
    course : Course
    first, last : int
        Turns, counted from 0.
    chosen : array of bool, shape (questions,)
        Questions with a gold answer.

    Returns
    -------
    Turnover or None
        None of no question.
    """
    if not chosen.any():
        return None
    changes = course.worth[chosen, last] - course.worth[chosen, first]
    return Turnover(
        questions=int(chosen.sum()),
        lost=round(float(-changes.clip(max=0).sum()), 6),
        gained=round(float(changes.clip(min=0).sum()), 6),
        net=Shift.over(changes, course.groups[chosen]),
    )
