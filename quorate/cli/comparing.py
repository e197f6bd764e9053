"""How an experiment is shown: its arms while they go, its table when they are done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table as Grid
from rich.text import Text

from quorate.cli.showing import View, is_drawn

if TYPE_CHECKING:
    from quorate.evaluate.results import Claim, Column, Comparison
    from quorate.events import Event
    from quorate.experiments import Experiment
    from quorate.experiments.progress import Progress, Standing

EVERY = 5.0
"""Seconds between two plain lines."""
BAR = 16
WIDE = 150
"""Columns of a table that nobody reads on a terminal."""
STYLES = {"waiting": "dim", "going": "", "done": "green"}


def comparing(experiment: Experiment, folder: Path, view: View) -> Comparison:
    """Compare under a view; ctrl-C leaves a folder that can be continued, and says how."""
    from quorate.experiments import compare
    from quorate.experiments.progress import Progress

    progress = Progress(experiment)
    console = Console(stderr=True)
    try:
        if view is View.quiet:
            return compare(experiment, folder)
        if not is_drawn(view):
            return compare(experiment, folder, watch=PlainLines(progress, console))
        board = Board(progress)
        with Live(board, console=console, refresh_per_second=4, transient=True):
            return compare(experiment, folder, watch=progress)
    except KeyboardInterrupt:
        said = f"Stopped. Everything answered is recorded; go on with: quorate compare {folder}"
        console.print(Text(said), soft_wrap=True)
        raise typer.Exit(130) from None


class PlainLines:
    """Folds progress, and says now and then how far it is, and when an arm is done.

    Parameters
    ----------
    progress : Progress
    console : rich.console.Console
    clock : callable
        Seconds on a steady clock.
    """

    def __init__(
        self, progress: Progress, console: Console, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._progress = progress
        self._console = console
        self._clock = clock
        self._last = clock()

    def __call__(self, arm: str, seed: int, event: Event) -> None:
        """Take in one event."""
        standing = self._progress.arms[arm]
        before = standing.state
        self._progress(arm, seed, event)
        if standing.state == "done" and before != "done":
            self._say(
                f"{arm}: {standing.decided:,} decided{_rate(standing)}, {_amount(standing.tokens)} tokens"
            )
        elif self._clock() - self._last >= EVERY:
            going = [name for name, one in self._progress.arms.items() if one.state == "going"]
            share = self._progress.decided / max(1, self._progress.of)
            now = f"; now {', '.join(going)}" if going else ""
            self._say(f"{share:.0%} decided, {_amount(self._progress.tokens)} tokens{now}")

    def _say(self, line: str) -> None:
        self._last = self._clock()
        self._console.print(Text(line), soft_wrap=True)


class Board:
    """The arms of an experiment as a table that redraws itself.

    Parameters
    ----------
    progress : Progress
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def __rich__(self) -> Grid:
        """Draw every arm with a bar, its accuracy so far, and its tokens."""
        grid = Grid(box=SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        grid.add_column(Text(self._progress.title), ratio=1, overflow="fold")
        for heading in ("", "decided", "accuracy %", "tokens"):
            grid.add_column(heading, justify="right")
        for name, standing in self._progress.arms.items():
            filled = round(BAR * standing.decided / max(1, standing.of))
            cells = (
                "━" * filled + " " * (BAR - filled),
                f"{standing.decided:,}/{standing.of:,}",
                standing.rate.percent if standing.rate else "",
                _amount(standing.tokens) if standing.tokens else "",
            )
            style = STYLES[standing.state]
            grid.add_row(*(Text(cell, style=style) for cell in (name, *cells)))
        return grid


def _rate(standing: Standing) -> str:
    return f", {standing.rate.percent} % right" if standing.rate else ""


def _amount(count: float) -> str:
    """Shorten a number: 1234567 is "1.2 M".

    Examples
    --------
    >>> _amount(987), _amount(12_345), _amount(1_234_567)
    ('987', '12.3 k', '1.2 M')
    """
    for unit, size in (("M", 1e6), ("k", 1e4)):
        if count >= size:
            return f"{count / (1e6 if unit == 'M' else 1e3):.1f} {unit}"
    return f"{count:,.0f}"


def print_comparison(console: Console, table: Comparison) -> None:
    """Print the table of an experiment, what may be claimed, and what a reader must know."""
    console.print(Text("\n".join(_about(table))), soft_wrap=True)
    console.print(_grid(table))
    for line in claimed(table):
        console.print(Text(line), soft_wrap=True)
    for note in table.notes:
        console.print(Text(f"note: {note}", style="dim"), soft_wrap=True)


def _about(table: Comparison) -> Iterator[str]:
    seeds = len(table.seeds)
    yield table.title
    plural = "s" * (seeds > 1)
    yield f"{table.problems:,} problems, {seeds} seed{plural}; intervals of 95 %; costs of one question"


def _grid(table: Comparison) -> Grid:
    rival = table.claims[0].rival if table.claims else ""
    against = {claim.arm: claim for claim in table.claims if claim.rival == rival}
    money = any(column.cost.money is not None for column in table.columns)
    scores = list(dict.fromkeys(name for column in table.columns for name in column.scores))
    grid = Grid(box=SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column("arm", min_width=16, overflow="fold")
    headings = ["strict %", "lenient %", f"minus {rival}" if rival else "", *scores]
    headings += ["calls", "tokens", "depth", *(["money"] * money)]
    for heading in headings:
        grid.add_column(Text(heading), justify="right", no_wrap=True)
    for place, column in enumerate(table.columns):
        first = column.control and (place == 0 or not table.columns[place - 1].control)
        if first and place:
            grid.add_section()
        cells = _cells(column, against.get(column.name), scores, money)
        grid.add_row(*(Text(cell, style="dim" if column.control else "") for cell in cells))
    return grid


def _cells(column: Column, claim: Claim | None, scores: list[str], money: bool) -> Iterator[str]:
    cost: Any = column.cost
    yield column.name
    yield column.strict.percent if column.strict else ""
    yield column.lenient.percent if column.lenient else ""
    yield claim.difference.points if claim else ""
    for name in scores:
        yield _score(column, name)
    yield f"{cost.calls:.1f}"
    yield f"{cost.tokens:,.0f}"
    yield f"{cost.depth:.1f}"
    if money:
        yield "" if cost.money is None else f"{cost.money:.4f}"


def _score(column: Column, name: str) -> str:
    if name not in column.scores:
        return ""
    low, high = column.intervals.get(name, (None, None))
    known = "" if low is None or high is None else f" [{100 * low:.0f}, {100 * high:.0f}]"
    return f"{100 * column.scores[name]:.1f}{known}"


def claimed(table: Comparison) -> Iterator[str]:
    """Yield what may be claimed, a sentence each.

    That is what has an interval that excludes 0, and a small p-value after the correction for all pairs;
    what would have them without the correction is named, but not claimed.
    """
    from quorate.evaluate.claims import stands, stands_alone

    held = [claim for claim in table.claims if claim.holds]
    for claim in filter(stands, held):
        gain, ahead = claim.difference, claim.difference.sign > 0
        if not ahead:
            gain = gain.model_copy(update={"mean": -gain.mean, "low": -gain.high, "high": -gain.low})
        won, lost = (claim.won, claim.lost) if ahead else (claim.lost, claim.won)
        more = f"{won} won, {lost} lost, corrected p {claim.adjusted:.2g}"
        yield f"{' beats '.join(_ranked(claim))} by {gain.points} points: {more}"
    weak = [" over ".join(_ranked(claim)) for claim in held if stands_alone(claim) and not stands(claim)]
    if weak:
        yield f"Only before the correction for {len(table.claims)} comparisons: {'; '.join(weak)}."
    if table.claims and not held:
        yield "Nothing may be claimed: no interval of a difference excludes 0."
    elif held and not any(map(stands_alone, held)):
        yield "Nothing may be claimed: no difference has an interval that excludes 0 and a small p-value."
    if table.reach is not None:
        yield table.reach


def _ranked(claim: Claim) -> tuple[str, str]:
    """Return the better and the worse arm of a claim."""
    return (claim.arm, claim.rival) if claim.difference.sign > 0 else (claim.rival, claim.arm)
