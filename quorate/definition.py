"""A definition says what is run: agents, topology, protocol, seed. It answers one question or many.

definition = Definition(agents=[Agent("ada", model), Agent("bo", model)], topology="ring")
definition.ask("What is 17*3?").answer
definition.run(load_problems("problems.jsonl"), record="runs/first")
"""

from __future__ import annotations

import hashlib
import json
import platform
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from quorate import registry
from quorate.agents.agent import Agent, Model
from quorate.errors import BadOption, RecordError, did_you_mean
from quorate.evaluate import Problem, correct, dump_problems
from quorate.events import Event, Listener
from quorate.notebook import drawn
from quorate.nouns import Outcome, Question, Table
from quorate.protocols.prompting import Prompts
from quorate.record import PROBLEMS, Record, check_same, read_events, read_manifest, read_replays
from quorate.registry import label, option_names, spell
from quorate.run import Engine, Protocol, Reading, Replay
from quorate.topologies import build

LIBRARIES = ("torch", "transformers", "peft", "networkx", "openai")


@dataclass
class Run:
    """What came of a run: the outcome of every question, in the order of the problems.

    Iterating gives the outcomes. `accuracy` counts decided questions with a gold answer, `scored` how many
    there are; an undecided question is wrong.
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    gold: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None

    def __iter__(self) -> Iterator[Outcome]:
        """Iterate over the outcomes."""
        return iter(self.outcomes.values())

    @property
    def scored(self) -> int:
        """Outcomes that have a gold answer to be compared with."""
        return sum(name in self.gold for name in self.outcomes)

    @property
    def accuracy(self) -> float | None:
        """Share of scored outcomes whose answer is the gold one; None when nothing is scored."""
        right = sum(bool(correct(outcome, self.gold.get(name))) for name, outcome in self.outcomes.items())
        return right / self.scored if self.scored else None

    def summary(self) -> list[str]:
        """Sum the run up in a few lines: accuracy, ends, abstentions, failures, cost.

        Examples
        --------
        >>> Run({"q1": Outcome(question="q1", answer="5", rounds=1, calls=3)}, {"q1": "5"}).summary()[0]
        '1 question decided, 0 without an answer'
        """
        outcomes = list(self)
        count, answered = len(outcomes), sum(outcome.answer is not None for outcome in outcomes)
        lines = [f"{answered} question{'s' * (answered != 1)} decided, {count - answered} without an answer"]
        if self.accuracy is not None:
            right = round(self.accuracy * self.scored)
            lines.append(f"accuracy {self.accuracy:.1%} ({right} of {self.scored} with a gold answer)")
        lines.append(
            f"consensus on {sum(outcome.consensus for outcome in outcomes)}, "
            f"ties on {sum(len(outcome.winners) > 1 for outcome in outcomes)}, "
            f"{sum(outcome.invalid for outcome in outcomes)} abstentions, "
            f"{sum(bool(outcome.failed) for outcome in outcomes)} questions with a failed seat"
        )
        lines.append(
            f"{sum(outcome.calls for outcome in outcomes):,} calls, "
            f"{sum(outcome.tokens_in for outcome in outcomes):,} tokens in, "
            f"{sum(outcome.tokens_out for outcome in outcomes):,} out"
        )
        return lines

    def _repr_html_(self) -> str | None:
        """Show itself in a notebook."""
        return drawn(self, "run_html")


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
        if not _is_learned(self.topology):
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
        recorded = read_manifest(folder).get("setup") or {}
        check_same(_wherever(recorded), _wherever(_as_known(recorded, self.setup())))
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
        index = {id(model): place for place, model in enumerate(self.models)}

        def voice(agent: Agent) -> dict[str, Any]:
            described = {"name": agent.name, "model": index[id(agent.model)], "role": agent.role}
            sampling = agent.sampling.model_dump(mode="json")
            return {**described, "adapter": agent.adapter, "sampling": sampling}

        options = self.rules.keywords if isinstance(self.rules, partial) else {}
        return {
            "seed": self.seed,
            "reading": self.reading,
            "protocol": spell(self.rules),
            "prompts": Prompts.load(options.get("prompts")).versions(),
            "topology": self._spell_topology(),
            "agents": [voice(agent) for agent in self.agents],
            "offices": {office: voice(agent) for office, agent in self.offices.items()},
            "models": [dict(model.describe()) for model in self.models],
        }

    def _spell_topology(self) -> Any:
        hearing = json.dumps(self.table.hearing(1), sort_keys=True)
        digest = hashlib.blake2b(hearing.encode(), digest_size=8).hexdigest()
        named = self.topology if not hasattr(self.topology, "nodes") else "from_graph"
        return {"maker": spell(registry.topology.resolve(named)), "first_graph": digest}

    def manifest(self, todo: Sequence[Problem]) -> dict[str, Any]:
        """Return what is stored beside the events: the set-up, versions, and how to build it again."""
        return {
            "quorate": version("quorate"),
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "python": platform.python_version(),
            "libraries": {name: _version(name) for name in LIBRARIES},
            "problems": len(todo),
            "setup": self.setup(),
            "source": self.source,
        }


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


def _is_learned(topology: Any) -> bool:
    """Whether a graph was learned: whom it leaves out, it leaves out on purpose."""
    return not hasattr(topology, "nodes") and label(registry.topology.resolve(topology)) == "learned"


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


def _as_known(recorded: Mapping[str, Any], setup: dict[str, Any]) -> dict[str, Any]:
    """Return a set-up without the prompts that the record does not know: it has used none of them."""
    prompts = setup["prompts"]
    known = recorded.get("prompts") or prompts
    return {**setup, "prompts": {name: prompts[name] for name in prompts if name in known}}


def _wherever(setup: Any) -> Any:
    """Return a set-up without the addresses of its servers: the same model may be served elsewhere today."""
    plain = json.loads(json.dumps(setup or {}))
    for described in plain.get("models", ()):
        described.pop("url", None)
    return plain


def _check_ids(todo: Sequence[Problem]) -> None:
    seen: set[str] = set()
    for problem in todo:
        if problem.question.id in seen:
            raise BadOption(f"Two problems share the id '{problem.question.id}'; give each its own.")
        seen.add(problem.question.id)


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None
