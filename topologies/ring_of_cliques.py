"""Cliques around a circle: groups that talk among themselves, and to the next group over a few bridges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, pairwise

import networkx as nx

from quorate.errors import BadGraph
from quorate.registry import topology
from quorate.topologies.seating import check_seats, count, whole
from quorate.topologies.shapes import isolated


@topology
def cliques(seats: Sequence[str], *, groups: int | None = None, bridges: int = 1) -> nx.DiGraph[str]:
    """Let groups talk among themselves, and over bridges to the next group around a circle.

    The groups of GroupDebate (Liu et al., arXiv 2409.14051), with agents on the borders instead of summaries.

    Parameters
    ----------
    seats : sequence of str
        The agents, group by group; groups differ by one seat at most.
    groups : int, optional
        How many; near the square root of the number of seats when left out.
    bridges : int
        Pairs that hear each other between one group and the next: the last seats of one, the first of the
        other. 0 leaves groups that never hear of each other.

    Returns
    -------
    networkx.DiGraph
        With an edge both ways for every pair that hears each other.

    Raises
    ------
    BadGraph
        When a group would be empty, or has fewer seats than bridges.

    Examples
    --------
    >>> sorted(cliques("abcdef", groups=3).predecessors("b"))
    ['a', 'c']
    """
    seats = check_seats("cliques", seats)
    bounds = group_bounds(len(seats), groups, bridges)
    graph = isolated(seats)
    pairs = [pair for first, end in pairwise(bounds) for pair in combinations(range(first, end), 2)]
    for one, other in [*pairs, *bridges_between(bounds, bridges)]:
        graph.add_edge(seats[one], seats[other])
        graph.add_edge(seats[other], seats[one])
    return graph


def group_bounds(size: int, groups: int | None, bridges: int) -> list[int]:
    """Return where each group of `cliques` begins, and the number of seats; BadGraph when it cannot be.

    Examples
    --------
    >>> group_bounds(7, 3, 1)
    [0, 2, 4, 7]
    """
    groups = max(1, math.isqrt(size)) if groups is None else whole("cliques", "groups", groups, least=1)
    if groups > size:
        raise BadGraph(f"{count(size)} do not make {groups} groups: use groups={size} or less.")
    bounds = [size * group // groups for group in range(groups + 1)]
    least = min(end - first for first, end in pairwise(bounds))
    if whole("cliques", "bridges", bridges) > least:
        raise BadGraph(
            f"Groups of {count(least)} have at most {least} bridges to the next one, not {bridges}: use "
            f"bridges={least} or less, or fewer groups."
        )
    return bounds


def bridges_between(bounds: Sequence[int], bridges: int) -> list[tuple[int, int]]:
    """Return the pairs of places between each group and the next; two groups meet once.

    Examples
    --------
    >>> bridges_between([0, 2, 4, 6], 1)
    [(1, 2), (3, 4), (5, 0)]
    """
    groups = len(bounds) - 1
    last = groups if groups > 2 else groups - 1
    return [
        (bounds[group + 1] - 1 - i, bounds[(group + 1) % groups] + i)
        for group in range(last)
        for i in range(bridges)
    ]
