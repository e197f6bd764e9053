"""Shapes of any size as arrays: the makers of `quorate.topologies` that need no chance.

Each takes the number of agents and the options of its namesake, and gives the same graph.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from quorate.errors import BadGraph, BadOption
from quorate.simulate.network import NOBODY, Network, check_links
from quorate.topologies.ring_of_cliques import bridges_between, group_bounds
from quorate.topologies.seating import count, whole


def complete(size: int) -> Network:
    """Let everybody hear everybody, without listing the n(n-1) edges.

    Examples
    --------
    >>> complete(1_000_000).edges
    999999000000
    """
    return replace(Network.of_blocks([size], [0]), modulus=0.0)


def isolated(size: int) -> Network:
    """Let nobody hear anybody."""
    return Network.of_links(size, [], [])


def ring(size: int, *, k: int = 1) -> Network:
    """Let each hear the k nearest on each side of a circle.

    Raises
    ------
    BadGraph
        When the circle is too small for 2k different neighbours.

    Examples
    --------
    >>> ring(5, k=2).row(0).tolist()
    [1, 2, 3, 4]
    """
    most = max(1, (size - 1) // 2)
    if whole("ring", "k", k, least=1) > most:
        raise BadGraph(
            f"In a ring of {count(size)} nobody has {k} different neighbours on each side: "
            f"use k={most} or less, or the topology 'complete'."
        )
    check_links("ring", 2 * k * size, f"use k={max(1, 20_000_000 // size)} or less.")
    if size < 3:
        return Network.of_pairs(size, np.arange(size - 1), np.arange(1, size))
    steps = np.concatenate([np.arange(-k, 0), np.arange(1, k + 1)])
    made = Network.of_rows((np.arange(size)[:, None] + steps) % size)
    return replace(made, modulus=_ring_modulus(size, k))


def _ring_modulus(size: int, k: int) -> float:
    """Return the second largest modulus of an eigenvalue of a circulant matrix (Gray 2006, "Toeplitz")."""
    angles = 2 * np.pi * np.arange(1, size // 2 + 1) / size
    found = sum(2 * np.cos(step * angles) for step in range(1, k + 1))
    return float(np.abs((1 + found) / (2 * k + 1)).max())


def star(size: int, *, hears: str = "both", hub: str | None = None) -> Network:
    """Link all to the first agent: `hears` is both, hub or leaves.

    Examples
    --------
    >>> star(4, hears="hub").degrees.tolist()
    [3, 0, 0, 0]
    """
    if hub is not None:
        raise BadOption("In a simulation agents have no names: the hub of the star is the first; drop 'hub'.")
    if hears not in ("both", "hub", "leaves"):
        raise BadOption(
            f"The option 'hears' of the topology 'star' is 'both', 'hub' or 'leaves', not {hears!r}."
        )
    leaves, middle = np.arange(1, size), np.zeros(size - 1, dtype=np.int64)
    up = [leaves, middle] if hears != "leaves" else [leaves[:0], leaves[:0]]
    down = [middle, leaves] if hears != "hub" else [leaves[:0], leaves[:0]]
    return Network.of_links(size, np.concatenate([up[0], down[0]]), np.concatenate([up[1], down[1]]))


def chain(size: int, *, directed: bool = False) -> Network:
    """Put the agents in a row: each hears its neighbours, or only the one before it."""
    before, after = np.arange(size - 1), np.arange(1, size)
    return Network.of_links(size, before, after) if directed else Network.of_pairs(size, before, after)


def tree(size: int, *, branching: int = 2) -> Network:
    """Fill a tree level by level: each hears its parent and its children.

    Examples
    --------
    >>> tree(7).row(1).tolist()
    [0, 3, 4]
    """
    children = np.arange(1, size)
    return Network.of_pairs(size, (children - 1) // whole("tree", "branching", branching, least=1), children)


def grid(size: int, *, rows: int | None = None) -> Network:
    """Put the agents in rows and columns, as near to a square as can be when `rows` is left out.

    Raises
    ------
    BadGraph
        When the agents cannot fill that many rows.
    """
    columns = math.isqrt(size - 1) + 1
    if rows is not None:
        columns = math.ceil(size / whole("grid", "rows", rows, least=1))
        filled = math.ceil(size / columns)
        if filled != rows:
            raise BadGraph(
                f"A grid of {count(size)} in rows of {columns} fills {filled} rows, not {rows}: "
                f"use rows={filled} or leave it out."
            )
    place = np.arange(size)
    left = place[(place % columns < columns - 1) & (place + 1 < size)]
    above = place[place + columns < size]
    return Network.of_pairs(size, np.concatenate([left, above]), np.concatenate([left + 1, above + columns]))


def layered(size: int, *, sizes: Sequence[int] | None = None, width: int | None = None) -> Network:
    """Let each layer hear all of the one before it; the first hears nobody.

    Raises
    ------
    BadGraph
        When the sizes do not add up to the number of agents.
    """
    if sizes is None:
        width = math.isqrt(size - 1) + 1 if width is None else whole("layered", "width", width, least=1)
        sizes = [min(width, size - start) for start in range(0, size, width)]
    elif width is not None:
        raise BadOption("The topology 'layered' takes 'sizes' or 'width', not both: leave one out.")
    elif isinstance(sizes, str) or not isinstance(sizes, Sequence):
        raise BadOption(f"The option 'sizes' of the topology 'layered' is a list of numbers, not {sizes!r}.")
    sizes = [whole("layered", "sizes", number, least=1) for number in sizes]
    if sum(sizes) != size:
        raise BadGraph(
            f"The layers {sizes} have room for {count(sum(sizes))}, and there are {size}: "
            "make the sizes add up to the number of agents."
        )
    return Network.of_blocks(sizes, [NOBODY, *range(len(sizes) - 1)])


def two_cliques(size: int, *, bridges: int = 1) -> Network:
    """Let two halves hear everybody in their own half, with few bridges between them.

    Raises
    ------
    BadGraph
        When there are fewer than two agents, or more bridges than agents in the smaller half.
    """
    second = size // 2
    if not second:
        raise BadGraph(
            f"The topology 'two_cliques' needs at least 2 seats, and there is {size}: add agents, "
            "or use the topology 'complete'."
        )
    first = size - second
    if whole("two_cliques", "bridges", bridges) > second:
        raise BadGraph(
            f"Two cliques of {first} and {second} have at most {second} separate bridges, not {bridges}: "
            f"use bridges={second} or less, or the topology 'complete'."
        )
    halves = Network.of_blocks([first, second], [0, 1])
    return halves.with_pairs((first - 1 - i, first + i) for i in range(bridges))


def cliques(size: int, *, groups: int | None = None, bridges: int = 1) -> Network:
    """Let groups talk among themselves, and over bridges to the next group around a circle.

    Examples
    --------
    >>> cliques(6, groups=3).degrees.tolist()  # each hears its partner, and one of the next group
    [2, 2, 2, 2, 2, 2]
    """
    bounds = group_bounds(size, groups, bridges)
    sizes = [end - first for first, end in pairwise(bounds)]
    return Network.of_blocks(sizes, range(len(sizes))).with_pairs(bridges_between(bounds, bridges))
