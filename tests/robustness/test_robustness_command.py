"""The command: a study to its table, again from its folder, as JSON and CSV, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quorate.cli import app
from quorate.errors import BadOption

STUDY = """
name: sums under attack
problems: {arithmetic: {form: a+b}, count: 3}
agents:
  - {name: ada, model: {scripted: {script: "Answer: 5"}}}
  - {name: bo, model: {scripted: {script: "Answer: 6"}}}
  - {name: cy, model: {scripted: {script: "Answer: 5"}}}
protocol: {debate: {rounds: 2}}
counts: [0, 1]
topologies: [star]
filters: [{top_k: {k: 1, by: agreement}}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "attacks.yaml"
    path.write_text(STUDY)
    return path


def test_a_study_is_held_shown_and_shown_again(file: Path, tmp_path: Path) -> None:
    runner, folder = CliRunner(), tmp_path / "run"
    first = runner.invoke(app, ["robustness", str(file), "-o", str(folder), "--view", "quiet"])
    assert first.exit_code == 0, first.output
    for piece in (
        "sums under attack",
        "3 problems, 3 agents, 1 seed",
        "1 confidently_wrong",
        "honest %",
    ):
        assert piece in first.output
    assert runner.invoke(app, ["robustness", str(folder)]).output == first.output
    table = json.loads(runner.invoke(app, ["robustness", str(folder), "--json"]).output)
    assert len(table["findings"]) == 6
    sheet = runner.invoke(app, ["robustness", str(folder), "--csv"]).output
    assert sheet == (folder / "robustness.csv").read_text()
    (folder / "robustness.json").unlink()
    assert runner.invoke(app, ["robustness", str(folder), "--view", "plain"]).exit_code == 0
    assert (folder / "robustness.json").is_file()


def test_what_a_study_says_is_not_said_twice(file: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    found = runner.invoke(app, ["robustness", str(file), "--kind", "stubborn"])
    assert isinstance(found.exception, BadOption)
    assert "A study says --kind itself" in str(found.exception)
    found = runner.invoke(app, ["robustness", str(tmp_path), "--limit", "3"])
    assert "leave out --record and --limit" in str(found.exception)
    found = runner.invoke(app, ["robustness", "--counts", "0;1"])
    assert "numbers with commas" in str(found.exception)


def test_help_teaches_with_examples() -> None:
    shown = CliRunner().invoke(app, ["robustness", "--help"]).output
    assert "quorate robustness attacks.yaml" in shown
