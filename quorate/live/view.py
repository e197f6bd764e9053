"""The live view of a run: what a researcher wants to see while models deliberate, on one screen.

    with LiveView(total=1, title="debate on a ring") as view:
        run(question, listeners=[view])

Try it: `python -m quorate.live`, or with 40 questions `python -m quorate.live 40`.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.live import Live

from quorate.events import Event
from quorate.live.aside import Aside
from quorate.live.frame import Frame
from quorate.live.pace import LONGEST, Pace, pause_after
from quorate.live.plain import PlainView, SilentView
from quorate.live.scene import Scene
from quorate.live.state import LiveState
from quorate.live.text import clean


class View(Protocol):
    """A context manager that is called with every event.

    Events handed in before it is entered, such as those of a record that is resumed, are taken in silently.
    """

    state: LiveState

    def __enter__(self) -> Self:
        """Start to show."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Show the last state and give the terminal back."""
        ...

    def __call__(self, event: Event) -> None:
        """Take in one event."""
        ...


class LiveView:
    """Draws a run on the whole terminal, in a thread of its own, and leaves the last frame standing.

    The listener only queues the event. The thread folds and draws; it waits after each frame for as long as
    keeps drawing at about 1 % of the time. What the program prints meanwhile is kept and printed at the end.
    An error while drawing ends the view, never the run.

    Parameters
    ----------
    total : int
        Questions to come, those of a resumed record included.
    gold : mapping of str to str, optional
        Canonical gold answers by question id: adds the running accuracy.
    title : str
        What is running.
    roles : mapping of str to str, optional
        Role of each seat; its order is the order of the rows.
    budget : str
        How far the run may go, in words: "3 rounds, 8k tokens".
    console : rich.console.Console, optional
        Where to draw; standard error by default.

    Attributes
    ----------
    error : Exception or None
        What went wrong while drawing.

    Examples
    --------
    >>> from quorate.events import Decided
    >>> from quorate.nouns import Outcome
    >>> console = Console(file=sys.stdout, width=60, height=12, color_system=None)
    >>> with LiveView(1, title="sums", console=console) as view:
    ...     view(Decided(question="q1", outcome=Outcome(answer="5", reason="all 3 agree")))
     sums                                        round 1 · 0:00
     q1
     ● 5  all 3 agree
     0 tokens in · 0 out · 0 calls
    """

    def __init__(
        self,
        total: int,
        *,
        gold: Mapping[str, str] | None = None,
        title: str = "",
        roles: Mapping[str, str] | None = None,
        budget: str = "",
        console: Console | None = None,
    ) -> None:
        self.state = LiveState(gold)
        self.error: Exception | None = None
        self._total = max(1, total)
        self._title, self._roles, self._budget = title, roles or {}, budget
        self._console = console or Console(stderr=True)
        self._inbox: deque[Event] = deque()
        self._pace = Pace()
        self._begun = 0.0
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._open = contextlib.ExitStack()

    def __call__(self, event: Event) -> None:
        """Queue one event for the drawing thread; without one, take it in."""
        if self._thread is None:
            self.state.fold(event)
        else:
            self._inbox.append(event)

    def __enter__(self) -> Self:
        self._begun = time.monotonic()
        self._pace.note(self._begun, self.state.decided)
        self._closing.clear()
        if self._console.is_terminal and not self._console.is_dumb_terminal:
            live = self._live()
            self._thread = threading.Thread(target=self._draw, args=(live,), name="live view", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        try:
            if self._thread is not None:
                self._thread.join()
        finally:
            self._thread = None
            with contextlib.suppress(OSError, ValueError):  # the terminal may be gone
                self._open.close()
                self._leave()

    def frame(self, *, fill: bool = False) -> Frame:
        """Return what is to be seen now; `fill` stretches it over the whole height."""
        now = time.monotonic()
        eta = self._pace.eta(now, self.state.decided, self._total)
        scene = Scene(
            self.state, self._total, self._title, self._budget, self._roles, now - (self._begun or now), eta
        )
        return Frame(scene, fill)

    def _live(self) -> Live:
        """Take the terminal's alternate screen, where a resize cannot leave remains."""
        live = Live(
            get_renderable=lambda: self.frame(fill=True),
            console=self._console,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        for stream, redirect in (
            (sys.stdout, contextlib.redirect_stdout),
            (sys.stderr, contextlib.redirect_stderr),
        ):
            if stream is not None and stream.isatty():
                aside = Aside(stream)
                self._open.callback(aside.release)
                self._open.enter_context(redirect(aside))
        self._open.enter_context(live)
        self._open.callback(self._wrap_lines, True)
        self._wrap_lines(False)
        return live

    def _wrap_lines(self, on: bool) -> None:
        """Let the terminal break lines, or not: it may find a text wider than rich does."""
        self._console.file.write(f"\x1b[?7{'h' if on else 'l'}")
        self._console.file.flush()

    def _draw(self, live: Live) -> None:
        """Fold and draw until the end; runs in the thread."""
        cost = 0.0
        while not self._closing.wait(pause_after(cost)):
            try:
                self._fold()
                begun = time.thread_time()
                live.refresh()
                spent = time.thread_time() - begun
                cost = (cost + spent) / 2 if cost else spent
            except Exception as error:
                self.error = error
                break
        if self.error is not None:
            with contextlib.suppress(Exception):
                self._open.close()
        while not self._closing.wait(LONGEST):  # nobody looks any more, but the queue must not grow
            self._inbox.clear()

    def _fold(self) -> None:
        """Take in what is queued, and choose the question to show."""
        now = time.monotonic()
        for _ in range(len(self._inbox)):
            self.state.fold(self._inbox.popleft())
        self._pace.note(now, self.state.decided, fresh=self.state.fresh(time.time()))
        self.state.refocus(now)

    def _leave(self) -> None:
        """Leave the last frame on the terminal, and say so when the view broke."""
        if self.error is None:
            try:
                self._fold()
                self._console.print(self.frame(), height=max(1, self._console.height - 1))
            except Exception as error:
                self.error = error
        if self.error is not None:
            self._console.print(
                f"The live view stopped: {type(self.error).__name__}: {clean(str(self.error), 200)}. "
                "The run went on without it.",
                markup=False,
                highlight=False,
            )


def view_for(
    console: Console | None = None,
    *,
    total: int,
    gold: Mapping[str, str] | None = None,
    title: str = "",
    roles: Mapping[str, str] | None = None,
    budget: str = "",
    quiet: bool = False,
) -> View:
    """Choose the view: drawn on a terminal; plain lines in a pipe, with NO_COLOR or TERM=dumb; none if quiet.

    Parameters
    ----------
    console : rich.console.Console, optional
        Where to show it; standard error by default.
    total, gold, title, roles, budget
        As for `LiveView`.
    quiet : bool
        Show nothing.

    Examples
    --------
    >>> import io
    >>> type(view_for(Console(file=io.StringIO()), total=1)).__name__
    'PlainView'
    """
    console = console or Console(stderr=True)
    if quiet:
        return SilentView(gold)
    drawable = console.is_terminal and not console.is_dumb_terminal and not console.is_jupyter
    if drawable and not console.no_color and "utf" in console.encoding.lower():
        return LiveView(total, gold=gold, title=title, roles=roles, budget=budget, console=console)
    return PlainView(total, gold=gold, title=title, roles=roles, budget=budget, file=console.file)
