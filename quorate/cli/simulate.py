"""`quorate simulate`: what a debate of 10 to 1,000,000 agents would do and cost, without a model."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from quorate.cli.commands import app
from quorate.cli.grids import print_sections
from quorate.errors import BadOption

if TYPE_CHECKING:
    from quorate.simulate import Fit, Outlook

EXAMPLES = """**Examples**

`quorate simulate ring complete random_regular:degree=4 --agents 1000000 --rounds 20`

`quorate simulate ring --agents 12 --dynamics belief --rounds 5`

`quorate simulate ring complete -n 50 -d reactions --accuracy 0.7 --given-right 0.8 --given-wrong 0.1`

`quorate simulate ring "star:hears=hub" complete --fit runs/first` predicts from how recorded agents reacted

`quorate simulate --check runs/ring runs/complete` compares predictions with recorded runs

Dynamics: degroot (everybody averages), voter, plurality, bounded and deffuant (bounded confidence), belief
(the model of "Debate or Vote"), reactions (by the chances to switch). Options of a topology or of dynamics
follow a colon: `ring:k=2`, `bounded:confidence=0.3`.
"""


@app.command(epilog=EXAMPLES)
def simulate(
    topologies: Annotated[
        list[str],
        typer.Argument(help="Who hears whom: one or several, or a .graphml file. With --check: records."),
    ],
    agents: Annotated[int, typer.Option("--agents", "-n", min=1, help="How many agents.")] = 6,
    rounds: Annotated[
        int, typer.Option("--rounds", "-r", min=1, help="Answer rounds, the drafts included.")
    ] = 3,
    dynamics: Annotated[
        str | None, typer.Option("--dynamics", "-d", help="How opinions move. [default: degroot]")
    ] = None,
    accuracy: Annotated[
        float | None, typer.Option(help="Share of first drafts that are right. [default: 0.6]")
    ] = None,
    correlation: Annotated[
        float | None, typer.Option(help="Of two agents being right on a question. [default: 0.2]")
    ] = None,
    given_right: Annotated[
        float | None, typer.Option(help="Chance to switch to a right majority. [default: 0.5]")
    ] = None,
    given_wrong: Annotated[
        float | None, typer.Option(help="Chance to switch to a wrong majority. [default: 0.25]")
    ] = None,
    question_tokens: Annotated[
        float | None, typer.Option("--question-tokens", "-q", help="Tokens of a question. [default: 150]")
    ] = None,
    reply_tokens: Annotated[
        float | None, typer.Option("--reply-tokens", help="Tokens of a reply. [default: 350]")
    ] = None,
    memory: Annotated[
        str, typer.Option(help="What agents read again: the last round, or the whole transcript.")
    ] = "last",
    until: Annotated[str, typer.Option(help="When talk on a question ends: never, or unanimous.")] = "never",
    questions: Annotated[
        int | None, typer.Option(min=1, help="Questions to simulate. [default: up to 1,000]")
    ] = None,
    seed: Annotated[int, typer.Option(help="Every draw derives from it.")] = 0,
    fit: Annotated[
        list[Path] | None,
        typer.Option("--fit", help="Run or experiment whose agents are taken as a model; may be repeated."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Compare predictions with these recorded runs instead.")
    ] = False,
    detail: Annotated[bool, typer.Option("--detail", help="Print the rounds of every topology.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Predict rounds, messages, tokens and accuracy for 10 to 1,000,000 agents, without a model.

    Says where a sparse graph does as well as a dense one for fewer tokens, and where talk stalls. What comes
    out is what the assumptions imply: estimate them from records with --fit, and see how well that predicts
    other records with --check.
    """
    if check:
        _check(topologies, seed, as_json)
        return
    given = {
        "accuracy": accuracy,
        "correlation": correlation,
        "given_right": given_right,
        "given_wrong": given_wrong,
        "question_tokens": question_tokens,
        "reply_tokens": reply_tokens,
    }
    assumed = {name: value for name, value in given.items() if value is not None}
    options: dict[str, Any] = {
        "agents": agents,
        "rounds": rounds,
        "questions": questions,
        "memory": memory,
        "until": until,
        "seed": seed,
    }
    if fit:
        options |= {"known": _fitted(fit, assumed, dynamics, seed)}
    else:
        from quorate.simulate import Parameters

        options |= {"parameters": Parameters(**assumed), "dynamics": dynamics or "degroot"}
    found = _planned(topologies, options)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    from quorate.simulate.telling import sections

    print_sections(sections(found, detail=detail))


def _planned(topologies: list[str], options: dict[str, Any]) -> Outlook:
    """Simulate under a progress bar on standard error, and note time and memory."""
    from quorate.simulate import plan

    start, console = time.monotonic(), Console(stderr=True)
    bar = Progress(
        TextColumn("simulating"), BarColumn(), TimeElapsedColumn(), console=console, transient=True
    )
    with bar if console.is_terminal else bar.console.status(""):
        task = bar.add_task("", total=1.0)
        found = plan(topologies, progress=lambda done, of: bar.update(task, completed=done / of), **options)
    return found.model_copy(update={"seconds": time.monotonic() - start, "peak_memory": peak_memory()})


def peak_memory() -> int | None:
    """Return the most memory this process has held, in bytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _fitted(paths: list[Path], assumed: dict[str, Any], dynamics: str | None, seed: int) -> Fit:
    from quorate.simulate import fit_records, read_records

    if dynamics not in (None, "reactions"):
        raise BadOption("Recorded agents react as they were measured: leave out --dynamics with --fit.")
    wrong = [f"--{name.replace('_', '-')}" for name in assumed]
    if wrong:
        raise BadOption(f"--fit estimates what agents are like: leave out {', '.join(wrong)}.")
    return fit_records(read_records(*paths), seed=seed)


def _check(records: list[str], seed: int, as_json: bool) -> None:
    from quorate.simulate import check_runs
    from quorate.simulate.telling import check_section

    with Console(stderr=True).status("Predicting ..."):
        found = check_runs(*records, seed=seed)
    if as_json:
        typer.echo("[" + ",\n".join(one.model_dump_json(indent=2) for one in found) + "]")
        return
    print_sections(map(check_section, found))
