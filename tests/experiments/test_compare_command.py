"""`quorate compare`: thin, honest about how to go on, and the same table again from the folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
import yaml
from rich.console import Console
from typer.testing import CliRunner

from quorate.cli import app
from quorate.cli.comparing import Board, PlainLines, claimed
from quorate.evaluate.results import Claim, Comparison
from quorate.evaluate.statistics import Difference
from quorate.events import Decided
from quorate.experiments import load_experiment
from quorate.experiments.progress import Progress
from quorate.nouns import Outcome

RUN = CliRunner()
STUDY = {
    "name": "a small study",
    "problems": {"arithmetic": {"form": "a+b", "largest": 4}, "count": 4},
    "agents": [
        {"name": "ada", "model": {"scripted": {"script": ["Answer: 4", "Answer: 5"]}}},
        {"name": "bo", "model": {"scripted": {"script": "Answer: 5"}}},
    ],
    "arms": {"ring": {"topology": "ring", "rounds": 2}},
}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(STUDY, sort_keys=False))
    return path


def test_a_study_ends_with_its_table_and_is_shown_again(file: Path) -> None:
    first = RUN.invoke(app, ["compare", str(file)])
    assert first.exit_code == 0, first.output
    for part in ("ring", "noise_peers", "strict %", "minus vote", "a power of 80 %", "note: The best agent"):
        assert part in first.output
    assert Path("runs/a-small-study/comparison.json").is_file()
    again = RUN.invoke(app, ["compare", "runs/a-small-study", "--json"])
    assert json.loads(again.output)["problems"] == 4
    with_file = RUN.invoke(app, ["compare", str(file), "--view", "quiet", "--json"])
    assert json.loads(with_file.output) == json.loads(again.output)


def test_a_folder_is_taken_as_it_is(file: Path) -> None:
    RUN.invoke(app, ["compare", str(file), "--limit", "2"])
    result = RUN.invoke(app, ["compare", "runs/a-small-study", "--limit", "3"])
    assert "leave out --record and --limit" in str(result.exception)
    changed = RUN.invoke(app, ["compare", str(file)])
    assert "was begun with 2 problems, now there are 4" in str(changed.exception)


SLOW = """
import time
from quorate import Agent, Problem, Question, Scripted
from quorate.experiments import Experiment

def slow(ask, seed):
    time.sleep(0.01)
    return "Answer: 1"

sums = [Problem(question=Question(id=f"q{n}", text=f"{n}?"), gold="1") for n in range(200)]
agents = [Agent(name, Scripted(slow)) for name in ("ada", "bo")]
experiment = Experiment("slow", sums, agents, {"ring": {}})
"""


def test_ctrl_c_leaves_a_folder_that_can_be_continued_and_says_how(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    command = [sys.executable, "-m", "quorate", "compare", "slow.py", "-o", "run"]
    environment = {**os.environ, "NO_COLOR": "1"}
    running = subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=environment
    )
    events = tmp_path / "run" / "drafts" / "common" / "seed-0" / "events.jsonl"
    until = time.monotonic() + 60
    while (not events.exists() or events.stat().st_size < 2000) and time.monotonic() < until:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert "go on with: quorate compare run" in said
    assert "Traceback" not in said
    assert '"type":"failed"' not in events.read_text()
    assert events.read_bytes().endswith(b"\n")


def test_the_board_and_the_plain_lines_show_how_far_every_arm_is(file: Path) -> None:
    study = load_experiment(file)
    progress, console = Progress(study), Console(record=True, width=100, file=StringIO())
    lines = PlainLines(progress, console, clock=iter(range(0, 1000, 3)).__next__)
    for problem in study.problems:
        question = problem.question.id
        outcome = Outcome(question=question, winners=(problem.gold or "",), answer=problem.gold)
        lines("ring", 0, Decided(question=question, outcome=outcome))
    console.print(Board(progress))
    shown = console.export_text()
    assert "decided, 0 tokens" in shown
    assert "ring: 4 decided, 100 [51, 100] % right" in shown
    assert "4/4" in shown
    assert "0/4" in shown


def claim(arm: str, rival: str, low: float, high: float, adjusted: float) -> Claim:
    gain = Difference(mean=(low + high) / 2, low=low, high=high)
    return Claim(arm=arm, rival=rival, difference=gain, p=adjusted / 9, adjusted=adjusted, won=30, lost=10)


def test_only_what_survives_is_claimed() -> None:
    claims = (
        claim("ring", "vote", 0.02, 0.1, 0.001),
        claim("star", "vote", -0.3, -0.1, 0.01),
        claim("relay", "vote", 0.01, 0.1, 0.4),
        claim("noise", "vote", -0.1, 0.1, 1.0),
    )
    lines = list(claimed(Comparison(title="x", problems=100, claims=claims, detectable=0.1)))
    assert lines == [
        "ring beats vote by +6.0 [+2.0, +10.0] points: 30 won, 10 lost, corrected p 0.001",
        "vote beats star by +20.0 [+10.0, +30.0] points: 10 won, 30 lost, corrected p 0.01",
        "Only before the correction for 4 comparisons: relay over vote.",
        "With 100 problems, a difference of 10.0 points or more shows with a power of 80 %.",
    ]
    nothing = list(claimed(Comparison(title="x", problems=9, claims=claims[3:])))
    assert nothing == ["Nothing may be claimed: no interval of a difference excludes 0."]
    frail = claim("ring", "vote", 0.01, 0.2, 0.9)  # its own p is 0.1
    assert list(claimed(Comparison(title="x", problems=9, claims=(frail,)))) == [
        "Nothing may be claimed: no difference has an interval that excludes 0 and a small p-value."
    ]
