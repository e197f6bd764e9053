"""Manifests: everything that the answers of a run depend on, as plain data, stored beside its events.

{"quorate": "0.1.0", "created": "2026-01-31T09:00:00Z", "problems": 200,
 "setup": {"seed": 0, "protocol": "debate", "topology": {"maker": "ring", "first_graph": "5f0c..."},
           "agents": [{"name": "ada", "model": 0, ...}], "models": [{"path": "./base", ...}], ...}}
"""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from quorate import registry
from quorate.agents.agent import Agent
from quorate.protocols.prompting import Prompts
from quorate.record import check_same
from quorate.registry import spell

if TYPE_CHECKING:
    from quorate.definition import Definition

LIBRARIES = ("torch", "transformers", "peft", "networkx", "openai")
"""Whose versions a manifest names."""


def setup_of(definition: Definition) -> dict[str, Any]:
    """Describe everything that an answer depends on; two equal set-ups ask the same.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> from quorate.definition import Definition
    >>> found = setup_of(Definition([Agent("ada", Scripted("Answer: 5"))], topology={"ring": {"k": 1}}))
    >>> found["topology"]["maker"], found["agents"][0]["name"], found["seed"]
    ({'ring': {'k': 1}}, 'ada', 0)
    """
    index = {id(model): place for place, model in enumerate(definition.models)}
    rules = definition.rules
    options = rules.keywords if isinstance(rules, partial) else {}
    return {
        "seed": definition.seed,
        "reading": definition.reading,
        "protocol": spell(rules),
        "prompts": Prompts.load(options.get("prompts")).versions(),
        "topology": _topology(definition),
        "agents": [_voice(agent, index) for agent in definition.agents],
        "offices": {office: _voice(agent, index) for office, agent in definition.offices.items()},
        "models": [dict(model.describe()) for model in definition.models],
    }


def _voice(agent: Agent, index: Mapping[int, int]) -> dict[str, Any]:
    return {
        "name": agent.name,
        "model": index[id(agent.model)],
        "role": agent.role,
        "adapter": agent.adapter,
        "sampling": agent.sampling.model_dump(mode="json"),
    }


def _topology(definition: Definition) -> dict[str, Any]:
    hearing = json.dumps(definition.table.hearing(1), sort_keys=True)
    digest = hashlib.blake2b(hearing.encode(), digest_size=8).hexdigest()
    named = definition.topology if not hasattr(definition.topology, "nodes") else "from_graph"
    return {"maker": spell(registry.topology.resolve(named)), "first_graph": digest}


def manifest_of(definition: Definition, problems: int) -> dict[str, Any]:
    """Return what is stored of a run over so many problems: the set-up, versions, and how to build it again.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> from quorate.definition import Definition
    >>> manifest_of(Definition([Agent("ada", Scripted("Answer: 5"))]), problems=200)["problems"]
    200
    """
    return {
        "quorate": version("quorate"),
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "problems": problems,
        "setup": setup_of(definition),
        "source": definition.source,
    }


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def check_setup(recorded: Mapping[str, Any], setup: Mapping[str, Any]) -> None:
    """Raise RecordMismatch where a recorded set-up would not ask the same as this one.

    The same model may be served elsewhere today, and prompts that the record does not know were not used in
    it.

    Examples
    --------
    >>> here = {"seed": 0, "prompts": {}, "models": [{"url": "http://here"}]}
    >>> check_setup(here, {**here, "models": [{"url": "http://there"}]})
    >>> check_setup(here, {**here, "seed": 1})
    Traceback (most recent call last):
    ...
    quorate.errors.RecordMismatch: The record belongs to another configuration: seed was 0, now it is 1. ...
    """
    check_same(_wherever(recorded), _wherever(_as_known(recorded, setup)))


def _as_known(recorded: Mapping[str, Any], setup: Mapping[str, Any]) -> dict[str, Any]:
    """Return a set-up without the prompts that the record does not know."""
    prompts = setup["prompts"]
    known = recorded.get("prompts") or prompts
    return {**setup, "prompts": {name: prompts[name] for name in prompts if name in known}}


def _wherever(setup: Mapping[str, Any]) -> Any:
    """Return a set-up without the addresses of its servers."""
    plain = json.loads(json.dumps(setup))
    for described in plain.get("models", ()):
        described.pop("url", None)
    return plain
