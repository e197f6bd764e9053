"""`quorate graph`: learning, showing and exporting, in process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import networkx as nx
import pytest
import yaml

from quorate.topologies import LearnedGraph, load_learned_graph
from quorate.topologies.learned_graphs import LearnedEdge, LearnedTurn
from tests.conftest import Quorate

SCRIPT = {"ada": "Answer: 5", "bo": ["Answer: 5", "Answer: 9"], "mal": "Answer: 9"}


@pytest.fixture
def study(tmp_path: Path) -> None:
    agents = [{"name": name, "model": {"scripted": {"script": SCRIPT}}} for name in SCRIPT]
    debate = {"debate": {"rounds": 2, "until": "never"}}
    (tmp_path / "study.yaml").write_text(yaml.safe_dump({"agents": agents, "protocol": debate}))
    rows = [{"id": f"q{i}", "text": f"What is {i}+5-{i}?", "gold": "5"} for i in range(25)]
    (tmp_path / "problems.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.mark.usefixtures("study")
def test_records_to_a_graph_that_a_definition_loads(quorate: Quorate, tmp_path: Path) -> None:
    assert quorate("run", "study.yaml", "problems.jsonl", "-o", "runs/one", "--view", "quiet")[0] == 0
    code, out, err = quorate("graph", "learn", "runs/one", "-o", "sparse.json")
    assert (code, err) == (0, "")
    assert "5 of 6 edges of 3 seats kept, learned by records" in out
    assert "harms, credited" in out
    assert "-100.0 [-100.0, -73.4]" in out
    learned = load_learned_graph(tmp_path / "sparse.json")
    assert [(e.heard, e.hearer) for e in learned.turns[0].edges if not e.kept] == [("mal", "bo")]

    shown = quorate("graph", "show", "sparse.json")
    assert shown[0] == 0
    assert out.startswith(shown[1])
    assert quorate("graph", "export", "sparse.json", "-o", "g.graphml", "--everything")[0] == 0
    assert nx.read_graphml(tmp_path / "g.graphml").edges["mal", "bo"]["kept"] is False

    data = yaml.safe_load((tmp_path / "study.yaml").read_text())
    data["topology"] = {"learned": {"file": "./sparse.json"}}
    (tmp_path / "sparse.yaml").write_text(yaml.safe_dump(data))
    assert quorate("run", "sparse.yaml", "problems.jsonl", "-o", "runs/two", "--view", "quiet")[0] == 0


@pytest.mark.usefixtures("study")
def test_records_are_scored_by_what_only_the_heard_one_knew(quorate: Quorate, tmp_path: Path) -> None:
    assert quorate("run", "study.yaml", "problems.jsonl", "-o", "runs/one", "--view", "quiet")[0] == 0
    options = ("--score", "oracle", "--keep", "if_helpful", "-o", "known.json")
    code, out, err = quorate("graph", "learn", "runs/one", *options)
    assert (code, err) == (0, "")
    assert "2 of 6 edges of 3 seats kept, learned by records" in out
    learned = load_learned_graph(tmp_path / "known.json")
    assert {(e.heard, e.hearer) for e in learned.kept()} == {("ada", "mal"), ("bo", "mal")}
    assert "+50.0" in out
    rows = [line.split()[:2] for line in out.splitlines()]
    assert ["ada", "100.0"] in rows
    assert ["mal", "0.0"] in rows
    code, _, err = quorate("graph", "learn", "runs/one", "--score", "oracel")
    assert code == 1
    assert "Did you mean 'oracle'?" in err


@pytest.mark.usefixtures("study")
def test_a_definition_is_tried_on_problems(quorate: Quorate, tmp_path: Path) -> None:
    code, out, err = quorate(
        "graph", "learn", "study.yaml", "--problems", "problems.jsonl", "--limit", "5", "--iterations", "5"
    )
    assert code == 0
    assert "agentprune: 20 debates in 5 iterations" in err
    assert "iteration 5 of 5" in err
    assert "4 of 6 edges of 3 seats kept, learned by agentprune" in out
    found = load_learned_graph(tmp_path / "learned.json")
    assert found.about["problems"] == 5
    assert not (tmp_path / "learned.json.training").exists()


@pytest.mark.usefixtures("study")
def test_arguments_that_do_not_fit_are_said(quorate: Quorate) -> None:
    for arguments, said in (
        (["study.yaml"], "Say what to learn from: --problems"),
        (["study.yaml", "other.yaml", "--problems", "problems.jsonl"], "one definition at a time"),
        (["study.yaml", "--problems", "problems.jsonl", "--arm", "x"], "--arm is for learning from records"),
        (["runs/one", "--recipe", "agentprune"], "--recipe is for learning with a definition"),
        (
            ["study.yaml", "--problems", "problems.jsonl", "--recipe", "agentprun3"],
            "Did you mean 'agentprune'",
        ),
        (["nowhere"], "cannot be read"),
    ):
        code, _, err = quorate("graph", "learn", *arguments)
        assert code == 1
        assert said in " ".join(err.split())
    code, _, err = quorate("graph", "show", "nowhere.json")
    assert code == 1
    assert "learn one with `quorate graph learn`" in " ".join(err.split())


def test_what_a_file_says_is_shown_without_control_characters(quorate: Quorate, tmp_path: Path) -> None:
    edge = LearnedEdge(heard="a\x1b[31mda", hearer="bo", probability=0.5, why="\x1b]0;title\x07[red]no[/red]")
    turns = (LearnedTurn(edges=(edge,)), LearnedTurn(edges=(), dropped=("bo",)))
    graph = LearnedGraph(seats=("a\x1b[31mda", "bo"), turns=turns, method="x\x1b[2J")
    graph.save(tmp_path / "evil.json")
    _, out, _ = quorate("graph", "show", "evil.json")
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "[red]no[/red]" in out
    assert "dropped: bo" in quorate("graph", "show", "evil.json", "--turn", "2")[1]


def test_help_teaches(quorate: Quorate) -> None:
    assert "quorate graph learn runs/first runs/second" in quorate("graph", "learn", "--help")[1]
    assert "graph" in quorate("--help")[1]


SLOW = """
import time
from quorate import Agent, Definition, Scripted

