"""Drawing: a graph as text, for a terminal.

A plain line is heard both ways, an arrowhead points at the hearer:

ada ──▸bo ──▸cy
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx

from quorate.topologies.canvas import Canvas, Cell, Pen, Stroke, dotted, railed
from quorate.topologies.dot_plot import dot_plot
from quorate.topologies.labels import clean, display_width, shorten
from quorate.topologies.layout import Centres, Layout, layouts
from quorate.topologies.seating import directed

if TYPE_CHECKING:
    from collections.abc import Mapping

CROWD = 64
"""More seats than this are not even tried with names: they become a dot plot."""


class Place(NamedTuple):
    """Where a label stands: line, first character in that line, number of characters (not cells)."""

    row: int
    column: int
    length: int


class Drawing(NamedTuple):
    """Lines of text, and where in them each seat's label stands (nowhere in a dot plot)."""

    lines: tuple[str, ...]
    labels: Mapping[str, Place]


class _Box(NamedTuple):
    """A label on the canvas, in cells."""

    row: int
    column: int
    width: int

    @property
    def middle(self) -> Cell:
        return self.row, self.column + (self.width - 1) // 2


def draw(graph: nx.Graph[str], width: int = 40, height: int = 12) -> Drawing:
    """Draw a graph in a box of `height` lines of `width` terminal cells.

    Chains, grids, trees, stars, layers and cliques with a bridge are recognised; all else is a circle.
    A plain line is heard both ways; an arrowhead points at the one who hears. Labels are shortened until
    they fit; a graph of more seats than can be labelled is drawn as the dots of its matrix.

    Parameters
    ----------
    graph : networkx.DiGraph
        An edge u -> v means that v hears u.
    width, height : int
        The room there is, in terminal cells and lines.

    Returns
    -------
    Drawing
        At most `height` lines, each at most `width` cells wide, free of control characters.

    Examples
    --------
    >>> drawing = draw(nx.DiGraph([("ada", "bo"), ("bo", "cy")]), width=30, height=3)
    >>> drawing.lines
    (' ada ────────▸bo ────────▸cy',)
    >>> drawing.labels["bo"]
    Place(row=0, column=14, length=2)
    """
    seats, edges = tuple(graph), [(u, v) for u, v in directed(graph).edges() if u != v]
    if width < 1 or height < 1 or not seats:
        return Drawing((), MappingProxyType({}))
    named = _named(seats, frozenset(edges), width, height) if len(seats) <= CROWD else None
    return named or Drawing(tuple(dot_plot(seats, edges, width, height)), MappingProxyType({}))


