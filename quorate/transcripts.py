"""Transcripts: what was said on each question, round by round, read back from a run or from recorded outputs.

A run folder holds them as events. A file of recorded outputs holds one JSON object a line, of either form,
and may be gzipped:

    {"id": "q1", "question": "2+3?", "gold": "5", "candidates": [{"model": "gpt-4", "answer": "5"}]}
    {"id": "q1", "seat": "ada", "turn": 0, "text": "2+3=5. Answer: 5", "answer": "5"}

A candidate may carry `confidence`, `scores`, `ranking`, `approved`, `logprob`, `tokens_in`, `tokens_out` and
`seconds`, and `meta` with its `round` (from 1) and its `agent`, where one model speaks several times. Its
`answer` is a vote key already: equal strings are one answer, null abstains.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from quorate.answers import Mode, canonical, read
from quorate.nouns import Ask, Ballot, Message, Outcome, Question, Table
from quorate.protocols.history import History, Keep

ANSWERING = frozenset({"draft", "revise", "continue"})
OTHERWISE = frozenset(
    {
        *("approve", "choose", "compare", "critique", "fuse", "judge", "moderate"),
        *("object", "rank", "score", "select", "trust"),
    }
)
"""Acts that give answers, and those that do not; a third party's act does when an answer was read from it."""


@dataclass(frozen=True)
class Round:
    """One answer round: everything that was said since the one before, and what each seat answered in it."""

    messages: tuple[Message, ...]
    answers: Mapping[str, Message]


@dataclass(frozen=True)
class Transcript:
    """What was said on one question.

    `votes` holds what a seat's ballot says besides its answer (ranking, approved, scores), where that was
    recorded; `outcome` how the recorded deliberation ended; `seed` the root of every draw at its table.

    Examples
    --------
    >>> said = Message(number=0, seat="ada", act="draft", turn=0, text="Answer: 5", answer="5")
    >>> once = Transcript.of(Question(text="2+3?"), ["ada"], [said])
    >>> [ballot.answer for ballot in once.ballots()]
    ['5']
    """

    question: Question
    seats: tuple[str, ...]
    rounds: tuple[Round, ...]
    gold: str | None = None
    outcome: Outcome | None = None
    votes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    offices: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    rest: tuple[Message, ...] = ()
    """What was said after the last answer round: by a judge, or on ballots."""
    digests: Mapping[int, str] = field(default_factory=dict)
    """Fingerprints of what was asked, by the number of the message that answers."""
    heard: Mapping[int, Sequence[int]] | None = None
    """The numbers of the messages that each one was given in sight of, by its number; None when unknown."""
    keep: Keep = "last"
    """What a seat stands by after a revision; see `History`."""

    @classmethod
    def of(
        cls, question: Question, seats: Sequence[str], messages: Iterable[Message], **known: Any
    ) -> Transcript:
        """Put messages, in the order of their numbers, into rounds.

        A seat that answers several times in one turn was sampled: its samples vote one by one, as
        "ada #1", "ada #2" ...
        """
        rounds, rest = _rounds(list(messages), frozenset(seats))
        voters = dict.fromkeys(name for held in rounds for name in held.answers)
        sampled = bool(voters) and not any(seat in voters for seat in seats)
        return cls(question, tuple(voters if sampled else seats), tuple(rounds), rest=rest, **known)

    @cached_property
    def table(self) -> Table:
        """The seats, with the seed of the recorded run: what it drew is drawn again."""
        table = Table(self.seats, seed=self.seed)
        table.offices = _Offices(self.offices)
        return table

    def upto(self, rounds: int) -> Transcript:
        """Return the transcript as it stood after so many rounds; one that is shorter stays as it is.

        What the last ballots said besides their answers, and the outcome, are not in a shorter one.
        """
        if rounds >= len(self.rounds):
            return self
        return replace(self, rounds=self.rounds[:rounds], rest=(), outcome=None, votes={})

    def said(self, ask: Ask) -> Message | None:
        """Return what answered this very ask in the record; None when it was never asked."""
        place = (ask.seat, ask.act, ask.turn)
        spoken = [*(said for held in self.rounds for said in held.messages), *self.rest]
        there = (m for m in spoken if (m.seat, m.act, m.turn) == place)
        return next((m for m in there if self.digests.get(m.number) == ask.digest(m.seed)), None)

    def histories(self) -> Iterator[History]:
        """Yield ONE history after every answer round, as a stop check saw it; it grows between rounds."""
        history = History(self.question, self.table, keep=self.keep)
        for held in self.rounds:
            known = {message.number for message in history.messages}  # a check that asked has added its own
            history.messages.extend(m for m in held.messages if m.number not in known)
            history.answered(held.answers)
            yield history

    def history(self) -> History:
        """Return the history after the last round."""
        return deque(self.histories(), maxlen=1).pop() if self.rounds else History(self.question, self.table)

    def ballots(self, history: History | None = None) -> list[Ballot]:
        """Return the ballots after the last round, or those of a history, with all that was recorded."""
        history = history or self.history()
        if not self.votes and not any(said.scores for said in history.standing.values()):
            return history.ballots()
        found = []
        for ballot in history.ballots():
            said = history.standing.get(ballot.seat)
            more = dict(self.votes.get(ballot.seat, {}))
            if said is not None and said.scores and "scores" not in more:
                more["scores"] = said.scores
            found.append(Ballot(**{**ballot.model_dump(), **more}) if more else ballot)
        return found

    def read_again(self, mode: Mode) -> Transcript:
        """Read every answer again from its text, strictly or leniently.

        The answer of a message without text, and the gold answer, are put into the form of what is read.

        Examples
        --------
        >>> said = Message(number=0, seat="ada", act="draft", turn=0, text="It must be 5")
        >>> once = Transcript.of(Question(text="2+3?"), ["ada"], [said])
        >>> once.read_again("lenient").ballots()[0].answer
        '5'
        """

        def again(message: Message) -> Message:
            if message.text:
                answer = read(self.question, message.text, mode)
            else:
                answer = message.answer and (canonical(self.question, message.answer) or message.answer)
            return message.model_copy(update={"answer": answer})

        rounds = [
            replace(held, answers={seat: again(said) for seat, said in held.answers.items()})
            for held in self.rounds
        ]
        gold = None if self.gold is None else canonical(self.question, self.gold) or self.gold
        return replace(self, rounds=tuple(rounds), gold=gold)


