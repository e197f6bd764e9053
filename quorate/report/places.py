"""Where a drawn graph puts its seats on the page: the shapes a terminal draws too, in finer steps."""

from __future__ import annotations

import math
from collections.abc import Sequence

import networkx as nx

from quorate.topologies.layout import around, circle, layouts

WIDTH, HEIGHT, LABEL = 96, 48, 8
"""Cells a planner may use; a cell is twice as high as wide, so this is a square."""
Point = tuple[float, float]


def places(seats: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[Point]:
    """Return where each seat stands, both coordinates in [0, 1] and down the page.

    Chains, grids, trees, stars and layers are recognised; all else stands on a circle.

    Examples
    --------
    >>> places(["ada", "bo", "cy"], [("ada", "bo"), ("bo", "cy")])
    [(0.0, 0.5), (0.5, 0.5), (1.0, 0.5)]
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(seats)
    graph.add_edges_from((u, v) for u, v in edges if u != v and u in graph and v in graph)
    if len(seats) < 2:
        return [(0.5, 0.5)] * len(seats)
    for layout in layouts(graph):
        planner = getattr(layout.plan, "func", None)
        if planner is circle:
            break
        if planner is around:
            hub, leaves = layout.plan.args[:2]  # type: ignore[attr-defined]
            ring = dict(zip(leaves, on_circle(len(leaves)), strict=True))
            return [(0.5, 0.5) if seat == hub else ring[seat] for seat in seats]
        centres = layout.plan(WIDTH, HEIGHT, LABEL)
        if centres is not None:
            return _stretched([(column, 2.0 * row) for row, column in (centres[seat] for seat in seats)])
    return on_circle(len(seats))


def on_circle(count: int) -> list[Point]:
    """Return points on a circle, clockwise; the first at the top, or left of it when their number is even.

    Examples
    --------
    >>> on_circle(4)
    [(0.146, 0.146), (0.854, 0.146), (0.854, 0.854), (0.146, 0.854)]
    """
    start = -math.pi / 2 - (0 if count % 2 else math.pi / max(2, count))
    angles = [start + 2 * math.pi * place / count for place in range(count)]
    return [(round(0.5 + math.cos(a) / 2, 3), round(0.5 + math.sin(a) / 2, 3)) for a in angles]


def _stretched(points: Sequence[Point]) -> list[Point]:
    """Fill the unit square; a direction in which nothing differs stays in the middle."""
    columns, rows = zip(*points, strict=True)
    return [(_share(x, columns), _share(y, rows)) for x, y in points]


def _share(value: float, among: Sequence[float]) -> float:
    low, high = min(among), max(among)
    return round((value - low) / (high - low), 3) if high > low else 0.5
