"""What the engine adds: microseconds an ask, growth with edges, memory over questions, import time.

Run by `make bench`. Every ratio comes from one run of this script.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.nouns import Question
from quorate.protocols import debate
from quorate.run import Engine
from quorate.topologies import random_regular

LONG = partial(debate, rounds=10, until="never")


def questions(count: int) -> Iterator[Question]:
    return (Question(id=f"q{index}", text=f"What is {index}+1?") for index in range(count))


def panel(size: int) -> list[Agent]:
    model = Scripted("Twenty-two and twenty make forty-two.\nAnswer: 42")
    return [Agent(f"agent-{index}", model) for index in range(size)]


def seconds(definition: Definition, count: int, record: Path | None = None) -> tuple[float, int]:
    start = time.perf_counter()
    run = definition.run(questions(count), record=record)
    return time.perf_counter() - start, sum(outcome.calls for outcome in run)


def overhead() -> None:
    for name, agents, topology in (("5 agents, ring", 5, "ring"), ("5 agents, complete", 5, "complete")):
        definition = Definition(panel(agents), topology, LONG)
        seconds(definition, 20)
        best = min(seconds(definition, 200) for _ in range(3))
        with tempfile.TemporaryDirectory() as folder:
            recorded = min(seconds(definition, 200, Path(folder) / str(n)) for n in range(3))
        asks, kept = (took / calls * 1e6 for took, calls in (best, recorded))
        print(f"{name}: {asks:.1f} us an ask, {kept:.1f} us recorded (goal: 50)")


def growth() -> None:
    costs = {}
    for degree in (2, 4, 8, 16):
        definition = Definition(panel(1000), partial(random_regular, degree=degree), LONG)
        costs[degree] = min(seconds(definition, 1) for _ in range(3))[0]
    base = costs[2]
    steps = ", ".join(f"{1000 * d:,} edges {cost:.2f} s ({cost / base:.2f}x)" for d, cost in costs.items())
    print(f"1,000 agents, 10 rounds: {steps} (linear or less: at most 2x a step)")


def memory() -> None:
    peaks = {}
    for count in (100, 1600):
        definition = Definition(panel(5), "ring", LONG)
        engine = Engine(LONG, definition.table, definition.voices, at_once=32)
        tracemalloc.start()
        for _ in engine.run(questions(count)):
            pass
        peaks[count] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    print(f"memory, 1,600 questions against 100: {peaks[1600] / peaks[100]:.2f}x (flat: 1)")


def imports() -> None:
    code = "import time; s = time.perf_counter(); import quorate; print(time.perf_counter() - s)"
    took = min(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5))
    code = "import quorate, sys; quorate.Definition, quorate.debate; print('torch' in sys.modules)"
    torch = subprocess.check_output([sys.executable, "-c", code], text=True).strip()
    print(f"import quorate: {took:.3f} s (goal: 0.3); torch loaded by the front door: {torch}")


if __name__ == "__main__":
    overhead()
    growth()
    memory()
    imports()
