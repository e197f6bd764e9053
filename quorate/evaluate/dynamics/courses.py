"""The course of recorded questions as arrays: who stood by which answer after which round, and heard whom.

Answers are numbered within a question. RIGHT, 0, is the gold answer, higher numbers are the others in the
order in which they came up, SILENT is no answer that could be read:

    seat        ada  bo   cy
    round 1      0    1   -1      ada is right, bo is wrong, cy could not be read
    round 2      0    0    1

A seat that is not asked, or fails, stands by what it said before; so does everyone when a question has ended.
Where the protocol lets a seat keep what it was surest of, it stands by that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from quorate.errors import BadOption
from quorate.evaluate.dynamics.shifts import Bools, Floats, Ints
from quorate.transcripts import Transcript

Heard = Mapping[int, Sequence[int]]
"""The numbers of the messages that each answer was given in sight of, by the number of the answer."""
RIGHT, SILENT, UNHEARD = 0, -1, -2


@dataclass(frozen=True)
class Hearings:
    """Every answer after the first round, beside what its seat stood by before and what it had heard.

    Parameters
    ----------
    question, turn, place : array of int, shape (hearings,)
        Where: the rows of the arrays of a `Course`; the turn is that of the new answer.
    before, after : array of int, shape (hearings,)
        The numbers of the answers.
    heard : array of int, shape (hearings, places)
        What each seat at the table was heard to answer; UNHEARD where it was not heard.
    """

    question: Ints
    turn: Ints
    place: Ints
    before: Ints
    after: Ints
    heard: Ints


@dataclass(frozen=True)
class Course:
    """Recorded questions as arrays over questions, rounds and places at the table.

    Parameters
    ----------
    names : tuple of str
        All seats of all questions.
    groups : array of int, shape (questions,)
        Which question it is: the same number for the same question recorded several times.
    gold : array of bool, shape (questions,)
        Whether its right answer is known.
    held : array of int, shape (questions,)
        Its rounds.
    seats : array of int, shape (questions, places)
        Whose place it is, as an index into `names`; -1 for none.
    asked, spoke : array of bool, shape (questions, rounds, places)
        Whether the seat was asked for an answer in that round, and did not fail.
    stands : array of int, shape (questions, rounds, places)
        The number of the answer it stood by after that round.
    hearings : Hearings
    assumed : int
        Questions of several rounds whose hearers are not recorded: everybody is taken to have heard all.
    """

    names: tuple[str, ...]
    groups: Ints
    gold: Bools
    held: Ints
    seats: Ints
    asked: Bools
    spoke: Bools
    stands: Ints
    hearings: Hearings
    assumed: int

    @classmethod
    def of(cls, transcripts: Sequence[Transcript], heard: Sequence[Heard | None] | None = None) -> Course:
        """Lay transcripts out as arrays.

        Parameters
        ----------
        transcripts : sequence of Transcript
        heard : sequence, shape (questions,), optional
            Who heard what in each, in the place of what the transcripts say of it themselves.

        Raises
        ------
        BadOption
            When there is no transcript, or not one `heard` for each.
        """
        if not transcripts:
            raise BadOption("There is no recorded question whose course could be followed.")
        if heard is not None and len(heard) != len(transcripts):
            raise BadOption(
                f"Say for every transcript who heard what: {len(heard)} for {len(transcripts)} transcripts."
            )
        if heard is not None:
            transcripts = [replace(t, heard=one) for t, one in zip(transcripts, heard, strict=True)]
        return _Layout(transcripts).fill(transcripts)

    @property
    def rounds(self) -> int:
        """The most rounds that any question held."""
        return int(self.stands.shape[1])

    @property
    def there(self) -> Bools:
        """Where somebody sits, shape (questions, places)."""
        return self.seats >= 0

    @cached_property
    def right(self) -> Bools:
        """Whether the seat stood by the right answer, shape (questions, rounds, places)."""
        return np.asarray(self.stands == RIGHT)

    @cached_property
    def backing(self) -> Ints:
        """How many seats stand by each seat's answer, shape (questions, rounds, places); 0 for no answer."""
        return backing(self.stands)

    @cached_property
    def worth(self) -> Floats:
        """What the plurality after each round is worth, ties by their share, shape (questions, rounds)."""
        return worth(self.stands, self.backing)

    @cached_property
    def agreed(self) -> Bools:
        """Whether all seats stand by one answer, shape (questions, rounds)."""
        return np.asarray(self.backing.max(axis=2) == self.there.sum(axis=1)[:, None])

    @cached_property
    def ended_early(self) -> int:
        """Questions with a known answer in which not every seat was asked in every round."""
        whole = (self.asked | ~self.there[:, None, :]).all(axis=(1, 2))
        return int((~whole & self.gold).sum())


