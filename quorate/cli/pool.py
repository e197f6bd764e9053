"""`quorate pool`: the embedded pool of small models, looked at, trained and measured."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from quorate.cli import help
from quorate.cli.grids import listed
from quorate.cli.member import check, facts, own_kind, rate, report_of, solve
from quorate.cli.options import PoolOption
from quorate.cli.training import told
from quorate.errors import BadOption

if TYPE_CHECKING:
    from quorate.lab.training import Recipe

app = typer.Typer(
    name="pool",
    help="The small models that Quorate trained itself: who they are, what they can do, how to train others.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


def _stages() -> list[str]:
    from quorate.lab.training import Recipe, stages

    return list(stages(Recipe()))


def _members() -> list[str]:
    from quorate.lab.members import HOME, Pool

    return list(Pool().members) if (HOME / "config.json").is_file() else []


def _domains() -> list[str]:
    from quorate.lab.world import DOMAINS

    return list(DOMAINS)


@app.command("list", epilog=help.POOL_LIST)
def list_(pool: PoolOption = None) -> None:
    """List the members: what each was taught, and its accuracy on held-out problems in percent."""
    from quorate.lab.members import Pool

    opened, console = Pool(pool), Console()
    report = report_of(opened)
    rows = [
        (name, taught, rate(report, name, own_kind(opened, name)), rate(report, name, "mixed"))
        for name, taught in opened.members.items()
    ]
    grid = listed("member", "was taught", *(("own problems", "mixed") if report else ()))
    for name, taught, own, mixed in rows:
        grid.add_row(Text(name, style="bold"), Text(taught), *((own, mixed) if report else ()))
    console.print(grid)
    if report is None:
        known = f"Not evaluated yet; do it with: quorate pool evaluate {opened.folder} --write"
        console.print(Text(known), soft_wrap=True)


@app.command(epilog=help.POOL_SHOW)
def show(
    member: Annotated[
        str, typer.Argument(help="Its name, from `quorate pool list`.", autocompletion=_members)
    ],
    problem: Annotated[int, typer.Option("--problem", help="Seed of the problem that it solves.")] = 0,
    pool: PoolOption = None,
) -> None:
    """Show one member: its skills, its training, how good it is, and how it solves a problem right now.

    A critic also reads a draft with a mistake.
    """
    from quorate.agents.verifying import load_critic
    from quorate.lab.members import BASE, Pool, find_member

    opened, console = Pool(pool), Console()
    if member != BASE:
        find_member(opened.folder, member)
    console.print(Text(opened.members[member], style="bold"))
    for label, line in facts(opened, member):
        console.print(Text.assemble((f"{label:<16}", "dim"), line), soft_wrap=True)
    console.print()
    solve(console, opened, member, problem)
    if load_critic(opened.folder / member) is not None:
        check(console, opened, member, problem)


@app.command(epilog=help.POOL_TRAIN)
def train(
    folder: Annotated[Path, typer.Argument(help="Where the pool goes; a pool in training goes on.")],
    stage: Annotated[
        list[str] | None,
        typer.Argument(help="Some of the stages only; all of them if left out.", autocompletion=_stages),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Another seed trains another base and members. [default: 0]")
    ] = None,
    miniature: Annotated[
        bool, typer.Option("--miniature", help="All stages in half a minute; it knows next to nothing.")
    ] = False,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads of torch; all cores if left out.")
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Train finished stages again, and what another recipe left.")
    ] = False,
    compiled: Annotated[
        bool, typer.Option("--compiled", help="Let torch compile the step; needs a C++ compiler.")
    ] = False,
) -> None:
    """Train a pool from its own generator of problems: a base, specialists, rivals, confidence heads.

    Budgets are in steps, so a busy machine does not change the result. What is finished is not trained
    again; after ctrl-C or a crash the same command, without --anew, goes on.
    """
    import torch

    from quorate.lab.training import stages
    from quorate.lab.training import train as train_pool

    recipe = _recipe(folder, seed, miniature, compiled, anew)
    if threads:
        torch.set_num_threads(threads)
    console = Console()
    try:
        with told(console, stages(recipe)) as progress:
            train_pool(recipe, folder, stage or None, resume=not anew, progress=progress)
    except KeyboardInterrupt:
        more = ["--threads", str(threads)] if threads else []
        again = shlex.join(["quorate", "pool", "train", str(folder), *(stage or []), *more])
        console.print(Text(f"Stopped. Go on from the last checkpoint with: {again}"), soft_wrap=True)
        raise typer.Exit(130) from None
    done = f"The pool is in {folder}. See it with: quorate pool list --pool {folder}"
    console.print(Text(done), soft_wrap=True)


@app.command(epilog=help.POOL_EVALUATE)
def evaluate(
    folder: Annotated[Path | None, typer.Argument(help="The pool; the shipped one if left out.")] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Problems of each kind.")] = 200,
    mixed: Annotated[
        int | None, typer.Option(min=1, help="Problems of the mixed kind, on which the group decides.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed gives other problems.")] = 0,
    split: Annotated[
        str, typer.Option(help="test, or development: choose nothing by looking at the test split.")
    ] = "test",
    write: Annotated[
        bool,
        typer.Option("--write", help="Write evaluation.json, CARD.md and the demo's problems into the pool."),
    ] = False,
) -> None:
    """Measure a pool on held-out problems: its members alone, and every way of deciding together."""
    from quorate.lab.evaluation import comparisons, table, write_card
    from quorate.lab.evaluation import evaluate as evaluate_pool
    from quorate.lab.members import Pool

    opened, console = Pool(folder), Console()
    _check_split(split)
    if write and not os.access(opened.folder, os.W_OK):
        raise BadOption(f"The card cannot be written to {opened.folder}: nothing may be written there.")

    def tell(line: str) -> None:
        console.print(Text(line), soft_wrap=True)

    report = evaluate_pool(
        opened.recipe, opened.folder, count, mixed=mixed, seed=seed, split=split, tell=tell
    )
    for text in (table(report), comparisons(report)):
        console.print()
        console.print(Markdown(text) if console.is_terminal else Text(text), soft_wrap=True)
    if write:
        from quorate.lab.demo import write_demo

        try:
            files = [
                write_card(opened.recipe, opened.folder, report),
                write_demo(opened, count=max(3, count)),
            ]
        except OSError as problem:
            raise BadOption(f"The card cannot be written to {opened.folder}: {problem}.") from None
        tell(f"written: {', '.join(map(str, files))}")


@app.command(epilog=help.POOL_PROBLEM)
def problem(
    domain: Annotated[
        list[str] | None,
        typer.Option(
            "--domain", "-d", help="Only from this domain; may be given again.", autocompletion=_domains
        ),
    ] = None,
    level: Annotated[int | None, typer.Option(help="1, 2 or 3: how hard.")] = None,
    split: Annotated[str, typer.Option(help="train, development or test.")] = "development",
    seed: Annotated[int, typer.Option(help="Another seed gives other problems.")] = 0,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many.")] = 1,
    jsonl: Annotated[
        Path | None,
        typer.Option(help="Write them to this file, for `quorate run`, instead of printing them."),
    ] = None,
) -> None:
    """Print problems of the world that the pool knows, with their solutions."""
    from quorate.evaluate import dump_problems
    from quorate.lab.training import Recipe
    from quorate.lab.world import generate
    from quorate.lab.world.__main__ import told as told_item

    recipe = Recipe()
    shares = {"advanced_share": recipe.advanced_share, "private_share": recipe.private_share}
    items = generate(split, count, seed=seed, domains=domain or None, level=level, **shares)  # type: ignore[arg-type]
    console = Console()
    if jsonl is None:
        console.print(Text("\n\n".join(map(told_item, items))), soft_wrap=True)
        return
    try:
        jsonl.write_text(dump_problems(item.problem() for item in items), "utf-8")
    except OSError as error:
        raise BadOption(f"The problems cannot be written to {jsonl}: {error}.") from None
    console.print(Text(f"{count} problems written to {jsonl}"), soft_wrap=True)


def _recipe(folder: Path, seed: int | None, miniature: bool, compiled: bool, anew: bool) -> Recipe:
    """Return the recipe that the options ask for; without any, the one that the folder was begun with."""
    from quorate.lab.members import read_recipe
    from quorate.lab.training import Recipe

    start = Recipe.miniature() if miniature else Recipe()
    wanted = start.model_copy(update={"seed": seed or 0, "base_seed": seed or 0, "compiled": compiled})
    if anew or not (folder / "training" / "recipe.json").is_file():
        return wanted
    begun = read_recipe(folder)
    if (seed is not None or miniature or compiled) and begun != wanted:
        field = next(name for name, value in begun if value != getattr(wanted, name))
        raise BadOption(
            f"{folder} holds a pool of another recipe: its {field} was {_brief(getattr(begun, field))}, now "
            f"it is {_brief(getattr(wanted, field))}. Leave the options out to go on with it, name another "
            "folder, or train it again with --anew."
        )
    return begun


def _brief(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return text if len(text) < 60 else text[:57] + "..."


def _check_split(split: str) -> None:
    from quorate.lab.world.split import check_split

    if check_split(split) == "train":
        raise BadOption("On the split it was trained on, a pool shows nothing; take test or development.")
