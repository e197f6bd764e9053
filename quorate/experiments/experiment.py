"""An experiment: arms that work on the same problems from the same first drafts, and controls beside them.

experiment = Experiment(
    name="ring against complete",
    problems=problems,
    agents=agents,
    arms={"ring": {"topology": "ring", "rounds": 3}, "complete": {"rounds": 3}},
)
compare(experiment, "runs/graphs")
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from quorate.agents.agent import Agent, Sampling
from quorate.definition import Definition
from quorate.errors import BadDefinition, BadOption, QuorateError, did_you_mean
from quorate.evaluate import Problem
from quorate.evaluate.sources.sets import digest as problems_digest
from quorate.experiments.arms import Arm, read_arms
from quorate.registry import option_names
from quorate.run import Reading

CONTROLS = {
    "best_single": "the best agent alone, its first draft",
    "vote": "a vote over the first drafts, no debate",
    "self_consistency_calls": "self-consistency of the best agent, at equal calls",
    "self_consistency_tokens": "self-consistency of the best agent, at equal tokens",
    "self_refinement": "the best agent revises its own draft, for as many rounds",
    "noise_peers": "the same debate, but the peers talk about other problems",
}
"""What every experiment runs beside its arms, unless it is switched off by name."""
CONTROL_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "best_single": ("agent",),
    "vote": ("decide", "tie_break"),
    "self_consistency_calls": ("agent", "sampling"),
    "self_consistency_tokens": ("agent", "sampling"),
    "self_refinement": ("agent",),
    "noise_peers": ("of",),
}
MOST_EXPENSIVE = "most_expensive"
LONGEST_SLUG = 100
"""Bytes of a folder's name."""
OFF = (False, None, "off")


