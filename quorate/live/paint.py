"""What the live view is painted with: lines of styled spans, a palette, columns that share a width.

A line is a list of (text, style) spans. Text is shown literally, never read as markup. Every colour has
a contrast of at least 3:1 on black and on white, and every answer also has a shape of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from quorate.live.text import anchored, fit

Span = tuple[str, str]
Line = list[Span]

PLAIN = ""
STRONG = "bold"
QUIET = "#808080"
GOOD = "#2f9e6e"
BAD = "#d05555"
BUSY = "#3f8fd2"
ANSWERS: tuple[Span, ...] = (
    ("●", "#3f8fd2"),
    ("■", "#c77a1e"),
    ("▲", "#9b72cf"),
    ("◆", "#2f9e6e"),
    ("▼", "#c2608a"),
    ("★", "#8a8a2a"),
)
"""Shape and colour of the answers, by first appearance."""
OTHER: Span = ("○", QUIET)
"""All later answers."""
NONE: Span = ("·", QUIET)
"""No readable answer."""
BROKEN: Span = ("×", BAD)

SPARKS = "▁▂▃▄▅▆▇█"


def mark(rank: int | None) -> Span:
    """Return the shape and colour of the answer that appeared `rank`-th; None is no answer.

    Examples
    --------
    >>> mark(0)[0], mark(99)[0], mark(None)[0]
    ('●', '○', '·')
    """
    if rank is None:
        return NONE
    return ANSWERS[rank] if rank < len(ANSWERS) else OTHER


def spark(share: float) -> str:
    """Return a block as high as a share of 1.

    Examples
    --------
    >>> spark(0.0), spark(0.5), spark(1.0)
    ('▁', '▄', '█')
    """
    return SPARKS[round(min(max(share, 0.0), 1.0) * (len(SPARKS) - 1) - 0.01)]


def bar(share: float, width: int, glyph: str = "━") -> str:
    """Return a bar that fills a share of `width` cells, at least one when the share is not nothing.

    Examples
    --------
    >>> bar(0.5, 6), bar(0.001, 6), bar(0.0, 6)
    ('━━━', '━', '')
    """
    if not share > 0:  # also a share that is not a number
        return ""
    return glyph * max(1, round(min(share, 1.0) * width))


def length(line: Line) -> int:
    """Return the width of a line in cells."""
    return sum(cell_len(text) for text, _ in line)


def cut(line: Sequence[Span], width: int) -> Line:
    """Cut a line to `width` cells.

    Examples
    --------
    >>> cut([("answer ", ""), ("thirty-nine", "bold")], 13)
    [('answer ', ''), ('thirt…', 'bold')]
    """
    kept: Line = []
    for text, style in line:
        size = cell_len(text)
        if size > width:
            return [*kept, (fit(text, width), style)] if width > 0 else kept
        kept.append((text, style))
        width -= size
    return kept


def pad(line: Line, width: int) -> Line:
    """Cut or fill a line to exactly `width` cells."""
    kept = cut(line, width)
    missing = width - length(kept)
    return [*kept, (" " * missing, PLAIN)] if missing > 0 else kept


def spread(left: Line, right: Line, width: int) -> Line:
    """Put one line at the left edge and one at the right; the left one is cut first."""
    if not right:
        return cut(left, width)
    right = cut(right, width)
    room = width - length(right)
    return [*pad([*cut(left, room - 2), ("  ", PLAIN)], room), *right] if room > 2 else pad(right, width)


def beside(left: Sequence[Line], right: Sequence[Line], width: int, gap: int = 3) -> list[Line]:
    """Join two blocks side by side; `width` is the left one's."""
    rows = max(len(left), len(right))
    blank = (" " * gap, PLAIN)
    return [
        [*pad(left[row] if row < len(left) else [], width), blank, *(right[row] if row < len(right) else [])]
        for row in range(rows)
    ]


def joined(parts: Iterable[Line], between: str = " · ") -> Line:
    """Join the parts that are not empty."""
    line: Line = []
    for part in parts:
        if part:
            line.extend([(between, QUIET), *part] if line else part)
    return line


def to_text(line: Sequence[Span], width: int) -> Text:
    """Make the text that rich prints: at most `width` cells, nothing in it is markup."""
    spans = ((anchored(text), style) for text, style in cut(line, width))
    return Text.assemble(*spans, no_wrap=True, overflow="crop")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that wants between `least` and `most` cells."""

    name: str
    least: int
    most: int


def share_out(columns: Sequence[Column], width: int, gap: int = 2) -> dict[str, int]:
    """Give columns their widths, the first ones first; those for which no room is left get none.

    Examples
    --------
    >>> share_out([Column("name", 4, 10), Column("answer", 4, 6), Column("role", 8, 20)], 19)
    {'name': 10, 'answer': 6}
    """
    widths: dict[str, int] = {}
    room = width
    for column in columns:
        need = column.least + (gap if widths else 0)
        if column.most > 0 and need <= room:
            widths[column.name] = column.least
            room -= need
    for column in columns:
        if column.name in widths:
            more = min(room, max(0, column.most - column.least))
            widths[column.name] += more
            room -= more
    return widths
