"""The live view where there is no terminal to draw on: one plain line now and then, no ANSI codes."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Mapping
from itertools import takewhile
from types import TracebackType
from typing import IO, Self

from quorate.events import Asked, Decided, Event, Noted, Posted, Started
from quorate.live.card import board_text, named_answer
from quorate.live.deliberation import Deliberation
from quorate.live.pace import Pace
from quorate.live.state import LiveState
from quorate.live.text import amount, clean, clock, percent
from quorate.nouns import BoardLine

EVERY = 5.0
"""Seconds between two lines about many questions."""
WIDTH = 160


class PlainView:
    """Writes lines: a round or a decision each for one question, the state of things for many.

    Parameters
    ----------
    total : int
        Questions to come.
    gold, title, roles, budget
        As for `LiveView`; roles are not shown.
    file : text stream, optional
        Standard error by default.
    clock : callable
        Seconds on a steady clock.

    Examples
    --------
    >>> from quorate.nouns import Outcome, Question
    >>> with PlainView(1, file=sys.stdout) as view:
    ...     view(Started(question="q1", asked=Question(id="q1", text="2+3?")))
    ...     view(Decided(question="q1", outcome=Outcome(answer="5", reason="all 3 agree", rounds=1)))
    question 2+3?
    decided  5 - all 3 agree; 0 calls, 0 tokens in, 0 out
    """

    def __init__(
        self,
        total: int,
        *,
        gold: Mapping[str, str] | None = None,
        title: str = "",
        roles: Mapping[str, str] | None = None,
        budget: str = "",
        file: IO[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state = LiveState(gold)
        self._total = max(1, total)
        self._heading = ", ".join(part for part in (clean(title, 60), clean(budget, 60)) if part)
        self._file = file
        self._clock = clock
        self._pace = Pace()
        self._entered = False
        self._told_at = 0.0
        self._told = 0
        self._told_turn = -1
        self._told_board: tuple[BoardLine, ...] = ()

    def __enter__(self) -> Self:
        self._entered = True
        self._told_at, self._told = self._clock(), self.state.decided
        self._pace.note(self._told_at, self._told)
        if self._heading:
            self._write(self._heading)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._total > 1 and self.state.decided > self._told:
            self._tell_many()

    def __call__(self, event: Event) -> None:
        """Take in one event; now and then write a line, but only once the view has been entered."""
        if not self._entered:
            self.state.fold(event)
        elif self._total > 1:
            self.state.fold(event)
            self._many(event)
        else:
            self._one(event)

    def _one(self, event: Event) -> None:
        focus = self.state.focus
        if focus is not None and not focus.decided and _ends_round(event, focus):
            self._tell_round(focus)
        self.state.fold(event)
        if isinstance(event, Started):
            self._told_turn, self._told_board = -1, ()
            self._write("question " + clean(event.asked.text, WIDTH))
        elif isinstance(event, Posted):
            self._tell_board()
        elif isinstance(event, Noted):
            self._write(f"{event.kind:<8} {clean(event.text, WIDTH)}")
        elif isinstance(event, Decided):
            self._tell_board()
            self._tell_decision(event)

    def _tell_board(self) -> None:
        """Write the lines that are new on the board, and how many went from its end."""
        board = self.state.focus.board if self.state.focus else ()
        told, self._told_board = self._told_board, board
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(told, board, strict=False)))
        if same < len(told):
            self._write(f"board    {len(told) - same} line{'s' * (len(told) - same != 1)} gone")
        for line in board[same:]:
            self._write("board    " + board_text(line, WIDTH))

    def _tell_round(self, focus: Deliberation) -> None:
        held = focus.rounds()
        if not held or held[-1].turn <= self._told_turn:
            return
        self._told_turn = held[-1].turn
        tally = ", ".join(f"{clean(answer, 30)} x{votes}" for answer, votes in held[-1].tally.most_common(5))
        failed = sum(bool(seat.error) for seat in focus.seats.values())
        lost = f"; {failed} failed" if failed else ""
        self._write(
            f"round {len(held):<2} {tally or 'no answer'} ({percent(held[-1].agreement)} agree){lost}"
        )

    def _tell_decision(self, event: Decided) -> None:
        outcome = event.outcome
        asked = self.state.focus.question if self.state.focus else None
        right = self.state.correct(event.question)
        sign = "" if right is None else " (right)" if right else " (wrong)"
        tokens = f"{amount(outcome.tokens_in)} tokens in, {amount(outcome.tokens_out)} out"
        answer = named_answer(outcome.answer, asked, 60)
        reason = clean(outcome.reason, WIDTH)
        self._write(f"decided  {answer}{sign} - {reason}; {amount(outcome.calls)} calls, {tokens}")

    def _many(self, event: Event) -> None:
        now = self._clock()
        self._pace.note(now, self.state.decided, fresh=self.state.fresh(time.time()))
        next_tenth = 10 * self.state.decided // self._total > 10 * self._told // self._total
        if next_tenth or now - self._told_at >= EVERY:
            self._tell_many()

    def _tell_many(self) -> None:
        state = self.state
        now = self._told_at = self._clock()
        self._told = state.decided
        eta = self._pace.eta(now, state.decided, self._total)
        parts = [f"{state.decided}/{self._total} decided ({percent(state.decided / self._total)})"]
        parts += [f"{state.open} open"] if state.open else []
        parts += [f"{clock(eta)} left"] if eta else []
        right = state.accuracy()
        if right is not None:
            span = f"95 % interval {100 * right.low:.1f} to {100 * right.high:.1f}, n {right.known}"
            parts.append(f"accuracy {100 * right.share:.1f} % ({span})")
        rate = state.rate()
        speed = f" ({amount(rate)}/s)" if rate is not None else ""
        parts.append(f"{amount(state.tokens_in)} tokens in, {amount(state.tokens_out)} out{speed}")
        parts += [f"{state.failures} failed calls"] if state.failures else []
        self._write(", ".join(parts))

    def _write(self, line: str) -> None:
        file = self._file or sys.stderr
        encoding = getattr(file, "encoding", None) or "utf-8"
        with contextlib.suppress(OSError, ValueError):  # a closed pipe must not end the run
            file.write(line.encode(encoding, "replace").decode(encoding) + "\n")
            file.flush()


class SilentView:
    """Shows nothing, and still folds: for `--quiet`."""

    def __init__(self, gold: Mapping[str, str] | None = None) -> None:
        self.state = LiveState(gold)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def __call__(self, event: Event) -> None:
        """Take in one event."""
        self.state.fold(event)


def _ends_round(event: Event, focus: Deliberation) -> bool:
    if isinstance(event, (Asked, Posted, Noted)) and event.turn > focus.turn:
        return True
    return isinstance(event, Decided) or (isinstance(event, Noted) and event.kind == "stopped")
