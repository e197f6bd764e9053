"""How a training is shown: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

if TYPE_CHECKING:
    from quorate.lab.training import Progress as Told

EVERY = 10.0
"""Seconds between two plain lines of a stage."""
COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(bar_width=20),
    TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
    TextColumn("{task.fields[told]}", style="dim"),
)


@contextmanager
def told(console: Console, stages: Sequence[str]) -> Iterator[Callable[[Told], None]]:
    """Show a training while the block lasts; give it what it yields as the listener."""
    if not console.is_terminal:
        yield plain_lines(console)
        return
    with Progress(*COLUMNS, console=console) as bars:
        yield _bars(bars, stages)


def _bars(bars: Progress, stages: Sequence[str]) -> Callable[[Told], None]:
    tasks: dict[str, TaskID] = {}

    def show(progress: Told) -> None:
        if progress.stage not in tasks:
            place = stages.index(progress.stage) + 1 if progress.stage in stages else len(tasks) + 1
            name = f"{place:>2} of {len(stages)}  {progress.stage}"
            tasks[progress.stage] = bars.add_task(name, total=progress.steps, told="")
        bars.update(tasks[progress.stage], completed=progress.step, told=figures(progress))

    return show


def figures(progress: Told) -> str:
    """Say what a bar does not show: loss, speed, and the time that is left or was taken.

    Examples
    --------
    >>> from quorate.lab.training import Progress
    >>> told = dict(stage="base", steps=80, loss=3.125, rate=1e-3, tokens=40_000, seconds=4.0)
    >>> figures(Progress(step=20, **told))
    'loss 3.125 · 10.0 k tokens/s · 0:12 left'
    """
    done = progress.step >= progress.steps
    when = f"{_clock(progress.seconds)} taken" if done else f"{_clock(progress.left)} left"
    if progress.loss is None:
        return when
    speed = progress.tokens / max(progress.seconds, 1e-9) / 1000
    return f"loss {progress.loss:.3f} · {speed:.1f} k tokens/s · {when}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def plain_lines(
    console: Console, *, every: float = EVERY, clock: Callable[[], float] = time.monotonic
) -> Callable[[Told], None]:
    """Return a listener that prints a line now and then, and one at the end of every stage."""
    last = -every

    def show(progress: Told) -> None:
        nonlocal last
        now = clock()
        if progress.step >= progress.steps or now - last >= every:
            last = now
            console.print(Text(progress.line()), soft_wrap=True)

    return show
