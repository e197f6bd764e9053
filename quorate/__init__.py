"""Quorate: several language models deliberate over a sparse graph until they agree.

    from quorate import Agent, LocalModel, deliberate

    base = LocalModel("path/to/checkpoint")
    agents = [Agent(name, base, role=f"You are {name}.") for name in ("ada", "bo", "cy")]
    outcome = deliberate("What is 17*3?", agents, topology="ring")
    print(outcome.answer, outcome.reason)

Names are loaded when first used, so that importing the package stays fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quorate.agents import Agent, Endpoint, Human, LocalModel, Nested, Recorded, Sampling, Scripted
    from quorate.definition import Definition, Run, deliberate
    from quorate.definition_file import load_definition, resume
    from quorate.errors import QuorateError
    from quorate.evaluate import Problem, load_problems
    from quorate.evaluate.sources import ProblemSet, read_problems
    from quorate.experiments import Experiment, compare
    from quorate.nouns import Ask, Ballot, Message, Outcome, Question, Reply, Table
    from quorate.protocols import (
        History,
        all_of,
        any_of,
        budget,
        debate,
        plurality,
        quorum,
        stable,
        unanimous,
        vote,
    )
    from quorate.registry import decision, model, protocol, rule, stop, tie_break, topology

_HOMES = {
    "quorate.agents": (
        "Agent",
        "Endpoint",
        "Human",
        "LocalModel",
        "Nested",
        "Recorded",
        "Sampling",
        "Scripted",
    ),
    "quorate.definition": ("Definition", "Run", "deliberate"),
    "quorate.definition_file": ("load_definition", "resume"),
    "quorate.errors": ("QuorateError",),
    "quorate.evaluate": ("Problem", "load_problems"),
    "quorate.evaluate.sources": ("ProblemSet", "read_problems"),
    "quorate.experiments": ("Experiment", "compare"),
    "quorate.nouns": ("Ask", "Ballot", "Message", "Outcome", "Question", "Reply", "Table"),
    "quorate.protocols": (
        "History",
        "all_of",
        "any_of",
        "budget",
        "debate",
        "plurality",
        "quorum",
        "stable",
        "unanimous",
        "vote",
    ),
    "quorate.registry": ("decision", "model", "protocol", "rule", "stop", "tie_break", "topology"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [  # noqa: RUF022
    "Agent", "Endpoint", "Human", "LocalModel", "Nested", "Recorded", "Sampling", "Scripted",
    "Definition", "Run", "deliberate", "resume", "load_definition",
    "QuorateError",
    "Problem", "ProblemSet", "load_problems", "read_problems",
    "Experiment", "compare",
    "Ask", "Ballot", "Message", "Outcome", "Question", "Reply", "Table",
    "History", "all_of", "any_of", "budget", "debate", "plurality", "quorum", "stable", "unanimous", "vote",
    "decision", "model", "protocol", "rule", "stop", "tie_break", "topology",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a public name from its home when it is first used."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'quorate' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
