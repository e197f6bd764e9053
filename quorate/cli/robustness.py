"""`quorate robustness`: adversaries by part, number and place, over graphs and filters, to one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table as Grid
from rich.text import Text

from quorate.cli.commands import app
from quorate.cli.comparing import WIDE, Board, PlainLines
from quorate.cli.grids import ruled
from quorate.cli.options import PoolOption, ProgressOption, folder_for
from quorate.cli.showing import View, is_drawn
from quorate.cli.tables import spec
from quorate.errors import BadOption

if TYPE_CHECKING:
    from quorate.robustness import Finding, Robustness, Study

EXAMPLES = """**Examples**

`quorate robustness attacks.yaml -o runs/attacks`

`quorate robustness runs/attacks` shows a finished study, or goes on with it

`quorate robustness -n 20 --kind colluding --counts 0,1,2 --topology ring --topology star --filter top_k`
attacks the specialists of the shipped pool

A study in YAML:

    name: ring, star and all to all under attack
    problems: {pool: {kind: mixed}, count: 60}
    pool: [rates, money, measure, sets, ages, generalist]
    protocol: {debate: {rounds: 3, critique: "off", until: never}}
    kinds: [confidently_wrong, colluding, copying, stubborn, injecting]
    counts: [0, 1, 2, 3]
    places: [hub, leaf]
    topologies: [ring, star, complete]
    filters: [{top_k: {k: 2}}]

Instead of `pool`, `models` and `agents` as in a definition. A place is hub, leaf, random, or a list of names.
"""
DEBATE: dict[str, Any] = {"debate": {"rounds": 3, "critique": "off", "until": "never"}}
"""How the specialists of a pool debate: they were trained to revise, and not to stop early."""


def _kinds() -> list[str]:
    from quorate.agents.adversaries import adversary

    return list(adversary)


@app.command(epilog=EXAMPLES)
def robustness(
    study: Annotated[
        Path | None,
        typer.Argument(
            help="A study in YAML, or the folder of one; the specialists of the pool if left out."
        ),
    ] = None,
    record: Annotated[
        Path | None, typer.Option("--record", "-o", help="Folder to record in. [default: runs/NAME]")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many problems.")] = None,
    pool: PoolOption = None,
    problems: Annotated[
        int | None, typer.Option("--problems", "-n", min=1, help="How many of the pool's. [default: 30]")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind", "-k", help="What adversaries play. [default: confidently_wrong]", autocompletion=_kinds
        ),
    ] = None,
    counts: Annotated[str | None, typer.Option(help="How many there are. [default: 0,1,2]")] = None,
    place: Annotated[
        list[str] | None, typer.Option(help="Where: hub, leaf, random. [default: hub and leaf]")
    ] = None,
    topology: Annotated[
        list[str] | None, typer.Option("--topology", "-t", help="[default: ring, star and complete]")
    ] = None,
    filter: Annotated[
        list[str] | None,
        typer.Option("--filter", "-f", help="Tried on every graph, as a name or {name: {option: value}}."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of the table.")] = False,
    view: ProgressOption = View.auto,
) -> None:
    """Plant adversaries at chosen seats and measure what that costs the honest, for every graph and filter.

    Everything is paired: the same questions, the same first drafts of the honest, with and without
    adversaries, with and without filters. Only what can be told from chance is named. Whatever was answered
    is recorded: run the same command again to go on after a stop or a crash.
    """
    given = _given(pool=pool, n=problems, kinds=kind, counts=counts, places=place, t=topology, f=filter)
    if study is not None and given:
        raise BadOption(f"A study says {given[0]} itself; change it there, or leave the study out.")
    if study is not None and study.is_dir():
        if record is not None or limit is not None:
            raise BadOption("A folder is shown or continued as it is: leave out --record and --limit.")
        found = _reopened(study, view)
        folder = study
    else:
        made = (
            _load(study, limit)
            if study is not None
            else _of_pool(pool, (problems or 30), kind, counts, place, topology, filter).limited(limit)
        )
        folder = record or folder_for(made.name)
        found = _held(made, folder, view)
    _print(found, folder, as_json=as_json, as_csv=as_csv)


def _given(**options: Any) -> list[str]:
    names = {"n": "--problems", "t": "--topology", "f": "--filter", "kinds": "--kind", "places": "--place"}
    return [names.get(name, f"--{name}") for name, value in options.items() if value]


def _load(path: Path, limit: int | None) -> Study:
    from quorate.robustness import load_study

    return load_study(path, limit=limit)


def _of_pool(
    folder: Path | None,
    count: int,
    kinds: Sequence[str] | None,
    counts: str | None,
    places: Sequence[str] | None,
    topologies: Sequence[str] | None,
    filters: Sequence[str] | None,
) -> Study:
    """Describe a study of a pool's specialists as a file would."""
    from quorate.robustness import build_study

    where = {} if folder is None else {"folder": str(folder.resolve())}
    data: dict[str, Any] = {
        "name": "robustness of the pool",
        "problems": {"pool": {"kind": "mixed", **where}, "count": count},
        "pool": {"members": "specialists", **where},
        "protocol": DEBATE,
        "kinds": list(kinds or ["confidently_wrong"]),
        "counts": _numbers(counts or "0,1,2"),
        "places": list(places or ["hub", "leaf"]),
        "topologies": [spec(text, "topology") for text in topologies or ["ring", "star", "complete"]],
        "filters": [spec(text, "filter") for text in filters or []],
    }
    return build_study(data, where="robustness")


