"""Open questions: the asks that each waits for, what they tell a record besides, and what it has already.

protocol -> wave of asks -> tasks, one an ask -> messages in their places -> back into the protocol
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from quorate.errors import RecordMismatch
from quorate.events import Heard, Noted, Posted
from quorate.nouns import Ask, BoardLine, Message, Note, Outcome, Question, derive_seed
from quorate.protocols.turns import Turns


@dataclass(slots=True)
class Replay:
    """What a record holds of one question: its outcome, or the messages so far with their asks' digests."""

    messages: dict[int, Message] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)
    told: list[Heard | Posted | Noted] = field(default_factory=list)
    """Changes of the graph and of the boards, and notes, that the record has already."""
    started: bool = False
    outcome: Outcome | None = None


@dataclass(slots=True, eq=False)
class Open:
    """A question under deliberation and the wave of asks that its protocol waits for."""

    question: Question
    turns: Turns
    replay: Replay
    wave: Sequence[Ask] = ()
    said: list[Message | None] = field(default_factory=list)
    missing: int = 0
    asked: int = 0
    repeats: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    edges: frozenset[tuple[str, str]] = frozenset()
    boards: dict[str, tuple[BoardLine, ...]] = field(default_factory=dict)

    def tasks(self, asks: Sequence[Ask], root: int) -> Iterator[Task]:
        """Open a wave and yield its tasks; their seeds derive from `root`."""
        self.wave, self.said, self.missing = asks, [None] * len(asks), len(asks)
        for place, ask in enumerate(asks):
            key = (ask.seat, ask.turn, ask.act)
            seed = derive_seed(root, self.question.id, ask.turn, ask.seat, ask.act, self.repeats[key])
            self.repeats[key] += 1
            number = self.asked
            self.asked += 1
            yield Task(self, place, ask, number, seed, ask.digest(seed))

    def news(self, asks: Sequence[Ask]) -> Iterator[Noted | Heard | Posted]:
        """Yield what a wave tells besides its asks: what was noted, and changes of the graph and the boards.

        It follows from the protocol, so that a replay tells it again; what the record has is left out.
        """
        yield from self.noted({(note, ask.turn): None for ask in asks for note in ask.notes})
        yield from filter(self._is_new, self._heard(asks))
        yield from filter(self._is_new, self._posted(asks))

    def noted(self, notes: Iterable[tuple[Note, int]]) -> Iterator[Noted]:
        """Yield what the protocol did, each note with the turn that it belongs to."""
        return filter(self._is_new, (Noted.of(note, self.question.id, turn) for note, turn in notes))

    def _heard(self, asks: Sequence[Ask]) -> Iterator[Heard]:
        """Yield who hears whom, taken from what the asks really hear, when it has changed."""
        edges = frozenset((said.seat, ask.seat) for ask in asks for said in ask.heard)
        thinned = any(note.kind == "pruned" for ask in asks for note in ask.notes)
        if edges != self.edges and (edges or thinned):
            self.edges = edges
            yield Heard(question=self.question.id, turn=asks[0].turn, edges=tuple(sorted(edges)))

    def _posted(self, asks: Sequence[Ask]) -> Iterator[Posted]:
        """Yield the boards that have changed, taken from what the asks really continue; equal ones once."""
        changed: dict[tuple[BoardLine, ...], list[str]] = {}
        for ask in asks:
            if ask.board and ask.expects == "answer" and ask.board != self.boards.get(ask.seat):
                self.boards[ask.seat] = ask.board
                changed.setdefault(ask.board, []).append(ask.seat)
        for board, seats in changed.items():
            yield Posted(question=self.question.id, turn=asks[0].turn, seats=tuple(seats), board=board)

    def _is_new(self, event: Noted | Heard | Posted) -> bool:
        if event in self.replay.told:
            self.replay.told.remove(event)  # an equal one may follow that the record has not
            return False
        return True


@dataclass(slots=True)
class Task:
    """One ask on its way: whose, which place in its wave, and its number in the record."""

    open: Open
    place: int
    ask: Ask
    number: int
    seed: int
    digest: str

    def recorded(self) -> Message | None:
        """Return what the record answers to this ask; None when it was not answered yet.

        Raises
        ------
        RecordMismatch
            When the record has another ask in its place.
        """
        message = self.open.replay.messages.get(self.number)
        if message is not None and self.open.replay.digests.get(self.number) != self.digest:
            raise RecordMismatch(
                f"The record belongs to another configuration: on question '{self.ask.question.id}', ask "
                f"{self.number} ({self.ask.act} by {self.ask.seat}, turn {self.ask.turn}) differs from the "
                "recorded one. Resume with the definition the run was made with, or record into another "
                "folder."
            )
        return message

    def answer(self, message: Message) -> None:
        """Put what was said into its place in the wave."""
        self.open.said[self.place] = message
        self.open.missing -= 1
