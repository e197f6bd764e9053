"""One question under deliberation, folded from its events: seats, answers, rounds, verdict."""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Literal

from quorate.events import Asked, Decided, Event, Failed, Heard, Noted, Posted, Said, Started
from quorate.nouns import BoardLine, Message, Outcome, Question

OFFICES = frozenset({"judge", "moderate", "fuse", "select", "score", "rank", "summarise"})
"""Acts of those who decide over answers; a seat that only does these is no voice among the answers."""
ANSWERING = frozenset({"draft", "revise", "recheck", "continue"})
"""Acts that must bring an answer: without one the seat abstains."""
ASIDES = frozenset({"resample", "trust", "object", "approve"})
"""Acts of a voice besides its answer, as those of `OFFICES` are when a voice does them."""
EXCERPT = 1600
"""Most characters kept of what a seat said last."""
NOTES = 12
"""Most notes kept of what the protocol did."""

State = Literal["waiting", "thinking", "said", "failed"]


@dataclass(slots=True)
class Seat:
    """What is known of one seat: what it said last, and its answers by turn (None abstained).

    `turn` is the one it was last asked in; `act`, `text` and `error` belong to what it said last.
    """

    name: str
    place: int
    voice: bool = False
    pending: int = 0
    turn: int = 0
    act: str = ""
    text: str = ""
    error: str = ""
    """Why it could not answer; empty when it could."""
    spoke: int = 0
    """Which message of the question was its last: larger is later, 0 is none yet."""
    confidence: float | None = None
    likelihood: float | None = None
    """Geometric mean of the token probabilities: a stand-in where no confidence was stated."""
    answers: dict[int, str | None] = field(default_factory=dict)
    failures: set[int] = field(default_factory=set)

    def standing(self, turn: int) -> str | None:
        """Return the answer it stood by at the end of `turn`; a failure leaves the one before standing."""
        latest = max((t for t in self.answers if t <= turn), default=None)
        return None if latest is None else self.answers[latest]

    @property
    def answer(self) -> str | None:
        """The answer it stands by; None when it has none or its last one could not be read."""
        return self.answers[max(self.answers)] if self.answers else None

    @property
    def before(self) -> str | None:
        """The answer it stood by one answer earlier."""
        earlier = sorted(self.answers)[:-1]
        return self.answers[earlier[-1]] if earlier else None

    @property
    def change(self) -> Literal["", "kept", "changed"]:
        """Whether its last answer differs from the one before."""
        if len(self.answers) < 2:
            return ""
        return "kept" if self.answer == self.before else "changed"


@dataclass(frozen=True, slots=True)
class Round:
    """How the voices stood at the end of a turn."""

    turn: int
    tally: Counter[str]
    voices: int

    @property
    def agreement(self) -> float:
        """Share of all voices behind the most common answer; an abstention agrees with nobody."""
        return max(self.tally.values(), default=0) / self.voices if self.voices else 0.0


