"""The engine: drives any number of open questions, no barrier between them.

It collects the asks of all open protocols, gives each model one batch of everything that waits for it,
and sends the messages back into the protocols, while local models and endpoints work at the same time.
Every step is an event. A failing agent is data: `Failed`, and the others go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Literal

from quorate.agents.agent import Agent, Request
from quorate.answers import read, read_confidence
from quorate.errors import ModelError, ProtocolError, QuorateError, did_you_mean
from quorate.events import Asked, Decided, Event, Failed, Listener, Said, Started
from quorate.lanes import Arrival, Job, Lanes, answers_of
from quorate.nouns import Ask, Message, Outcome, Question, Reply, Table
from quorate.open_questions import Open as Open
from quorate.open_questions import Replay as Replay
from quorate.open_questions import Task as Task
from quorate.protocols.turns import Turns

Reading = Literal["strict", "lenient"]
Protocol = Callable[[Question, Table], Turns]
LONGEST_ERROR = 500
REPLY_FIELDS = frozenset(Reply.model_fields)


class Engine:
    """Drives protocols over questions.

    Parameters
    ----------
    protocol : callable
        `(Question, Table) -> Turns`, options bound.
    table : Table
        Seats, graph, offices and the seed that every draw derives from.
    agents : mapping of str to Agent
        Who sits on each seat and in each office.
    listeners : sequence of callable
        Each is called with every event, in order, in this thread.
    reading : {"strict", "lenient"}
        How answers are read from texts.
    at_once : int
        Most questions open at the same time; memory grows with this, not with the number of questions.
    timeout : float, optional
        Seconds after which a call of a model counts as failed.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> from quorate.protocols import vote
    >>> agents = {name: Agent(name, Scripted("Answer: 5")) for name in ("ada", "bo")}
    >>> engine = Engine(vote, Table(list(agents)), agents)
    >>> [outcome.answer for outcome in engine.run([Question(text="2+3?")])]
    ['5']
    """

    def __init__(
        self,
        protocol: Protocol,
        table: Table,
        agents: Mapping[str, Agent],
        *,
        listeners: Sequence[Listener] = (),
        reading: Reading = "strict",
        at_once: int = 128,
        timeout: float | None = None,
    ) -> None:
        self._protocol = protocol
        self._table = table
        self._agents = agents
        self._listeners = tuple(listeners)
        self._reading: Reading = reading
        self._at_once = at_once
        self._timeout = timeout
        self._arrivals: SimpleQueue[Arrival] = SimpleQueue()
        self._lanes: dict[int, Lanes] = {}

    def run(
        self, questions: Iterable[Question], replays: Mapping[str, Replay] | None = None
    ) -> Iterator[Outcome]:
        """Yield the outcome of each question as it is decided.

        Questions whose replay already holds an outcome are passed over; recorded messages are fed back
        into the protocol, and the first unanswered ask goes to a model.

        Raises
        ------
        RecordMismatch
            When a protocol asks something else than what the replay recorded.
        ProtocolError
            When a protocol breaks its contract.
        """
        replays = replays or {}
        undecided = (q for q in questions if q.id not in replays or replays[q.id].outcome is None)
        open_: dict[str, Open] = {}
        ready: list[Open] = []
        done = False
        try:
            while True:
                for question in islice(undecided, self._at_once - len(open_)):
                    if question.id in open_:
                        raise ProtocolError(f"Two open questions share the id '{question.id}'.")
                    opened = self._start(question, replays.get(question.id) or Replay())
                    open_[question.id] = opened
                    ready.append(opened)
                if not open_:
                    done = True
                    return
                for opened in ready:
                    outcome = self._advance(opened)
                    if outcome is not None:
                        del open_[opened.question.id]
                        yield outcome
                ready = self._answers()
        finally:
            self._end(interrupted=not done)

    def _emit(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)

    def _start(self, question: Question, replay: Replay) -> Open:
        if not replay.started:
            self._emit(Started(question=question.id, asked=question, at=time.time()))
        return Open(question, self._protocol(question, self._table), replay)

    def _advance(self, opened: Open) -> Outcome | None:
        """Send the answers of a wave into its protocol, and queue the next wave; or return the outcome."""
        while opened.missing == 0:
            said = [message for message in opened.said if message is not None]
            try:
                asks = opened.turns.send(said) if opened.asked else next(opened.turns)
            except StopIteration as stop:
                return self._decide(opened, stop.value)
            except QuorateError:
                raise
            except Exception as error:
                raise ProtocolError(
                    f"The protocol broke on question '{opened.question.id}': {type(error).__name__}: {error}"
                ) from error
            if not asks:
                raise ProtocolError(
                    f"The protocol yielded no asks on question '{opened.question.id}'; "
                    "return an outcome when there is nothing left to ask."
                )
            self._queue(opened, asks)
        return None

    def _queue(self, opened: Open, asks: Sequence[Ask]) -> None:
        for event in opened.news(asks):
            self._emit(event)
        for task in opened.tasks(asks, self._table.seed):
            recorded = task.recorded()
            if recorded is None:
                self._wait(task)
            else:
                task.answer(recorded)

    def _wait(self, task: Task) -> None:
        """Let an ask wait for its agent's model."""
        agent = self._agent(task.ask)
        lanes = self._lanes.get(id(agent.model))
        if lanes is None:
            lanes = self._lanes[id(agent.model)] = Lanes(agent.model, self._arrivals)
        lanes.waiting.append((task, Request(agent, task.ask, task.seed)))

    def _agent(self, ask: Ask) -> Agent:
        try:
            return self._agents[ask.seat]
        except KeyError:
            raise ProtocolError(
                f"The protocol asked '{ask.seat}', who is not at the table. "
                f"{did_you_mean(ask.seat, self._agents)}"
            ) from None

    def _answers(self) -> list[Open]:
        """Hand everything that waits to the models; return the questions whose waves are now complete."""
        complete: list[Open] = []
        inline = False
        for lanes in list(self._lanes.values()):
            while (job := lanes.next_job()) is not None:
                self._announce(job)
                if lanes.model.lanes == 0:
                    inline = True
                    for index, result in answers_of(lanes.model, job.requests):
                        self._take(job, index, result, complete)
                else:
                    lanes.start(job)
        if any(lanes.busy for lanes in self._lanes.values()):
            self._collect(complete, wait=not inline)
        return complete

    def _announce(self, job: Job) -> None:
        if not self._listeners:
            return
        for task in job.tasks:
            ask = task.ask
            self._emit(
                Asked(
                    question=ask.question.id,
                    number=task.number,
                    seat=ask.seat,
                    act=ask.act,
                    turn=ask.turn,
                    digest=task.digest,
                    heard=tuple([said.number for said in ask.heard]),
                    past=tuple([exchange.message.number for exchange in ask.past]),
                    at=job.started,
                )
            )

    def _collect(self, complete: list[Open], *, wait: bool) -> None:
        """Take in what the threads have answered, and give up what is overdue.

        With `wait`, wait until one or the other has happened.
        """
        while True:
            try:
                lanes, job, index, result = self._arrivals.get(wait, self._patience() if wait else None)
            except Empty:
                self._give_up(complete)
                if wait and not complete and any(lanes.busy for lanes in self._lanes.values()):
                    continue
                return
            wait = False
            if index is None:
                lanes.end(job)
            elif not job.abandoned and result is not None:
                self._take(job, index, result, complete)

    def _patience(self) -> float | None:
        """Seconds until the next call is overdue; None when nothing can be."""
        if self._timeout is None:
            return None
        started = [job.started for lanes in self._lanes.values() for job in lanes.busy]
        return max(0.01, min(started) + self._timeout - time.time()) if started else None

    def _give_up(self, complete: list[Open]) -> None:
        """Count the calls that have taken too long as failed."""
        if self._timeout is None:
            return
        late = ModelError(f"No answer within {self._timeout:g} seconds.")
        for lanes in self._lanes.values():
            for job in lanes.overdue(self._timeout, time.time()):
                for index in sorted(job.open):
                    self._take(job, index, late, complete)

    def _take(self, job: Job, index: int, result: Reply | Exception, complete: list[Open]) -> None:
        """Turn one result into a message in its place; a wave that is complete may go on."""
        job.open.discard(index)
        task: Task = job.tasks[index]
        message = self._message(task, result, job.started)
        event = Failed if message.failed else Said
        self._emit(event(question=task.ask.question.id, message=message))
        task.answer(message)
        if task.open.missing == 0:
            complete.append(task.open)

    def _message(self, task: Task, result: Reply | Exception, started: float) -> Message:
        ask, now = task.ask, time.time()
        place = {
            "number": task.number,
            "seat": ask.seat,
            "act": ask.act,
            "turn": ask.turn,
            "seed": task.seed,
            "at": now,
            "seconds": now - started,
        }
        if isinstance(result, Exception):
            return Message(text="", finish="error", error=_sentence(result), **place)
        fields = {name: value for name, value in result.__dict__.items() if name in REPLY_FIELDS}
        if ask.expects == "answer":
            fields["answer"] = read(ask.question, result.text, self._reading)
        if fields["confidence"] is None:
            fields["confidence"] = read_confidence(result.text)
        return Message(**fields, **place)

    def _decide(self, opened: Open, outcome: object) -> Outcome:
        if not isinstance(outcome, Outcome):
            raise ProtocolError(
                f"The protocol returned a {type(outcome).__name__} on question '{opened.question.id}'; "
                "it must return an Outcome."
            )
        if outcome.question != opened.question.id:
            outcome = outcome.model_copy(update={"question": opened.question.id})
        last = opened.wave[-1].turn if opened.wave else 0
        for event in opened.noted((note, last) for note in outcome.notes):
            self._emit(event)
        self._emit(Decided(question=opened.question.id, outcome=outcome, at=time.time()))
        return outcome

    def _end(self, *, interrupted: bool) -> None:
        """Let the threads go; when the run was cut short, tell the models to give up what is in flight."""
        for lanes in self._lanes.values():
            if interrupted and lanes.busy:
                lanes.model.close()
        for lanes in self._lanes.values():
            lanes.close()


def _sentence(error: Exception) -> str:
    text = str(error) if isinstance(error, QuorateError) else f"{type(error).__name__}: {error}"
    return text if len(text) <= LONGEST_ERROR else text[: LONGEST_ERROR - 1] + "…"
