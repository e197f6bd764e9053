"""Arms: the ways of deciding that an experiment compares, given one by one or as a grid.

{"ring": {"topology": "ring", "protocol": "debate", "rounds": 3}}
{"debate": {"topology": ["ring", "complete"], "rounds": [2, 3]}}        a grid of four
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from quorate import registry
from quorate.agents.agent import Agent
from quorate.errors import BadDefinition, BadOption, did_you_mean
from quorate.registry import label, option_names
from quorate.run import Reading

KEYS = ("agents", "offices", "topology", "protocol", "reading", "shares_drafts", "about")
"""Options of an arm; all others are options of its protocol."""


@dataclass(frozen=True)
class Arm:
    """One way of deciding: who, over which graph, by which protocol.

    `shares_drafts` is False for an arm that cannot, or must not, hear the common first drafts.
    """

    name: str
    agents: tuple[Agent, ...]
    protocol: Any = "debate"
    topology: Any = "complete"
    offices: Mapping[str, Agent] = field(default_factory=dict)
    reading: Reading | None = None
    shares_drafts: bool = True
    about: str = ""


def read_arms(
    arms: Mapping[str, Mapping[str, Any]],
    grids: Mapping[str, Mapping[str, Any]],
    agents: Sequence[Agent],
    pools: Mapping[str, Sequence[Any]],
    offices: Mapping[str, Agent],
) -> tuple[Arm, ...]:
    """Read arms and expand grids.

    Raises
    ------
    BadDefinition, BadOption
        Naming the arm: an unknown key or option, two arms of one name, agents that are not there.

    Examples
    --------
    >>> from quorate.agents import Scripted
    >>> table = [Agent("ada", Scripted("5")), Agent("bo", Scripted("5"))]
    >>> grid = {"debate": {"topology": ["ring", "complete"], "rounds": [2, 3]}}
    >>> [arm.name for arm in read_arms({}, grid, table, {}, {})][:3]
    ['debate, ring, rounds 2', 'debate, ring, rounds 3', 'debate, complete, rounds 2']
    """
    specs = [*arms.items(), *((n, s) for grid, spec in grids.items() for n, s in expand(grid, spec))]
    names = [str(name) for name, _ in specs]
    for name in names:
        if names.count(name) > 1:
            raise BadDefinition(f"Two arms are called '{name}'; give each its own name.")
        if not name.strip() or not name.isprintable():
            raise BadDefinition(f"An arm needs a printable name, not {name!r}.")
    return tuple(_read(str(name), spec or {}, agents, pools, offices) for name, spec in specs)


def expand(name: str, spec: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the arms of a grid: one for each combination of the values that are listed."""
    if not isinstance(spec, Mapping):
        raise BadDefinition(f"The grid '{name}' is a mapping of options to lists of values, not {spec!r}.")
    listed = {key: value for key, value in spec.items() if isinstance(value, list)}
    for key, values in listed.items():
        if not values:
            raise BadDefinition(f"The grid '{name}' lists no value for {key}.")
    for one in product(*listed.values()):
        chosen = dict(zip(listed, one, strict=True))
        parts = [_told(key, chosen[key]) for key in chosen if len(listed[key]) > 1]
        yield ", ".join([str(name), *parts]), {**spec, **chosen}


def _told(key: str, value: Any) -> str:
    """Say a value as the name of an arm does."""
    if isinstance(value, Mapping):
        inside = ", ".join(
            f"{name} {' '.join(f'{k} {v}' for k, v in options.items())}" if options else str(name)
            for name, options in value.items()
        )
        return inside.strip()
    if isinstance(value, (list, tuple)):
        return "+".join(str(getattr(item, "name", item)) for item in value)
    shown = value if isinstance(value, (str, int, float)) else label(value)
    return str(shown) if key in ("topology", "protocol", "agents") else f"{key} {shown}"


def _read(
    name: str,
    spec: Mapping[str, Any],
    agents: Sequence[Agent],
    pools: Mapping[str, Sequence[Any]],
    offices: Mapping[str, Agent],
) -> Arm:
    if not isinstance(spec, Mapping):
        raise BadDefinition(f"The arm '{name}' is a mapping such as {{topology: ring}}, not {spec!r}.")
    own = {key: value for key, value in spec.items() if key in KEYS}
    rest = {key: value for key, value in spec.items() if key not in KEYS}
    own["agents"] = _seated(name, own.get("agents", tuple(agents)), agents, pools)
    own["offices"] = {
        office: _known(name, agent, agents) for office, agent in own.get("offices", offices).items()
    }
    if not isinstance(own.get("shares_drafts", True), bool):
        raise BadDefinition(f"The arm '{name}': shares_drafts is true or false.")
    return Arm(name, **{**own, "protocol": _bound(name, own.get("protocol", "debate"), rest)})


def _seated(
    arm: str, wanted: Any, agents: Sequence[Agent], pools: Mapping[str, Sequence[Any]]
) -> tuple[Agent, ...]:
    if isinstance(wanted, str):
        if wanted not in pools:
            raise BadDefinition(
                f"The arm '{arm}' is to be held by '{wanted}', which is none of the pools. "
                f"{did_you_mean(wanted, pools)}"
            )
        wanted = pools[wanted]
    return tuple(_known(arm, one, agents) for one in wanted)


def _known(arm: str, wanted: Any, agents: Sequence[Agent]) -> Agent:
    if isinstance(wanted, Agent):
        return wanted
    roster = {agent.name: agent for agent in agents}
    if wanted not in roster:
        raise BadDefinition(
            f"The arm '{arm}' seats '{wanted}', who is not at the common table. "
            f"{did_you_mean(str(wanted), roster)}"
        )
    return roster[wanted]


def _bound(arm: str, protocol: Any, options: Mapping[str, Any]) -> Any:
    """Bind what an arm says beside its own keys to its protocol."""
    try:
        made = registry.protocol.resolve(protocol)
        known = option_names(made)
        for option in options:
            if option not in known:
                raise BadOption(
                    f"neither an arm nor its protocol '{label(made)}' has an option '{option}'. "
                    f"{did_you_mean(str(option), [*KEYS, *known])}"
                )
        return registry.protocol.bind(made, options)
    except BadOption as problem:
        raise type(problem)(f"The arm '{arm}': {problem}") from None
