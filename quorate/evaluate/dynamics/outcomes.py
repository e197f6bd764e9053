"""Outcomes: what was in reach of a choice among the answers, and what was chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quorate.evaluate.dynamics.courses import Course
from quorate.evaluate.dynamics.shifts import Shift, rate
from quorate.evaluate.statistics import Rate
from quorate.nouns import Noun
from quorate.transcripts import Transcript


class Outcomes(Noun):
    """The end of the questions with a gold answer; all None where there is none.

    Parameters
    ----------
    first, last : Rate, optional
        The plurality of the first drafts (what voting without talk gives), and of what the seats stood by at
        the end.
    decided : Rate, optional
        As the record was decided; None where a question's outcome is not recorded.
    reach : Rate, optional
        The oracle: questions that some seat had right at the end.
    ever : Rate, optional
        Those that some seat had right in some round.
    gap : Shift, optional
        The selection gap: `reach` less `decided`, or less `last` where that is not recorded.
    forgotten : int
        Questions that some seat had right in some round, and none at the end.
    """

    first: Rate | None
    last: Rate | None
    decided: Rate | None
    reach: Rate | None
    ever: Rate | None
    gap: Shift | None
    forgotten: int


def outcomes_of(course: Course, transcripts: Sequence[Transcript]) -> Outcomes:
    """Return what was in reach, and what was chosen.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> said = [
    ...     Message(number=n, seat="ab"[n % 2], act="draft", turn=n // 2, text="", answer=answer)
    ...     for n, answer in enumerate("5666")
    ... ]
    >>> once = [Transcript.of(Question(text="2+3?"), "ab", said, gold="5")]
    >>> found = outcomes_of(Course.of(once), once)
    >>> found.first.share, found.ever.share, found.forgotten
    (0.5, 1.0, 1)
    """
    gold, groups = course.gold, course.groups[course.gold]
    right = course.right[gold]
    reach, ever = right[:, -1].any(axis=1), right.any(axis=(1, 2))
    known = [t for t in transcripts if t.gold is not None]
    whole = all(t.outcome is not None for t in known)
    hits = np.array([t.outcome is not None and t.outcome.answer == t.gold for t in known], dtype=np.float64)
    return Outcomes(
        first=rate(course.worth[gold, 0], groups),
        last=rate(course.worth[gold, -1], groups),
        decided=rate(hits, groups) if whole else None,
        reach=rate(reach, groups),
        ever=rate(ever, groups),
        gap=Shift.over(reach - (hits if whole else course.worth[gold, -1]), groups),
        forgotten=int((ever & ~reach).sum()),
    )