class _Offices(dict[str, str]):
    """Offices, each held by somebody of its own name where nobody was recorded: what is asked shows."""

    def __missing__(self, office: str) -> str:
        return office


def _rounds(messages: Sequence[Message], seats: frozenset[str]) -> tuple[list[Round], tuple[Message, ...]]:
    answering = ANSWERING | {m.act for m in messages if m.answer is not None and m.act not in OTHERWISE}
    rounds: list[Round] = []
    before: list[Message] = []
    held: dict[str, list[Message]] = {}
    turn: int | None = None

    for message in messages:
        if held and message.turn != turn:
            rounds.append(Round(tuple(before), _named(held)))
            before, held = [], {}
        if message.act in answering and message.seat in seats:
            held.setdefault(message.seat, []).append(message)
            turn = message.turn
        before.append(message)
    if not held:
        return rounds, tuple(before)
    last = max(index for index, m in enumerate(before) if m.act in answering and m.seat in seats) + 1
    return [*rounds, Round(tuple(before[:last]), _named(held))], tuple(before[last:])


def _named(held: Mapping[str, Sequence[Message]]) -> dict[str, Message]:
    """Name every answer of a round after its seat, and after its number where a seat was sampled."""
    if all(len(said) == 1 for said in held.values()):
        return {seat: said[0] for seat, said in held.items()}
    return {
        f"{seat} #{number}": message.model_copy(update={"seat": f"{seat} #{number}"})
        for seat, said in held.items()
        for number, message in enumerate(said, 1)
    }