def speak(ask, seed):
    time.sleep(0.01)
    return f"Answer: {5 if seed % 3 else 9}"

debate = {"debate": {"rounds": 2, "until": "never"}}
definition = Definition([Agent(name, Scripted(speak)) for name in ("ada", "bo", "cy")], protocol=debate)
"""


@pytest.mark.usefixtures("study")
def test_after_ctrl_c_the_same_command_comes_to_the_same_end(quorate: Quorate, tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    command = ["graph", "learn", "slow.py", "--problems", "problems.jsonl"]
    assert "iteration 10 of 10" in quorate(*command, "-o", "whole.json")[2]
    running = subprocess.Popen(
        [sys.executable, "-m", "quorate", *command, "-o", "cut.json"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    kept = tmp_path / "cut.json.training"
    while running.poll() is None and not kept.exists():
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=120)
    assert running.returncode == 130
    assert "run the same command again to go on" in " ".join(err.split())
    again = quorate(*command, "-o", "cut.json")[2]
    assert "iteration 10 of 10" in again
    assert "iteration 1 of 10" not in again
    assert load_learned_graph(tmp_path / "cut.json") == load_learned_graph(tmp_path / "whole.json")


def test_the_example_finds_out_who_is_always_wrong(tmp_path: Path) -> None:
    example = Path(__file__).resolve().parents[2] / "examples" / "learned_graph.py"
    printed = subprocess.run(
        [sys.executable, example, "60"], cwd=tmp_path, capture_output=True, check=True, text=True
    ).stdout
    assert [line.split()[4][:-1] for line in printed.splitlines() if " no longer hears " in line] == [
        "mal"
    ] * 4
    shares = dict(line.split()[:2] for line in printed.splitlines() if "other problems" in line)
    right = {name: float(share.rstrip("%")) for name, share in shares.items()}
    assert right["weighed"] > right["complete"] + 20
    assert right["tried"] > right["complete"] + 10
