"""Definitions from files: YAML, or Python that sets `definition`.

    models:
      base: {transformers: {path: ./checkpoints/base}}
    agents:
      - {name: ada, model: base, adapter: ./checkpoints/rates, role: You check units.}
      - {name: bo, model: {endpoint: {url: "http://localhost:8000/v1", model: Qwen/Qwen3-4B}}}
    offices:
      judge: {name: solon, model: base}
    topology: {ring: {k: 1}}
    protocol: {debate: {rounds: 3, until: quorum}}
    roles: ./roles.json

`roles` gives the agents without a role theirs, in order: a file as `quorate roles write` makes it, or a list
of texts. An agent may be planted as an adversary: `adversary: stubborn`. Paths that start with ./ or ../ are
relative to the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quorate import registry
from quorate.agents.adversaries.adversary import Adversary
from quorate.agents.agent import Agent, Model, Sampling
from quorate.definition import Definition, Run
from quorate.errors import BadDefinition, QuorateError, RecordError, did_you_mean
from quorate.evaluate import load_problems
from quorate.events import Listener
from quorate.python_file import digest, load_object, source_of
from quorate.record import PROBLEMS, read_manifest
from quorate.role_files import parse_roles, read_roles
from quorate.yaml_files import read_yaml

if TYPE_CHECKING:
    from quorate.robustness.planting import Plants


class _Spec(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AgentSpec(_Spec):
    """An agent as a file describes it."""

    name: str
    model: str | dict[str, Any]
    role: str = ""
    adapter: str | None = None
    sampling: Sampling = Sampling()
    adversary: str | dict[str, Any] | None = None


class _DefinitionSpec(_Spec):
    models: dict[str, str | dict[str, Any]] = Field(default_factory=dict)
    agents: list[AgentSpec] = Field(min_length=1)
    offices: dict[str, AgentSpec] = Field(default_factory=dict)
    roles: str | list[str] | None = None
    topology: str | dict[str, Any] = "complete"
    protocol: str | dict[str, Any] = "debate"
    seed: int = 0
    reading: Literal["strict", "lenient"] = "strict"
    at_once: int = 128
    timeout: float | None = None


_KEYS: dict[str, type[BaseModel]] = {
    "": _DefinitionSpec,
    "agents": AgentSpec,
    "offices": AgentSpec,
    "sampling": Sampling,
}


def load_definition(path: str | Path) -> Definition:
    """Read a definition from a YAML file, or from a Python file that sets `definition`.

    Raises
    ------
    BadDefinition
        Naming the file, the place in it and the fix.
    """
    path = Path(path)
    if not path.is_file():
        raise BadDefinition(f"There is no definition file {path}.")
    if path.suffix == ".py":
        return _load_python(path)
    if path.suffix not in (".yaml", ".yml", ".json"):
        raise BadDefinition(f"{path} is neither YAML (.yaml) nor Python (.py).")
    return build(read_yaml(path), where=str(path), folder=path.parent)


def build(data: Any, *, where: str = "definition", folder: Path | None = None) -> Definition:
    """Build a definition from plain data, as a YAML file would hold it.

    Examples
    --------
    >>> agents = [{"name": "ada", "model": {"scripted": {"script": "Answer: 5"}}}]
    >>> build({"agents": agents}).ask("What is 2+3?").answer
    '5'
    >>> build({"agents": agents, "topolgy": "ring"})
    Traceback (most recent call last):
    ...
    quorate.errors.BadDefinition: definition: unknown key 'topolgy'. Did you mean 'topology'?
    """
    if not isinstance(data, Mapping):
        raise BadDefinition(f"{where}: a definition is a mapping with a list of agents, not {data!r}.")
    data = absolute(data, (folder or Path()).resolve())
    try:
        spec = _DefinitionSpec.model_validate(data)
    except ValidationError as error:
        raise BadDefinition(f"{where}: {_sentence(error)}") from None
    models = Models(spec.models)
    try:
        return Definition(
            agents=_in_roles([models.agent(agent) for agent in spec.agents], spec.roles),
            offices={office: _honest(office, models.agent(agent)) for office, agent in spec.offices.items()},
            topology=spec.topology,
            protocol=spec.protocol,
            seed=spec.seed,
            reading=spec.reading,
            at_once=spec.at_once,
            timeout=spec.timeout,
            source={"definition": data},
        )
    except QuorateError as error:
        raise type(error)(f"{where}: {error}") from None


def rebuild(manifest: Mapping[str, Any], folder: Path) -> Definition:
    """Build the definition that a run was made with from its manifest."""
    source = manifest.get("source") or {}
    if "definition" in source:
        return build(source["definition"], where=str(folder / "manifest.json"))
    if "experiment" in source:
        raise RecordError(
            f"The run {folder} belongs to the experiment {source['experiment']!r}; continue the whole with "
            "`quorate compare FOLDER`."
        )
    if "python" not in source:
        raise RecordError(
            f"The run {folder} was defined in a Python session; run that script again with "
            f"record='{folder}', resume=True."
        )
    path = Path(source["python"])
    if not path.is_file():
        raise RecordError(f"The run {folder} was defined in {path}, which is gone.")
    if digest(path) != source["sha256"]:
        raise RecordError(
            f"The run {folder} was defined in {path}, which has changed since; restore it first."
        )
    return _load_python(path)


def resume(folder: str | Path, *, retry_failed: bool = False, listeners: Sequence[Listener] = ()) -> Run:
    """Continue the run in a folder from its own manifest: recorded asks are not asked again.

    Raises
    ------
    RecordError
        When the run was defined by a Python script, which then must be run again with `resume=True`.
    """
    definition = rebuild(read_manifest(folder), Path(folder))
    problems = load_problems(Path(folder) / PROBLEMS)
    return definition.run(
        problems, record=folder, resume=True, retry_failed=retry_failed, listeners=listeners
    )


class Models:
    """The models of a file: named ones are shared by the agents that name them, equal paths too."""

    def __init__(self, specs: Mapping[str, str | dict[str, Any]]) -> None:
        self._specs = specs
        self._made: dict[str, Model] = {}
        self._plants: Plants | None = None

    def agent(self, spec: AgentSpec) -> Agent:
        """Return the agent that is described, on its model, or on an adversary in front of it."""
        made = Agent(spec.name, self.find(spec.model), spec.role, spec.adapter, spec.sampling)
        return made if spec.adversary is None else self._plant(made, spec.adversary)

    def _plant(self, agent: Agent, part: str | dict[str, Any]) -> Agent:
        from quorate.robustness.planting import Plants

        self._plants = self._plants or Plants()
        return self._plants(agent, part)

    def find(self, spec: str | dict[str, Any]) -> Model:
        """Return a model by its name in the file, or made from what stands in its place."""
        key = str(spec)
        if key not in self._made:
            self._made[key] = self._make(self._specs.get(key, spec) if isinstance(spec, str) else spec)
        return self._made[key]

    def _make(self, spec: str | dict[str, Any]) -> Model:
        if isinstance(spec, str):
            spec = {spec: {}} if spec in set(registry.model) else {"transformers": {"path": spec}}
        made: Model = registry.model.resolve(spec)()
        return made


def _in_roles(agents: Sequence[Agent], roles: str | Sequence[str] | None) -> list[Agent]:
    """Give the agents that have no role one each, in order: from a file, or as listed."""
    if roles is None:
        return list(agents)
    known = read_roles(roles) if isinstance(roles, str) else parse_roles(roles).texts
    plain = sum(not agent.role for agent in agents)
    if len(known) < plain:
        raise BadDefinition(f"roles: {len(known)} are too few for the {plain} agents that have none.")
    texts = iter(known)
    return [agent if agent.role else replace(agent, role=next(texts)) for agent in agents]


def _honest(office: str, agent: Agent) -> Agent:
    """Refuse an adversary in an office: parts are played by those who state answers of their own."""
    if isinstance(agent.model, Adversary):
        raise BadDefinition(f"offices.{office}: '{agent.name}' cannot be an adversary; plant a debater.")
    return agent


def absolute(data: Any, folder: Path) -> Any:
    """Make every text that starts with ./ or ../ an absolute path, seen from the file's folder."""
    if isinstance(data, Mapping):
        return {key: absolute(value, folder) for key, value in data.items()}
    if isinstance(data, list):
        return [absolute(value, folder) for value in data]
    if isinstance(data, str) and data.startswith(("./", "../")) and "\n" not in data:
        return str((folder / data).resolve())
    return data


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    if first["type"] == "extra_forbidden":
        parents = [part for part in place[:-1] if part in _KEYS]
        known = _KEYS[parents[-1] if parents else ""].model_fields
        inside = f" in {'.'.join(place[:-1])}" if place[:-1] else ""
        return f"unknown key '{place[-1]}'{inside}. {did_you_mean(place[-1], known)}"
    return f"{'.'.join(place)}: {first['msg'].lower()}."


def _load_python(path: Path) -> Definition:
    definition: Definition = load_object(path, "definition", Definition)
    object.__setattr__(definition, "source", source_of(path))
    return definition