class _Layout:
    """Empty arrays of the right sizes, filled question by question."""

    def __init__(self, transcripts: Sequence[Transcript]) -> None:
        count = len(transcripts)
        rounds = max(1, max(len(t.rounds) for t in transcripts))
        self.places = max(1, max(len(t.seats) for t in transcripts))
        self.names = {
            name: n for n, name in enumerate(dict.fromkeys(s for t in transcripts for s in t.seats))
        }
        self.seats = np.full((count, self.places), -1, dtype=np.int64)
        self.asked = np.zeros((count, rounds, self.places), dtype=np.bool_)
        self.spoke = np.zeros_like(self.asked)
        self.stands = np.full((count, rounds, self.places), SILENT, dtype=np.int64)
        self.events: list[tuple[int, int, int, int, int]] = []
        self.heard: list[list[int]] = []

    def fill(self, transcripts: Sequence[Transcript]) -> Course:
        assumed = 0
        for number, transcript in enumerate(transcripts):
            self.seats[number, : len(transcript.seats)] = [self.names[name] for name in transcript.seats]
            assumed += transcript.heard is None and len(transcript.rounds) > 1
            self._follow(number, transcript)
        groups: dict[str, int] = {}
        return Course(
            names=tuple(self.names),
            groups=np.array([groups.setdefault(t.question.id, len(groups)) for t in transcripts]),
            gold=np.array([t.gold is not None for t in transcripts]),
            held=np.array([len(t.rounds) for t in transcripts]),
            seats=self.seats,
            asked=self.asked,
            spoke=self.spoke,
            stands=self.stands,
            hearings=self._hearings(),
            assumed=assumed,
        )

    def _follow(self, number: int, transcript: Transcript) -> None:
        """Go through the rounds of one question."""
        places = {name: at for at, name in enumerate(transcript.seats)}
        codes: dict[str | None, int] = {None: SILENT}
        if transcript.gold is not None:
            codes[transcript.gold] = RIGHT
        standing = [UNHEARD] * self.places
        said: dict[int, tuple[int, int]] = {}
        for turn, (held, history) in enumerate(zip(transcript.rounds, transcript.histories(), strict=True)):
            before = tuple(standing)
            for name, message in held.answers.items():
                at = places.get(name)
                if at is None:
                    continue
                self.asked[number, turn, at] = True
                if message.failed:
                    continue
                self.spoke[number, turn, at] = True
                said[message.number] = (at, codes.setdefault(message.answer, len(codes)))
                standing[at] = codes.setdefault(history.answer_of(name), len(codes))
                if turn:
                    heard = transcript.heard
                    numbers = None if heard is None else heard.get(message.number, ())
                    self.events.append((number, turn, at, before[at], standing[at]))
                    self.heard.append(_row(at, before, numbers, said))
            self.stands[number, turn:] = np.maximum(standing, SILENT)

    def _hearings(self) -> Hearings:
        question, turn, place, before, after = np.array(self.events, dtype=np.int64).reshape(-1, 5).T
        heard = np.array(self.heard, dtype=np.int64).reshape(-1, self.places)
        return Hearings(question, turn, place, before, after, heard)


def _row(
    at: int, before: Sequence[int], numbers: Sequence[int] | None, said: Mapping[int, tuple[int, int]]
) -> list[int]:
    """Return what a seat heard, by place: from everybody, or in the messages of these numbers."""
    row = list(before) if numbers is None else [UNHEARD] * len(before)
    for number in sorted(numbers or ()):
        if number in said:  # critiques and verdicts give no answer
            place, code = said[number]
            row[place] = code
    row[at] = UNHEARD
    return row


def backing(stands: Ints) -> Ints:
    """Return how many seats stand by each seat's answer, shape (..., places); 0 for no answer.

    Examples
    --------
    >>> backing(np.array([0, 0, 2, -1])).tolist()
    [2, 2, 1, 0]
    """
    found = np.zeros_like(stands)
    for at in range(stands.shape[-1]):
        found += stands == stands[..., at : at + 1]
    return np.where(stands > SILENT, found, 0)


def worth(stands: Ints, behind: Ints | None = None) -> Floats:
    """Return what the plurality is worth: of k tied winners each counts for 1/k; shape (...,).

    Parameters
    ----------
    stands : array of int, shape (..., places)
        Numbers of answers.
    behind : array of int, shape (..., places), optional
        Their `backing`, where it is known already.

    Examples
    --------
    >>> worth(np.array([[0, 0, 2], [0, 2, -1], [2, 2, 0], [-1, -1, -1]])).tolist()
    [1.0, 0.5, 0.0, 0.0]
    """
    behind = backing(stands) if behind is None else behind
    most = behind.max(axis=-1)
    won = won_by(behind)
    tied = won.sum(axis=-1) / np.maximum(most, 1)
    return np.where((won & (stands == RIGHT)).any(axis=-1), 1 / np.maximum(tied, 1), 0.0)


def won_by(behind: Ints) -> Bools:
    """Return which seats stand by an answer that wins, shape (..., places).

    Examples
    --------
    >>> won_by(np.array([2, 2, 1, 0])).tolist()
    [True, True, False, False]
    """
    return np.asarray((behind == behind.max(axis=-1, keepdims=True)) & (behind > 0))
