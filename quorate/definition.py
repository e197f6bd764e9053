"""A definition says what is run: agents, topology, protocol, seed. It answers one question or many.

definition = Definition(agents=[Agent("ada", model), Agent("bo", model)], topology="ring")
definition.ask("What is 17*3?").answer
definition.run(load_problems("problems.jsonl"), record="runs/first")
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from quorate import registry
from quorate.agents.agent import Agent, Model
from quorate.errors import BadOption, RecordError, did_you_mean
from quorate.evaluate import Problem, dump_problems
from quorate.events import Event, Listener
from quorate.manifest import check_setup, manifest_of, setup_of
from quorate.nouns import Outcome, Question, Table
from quorate.record import PROBLEMS, Record, read_events, read_manifest, read_replays
from quorate.registry import option_names
from quorate.results import Run as Run
from quorate.run import Engine, Protocol, Reading, Replay
from quorate.topologies import build


@dataclass(frozen=True)
class Definition:
    """Who deliberates and how.

    Parameters
    ----------
    agents : sequence of Agent
        The debaters, one a seat.
    topology : name, mapping, maker, or networkx graph
        Who hears whom; an edge u -> v means that v hears u.
    protocol : name, mapping, or callable
        How they deliberate.
    offices : mapping of str to Agent
        Agents outside the graph, such as `{"judge": agent}`.
    seed : int
        Every draw derives from it.
    reading : {"strict", "lenient"}
        How answers are read from texts.
    at_once : int
        Most questions open at the same time.
    timeout : float, optional
        Seconds after which a call of a model counts as failed.

    Raises
    ------
    BadOption
        For an unknown name or option, no agents, or two agents of one name.
    BadGraph
        When the graph does not fit the agents.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> panel = [Agent("ada", Scripted("Answer: 51")), Agent("bo", Scripted(["Answer: 41", "Answer: 51"]))]
    >>> outcome = Definition(panel, topology="ring").ask("What is 17*3?")
    >>> outcome.answer, outcome.rounds, outcome.reason
    ('51', 2, 'all 2 agree; plurality, 2 of 2 votes')
    """

    agents: Sequence[Agent]
    topology: Any = "complete"
    protocol: Any = "debate"
    offices: Mapping[str, Agent] = field(default_factory=dict)
    seed: int = 0
    reading: Reading = "strict"
    at_once: int = 128
    timeout: float | None = None
    source: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)
    """How to build this definition again when a run is resumed from the command line."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "agents", tuple(self.agents))
        if self.reading not in ("strict", "lenient"):
            raise BadOption(
                f"There is no reading '{self.reading}'. {did_you_mean(self.reading, ['strict', 'lenient'])}"
            )
        if self.at_once < 1:
            raise BadOption(f"at_once must be at least 1 question, not {self.at_once}.")
        if self.timeout is not None and self.timeout <= 0:
            raise BadOption(f"A timeout is a positive number of seconds, not {self.timeout}.")
        for office, agent in self.offices.items():
            if agent.name in {debater.name for debater in self.agents}:
                raise BadOption(f"'{agent.name}' is a debater and cannot be the {office} too; name it apart.")
        _ = self.table

    @cached_property
    def table(self) -> Table:
        """The seats and the graph."""
        seats = [agent.name for agent in self.agents]
        offices = {office: agent.name for office, agent in self.offices.items()}
        Table(seats, offices=offices)  # its complaints about the seats come before any about the graph
        table = Table(seats, self.graph, offices=offices, seed=self.seed)
        if not self._leaves_out():
            _warn_of_isolation(table)
        return table

    @cached_property
    def graph(self) -> Any:
        """The topology made for these seats: a networkx.DiGraph, or a function of the turn that gives one."""
        spec = self.topology
        if not hasattr(spec, "nodes"):
            spec = registry.topology.resolve(spec)
            bound = spec.keywords if isinstance(spec, partial) else {}
            if "seed" in option_names(spec) and "seed" not in bound:
                spec = partial(spec, seed=self.seed)
        return build(spec, [agent.name for agent in self.agents])

    def _leaves_out(self) -> bool:
        """Tell whether the topology declares that whom it leaves out, it leaves out on purpose."""
        if hasattr(self.topology, "nodes"):
            return False
        declared = registry.topology.declared_by(registry.topology.resolve(self.topology))
        return declared is not None and declared.leaves_out

    @cached_property
    def voices(self) -> dict[str, Agent]:
        """Everybody who can be asked, debaters and officers, by name."""
        return {agent.name: agent for agent in [*self.agents, *self.offices.values()]}

    @cached_property
    def rules(self) -> Protocol:
        """The protocol with its options bound."""
        return registry.protocol.resolve(self.protocol)

    @cached_property
    def models(self) -> list[Model]:
        """The distinct models, each once, in the order of first use."""
        return list({id(agent.model): agent.model for agent in self.voices.values()}.values())

    def prepare(self, question: Question | None = None) -> None:
        """Load every model once; complaints about protocol options come first, before any weights."""
        if question is not None:
            turns = self.rules(question, self.table)
            next(turns)
            turns.close()
        for model in self.models:
            model.prepare([agent for agent in self.voices.values() if agent.model is model])

    def ask(self, question: Question | str, *listeners: Listener) -> Outcome:
        """Deliberate over one question and return its outcome; nothing is recorded."""
        question = Question.of(question)
        self.prepare(question)
        (outcome,) = self._engine(listeners).run([question])
        return outcome

    def run(
        self,
        problems: Iterable[Problem | Question | str],
        *,
        record: str | Path | None = None,
        resume: bool = False,
        retry_failed: bool = False,
        listeners: Sequence[Listener] = (),
    ) -> Run:
        """Deliberate over many questions.

        Parameters
        ----------
        problems
            Problems, questions or texts; gold answers stay outside the deliberation.
        record : path, optional
            The run folder to write. It must not hold a run, unless `resume`.
        resume : bool
            Continue the run in `record` if there is one; recorded asks are not asked again.
        retry_failed : bool
            With `resume`, let questions in which a seat failed start afresh.
        listeners
            Called with every event; a resumed run first replays the recorded ones.

        Raises
        ------
        RecordMismatch
            When the recorded run was made with another definition or other problems.
        KeyboardInterrupt
            On ctrl-C; what was recorded can be resumed.
        """
        todo = [p if isinstance(p, Problem) else Problem(question=Question.of(p)) for p in problems]
        _check_ids(todo)
        run = Run(
            gold={p.question.id: p.gold for p in todo if p.gold is not None},
            folder=Path(record) if record is not None else None,
        )
        if todo:
            self.prepare(todo[0].question)
        with ExitStack() as stack:
            watchers = [_guarded(listener) for listener in listeners]
            replays: dict[str, Replay] = {}
            if run.folder is not None:
                writer, replays = self._record(run.folder, todo, resume, retry_failed, watchers)
                watchers.insert(0, stack.enter_context(writer))
            decided = {name: replay.outcome for name, replay in replays.items() if replay.outcome}
            fresh = self._engine(watchers).run((p.question for p in todo), replays)
            decided |= {outcome.question: outcome for outcome in fresh}
        run.outcomes = {p.question.id: decided[p.question.id] for p in todo}
        return run

    def _engine(self, listeners: Sequence[Listener]) -> Engine:
        return Engine(
            self.rules,
            self.table,
            self.voices,
            listeners=listeners,
            reading=self.reading,
            at_once=self.at_once,
            timeout=self.timeout,
        )

    def _record(
        self,
        folder: Path,
        todo: Sequence[Problem],
        resume: bool,
        retry_failed: bool,
        watchers: Sequence[Listener],
    ) -> tuple[Record, dict[str, Replay]]:
        if not (resume and (folder / "manifest.json").exists()):
            return Record.create(folder, self.manifest(todo), dump_problems(todo)), {}
        check_setup(read_manifest(folder).get("setup") or {}, self.setup())
        if (folder / PROBLEMS).read_text("utf-8") != dump_problems(todo):
            raise RecordError(
                f"The run {folder} is about other problems than the ones given; they are in its {PROBLEMS}."
            )
        record = Record.resume(folder)
        replays = read_replays(folder, retry_failed=retry_failed)
        for event in read_events(folder):
            for watcher in watchers:
                watcher(event)
        return record, replays

    def setup(self) -> dict[str, Any]:
        """Describe everything that an answer depends on, as plain data; two equal set-ups ask the same."""
        return setup_of(self)

    def manifest(self, todo: Sequence[Problem]) -> dict[str, Any]:
        """Return what is stored beside the events: the set-up, versions, and how to build it again."""
        return manifest_of(self, len(todo))


