"""Seating: the checks that all makers share, and how a networkx graph takes the names of the seats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import networkx as nx

from quorate.errors import BadGraph, BadOption
from quorate.registry import label, topology

GraphAt = Callable[[int], "nx.DiGraph[str]"]
"""A graph for each turn; turn 1 is the first revision."""


def check_seats(maker: str, seats: Sequence[str], *, least: int = 1) -> tuple[str, ...]:
    """Return the seats as a tuple, or say why `maker` cannot arrange them.

    Raises
    ------
    BadOption
        When two seats share a name.
    BadGraph
        When there are fewer than `least` seats.

    Examples
    --------
    >>> check_seats("ring", ["ada", "bo"])
    ('ada', 'bo')
    """
    seats = tuple(seats)
    seen: set[str] = set()
    for seat in seats:
        if seat in seen:
            raise BadOption(f"Two agents share the name '{seat}'; give every agent its own.")
        seen.add(seat)
    enough(maker, len(seats), least)
    return seats


def enough(maker: str, size: int, least: int) -> int:
    """Return the number of seats, or say that `maker` needs more.

    Examples
    --------
    >>> enough("two_cliques", 1, 2)
    Traceback (most recent call last):
    ...
    quorate.errors.BadGraph: The topology 'two_cliques' needs at least 2 seats, and there is 1: add ...
    """
    if size < least:
        have = "there is nobody" if not size else f"there {_are(size)}"
        raise BadGraph(
            f"The topology '{maker}' needs at least {count(least)}, and {have}: add agents"
            + (", or use the topology 'complete'." if size else ".")
        )
    return size


def count(seats: int) -> str:
    """Spell a number of seats.

    Examples
    --------
    >>> count(1), count(4)
    ('1 seat', '4 seats')
    """
    return f"{seats} seat" if seats == 1 else f"{seats} seats"


def _are(seats: int) -> str:
    return f"{'is' if seats == 1 else 'are'} {seats}"


def whole(maker: str, option: str, value: Any, *, least: int = 0) -> int:
    """Return a whole-number option, or say what it should be.

    Examples
    --------
    >>> whole("ring", "k", 0, least=1)
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The option 'k' of the topology 'ring' is a whole number of at least 1, not 0.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise BadOption(
            f"The option '{option}' of the topology '{maker}' is a whole number of at least {least}, "
            f"not {value!r}."
        )
    return value


def share(maker: str, option: str, value: Any, *, kind: str = "topology") -> float:
    """Return an option that is a share between 0 and 1, or say what it should be; `kind` says what makes.

    Examples
    --------
    >>> share("drop_edges", "p", -0.5, kind="filter")
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The option 'p' of the filter 'drop_edges' lies between 0 and 1, not -0.5.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise BadOption(f"The option '{option}' of the {kind} '{maker}' lies between 0 and 1, not {value!r}.")
    return float(value)


def seated(graph: nx.Graph[Any], seats: Sequence[str]) -> nx.DiGraph[str]:
    """Give the nodes 0..n-1 of a networkx graph the names of the seats.

    Parameters
    ----------
    graph : networkx.Graph
        With the nodes 0..n-1; an undirected edge becomes two directed ones.
    seats : sequence of str
        The n names, in order.

    Returns
    -------
    networkx.DiGraph
        All seats in order, without self-loops and attributes: a seat always knows what it said itself.

    Examples
    --------
    >>> list(seated(nx.path_graph(2), ["ada", "bo"]).edges)
    [('ada', 'bo'), ('bo', 'ada')]
    """
    placed: nx.DiGraph[str] = nx.DiGraph()
    placed.add_nodes_from(seats)
    for u, v in graph.edges():
        if u != v:
            placed.add_edge(seats[u], seats[v])
            if not graph.is_directed():
                placed.add_edge(seats[v], seats[u])
    return placed


def directed(graph: nx.Graph[str]) -> nx.DiGraph[str]:
    """Return a graph as who hears whom: an undirected edge is heard both ways.

    Examples
    --------
    >>> list(directed(nx.Graph([("ada", "bo")])).edges)
    [('ada', 'bo'), ('bo', 'ada')]
    """
    return graph if isinstance(graph, nx.DiGraph) else graph.to_directed()


def build(spec: Any, seats: Sequence[str]) -> nx.DiGraph[str] | GraphAt:
    """Arrange the seats by anything that names a topology.

    Parameters
    ----------
    spec : str, mapping, callable or networkx graph
        A registered name, `{name: options}`, a maker, or a graph whose nodes are the seats.
    seats : sequence of str
        The agents, in order.

    Returns
    -------
    networkx.DiGraph or callable
        A graph, or a callable that returns the graph of a turn.

    Raises
    ------
    UnknownName, BadOption, BadGraph
        When there is no such topology, or none for these seats and options.

    Examples
    --------
    >>> sorted(build({"star": {"hears": "hub"}}, ["ada", "bo", "cy"]).edges)
    [('bo', 'ada'), ('cy', 'ada')]
    """
    if isinstance(spec, nx.Graph):
        spec = {"from_graph": {"graph": spec}}
    maker = topology.resolve(spec)
    made: nx.DiGraph[str] | GraphAt = maker(check_seats(label(maker), seats))
    if not callable(made) and not isinstance(made, nx.Graph):
        raise BadGraph(
            f"The topology '{label(maker)}' returned {type(made).__name__}; "
            "a topology returns a networkx.DiGraph, or a function of the turn that does."
        )
    return made
