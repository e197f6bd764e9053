"""`quorate roles`: written by a model, drawn from the library, shown, and measured by what they yield."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from quorate.cli.commands import app as commands
from quorate.cli.grids import listed
from quorate.errors import BadOption

if TYPE_CHECKING:
    from quorate.agents import Agent
    from quorate.nouns import Noun
    from quorate.role_files import Role

app = typer.Typer(
    name="roles",
    help="Who agents are told to be: written by a model for a task, by hand, or drawn from a library.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
commands.add_typer(app)

WRITE = """**Examples**

`quorate roles write "Word problems about trains" -m ./checkpoints/base -n 4 -o roles.json`

`quorate roles write "Medical exams" --endpoint http://localhost:8000/v1 -m Qwen/Qwen3-4B -n 6 -o roles.json`

`quorate roles write "Word problems about trains" --library -n 4 -o roles.json` asks no model

Then, in a definition: `roles: ./roles.json`. A file that is there already is read, not written again.
"""
DIVERSITY = """**Examples**

`quorate roles diversity runs/with-roles`

`quorate roles diversity runs/with-roles runs/plain` compares the two on the same questions

`quorate roles diversity runs/with-roles --encoder ./checkpoints/minilm`
"""


def _groups() -> list[str]:
    from quorate.roles import groups

    return list(groups())


GroupOption = Annotated[
    list[str] | None,
    typer.Option("--group", "-g", help="Only of this group of the library.", autocompletion=_groups),
]


@app.command(epilog=WRITE)
def write(
    task: Annotated[str, typer.Argument(help="What the agents will work on, in a sentence or two.")],
    record: Annotated[Path, typer.Option("--output", "-o", help="The file that keeps the roles.")],
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many roles.")] = 4,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="Checkpoint folder or hub name of who writes.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="URL of an OpenAI-compatible server that serves the model.")
    ] = None,
    library: Annotated[bool, typer.Option("--library", help="Draw them from the library instead.")] = False,
    group: GroupOption = None,
    temperature: Annotated[float, typer.Option(min=0.0, help="0 is greedy.")] = 0.7,
    seed: Annotated[int, typer.Option(help="Of all draws.")] = 0,
) -> None:
    """Have a model write a role for every agent, once for a whole data set, and keep them in a file."""
    from quorate.roles import pick, write_roles

    if library == bool(model):
        raise BadOption("Say who writes: a model (-m NAME), or nobody (--library).")
    if model:
        if group:
            raise BadOption("--group chooses among the library; it goes with --library.")
        made = write_roles(_writer(model, endpoint, temperature), task, count, file=record, seed=seed)
    else:
        if record.exists():
            raise BadOption(f"{record} exists already; show it with `quorate roles show {record}`.")
        made = pick(count, among=group or (), seed=seed).model_copy(update={"task": task.strip()})
        made.save(record)
    _print(made)
    Console().print(Text(f"written by {made.written_by}; kept in {record}", style="dim"), soft_wrap=True)


def _writer(model: str, endpoint: str | None, temperature: float) -> Agent:
    from quorate.definition_file import AgentSpec, Models

    served = {"endpoint": {"url": endpoint, "model": model}}
    sampling: Any = {"temperature": temperature, "max_tokens": 2048}
    described = {"name": "writer", "model": served if endpoint else {"transformers": {"path": model}}}
    return Models({}).agent(AgentSpec.model_validate({**described, "sampling": sampling}))


@app.command("list")
def list_(group: GroupOption = None) -> None:
    """List the roles of the library."""
    from quorate.roles import library, pick

    pick(1, among=group or ())  # complains of an unknown group
    _print(role for role in library() if not group or role.group in group)


@app.command()
def show(file: Annotated[Path, typer.Argument(help="A file of roles.")]) -> None:
    """Show the roles of a file, what they were written for, and by whom."""
    from quorate.role_files import tidy
    from quorate.roles import load_roles

    known, console = load_roles(file), Console()
    if known.task:
        console.print(Text(f"for: {tidy(known.task, 2000)}"), soft_wrap=True)
    _print(known)
    by = f"written by {tidy(known.written_by, 80)}" + (f"; {tidy(known.note, 400)}" if known.note else "")
    console.print(Text(by, style="dim"), soft_wrap=True)


def _print(roles: Iterable[Role]) -> None:
    grid = Grid.grid(padding=(0, 2))
    for role in roles:
        grid.add_row(Text(role.name, style="bold"), Text(role.group, style="dim"), Text(role.text))
    Console().print(grid)


@app.command(epilog=DIVERSITY)
def diversity(
    run: Annotated[Path, typer.Argument(help="Folder of a run, or a JSONL file of outputs.")],
    other: Annotated[
        Path | None, typer.Argument(help="Another one over the same questions to compare with.")
    ] = None,
    encoder: Annotated[
        str | None, typer.Option(help="Checkpoint of a sentence encoder, for the distance of the texts.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Measure how different the first drafts of a run are: what its roles are worth in variety."""
    from quorate.roles import compare_diversity, role_diversity

    found: list[Noun] = [role_diversity(source, embed=encoder) for source in (run, other) if source]
    if other is not None:
        found.append(compare_diversity(run, other, embed=encoder))
    if as_json:
        typer.echo("[" + ",\n".join(one.model_dump_json(indent=2) for one in found) + "]")
        return
    headings = ["run", "other", "difference"] if other else ["run"]
    grid = listed("", *headings, figures=headings)
    for name, said in MEASURES.items():
        cells = [_figure(getattr(one, name)) for one in found]
        if any(cells):
            grid.add_row(said, *map(Text, cells))
    Console().print(grid)


MEASURES = {
    "questions": "questions",
    "distinct": "different answers",
    "disagreement": "pairs that disagree",
    "distance": "distance of the texts",
    "right_somewhere": "some seat is right",
}


def _figure(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value.mean:.2f} [{value.low:.2f}, {value.high:.2f}]"
