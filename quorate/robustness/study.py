"""A study of robustness: one table of agents, attacked by parts, numbers and places, over graphs and filters.

study = Study("attacks", problems, agents, kinds=["colluding"], topologies=["ring", "complete"])
[trial.arm for trial in study.trials][:2]   ->   ["ring", "ring, 1 colluding at any"]

It is an ordinary experiment (`study.experiment`): every trial is an arm, clean or with adversaries planted.
The honest agents' first drafts are the same in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from quorate import registry
from quorate.agents.adversaries import Adversary, adversary
from quorate.agents.agent import Agent
from quorate.definition import Definition
from quorate.errors import BadOption
from quorate.evaluate import Problem
from quorate.experiments import CONTROLS, Experiment
from quorate.redeciding import called
from quorate.registry import option_names, spell
from quorate.robustness.findings import NONE
from quorate.robustness.places import Place, spots
from quorate.robustness.planting import Plants
from quorate.run import Reading

COUNTS = (0, 1, 2, 3)


@dataclass(frozen=True)
class Trial:
    """One arm of a study: a graph, the filters on it, and who is planted where; nobody is in a clean one."""

    arm: str
    topology: str
    filter: str = NONE
    kind: str = ""
    place: str = ""
    seats: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many adversaries there are."""
        return len(self.seats)

    @property
    def clean(self) -> str:
        """The name of the arm with the same graph and filters, and without adversaries."""
        return arm_name(self.topology, self.filter)


def arm_name(topology: str, filter: str, attack: str = "") -> str:
    """Name an arm: the graph, the filters unless there is none, and the attack unless it is clean.

    Examples
    --------
    >>> arm_name("ring", "none"), arm_name("ring", "top_k (k 2)", "2 stubborn at hub")
    ('ring', 'ring, top_k (k 2), 2 stubborn at hub')
    """
    return ", ".join(part for part in (topology, "" if filter == NONE else filter, attack) if part)


