"""How a command shows a run: a view while it goes, the outcome or the sum when it ends."""

from __future__ import annotations

import inspect
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.text import Text

from quorate.registry import label

if TYPE_CHECKING:
    from quorate.definition import Definition, Run
    from quorate.evaluate import Problem
    from quorate.events import Event, Listener
    from quorate.live import View as Shown
    from quorate.nouns import Question


class View(StrEnum):
    """How a run is shown."""

    auto = "auto"
    live = "live"
    plain = "plain"
    quiet = "quiet"


def deliberate(
    definition: Definition,
    problems: Sequence[Problem | Question],
    record: Path | None,
    view: View,
    *,
    resume: bool = False,
    retry_failed: bool = False,
    notice: str = "",
    pace: float = 0.0,
) -> None:
    """Run a definition under a view and print what came out; ctrl-C says how to resume."""
    from quorate.evaluate import Problem

    todo = [p if isinstance(p, Problem) else Problem(question=p) for p in problems]
    console = Console()
    if notice and view is not View.quiet:
        console.print(Text(notice, style="dim"))
    with console.status("Loading models ...") if console.is_terminal else _nothing():
        definition.prepare(todo[0].question)
    setup = definition.setup()
    try:
        with viewing(
            todo, view, title=_title(record), roles=roles_of(setup), budget=_budget(definition)
        ) as shown:
            result = definition.run(
                todo,
                record=record,
                resume=resume,
                retry_failed=retry_failed,
                listeners=[paced(shown, pace) if pace else shown],
            )
    except KeyboardInterrupt:
        _say_how_to_resume(console, record)
        raise typer.Exit(130) from None
    _print_result(console, result, todo, drawn=is_drawn(view) and console.is_terminal)


def viewing(
    todo: Sequence[Problem], view: View, *, title: str, roles: Mapping[str, str], budget: str = ""
) -> Shown:
    """Choose the view of a run."""
    from quorate.live import LiveView, PlainView, view_for

    known = {"title": title, "roles": roles, "budget": budget}
    gold = {p.question.id: p.gold for p in todo if p.gold is not None}
    if view is View.live:
        return LiveView(len(todo), gold=gold, **known)  # type: ignore[arg-type]
    if view is View.plain:
        return PlainView(len(todo), gold=gold, **known)  # type: ignore[arg-type]
    return view_for(total=len(todo), gold=gold, quiet=view is View.quiet, **known)  # type: ignore[arg-type]


def paced(shown: Listener, pace: float) -> Listener:
    """Let a person read along: wait after every message."""
    from quorate.events import Said

    def show(event: Event) -> None:
        shown(event)
        if isinstance(event, Said):
            time.sleep(pace)

    return show


def _print_result(console: Console, result: Run, todo: Sequence[Problem], *, drawn: bool) -> None:
    """Print the outcome of one question, or the sum of many; a drawn view has left the outcome standing."""
    from quorate.live import outcome_card

    if len(todo) > 1:
        console.print(Text("\n".join(result.summary())))
    elif not drawn:
        (outcome,) = result
        console.print(outcome_card(outcome, todo[0].question))
    if result.folder is not None:
        console.print(Text(f"recorded in {result.folder}", style="dim"), soft_wrap=True)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def is_drawn(view: View) -> bool:
    """Tell whether a view draws on the terminal."""
    return view is View.live or (view is View.auto and Console(stderr=True).is_terminal)


def keep_free(view: View, human: bool) -> View:
    """Keep the terminal free for a person at the table: plain lines instead of a drawn screen."""
    return View.plain if human and view in (View.auto, View.live) else view


def cache() -> Path:
    """Return the folder where the command keeps what it makes for itself."""
    return Path(typer.get_app_dir("quorate"))


def _title(record: Path | None) -> str:
    return record.name if record is not None else ""


def roles_of(setup: Mapping[str, Any]) -> dict[str, str]:
    """Return the role of every seat of a set-up."""
    return {agent["name"]: agent["role"] for agent in setup["agents"]}


def _budget(definition: Definition) -> str:
    """Say how the agents deliberate and how far they may go."""
    rules = definition.rules
    bound = rules.keywords if isinstance(rules, partial) else {}
    most = inspect.signature(rules).parameters.get("rounds")
    rounds = bound.get("rounds", most.default if most is not None else None)
    return f"{label(rules)}, at most {rounds} rounds" if isinstance(rounds, int) else label(rules)


def _say_how_to_resume(console: Console, record: Path | None) -> None:
    if record is None:
        console.print("Stopped. Nothing was recorded; give --record FOLDER to make a run resumable.")
    else:
        console.print(
            f"Stopped. Everything answered is recorded; go on with: quorate resume {record}", soft_wrap=True
        )


def complain(sentence: str) -> None:
    """Print an error to standard error."""
    console = Console(stderr=True)
    console.print(Text.assemble(("error: ", "bold red"), sentence), soft_wrap=True)


def show_warning(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
    """Print a warning as a sentence; the kind that is for developers is left out."""
    if issubclass(category, (UserWarning, RuntimeWarning)):
        console = Console(stderr=True)
        console.print(Text.assemble(("warning: ", "yellow"), str(message)), soft_wrap=True)
