"""Sittings: one arm with one seed each, an ordinary run, held at the same time over common models."""

from __future__ import annotations

import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from quorate.agents.agent import Agent, Model
from quorate.definition import Definition
from quorate.errors import QuorateError, RecordError
from quorate.evaluate import Problem, dump_problems
from quorate.events import Decided, Event, Failed, Listener
from quorate.experiments.drafts import Drafts
from quorate.experiments.gathering import Gathered
from quorate.nouns import Question
from quorate.record import EVENTS, PROBLEMS, Record, check_same, read_events, read_manifest, read_replays
from quorate.run import Engine, Replay

Watch = Callable[[str, int, Event], None]
"""Called with the arm, the seed and every event, replayed ones first; one call at a time."""

SIDE_BY_SIDE = 16
"""Most sittings held at the same time."""


@dataclass(frozen=True)
class Sitting:
    """One arm with one seed: its definition, its problems, its run folder, and the drafts it hears."""

    arm: str
    seed: int
    definition: Definition
    problems: Sequence[Problem]
    folder: Path
    drafts: Drafts | None = None

    @property
    def begun(self) -> bool:
        """Whether there is a record to continue; its events come last of what a kill may cut short."""
        return (self.folder / EVENTS).is_file()

    def replays(self) -> dict[str, Replay]:
        """Return what the record holds of each question, with a fresh start for the others."""
        found = read_replays(self.folder) if self.begun else {}
        return {p.question.id: found.get(p.question.id) or Replay() for p in self.problems}

    def finished(self) -> bool:
        """Whether every question is decided; RecordMismatch when the record is another definition's."""
        if not self.begun:
            return False
        self.check(with_models=False)
        return all(replay.outcome is not None for replay in self.replays().values())

    def check(self, *, with_models: bool = True) -> None:
        """Raise RecordMismatch, or RecordError, when the record belongs to something else."""
        recorded = read_manifest(self.folder).get("setup") or {}
        was, now = (_steady(setup, with_models) for setup in (recorded, self.definition.setup()))
        try:
            check_same(was, now, f"arms.{self.arm}")
            if (self.folder / PROBLEMS).read_text("utf-8") != dump_problems(self.problems):
                raise RecordError(f"The run {self.folder} is about other problems than the experiment.")
        except OSError as problem:
            raise RecordError(f"The problems of {self.folder} cannot be read: {problem}.") from None

    def open(self) -> Record:
        """Open the record for writing; what is there stays."""
        if self.begun:
            self.check()
            return Record.resume(self.folder)
        return Record.create(
            self.folder, self.definition.manifest(self.problems), dump_problems(self.problems)
        )

    def show(self, watch: Listener) -> None:
        """Tell a listener all that the record holds."""
        if self.begun:
            for event in read_events(self.folder):
                watch(event)


def _steady(setup: Mapping[str, Any], with_models: bool) -> dict[str, Any]:
    """Return a set-up without what may change from one start to the next: where a server is."""
    models = [
        {key: value for key, value in model.items() if key != "url"} for model in setup.get("models", ())
    ]
    return {**setup, "models": models if with_models else []}


class _Stopped(BaseException):
    """Ends a sitting from within: another one broke, or the user pressed ctrl-C."""


