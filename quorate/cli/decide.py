"""`quorate decide`: recorded answers through other rules and stop checks, without a model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from quorate import registry
from quorate.cli.commands import app
from quorate.cli.grids import ruled
from quorate.cli.options import names_of
from quorate.cli.showing import show_warning
from quorate.cli.tables import spec

if TYPE_CHECKING:
    from rich.table import Table as Grid

    from quorate.evaluate.statistics import Rate
    from quorate.redeciding import Progress as Shown
    from quorate.redeciding import Redecided
    from quorate.stopping import Stopped, Stopping

NAMED = 5
"""Most broken lines that are named one by one."""
SAVINGS = ("stopped", "rounds", "saved %", "calls %", "tokens %")
LOSSES = ("accuracy %", "difference", "lost", "gained", "unmet")
"""What stop checks save and lose: the columns of a table, or of two where one is too wide."""

EXAMPLES = """**Examples**

`quorate decide runs/first`

`quorate decide runs/first --rule all`

`quorate decide runs/first --rule schulze --rule "supermajority: {threshold: 0.75}" --weights w.json`

`quorate decide outputs.jsonl.gz --stop unanimous --stop "quorum: {share: 0.75}" --json`

`quorate decide outputs.jsonl --reading lenient --gold gold.jsonl --tie-break seat_order`

A file of recorded outputs has one JSON object a line:

    {"id": "q1", "question": "2+3?", "gold": "5", "candidates": [{"model": "ada", "answer": "5"}]}

Answers of later rounds say so: `"meta": {"round": 2}`.
"""


def _rules() -> list[str]:
    return ["all", *registry.rule]


@app.command(epilog=EXAMPLES)
def decide(
    record: Annotated[
        Path, typer.Argument(help="The folder of a run, or a JSONL file of recorded outputs (also .gz).")
    ],
    rule: Annotated[
        list[str] | None,
        typer.Option(
            "--rule",
            "-r",
            help="A rule, with options as in YAML; several are compared. [default: plurality]",
            autocompletion=_rules,
        ),
    ] = None,
    weights: Annotated[
        Path | None, typer.Option("--weights", "-w", help="What the seats' votes weigh, for rules that ask.")
    ] = None,
    stop: Annotated[
        list[str] | None,
        typer.Option(
            "--stop", "-s", help="A stop check to replay; repeatable.", autocompletion=names_of(registry.stop)
        ),
    ] = None,
    rounds: Annotated[
        int | None, typer.Option(min=1, help="Decide as things stood after so many rounds.")
    ] = None,
    reading: Annotated[
        str | None, typer.Option(help="Read the answers again from the texts: strict or lenient.")
    ] = None,
    gold: Annotated[
        Path | None, typer.Option(help="JSONL with id and gold: the right answers, instead of the record's.")
    ] = None,
    tie_break: Annotated[
        str | None,
        typer.Option(
            "--tie-break",
            help="Take one of tied winners. [default: each counts for its share]",
            autocompletion=names_of(registry.tie_break),
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Decide a record again by other rules, without a model: accuracies, intervals, differences.

    With `--stop`, how often each stop check would have ended the talk, when, and at what loss. A line of a
    file that cannot be read is named and left out; a damaged run is an error.
    """
    from quorate.redeciding import redecide
    from quorate.stopping import replay_stops
    from quorate.transcript_files import load_transcripts

    rules = [spec(text, "rule") for text in rule or ["plurality"]]
    checks = [spec(text, "stop") for text in stop or ()]
    with _bars() as progress:
        loaded = load_transcripts(record, reading=reading, gold=gold)  # type: ignore[arg-type]
        _warn(loaded.broken)
        found = loaded.transcripts
        cut = [t.upto(rounds) for t in found] if rounds is not None else found
        decided = redecide(cut, rules, weights=weights, tie_break=tie_break, progress=progress)
        by = decided.rules[-1].rule if len(decided.rules) == 2 else "plurality"
        replayed = replay_stops(cut, checks, rule=by, weights=weights, progress=progress) if checks else None
    if as_json:
        data = decided.model_dump(mode="json") | {"broken": list(loaded.broken)}
        data |= {"stopping": replayed.model_dump(mode="json")} if replayed else {}
        typer.echo(json.dumps(data, indent=2))
        return
    console = Console()
    _print_rules(console, decided)
    if replayed is not None:
        _print_stops(console, replayed)


def _warn(broken: Sequence[str]) -> None:
    for sentence in broken[:NAMED]:
        show_warning(f"left out: {sentence}", UserWarning)
    if len(broken) > NAMED:
        show_warning(f"left out: {len(broken) - NAMED} more that cannot be read.", UserWarning)


