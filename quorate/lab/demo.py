"""What `quorate demo` runs: five real transformers on one shared base, each with a LoRA adapter of its own.

Until trained models ship, a tiny checkpoint with random weights stands in. It is loaded like any other
model, and its answers mean nothing: options are chosen by log-likelihood, so that even random weights
give an answer that can be read and voted on.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from quorate.evaluate import Problem, parse_problems
from quorate.lab.standin import make_standin

NOTICE = (
    "Five tiny transformers with RANDOM weights stand in for trained ones: watch how they deliberate, "
    "not what they say."
)
ADAPTERS = 5
ROLES = {
    "ada": "You check units and order of magnitude.",
    "bo": "You redo every calculation.",
    "cy": "You look for what the question leaves out.",
    "di": "You doubt the majority.",
    "eve": "You explain in simple words.",
}
PROBLEMS = (
    '{"id": "speed", "text": "A train covers 90 km in 45 minutes. How fast is it?",'
    ' "choices": ["90 km/h", "120 km/h", "135 km/h"], "gold": "B"}',
    '{"id": "change", "text": "Three pens cost 7 coins together, and you pay with 20. What is the change?",'
    ' "choices": ["13 coins", "17 coins", "11 coins"], "gold": "A"}',
    '{"id": "ages", "text": "Mia is twice as old as Leo was 3 years ago. Leo is 10. How old is Mia?",'
    ' "choices": ["17", "20", "14"], "gold": "C"}',
)


def demo_problems() -> list[Problem]:
    """Return the demo's multiple-choice questions.

    Examples
    --------
    >>> [problem.question.id for problem in demo_problems()]
    ['speed', 'change', 'ages']
    """
    return parse_problems(PROBLEMS, "demo")


def demo_data(cache: Path, *, topology: str = "ring", seed: int = 0) -> dict[str, Any]:
    """Return the demo's definition as plain data; the stand-in checkpoint is made in `cache` if missing."""
    return {
        "agents": standin_agents(cache, list(ROLES), choices=True),
        "topology": topology,
        "protocol": {"debate": {"rounds": 4, "until": {"quorum": {"share": 0.8}}}},
        "seed": seed,
        "at_once": 1,
    }


def standin(cache: Path) -> Path:
    """Return the folder of the stand-in checkpoint with its adapters; it is made in `cache` if missing."""
    folder = cache / f"standin-{version('quorate')}"
    if not (folder / "made").exists():
        make_standin(folder, adapters=ADAPTERS)
        (folder / "made").touch()
    return folder


def standin_agents(cache: Path, names: Sequence[str], *, choices: bool) -> list[dict[str, Any]]:
    """Return agents on the stand-in checkpoint, each with a random adapter, as a definition file has them."""
    folder = standin(cache)
    sampling = {"max_tokens": 24, "temperature": 0.8, "answering": "options" if choices else "text"}
    return [
        {
            "name": name,
            "model": str(folder),
            "adapter": str(folder / f"adapter-{index % ADAPTERS}"),
            "role": ROLES.get(name, ""),
            "sampling": sampling,
        }
        for index, name in enumerate(names)
    ]
