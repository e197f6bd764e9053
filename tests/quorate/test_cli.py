"""The command line, in process: what it prints, and how it leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from quorate.record import read_events
from tests.conftest import Quorate

DEFINITION = {
    "agents": [
        {
            "name": name,
            "model": {"scripted": {"script": {"ada": ["Answer: 4", "Answer: 5"], "bo": "Answer: 5"}}},
        }
        for name in ("ada", "bo")
    ],
    "topology": "ring",
}


@pytest.fixture
def study(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(DEFINITION))
    rows = [{"id": f"q{i}", "text": f"What is {i}+5?", "gold": "5"} for i in range(4)]
    (tmp_path / "problems.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return "study.yaml", "problems.jsonl"


def test_help_teaches_with_examples(quorate: Quorate) -> None:
    code, out, _ = quorate("--help")
    assert code == 0
    for command in ("demo", "debate", "run", "resume", "watch", "decide", "topology", "models", "pool"):
        assert command in out
        _, page, _ = quorate(command, "--help")
        assert "Usage:" in page
        assert command in page.splitlines()[1]
    assert "quorate run study.yaml problems.jsonl" in quorate("run", "--help")[1]


def test_run_records_scores_and_resumes(quorate: Quorate, study: tuple[str, str], tmp_path: Path) -> None:
    code, out, err = quorate("run", *study, "-o", "runs/one")
    assert code == 0
    assert "4 questions decided" in out
    assert "accuracy 100.0% (4 of 4" in out
    assert "\x1b" not in out + err
    events = tmp_path / "runs/one/events.jsonl"
    lines = events.read_text().splitlines(keepends=True)
    events.write_text("".join(lines[:20]))
    code, out, _ = quorate("resume", "runs/one")
    assert code == 0
    assert "4 questions decided" in out
    code, out, _ = quorate("watch", "runs/one")
    assert code == 0
    code, out, _ = quorate("watch", "runs/one", "--speed", "0", "--view", "plain")
    assert code == 0


def test_run_without_a_folder_makes_a_fresh_one(
    quorate: Quorate, study: tuple[str, str], tmp_path: Path
) -> None:
    code, out, _ = quorate("run", *study, "--limit", "1", "--view", "quiet")
    assert code == 0
    (folder,) = (tmp_path / "runs").iterdir()
    assert f"recorded in runs/{folder.name}" in out
    assert len([e for e in read_events(folder) if e.type == "decided"]) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["run", "study.yaml", "none.jsonl"], 1, "cannot be read"),
        (["run", "none.yaml", "problems.jsonl"], 1, "There is no definition file none.yaml"),
        (["resume", "nowhere"], 1, "There is no run in nowhere"),
        (["watch", "nowhere"], 1, "There is no run in nowhere"),
        (["topology", "rign"], 1, "Did you mean 'ring'"),
        (["topology", "ring", "-o", "kk=2"], 1, "has no option 'kk'"),
        (["topology", "ring", "-o", "k"], 1, "key=value"),
        (["topology", "ring", "-o", "k=["], 1, "The value of --option k cannot be read: '['"),
        (["topology", "ring", "-n", "0"], 2, "--agents"),
        (["debate"], 2, "question"),
        (["debate", "2+3?", "--model", "x", "-t", "rign"], 1, "Did you mean 'ring'"),
        (["debate", "2+3?", "--judge", "x"], 1, "--judge needs a --model"),
        (["debate", "2+3?", "-c", "5", "-c", "6"], 1, "--choice needs a --model"),
        (["debate", "2+3?", "--model", "x", "--pool", "y"], 1, "exclude each other"),
        (["debate", "2+3?", "--pool", "nowhere"], 1, "There is no pool in nowhere"),
        (["demo", "--pool", "nowhere"], 1, "quorate pool train nowhere"),
        (["debate", "2+3?", "--endpoint", "http://127.0.0.1:9/v1"], 1, "needs --model"),
        (["debate", "2+3?", "--model", "no/such/folder/at/all"], 1, "no/such/folder/at/all"),
        (["debate", "  ", "--model", "x"], 1, "The question is empty"),
        (["demos"], 2, "No such command"),
    ],
)
def test_mistakes_are_sentences(
    quorate: Quorate, study: tuple[str, str], arguments: list[str], code: int, sentence: str
) -> None:
    left, out, err = quorate(*arguments)
    assert left == code
    assert sentence in " ".join((out + err).split())
    assert "Traceback" not in err


def test_a_run_is_never_overwritten(quorate: Quorate, study: tuple[str, str]) -> None:
    assert quorate("run", *study, "-o", "runs/one")[0] == 0
    code, _, err = quorate("run", *study, "-o", "runs/one")
    assert code == 1
    assert "quorate resume runs/one" in err
    assert quorate("run", *study, "-o", "runs/one", "--resume")[0] == 0


def test_a_changed_definition_is_refused_on_resume(
    quorate: Quorate, study: tuple[str, str], tmp_path: Path
) -> None:
    quorate("run", *study, "-o", "runs/one")
    (tmp_path / "study.yaml").write_text(yaml.safe_dump({**DEFINITION, "seed": 9}))
    code, _, err = quorate("run", *study, "-o", "runs/one", "--resume")
    assert code == 1
    assert "seed was 0, now it is 9" in err


def test_topology_draws_and_measures(quorate: Quorate) -> None:
    code, out, _ = quorate("topology", "ring", "-n", "6")
    assert code == 0
    for word in ("ada", "fay", "density", "0.4", "messages a round", "12", "diameter", "3", "spectral gap"):
        assert word in out
    code, out, _ = quorate("topology")
    assert "small_world" in out


def test_debate_with_checkpoints_prints_an_outcome(quorate: Quorate, tmp_path: Path) -> None:
    from quorate.lab.standin import make_standin

    folder = make_standin(tmp_path / "base")
    model = ["--model", str(folder), "--max-tokens", "8", "--view", "quiet"]
    code, out, _ = quorate("debate", "Which is prime?", "-c", "4", "-c", "7", "-n", "2", *model)
    assert code == 0
    assert "abstained" in out or "votes" in out


def test_models_lists_checkpoints(quorate: Quorate, tmp_path: Path) -> None:
    from quorate.lab.standin import make_standin

    make_standin(tmp_path / "checkpoints" / "base", adapters=1)
    code, out, _ = quorate("models")
    assert code == 0
    assert "./checkpoints/base" in out
    assert "LlamaForCausalLM" in out
    assert "adapter" in out


SLOW = """
import time
from quorate import Agent, Definition, Scripted

