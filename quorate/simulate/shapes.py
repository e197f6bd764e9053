"""Shapes of any size as arrays: the makers of `quorate.topologies` that need no chance.

Each takes the number of agents and the options of its namesake, and gives the same graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from quorate.errors import BadOption
from quorate.simulate.network import NOBODY, Network, check_links
from quorate.topologies.limits import clique_halves, grid_columns, layer_sizes, ring_neighbours, star_hearers
from quorate.topologies.ring_of_cliques import bridges_between, group_bounds
from quorate.topologies.seating import whole


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
    ring_neighbours(size, k)
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
    hub_hears, leaves_hear = star_hearers(hears)
    leaves, middle = np.arange(1, size), np.zeros(size - 1, dtype=np.int64)
    up = [leaves, middle] if hub_hears else [leaves[:0], leaves[:0]]
    down = [middle, leaves] if leaves_hear else [leaves[:0], leaves[:0]]
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
    columns = grid_columns(size, rows)
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
    sizes = layer_sizes(size, sizes, width)
    return Network.of_blocks(sizes, [NOBODY, *range(len(sizes) - 1)])


def two_cliques(size: int, *, bridges: int = 1) -> Network:
    """Let two halves hear everybody in their own half, with few bridges between them.

    Raises
    ------
    BadGraph
        When there are fewer than two agents, or more bridges than agents in the smaller half.
    """
    first, second = clique_halves(size, bridges)
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