def _numbers(text: str) -> list[int]:
    try:
        return [int(number) for number in text.split(",")]
    except ValueError:
        raise BadOption(f"--counts are numbers with commas, such as 0,1,2; not '{text}'.") from None


def _reopened(folder: Path, view: View) -> Robustness:
    from quorate.robustness import read_robustness, reopen_study

    found = read_robustness(folder)
    return found if found is not None else _held(reopen_study(folder), folder, view)


def _held(study: Study, folder: Path, view: View) -> Robustness:
    """Hold a study under a view; ctrl-C leaves a folder that can be continued, and says how."""
    from quorate.experiments.progress import Progress
    from quorate.robustness import robustness as hold

    progress = Progress(study.experiment)
    console = Console(stderr=True)
    try:
        if view is View.quiet:
            return hold(study, folder=folder)
        if not is_drawn(view):
            return hold(study, folder=folder, watch=PlainLines(progress, console))
        with Live(Board(progress), console=console, refresh_per_second=4, transient=True):
            return hold(study, folder=folder, watch=progress)
    except KeyboardInterrupt:
        again = "the same command again" if study.source is None else f"quorate robustness {folder}"
        console.print(Text(f"Stopped. Everything answered is recorded; go on with: {again}"), soft_wrap=True)
        raise typer.Exit(130) from None


def _print(found: Robustness, folder: Path, *, as_json: bool, as_csv: bool) -> None:
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    if as_csv:
        typer.echo(found.csv(), nl=False)
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    for line in _about(found):
        console.print(Text(line), soft_wrap=True)
    console.print(_grid(found))
    for line in found.sentences():
        console.print(Text(line), soft_wrap=True)
    for note in found.notes:
        console.print(Text(f"note: {note}", style="dim"), soft_wrap=True)
    console.print(Text(f"recorded in {folder}", style="dim"), soft_wrap=True)


def _about(found: Robustness) -> Iterator[str]:
    yield found.title
    seeds = len(found.seeds)
    yield (
        f"{found.problems:,} problems, {len(found.agents)} agents, {seeds} seed{'s' * (seeds > 1)}; "
        "intervals of 95 %; tokens of one question"
    )


def _grid(found: Robustness) -> Grid:
    filtered = any(one.help is not None for one in found.findings)
    grid = ruled()
    for heading in ("graph", *(["filter"] * filtered), "adversaries", "who"):
        grid.add_column(heading, overflow="fold", ratio=2 if heading == "adversaries" else 1)
    headings = ["group %", "honest %", "drafts %", "harm", *(["filter's gain"] * filtered), "tokens"]
    for heading in headings:
        grid.add_column(Text(heading), justify="right", no_wrap=True)
    for place, one in enumerate(found.findings):
        if not one.seats and place:
            grid.add_section()
        grid.add_row(*map(Text, _cells(one, filtered)))
    return grid


def _cells(one: Finding, filtered: bool) -> Iterator[str]:
    yield one.topology
    if filtered:
        yield one.filter
    yield one.attack
    yield ", ".join(one.seats)
    yield one.group.percent
    yield one.honest.percent
    yield one.drafted.percent
    yield "" if one.harm is None else one.harm.difference.points
    if filtered:
        yield "" if one.help is None else one.help.difference.points
    yield f"{one.tokens:,.0f}"
