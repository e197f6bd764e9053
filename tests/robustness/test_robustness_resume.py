"""A run with adversaries whose lies start from sampled drafts goes on, after a kill, as it would have."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.evaluate import Problem
from quorate.nouns import Ask, Question
from quorate.record import EVENTS
from quorate.robustness import plant

SEATS = ("ada", "bo", "cy", "di")
PARTS = ("colluding", "confidently_wrong", "copying", "injecting", "stubborn")


def sampled(ask: Ask, seed: int) -> str:
    """Draw an answer by the seed of the request, as a model with a temperature does."""
    return f"3*6={seed % 97}\nAnswer: {seed % 97}"


def definition(part: str) -> Definition:
    """Seat honest agents and adversaries on models that know nothing of an earlier process."""
    table = plant([Agent(name, Scripted(sampled)) for name in SEATS], {"bo": part, "cy": part}, seed=3)
    return Definition(table, "ring", {"debate": {"rounds": 4, "until": "never"}}, seed=5)


def said(folder: Path) -> list[tuple[Any, ...]]:
    events = [json.loads(line) for line in (folder / EVENTS).read_text("utf-8").splitlines()]
    found = [(event["question"], event["message"]) for event in events if event["type"] == "said"]
    return sorted((question, one["number"], one["text"], one.get("tokens_in", 0)) for question, one in found)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("kept", [4, 6, 9])
def test_a_killed_run_goes_on_as_it_would_have(part: str, kept: int, tmp_path: Path) -> None:
    problems = [Problem(question=Question(id=f"q{n}", text=f"{n}*6?"), gold=str(6 * n)) for n in (3, 4)]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    definition(part).run(problems, record=whole)
    shutil.copytree(whole, killed)
    lines = (killed / EVENTS).read_text("utf-8").splitlines(keepends=True)
    ends = [place for place, line in enumerate(lines) if json.loads(line)["type"] == "said"]
    (killed / EVENTS).write_text("".join(lines[: ends[kept - 1] + 1]), "utf-8")
    assert len(said(killed)) == kept
    definition(part).run(problems, record=killed, resume=True)
    assert said(killed) == said(whole)
    assert len({text for _, _, text, _ in said(whole)}) > 4  # they were drawn, not always the same