@dataclass(frozen=True)
class Experiment:
    """What is compared, on what, and beside what.

    Parameters
    ----------
    name : str
        What it is called; the title of its table.
    problems : sequence of Problem
        What every arm works on.
    agents : sequence of Agent
        The common table: who drafts, once, for all arms.
    arms : mapping of str to mapping
        Each arm's options: `topology`, `protocol` and options of it such as `rounds` or `decide`; `agents`
        (names of the common table, or a name from `pools`, or other agents), `offices`, `reading`,
        `shares_drafts: false` for an arm that cannot hear the common drafts, `about` for the table.
    grids : mapping of str to mapping
        As an arm, but options may list several values: one arm for each combination.
    pools : mapping of str to sequence
        Named groups of agents, for `agents` of arms and grids.
    offices : mapping of str to Agent
        Who sits outside the graph in every arm that does not seat its own.
    seeds : sequence of int
        One repetition each.
    controls : mapping of str to bool or mapping
        Options of the controls by name; `off` (or False) leaves one out.
    development : sequence of Problem
        On which the best agent is chosen; without them it is chosen on the test problems, and the table
        says so.
    reference : str
        The arm or control that all differences are taken to.
    budget : str
        The arm whose calls, tokens and rounds the controls at equal cost get; when "most_expensive" the one
        that costs most tokens, and for equal calls the one that makes most.
    metrics : sequence of str
        Further scores of every answer, by name.
    prices : path or mapping, optional
        What tokens cost; see `quorate.evaluate.prices`.
    prompts : str, optional
        A folder of prompt files, for the common drafts and all arms that name no other.
    reading : {"strict", "lenient"}
        How answers are read from texts, where an arm does not say.
    at_once : int
        Most questions open at the same time, over all arms; large ones keep the batches of local models full
        while only a few arms with many rounds are left.
    timeout : float, optional
        Seconds after which a call of a model counts as failed.

    Raises
    ------
    BadOption, BadDefinition
        For no arm, no problem, an unknown control or arm (with what was probably meant), options that no
        definition has.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> from quorate.nouns import Question
    >>> agents = [Agent(name, Scripted("Answer: 5")) for name in ("ada", "bo")]
    >>> sums = [Problem(question=Question(text="2+3?"), gold="5")]
    >>> ring = {"ring": {"topology": "ring"}}
    >>> study = Experiment("sums", sums, agents, ring, controls={"noise_peers": False})
    >>> [arm.name for arm in study.everything], list(study.kept)[-1]
    (['ring'], 'self_refinement')
    """

    name: str
    problems: Sequence[Problem]
    agents: Sequence[Agent]
    arms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    grids: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    pools: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    offices: Mapping[str, Agent] = field(default_factory=dict)
    seeds: Sequence[int] = (0,)
    controls: Mapping[str, Any] = field(default_factory=dict)
    development: Sequence[Problem] = ()
    reference: str = "vote"
    budget: str = MOST_EXPENSIVE
    metrics: Sequence[str] = ()
    prices: str | Path | Mapping[str, Any] | None = None
    prompts: str | None = None
    reading: Reading = "strict"
    at_once: int = 1024
    timeout: float | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    """Where the problems come from, as the record states it."""
    source: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)
    """How to build this experiment again when its folder is compared without the file."""

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.name.isprintable():
            raise BadDefinition(f"An experiment needs a printable name, not {self.name!r}.")
        if not len(self.problems):
            raise BadDefinition("The experiment has no problem to work on.")
        object.__setattr__(self, "about", dict(self.about or getattr(self.problems, "about", {})))
        object.__setattr__(self, "problems", tuple(self.problems))
        object.__setattr__(self, "development", tuple(self.development))
        if self.at_once < 1:
            raise BadOption(f"at_once must be at least 1 question, not {self.at_once}.")
        self._check_seeds()
        self._check_controls()
        names = [arm.name for arm in self.everything]
        if not names:
            raise BadDefinition("The experiment has no arm; give it one, such as arms={'ring': {...}}.")
        if self.budget != MOST_EXPENSIVE and self.budget not in names:
            raise BadOption(
                f"The budget is that of an arm, and there is no arm '{self.budget}'. "
                f"{did_you_mean(self.budget, [*names, MOST_EXPENSIVE])}"
            )
        if self.reference not in [*names, *CONTROLS]:
            raise BadOption(
                f"The reference '{self.reference}' is neither an arm nor a control. "
                f"{did_you_mean(self.reference, [*names, *CONTROLS])}"
            )

    def _check_seeds(self) -> None:
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise BadOption(f"Seeds are one or more different numbers, not {list(self.seeds)}.")

    def _check_controls(self) -> None:
        for name, options in self.controls.items():
            if name not in CONTROLS:
                raise BadOption(f"There is no control '{name}'. {did_you_mean(str(name), CONTROLS)}")
            if options in OFF or options is True:
                continue
            if not isinstance(options, Mapping):
                raise BadOption(f"The control '{name}' is off, or has options; it cannot be {options!r}.")
            for option in options:
                if option not in CONTROL_OPTIONS[name]:
                    raise BadOption(
                        f"The control '{name}' has no option '{option}'. "
                        f"{did_you_mean(str(option), CONTROL_OPTIONS[name])}"
                    )
            self._check_names(name, options)

    def _check_names(self, name: str, options: Mapping[str, Any]) -> None:
        known = {"agent": list(self.roster), "of": [arm.name for arm in self.everything]}
        for option, names in known.items():
            if option in options and options[option] not in names:
                raise BadOption(
                    f"The control '{name}' names '{options[option]}', which is not in the experiment. "
                    f"{did_you_mean(str(options[option]), names)}"
                )
        if "sampling" in options:
            _check_sampling(name, options["sampling"])

    @cached_property
    def digest(self) -> str:
        """A fingerprint of the problems."""
        return problems_digest(self.problems)

    @cached_property
    def development_digest(self) -> str | None:
        """A fingerprint of the development sample; None without one."""
        return problems_digest(self.development) if self.development else None

    @cached_property
    def roster(self) -> dict[str, Agent]:
        """The common table, by name."""
        return {agent.name: agent for agent in self.agents}

    @cached_property
    def everything(self) -> tuple[Arm, ...]:
        """All arms, those of the grids too, in the order of the definition; controls are not among them."""
        arms = read_arms(self.arms, self.grids, self.agents, self.pools, self.offices)
        taken = {slug(name): f"the control '{name}'" for name in CONTROLS}
        for arm in arms:
            if arm.name in CONTROLS:
                raise BadDefinition(f"'{arm.name}' is the name of a control; call the arm something else.")
            other = taken.setdefault(slug(arm.name), f"the arm '{arm.name}'")
            if other != f"the arm '{arm.name}'":
                raise BadDefinition(f"The arm '{arm.name}' and {other} would share a folder; rename the arm.")
        return arms

    @cached_property
    def kept(self) -> dict[str, Mapping[str, Any]]:
        """The controls that are not switched off, with their options."""
        given = {name: self.controls.get(name, {}) for name in CONTROLS}
        return {
            name: options if isinstance(options, Mapping) else {}
            for name, options in given.items()
            if options not in OFF
        }

    def definition(self, arm: Arm, seed: int) -> Definition:
        """Return what an arm is with one seed, as an ordinary definition.

        Raises
        ------
        QuorateError
            Naming the arm.
        """
        protocol = arm.protocol
        if self.prompts is not None and "prompts" in option_names(protocol):
            bound = getattr(protocol, "keywords", {})
            protocol = partial(protocol, **{"prompts": self.prompts, **bound})
        try:
            return Definition(
                arm.agents,
                topology=arm.topology,
                protocol=protocol,
                offices=arm.offices,
                seed=seed,
                reading=arm.reading or self.reading,
                at_once=self.at_once,
                timeout=self.timeout,
            )
        except QuorateError as problem:
            raise type(problem)(f"The arm '{arm.name}': {problem}") from None


def _check_sampling(control: str, given: Any) -> None:
    try:
        Sampling.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        why = f"{place}: {first['msg'].lower()}." if place else f"{first['msg']}."
        if first["type"] == "extra_forbidden":
            why = f"there is no '{place}'. {did_you_mean(place, Sampling.model_fields)}"
        raise BadOption(f"The sampling of the control '{control}': {why}") from None


def slug(name: str) -> str:
    """Return a name as a folder can have it.

    Examples
    --------
    >>> slug("ring, 3 rounds / greedy")
    'ring-3-rounds-greedy'
    """
    plain = re.sub(r"[^\w.]+", "-", name.lower()).strip("-.") or "arm"
    if len(plain.encode()) <= LONGEST_SLUG:
        return plain
    digest = hashlib.blake2b(plain.encode(), digest_size=5).hexdigest()
    return f"{plain.encode()[: LONGEST_SLUG - 11].decode(errors='ignore')}-{digest}"
