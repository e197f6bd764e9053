"""What the live view costs a run whose own thread never rests.

    python tests/benchmarks/bench_live.py [SECONDS OF A BLOCK] [BLOCKS]

A producer does a fixed amount of pure Python work for every event of a synthetic run. Blocks with the view,
without it, and again without it are shuffled, so that a busy machine slows all alike: with / without is what
the view costs, without / without is how far to trust that. It is the worst case: a run that waits for a model
or a server leaves the processor to the view.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from itertools import repeat
from typing import NamedTuple

from rich.console import Console

from quorate.events import Event
from quorate.live import LiveView
from quorate.live.demo import ROLES, gold_answers, synthetic_run
from quorate.live.pace import pause_after
from quorate.live.state import LiveState

QUESTIONS = 2000
PATH = tuple((17 * at + 5) % 256 for at in range(256))
BOUND = 0.02


def work(rounds: int) -> int:
    """Keep the interpreter busy: one unit of what an engine does between two events.

    It makes no objects: how fast those are made depends on the state of the allocator, which differs from
    block to block by more than what is measured here.
    """
    at = 0
    for _ in repeat(None, rounds):
        at = PATH[at]
    return at


def calibrated(seconds: float) -> int:
    """Return the rounds of `work` that take about `seconds`."""
    begun = time.process_time()
    work(5_000_000)
    return max(1, int(5_000_000 * seconds / (time.process_time() - begun)))


def produce(events: list[Event], rounds: int, listener: Callable[[Event], object]) -> None:
    for event in events:
        work(rounds)
        listener(event)


class Run(NamedTuple):
    """Seconds of a block: wall and processor time of producing, wall time of entering and leaving."""

    wall: float
    cpu: float
    around: float


def ignore(event: Event) -> None:
    """Listen to nothing."""


def block(events: list[Event], rounds: int, console: Console | None) -> Run:
    """Produce the events, with a view when there is a console."""
    view = None
    if console is not None:
        view = LiveView(QUESTIONS, gold=gold_answers(50), title="bench", roles=ROLES, console=console)
    begun = time.perf_counter()
    with view or nullcontext():
        wall, cpu = time.perf_counter(), time.process_time()
        produce(events, rounds, view or ignore)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Run(wall, cpu, time.perf_counter() - begun - wall)


def measure(events: list[Event], rounds: int, console: Console, times: int) -> dict[str, list[Run]]:
    """Run the three kinds of blocks so many times each, in a new order every time."""
    consoles = {"without": None, "again": None, "with": console}
    runs: dict[str, list[Run]] = {kind: [] for kind in consoles}
    shuffler = random.Random(0)
    for _ in range(times):
        for kind in shuffler.sample(list(consoles), len(consoles)):
            runs[kind].append(block(events, rounds, consoles[kind]))
    return runs


def excess(runs: dict[str, list[Run]], kind: str) -> tuple[float, float]:
    """Return by how much the median wall and processor times lie above those of the blocks without a view."""
    wall = statistics.median(run.wall for run in runs[kind])
    cpu = statistics.median(run.cpu for run in runs[kind])
    return (
        wall / statistics.median(run.wall for run in runs["without"]) - 1,
        cpu / statistics.median(run.cpu for run in runs["without"]) - 1,
    )


def fold_cost(events: list[Event]) -> float:
    """Return seconds an event."""
    state = LiveState()
    begun = time.process_time()
    for event in events:
        state.fold(event)
    return (time.process_time() - begun) / len(events)


def frame_cost(console: Console, events: list[Event]) -> float:
    """Return seconds a frame."""
    view = LiveView(QUESTIONS, title="bench", roles=ROLES, console=console)
    for event in events[: len(events) // 2]:
        view(event)
    begun = time.process_time()
    for _ in range(50):
        console.print(view.frame(fill=True), end="")
    return (time.process_time() - begun) / 50


def main() -> int:
    """Print the costs; fail when both the wall and the processor time lie above the bound."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    failed = False
    events = list(synthetic_run(QUESTIONS))
    print(f"fold: {1e6 * fold_cost(events):.1f} us an event")
    with open(os.devnull, "w") as sink:
        for width, height, rate in ((80, 24, 1000), (140, 40, 1000), (140, 40, 5000)):
            console = Console(
                file=sink, width=width, height=height, force_terminal=True, color_system="truecolor"
            )
            cost = frame_cost(console, events)
            todo = events[: int(seconds * rate)]
            block(todo[:100], 1, console)  # imports what is imported once
            runs = measure(todo, calibrated(1 / rate), console, times)
            around = statistics.median(run.around for run in runs["with"])
            failed = failed or min(excess(runs, "with")) > BOUND
            pause = pause_after(cost)
            print(
                f"{width}x{height}, {rate} events/s: a frame takes {1e3 * cost:.1f} ms, every {pause:.2f} s"
            )
            for name, kind in (("with / without", "with"), ("without / without", "again")):
                wall, cpu = excess(runs, kind)
                print(f"    {name + ':':<19} wall time {wall:+.2%}, processor time {cpu:+.2%}")
            print(f"    entering and leaving {1e3 * around:.1f} ms; {times} blocks of {seconds:g} s each")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
