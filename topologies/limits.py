"""Limits: what a number of seats allows. Graphs of named seats and arrays of any size ask the same here."""

from __future__ import annotations

import math
from collections.abc import Sequence

from quorate.errors import BadGraph, BadOption
from quorate.topologies.seating import count, enough, share, whole


def ring_neighbours(size: int, k: int) -> int:
    """Return how many neighbours each has on each side of a `ring`; BadGraph when there are not so many.

    Examples
    --------
    >>> ring_neighbours(6, 3)
    Traceback (most recent call last):
    ...
    quorate.errors.BadGraph: In a ring of 6 seats nobody has 3 different neighbours on each side: use k=2 ...
    """
    most = max(1, (size - 1) // 2)
    if whole("ring", "k", k, least=1) > most:
        raise BadGraph(
            f"In a ring of {count(size)} nobody has {k} different neighbours on each side: "
            f"use k={most} or less, or the topology 'complete'."
        )
    return k


def star_hearers(hears: str) -> tuple[bool, bool]:
    """Return whether the hub of a `star` hears, and whether the leaves do.

    Examples
    --------
    >>> star_hearers("both"), star_hearers("hub")
    ((True, True), (True, False))
    """
    if hears not in ("both", "hub", "leaves"):
        raise BadOption(
            f"The option 'hears' of the topology 'star' is 'both', 'hub' or 'leaves', not {hears!r}."
        )
    return hears != "leaves", hears != "hub"


def grid_columns(size: int, rows: int | None) -> int:
    """Return the columns of a `grid`, near to a square without `rows`; BadGraph when not all rows fill.

    Examples
    --------
    >>> grid_columns(10, None), grid_columns(10, 2)
    (4, 5)
    """
    if rows is None:
        return _root(size)
    columns = math.ceil(size / whole("grid", "rows", rows, least=1))
    filled = math.ceil(size / columns)
    if filled != rows:
        raise BadGraph(
            f"A grid of {count(size)} in rows of {columns} fills {filled} rows, not {rows}: "
            f"use rows={filled} or leave it out."
        )
    return columns


def layer_sizes(size: int, sizes: Sequence[int] | None, width: int | None) -> list[int]:
    """Return how many sit in each layer of `layered`; BadGraph when the sizes do not add up.

    Examples
    --------
    >>> layer_sizes(7, None, None), layer_sizes(7, None, 4), layer_sizes(7, [1, 6], None)
    ([3, 3, 1], [4, 3], [1, 6])
    """
    if sizes is None:
        width = _root(size) if width is None else whole("layered", "width", width, least=1)
        return [min(width, size - start) for start in range(0, size, width)]
    if width is not None:
        raise BadOption("The topology 'layered' takes 'sizes' or 'width', not both: leave one out.")
    if isinstance(sizes, str) or not isinstance(sizes, Sequence):
        raise BadOption(f"The option 'sizes' of the topology 'layered' is a list of numbers, not {sizes!r}.")
    sizes = [whole("layered", "sizes", number, least=1) for number in sizes]
    if sum(sizes) != size:
        raise BadGraph(
            f"The layers {sizes} have room for {count(sum(sizes))}, and there are {size}: "
            "make the sizes add up to the number of agents."
        )
    return sizes


def clique_halves(size: int, bridges: int) -> tuple[int, int]:
    """Return the halves of `two_cliques`; BadGraph when the smaller has not so many for bridges.

    Examples
    --------
    >>> clique_halves(5, 2)
    (3, 2)
    """
    second = enough("two_cliques", size, 2) // 2
    first = size - second
    if whole("two_cliques", "bridges", bridges) > second:
        raise BadGraph(
            f"Two cliques of {first} and {second} have at most {second} separate bridges, not {bridges}: "
            f"use bridges={second} or less, or the topology 'complete'."
        )
    return first, second


def regular_degree(size: int, degree: int) -> int:
    """Return how many each hears in a `random_regular` graph; BadGraph when there is no such graph.

    Examples
    --------
    >>> regular_degree(5, 3)
    Traceback (most recent call last):
    ...
    quorate.errors.BadGraph: There is no graph of 5 seats in which everybody hears 3 others, because 5 ...
    """
    if whole("random_regular", "degree", degree) >= size:
        raise BadGraph(f"Among {count(size)} nobody can hear {degree} others: use degree={size - 1} or less.")
    if size * degree % 2:
        raise BadGraph(
            f"There is no graph of {count(size)} in which everybody hears {degree} others, because "
            f"{size} times {degree} is odd: use degree={degree + 1}, or one agent more or fewer."
        )
    return degree


def drawn_pairs(size: int, density: float, *, connected: bool) -> int:
    """Return the pairs of an `erdos_renyi` graph; BadGraph when too few of them connect all.

    Examples
    --------
    >>> drawn_pairs(6, 0.4, connected=True)
    6
    """
    density = share("erdos_renyi", "density", density)
    pairs = round(density * size * (size - 1) / 2)
    if connected and pairs < size - 1:
        fine = 10 ** max(4, len(str(size)))
        raise BadGraph(
            f"A connected graph of {count(size)} needs {size - 1} pairs that hear each other, and density "
            f"{density:g} allows {pairs}: use density={math.ceil(2 * fine / size) / fine:g} or more, "
            "or connected=False."
        )
    return pairs


def circle_neighbours(size: int, k: int) -> int:
    """Return how many neighbours each has in a `small_world` before rewiring, on both sides together.

    Examples
    --------
    >>> circle_neighbours(6, 3)
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The option 'k' of the topology 'small_world' counts neighbours on both sides ...
    """
    enough("small_world", size, 3)
    if whole("small_world", "k", k, least=2) % 2:
        raise BadOption(
            "The option 'k' of the topology 'small_world' counts neighbours on both sides and is even, "
            f"not {k}: use {k - 1} or {k + 1}."
        )
    if k >= size:
        most = (size - 1) // 2 * 2
        raise BadGraph(f"In a small world of {count(size)} nobody has {k} neighbours: use k={most} or less.")
    return k


def newcomer_links(size: int, m: int) -> int:
    """Return how many links a newcomer makes in a `scale_free` graph; BadGraph when there are not so many.

    Examples
    --------
    >>> newcomer_links(3, 2)
    2
    """
    if whole("scale_free", "m", m, least=1) >= enough("scale_free", size, 2):
        raise BadGraph(
            f"In a scale-free graph of {count(size)} a newcomer cannot link to {m} others: "
            f"use m={size - 1} or less."
        )
    return m


def _root(size: int) -> int:
    """Return the square root, rounded up."""
    return math.isqrt(size - 1) + 1
