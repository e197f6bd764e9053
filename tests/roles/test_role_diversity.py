"""Diversity: what is counted of first drafts, and how two runs are paired; and the command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from quorate.agents import Agent, Scripted
from quorate.cli import app
from quorate.definition import Definition
from quorate.errors import BadOption
from quorate.evaluate import Problem
from quorate.nouns import Message, Question
from quorate.roles import compare_diversity, load_roles, role_diversity
from quorate.transcripts import Transcript


def transcript(name: str, drafts: Sequence[str | None], gold: str | None = "5") -> Transcript:
    said = [
        Message(number=n, seat=f"s{n}", act="draft", turn=0, text=str(answer), answer=answer)
        for n, answer in enumerate(drafts)
    ]
    later = [
        Message(number=len(said) + n, seat=f"s{n}", act="revise", turn=1, text="9", answer="9")
        for n in range(len(drafts))
    ]
    seats = [f"s{n}" for n in range(len(drafts))]
    return Transcript.of(Question(id=name, text="2+3?"), seats, [*said, *later], gold=gold)


def embed(texts: Sequence[str]) -> Any:
    """Point texts in directions: equal texts alike, others at right angles."""
    kinds = sorted({"5", "6", "7"})
    return np.array([[float(kind in text) for kind in kinds] for text in texts])


def test_only_first_drafts_are_counted() -> None:
    found = role_diversity([transcript("q1", "556"), transcript("q2", "555")], embed=embed)
    assert found.questions == 2
    assert found.distinct.mean == 1.5
    assert found.disagreement.mean == pytest.approx((2 / 3 + 0) / 2)
    assert found.distance is not None
    assert found.distance.mean == pytest.approx(1 / 3)
    assert found.right_somewhere is not None
    assert found.right_somewhere.mean == 1


def test_abstentions_are_no_answers_and_no_gold_is_no_figure() -> None:
    found = role_diversity([transcript("q1", ["5", None, "6"], gold=None), transcript("q2", ["5", None])])
    assert (found.questions, found.distinct.mean, found.right_somewhere, found.distance) == (1, 2, None, None)
    with pytest.raises(BadOption, match="there is none"):
        role_diversity([transcript("q1", ["5", None])])


def test_two_runs_are_paired_by_question() -> None:
    varied = [transcript(f"q{n}", "567") for n in range(20)]
    alike = [transcript(f"q{n}", "555") for n in range(5, 25)]
    gain = compare_diversity(varied, alike)
    assert gain.questions == 15
    assert gain.disagreement.mean == 1
    assert gain.distinct.mean == 2
    with pytest.raises(BadOption, match="no question in common"):
        compare_diversity(varied[:5], alike[-5:])


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    todo = [Problem(question=Question(id=f"q{n}", text=f"{n}+1?"), gold=str(n + 1)) for n in range(4)]
    for name, scripts in {"varied": ("Answer: 1", "Answer: 2"), "alike": ("Answer: 1", "Answer: 1")}.items():
        agents = [Agent(seat, Scripted(script)) for seat, script in zip(("ada", "bo"), scripts, strict=True)]
        Definition(agents, protocol="vote").run(todo, record=tmp_path / name)
    return tmp_path / "varied", tmp_path / "alike"


def test_the_command_measures_and_compares_runs(runs: tuple[Path, Path]) -> None:
    varied, alike = map(str, runs)
    shown = CliRunner().invoke(app, ["roles", "diversity", varied, alike])
    assert shown.exit_code == 0, shown.output
    row = next(line for line in shown.output.splitlines() if line.startswith("pairs that disagree"))
    assert row.split()[3] == "1.00"
    plain = json.loads(CliRunner().invoke(app, ["roles", "diversity", varied, "--json"]).output)
    assert plain[0]["disagreement"]["mean"] == 1


def test_the_command_writes_lists_and_shows(tmp_path: Path) -> None:
    runner, file = CliRunner(), tmp_path / "roles.json"
    made = runner.invoke(
        app, ["roles", "write", "Sums", "--library", "-n", "3", "-o", str(file), "--seed", "4"]
    )
    assert made.exit_code == 0, made.output
    assert (len(load_roles(file)), load_roles(file).task) == (3, "Sums")
    assert load_roles(file).roles[0].name in runner.invoke(app, ["roles", "show", str(file)]).output
    assert "exists already" in str(
        runner.invoke(app, ["roles", "write", "Sums", "--library", "-o", str(file)]).exception
    )
    assert "Sceptic" in runner.invoke(app, ["roles", "list"]).output
    assert "Sceptic" not in runner.invoke(app, ["roles", "list", "--group", "perspectives"]).output
    nobody = runner.invoke(app, ["roles", "write", "Sums", "-o", str(tmp_path / "other.json")])
    assert "Say who writes" in str(nobody.exception)