@contextmanager
def _bars() -> Iterator[Shown]:
    """Show progress on a terminal, on standard error; elsewhere show nothing."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=20), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:

        def through(items: Sequence[Any], what: str) -> Iterable[Any]:
            yield from bars.track(items, total=len(items), description=what)

        yield through


def _print_rules(console: Console, decided: Redecided) -> None:
    from quorate.redeciding import called

    console.print(Text("\n".join(_about(decided))), soft_wrap=True)
    heads = ("rule", "accuracy %", "against plurality", "same winners", "ties", "undecided")
    rows = []
    for scored in decided.rules:
        against = scored.against.points if scored.against and scored is not decided.rules[0] else ""
        same = f"{scored.same / decided.questions:.1%}"
        counts = (f"{scored.ties:,}", f"{scored.undecided:,}")
        rows.append((called(scored.rule), percent(scored.rate), against, same, *counts))
    console.print(_grid(console, heads, rows))
    for name, reason in decided.left_out.items():
        console.print(Text(f"left out: {name}: {reason}", style="dim"), soft_wrap=True)


def _about(decided: Redecided) -> Iterator[str]:
    """Yield what holds of the record whatever decides it."""
    how = f"ties by {decided.tie_break}" if decided.tie_break else "ties count by their share"
    weighed = f", weights: {decided.weights}" if decided.weights else ""
    yield f"{decided.questions:,} questions, {decided.with_gold:,} with a gold answer; {how}{weighed}"
    tokens = f", {decided.tokens:,.0f} tokens" if decided.tokens else ""
    rounds = f"{decided.rounds:.3g} round{'s' * (decided.rounds != 1)}"
    yield f"on average a question took {rounds} and {decided.calls:.3g} calls{tokens}"
    if decided.recorded is not None:
        yield f"as it was decided: {percent(decided.recorded)}"
    if decided.best_rate is not None and decided.any_right is not None:
        yield f"best seat, chosen on these questions: {decided.best} {percent(decided.best_rate)}"
        yield f"at least one seat right: {percent(decided.any_right)}"


def _print_stops(console: Console, replayed: Stopping) -> None:
    from quorate.redeciding import called

    after = f"after all {replayed.rounds:.3g} rounds" if replayed.rounds != 1 else "after the only round"
    full = f", {percent(replayed.rate)} {after}" if replayed.rate is not None else ""
    console.print(Text(f"\nstopped earlier, decided by {called(replayed.rule)}{full}"), soft_wrap=True)
    heads = ("check", *SAVINGS, *LOSSES)
    rows = [(called(stopped.check), *_cells(stopped)) for stopped in replayed.checks]
    whole, cut = _grid(console, heads, rows), 1 + len(SAVINGS)
    if _fits(console, whole):
        console.print(whole)
    else:
        console.print(_grid(console, heads[:cut], [row[:cut] for row in rows]))
        console.print(_grid(console, (heads[0], *heads[cut:]), [(row[0], *row[cut:]) for row in rows]))
    for name, reason in replayed.left_out.items():
        console.print(Text(f"left out: {name}: {reason}", style="dim"), soft_wrap=True)


def _cells(stopped: Stopped) -> Iterator[str]:
    yield f"{stopped.stopped:,}"
    yield f"{stopped.rounds:.2f}"
    for share in (stopped.rounds_saved, stopped.calls_saved, stopped.tokens_saved):
        yield "" if share is None else f"{100 * share:.1f}"
    yield percent(stopped.rate)
    yield stopped.against.points if stopped.against else ""
    yield f"{stopped.lost:.4g}"
    yield f"{stopped.gained:.4g}"
    yield f"{stopped.unmet:,}"


def _fits(console: Console, grid: Grid) -> bool:
    """Tell whether a table has room on the terminal without breaking a cell."""
    return Measurement.get(console, console.options.update(max_width=1_000), grid).maximum <= console.width


def _grid(console: Console, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Grid:
    """Return a table; where it is too wide, intervals go below their figures and the gaps shrink."""
    grid = ruled(*headings)
    for row in rows:
        grid.add_row(*map(Text, row))
    if _fits(console, grid):
        return grid
    grid = ruled(*(heading.replace(" ", "\n").replace("\n%", " %") for heading in headings), gap=0)
    for name, *figures in rows:
        grid.add_row(Text(name), *(Text(cell.replace(" [", "\n[")) for cell in figures))
    return grid


def percent(rate: Rate | None) -> str:
    """Return a rate with its interval in percent, nothing where there is none.

    Examples
    --------
    >>> from quorate.evaluate.statistics import Rate
    >>> percent(Rate.count(8, 10))
    '80.00 [49.0, 94.3]'
    """
    return f"{100 * rate.share:.2f} [{100 * rate.low:.1f}, {100 * rate.high:.1f}]" if rate else ""
