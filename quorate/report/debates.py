"""Debates as they were recorded: who said what, who heard it, what the boards held, how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from quorate.evaluate import load_problems
from quorate.events import Asked, Decided, Event, Failed, Heard, Noted, Posted, Said, Started
from quorate.lab.demo import without_scratch
from quorate.nouns import Message, Outcome, Question
from quorate.protocols.history import Keep
from quorate.record import PROBLEMS, read_events, read_manifest
from quorate.transcript_files import keep_of
from quorate.transcripts import Transcript


@dataclass
class Debate:
    """What happened on one question of a run.

    `heard` holds, by the number of a message, the numbers of the messages that its seat was quoted; `graphs`
    and `boards` what held from their turn on; `notes` what the protocol did besides asking. `outcome` is None
    while the question is open; `keep` says what a seat stands by after a revision (see `History`).
    """

    question: Question
    seats: tuple[str, ...] = ()
    gold: str | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    heard: dict[int, tuple[int, ...]] = field(default_factory=dict)
    graphs: list[Heard] = field(default_factory=list)
    boards: list[Posted] = field(default_factory=list)
    notes: list[Noted] = field(default_factory=list)
    outcome: Outcome | None = None
    keep: Keep = "last"

    def fold(self, event: Event) -> None:
        """Take in one event of this question.

        Examples
        --------
        >>> debate = Debate(Question(id="q1", text="2+3?"))
        >>> debate.fold(Decided(question="q1", outcome=Outcome(answer="5")))
        >>> debate.outcome.answer
        '5'
        """
        match event:
            case Asked():
                self.heard[event.number] = event.heard
            case Said() | Failed():
                self.messages[event.message.number] = event.message
            case Heard():
                self.graphs.append(event)
            case Posted():
                self.boards.append(event)
            case Noted():
                self.notes.append(event)
            case Decided():
                self.outcome = event.outcome

    @cached_property
    def said(self) -> tuple[Message, ...]:
        """The messages in the order of their numbers."""
        return tuple(self.messages[number] for number in sorted(self.messages))

    @cached_property
    def transcript(self) -> Transcript:
        """The same in answer rounds."""
        seats = self.seats or tuple(dict.fromkeys(m.seat for m in self.said if m.answer is not None))
        known = {"gold": self.gold, "outcome": self.outcome, "heard": self.heard, "keep": self.keep}
        return Transcript.of(self.question, seats, self.said, **known)


@dataclass(frozen=True)
class Recorded:
    """A run folder: what it was set up with, and its debates in the order of its problems."""

    folder: Path
    manifest: dict[str, Any]
    debates: tuple[Debate, ...]

    @property
    def decided(self) -> tuple[Debate, ...]:
        """The debates that came to an end."""
        return tuple(debate for debate in self.debates if debate.outcome is not None)

    @property
    def open(self) -> int:
        """How many questions of the run are not decided yet."""
        asked = self.manifest.get("problems")
        return (asked if isinstance(asked, int) else len(self.debates)) - len(self.decided)


def read_run(folder: str | Path) -> Recorded:
    """Read a run folder; questions that were begun and not decided are among its debates.

    The scratch work of the pool's members is taken out of what they say, as the live view does.

    Raises
    ------
    RecordError
        When the folder holds no run, a damaged one, or one of a newer Quorate.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    setup = manifest.get("setup") or {}
    seats = tuple(str(agent["name"]) for agent in setup.get("agents") or ())
    gold = _gold(folder)
    kept = keep_of(setup)
    debates: dict[str, Debate] = {}

    def take(event: Event) -> None:
        if isinstance(event, Started):
            debates[event.question] = Debate(event.asked, seats, gold.get(event.question), keep=kept)
        elif event.question in debates:
            debates[event.question].fold(event)

    shown = without_scratch(take) if _seats_pool(setup) else take
    for event in read_events(folder):
        shown(event)
    return Recorded(folder, manifest, tuple(_in_order(debates, gold)))


def _in_order(debates: dict[str, Debate], gold: dict[str, str | None]) -> Iterator[Debate]:
    place = {name: number for number, name in enumerate(gold)}
    yield from sorted(debates.values(), key=lambda debate: place.get(debate.question.id, len(place)))


def _gold(folder: Path) -> dict[str, str | None]:
    path = folder / PROBLEMS
    if not (path.is_file() and path.stat().st_size):
        return {}
    return {problem.question.id: problem.gold for problem in load_problems(path)}


def _seats_pool(setup: dict[str, Any]) -> bool:
    return any(model.get("kind") == "pool" for model in setup.get("models") or ())
