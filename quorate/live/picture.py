"""A drawing of who hears whom, in pieces: the seats' labels, the edges that are heard, the pruned ones.

Pruned edges are dotted, with hollow arrowheads, so that they differ where there is no colour too:

    ada ──▸bo ⠂⠂▹cy
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import networkx as nx

    from quorate.topologies.drawing import Drawing

Edges = tuple[tuple[str, str], ...]

_HOLLOW = dict(zip("▸◂▾▴", "▹◃▿▵", strict=True))
_DOTTED = {"─": "┈", "│": "┊"}
_BRAILLE = 0x2800
_DOTS = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
"""The dots of a braille character from the top down."""


class Piece(NamedTuple):
    """A stretch of a line: the label of a seat, else edges, heard or pruned."""

    text: str
    seat: str = ""
    pruned: bool = False


Picture = tuple[tuple[Piece, ...], ...]


def picture(names: tuple[str, ...], heard: Edges, pruned: Edges, width: int, height: int) -> Picture:
    """Draw the edges that are heard among those that were pruned, or alone where both do not fit.

    Parameters
    ----------
    names : tuple of str
        The seats.
    heard, pruned : tuple of (str, str)
        (u, v): v hears u, or would hear u if a filter had not taken the edge away.
    width, height : int
        The room there is, in terminal cells and lines.

    Examples
    --------
    >>> (line,) = picture(("ada", "bo", "cy"), (("ada", "bo"),), (("bo", "cy"),), 24, 3)
    >>> [(piece.text.strip(), piece.pruned) for piece in line if "▸" in piece.text or "▹" in piece.text]
    [('──────▸', False), ('┈┈┈┈┈┈▹', True)]
    """
    from quorate.topologies.drawing import draw

    if pruned:
        whole = _graph(names, (*heard, *pruned))
        drawing = draw(whole, width, height)
        part = _placed_alike(drawing, whole, _graph(names, heard), width, height)
        if part is not None:
            return tuple(tuple(_pieces(drawing, row, part.lines[row])) for row in range(len(drawing.lines)))
        if not heard:
            return ()
    drawing = draw(_graph(names, heard), width, height)
    return tuple(tuple(_pieces(drawing, row, line)) for row, line in enumerate(drawing.lines))


def _graph(names: tuple[str, ...], edges: Edges) -> nx.DiGraph[str]:
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(names)
    graph.add_edges_from(edges)
    return graph


def _placed_alike(
    drawing: Drawing, whole: nx.DiGraph[str], part: nx.DiGraph[str], width: int, height: int
) -> Drawing | None:
    """Draw a part of a graph with the labels where the drawing of the whole has them; None when it cannot."""
    import networkx as nx

    from quorate.topologies.drawing import draw_in_layout
    from quorate.topologies.layout import layouts

    # The names as they were drawn: with fewer edges there could be room for longer ones.
    shown = {
        seat: drawing.lines[row][first : first + size] for seat, (row, first, size) in drawing.labels.items()
    }
    places = {shown[seat]: place for seat, place in drawing.labels.items()}
    if not shown:
        return None
    renamed = nx.relabel_nodes(part, shown)
    for layout in layouts(nx.relabel_nodes(whole, shown)):
        found = draw_in_layout(renamed, layout, width, height)
        if found is not None and dict(found.labels) == places:
            return found
    return None


def _pieces(drawing: Drawing, row: int, heard: str) -> Iterator[Piece]:
    """Cut a line of a drawing into pieces; `heard` is the same line with the heard edges only."""
    done, line = 0, drawing.lines[row]
    labels = [(first, size, seat) for seat, (at, first, size) in drawing.labels.items() if at == row]
    for first, size, seat in sorted(labels):
        yield from _strokes(line[done:first], heard[done:first])
        done = first + size
        yield Piece(line[first:done], seat)
    yield from _strokes(line[done:], heard[done:])


def _strokes(line: str, heard: str) -> Iterator[Piece]:
    """Tell heard edges and pruned ones apart, those that are heard on top."""
    pairs = zip_longest(line, heard, fillvalue=" ")
    for pruned, cells in groupby(pairs, key=lambda pair: pair[1] == " " != pair[0]):
        yield Piece("".join(_dotted(mark) if pruned else kept for mark, kept in cells), pruned=pruned)


def _dotted(mark: str) -> str:
    """Leave one dot of a piece of a line.

    Examples
    --------
    >>> "".join(map(_dotted, "⠒⠒⡇─▸"))
    '⠂⠂⠂┈▹'
    """
    if _BRAILLE < ord(mark) < _BRAILLE + 256:
        dots = [dot for dot in _DOTS if (ord(mark) - _BRAILLE) & dot]
        return chr(_BRAILLE + dots[(len(dots) - 1) // 2])
    return _HOLLOW.get(mark) or _DOTTED.get(mark) or "·"
