"""Experiments from files: YAML, or Python that sets `experiment`.

    name: ring against complete
    problems: {pool: {kind: mixed}, count: 60}
    development: {pool: {kind: mixed, split: development}, count: 40}
    pool: specialists
    arms:
      relay: {topology: ring, protocol: relay}
    grids:
      debate: {topology: [ring, complete], rounds: [2, 3], decide: most_confident}
    seeds: [0]

Instead of `pool:`, `models:` and `agents:` as in a definition file. Paths that start with ./ or ../ are
relative to the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quorate.agents.agent import Agent
from quorate.definition_file import AgentSpec, Models, absolute
from quorate.errors import BadDefinition, QuorateError, RecordError, did_you_mean
from quorate.evaluate.sources import read_problems
from quorate.experiments.experiment import MOST_EXPENSIVE, Experiment
from quorate.experiments.folder import Folder
from quorate.python_file import load_object, source_of
from quorate.yaml_files import read_yaml

ANSWERED = ("accuracy", "lenient_accuracy")
"""Metrics that every table has anyway."""


class _Spec(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _PoolSpec(_Spec):
    members: list[str] | Literal["specialists"] = "specialists"
    folder: str | None = None
    sampling: dict[str, Any] = Field(default_factory=dict)


class _ExperimentSpec(_Spec):
    name: str
    problems: Any
    development: Any = None
    pool: Literal["specialists"] | list[str] | _PoolSpec | None = None
    models: dict[str, str | dict[str, Any]] = Field(default_factory=dict)
    agents: list[AgentSpec] = Field(default_factory=list)
    offices: dict[str, AgentSpec] = Field(default_factory=dict)
    pools: dict[str, list[str | AgentSpec]] = Field(default_factory=dict)
    arms: dict[str, dict[str, Any] | None] = Field(default_factory=dict)
    grids: dict[str, dict[str, Any]] = Field(default_factory=dict)
    seeds: int | list[int] = Field(default_factory=lambda: [0])
    controls: dict[str, Any] = Field(default_factory=dict)
    reference: str = "vote"
    budget: str = MOST_EXPENSIVE
    metrics: list[str] | None = None
    prices: str | dict[str, Any] | None = None
    prompts: str | None = None
    reading: Literal["strict", "lenient"] = "strict"
    at_once: int = 1024
    timeout: float | None = None


def load_experiment(path: str | Path, *, limit: int | None = None) -> Experiment:
    """Read an experiment from a YAML file, or from a Python file that sets `experiment`.

    Parameters
    ----------
    path
        The file.
    limit : int, optional
        Only the first so many problems.

    Raises
    ------
    BadDefinition
        Naming the file, the place in it and the fix.
    """
    path = Path(path)
    if not path.is_file():
        raise BadDefinition(f"There is no experiment file {path}.")
    if path.suffix == ".py":
        found = _load_python(path)
    elif path.suffix in (".yaml", ".yml", ".json"):
        found = build_experiment(read_yaml(path), where=str(path), folder=path.parent)
    else:
        raise BadDefinition(f"{path} is neither YAML (.yaml) nor Python (.py).")
    return found if limit is None else replace(found, problems=found.problems[:limit])


def build_experiment(
    data: Any,
    *,
    where: str = "experiment",
    folder: Path | None = None,
    problems: Sequence[Any] | None = None,
) -> Experiment:
    """Build an experiment from plain data, as a YAML file would hold it.

    Parameters
    ----------
    data : mapping
    where : str
        What errors call it.
    folder : path, optional
        What relative paths start from.
    problems : sequence of Problem, optional
        Problems to use instead of reading them again.

    Examples
    --------
    >>> agents = [{"name": "ada", "model": {"scripted": {"script": "Answer: 5"}}}]
    >>> sums = {"arithmetic": {"form": "a+b"}, "count": 3}
    >>> build_experiment({"name": "sums", "problems": sums, "agents": agents, "arms": {"ring": {}}}).name
    'sums'
    >>> build_experiment({"name": "sums", "problems": sums, "agents": agents, "arm": {"ring": {}}})
    Traceback (most recent call last):
    ...
    quorate.errors.BadDefinition: experiment: unknown key 'arm'. Did you mean 'arms'?
    """
    if not isinstance(data, Mapping):
        raise BadDefinition(
            f"{where}: an experiment is a mapping with problems, agents and arms, not {data!r}."
        )
    home = (folder or Path()).resolve()
    data = absolute(data, home)
    try:
        spec = _ExperimentSpec.model_validate(data)
    except ValidationError as error:
        raise BadDefinition(f"{where}: {_sentence(error)}") from None
    try:
        return _experiment(spec, data, home, problems)
    except ValidationError as error:
        raise BadDefinition(f"{where}: {_sentence(error)}") from None
    except QuorateError as error:
        raise type(error)(f"{where}: {error}") from None


def _experiment(
    spec: _ExperimentSpec, data: Mapping[str, Any], home: Path, problems: Sequence[Any] | None
) -> Experiment:
    voices = _Voices(spec)
    found = read_problems(spec.problems, folder=home) if problems is None else None
    asked = found.problems if found is not None else tuple(problems or ())
    developed = read_problems(spec.development, folder=home).problems if spec.development is not None else ()
    _check_apart(asked, developed)
    suggested = [name for name in (found.metrics if found else ()) if name not in ANSWERED]
    return Experiment(
        name=spec.name,
        problems=asked,
        agents=voices.table,
        arms={name: voices.seat(arm or {}, f"arm '{name}'") for name, arm in spec.arms.items()},
        grids={name: voices.seat(grid, f"grid '{name}'") for name, grid in spec.grids.items()},
        pools={name: [voices.one(agent) for agent in pool] for name, pool in spec.pools.items()},
        offices={office: voices.one(agent) for office, agent in spec.offices.items()},
        seeds=list(range(spec.seeds)) if isinstance(spec.seeds, int) else spec.seeds,
        controls=spec.controls,
        development=developed,
        reference=spec.reference,
        budget=spec.budget,
        metrics=suggested if spec.metrics is None else spec.metrics,
        prices=spec.prices,
        prompts=spec.prompts,
        reading=spec.reading,
        at_once=spec.at_once,
        timeout=spec.timeout,
        about=dict(found.about) if found else {},
        source={"experiment": data, "metrics": suggested},
    )


def _check_apart(problems: Sequence[Any], development: Sequence[Any]) -> None:
    """Refuse a development sample that holds test problems: what is chosen on them is flattered."""
    asked = {problem.question.text for problem in problems}
    both = [problem for problem in development if problem.question.text in asked]
    if both:
        raise BadDefinition(
            f"{len(both)} of the development problems are test problems too, such as "
            f"'{both[0].question.id}'; take another split or seed for one of them."
        )


class _Voices:
    """The agents of an experiment file: the common table, and those that arms bring along."""

    def __init__(self, spec: _ExperimentSpec) -> None:
        if (spec.pool is None) == (not spec.agents):
            raise BadDefinition("Say who is at the common table: either `pool:` or `agents:`.")
        self._models = Models(spec.models)
        listed = spec.agents or _members(spec.pool)
        self.table = [self._models.agent(agent) for agent in listed]
        self._roster = {agent.name: agent for agent in self.table}

    def one(self, spec: str | AgentSpec) -> Agent:
        """Return an agent of the common table by name, or a new one."""
        if isinstance(spec, AgentSpec):
            return self._models.agent(spec)
        if spec not in self._roster:
            raise BadDefinition(
                f"There is no agent '{spec}' at the common table. {did_you_mean(spec, self._roster)}"
            )
        return self._roster[spec]

    def seat(self, arm: Mapping[str, Any], where: str) -> dict[str, Any]:
        """Return an arm's options with agents in the place of what describes them."""
        seated = dict(arm)
        if isinstance(arm.get("agents"), list):
            seated["agents"] = [self._described(agent, where) for agent in arm["agents"]]
        if isinstance(arm.get("offices"), Mapping):
            seated["offices"] = {
                office: self._described(agent, where) for office, agent in arm["offices"].items()
            }
        return seated

    def _described(self, agent: Any, where: str) -> Any:
        if not isinstance(agent, Mapping):
            return agent
        try:
            return self._models.agent(AgentSpec.model_validate(agent))
        except ValidationError as error:
            raise BadDefinition(f"{where}, agents: {_sentence(error)}") from None


