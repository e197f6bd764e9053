"""`quorate gate`: learn from records where a debate pays, and what adaptive effort saves and loses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from quorate.cli.commands import app as quorate
from quorate.cli.grids import ruled
from quorate.cli.showing import show_warning
from quorate.cli.tables import spec

if TYPE_CHECKING:
    from quorate.gating import Arm, Savings
    from quorate.protocols.gating import Gate, Head
    from quorate.transcripts import Transcript

TRAIN = """**Examples**

`quorate gate train runs/first -o gate.json`

`quorate gate train runs/seed-0 runs/seed-1 -o gate.json --slack 0.01`

The runs are debates over problems with gold that were always held, best with `until: never`. Their agents are
the only ones that the gate then knows:

    protocol: {gated: {gate: ./gate.json, then: {debate: {rounds: 4}}}}
"""
SHOW = """**Examples**

`quorate gate show gate.json`

`quorate gate show gate.json runs/other` measures it on debates that it was not trained on.
"""
SAVINGS = """**Examples**

`quorate gate savings runs/first -p cascade -p "cascade: {sure: 0.7, start: 2}"`

`quorate gate savings runs/other -p "gated: {gate: gate.json}" --json`
"""

app = typer.Typer(
    name="gate",
    help="Debate only where it pays: train a gate on records, and see what adaptive effort saves and loses.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
quorate.add_typer(app)

Runs = Annotated[
    list[Path], typer.Argument(help="Folders of runs of a debate, or JSONL files of recorded outputs.")
]
GoldOption = Annotated[
    Path | None, typer.Option(help="JSONL with id and gold: the right answers, instead of the record's.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.command(epilog=TRAIN)
def train(
    runs: Runs,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the gate.")],
    test: Annotated[
        float, typer.Option(min=0.0, max=0.9, help="Share of the questions to test on, and not train on.")
    ] = 0.3,
    slack: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Accuracy that may be given up for fewer debates.")
    ] = 0.0,
    ridge: Annotated[float, typer.Option(help="How strongly weights are drawn towards 0.")] = 1.0,
    folds: Annotated[int, typer.Option(min=2, help="Folds to calibrate in.")] = 5,
    seed: Annotated[int, typer.Option(help="Of the parts and the folds.")] = 0,
    gold: GoldOption = None,
) -> None:
    """Learn from recorded debates where a debate pays; test it on questions that were held back."""
    from quorate.gating import split, train_gate

    learned, tested = split(_read(runs, gold), test, seed)
    gate = train_gate(learned, ridge=ridge, folds=folds, slack=slack, seed=seed)
    path = gate.save(output)
    console = Console()
    _print_gate(console, gate)
    if tested:
        _print_savings(console, {"gated": _measured(tested, {"gated": {"gate": gate}})})
    console.print(Text(f"written to {path}", style="dim"), soft_wrap=True)


@app.command(epilog=SHOW)
def show(
    gate: Annotated[Path, typer.Argument(help="A gate that `quorate gate train` wrote.")],
    runs: Annotated[
        list[Path] | None, typer.Argument(help="Recorded debates that it was not trained on.")
    ] = None,
    gold: GoldOption = None,
) -> None:
    """Show what a gate looks at and how good it was out of fold; on records, what it saves and loses."""
    from quorate.protocols.gating import Gate

    console, loaded = Console(), Gate.load(gate)
    _print_gate(console, loaded)
    if runs:
        _print_savings(console, {"gated": _measured(_read(runs, gold), {"gated": {"gate": loaded}})})


@app.command(epilog=SAVINGS)
def savings(
    runs: Runs,
    protocol: Annotated[
        list[str], typer.Option("--protocol", "-p", help="An adaptive protocol, with options as in YAML.")
    ],
    gold: GoldOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replay adaptive protocols on recorded debates: what each would have saved, and what it would have lost.

    Drafts come from the record; where a protocol goes on from them, it ends as the record did. No model is
    asked.
    """
    import json

    transcripts = _read(runs, gold)
    found = {text: _measured(transcripts, spec(text, "protocol")) for text in protocol}
    if as_json:
        typer.echo(json.dumps({name: held.model_dump(mode="json") for name, held in found.items()}, indent=2))
        return
    _print_savings(Console(), found)


def _read(runs: Sequence[Path], gold: Path | None) -> list[Transcript]:
    from quorate.transcript_files import load_transcripts

    found: list[Transcript] = []
    for path in runs:
        loaded = load_transcripts(path, gold=gold)
        for sentence in loaded.broken[:5]:
            show_warning(f"left out: {sentence}", UserWarning)
        found += loaded.transcripts
    return found


def _measured(transcripts: Sequence[Transcript], protocol: Any) -> Savings:
    from quorate import registry
    from quorate.gating import savings

    return savings(transcripts, registry.protocol.resolve(protocol))


def _print_gate(console: Console, gate: Gate) -> None:
    from quorate.protocols.gating import FEATURES

    console.print(Text("\n".join(_about(gate))), soft_wrap=True)
    grid = ruled("feature", "mends", "spoils", "what it is", words=("what it is",))
    weights = {name: (gate.mends.weights[name], gate.spoils.weights[name]) for name in gate.means}
    for name in sorted(weights, key=lambda name: -max(map(abs, weights[name]))):
        grid.add_row(name, *(f"{weight:+.2f}" for weight in weights[name]), Text(FEATURES[name], style="dim"))
    console.print(grid)


def _about(gate: Gate) -> Iterator[str]:
    learned = f"trained on {gate.n:,} debates, of which {gate.changed:,} changed the answer's worth"
    yield f"a gate for {', '.join(gate.agents)}; {learned}"
    yield f"debates where more than {100 * gate.threshold:+.2f} points are expected (slack {gate.slack:g})"
    yield f"mends:  {_tested(gate.mends)}"
    yield f"spoils: {_tested(gate.spoils)}"


def _tested(head: Head) -> str:
    if head.tested is None:
        return "not tested"
    auc = "unknown" if head.tested.auc is None else f"{head.tested.auc:.2f}"
    return (
        f"{head.tested.right} of {head.tested.n} questions; out of fold AUC {auc}, "
        f"calibration error {head.tested.ece:.3f}, Brier {head.tested.brier:.3f}"
    )


def _print_savings(console: Console, found: dict[str, Savings]) -> None:
    first = next(iter(found.values()))
    grid = ruled("arm", "accuracy %", "calls", "tokens", "against always", "against never", "debated")
    grid.add_row("never debate", *_cells(first.never), "", "", "0 %")
    for name, held in found.items():
        debated = f"{100 * held.debated / held.questions:.0f} %"
        grid.add_row(
            Text(name), *_cells(held.adaptive), held.against_always.points, held.against_never.points, debated
        )
    grid.add_row("always debate", *_cells(first.always), "", "", "100 %")
    console.print(grid)
    for name, held in found.items():
        console.print(Text(f"{name}: {held.told()}"), soft_wrap=True)


def _cells(arm: Arm) -> tuple[str, str, str]:
    return arm.rate.percent, f"{arm.calls:.2f}", f"{arm.tokens:,.0f}" if arm.tokens else "not counted"
