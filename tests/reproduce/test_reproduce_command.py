"""`quorate reproduce`: the list, a run on a pool, and bad input in sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quorate.cli import app
from quorate.reproduce import reproductions
from quorate.reproduce.cast import ONE, seat_pool
from quorate.reproduce.reproducing import stage

RUN = CliRunner()


def refused(*arguments: str) -> str:
    """Return what a command complains about."""
    result = RUN.invoke(app, ["reproduce", *arguments])
    assert result.exit_code == 1
    return str(result.exception)


def test_without_a_name_it_lists_what_each_needs_and_costs() -> None:
    listed = RUN.invoke(app, ["reproduce"]).output
    lines = {line.split()[0]: line for line in listed.splitlines() if line.strip()}
    assert set(reproductions()) <= set(lines)
    assert "1, and a judge" in lines["mad"]
    assert lines["debate_or_vote"].split()[-2:] == ["155", "60"]


def test_bad_input_is_answered_in_sentences() -> None:
    assert "Did you mean 'sparse2024'?" in refused("sparse2042")
    assert "--endpoint needs --model" in refused("mad", "--endpoint", "http://127.0.0.1:1/v1")
    assert "--pool and --model exclude each other" in refused("mad", "-m", "base", "--pool", "mine")
    assert "--judge needs a --model" in refused("mad", "--judge", "base")
    assert "There is no pool in" in refused("mad", "--pool", "nowhere")
    assert "above 0, or 5 different models" in refused("du2023", "-m", "base", "--temperature", "0")


@pytest.mark.parametrize("name", ["mad", "reconcile"])
def test_it_runs_on_a_pool_and_goes_on(
    name: str, miniature_pool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("quorate.reproduce.reproduction.DEVELOPMENT", 2)
    command = ["reproduce", name, "--pool", str(miniature_pool), "-n", "2", "--max-tokens", "6"]
    first = RUN.invoke(app, [*command, "--view", "quiet"])
    assert first.exit_code == 0, first.output
    for part in ("strict %", "Published: accuracy, %", "here", "recorded in runs"):
        assert part in first.output
    again = RUN.invoke(app, [*command, "--view", "quiet", "--json"])
    found = json.loads(again.output)
    assert found["name"] == name
    assert any("tiny models" in sentence for sentence in found["expected"])
    experiment = json.loads((tmp_path / "runs" / f"reproduce-{name}" / "experiment.json").read_text())
    assert experiment["source"]["experiment"]["problems"]["count"] == 2


def test_members_of_a_pool_are_told_no_roles(miniature_pool: Path) -> None:
    seated = seat_pool(reproductions()["mad"].cast, miniature_pool)
    assert [(agent["name"], agent["adapter"]) for agent in seated["agents"]] == [
        ("affirmative", "rates"),
        ("negative", "rates"),
    ]
    assert seated["offices"]["judge"]["adapter"] == "judge"
    assert not any(agent.get("role") for agent in [*seated["agents"], seated["offices"]["judge"]])
    table = seat_pool(reproductions()["reconcile"].cast, miniature_pool)
    assert [agent["name"] for agent in table["agents"]] == ["rates", "money"]


@pytest.mark.parametrize("name", list(reproductions()))
def test_every_reproduction_can_be_seated_on_a_pool(name: str, miniature_pool: Path) -> None:
    staged = stage(name, pool=miniature_pool, count=2)
    assert len(staged.experiment.problems) == 2
    kinds = {"rates"} if reproductions()[name].cast.kind == ONE else {"rates", "money"}
    assert {agent.adapter for agent in staged.experiment.agents} <= {*kinds, "polymath"}
