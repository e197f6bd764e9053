"""Shapes: topologies that need no chance, from everybody hears everybody to nobody hears anybody."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import networkx as nx

from quorate.errors import BadOption, did_you_mean
from quorate.registry import topology
from quorate.topologies.limits import grid_columns, ring_neighbours, star_hearers
from quorate.topologies.seating import check_seats, seated, whole


@topology
def complete(seats: Sequence[str]) -> nx.DiGraph[str]:
    """Let everybody hear everybody: density 1, the all-to-all debate of Du et al. (arXiv 2305.14325).

    Parameters
    ----------
    seats : sequence of str
        The agents, in order.

    Returns
    -------
    networkx.DiGraph
        With n(n-1) edges.

    Examples
    --------
    >>> sorted(complete(["ada", "bo"]).edges)
    [('ada', 'bo'), ('bo', 'ada')]
    """
    graph: nx.DiGraph[str] = nx.complete_graph(check_seats("complete", seats), create_using=nx.DiGraph)
    return graph


@topology
def isolated(seats: Sequence[str]) -> nx.DiGraph[str]:
    """Let nobody hear anybody: each agent thinks alone, as in self-consistency or a plain vote.

    Parameters
    ----------
    seats : sequence of str
        The agents, in order.

    Returns
    -------
    networkx.DiGraph
        Without edges.

    Examples
    --------
    >>> isolated(["ada", "bo"]).number_of_edges()
    0
    """
    graph: nx.DiGraph[str] = nx.empty_graph(check_seats("isolated", seats), create_using=nx.DiGraph)
    return graph


@topology
def ring(seats: Sequence[str], *, k: int = 1) -> nx.DiGraph[str]:
    """Let each seat hear its k neighbours on each side of a circle, both ways: a circulant graph.

    With k=1 this is the sparse debate of Choi et al. (arXiv 2508.17536), density 2/(n-1).

    Parameters
    ----------
    seats : sequence of str
        The agents, around the circle.
    k : int
        Neighbours on each side, at most (n-1)/2; k=1 also seats one or two agents.

    Returns
    -------
    networkx.DiGraph
        In which each of three or more seats hears 2k others.

    Raises
    ------
    BadGraph
        When the circle is too small for 2k different neighbours.

    Examples
    --------
    >>> sorted(ring(["ada", "bo", "cy", "dan"]).predecessors("ada"))
    ['bo', 'dan']
    """
    seats = check_seats("ring", seats)
    k = ring_neighbours(len(seats), k)
    return seated(nx.circulant_graph(len(seats), list(range(1, k + 1))), seats)


@topology
def star(
    seats: Sequence[str], *, hears: Literal["both", "hub", "leaves"] = "both", hub: str | None = None
) -> nx.DiGraph[str]:
    """Link leaves to one hub and to nobody else: centralised debate.

    Parameters
    ----------
    seats : sequence of str
        The agents, in order.
    hears : {"both", "hub", "leaves"}
        Who hears: hub and leaves each other, only the hub the leaves, or only the leaves the hub.
    hub : str, optional
        The seat in the middle; the first one when left out.

    Returns
    -------
    networkx.DiGraph
        With n-1 edges, or twice as many when both hear.

    Raises
    ------
    BadOption
        When the hub is not a seat, or `hears` is none of the three.

    Examples
    --------
    >>> sorted(star(["ada", "bo", "cy"], hears="hub", hub="bo").edges)
    [('ada', 'bo'), ('cy', 'bo')]
    """
    seats = check_seats("star", seats)
    hub = seats[0] if hub is None else hub
    if hub not in seats:
        raise BadOption(f"The hub '{hub}' of the star is not an agent. {did_you_mean(str(hub), seats)}")
    hub_hears, leaves_hear = star_hearers(hears)
    graph = isolated(seats)
    for _, leaf in nx.star_graph([hub, *(seat for seat in seats if seat != hub)]).edges:
        if hub_hears:
            graph.add_edge(leaf, hub)
        if leaves_hear:
            graph.add_edge(hub, leaf)
    return graph


@topology
def chain(seats: Sequence[str], *, directed: bool = False) -> nx.DiGraph[str]:
    """Put the seats in a row: each hears its neighbours, or only the one before it when `directed`.

    Parameters
    ----------
    seats : sequence of str
        The agents, along the row.
    directed : bool
        Whether what is said travels one way only, from the first seat to the last.

    Returns
    -------
    networkx.DiGraph
        With n-1 edges when directed, else 2(n-1).

    Examples
    --------
    >>> list(chain(["ada", "bo", "cy"], directed=True).edges)
    [('ada', 'bo'), ('bo', 'cy')]
    """
    seats = check_seats("chain", seats)
    return seated(nx.path_graph(len(seats), create_using=nx.DiGraph if directed else None), seats)


@topology
def tree(seats: Sequence[str], *, branching: int = 2) -> nx.DiGraph[str]:
    """Fill a tree level by level: each seat hears its parent and its children.

    Parameters
    ----------
    seats : sequence of str
        The agents: the root, its children from left to right, their children ...
    branching : int
        Children of a seat, at least 1.

    Returns
    -------
    networkx.DiGraph
        With 2(n-1) edges.

    Examples
    --------
    >>> sorted(tree(["ada", "bo", "cy", "dan"]).predecessors("bo"))
    ['ada', 'dan']
    """
    seats = check_seats("tree", seats)
    return seated(nx.full_rary_tree(whole("tree", "branching", branching, least=1), len(seats)), seats)


@topology
def grid(seats: Sequence[str], *, rows: int | None = None) -> nx.DiGraph[str]:
    """Put the seats in rows and columns: each hears those left, right, above and below it (no wrap-around).

    Parameters
    ----------
    seats : sequence of str
        The agents, row by row; the last row may be shorter.
    rows : int, optional
        Number of rows; as near to a square as can be when left out.

    Returns
    -------
    networkx.DiGraph
        In which nobody hears more than four others.

    Raises
    ------
    BadGraph
        When the seats cannot fill that many rows.

    Examples
    --------
    >>> sorted(grid(["ada", "bo", "cy", "dan"], rows=2).predecessors("ada"))
    ['bo', 'cy']
    """
    seats = check_seats("grid", seats)
    size = len(seats)
    columns = grid_columns(size, rows)
    lattice = nx.grid_2d_graph(math.ceil(size / columns), columns)
    cells = [(place // columns, place % columns) for place in range(size)]
    numbered = nx.relabel_nodes(lattice.subgraph(cells), {cell: i for i, cell in enumerate(cells)})
    return seated(numbered, seats)
