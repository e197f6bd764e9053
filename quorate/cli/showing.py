"""How a command shows a run: a view while it goes, the outcome or the sum when it ends."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

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
    listeners: Sequence[Listener] = (),
    apart: bool = False,
) -> Run:
    """Run a definition under a view and print what came out; ctrl-C says how to resume.

    With `apart`, one question comes after the other, and each has a view of its own.
    """
    from quorate.evaluate import Problem

    todo = [p if isinstance(p, Problem) else Problem(question=p) for p in problems]
    console = Console()
    if notice and view is not View.quiet:
        console.print(Text(notice, style="dim"))
    try:
        with console.status("Loading models ...") if console.is_terminal else _nothing():
            definition.prepare(todo[0].question)
        setup = definition.setup()
        with viewing(
            todo, view, title=_title(record), roles=roles_of(setup), budget=_budget(definition), apart=apart
        ) as shown:
            listener = readable(shown, setup)
            result = definition.run(
                todo,
                record=record,
                resume=resume,
                retry_failed=retry_failed,
                listeners=[paced(listener, pace) if pace else listener, *listeners],
            )
    except KeyboardInterrupt:
        _say_how_to_resume(console, record)
        raise typer.Exit(130) from None
    drawn = is_drawn(view) and console.is_terminal
    _print_result(console, result, todo, drawn=drawn, pooled=seats_pool(setup))
    return result


def viewing(
    todo: Sequence[Problem],
    view: View,
    *,
    title: str,
    roles: Mapping[str, str],
    budget: str = "",
    apart: bool = False,
) -> AbstractContextManager[Listener]:
    """Choose the view of a run; questions that come apart have one each."""
    from quorate.live import LiveView, PlainView, view_for

    gold = {p.question.id: p.gold for p in todo if p.gold is not None}
    known: dict[str, Any] = {"gold": gold, "title": title, "roles": roles, "budget": budget}
    choices: dict[View, Callable[..., Shown]] = {
        View.live: LiveView,
        View.plain: PlainView,
        View.quiet: partial(view_for, quiet=True),
        View.auto: view_for,
    }
    make = partial(choices[view], **known)
    return OneByOne(partial(make, total=1)) if apart else make(total=len(todo))


class OneByOne:
    """Questions that come one after the other, each in a view of its own.

    Parameters
    ----------
    make : callable
        Returns the view of the next question.
    """

    def __init__(self, make: Callable[[], Shown]) -> None:
        self._make = make
        self._shown: Shown | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ending: Any) -> None:
        if self._shown is not None:
            self._shown.__exit__(*ending)

    def __call__(self, event: Event) -> None:
        """Hand an event to the view of its question."""
        from quorate.events import Started

        if isinstance(event, Started):
            self.__exit__(None, None, None)
            self._shown = self._make()
            self._shown.__enter__()
        if self._shown is not None:
            self._shown(event)


def paced(shown: Listener, pace: float) -> Listener:
    """Let a person read along: wait after every message."""
    from quorate.events import Said

    def show(event: Event) -> None:
        shown(event)
        if isinstance(event, Said):
            time.sleep(pace)

    return show


def _print_result(
    console: Console, result: Run, todo: Sequence[Problem], *, drawn: bool, pooled: bool
) -> None:
    """Print the outcome of one question, or the sum of many; a drawn view has left the outcome standing."""
    from quorate.lab.demo import tidy
    from quorate.live import outcome_card

    if len(todo) > 1:
        console.print(Text("\n".join(result.summary())))
    elif not drawn:
        (outcome,) = result
        console.print(outcome_card(tidy(outcome) if pooled else outcome, todo[0].question))
    if result.folder is not None:
        console.print(Text(f"recorded in {result.folder}", style="dim"), soft_wrap=True)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def is_drawn(view: View) -> bool:
    """Tell whether a view draws on the terminal."""
    from quorate.live import LiveView, view_for

    return view is View.live or (view is View.auto and isinstance(view_for(total=1), LiveView))


def keep_free(view: View, human: bool) -> View:
    """Keep the terminal free for a person at the table: plain lines instead of a drawn screen."""
    return View.plain if human and view in (View.auto, View.live) else view


def _title(record: Path | None) -> str:
    return record.name if record is not None else ""


def roles_of(setup: Mapping[str, Any]) -> dict[str, str]:
    """Return the role of every seat of a set-up; a specialist of the pool has its field for one."""
    from quorate.lab.members import FIELDS

    pools = _pools(setup)
    fields = {
        agent["name"]: FIELDS.get(agent["adapter"], "")
        for agent in setup["agents"]
        if agent["model"] in pools
    }
    return {agent["name"]: agent["role"] or fields.get(agent["name"], "") for agent in setup["agents"]}


def seats_pool(setup: Mapping[str, Any]) -> bool:
    """Tell whether members of the pool sit at the table of a set-up."""
    return bool(_pools(setup))


def _pools(setup: Mapping[str, Any]) -> set[int]:
    return {place for place, known in enumerate(setup["models"]) if known.get("kind") == "pool"}


def readable(shown: Listener, setup: Mapping[str, Any]) -> Listener:
    """Keep the scratch work of the pool's members from a view."""
    from quorate.lab.demo import without_scratch

    return without_scratch(shown) if seats_pool(setup) else shown


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
    elif not (record / "manifest.json").exists():
        console.print("Stopped before anything was recorded; start again with the same command.")
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