@lru_cache(maxsize=128)  # a live view draws the same graph again with every frame
def _named(
    seats: tuple[str, ...], edges: frozenset[tuple[str, str]], width: int, height: int
) -> Drawing | None:
    """Draw with labels, in the first layout that has room for them."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(seats)
    place = {seat: number for number, seat in enumerate(seats)}
    graph.add_edges_from(sorted(edges, key=lambda edge: (place[edge[0]], place[edge[1]])))
    drawings = (draw_in_layout(graph, layout, width, height) for layout in layouts(graph))
    return next((drawing for drawing in drawings if drawing is not None), None)


def draw_in_layout(graph: nx.DiGraph[str], layout: Layout, width: int, height: int) -> Drawing | None:
    """Draw a graph in one layout, with labels as long as can be; None when they do not fit.

    Parameters
    ----------
    graph : networkx.DiGraph
        An edge u -> v means that v hears u; no seat hears itself.
    layout : Layout
        Where the seats stand and how edges are drawn, as `quorate.topologies.layout.layouts` proposes.
    width, height : int
        The room there is, in terminal cells and lines.

    Examples
    --------
    >>> graph = nx.DiGraph([("ada", "bo"), ("bo", "cy")])
    >>> drawings = [draw_in_layout(graph, layout, width=30, height=1) for layout in layouts(graph)]
    >>> drawings[0].lines
    (' ada ────────▸bo ────────▸cy',)
    """
    names = [clean(seat) for seat in graph]
    longest = max(len(str(len(names))), *map(display_width, names))
    for limit in range(min(longest, max(3, width // 3)), 0, -1):
        labels = shorten(names, limit)
        if labels is None:
            return None
        centres = layout.plan(width, height, max(map(display_width, labels)))
        boxes = centres and _boxes(dict(zip(graph, labels, strict=True)), centres, width)
        if boxes:
            drawing = _inked(graph, dict(zip(graph, labels, strict=True)), boxes, layout.pen, width, height)
            if drawing is not None:
                return drawing
    return None


def _boxes(labels: Mapping[str, str], centres: Centres, width: int) -> dict[str, _Box] | None:
    """Set the labels on their middles; None when two would touch."""
    boxes = {}
    for seat, (row, column) in centres.items():
        wide = display_width(labels[seat])
        boxes[seat] = _Box(row, min(max(0, column - (wide - 1) // 2), width - wide), wide)
    ordered = sorted(boxes.values())
    for here, there in pairwise(ordered):
        if here.row == there.row and here.column + here.width >= there.column:
            return None
    return boxes


def _inked(
    graph: nx.DiGraph[str],
    labels: Mapping[str, str],
    boxes: Mapping[str, _Box],
    pen: Pen,
    width: int,
    height: int,
) -> Drawing | None:
    """Put lines, arrowheads and labels on a canvas; None when a label would hide a whole line."""
    canvas = Canvas(width, height, pen)
    owner = {(box.row, box.column + at): seat for seat, box in boxes.items() for at in range(box.width)}
    margin = {(box.row, box.column + at) for box in boxes.values() for at in (-1, box.width)}
    heads: dict[Cell, str] = {}
    for u, v in graph.edges:
        both = graph.has_edge(v, u)
        if both and boxes[u] > boxes[v]:
            continue  # drawn from the other end
        stroke = _stroke(boxes[u], boxes[v], pen)
        open_cells = [cell for cell in stroke if cell[:2] not in owner and cell[:2] not in margin]
        head = None if both else _head(stroke, boxes[v], owner)
        if head is not None:
            heads.setdefault(*head)
        elif not both or not open_cells:
            return None
        canvas.stroke(open_cells)
    for (row, column), mark in heads.items():
        canvas.write(row, column, mark)
    for seat, box in boxes.items():
        canvas.write(box.row, box.column, labels[seat])
    return _cropped(canvas, labels, boxes)


def _stroke(start: _Box, end: _Box, pen: Pen) -> Stroke:
    (row0, column0), (row1, column1) = start.middle, end.middle
    if pen == "flow":
        column0, column1 = start.column + start.width, end.column - 1
    if pen != "rails":
        return dotted((2 * column0 + 1, 4 * row0 + 2), (2 * column1 + 1, 4 * row1 + 2))
    if row0 == row1 or column0 == column1:
        return railed([start.middle, end.middle])
    bend = max(row0, row1) - 1  # all children of a parent share the row just above them
    return railed([start.middle, (bend, column0), (bend, column1), end.middle])


def _head(stroke: Stroke, box: _Box, owner: Mapping[Cell, str]) -> tuple[Cell, str] | None:
    """Return the cell at the hearer's label in which a line arrives, and its arrowhead; None if taken."""
    middle = box.middle
    inside = range(box.column, box.column + box.width)
    outside = [(row, column) for row, column, _ in stroke if row != box.row or column not in inside]
    row, column = min(outside, key=lambda cell: (cell[0] - middle[0]) ** 2 * 4 + (cell[1] - middle[1]) ** 2)
    if (row, column) in owner:
        return None
    if row == box.row:
        return (row, column), "▸" if column < box.column else "◂"
    return (row, column), "▾" if row < box.row else "▴"


def _cropped(canvas: Canvas, labels: Mapping[str, str], boxes: Mapping[str, _Box]) -> Drawing:
    """Leave out the empty lines above and below."""
    lines = canvas.lines()
    used = [row for row, line in enumerate(lines) if line]
    places = {
        seat: Place(box.row - used[0], canvas.offset(box.row, box.column), len(labels[seat]))
        for seat, box in boxes.items()
    }
    return Drawing(tuple(lines[used[0] : used[-1] + 1]), MappingProxyType(places))
