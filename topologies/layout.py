"""Layout: where a drawing puts the seats. A graph is recognised by its edges, not by who made it.

Every planner takes the room there is and the width of the widest label, and returns the cell of each seat's
middle, or None when there is not enough room.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import networkx as nx

from quorate.topologies.canvas import Cell, Pen

Centres = dict[str, Cell]
Planner = Callable[[int, int, int], Centres | None]
"""From width, height and label width to the cell in the middle of each seat's label."""

GAP = 4
"""Fewest cells between two labels in a row that an edge joins: enough for a line and its arrowhead."""
WIDE = 9
"""Most cells between two such labels: longer lines make nothing clearer."""


class Layout(NamedTuple):
    """How a graph can be laid out, and which pen suits it."""

    plan: Planner
    pen: Pen


def layouts(graph: nx.DiGraph[str]) -> Iterator[Layout]:
    """Yield the layouts that suit a graph, the most telling first and the circle last.

    Examples
    --------
    >>> [layout.pen for layout in layouts(nx.cycle_graph(5).to_directed())]
    ['dots']
    """
    links = graph.to_undirected()
    yield from _told_by_links(graph, links)
    yield Layout(partial(circle, tuple(graph)), "dots")


def _told_by_links(graph: nx.DiGraph[str], links: nx.Graph[str]) -> Iterator[Layout]:
    size = len(links)
    degrees = dict(links.degree())
    if nx.is_tree(links):
        hub = max(degrees, key=degrees.__getitem__)
        if degrees[hub] <= 2:
            yield Layout(partial(row, _along(links)), "rails")
        elif degrees[hub] == size - 1:
            yield Layout(partial(around, hub, tuple(seat for seat in links if seat != hub)), "dots")
        elif all(graph.has_edge(v, u) for u, v in graph.edges):
            yield Layout(partial(branches, *_rooted(links)), "rails")
    elif columns := _grid_columns(links):
        yield Layout(partial(lattice, tuple(links), columns), "rails")
    elif halves := _halves(links):
        yield Layout(partial(two_circles, *halves), "dots")
    if layers := _feed_forward(graph):
        yield Layout(partial(layer_columns, layers), "flow")


def _along(links: nx.Graph[str]) -> tuple[str, ...]:
    ends = [seat for seat in links if links.degree(seat) < 2]
    return tuple(nx.dfs_preorder_nodes(links, ends[0]))


def _rooted(links: nx.Graph[str]) -> tuple[str, dict[str, list[str]]]:
    middle = set(nx.center(links))
    root = next(seat for seat in links if seat in middle)
    return root, {seat: list(children) for seat, children in nx.bfs_successors(links, root)}


def _grid_columns(links: nx.Graph[str]) -> int | None:
    """Return the columns of a grid filled row by row in seat order, or None when it is none."""
    place = {seat: number for number, seat in enumerate(links)}
    found = {tuple(sorted((place[u], place[v]))) for u, v in links.edges}
    size = len(place)
    for columns in range(2, size):
        across = {(at, at + 1) for at in range(size - 1) if (at + 1) % columns}
        down = {(at, at + columns) for at in range(size - columns)}
        if found == across | down:
            return columns
    return None


def _halves(links: nx.Graph[str]) -> tuple[tuple[str, ...], tuple[str, ...], float, float] | None:
    """Split a graph at its only bridge, or into its two components; each half starts at the bridge."""
    bridges: list[Any] = list(nx.bridges(links))
    cut = links.copy()
    cut.remove_edges_from(bridges)
    parts = sorted(nx.connected_components(cut), key=lambda part: min(map(list(links).index, part)))
    if len(bridges) > 1 or len(parts) != 2 or min(map(len, parts)) < 3:
        return None
    if not bridges:
        left, right = (tuple(seat for seat in links if seat in part) for part in parts)
        return left, right, -math.pi / 2, -math.pi / 2
    ends = set(bridges[0])
    left, right = (_from_bridge([seat for seat in links if seat in part], ends) for part in parts)
    return left, right, 0.0, math.pi


def _from_bridge(seats: Sequence[str], ends: set[str]) -> tuple[str, ...]:
    first = next(place for place, seat in enumerate(seats) if seat in ends)
    return (*seats[first:], *seats[:first])


def _feed_forward(graph: nx.DiGraph[str]) -> list[list[str]] | None:
    """Return the layers of a graph in which every edge leads from one layer to the next."""
    if not graph.number_of_edges() or not nx.is_directed_acyclic_graph(graph):
        return None
    layers = [sorted(layer, key=list(graph).index) for layer in nx.topological_generations(graph)]
    depth = {seat: level for level, layer in enumerate(layers) for seat in layer}
    return layers if all(depth[v] == depth[u] + 1 for u, v in graph.edges) else None


def circle(seats: Sequence[str], width: int, height: int, label: int) -> Centres | None:
    """Place seats clockwise on an ellipse, from the top, or from the top left when their number is even."""
    flat = 0 if len(seats) % 2 else math.pi / max(2, len(seats))
    return _ellipse(seats, -math.pi / 2 - flat, width, height, label)


