"""Groups: topologies made of layers that feed forward, or of cliques with bridges."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise, product
from typing import Any

import networkx as nx

from quorate.registry import topology
from quorate.topologies.limits import clique_halves, layer_sizes
from quorate.topologies.seating import check_seats, seated
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
    bounds = accumulate(layer_sizes(len(seats), sizes, width), initial=0)
    layers = [seats[start:end] for start, end in pairwise(bounds)]
    for before, after in pairwise(layers):
        graph.add_edges_from(product(before, after))
    return graph


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
    seats = check_seats("two_cliques", seats)
    first, second = clique_halves(len(seats), bridges)
    halves: nx.Graph[Any] = nx.disjoint_union(nx.complete_graph(first), nx.complete_graph(second))
    halves.add_edges_from((first - 1 - i, first + i) for i in range(bridges))
    return seated(halves, seats)
