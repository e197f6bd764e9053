"""Canvas: cells of a terminal on which lines and labels are put, later ones over earlier ones.

A stroke is a line as a list of (row, column, bits). What the bits mean is the pen's matter: the eight dots
of a braille character, or the four arms of a box-drawing character. Where strokes cross, their bits join.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

from quorate.topologies.labels import cells

Cell = tuple[int, int]
"""Row and column."""
Stroke = list[tuple[int, int, int]]
Pen = Literal["dots", "rails", "flow"]
"""Straight braille lines, right-angled box lines, or braille lines from the right of one label to the left
of the next."""

_DOT = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_RAIL = " ╵╷│╴┘┐┤╶└┌├─┴┬┼"


def dotted(start: tuple[int, int], end: tuple[int, int]) -> Stroke:
    """Return the straight stroke between two braille dots (x, y); a cell is two dots wide and four high.

    Examples
    --------
    >>> [(row, column) for row, column, _ in dotted((0, 0), (3, 0))]
    [(0, 0), (0, 1)]
    """
    (x0, y0), (x1, y1) = start, end
    steps = max(abs(x1 - x0), abs(y1 - y0), 1)
    bits: dict[Cell, int] = {}
    for step in range(steps + 1):
        # Integer rounding, the same from both ends.
        x = (2 * (x0 * (steps - step) + x1 * step) + steps) // (2 * steps)
        y = (2 * (y0 * (steps - step) + y1 * step) + steps) // (2 * steps)
        cell = (y >> 2, x >> 1)
        bits[cell] = bits.get(cell, 0) | _DOT[y & 3][x & 1]
    return [(row, column, found) for (row, column), found in bits.items()]


def railed(corners: Sequence[Cell]) -> Stroke:
    """Return the stroke of box-drawing lines through corners that lie in one row or column, in pairs.

    Examples
    --------
    >>> canvas = Canvas(3, 2, "rails")
    >>> canvas.stroke(railed([(0, 0), (0, 2), (1, 2)]))
    >>> canvas.lines()
    ['╶─┐', '  ╵']
    """
    path: list[Cell] = [corners[0]]
    for (row0, column0), (row1, column1) in pairwise(corners):
        steps = max(abs(row1 - row0), abs(column1 - column0))
        down, right = (row1 > row0) - (row1 < row0), (column1 > column0) - (column1 < column0)
        path += [(row0 + down * step, column0 + right * step) for step in range(1, steps + 1)]
    bits = dict.fromkeys(path, 0)
    for here, there in pairwise(path):
        bits[here] |= _arm(here, there)
        bits[there] |= _arm(there, here)
    return [(row, column, found) for (row, column), found in bits.items()]


def _arm(here: Cell, there: Cell) -> int:
    if here[0] == there[0]:
        return _RIGHT if there[1] > here[1] else _LEFT
    return _DOWN if there[0] > here[0] else _UP


class Canvas:
    """A box of `height` rows of `width` cells, drawn on with one kind of pen.

    Examples
    --------
    >>> canvas = Canvas(5, 1, "dots")
    >>> canvas.stroke(dotted((0, 1), (9, 1)))
    >>> canvas.write(0, 1, "ada")
    >>> canvas.lines()
    ['⠒ada⠒']
    """

    def __init__(self, width: int, height: int, pen: Pen) -> None:
        self.width = width
        self.height = height
        self._pen = pen
        self._bits: dict[Cell, int] = {}
        self._text: dict[Cell, str] = {}

    def stroke(self, stroke: Iterable[tuple[int, int, int]]) -> None:
        """Add a line."""
        for row, column, bits in stroke:
            self._bits[row, column] = self._bits.get((row, column), 0) | bits

    def write(self, row: int, column: int, text: str) -> None:
        """Put text over what is there; a wide character takes two cells."""
        for mark in text:
            if not cells(mark):  # an accent belongs to the cell before it
                self._text[row, column - 1] += mark
                continue
            self._text[row, column] = mark
            if cells(mark) == 2:
                self._text[row, column + 1] = ""
            column += cells(mark)

    def offset(self, row: int, column: int) -> int:
        """Return the place in the line's text of what stands in a column."""
        return sum(len(self._cell(row, before)) for before in range(column))

    def lines(self) -> list[str]:
        """Return the rows as text without trailing blanks."""
        return [
            "".join(self._cell(row, column) for column in range(self.width)).rstrip()
            for row in range(self.height)
        ]

    def _cell(self, row: int, column: int) -> str:
        text = self._text.get((row, column))
        if text is not None:
            return text
        bits = self._bits.get((row, column), 0)
        if not bits:
            return " "
        return chr(0x2800 + bits) if self._pen != "rails" else _RAIL[bits]
