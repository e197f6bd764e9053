"""`quorate dynamics`: what deliberation did in a record, round by round and seat by seat."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from quorate.cli.commands import app

if TYPE_CHECKING:
    from quorate.evaluate.dynamics.sections import Section

EXAMPLES = """**Examples**

`quorate dynamics runs/first`

`quorate dynamics runs/seed-0 runs/seed-1 --reading lenient`

`quorate dynamics outputs.jsonl.gz --json > dynamics.json`
"""


@app.command(epilog=EXAMPLES)
def dynamics(
    records: Annotated[
        list[Path],
        typer.Argument(help="Folders of runs, such as several seeds of one, or JSONL files of outputs."),
    ],
    reading: Annotated[
        str | None, typer.Option(help="Read the answers again from the texts: strict or lenient.")
    ] = None,
    gold: Annotated[
        Path | None, typer.Option(help="JSONL with id and gold: the right answers, instead of the record's.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Tell what deliberation did: accuracy round by round, flips, conformity, drift, influence.

    Who heard whom is read from the run; recorded outputs do not say it, and everybody is taken to have heard
    all others. Runs over the same questions are taken together, and intervals are by question.
    """
    from quorate.evaluate.dynamics import read_dynamics
    from quorate.evaluate.dynamics.telling import sections

    console = Console(stderr=True)
    with console.status("Reading ..."):
        found = read_dynamics(*records, reading=reading, gold=gold)  # type: ignore[arg-type]
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    console = Console()
    if not console.is_terminal:
        typer.echo(str(found))
        return
    for section in sections(found):
        _print(console, section)


def _print(console: Console, section: Section) -> None:
    console.print(Text(section.title, style="bold"))
    for line in section.lines:
        console.print(Text(line))
    if section.rows:
        console.print(_grid(section, console.width))
    else:
        console.print()


def _grid(section: Section, width: int) -> Grid:
    """Draw a table; where it is too wide, intervals go below their figures."""
    widths = [max(map(len, column)) for column in zip(section.columns, *section.rows, strict=True)]
    narrow = sum(widths) + 2 * len(widths) > width
    grid = Grid(box=SIMPLE_HEAD, padding=(0, 1 if narrow else 2, 0, 0), pad_edge=False, header_style="dim")
    for place, column in enumerate(section.columns):
        grid.add_column(column, justify="right" if place else "left", overflow="fold")
    for row in section.rows:
        grid.add_row(*(Text(cell.replace(" [", "\n[") if narrow else cell) for cell in row))
    return grid
