"""The fold behind the live view: what is open, what was decided, what it cost. No terminal in it.

The question in focus is kept in full; of every other open question only its events are kept, by reference,
until somebody looks at it; of a decided one a verdict remains. So an event costs about a microsecond and
memory does not grow with what was said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from quorate.evaluate import wilson
from quorate.events import Asked, Decided, Event, Failed, Said, Started
from quorate.live.deliberation import Deliberation
from quorate.nouns import Message

LINGER = 2.0
"""Seconds that a decided question stays in focus."""
RECENT = 12
"""Verdicts remembered for the list of the latest ones."""
FAR = 1e11
"""A Unix time that no event can have, in seconds."""
FRESH = 5.0
"""Seconds within which an event counts as happening now and not as read from a record."""
WINDOW = 60
"""Seconds over which tokens per second are measured."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many of the decided questions with a known gold answer were right, and a 95 % Wilson interval."""

    correct: int
    known: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share that was right."""
        return self.correct / self.known


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one question ended; `correct` is None without a gold answer."""

    question: str
    answer: str | None
    rounds: int
    correct: bool | None


@dataclass(slots=True)
class _Log:
    """The events of an open question nobody looks at yet, and when it last moved."""

    events: list[Event]
    touched: int = 0


class LiveState:
    """Folds the events of a run.

    Parameters
    ----------
    gold : mapping of str to str, optional
        Canonical gold answers by question id; never shown before a question is decided.

    Attributes
    ----------
    focus : Deliberation or None
        The question to show.
    decided, calls, failures, tokens_in, tokens_out : int
        Totals. Tokens of an attempt that was started afresh stay counted: they were paid for.

    Examples
    --------
    >>> from quorate.nouns import Outcome, Question
    >>> state = LiveState(gold={"q1": "5"})
    >>> state.fold(Started(question="q1", asked=Question(id="q1", text="2+3?")))
    >>> state.fold(Decided(question="q1", outcome=Outcome(winners=("5",), answer="5")))
    >>> state.decided, state.accuracy()
    (1, Accuracy(correct=1, known=1, low=0.2065..., high=1.0))
    """

    def __init__(self, gold: Mapping[str, str] | None = None) -> None:
        self.gold = gold or {}
        self.focus: Deliberation | None = None
        self.calls = self.failures = self.tokens_in = self.tokens_out = 0
        self.recent: deque[Verdict] = deque(maxlen=RECENT)
        self._open: dict[str, _Log] = {}
        self._verdicts: dict[str, bool | None] = {}
        self._correct = self._known = 0
        self._moves = 0
        self._lingering: float | None = None
        self._begun = self._latest = 0.0
        self._seconds: deque[list[int]] = deque(maxlen=WINDOW + 1)

    def fold(self, event: Event) -> None:
        """Take in one event."""
        self._moves += 1
        if isinstance(event, (Said, Failed)):
            self._spend(event.message)
        elif isinstance(event, Started):
            self._start(event)
        if event.question in self._verdicts:
            return
        log = self._open.get(event.question)
        if log is None:
            log = self._open[event.question] = _Log([])
            if self.focus is None:
                self.focus = Deliberation(event.question)
        log.touched = self._moves
        if self.focus is not None and self.focus.id == event.question:
            self.focus.fold(event)
        else:
            log.events.append(event)
        if isinstance(event, Decided):
            self._decide(event)
        elif isinstance(event, Asked):
            self._tick(event.at)

    def refocus(self, now: float) -> None:
        """Move to the open question that moved last, once the one in focus was decided `LINGER` ago.

        Parameters
        ----------
        now : float
            Seconds on any steady clock: the caller's.
        """
        if self.focus is not None:
            if not self.focus.decided:
                self._lingering = None
                return
            if self._lingering is None:
                self._lingering = now
            if now - self._lingering < LINGER:
                return
        if self._open:
            self._lingering = None
            name = max(self._open, key=lambda open_: self._open[open_].touched)
            self.focus = self.deliberation(name)
            self._open[name].events.clear()

    def deliberation(self, question: str) -> Deliberation:
        """Fold all that is known of an open question; KeyError when it is not open."""
        if self.focus is not None and self.focus.id == question:
            return self.focus
        deliberation = Deliberation(question)
        for event in self._open[question].events:
            deliberation.fold(event)
        return deliberation

    @property
    def decided(self) -> int:
        """Questions closed so far."""
        return len(self._verdicts)

    @property
    def open(self) -> int:
        """Questions under deliberation."""
        return len(self._open)

    def accuracy(self) -> Accuracy | None:
        """Return the running accuracy; None while no decided question has a known gold answer."""
        if not self._known:
            return None
        return Accuracy(self._correct, self._known, *wilson(self._correct, self._known))

    def correct(self, question: str) -> bool | None:
        """Tell whether a question was decided rightly; None when it is open or has no gold answer."""
        return self._verdicts.get(question)

    def fresh(self, now: float) -> bool:
        """Tell whether the latest event happened just before `now` (Unix time), as in a run under way."""
        return now - self._latest < FRESH

    def rate(self) -> float | None:
        """Return tokens written per second over the last minute of the events' own times."""
        begin = max(self._begun, self._latest - WINDOW)
        if not self._begun or self._latest - begin < 0.1:
            return None
        return sum(tokens for second, tokens in self._seconds if second >= int(begin)) / (
            self._latest - begin
        )

    def _start(self, event: Started) -> None:
        self._open.pop(event.question, None)
        if event.question in self._verdicts:
            self._count(self._verdicts.pop(event.question), -1)
            self.recent = deque((v for v in self.recent if v.question != event.question), RECENT)
        if self.focus is not None and self.focus.id == event.question:
            self.focus = Deliberation(event.question)
        self._tick(event.at)

    def _decide(self, event: Decided) -> None:
        outcome = event.outcome
        gold = self.gold.get(event.question)
        correct = None if gold is None else outcome.answer == gold
        del self._open[event.question]
        self._verdicts[event.question] = correct
        self._count(correct, +1)
        self.recent.append(Verdict(event.question, outcome.answer, outcome.rounds, correct))
        self._tick(event.at)

    def _count(self, correct: bool | None, step: int) -> None:
        if correct is not None:
            self._known += step
            self._correct += step * correct

    def _spend(self, message: Message) -> None:
        self.calls += 1
        self.failures += message.error is not None
        self.tokens_in += message.tokens_in
        self.tokens_out += message.tokens_out
        if 0 < message.at < FAR:  # a record may say anything
            took = message.seconds if 0 < message.seconds < message.at else 0.0
            self._begun = min(self._begun or message.at, message.at - took)
            self._latest = max(self._latest, message.at)
            second = int(message.at)
            if self._seconds and self._seconds[-1][0] >= second:
                self._seconds[-1][1] += message.tokens_out
            else:
                self._seconds.append([second, message.tokens_out])

    def _tick(self, at: float) -> None:
        if 0 < at < FAR:
            self._begun = min(self._begun or at, at)
            self._latest = max(self._latest, at)
