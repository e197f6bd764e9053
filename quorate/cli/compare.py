"""`quorate compare`: an experiment to its table, or a folder's table again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from quorate.cli.commands import app
from quorate.cli.comparing import WIDE, comparing, print_comparison
from quorate.cli.options import ProgressOption, folder_for
from quorate.cli.showing import View
from quorate.errors import BadOption

if TYPE_CHECKING:
    from quorate.experiments import Experiment

EXAMPLES = """**Examples**

`quorate compare study.yaml`

`quorate compare study.yaml -o runs/study --limit 50`

`quorate compare runs/study` shows a finished experiment, or goes on with it

An experiment in YAML:

    name: ring against complete
    problems: {pool: {kind: mixed}, count: 60}
    development: {pool: {kind: mixed, split: development}, count: 40}
    pool: specialists
    arms:
      relay: {topology: ring, protocol: relay}
    grids:
      debate: {topology: [ring, complete], rounds: [2, 3], decide: most_confident}

Instead of `pool`, `models` and `agents` as in a definition. Best single agent, vote over the first drafts,
self-consistency at equal calls and at equal tokens, self-refinement and irrelevant peers are always there;
switch one off by name:

    controls: {noise_peers: off}
"""


@app.command(epilog=EXAMPLES)
def compare(
    experiment: Annotated[
        Path,
        typer.Argument(help="An experiment: YAML, Python that sets `experiment`, or the folder of one."),
    ],
    record: Annotated[
        Path | None,
        typer.Option("--record", "-o", help="Folder to record in. [default: runs/NAME]"),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many problems.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
    view: ProgressOption = View.auto,
) -> None:
    """Compare arms at equal cost over the same problems and the same first drafts, to one honest table.

    Whatever was answered is recorded: run the same command again to go on after a stop or a crash. Arms and
    controls may be added to the file later, or taken out: only the new ones are run.
    """
    from quorate.experiments import is_finished, read_comparison, reopen

    if experiment.is_dir():
        if record is not None or limit is not None:
            raise BadOption("A folder is shown or continued as it is: leave out --record and --limit.")
        folder = experiment
        table = read_comparison(folder) if is_finished(folder) else None
        study = None if table is not None else reopen(folder)
    else:
        study, table = _load(experiment, limit), None
        folder = record or folder_for(study.name)
    if study is not None:
        table = comparing(study, folder, view)
    if as_json and table is not None:
        typer.echo(table.model_dump_json(indent=2))
    elif table is not None:
        console = Console()
        if not console.is_terminal:
            console = Console(width=WIDE)
        print_comparison(console, table)
        console.print(Text(f"recorded in {folder}", style="dim"), soft_wrap=True)


def _load(path: Path, limit: int | None) -> Experiment:
    from quorate.experiments import load_experiment

    return load_experiment(path, limit=limit)
