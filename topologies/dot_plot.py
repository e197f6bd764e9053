"""Dot plot: the matrix of a graph that is too large for names, one dot for each seat that hears another."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from quorate.topologies.canvas import Canvas, dotted


def dot_plot(seats: Sequence[str], edges: Collection[tuple[str, str]], width: int, height: int) -> list[str]:
    r"""Draw who hears whom as a matrix: a dot in row v and column u when v hears u, in seat order.

    When there are more seats than dots, a dot stands for a block of pairs and is set when any of them is
    an edge. A frame and a line that says how to read it are added where there is room.

    Examples
    --------
    >>> print(*dot_plot("abcdefgh", [("a", "b"), ("g", "h")], 40, 5), sep="\n")
    ╭────╮
    │⠂   │
    │   ⡀│
    ╰────╯
    8 seats: a row hears its columns
    """
    framed, captioned = width >= 4 and height >= 4, width >= 4 and height >= 5
    columns, rows = width - 2 * framed, height - 2 * framed - captioned
    block = math.ceil(len(seats) / min(2 * columns, 4 * rows))
    dots = math.ceil(len(seats) / block)
    canvas = Canvas(math.ceil(dots / 2), math.ceil(dots / 4), "dots")
    place = {seat: number // block for number, seat in enumerate(seats)}
    for dot in {(place[u], place[v]) for u, v in edges}:
        canvas.stroke(dotted(dot, dot))
    lines = _framed(canvas) if framed else canvas.lines()
    told = (f"{len(seats)} seats: a row hears its columns", f"{len(seats)} seats")
    return lines + [text for text in told if captioned and len(text) <= width][:1]


def _framed(canvas: Canvas) -> list[str]:
    rule = "─" * canvas.width
    return [f"╭{rule}╮", *(f"│{line:{canvas.width}}│" for line in canvas.lines()), f"╰{rule}╯"]
