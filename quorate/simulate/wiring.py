"""Wiring: a topology by name, with options, as a network for any number of agents, turn by turn."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import networkx as nx
import yaml

from quorate.errors import BadGraph, BadOption
from quorate.nouns import derive_seed
from quorate.registry import label, topology, unbound
from quorate.simulate import chance, shapes
from quorate.simulate.network import Network

MOST_AGENTS = 50_000_000
MOST_SEATED = 20_000
"""Most agents for a topology that only networkx can make."""
AS_SEATED = 2_000
"""Most agents for whom a random graph is the very one that a table of that size gets."""

SHAPES: dict[str, Callable[..., Network]] = {
    maker.__name__: maker
    for maker in (
        shapes.chain,
        shapes.cliques,
        shapes.complete,
        shapes.grid,
        shapes.isolated,
        shapes.layered,
        shapes.ring,
        shapes.star,
        shapes.tree,
        shapes.two_cliques,
    )
}
RANDOM: dict[str, Callable[..., Network]] = {
    maker.__name__: maker
    for maker in (chance.erdos_renyi, chance.random_regular, chance.scale_free, chance.small_world)
}


@dataclass(frozen=True)
class Wiring:
    """A topology for a number of agents.

    Parameters
    ----------
    name : str
        With its options: "random_regular:degree=4".
    size : int
        Agents.
    at : callable
        The network of a turn; 1 is the first revision.
    lasting : bool
        Whether it is the same network at every turn.
    """

    name: str
    size: int
    at: Callable[[int], Network]
    lasting: bool = True


def wire(spec: Any, agents: int) -> Wiring:
    """Wire agents by anything that names a topology.

    Shapes are made as arrays. So are random graphs of more than 2,000 agents; smaller ones are those that
    `quorate.topologies` draws for a table of that size. Any other topology goes through networkx, for up to
    20,000 agents.

    Parameters
    ----------
    spec : str, mapping, callable, networkx graph, path or Wiring
        A name, with options if any ("ring", "ring:k=2"), `{name: options}`, a maker, a graph, or a file that
        ends in .graphml.
    agents : int
        How many; a graph has as many as it has nodes.

    Raises
    ------
    UnknownName, BadOption, BadGraph
        When there is no such topology, or none for so many agents.

    Examples
    --------
    >>> wire("ring:k=2", 1_000_000).at(1).edges
    4000000
    """
    if isinstance(spec, Wiring):
        return spec
    if isinstance(spec, (nx.Graph, Path)) or (isinstance(spec, str) and spec.endswith(".graphml")):
        return _given(spec, agents)
    if isinstance(agents, bool) or not isinstance(agents, int) or not 1 <= agents <= MOST_AGENTS:
        raise BadOption(f"Simulate 1 to {MOST_AGENTS:,} agents, not {agents!r}.")
    spec = parse(spec) if isinstance(spec, str) else spec
    return _made(topology.resolve(spec), agents)


def _made(maker: Callable[..., Any], agents: int) -> Wiring:
    name, options = label(maker), dict(maker.keywords) if isinstance(maker, partial) else {}
    shown = _name(name, options)
    ours = unbound(maker)
    if ours.__module__.startswith("quorate.topologies"):
        if name in SHAPES:
            return _lasting(shown, SHAPES[name](agents, **options))
        if name in RANDOM and agents > AS_SEATED:
            return _lasting(shown, RANDOM[name](agents, **options))
        if name == "per_round" and options.get("rounds"):
            return _one_after_the_other([wire(item, agents) for item in options["rounds"]])
        if name == "resampled" and agents > AS_SEATED:
            return _drawn_anew(shown, agents, **options)
    return _seated(shown, maker, agents)


def _lasting(name: str, network: Network) -> Wiring:
    return Wiring(name, network.size, lambda turn: network)


def _one_after_the_other(parts: list[Wiring]) -> Wiring:
    def at(turn: int) -> Network:
        return parts[min(max(turn, 1), len(parts)) - 1].at(turn)

    return Wiring(" then ".join(part.name for part in parts), parts[0].size, at, lasting=len(parts) == 1)


def _drawn_anew(name: str, agents: int, of: Any = "erdos_renyi", seed: int = 0) -> Wiring:
    maker = topology.resolve(parse(of) if isinstance(of, str) else of)
    options = dict(maker.keywords) if isinstance(maker, partial) else {}
    if label(maker) not in RANDOM or "seed" in options:
        raise BadOption(
            f"For {agents:,} agents, 'resampled' takes one of {', '.join(RANDOM)}, without a seed of its own."
        )

    @lru_cache(maxsize=1)
    def at(turn: int) -> Network:
        return RANDOM[label(maker)](agents, seed=derive_seed(seed, turn), **options)

    return Wiring(name, agents, at, lasting=False)


def _seated(name: str, maker: Callable[..., Any], agents: int) -> Wiring:
    if agents > MOST_SEATED:
        raise BadGraph(
            f"The topology '{name}' is made by networkx, which holds {MOST_SEATED:,} agents in reasonable "
            f"time, and here are {agents:,}. Larger ones are: {', '.join(sorted([*SHAPES, *RANDOM]))}."
        )
    from quorate.topologies import build

    made = build(maker, [str(agent) for agent in range(agents)])
    if callable(made):
        return Wiring(name, agents, lambda turn: Network.of_graph(made(turn)), lasting=False)
    return _lasting(name, Network.of_graph(made))


def _given(spec: nx.Graph[Any] | Path | str, agents: int) -> Wiring:
    name = "graph" if isinstance(spec, nx.Graph) else Path(spec).name
    graph = spec if isinstance(spec, nx.Graph) else _read(Path(spec))
    if len(graph) != agents:
        raise BadGraph(f"The graph '{name}' has {len(graph):,} nodes, and there are {agents:,} agents.")
    return _lasting(name, Network.of_graph(graph))


def _read(path: Path) -> nx.Graph[Any]:
    try:
        found: nx.Graph[Any] = nx.read_graphml(path)
    except OSError as error:
        raise BadGraph(
            f"The GraphML file '{path}' cannot be read ({error.strerror}): check the path."
        ) from None
    except Exception as error:  # networkx lets whatever a malformed file breaks escape as it is
        raise BadGraph(f"The file '{path}' is not a GraphML file that networkx can read: {error}.") from None
    return found


def parse(text: str) -> dict[str, Any]:
    """Read a name and its options: "name" or "name:option=value,option=value".

    Raises
    ------
    BadOption
        When an option has no value.

    Examples
    --------
    >>> parse("random_regular:degree=4,seed=1")
    {'random_regular': {'degree': 4, 'seed': 1}}
    """
    name, _, rest = text.partition(":")
    options: dict[str, Any] = {}
    for pair in re.split(r",(?=\s*\w+=)", rest) if rest else ():
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise BadOption(f"Options are written as in 'ring:k=2', not '{text}'.")
        try:
            options[key.strip()] = _number(yaml.safe_load(value))
        except yaml.YAMLError:
            raise BadOption(f"The value of '{key.strip()}' in '{text}' cannot be read.") from None
    return {name.strip(): options}


def _number(value: Any) -> Any:
    """Return a value of YAML, to which 1e-5 is a text."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _name(name: str, options: Mapping[str, Any]) -> str:
    written = ",".join(f"{key}={_written(value)}" for key, value in options.items())
    return f"{name}:{written}" if written else name


def _written(value: Any) -> str:
    return label(value) if callable(value) else str(value)
