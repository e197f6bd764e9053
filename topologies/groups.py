"""Groups: topologies made of layers that feed forward, or of cliques with bridges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise, product
from typing import Any

import networkx as nx

from quorate.errors import BadGraph, BadOption
from quorate.registry import topology
from quorate.topologies.seating import check_seats, count, seated, whole
from quorate.topologies.shapes import isolated


@topology
def layered(
    seats: Sequence[str], *, sizes: Sequence[int] | None = None, width: int | None = None
) -> nx.DiGraph[str]:
    """Let layers feed forward: each seat hears all of the layer before it, and no one else.

    The wiring of a multi-layer perceptron; the first layer hears nobody.

    Parameters
    ----------
    seats : sequence of str
        The agents, layer by layer.
    sizes : sequence of int, optional
        Seats in each layer; they add up to n.
    width : int, optional
        Seats in every layer, the last may be smaller; near the square root of n when both are left out.

    Returns
    -------
    networkx.DiGraph
        Without cycles.

    Raises
    ------
    BadOption
        When both options are given, or `sizes` is not a list of whole numbers.
    BadGraph
        When the sizes do not add up to the number of seats.

    Examples
    --------
    >>> list(layered(["ada", "bo", "cy"], sizes=[2, 1]).edges)
    [('ada', 'cy'), ('bo', 'cy')]
    """
    seats = check_seats("layered", seats)
    graph = isolated(seats)
    for before, after in pairwise(_layers(seats, sizes, width)):
        graph.add_edges_from(product(before, after))
    return graph


def _layers(seats: tuple[str, ...], sizes: Sequence[int] | None, width: int | None) -> list[tuple[str, ...]]:
    if sizes is None:
        width = (
            math.ceil(math.sqrt(len(seats))) if width is None else whole("layered", "width", width, least=1)
        )
        return [seats[start : start + width] for start in range(0, len(seats), width)]
    if width is not None:
        raise BadOption("The topology 'layered' takes 'sizes' or 'width', not both: leave one out.")
    if isinstance(sizes, str) or not isinstance(sizes, Sequence):
        raise BadOption(f"The option 'sizes' of the topology 'layered' is a list of numbers, not {sizes!r}.")
    ends = [0]
    for size in sizes:
        ends.append(ends[-1] + whole("layered", "sizes", size, least=1))
    if ends[-1] != len(seats):
        raise BadGraph(
            f"The layers {list(sizes)} have room for {count(ends[-1])}, and there are {len(seats)}: "
            "make the sizes add up to the number of agents."
        )
    return [seats[start:end] for start, end in pairwise(ends)]


@topology
def two_cliques(seats: Sequence[str], *, bridges: int = 1) -> nx.DiGraph[str]:
    """Let two halves hear everybody in their own half, with few bridges between them.

    Parameters
    ----------
    seats : sequence of str
        The agents: the first half (the larger one when n is odd), then the second.
    bridges : int
        Pairs that hear each other across the gap, at most n//2: the seats nearest to it in order.
        0 leaves two groups that never hear of each other.

    Returns
    -------
    networkx.DiGraph
        With an edge both ways for every pair that hears each other.

    Raises
    ------
    BadGraph
        When there are fewer than two seats, or more bridges than seats in the smaller half.

    Examples
    --------
    >>> sorted(two_cliques(["ada", "bo", "cy", "dan"]).predecessors("bo"))
    ['ada', 'cy']
    """
    seats = check_seats("two_cliques", seats, least=2)
    second = len(seats) // 2
    first = len(seats) - second
    if whole("two_cliques", "bridges", bridges) > second:
        raise BadGraph(
            f"Two cliques of {first} and {second} have at most {second} separate bridges, not {bridges}: "
            f"use bridges={second} or less, or the topology 'complete'."
        )
    halves: nx.Graph[Any] = nx.disjoint_union(nx.complete_graph(first), nx.complete_graph(second))
    halves.add_edges_from((first - 1 - i, first + i) for i in range(bridges))
    return seated(halves, seats)
