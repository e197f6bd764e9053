"""`quorate reproduce`: published experiments, listed, or run again with the published figures beside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from quorate.cli import tables
from quorate.cli.commands import app
from quorate.cli.comparing import WIDE, comparing, print_comparison
from quorate.cli.grids import listed, print_sections
from quorate.cli.options import PoolOption, ProgressOption
from quorate.cli.showing import View
from quorate.errors import BadOption

EXAMPLES = """**Examples**

`quorate reproduce` lists the reproductions, with what each needs and what it costs.

`quorate reproduce sparse2024` runs one on the shipped pool; the same command again goes on after a stop.

`quorate reproduce du2023 --model Qwen/Qwen3-4B --count 50 -o runs/du2023-qwen`

`quorate reproduce mad --endpoint http://localhost:8000/v1 -m small --judge large --problems riddles.jsonl`
"""
LEGEND = (
    "Calls are the most that the arms make on a problem, drafts that they share counted once; each control "
    "at equal cost adds about as many as the dearest arm. Without --model members of the shipped pool "
    "answer problems of their own, and nothing else is needed."
)


def _names() -> list[str]:
    from quorate.reproduce import reproductions

    return list(reproductions())


@app.command(epilog=EXAMPLES)
def reproduce(
    name: Annotated[
        str | None, typer.Argument(help="Which; leave it out for the list.", autocompletion=_names)
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", "-m", help="Checkpoint folder or hub name; give several to mix models."),
    ] = None,
    adapter: Annotated[
        list[str] | None, typer.Option("--adapter", "-a", help="LoRA adapter; one voice each.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="URL of an OpenAI-compatible server that serves the models.")
    ] = None,
    pool: PoolOption = None,
    judge: Annotated[
        str | None, typer.Option(help="Model of the judge, where there is one. [default: the first model]")
    ] = None,
    problems: Annotated[
        str | None,
        typer.Option(
            help="A file of problems, or a set that `quorate problems` lists. [default: the paper's, or "
            "the pool's]"
        ),
    ] = None,
    count: Annotated[int | None, typer.Option("--count", "-n", min=1, help="How many problems.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the sample of problems and of every draw.")] = 0,
    temperature: Annotated[
        float | None, typer.Option(min=0.0, help="0 is greedy. [default: the paper's, where it is known]")
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Most tokens of one answer. [default: 512; the pool: 200]")
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option("--record", "-o", help="Folder to record in. [default: runs/reproduce-NAME]"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    view: ProgressOption = View.auto,
) -> None:
    """Run a published experiment again, and print its figures beside those that come out here.

    On the shipped pool unless `--model` names others. Everything is recorded as an experiment is: run the
    same command again to go on, and open the folder with `quorate report` and `quorate dynamics`.
    """
    from quorate.reproduce.reproducing import stage
    from quorate.reproduce.telling import sections

    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    if name is None:
        console.print(_listing())
        console.print(Text(f"\n{LEGEND}", style="dim"), soft_wrap=True)
        return
    sampling = {"temperature": temperature, "max_tokens": max_tokens}
    staged = stage(
        name,
        pool=pool,
        **_voices(model or [], adapter or [], endpoint, judge, pool),
        problems=problems,
        count=count,
        seed=seed,
        sampling={option: value for option, value in sampling.items() if value is not None},
    )
    folder = record or Path("runs") / f"reproduce-{name}"
    comparing(staged.experiment, folder, view)
    found = staged.account(folder)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    print_comparison(console, found.comparison)
    console.print()
    print_sections(sections(found))
    console.print(Text(f"\nrecorded in {folder}", style="dim"), soft_wrap=True)


def _listing() -> Grid:
    from quorate.reproduce import reproductions
    from quorate.reproduce.telling import needs, needs_problems

    figures = ("calls a problem", "problems")
    grid = listed("name", "what", "models", "of problems", *figures, figures=figures)
    for name, one in reproductions().items():
        what = Text.assemble(one.title, "\n", (one.source, "dim"))
        cells = (needs(one), needs_problems(one), f"{one.calls:,}", f"{one.count:,}")
        grid.add_row(Text(name, style="bold"), what, *map(Text, cells))
    return grid


def _voices(
    models: list[str], adapters: list[str], endpoint: str | None, judge: str | None, pool: Path | None
) -> dict[str, Any]:
    """Return who speaks, as `stage` takes it; nobody of one's own without a model."""
    if not models and not endpoint:
        tables.check_pool_options(judge=judge, adapter=adapters)
        return {}
    if pool is not None:
        raise BadOption("--pool and --model exclude each other: give one of them.")
    data = tables.of_models(models, adapters, endpoint, 1, judge, {})
    said = [{"model": agent["model"], "adapter": agent["adapter"]} for agent in data["agents"]]
    chosen = data["offices"].get("judge")
    return {"voices": said, "judge": {"model": chosen["model"]} if chosen else None}