def _ellipse(seats: Sequence[str], start: float, width: int, height: int, label: int) -> Centres | None:
    # A cell is about twice as high as wide; a wide ellipse leaves room for the labels.
    down = min((height - 1) // 2, len(seats) + 2)
    across = min((width - label) // 2, 3 * down + label)
    if across < 1 or down < 0:
        return None
    angles = [start + 2 * math.pi * place / len(seats) for place in range(len(seats))]
    rows = _stretched([math.sin(angle) for angle in angles], down)
    columns = _stretched([math.cos(angle) for angle in angles], across)
    top, left = (height - 1) // 2, (width - 1) // 2
    return {seat: (top + row, left + column) for seat, row, column in zip(seats, rows, columns, strict=True)}


def _stretched(values: Sequence[float], reach: int) -> list[int]:
    """Stretch values to fill -reach to reach, so that a triangle is as high as a square."""
    low, high = min(values), max(values)
    half = (high - low) / 2
    if half < 1e-9:
        return [0 for _ in values]
    # Equal heights must not be rounded apart because their sines differ in the last digit.
    return [round(round((value - low - half) / half * reach, 6)) for value in values]


def around(hub: str, leaves: Sequence[str], width: int, height: int, label: int) -> Centres | None:
    """Place the hub in the middle and its leaves around it."""
    centres = circle(leaves, width, height, label)
    return centres and {**centres, hub: ((height - 1) // 2, (width - 1) // 2)}


def two_circles(
    left: Sequence[str], right: Sequence[str], start: float, end: float, width: int, height: int, label: int
) -> Centres | None:
    """Place two groups on an ellipse each, side by side; `start` and `end` are their first seats' angles."""
    half = (width - GAP) // 2
    first, second = _ellipse(left, start, half, height, label), _ellipse(right, end, half, height, label)
    if first is None or second is None:
        return None
    return first | {seat: (row, column + width - half) for seat, (row, column) in second.items()}


def row(seats: Sequence[str], width: int, height: int, label: int) -> Centres | None:
    """Place seats in a row that turns back at the margin, like an ox ploughing."""
    columns = min(len(seats), (width + GAP) // (label + GAP))
    if columns < 1:
        return None
    columns = math.ceil(len(seats) / math.ceil(len(seats) / columns))
    cells = _spread(len(seats), columns, width, height, label)
    if cells is None:
        return None
    for first in range(columns, len(seats), 2 * columns):
        level = cells[0][0] + (cells[columns][0] - cells[0][0]) * (first // columns)
        backward = [cells[place][1] for place in range(columns - 1, -1, -1)]
        for place in range(first, min(first + columns, len(seats))):
            cells[place] = (level, backward[place - first])
    return dict(zip(seats, cells, strict=True))


def lattice(seats: Sequence[str], columns: int, width: int, height: int, label: int) -> Centres | None:
    """Place seats row by row."""
    cells = _spread(len(seats), columns, width, height, label)
    return None if cells is None else dict(zip(seats, cells, strict=True))


def _spread(size: int, columns: int, width: int, height: int, label: int) -> list[Cell] | None:
    rows = math.ceil(size / columns)
    across = min(label + WIDE, (width - label) // max(1, columns - 1))
    down = min(3, (height - 1) // max(1, rows - 1))
    if (columns > 1 and across < label + GAP) or (rows > 1 and down < 2):
        return None
    top, left = (height - 1 - down * (rows - 1)) // 2, (width - 1 - across * (columns - 1)) // 2
    return [(top + down * (place // columns), left + across * (place % columns)) for place in range(size)]


def layer_columns(layers: Sequence[Sequence[str]], width: int, height: int, label: int) -> Centres | None:
    """Place each layer in a column, the first on the left."""
    across = min(label + 2 * WIDE, (width - label) // max(1, len(layers) - 1))
    if across < label + GAP or max(map(len, layers)) > height:
        return None
    left = (width - 1 - across * (len(layers) - 1)) // 2
    tall = max(map(len, layers))
    down = min(4, height // tall)
    return {
        seat: ((height - down * len(layer)) // 2 + down // 2 + down * place, left + across * level)
        for level, layer in enumerate(layers)
        for place, seat in enumerate(layer)
    }


def branches(
    root: str, children: dict[str, list[str]], width: int, height: int, label: int
) -> Centres | None:
    """Place a tree from the root at the top, each parent above the middle of its children."""
    depths, slots = _slots(root, children)
    levels = max(depths.values())
    most = max(slots.values())
    across = min(label + WIDE, (width - label) / max(1.0, most))
    down = min(3, (height - 1) // levels)
    if across < label + 2 or down < 2:
        return None
    top, left = (height - 1 - down * levels) // 2, (width - 1 - across * most) / 2
    return {seat: (top + down * depths[seat], round(left + across * slot)) for seat, slot in slots.items()}


def _slots(root: str, children: dict[str, list[str]]) -> tuple[dict[str, int], dict[str, float]]:
    """Return the depth of each seat, and its place across, in widths of a leaf."""
    depths, order, waiting = {root: 0}, list[str](), [root]
    while waiting:
        seat = waiting.pop()
        order.append(seat)
        waiting += reversed(children.get(seat, []))
        depths |= dict.fromkeys(children.get(seat, []), depths[seat] + 1)
    slots = {leaf: float(place) for place, leaf in enumerate(seat for seat in order if seat not in children)}
    for seat in reversed(order):
        if seat in children:
            slots[seat] = (slots[children[seat][0]] + slots[children[seat][-1]]) / 2
    return depths, slots
