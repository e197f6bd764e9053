"""Whose calls and whose tokens the controls at equal cost get, and what is said where an arm has more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from quorate.experiments import Experiment, compare
from quorate.nouns import Ask

Study = Callable[..., Experiment]


def wordy(ask: Ask, seed: int) -> str:
    """Say little in a first draft and much afterwards."""
    return f"{'' if ask.act in ('draft', 'sample') else 'word ' * 200}Answer: 1"


UNEVEN: dict[str, Any] = {
    "many calls": {"protocol": {"self_consistency": {"samples": 12, "seat": "ada"}}, "shares_drafts": False},
    "many tokens": {"rounds": 2, "topology": "ring", "critique": "off", "until": "never"},
}


def test_equal_calls_are_those_of_the_arm_with_most_calls(tmp_path: Path, study: Study) -> None:
    table = compare(study(script=wordy, arms=UNEVEN), tmp_path / "x")
    costs = {column.name: column.cost for column in table.columns}
    assert costs["many calls"].calls > costs["many tokens"].calls
    assert costs["many calls"].tokens < costs["many tokens"].tokens
    assert costs["self_consistency_calls"].calls == costs["many calls"].calls
    assert costs["self_consistency_tokens"].tokens >= costs["many tokens"].tokens
    notes = " ".join(table.notes)
    assert "'self_consistency_calls' may spend is what the arm with most calls 'many calls' spent" in notes
    assert "'self_refinement' may spend is what the arm with most tokens 'many tokens' spent" in notes
    assert "not at equal cost" not in notes


def test_arms_that_spent_more_than_a_control_are_named(tmp_path: Path, study: Study) -> None:
    table = compare(study(script=wordy, arms=UNEVEN, budget="many tokens"), tmp_path / "x")
    (note,) = (note for note in table.notes if "not at equal cost" in note)
    assert note == (
        "Against 'self_consistency_calls' (6.0 calls a problem) these are not at equal cost, they spent "
        "more: 'many calls' (12.0)."
    )
