"""A sitting: a table that stays open, to which questions come and from which they go at any time.

with Sitting(definition) as sitting:
    first, second = sitting.put("What is 2+3?"), sitting.put("What is 17*3?")
    print(first.result().answer, second.result().answer)

All open questions go through one engine, so that a model gets whatever waits for it, from all of them, in one
batch. A question that is given up (its future is cancelled) is no longer asked about; a protocol that breaks
on one question ends that question alone.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from quorate.definition import Definition
from quorate.errors import ProtocolError, QuorateError
from quorate.events import Event, Listener
from quorate.lanes import Job, Lanes
from quorate.nouns import Outcome, Question, Reply
from quorate.run import Engine, Open, Replay, Task

GREETING = Question(text="Is anybody there?")
"""What a protocol is tried on before anything is loaded; no model is asked it."""


@dataclass(slots=True, eq=False)
class _Case:
    """A question that was put to the table, who follows it, and where its outcome is waited for."""

    question: Question
    listeners: Sequence[Listener]
    future: Future[Outcome] = field(default_factory=Future)
    opened: Open | None = None


class Sitting:
    """Answer questions as they come, all in the same batches.

    Use as a context manager. `put` may be called from any thread.

    Parameters
    ----------
    definition : Definition
        Who deliberates and how; its `at_once` bounds the questions open at the same time, others wait.

    Raises
    ------
    QuorateError
        On entering, when a model cannot be loaded or the protocol's options are wrong.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> agents = [Agent(name, Scripted("Answer: 5")) for name in ("ada", "bo")]
    >>> with Sitting(Definition(agents)) as sitting:
    ...     sitting.put("What is 2+3?").result().answer
    '5'
    """

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self._floor: _Floor | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Load the models and open the table."""
        self.definition.prepare(GREETING)
        self._floor = _Floor(self.definition)
        self._thread = threading.Thread(target=self._floor.serve, daemon=True, name="quorate-sitting")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the table, and wait until its thread has ended."""
        self.close()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def close(self) -> None:
        """Close the table: what is still open is cancelled, and models give up what is in flight.

        May be called from any thread, and again.
        """
        if self._floor is not None:
            self._floor.close()

    @property
    def open(self) -> bool:
        """Whether questions are taken."""
        return self._thread is not None and self._thread.is_alive()

    def put(self, question: Question | str, *listeners: Listener) -> Future[Outcome]:
        """Put a question to the table.

        Parameters
        ----------
        question : Question or str
            While one with the same id is open, it waits.
        listeners
            Called with the question's events, in the sitting's own thread. One that raises ends the question.

        Returns
        -------
        Future of Outcome
            Cancelling it gives the question up.

        Raises
        ------
        ProtocolError
            When the sitting is not open.
        """
        if self._floor is None or not self.open:
            raise ProtocolError("The table is closed: put questions inside of `with Sitting(...)`.")
        return self._floor.put(_Case(Question.of(question), listeners))


class _Floor(Engine):
    """An engine whose questions come one by one, while others are being deliberated."""

    def __init__(self, definition: Definition) -> None:
        super().__init__(
            definition.rules,
            definition.table,
            definition.voices,
            listeners=[self._tell_followers],
            reading=definition.reading,
            at_once=definition.at_once,
            timeout=definition.timeout,
        )
        self._inbox: deque[_Case] = deque()
        self._cases: dict[str, _Case] = {}
        self._closing = False
        # The engine waits for arrivals alone; the end of a call that nobody made wakes it.
        self._bell = Lanes(definition.models[0], self._arrivals), Job([], [], 0.0)

    def put(self, case: _Case) -> Future[Outcome]:
        """Take a question; from any thread."""
        self._inbox.append(case)
        case.future.add_done_callback(lambda _: self._ring())
        self._ring()
        return case.future

    def close(self) -> None:
        """End the sitting; from any thread. Who waits hears of it at once, even while a model blocks ours."""
        self._closing = True
        for case in [*self._cases.values(), *self._inbox]:
            case.future.cancel()
        self._ring()

    def serve(self) -> None:
        """Deliberate until the sitting is closed."""
        problem: BaseException = CancelledError("The sitting was closed.")
        ready: list[Open] = []
        try:
            while not self._closing:
                self._go_on(ready)
                self._drop_cancelled()
                self._go_on(self._admitted())
                ready = self._answers()
                if not (ready or self._has_work()):
                    self._arrivals.get()
        except BaseException as error:  # whoever waits must hear of it, whatever it is
            problem = error
        finally:
            self._end(interrupted=True)
            for case in [*self._cases.values(), *self._inbox]:
                self._settle(case, problem)

    def _has_work(self) -> bool:
        """Whether there is something to do. Asked after the bell may have been taken for an arrival."""
        busy = any(lanes.busy or lanes.waiting for lanes in self._lanes.values())
        return busy or bool(self._inbox) or self._closing

    def _ring(self) -> None:
        lanes, job = self._bell
        self._arrivals.put((lanes, job, None, None))

    def _go_on(self, ready: Sequence[Open]) -> None:
        """Let protocols go on whose waves are answered; what breaks one ends its question alone."""
        for opened in ready:
            case = self._cases.get(opened.question.id)
            if case is None or case.opened is not opened:
                continue
            try:
                result: Outcome | QuorateError | None = self._advance(opened)
            except QuorateError as problem:
                result = problem
            if result is not None:
                self._settle(case, result)
            elif case.future.done():
                self._close(case)  # given up by a listener while its asks were being queued

    def _admitted(self) -> list[Open]:
        """Open what waits, as far as there is room; a question waits while its namesake is open."""
        opened: list[Open] = []
        for _ in range(len(self._inbox)):
            case = self._inbox.popleft()
            if len(self._cases) >= self._at_once or case.question.id in self._cases:
                self._inbox.append(case)
                continue
            self._cases[case.question.id] = case
            try:
                case.opened = self._start(case.question, Replay())
            except Exception as problem:
                self._settle(case, problem)
            else:
                opened.append(case.opened)
        return opened

    def _drop_cancelled(self) -> None:
        for case in [case for case in self._cases.values() if case.future.cancelled()]:
            self._close(case)
        self._inbox = deque(case for case in self._inbox if not case.future.cancelled())

    def _settle(self, case: _Case, result: Outcome | BaseException) -> None:
        """Close a question and tell who waits for it; one given up in that moment stays given up."""
        self._close(case)
        if isinstance(result, CancelledError):
            case.future.cancel()
        elif not case.future.done() and case.future.set_running_or_notify_cancel():
            if isinstance(result, Outcome):
                case.future.set_result(result)
            else:
                case.future.set_exception(result)

    def _close(self, case: _Case) -> None:
        if self._cases.get(case.question.id) is case:
            del self._cases[case.question.id]
        if case.opened is not None:
            with suppress(Exception):  # a protocol that will not end is not asked again either
                case.opened.turns.close()
        for lanes in self._lanes.values():
            lanes.waiting = deque(
                (task, request) for task, request in lanes.waiting if task.open is not case.opened
            )

    def _tell_followers(self, event: Event) -> None:
        case = self._cases.get(event.question)
        if case is None:
            return
        for listener in case.listeners:
            try:
                listener(event)
            except Exception as problem:
                self._settle(case, problem)
                return

    def _take(self, job: Job, index: int, result: Reply | Exception, complete: list[Open]) -> None:
        """Take in an answer, unless its question was closed in the meantime."""
        task: Task = job.tasks[index]
        case = self._cases.get(task.ask.question.id)
        if case is None or case.opened is not task.open:
            job.open.discard(index)
            return
        super()._take(job, index, result, complete)
