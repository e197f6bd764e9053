"""`quorate problems`: sources of problems, listed, looked into, and sampled to a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from quorate.cli import tables
from quorate.cli.commands import app
from quorate.cli.grids import listed
from quorate.cli.makers import summary
from quorate.errors import BadOption

if TYPE_CHECKING:
    from quorate.evaluate import Problem
    from quorate.evaluate.sources import ProblemSet

EXAMPLES = """**Examples**

`quorate problems` lists the sets that are known by name.

`quorate problems arithmetic --count 100 --seed 1 -o arithmetic.jsonl`

`quorate problems pool --option kind=mixed --option level=3 -n 500 -o hard.jsonl`

`quorate problems data.csv --field text=prompt --field gold=label --part development -o some.jsonl`

`quorate problems gsm8k --folder ./gsm8k -n 200 --seed 0 -o gsm8k.jsonl`
"""
LONGEST = 1_500
"""Characters of a question that are shown."""


def _names() -> list[str]:
    from quorate.evaluate.sources import datasets, procedural

    return [*procedural, *datasets()]


@app.command(epilog=EXAMPLES)
def problems(
    source: Annotated[
        str | None,
        typer.Argument(
            help="A file (JSONL, CSV, Parquet) or a set known by name; leave it out for the list.",
            autocompletion=_names,
        ),
    ] = None,
    count: Annotated[int | None, typer.Option("--count", "-n", min=1, help="How many to draw.")] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="The same seed draws the same problems, however they are sorted."),
    ] = None,
    part: Annotated[
        str | None, typer.Option(help="Only this part: train (80 %), development or test (10 % each).")
    ] = None,
    split: Annotated[str | None, typer.Option(help="The split of a data set.")] = None,
    config: Annotated[
        str | None, typer.Option(help="The configuration of a data set, such as a subject.")
    ] = None,
    folder: Annotated[Path | None, typer.Option(help="A folder with a copy of the data set.")] = None,
    hub: Annotated[str | None, typer.Option(help="Another place of the data set on the hub.")] = None,
    revision: Annotated[str | None, typer.Option(help="A commit or tag of the data set on the hub.")] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field", "-f", help="Where a field is in a file, as field=column; may be given again."
        ),
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="How answers are compared: number, choice, maths or text.")
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option("--option", help="An option of a procedural set, as key=value.")
    ] = None,
    skip_unreadable: Annotated[
        bool, typer.Option("--skip-unreadable", help="Leave out rows whose gold answer cannot be read.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the problems with their gold to this JSONL file."),
    ] = None,
) -> None:
    """List the sources of problems, show a problem of one, or write a sample of it to a file."""
    from quorate.evaluate.sources import read_problems

    console = Console()
    if source is None:
        console.print(_listing())
        console.print(Text("\n`quorate problems NAME` shows a problem.", style="dim"), soft_wrap=True)
        return
    given = {
        "count": count,
        "seed": seed,
        "part": part,
        "split": split,
        "config": config,
        "folder": folder,
        "hub": hub,
        "revision": revision,
        "fields": tables.pairs(field or [], "field", texts=True),
        "kind": kind,
        "skip_unreadable": skip_unreadable,
    }
    found = read_problems(described(source, given, tables.pairs(option or [], "option")))
    if output is not None:
        done = f"{len(found)} problems written to {found.write(output)} (digest {found.digest})"
        console.print(Text(done), soft_wrap=True)
        return
    for line in shown(found):
        console.print(line, soft_wrap=True)


def described(source: str, given: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a definition would say about the source that a command names.

    Raises
    ------
    BadOption
        For options of procedural sets that are given to something else.

    Examples
    --------
    >>> described("arithmetic", {"count": 3, "seed": None}, {"largest": 9})
    {'arithmetic': {'largest': 9}, 'count': 3}
    """
    from quorate.evaluate.sources import datasets, procedural

    said = {name: value for name, value in given.items() if value not in (None, {}, False)}
    is_file = Path(source).is_file()
    if source in procedural and not is_file:
        return {source: dict(options), **said}
    if options:
        raise BadOption(f"--option is for procedural sets ({', '.join(procedural)}), and {source} is none.")
    if source in datasets() and not is_file:
        return {"dataset": source, **said}
    from quorate.evaluate.sources.source import spelled_out

    return {**spelled_out(source), **said}


def _listing() -> Grid:
    from quorate.evaluate.sources import datasets, procedural

    grid = listed("name", "problems", "what", "needs", figures=("problems",))
    for name in procedural:
        grid.add_row(Text(name, style="bold"), "endless", Text(summary(procedural[name])), "nothing")
    for name, known in datasets().items():
        needs = f"{known.hub} ({known.split}), or a copy"
        grid.add_row(Text(name, style="bold"), f"{known.size:,}", Text(known.about), Text(needs, style="dim"))
    return grid


def shown(found: ProblemSet) -> Iterator[Text]:
    """Yield the lines that show a set: its first problem, and where its problems come from."""
    first = found.problems[0]
    yield Text(readable(first.question.stated))
    yield from _answers(first)
    yield Text()
    told = {**found.about, "kind": first.question.kind, "metrics": list(found.metrics)}
    for name, value in {"problems": len(found), **told, "digest": found.digest}.items():
        yield Text.assemble((f"{name.replace('_', ' '):<16} ", "dim"), readable(_plain(value)))


def _answers(problem: Problem) -> Iterator[Text]:
    if problem.gold is not None:
        yield Text.assemble(("gold: ", "dim"), (readable(problem.gold), "bold"))
    for reference in problem.references:
        yield Text.assemble(("reference: ", "dim"), readable(reference))


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(item)}" for key, item in value.items()) or "as usual"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def readable(text: str) -> str:
    r"""Return a text of somebody else's as a terminal may show it: without control characters, not too long.

    Examples
    --------
    >>> readable("What\x1b[31m is\n2+3?")
    'What[31m is\n2+3?'
    """
    plain = "".join(sign for sign in text if sign == "\n" or sign.isprintable())
    return plain if len(plain) <= LONGEST else plain[:LONGEST] + f" ... ({len(plain):,} characters)"
