"""`quorate dynamics`: what deliberation did in a record, round by round and seat by seat."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from quorate.cli.commands import app
from quorate.cli.grids import print_sections

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

    with Console(stderr=True).status("Reading ..."):
        found = read_dynamics(*records, reading=reading, gold=gold)  # type: ignore[arg-type]
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    print_sections(sections(found))
