"""Readers: answers that could not be read, under the strict and the lenient reader, and calls that failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from quorate.answers import canonical, read
from quorate.evaluate.dynamics.shifts import rate
from quorate.evaluate.statistics import Rate
from quorate.nouns import Noun
from quorate.transcripts import Transcript


class Unread(Noun):
    """What could not be counted of the answers of one seat, one round, or of all.

    Parameters
    ----------
    asked, failed : int
        Answers asked for, and calls that failed.
    silent : int
        Answers in which the record holds none that could be read: abstentions.
    texts, strict, lenient : int
        Of the answers whose text is recorded, those that each reader cannot read. What the strict one reads
        the lenient one reads alike.
    """

    asked: int = 0
    failed: int = 0
    silent: int = 0
    texts: int = 0
    strict: int = 0
    lenient: int = 0


class Readers(Noun):
    """How much hangs on reading: all answers, round by round, and how accurate each reader finds the seats.

    Parameters
    ----------
    total : Unread
    rounds : tuple of Unread
    strict, lenient : Rate, optional
        Right answers of the seats, under each reader, of all answers whose text and gold answer are recorded.
    rescued, rescued_right : int
        Of these, answers that only the lenient reader reads, and those that are right.
    """

    total: Unread
    rounds: tuple[Unread, ...]
    strict: Rate | None
    lenient: Rate | None
    rescued: int
    rescued_right: int


class Reading(NamedTuple):
    """One answer of one seat, and what each reader makes of its text."""

    question: int
    seat: str
    turn: int
    failed: bool
    silent: bool
    text: bool
    strict: str | None
    lenient: str | None
    gold: str | None


def readings_of(transcripts: Sequence[Transcript]) -> list[Reading]:
    """Read every answer once more, strictly, and leniently where that finds nothing."""
    numbers: dict[str, int] = {}
    found = []
    for transcript in transcripts:
        question = transcript.question
        number = numbers.setdefault(question.id, len(numbers))
        gold = None if transcript.gold is None else canonical(question, transcript.gold) or transcript.gold
        for turn, held in enumerate(transcript.rounds):
            for seat, said in held.answers.items():
                text = not said.failed and bool(said.text)
                strict = read(question, said.text) if text else None
                lenient = read(question, said.text, "lenient") if text and strict is None else strict
                silent = not said.failed and said.answer is None
                found.append(Reading(number, seat, turn, said.failed, silent, text, strict, lenient, gold))
    return found


def unread(readings: Iterable[Reading]) -> Unread:
    """Count what could not be read."""
    held = list(readings)
    texts = [reading for reading in held if reading.text]
    return Unread(
        asked=len(held),
        failed=sum(reading.failed for reading in held),
        silent=sum(reading.silent for reading in held),
        texts=len(texts),
        strict=sum(reading.strict is None for reading in texts),
        lenient=sum(reading.lenient is None for reading in texts),
    )


def readers_of(readings: Sequence[Reading]) -> Readers:
    """Return how much hangs on reading.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> said = [
    ...     Message(number=0, seat="ada", act="draft", turn=0, text="Answer: 5", answer="5"),
    ...     Message(number=1, seat="bo", act="draft", turn=0, text="It must be 5"),
    ... ]
    >>> once = Transcript.of(Question(text="2+3?"), ["ada", "bo"], said, gold="5")
    >>> found = readers_of(readings_of([once]))
    >>> found.total.strict, found.total.lenient, found.rescued_right
    (1, 0, 1)
    """
    rounds = 1 + max((reading.turn for reading in readings), default=-1)
    known = [reading for reading in readings if reading.text and reading.gold is not None]
    rescued = [reading for reading in known if reading.strict is None and reading.lenient is not None]
    questions = [reading.question for reading in known]
    return Readers(
        total=unread(readings),
        rounds=tuple(unread(r for r in readings if r.turn == turn) for turn in range(rounds)),
        strict=rate([reading.strict == reading.gold for reading in known], questions),
        lenient=rate([reading.lenient == reading.gold for reading in known], questions),
        rescued=len(rescued),
        rescued_right=sum(reading.lenient == reading.gold for reading in rescued),
    )