def speak(ask, seed):
    time.sleep(0.02)
    return "Answer: 5"

definition = Definition([Agent(name, Scripted(speak)) for name in ("ada", "bo")], protocol="vote", at_once=2)
"""


def test_ctrl_c_leaves_a_resumable_run_and_says_how(tmp_path: Path, study: tuple[str, str]) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    rows = [{"id": f"q{i}", "text": f"What is {i}+5?"} for i in range(40)]
    (tmp_path / "many.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = [sys.executable, "-m", "quorate", "run", "slow.py", "many.jsonl", "-o", "runs/slow"]
    environment = {**os.environ, "COLUMNS": "200"}
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    events = tmp_path / "runs/slow/events.jsonl"
    while not events.exists() or events.stat().st_size < 2000:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "go on with: quorate resume runs/slow" in out
    resumed = subprocess.run(
        [sys.executable, "-m", "quorate", "resume", "runs/slow"],
        cwd=tmp_path, check=True, capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert "40 questions decided" in resumed.stdout


@pytest.mark.parametrize(
    ("words", "completions"),
    [
        ("quorate de", {"debate", "decide", "demo"}),
        ("quorate topology ri", {"ring"}),
        ("quorate debate x --until q", {"quorum"}),
    ],
)
def test_shell_completion(words: str, completions: set[str]) -> None:
    environment = {
        **os.environ,
        "_QUORATE_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    program = Path(sys.executable).with_name("quorate")
    done = subprocess.run([str(program)], env=environment, capture_output=True, text=True, check=False)
    assert set(done.stdout.split()) == completions
