"""Dynamics: what deliberation did, collected from recorded questions.

found = read_dynamics("runs/first")
print(found)
print(found.rounds[-1].plurality.percent, found.conformity.given_wrong)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from quorate.answers import Mode
from quorate.evaluate.dynamics.conformity import Conformity, conformity_of
from quorate.evaluate.dynamics.consensus import Consensus, consensus_of
from quorate.evaluate.dynamics.courses import Course
from quorate.evaluate.dynamics.drift import Drift, drift_of
from quorate.evaluate.dynamics.flips import Step, Turnover, steps_of, turnover
from quorate.evaluate.dynamics.members import Member, members_of
from quorate.evaluate.dynamics.outcomes import Outcomes, outcomes_of
from quorate.evaluate.dynamics.readers import Readers, readers_of, readings_of
from quorate.evaluate.dynamics.rounds import Round, rounds_of
from quorate.nouns import Noun
from quorate.transcript_files import load_transcripts
from quorate.transcripts import Transcript


class Dynamics(Noun):
    """What deliberation did to the answers, round by round and seat by seat.

    The group's answer is the plurality of what the seats stand by, however the record was decided; ties count
    by their share. Intervals hold 95 % and are by question. What needs gold answers is over the questions
    that have one, and None where there is none.

    Parameters
    ----------
    questions, with_gold : int
        Recorded, and of these with a gold answer; one that several seeds recorded counts each time.
    assumed : int
        Questions of several rounds whose record does not say who heard whom; there everybody is taken to have
        heard all others.
    rounds : tuple of Round
        How things stood after each round.
    steps : tuple of Step
        What each round after the first changed.
    turnover : Turnover, optional
        What all rounds together made of the group's answer, on all questions.
    outcomes : Outcomes
        What was in reach, and what was chosen.
    conformity : Conformity, optional
        Reactions to peers; None after one round.
    consensus : Consensus
    drift : Drift, optional
    members : tuple of Member
        Every seat: accuracy, flips, influence on the others and on the outcome, failures.
    readers : Readers
    left_out : tuple of str
        A sentence for everything in the record that could not be read.
    """

    questions: int
    with_gold: int
    assumed: int
    rounds: tuple[Round, ...]
    steps: tuple[Step, ...]
    turnover: Turnover | None
    outcomes: Outcomes
    conformity: Conformity | None
    consensus: Consensus
    drift: Drift | None
    members: tuple[Member, ...]
    readers: Readers
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(cls, transcripts: Sequence[Transcript]) -> Self:
        """Find out what deliberation did.

        Parameters
        ----------
        transcripts : sequence of Transcript
            A debate's, a vote's (one round), a relay's, or recorded outputs; see `load_transcripts`. Several
            transcripts of one question, by different seeds, count as one piece of evidence. Where one does
            not say who heard whom, everybody is taken to have heard all others.

        Raises
        ------
        BadOption
            When there is no transcript.

        Examples
        --------
        >>> from quorate.nouns import Message, Question
        >>> said = [
        ...     Message(number=n, seat="abc"[n % 3], act="draft", turn=n // 3, text="", answer=answer)
        ...     for n, answer in enumerate("566666")
        ... ]
        >>> found = Dynamics.of([Transcript.of(Question(text="2+3?"), "abc", said, gold="5")])
        >>> [held.any_right.right for held in found.rounds], found.steps[0].seats.lost
        ([1.0, 0.0], 1)
        """
        course, readings = Course.of(transcripts), readings_of(transcripts)
        return cls(
            questions=len(transcripts),
            with_gold=int(course.gold.sum()),
            assumed=course.assumed,
            rounds=rounds_of(course),
            steps=steps_of(course),
            turnover=turnover(course, 0, course.rounds - 1, course.gold),
            outcomes=outcomes_of(course, transcripts),
            conformity=conformity_of(course) if course.rounds > 1 else None,
            consensus=consensus_of(course),
            drift=drift_of(course),
            members=members_of(course, readings),
            readers=readers_of(readings),
        )

    def __str__(self) -> str:
        """Tell it as plain text."""
        from quorate.evaluate.dynamics.telling import plain

        return plain(self)


def read_dynamics(
    *paths: str | Path, reading: Mode | None = None, gold: str | Path | None = None
) -> Dynamics:
    """Find out what deliberation did in recorded runs, by who really heard whom, or in recorded outputs.

    Parameters
    ----------
    paths
        Folders of runs, such as those of several seeds, or JSONL files of recorded outputs (also gzipped).
    reading, gold
        As in `load_transcripts`.

    Raises
    ------
    BadQuestion, RecordError, BadOption
        As `load_transcripts` does; BadOption also when no path is given.
    """
    transcripts: list[Transcript] = []
    broken: list[str] = []
    for path in paths:
        loaded = load_transcripts(path, reading=reading, gold=gold)
        transcripts += loaded.transcripts
        broken += loaded.broken
    return Dynamics.of(transcripts).model_copy(update={"left_out": tuple(broken)})