class Room:
    """Where sittings are held: it keeps one `Gathered` a model, and one lock for those who watch.

    Parameters
    ----------
    agents : sequence of Agent
        Everybody who may be asked; loaded when the first question is open.
    watch : callable, optional
        Told every event of every sitting.
    at_once : int
        Most questions open at the same time, over all sittings.
    timeout : float, optional
        Seconds after which a call of a model counts as failed.
    """

    def __init__(
        self,
        agents: Sequence[Agent],
        watch: Watch | None = None,
        *,
        at_once: int = 1024,
        timeout: float | None = None,
    ) -> None:
        self._agents: Sequence[Agent] | None = agents
        self._watch = watch
        self._at_once = at_once
        self._timeout = timeout
        self._gathered: dict[int, Gathered] = {}
        self._decided: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def __enter__(self) -> Room:
        """Return the room itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Let the models' threads end; the models stay loaded."""
        self._close()

    def hold(self, sittings: Sequence[Sitting]) -> None:
        """Hold sittings until every question of each is decided.

        Raises
        ------
        QuorateError
            The first that ends a sitting, with the name of its arm; the others stop, and all can be resumed.
        KeyboardInterrupt
            On ctrl-C; what was answered is recorded.
        """
        unfinished = []
        for sitting in sittings:
            if sitting.finished():
                sitting.show(self._teller(sitting))
            else:
                unfinished.append(sitting)
        if not unfinished:
            return
        if self._agents is not None:
            load(self._agents)
            self._agents = None
        self._decided.clear()
        share = max(1, self._at_once // min(SIDE_BY_SIDE, len(unfinished)))
        with ThreadPoolExecutor(min(SIDE_BY_SIDE, len(unfinished)), "quorate-arm") as threads:
            held = {threads.submit(self._hold, one, share, len(unfinished)): one for one in unfinished}
            try:
                done, _ = wait(held, return_when=FIRST_EXCEPTION)
                broken = next((future for future in done if future.exception()), None)
            except BaseException:
                self._stop()
                for future in held:
                    future.cancel()
                raise
            if broken is not None:
                self._stop()
                for future in held:
                    future.cancel()
        if broken is not None:
            raise _named(broken.exception(), held[broken])

    def _hold(self, sitting: Sitting, at_once: int, sides: int) -> None:
        teller = self._teller(sitting)
        sitting.show(teller)
        with sitting.open() as record:
            listeners: list[Listener] = [self._refuse_failures, record, teller, self._forgetting(sides)]
            replays = sitting.replays()
            self._count(name for name, replay in replays.items() if replay.outcome)
            engine = Engine(
                sitting.definition.rules,
                sitting.definition.table,
                {name: self._seated(agent) for name, agent in sitting.definition.voices.items()},
                listeners=listeners,
                reading=sitting.definition.reading,
                at_once=at_once,
            )
            for _ in engine.run(self._questions(sitting, replays, listeners), replays):
                if self._stopped.is_set():
                    raise _Stopped

    def _questions(
        self, sitting: Sitting, replays: Mapping[str, Replay], listeners: Sequence[Listener]
    ) -> Iterator[Question]:
        """Yield the questions; the drafts of each are put into its record before it opens."""
        for problem in sitting.problems:
            replay = replays[problem.question.id]
            if sitting.drafts is not None and replay.outcome is None:
                sitting.drafts.share(sitting.definition, problem, replay, listeners[1:])
            yield problem.question

    def _seated(self, agent: Agent) -> Agent:
        return replace(agent, model=self.gathered(agent.model))

    def gathered(self, model: Model) -> Gathered:
        """Return the one front of a model."""
        with self._lock:
            if id(model) not in self._gathered:
                self._gathered[id(model)] = Gathered(model, timeout=self._timeout)
            return self._gathered[id(model)]

    def _teller(self, sitting: Sitting) -> Listener:
        def tell(event: Event) -> None:
            with self._lock:
                if self._watch is None:
                    return
                try:
                    self._watch(sitting.arm, sitting.seed, event)
                except Exception as problem:
                    self._watch = None
                    told = f"{type(problem).__name__}: {problem}"
                    warnings.warn(
                        f"The view broke and was switched off ({told}); the experiment goes on.",
                        RuntimeWarning,
                        stacklevel=2,
                    )

        return tell

    def _refuse_failures(self, event: Event) -> None:
        """Keep out of the records what fails only because the experiment was stopped."""
        if isinstance(event, Failed) and self._stopped.is_set():
            raise _Stopped

    def _forgetting(self, sides: int) -> Listener:
        """Drop what was said on a question when every sitting has decided it."""

        def listen(event: Event) -> None:
            if isinstance(event, Decided):
                self._count([event.question])
                if self._decided[event.question] >= sides:
                    for front in list(self._gathered.values()):
                        front.forget(event.question)

        return listen

    def _count(self, questions: Iterable[str]) -> None:
        with self._lock:
            self._decided.update(questions)

    def _stop(self) -> None:
        self._stopped.set()
        for front in list(self._gathered.values()):
            front.model.close()
        self._close()

    def _close(self) -> None:
        for front in list(self._gathered.values()):
            front.close()


def _named(problem: BaseException | None, sitting: Sitting) -> BaseException:
    """Return an error with the name of the arm it came from."""
    if isinstance(problem, QuorateError):
        return type(problem)(f"The arm '{sitting.arm}' (seed {sitting.seed}): {problem}")
    return problem or RuntimeError("A sitting ended without a reason.")


def load(agents: Sequence[Agent]) -> None:
    """Load every model once, with all that the agents need of it."""
    for model in {id(agent.model): agent.model for agent in agents}.values():
        model.prepare([agent for agent in agents if agent.model is model])
