"""The threads that call the models: one `Lanes` per model, as many calls at once as the model allows.

A hanging call never blocks the run: after `timeout` seconds its requests count as failed, its thread is
given up (daemon threads die with the process) and a fresh one takes its place.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

from quorate.agents.agent import Model, Request
from quorate.errors import ModelError
from quorate.nouns import Reply


@dataclass(slots=True, eq=False)
class Job:
    """One call of a model: its tasks, and which of them are still unanswered."""

    tasks: list[Any]
    requests: list[Request]
    started: float
    open: set[int] = field(default_factory=set)
    abandoned: bool = False
    thread: threading.Thread | None = None


NAME = "quorate-lane"
PATIENCE = 1.0
"""Seconds that the end of the threads is waited for, all together."""

Arrival = tuple["Lanes", Job, "int | None", "Reply | Exception | None"]
"""What comes back from a thread: a result for one task of a job, or None when the call has ended."""


class Lanes:
    """What waits for one model and the calls it is answering now.

    `tasks` are opaque to the lanes; each travels with its request.
    """

    def __init__(self, model: Model, arrivals: SimpleQueue[Arrival]) -> None:
        self.model = model
        self.waiting: deque[tuple[Any, Request]] = deque()
        self.busy: set[Job] = set()
        self._arrivals = arrivals
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._idle_threads = 0
        self._threads: set[threading.Thread] = set()

    def next_job(self) -> Job | None:
        """Take the next batch of waiting tasks, or None when nothing waits or all lanes are busy."""
        if not self.waiting or len(self.busy) >= max(1, self.model.lanes):
            return None
        size = len(self.waiting) if self.model.batch is None else min(self.model.batch, len(self.waiting))
        batch = [self.waiting.popleft() for _ in range(size)]
        return Job(
            [task for task, _ in batch], [request for _, request in batch], time.time(), set(range(size))
        )

    def start(self, job: Job) -> None:
        """Answer a job in a thread; its results arrive in the queue."""
        self.busy.add(job)
        if self._idle_threads == 0:
            thread = threading.Thread(target=self._work, daemon=True, name=NAME)
            self._threads.add(thread)
            thread.start()
        else:
            self._idle_threads -= 1
        self._jobs.put(job)

    def end(self, job: Job) -> None:
        """Free the lane of a job whose call has returned."""
        if job in self.busy:
            self.busy.discard(job)
            self._idle_threads += 1

    def overdue(self, timeout: float, now: float) -> list[Job]:
        """Give up the calls that have taken longer than `timeout` seconds and return them."""
        late = [job for job in self.busy if now - job.started > timeout]
        for job in late:
            job.abandoned = True
            self.busy.discard(job)
            self._threads -= {job.thread}
        return late

    def close(self) -> None:
        """End the idle threads; busy ones end after their call, soon where the model was closed before.

        Their end is waited for, but not for long: a thread that is still in torch while the interpreter
        shuts down takes the process with it.
        """
        for _ in range(len(self.busy) + self._idle_threads):
            self._jobs.put(None)
        self._idle_threads = 0
        latest = time.monotonic() + PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, latest - time.monotonic()))

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.thread = threading.current_thread()
            for index, result in answers_of(self.model, job.requests):
                if job.abandoned:
                    return
                self._arrivals.put((self, job, index, result))
            if job.abandoned:
                return
            self._arrivals.put((self, job, None, None))


def still_busy() -> bool:
    """Tell whether a thread of any lanes has not ended: at work, waiting for work, or given up.

    Examples
    --------
    >>> from quorate.agents import Scripted
    >>> lanes = Lanes(Scripted("hello"), SimpleQueue())
    >>> lanes.start(Job([], [], started=0.0)), still_busy()
    (None, True)
    >>> lanes.close()
    """
    return any(thread.name == NAME for thread in threading.enumerate())


def answers_of(model: Model, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
    """Yield exactly one result per request, whatever the model does: raise, skip, repeat, talk rubbish.

    Examples
    --------
    >>> from quorate.agents import Scripted
    >>> list(answers_of(Scripted("hello"), []))
    []
    """
    missing = dict.fromkeys(range(len(requests)))
    problem: Exception = ModelError("The model gave no reply to this request.")
    try:
        for index, result in model.reply(requests):
            if index in missing:
                del missing[index]
                if not isinstance(result, (Reply, Exception)):
                    result = ModelError(f"The model returned a {type(result).__name__} instead of a Reply.")
                yield index, result
    except Exception as error:
        problem = error
    except SystemExit as error:
        problem = ModelError(f"The model tried to end the program: {error!r}.")
    for index in missing:
        yield index, problem
