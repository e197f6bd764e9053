"""`quorate simulate`: one command from topologies, or records, to tables or JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from quorate import Agent, Definition, Question, Scripted
from quorate.cli import app
from quorate.errors import BadOption, UnknownName
from quorate.evaluate import Problem


def simulated(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["simulate", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_several_topologies_are_compared_with_time_and_memory() -> None:
    text = simulated("ring", "complete", "-n", "30", "--rounds", "8", "--questions", "20").output
    assert "30 agents, 8 rounds" in text
    assert "ring does not agree within 8 rounds" in text
    assert "seconds" in text
    assert "MB of memory at most" in text
    assert "▇" in text


def test_one_topology_shows_its_rounds_and_detail_shows_all() -> None:
    assert "tokens written" in simulated("ring", "--questions", "5").output
    assert simulated("ring", "star", "--questions", "5", "--detail").output.count("tokens written") == 2
    assert "tokens written" not in simulated("ring", "star", "--questions", "5").output


def test_json_holds_all(tmp_path: Path) -> None:
    arguments = ["ring:k=2", "-n", "12", "-d", "voter", "--accuracy", "0.8", "--json", "--questions", "9"]
    found = json.loads(simulated(*arguments).output)
    (forecast,) = found["forecasts"]
    assert forecast["topology"] == "ring:k=2"
    assert forecast["parameters"]["accuracy"] == 0.8
    assert len(forecast["rounds"]) == 3
    assert found["peak_memory"] > 0


def test_the_options_reach_the_simulation() -> None:
    options = ["--question-tokens", "10", "--reply-tokens", "1", "--memory", "whole", "--until", "unanimous"]
    given = ["--correlation", "0.1", "--given-right", "0.9", "--given-wrong", "0", "--seed", "7"]
    text = simulated("ring", "--json", "-d", "reactions", "--questions", "4", *options, *given).output
    (forecast,) = json.loads(text)["forecasts"]
    assert (forecast["memory"], forecast["until"], forecast["seed"]) == ("whole", "unanimous", 7)
    known = forecast["parameters"]
    assert [known[name] for name in ("question_tokens", "correlation", "given_right")] == [10, 0.1, 0.9]


def test_wrong_names_are_refused() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'ring'"):
        simulated("rng")
    with pytest.raises(UnknownName, match="Did you mean 'voter'"):
        simulated("ring", "-d", "votre")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("record") / "run"
    agents = [Agent(f"a{place}", Scripted(f"Answer: {3 + place % 2}")) for place in range(4)]
    todo = [Problem(question=Question(id=f"q{n}", text=f"{n}?", kind="number"), gold="3") for n in range(6)]
    Definition(agents, protocol={"debate": {"rounds": 2, "until": "never"}}).run(todo, record=folder)
    return str(folder)


def test_recorded_agents_are_taken_as_a_model(run: str) -> None:
    (forecast,) = json.loads(simulated("ring", "--fit", run, "-n", "4", "--json").output)["forecasts"]
    assert forecast["dynamics"] == "reactions"
    assert forecast["parameters"]["accuracy"] == 0.5
    assert forecast["questions"] == 6
    large = simulated("ring", "--fit", run, "-n", "2000", "--questions", "2", "--json")
    assert json.loads(large.output)["forecasts"][0]["parameters"]["accuracy"] == 0.5
    with pytest.raises(BadOption, match="leave out --accuracy"):
        simulated("ring", "--fit", run, "--accuracy", "0.3")
    with pytest.raises(BadOption, match="leave out --dynamics"):
        simulated("ring", "--fit", run, "-d", "voter")


def test_predictions_are_checked_against_records(run: str) -> None:
    text = simulated("--check", run).output
    assert "estimated from: every other question" in text
    assert "of 1 round of talk" in text
    (found,) = json.loads(simulated("--check", run, "--json").output)
    assert found["questions"] == 3
    assert found["rounds"][0]["agents_measured"] == 0.5


def test_help_teaches() -> None:
    text = CliRunner().invoke(app, ["simulate", "--help"], env={"COLUMNS": "200"}).output
    assert "--agents 1000000" in text
    assert "belief" in text