def deliberate(question: Question | str, agents: Sequence[Agent], **options: Any) -> Outcome:
    """Deliberate over one question: the shortest way in. Options are those of `Definition`.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> deliberate("What is 2+3?", [Agent("ada", Scripted("Answer: 5"))]).answer
    '5'
    """
    return Definition(agents, **options).ask(question)


def _guarded(listener: Listener) -> Listener:
    """Keep a broken view from ending a run: warn once, then go on without it."""
    broken = False

    def call(event: Event) -> None:
        nonlocal broken
        if broken:
            return
        try:
            listener(event)
        except Exception as problem:
            broken = True
            warnings.warn(
                f"A listener broke and was switched off ({type(problem).__name__}: {problem}); "
                "the run goes on.",
                RuntimeWarning,
                stacklevel=2,
            )

    return call


def _warn_of_isolation(table: Table) -> None:
    hearing = table.hearing(1)
    heard = {seat for others in hearing.values() for seat in others}
    alone = [seat for seat in table.seats if not hearing[seat] and seat not in heard]
    if heard and alone:
        warnings.warn(
            f"Nobody hears {', '.join(alone)} and they hear nobody; connect them, or leave them out.",
            UserWarning,
            stacklevel=4,
        )


def _check_ids(todo: Sequence[Problem]) -> None:
    seen: set[str] = set()
    for problem in todo:
        if problem.question.id in seen:
            raise BadOption(f"Two problems share the id '{problem.question.id}'; give each its own.")
        seen.add(problem.question.id)