def _members(pool: Any) -> list[AgentSpec]:
    """Return the members of a pool as agents of a file."""
    from quorate.lab.demo import pool_data
    from quorate.lab.members import Pool

    spec = pool if isinstance(pool, _PoolSpec) else _PoolSpec(members=pool)
    members = None if spec.members == "specialists" else spec.members
    data = pool_data(Pool(spec.folder), members=members, sampling=spec.sampling)
    return [AgentSpec.model_validate(agent) for agent in data["agents"]]


def reopen(folder: str | Path) -> Experiment:
    """Build the experiment that was begun in a folder again, with the problems that lie there.

    Raises
    ------
    RecordError
        When there is none, a newer Quorate wrote it, or a Python session defined it: that script must then be
        run again.
    """
    place = Folder(folder)
    source = place.describe().get("source") or {}
    if "experiment" in source:
        where = str(place.path / "experiment.json")
        built = build_experiment(source["experiment"], where=where, problems=place.problems())
        metrics = built.metrics or source.get("metrics", ())
        return replace(built, about=place.describe().get("about", {}), metrics=metrics)
    path = Path(source.get("python", ""))
    if not path.is_file():
        raise RecordError(
            f"The experiment in {folder} was defined in a Python session; run that script again with "
            f"compare(experiment, '{folder}')."
        )
    return replace(_load_python(path), problems=place.problems())


def _load_python(path: Path) -> Experiment:
    experiment: Experiment = load_object(path, "experiment", Experiment)
    return replace(experiment, source=source_of(path))


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    if first["type"] == "extra_forbidden":
        inner: dict[str, type[BaseModel]] = {"agents": AgentSpec, "offices": AgentSpec, "pool": _PoolSpec}
        spec: type[BaseModel] = _ExperimentSpec
        for part in place[:-1]:
            spec = inner.get(part, spec)
        inside = f" in {'.'.join(place[:-1])}" if place[:-1] else ""
        return f"unknown key '{place[-1]}'{inside}. {did_you_mean(place[-1], spec.model_fields)}"
    return f"{'.'.join(place)}: {first['msg'].lower()}."
