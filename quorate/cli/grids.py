"""Tables in a terminal: a ruled one of figures, a plain list, and sections with theirs.

Empty ones are returned, to be filled with `add_row`; text in a cell is a `rich.text.Text`, so that no markup
in it means anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

if TYPE_CHECKING:
    from quorate.evaluate.dynamics.sections import Section


def ruled(*headings: str, words: Collection[str] = (), gap: int = 2) -> Grid:
    """Return a table with a line below its headings: figures, but for the first column and those in `words`.

    Examples
    --------
    >>> [column.justify for column in ruled("rule", "calls", "why", words=["why"]).columns]
    ['left', 'right', 'left']
    """
    grid = Grid(box=SIMPLE_HEAD, padding=(0, gap, 0, 0), pad_edge=False, header_style="dim")
    for place, heading in enumerate(headings):
        figures = place and heading not in words
        grid.add_column(Text(heading), justify="right" if figures else "left", overflow="fold")
    return grid


def listed(*headings: str, figures: Collection[str] = ()) -> Grid:
    """Return a table without lines: words, but for the columns in `figures`.

    Examples
    --------
    >>> [column.justify for column in listed("name", "calls", figures=["calls"]).columns]
    ['left', 'right']
    """
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in headings:
        grid.add_column(Text(heading), justify="right" if heading in figures else "left", overflow="fold")
    return grid


def print_sections(parts: Iterable[Section]) -> None:
    """Print sections: on a terminal with their tables ruled, elsewhere as the plain text that they are."""
    console = Console()
    if not console.is_terminal:
        typer.echo("\n\n".join(map(str, parts)))
        return
    for part in parts:
        console.print(Text(part.title, style="bold"))
        for line in part.lines:
            console.print(Text(line))
        console.print(_drawn(part, console.width) if part.rows else "")


def _drawn(part: Section, width: int) -> Grid:
    """Draw a section's table; where it is too wide, intervals go below their figures."""
    widths = [max(map(len, column)) for column in zip(part.columns, *part.rows, strict=True)]
    narrow = sum(widths) + 2 * len(widths) > width
    grid = ruled(*part.columns, gap=1 if narrow else 2)
    for row in part.rows:
        grid.add_row(*(Text(cell.replace(" [", "\n[") if narrow else cell) for cell in row))
    return grid
