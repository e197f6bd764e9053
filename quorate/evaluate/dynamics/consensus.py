"""Consensus: after how many rounds the seats agreed, and whether on the right answer."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from quorate.evaluate.dynamics.courses import Course
from quorate.evaluate.dynamics.shifts import Bools, rate
from quorate.evaluate.statistics import Rate
from quorate.nouns import Noun


class Consensus(Noun):
    """When every seat first stood by one answer; a seat without an answer does not agree.

    Parameters
    ----------
    after : dict of int to int
        Questions by the round, from 1, after which all agreed for the first time.
    never : int
        Questions on which they never did, in as many rounds as were held.
    share : Rate
        Questions that reached consensus at all.
    rounds : float, optional
        Rounds to consensus, averaged over those; None where there was none.
    right : Rate, optional
        Of the consensuses on questions with a gold answer, those on the right answer.
    broken : int
        Questions on which the first consensus did not last.
    """

    after: dict[int, int]
    never: int
    share: Rate
    rounds: float | None
    right: Rate | None
    broken: int


def consensus_of(course: Course) -> Consensus:
    """Return when the seats agreed.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> from quorate.transcripts import Transcript
    >>> said = [
    ...     Message(number=n, seat="ab"[n % 2], act="draft", turn=n // 2, text="", answer=answer)
    ...     for n, answer in enumerate("5666")
    ... ]
    >>> found = consensus_of(Course.of([Transcript.of(Question(text="2+3?"), "ab", said, gold="5")]))
    >>> found.after, found.right.share
    ({2: 1}, 0.0)
    """
    ever = course.agreed.any(axis=1)
    first = np.argmax(course.agreed, axis=1)
    known = ever & course.gold
    right = course.right[known, first[known]].any(axis=1)
    return Consensus(
        after=dict(sorted(Counter((first[ever] + 1).tolist()).items())),
        never=int((~ever).sum()),
        share=Rate.clustered(ever.astype(float).tolist(), course.groups.tolist()),
        rounds=round(float(first[ever].mean()) + 1, 6) if ever.any() else None,
        right=rate(right, course.groups[known]),
        broken=int((ever & ~_lasting(course, first)).sum()),
    )


def _lasting(course: Course, first: npt.NDArray[np.intp]) -> Bools:
    """Return whether everybody stood by the first consensus to the end, shape (questions,)."""
    answer = course.stands[:, :, 0]
    met = np.take_along_axis(answer, first[:, None], axis=1)
    earlier = np.arange(course.rounds)[None, :] < first[:, None]
    return np.asarray((earlier | (course.agreed & (answer == met))).all(axis=1))
