"""Who hears whom as a drawing, the seats in the colours of their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from quorate.live.deliberation import Deliberation
from quorate.live.paint import PLAIN, QUIET, Line, mark
from quorate.live.text import clean

LEAST_WIDTH, LEAST_HEIGHT = 16, 3


class Drawing(Protocol):
    """What `quorate.topologies.drawing.draw` returns: lines, and (line, column, length) of each label."""

    @property
    def lines(self) -> Sequence[str]:
        """Return the lines of the drawing."""
        ...

    @property
    def labels(self) -> Mapping[str, tuple[int, int, int]]:
        """Return where in the lines each seat's label stands, in characters."""
        ...


def graph(focus: Deliberation, width: int, height: int) -> list[Line]:
    """Draw who hears whom, with a caption; nothing when nobody does or there is no room for a drawing."""
    if not focus.edges or width < LEAST_WIDTH or height <= LEAST_HEIGHT:
        return []
    seats = list(dict.fromkeys([*focus.seats, *(seat for edge in focus.edges for seat in edge)]))
    heard = {seat for edge in focus.edges for seat in edge}
    seats = [seat for seat in seats if seat in heard or focus.seats[seat].voice]
    names = _names(seats)
    edges = tuple((names[u], names[v]) for u, v in focus.edges)
    drawing = _drawn(tuple(names.values()), edges, width, height - 1)
    if drawing is None or not drawing.lines:
        return []
    colours = {names[seat]: f"bold {_colour(focus, seat)}" for seat in seats}
    caption: Line = [(f"who hears whom, round {focus.edges_turn + 1}", QUIET)]
    return [caption, *_coloured(drawing, colours)]


def _colour(focus: Deliberation, name: str) -> str:
    seat = focus.seats.get(name)
    answer = seat.answer if seat is not None else None
    return mark(None if answer is None else focus.ranks.get(answer))[1]


def _names(seats: Sequence[str]) -> dict[str, str]:
    """Make the seats' names fit to be shown, and keep them apart."""
    names: dict[str, str] = {}
    for seat in seats:
        name = clean(seat, 16) or "?"
        while name in names.values():
            name += "'"
        names[seat] = name
    return names


@lru_cache(maxsize=32)
def _drawn(
    names: tuple[str, ...], edges: tuple[tuple[str, str], ...], width: int, height: int
) -> Drawing | None:
    """Draw, or return None: a graph that cannot be drawn must not cost the view the rest."""
    try:
        import networkx as nx

        from quorate.topologies.drawing import draw

        heard: nx.DiGraph[str] = nx.DiGraph()
        heard.add_nodes_from(names)
        heard.add_edges_from(edges)
        return draw(heard, width, height)
    except Exception:
        return None


def _coloured(drawing: Drawing, colours: Mapping[str, str]) -> list[Line]:
    """Turn a drawing into lines of spans: labels in their colours, edges quiet."""
    labels: dict[int, list[tuple[int, int, str]]] = {}
    for seat, (row, column, length) in drawing.labels.items():
        labels.setdefault(row, []).append((column, length, colours.get(seat, PLAIN)))
    lines: list[Line] = []
    for row, text in enumerate(drawing.lines):
        line: Line = []
        done = 0
        for column, length, style in sorted(labels.get(row, [])):
            line += [(text[done:column], QUIET), (text[column : column + length], style)]
            done = column + length
        lines.append([span for span in [*line, (text[done:], QUIET)] if span[0]])
    return lines