class Deliberation:
    """Folds the events of one question.

    Attributes
    ----------
    seats : dict of str to Seat
        In the order in which they were first asked.
    edges, pruned : tuple of (str, str)
        (u, v): v hears u, from turn `edges_turn` on; and those that the filters took away from them.
    selected : tuple of str
        The seats that were picked for this round.
    stopped : bool
        Whether it was ended early.
    boards : dict of str to tuple of BoardLine
        The board of each seat that has one, as it was posted last.
    notes : deque of Noted
        What the protocol did besides asking: the latest selections, prunings, stops.
    ranks : dict of str to int
        Answers numbered by first appearance, so that each keeps its colour.

    Examples
    --------
    >>> deliberation = Deliberation("q1")
    >>> for seat, answer in (("ada", "5"), ("bo", "6")):
    ...     message = Message(number=0, seat=seat, act="draft", turn=0, text="...", answer=answer)
    ...     deliberation.fold(Said(question="q1", message=message))
    >>> deliberation.rounds()[0].agreement
    0.5
    """

    def __init__(self, id: str) -> None:
        self.id = id
        self._clear()

    def _clear(self) -> None:
        self.question: Question | None = None
        self.turn = 0
        self.edges: tuple[tuple[str, str], ...] = ()
        self.edges_turn = 0
        self.pruned: tuple[tuple[str, str], ...] = ()
        self.selected: tuple[str, ...] = ()
        self._selected_turn = 0
        self.stopped = False
        self._between = True
        self.boards: dict[str, tuple[BoardLine, ...]] = {}
        self.notes: deque[Noted] = deque(maxlen=NOTES)
        self.seats: dict[str, Seat] = {}
        self.ranks: dict[str, int] = {}
        self.outcome: Outcome | None = None
        self.messages = 0

    @property
    def decided(self) -> bool:
        """Whether it was closed."""
        return self.outcome is not None

    @property
    def text(self) -> str:
        """The question's text, as far as it is known; untrusted."""
        return self.question.text if self.question else self.id

    def fold(self, event: Event) -> None:
        """Take in one event of this question."""
        if isinstance(event, Asked):
            self._ask(event)
        elif isinstance(event, (Said, Failed)):
            self._say(event.message)
        elif isinstance(event, Heard):
            self._hear(event)
        elif isinstance(event, Posted):
            self.boards.update(dict.fromkeys(event.seats, event.board))
        elif isinstance(event, Noted):
            self._note(event)
        elif isinstance(event, Decided):
            self._decide(event.outcome)
        elif isinstance(event, Started):
            self._clear()
            self.question = event.asked

    @property
    def board(self) -> tuple[BoardLine, ...]:
        """The board to show: the one behind the answer, else the longest; empty when there is none."""
        if self.outcome is not None and self.outcome.board:
            return self.outcome.board
        return max(self.boards.values(), key=len, default=())

    def state(self, seat: Seat) -> State:
        """Tell what a seat is doing in the current turn."""
        if seat.pending and not self.decided:
            return "thinking"
        if seat.error:
            return "failed"
        return "said" if seat.spoke and (seat.turn == self.turn or self.decided) else "waiting"

    def voices(self) -> list[Seat]:
        """Return the seats whose answers count: all but those who only judge, rank or fuse."""
        return [seat for seat in self.seats.values() if seat.voice]

    def rounds(self) -> list[Round]:
        """Return how the voices stood after each turn that brought answers, in order."""
        voices = self.voices()
        turns = sorted({turn for seat in voices for turn in seat.answers})
        standing: dict[str, str | None] = {}
        held: list[Round] = []
        for turn in turns:
            standing.update({seat.name: seat.answers[turn] for seat in voices if turn in seat.answers})
            tally = Counter(answer for answer in standing.values() if answer is not None)
            held.append(Round(turn, tally, len(voices)))
        return held

    def hears(self, name: str) -> list[str]:
        """Return the seats that `name` hears."""
        return [u for u, v in self.edges if v == name]

    def unheard(self) -> frozenset[str]:
        """Return the seats that nobody hears any more, since the filters took away whoever did."""
        if not self.pruned:  # asked for every row of every frame
            return frozenset()
        heard = {u for u, _ in self.edges}
        return frozenset(u for u, _ in self.pruned if u not in heard)

    def picked(self) -> frozenset[str]:
        """Return the seats that were picked for this round; nobody where everybody was."""
        if not self.selected:
            return frozenset()
        chosen = frozenset(self.selected)
        return frozenset() if chosen.issuperset(seat.name for seat in self.voices()) else chosen

    def _hear(self, event: Heard) -> None:
        self._open_wave()
        self.edges, self.edges_turn = event.edges, event.turn

    def _note(self, event: Noted) -> None:
        self.notes.append(event)
        self.stopped = self.stopped or event.kind == "stopped"
        if event.kind == "pruned":
            self._open_wave()
            self.pruned, self.edges_turn = (*self.pruned, *event.edges), event.turn
        elif event.kind == "selected":
            self.selected, self._selected_turn = event.seats, event.turn

    def _open_wave(self) -> None:
        """Forget what an earlier wave of asks did not hear: notes and a graph come just before the asks."""
        if not self._between:
            self.pruned, self._between = (), True

    def _seat(self, name: str, act: str) -> Seat:
        seat = self.seats.get(name)
        if seat is None:
            seat = self.seats[name] = Seat(name, place=len(self.seats))
        seat.voice = seat.voice or act not in OFFICES
        return seat

    def _ask(self, event: Asked) -> None:
        self._between = False
        if event.turn > self._selected_turn and event.act not in OFFICES:
            self.selected = ()
        seat = self._seat(event.seat, event.act)
        seat.pending += 1
        seat.turn = event.turn
        self.turn = max(self.turn, event.turn)

    def _say(self, message: Message) -> None:
        seat = self._seat(message.seat, message.act)
        self.messages += 1
        seat.pending = max(0, seat.pending - 1)
        seat.act, seat.turn, seat.spoke = message.act, message.turn, self.messages
        self.turn = max(self.turn, message.turn)
        seat.text, seat.error = message.text[:EXCERPT], ""
        if message.error is not None:
            seat.error = message.error[:EXCERPT] or "failed"
            seat.failures.add(message.turn)
            return
        seat.confidence = message.confidence
        seat.likelihood = math.exp(min(0.0, message.logprob)) if message.logprob is not None else None
        if message.act in ASIDES or (seat.voice and message.act in OFFICES):
            return
        if message.answer is not None:
            self.ranks.setdefault(message.answer, len(self.ranks))
        if message.answer is not None or message.act in ANSWERING:
            seat.answers[message.turn] = message.answer

    def _decide(self, outcome: Outcome) -> None:
        self.outcome = outcome
        said = [] if outcome.answer is None else [outcome.answer]
        for answer in (*said, *outcome.winners, *outcome.tally):
            self.ranks.setdefault(answer, len(self.ranks))