@dataclass(frozen=True)
class Study:
    """What is attacked, how, and on what.

    Parameters
    ----------
    name : str
        The title of its table.
    problems : sequence of Problem
        With gold answers: robustness is accuracy.
    agents : sequence of Agent
        The honest table.
    protocol : name, mapping or callable
        How they deliberate; filters are options of it.
    kinds : sequence of parts
        What the adversaries play, one after the other: see `quorate.agents.adversaries`.
    counts : sequence of int
        How many are planted; the clean arms (0) are always there, as what all others are compared with.
    places : sequence
        Where: "hub", "leaf", "random", or a list of seats. See `quorate.robustness.places`.
    topologies : sequence of topologies
    filters : sequence
        Filters to try on every graph, one a time: a name, a mapping, a list of several at once, or "none".
        Without any is always tried too.
    offices : mapping of str to Agent
        Honest seats outside the graph, such as a judge.
    seeds : sequence of int
        One repetition each.
    reading, at_once, timeout
        As for `Experiment`.

    Raises
    ------
    BadOption, BadDefinition
        For an unknown name or option, adversaries as many as agents, or agents that are adversaries already.

    Examples
    --------
    >>> from quorate.agents import Scripted
    >>> from quorate.nouns import Question
    >>> agents = [Agent(name, Scripted("Answer: 5")) for name in ("ada", "bo", "cy", "di")]
    >>> sums = [Problem(question=Question(text="2+3?"), gold="5")]
    >>> study = Study("sums", sums, agents, counts=[1], topologies=["star"])
    >>> [trial.arm for trial in study.trials]
    ['star', 'star, 1 confidently_wrong at hub', 'star, 1 confidently_wrong at leaf']
    """

    name: str
    problems: Sequence[Problem]
    agents: Sequence[Agent]
    protocol: Any = "debate"
    kinds: Sequence[Any] = ("confidently_wrong",)
    counts: Sequence[int] = COUNTS
    places: Sequence[Place] = ("hub", "leaf")
    topologies: Sequence[Any] = ("ring", "star", "complete")
    filters: Sequence[Any] = ()
    offices: Mapping[str, Agent] = field(default_factory=dict)
    seeds: Sequence[int] = (0,)
    reading: Reading = "strict"
    at_once: int = 256
    timeout: float | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    source: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)
    """How to build this study again from its folder."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "agents", tuple(self.agents))
        self._check_counts()
        for what in ("kinds", "places", "topologies"):
            value = getattr(self, what)
            if isinstance(value, str) or not value:
                raise BadOption(f"The {what} of a study are a list with one entry or more, not {value!r}.")
        for agent in [*self.agents, *self.offices.values()]:
            if isinstance(agent.model, Adversary):
                raise BadOption(
                    f"'{agent.name}' is an adversary already; a study plants its own at an honest table."
                )
        if not any(problem.gold is not None for problem in self.problems):
            raise BadOption("Robustness is accuracy under attack: give problems that have gold answers.")
        _ = self.experiment

    def _check_counts(self) -> None:
        most = len(self.agents) - 1
        for count in self.counts:
            if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= most:
                raise BadOption(
                    f"Of {len(self.agents)} agents 0 to {most} can be adversaries, so that an honest one is "
                    f"left; {count!r} cannot."
                )
        if len(set(self.counts)) < len(self.counts) or not self.counts:
            raise BadOption(f"The counts of a study are different numbers, not {list(self.counts)}.")

    @classmethod
    def of(cls, definition: Definition, problems: Sequence[Problem], name: str, **options: Any) -> Study:
        """Make a study of a definition's agents and protocol; its own topology is one of those you name.

        Examples
        --------
        >>> from quorate.agents import Scripted
        >>> from quorate.nouns import Question
        >>> table = Definition([Agent(name, Scripted("Answer: 5")) for name in ("ada", "bo")])
        >>> sums = [Problem(question=Question(text="2+3?"), gold="5")]
        >>> len(Study.of(table, sums, "sums", counts=[0, 1]).trials)
        6
        """
        known = {
            "protocol": definition.rules,
            "offices": definition.offices,
            "seeds": (definition.seed,),
            "reading": definition.reading,
            "timeout": definition.timeout,
        }
        return cls(name, problems, definition.agents, **{**known, **options})

    @cached_property
    def trials(self) -> tuple[Trial, ...]:
        """Every arm: for each graph and filter the clean one first, then the attacks."""
        return tuple(self._trials())

    def _trials(self) -> Iterator[Trial]:
        for topology, graph in self._topologies.items():
            for filtered in self._filters:
                yield Trial(arm_name(topology, filtered), topology, filtered)
                for kind in self._kinds:
                    for place, seats in self._planted(graph):
                        attack = f"{len(seats)} {kind} at {place}"
                        name = arm_name(topology, filtered, attack)
                        yield Trial(name, topology, filtered, kind, place, seats)

    def _planted(self, graph: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield who is planted, by place: the same seats at two places are planted once."""
        table = Definition(self.agents, topology=graph, seed=self.seeds[0]).table
        places = spots(self.places, table.hearing(1), seed=self.seeds[0])
        for count in sorted(self.counts):
            done: set[frozenset[str]] = set()
            for place, order in places.items():
                if 0 < count <= len(order) and frozenset(order[:count]) not in done:
                    done.add(frozenset(order[:count]))
                    yield place, order[:count]

    @cached_property
    def experiment(self) -> Experiment:
        """The same as an experiment: one arm a trial, and no control."""
        found = [self._arm(trial) for trial in self.trials]
        return Experiment(
            name=self.name,
            problems=self.problems,
            agents=self.agents,
            arms={trial.arm: arm for trial, arm in zip(self.trials, found, strict=True)},
            offices=self.offices,
            seeds=self.seeds,
            controls=dict.fromkeys(CONTROLS, False),
            reference=self.trials[0].arm,
            prompts=self._prompts,
            reading=self.reading,
            at_once=self.at_once,
            timeout=self.timeout,
            about=self.about,
        )

    def _arm(self, trial: Trial) -> dict[str, Any]:
        rules = registry.protocol.resolve(self.protocol)
        wanted = self._filters[trial.filter]
        if wanted:
            rules = registry.protocol.bind(rules, {"filters": wanted})
        kind = self._kinds.get(trial.kind)
        agents = [self._plants(a, kind) if a.name in trial.seats else a for a in self.agents]
        return {
            "agents": agents,
            "topology": self._topologies[trial.topology],
            "protocol": rules,
            "shares_drafts": not trial.seats,
        }

    @cached_property
    def _plants(self) -> Plants:
        return Plants(self.agents[0], prompts=self._prompts, seed=self.seeds[0])

    @property
    def _prompts(self) -> str | None:
        rules = registry.protocol.resolve(self.protocol)
        given: str | None = getattr(rules, "keywords", {}).get("prompts")
        return given if "prompts" in option_names(rules) else None

    @cached_property
    def _kinds(self) -> dict[str, Any]:
        return {called(spell(adversary.resolve(kind))): kind for kind in self.kinds}

    @cached_property
    def _topologies(self) -> dict[str, Any]:
        return {
            f"graph {number}"
            if hasattr(spec, "nodes")
            else called(spell(registry.topology.resolve(spec))): spec
            for number, spec in enumerate(self.topologies, 1)
        }

    @cached_property
    def _filters(self) -> dict[str, list[Any]]:
        """The filters by name, none first."""
        found: dict[str, list[Any]] = {NONE: []}
        for given in self.filters:
            wanted = [] if given in (None, NONE, False) else given
            listed = list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]
            found[" + ".join(map(_told, listed)) or NONE] = listed
        return found

    def limited(self, limit: int | None) -> Study:
        """Return the same with only the first so many problems."""
        return self if limit is None else replace(self, problems=tuple(self.problems)[:limit])


def _told(spec: Any) -> str:
    """Name a filter: resolving it belongs to the protocol."""
    if isinstance(spec, Mapping):
        return called({str(name): options or {} for name, options in spec.items()}).replace(" ()", "")
    return called(spell(spec)) if callable(spec) else str(spec)
