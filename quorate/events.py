"""What happens in a run, as a stream: Started, Noted, Heard, Posted, Asked, Said, Failed, Decided.

Record, live view, evaluation and resume are folds over this one stream. One event is one line of JSON:

    {"type":"said","question":"q1","message":{"text":"2+3=5 ...","number":0,"seat":"ada","act":"draft", ...}}
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from quorate.nouns import BoardLine, Message, Note, Noun, Outcome, Question


class Started(Noun):
    """A question was opened. A second one for the same question means that it starts afresh."""

    type: Literal["started"] = "started"
    question: str
    asked: Question
    at: float = 0.0


class Noted(Note):
    """What the protocol did before this turn's asks, or at the end: a selection, a pruning, an early stop.

    Sent once for each note that the asks of a wave, or the outcome, carry.

    Examples
    --------
    >>> Noted.of(Note(kind="stopped", text="the judge has heard enough"), "q1", turn=2).turn
    2
    """

    type: Literal["noted"] = "noted"
    question: str
    turn: int

    @classmethod
    def of(cls, note: Note, question: str, turn: int) -> Noted:
        """Put a note in its place in a run."""
        return cls(question=question, turn=turn, **dict(note))


class Heard(Noun):
    """Who hears whom from this turn on: edges (u, v) say that v hears u. Sent when the graph changes."""

    type: Literal["heard"] = "heard"
    question: str
    turn: int
    edges: tuple[tuple[str, str], ...]


class Posted(Noun):
    """What the board of these seats holds from this turn on. Sent when it changes."""

    type: Literal["posted"] = "posted"
    question: str
    turn: int
    seats: tuple[str, ...]
    board: tuple[BoardLine, ...]


class Asked(Noun):
    """A seat was asked. What it heard and remembers are references to message numbers, not copies."""

    type: Literal["asked"] = "asked"
    question: str
    number: int
    seat: str
    act: str
    turn: int
    digest: str
    heard: tuple[int, ...] = ()
    past: tuple[int, ...] = ()
    at: float = 0.0


class Said(Noun):
    """A seat answered."""

    type: Literal["said"] = "said"
    question: str
    message: Message


class Failed(Noun):
    """A seat could not answer; `message.error` says why. The others go on."""

    type: Literal["failed"] = "failed"
    question: str
    message: Message


class Decided(Noun):
    """A question was closed."""

    type: Literal["decided"] = "decided"
    question: str
    outcome: Outcome
    at: float = 0.0


Event = Started | Noted | Heard | Posted | Asked | Said | Failed | Decided
Listener = Callable[[Event], None]
"""Anything that folds events: called once for each, in order, from one thread."""

_event: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])


def parse_event(line: str | bytes) -> Event:
    """Read one line of `events.jsonl`; pydantic.ValidationError when it is none.

    Examples
    --------
    >>> parse_event('{"type":"heard","question":"q1","turn":1,"edges":[["ada","bo"]]}').edges
    (('ada', 'bo'),)
    """
    return _event.validate_json(line)


def write_event(event: Event) -> str:
    """Write an event as one line of JSON without the fields that have their default value."""
    rest = event.model_dump_json(exclude_defaults=True)[1:]
    return f'{{"type":"{event.type}",{rest}'
