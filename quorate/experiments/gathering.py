"""One model for several engines at once: what they ask goes into the same batches, and equal asks go once.

Every engine of an experiment gets the same `Gathered` in place of the model. Arms that ask the same agent the
same thing with the same seed get the same reply; each is charged for it, as if it had run alone.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import Any

from quorate.agents.agent import Agent, Model, Request
from quorate.errors import ModelError
from quorate.lanes import Job, Lanes, answers_of
from quorate.nouns import Reply

AHEAD = 4
"""Calls that an engine may have waiting here, so that the next batch is full when the model is free."""


@dataclass(slots=True)
class _Wanted:
    """One request on its way: whose inbox, which place, a fingerprint of all that its reply depends on."""

    key: bytes
    request: Request
    place: int
    inbox: SimpleQueue[tuple[int, Reply | Exception]]


@dataclass(slots=True)
class _Forget:
    question: str


class Gathered:
    """Answer several engines with one model, in common batches.

    One thread of its own takes in what is asked, forms the batches and hands the replies out; the model works
    in as many calls at once as it allows.

    Parameters
    ----------
    model : Model
        Who really answers.
    timeout : float, optional
        Seconds after which a call of the model counts as failed. An engine's own would count the waiting too.

    Examples
    --------
    >>> from quorate.agents import Agent, Request, Scripted
    >>> from quorate.nouns import Ask, Question
    >>> model = Gathered(Scripted("Answer: 5"))
    >>> ask = Ask(seat="ada", act="draft", turn=0, question=Question(text="2+3?"), instruction="What is 2+3?")
    >>> [reply.text for _, reply in model.reply([Request(Agent("ada", model), ask, seed=1)])]
    ['Answer: 5']
    >>> model.close()
    """

    def __init__(self, model: Model, *, timeout: float | None = None) -> None:
        self.model = model
        self.lanes = max(AHEAD, model.lanes)
        self.batch = model.batch
        self._timeout = timeout
        self._arrivals: SimpleQueue[Any] = SimpleQueue()
        self._desk = _Desk(model)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def prepare(self, agents: Sequence[Agent]) -> None:
        """Let the model load what these agents need."""
        self.model.prepare([replace(agent, model=self.model) for agent in agents])

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        """Yield each reply as soon as it is there; after `close` all that is left fails."""
        inbox: SimpleQueue[tuple[int, Reply | Exception]] = SimpleQueue()
        wanted = [_Wanted(_key(request), request, place, inbox) for place, request in enumerate(requests)]
        self._put(wanted)
        for _ in wanted:
            yield inbox.get()

    def forget(self, question: str) -> None:
        """Drop what is remembered of a question that every arm has decided."""
        self._put(_Forget(question))

    def describe(self) -> Mapping[str, Any]:
        """Return what identifies the model that really answers."""
        return self.model.describe()

    def close(self) -> None:
        """Let what is asked fail from now on, and end the thread; the model itself stays as it is."""
        with self._lock:
            if self._closed or self._thread is None:
                self._closed = True
                return
            self._closed = True
            self._arrivals.put(None)

    def _put(self, item: object) -> None:
        with self._lock:
            if self._closed:
                raise ModelError("The experiment was stopped.")
            self._arrivals.put(item)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, daemon=True, name="quorate-gathered")
                self._thread.start()

    def _serve(self) -> None:
        lanes = Lanes(self.model, self._arrivals)
        while self._take_in(lanes):
            while (job := lanes.next_job()) is not None:
                if self.model.lanes == 0:
                    for index, result in answers_of(self.model, job.requests):
                        self._desk.hand_out(job.tasks[index], result)
                else:
                    lanes.start(job)
        self._desk.fail()
        lanes.close()

    def _take_in(self, lanes: Lanes) -> bool:
        """Wait for something to arrive and take in all that has; return whether to go on."""
        wait = True
        while True:
            try:
                item = self._arrivals.get(wait, self._patience(lanes) if wait else None)
            except Empty:
                self._give_up(lanes)
                return True
            wait = False
            if item is None:
                return False
            self._sort(lanes, item)

    def _sort(self, lanes: Lanes, item: Any) -> None:
        if isinstance(item, list):
            lanes.waiting.extend((w.key, w.request) for w in item if self._desk.is_new(w))
        elif isinstance(item, _Forget):
            self._desk.forget(item.question)
        else:
            self._arrived(*item)

    def _arrived(self, lanes: Lanes, job: Job, index: int | None, result: Any) -> None:
        if index is None:
            lanes.end(job)
        elif not job.abandoned:
            job.open.discard(index)
            self._desk.hand_out(job.tasks[index], result)

    def _patience(self, lanes: Lanes) -> float | None:
        """Seconds until the next call is overdue; None when nothing can be."""
        if self._timeout is None or not lanes.busy:
            return None
        return max(0.01, min(job.started for job in lanes.busy) + self._timeout - time.time())

    def _give_up(self, lanes: Lanes) -> None:
        if self._timeout is None:
            return
        late = ModelError(f"No answer within {self._timeout:g} seconds.")
        for job in lanes.overdue(self._timeout, time.time()):
            for index in sorted(job.open):
                self._desk.hand_out(job.tasks[index], late)


class _Desk:
    """Who waits for what, and what was said; used by one thread only."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._waiting: dict[bytes, list[_Wanted]] = {}
        self._said: dict[str, dict[bytes, Reply]] = {}

    def is_new(self, wanted: _Wanted) -> bool:
        """Hand out what is known already; tell whether the model must be asked."""
        known = self._said.get(wanted.request.ask.question.id, {}).get(wanted.key)
        if known is not None:
            wanted.inbox.put((wanted.place, known))
            return False
        others = self._waiting.setdefault(wanted.key, [])
        others.append(wanted)
        wanted.request = replace(wanted.request, agent=replace(wanted.request.agent, model=self.model))
        return len(others) == 1

    def hand_out(self, key: bytes, result: Reply | Exception) -> None:
        """Give a reply to everybody who waits for it, and remember it unless it is a failure."""
        for wanted in self._waiting.pop(key, ()):
            if isinstance(result, Reply):
                self._said.setdefault(wanted.request.ask.question.id, {})[key] = result
            wanted.inbox.put((wanted.place, result))

    def forget(self, question: str) -> None:
        """Drop what was said on a question."""
        self._said.pop(question, None)

    def fail(self) -> None:
        """Fail everything that somebody still waits for."""
        for key in list(self._waiting):
            self.hand_out(key, ModelError("The experiment was stopped."))


def _key(request: Request) -> bytes:
    """Fingerprint everything that a reply may depend on; a greedy one does not depend on the seed."""
    agent, ask = request.agent, request.ask
    voice = (agent.name, agent.adapter, agent.role, agent.sampling.model_dump_json())
    seed = request.seed if agent.sampling.temperature else None
    told = (ask.question.id, ask.act, ask.turn, ask.instruction, ask.question.choices)
    past = tuple((exchange.instruction, exchange.message.text) for exchange in ask.past)
    whole = repr((voice, seed, told, past, ask.expects, ask.stretches))
    return hashlib.blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).digest()
