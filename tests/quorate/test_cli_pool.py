"""The pool on the command line: listed, shown, trained, measured, and put to work."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from quorate.agents.confidence import head
from quorate.agents.confidence.head import HeadConfig
from quorate.agents.confidence.owner import Owner
from quorate.calibration import Calibration, Metrics
from quorate.cli.member import facts
from quorate.cli.showing import View, viewing
from quorate.cli.training import plain_lines, told
from quorate.evaluate import Problem, load_problems
from quorate.events import Decided, Posted, Started
from quorate.lab.demo import LIMITS
from quorate.lab.members import Pool
from quorate.lab.training import Progress, Recipe, train
from quorate.nouns import BoardLine, Outcome, Question
from quorate.record import read_events, read_manifest
from tests.conftest import Quorate


@pytest.fixture
def pool(miniature_pool: Path) -> str:
    return str(miniature_pool)


def test_help_teaches_with_examples(quorate: Quorate) -> None:
    code, out, _ = quorate("pool", "--help")
    assert code == 0
    for command in ("list", "show", "train", "evaluate", "problem"):
        assert command in out
        _, page, _ = quorate("pool", command, "--help")
        assert f"quorate pool {command}" in page.split("Examples")[1]


def test_list_says_who_they_are(quorate: Quorate, pool: str) -> None:
    code, out, _ = quorate("pool", "list", "--pool", pool)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:4]] == ["base", "rates", "money"]
    assert "Specialist for rates and time" in out
    assert "quorate pool evaluate" in out


def test_show_tells_skills_training_and_solves(quorate: Quorate, pool: str) -> None:
    code, out, _ = quorate("pool", "show", "rates", "--pool", pool)
    assert code == 0
    assert "rates.chase" in out
    assert "money." not in out.split("last loss")[0]
    assert "15 steps" in out
    assert "5 steps" in out
    assert "wrong: it is" in out or "(right" in out
    other = quorate("pool", "show", "rates", "--pool", pool, "--problem", "1")[1]
    assert other.split("\n\n")[0] == out.split("\n\n")[0]
    assert other != out


def test_a_critic_shows_how_it_reads_a_draft_with_a_mistake(quorate: Quorate, pool: str) -> None:
    code, out, _ = quorate("pool", "show", "critic", "--pool", pool)
    assert code == 0
    draft = out.partition("A draft of rates with a mistake:\n")[2]
    assert draft.splitlines()[-1].startswith("rates: ")
    assert "[1]" in draft


def test_the_worth_of_a_confidence_head_is_told(
    miniature_pool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = HeadConfig(
        owner=Owner(base={}, adapter=None, hidden=1, layers=(0,)),
        lines=Calibration(),
        answers=Calibration(),
        examples=10,
        answer_metrics=Metrics(auc=0.91, n=1200, right=800, ece=0.02, brier=0.1),
        line_metrics=Metrics(auc=None, n=5, right=5, ece=0.02, brier=0.1),
    )
    monkeypatch.setattr(head, "has_head", lambda folder: folder.name == "rates")
    monkeypatch.setattr(head.ConfidenceHead, "load", lambda folder: head.ConfidenceHead(config, {}))
    told = dict(facts(Pool(miniature_pool), "rates"))
    assert told["sure of answers"] == "AUC 0.910, calibration error 0.020, measured on 1,200"
    assert told["sure of lines"].startswith("AUC unknown")
    assert "sure of lines" not in dict(facts(Pool(miniature_pool), "money"))


def test_evaluate_prints_tables_and_writes_the_card(quorate: Quorate, pool: str, tmp_path: Path) -> None:
    shutil.copytree(pool, tmp_path / "mine")
    code, out, _ = quorate("pool", "evaluate", "mine", "-n", "1", "--split", "development", "--write")
    assert code == 0
    assert "| rates |" in out
    assert "written: mine/CARD.md, mine/demo.jsonl" in out
    assert json.loads((tmp_path / "mine/evaluation.json").read_text())["split"] == "development"
    code, out, _ = quorate("pool", "list", "--pool", "mine")
    assert "own problems" in out
    assert "0 [0, 79]" in out
    assert "accuracy, %" in quorate("pool", "show", "base", "--pool", "mine")[1]
    (tmp_path / "mine/evaluation.json").write_text('{"split": "test"}')
    code, _, err = quorate("pool", "list", "--pool", "mine")
    assert code == 1
    assert "another version" in err


def test_problems_are_printed_or_written(quorate: Quorate, tmp_path: Path) -> None:
    code, out, _ = quorate("pool", "problem", "-n", "2", "--domain", "money", "--level", "1")
    assert code == 0
    assert out.count("Answer: ") == 2
    assert out.count("Level 1, money.") == 2
    assert quorate("pool", "problem", "--seed", "1")[1] != quorate("pool", "problem")[1]
    assert quorate("pool", "problem", "-n", "5", "--jsonl", "five.jsonl")[0] == 0
    assert len([problem for problem in load_problems(tmp_path / "five.jsonl") if problem.gold]) == 5


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["list", "--pool", "nowhere"], 1, "There is no pool in nowhere"),
        (["show", "ratse", "--pool", "POOL"], 1, "Did you mean 'rates'"),
        (["show"], 2, "member"),
        (["train"], 2, "folder"),
        (["train", "new", "bsae"], 1, "Did you mean 'base'"),
        (["train", "new", "rates"], 1, "train the earlier stages first"),
        (["train", "POOL", "--seed", "3"], 1, "its seed was 0, now it is 3"),
        (["train", "POOL", "--compiled"], 1, "another recipe: its domains was"),
        (["train", "new", "--threads", "0"], 2, "--threads"),
        (["evaluate", "POOL", "-n", "0"], 2, "--count"),
        (["evaluate", "POOL", "--split", "tset"], 1, "Did you mean 'test'"),
        (["evaluate", "POOL", "--split", "train"], 1, "shows nothing"),
        (["problem", "--domain", "mony"], 1, "Did you mean 'money'"),
        (["problem", "--level", "7"], 1, "level"),
        (["problem", "--split", "dev"], 1, "There is no split 'dev'"),
        (["problem", "--jsonl", "no/where.jsonl"], 1, "cannot be written to no/where.jsonl"),
        (["lst"], 2, "No such command"),
    ],
)
def test_mistakes_are_sentences(
    quorate: Quorate, pool: str, arguments: list[str], code: int, sentence: str
) -> None:
    left, out, err = quorate("pool", *(pool if word == "POOL" else word for word in arguments))
    assert left == code
    assert sentence in " ".join((out + err).split())
    assert "Traceback" not in err


def test_the_demo_deliberates_and_resumes(quorate: Quorate, pool: str, tmp_path: Path) -> None:
    code, out, err = quorate("demo", "--pool", pool, "-o", "runs/demo")
    assert code == 0
    assert "trained by Quorate" in out
    assert "RANDOM" not in out + err
    assert err.count("question ") == 3
    assert [f"\n{number}. " in out for number in (1, 2, 3)] == [True] * 3
    assert "first draft" in out
    [model] = read_manifest(tmp_path / "runs/demo")["setup"]["models"]
    assert model["kind"] == "pool"
    events = tmp_path / "runs/demo/events.jsonl"
    lines = events.read_text().splitlines(keepends=True)
    events.write_text("".join(lines[: len(lines) // 2]))
    assert quorate("resume", "runs/demo")[0] == 0
    assert len([event for event in read_events(tmp_path / "runs/demo") if event.type == "decided"]) == 3
    assert quorate("watch", "runs/demo", "--view", "plain")[0] == 0


def test_debate_without_a_model_asks_the_pool_and_knows_its_limits(quorate: Quorate, pool: str) -> None:
    options = ["--pool", pool, "--max-tokens", "8", "--rounds", "2", "-t", "complete", "--until", "unanimous"]
    code, out, _ = quorate("debate", "What is the capital of France?", *options, "-o", "one")
    assert code == 0
    assert "no decision" in out
    assert " ".join(LIMITS.split()) in " ".join(out.split())
    setup = read_manifest(Path("one"))["setup"]
    assert setup["topology"]["maker"] == "complete"
    assert setup["protocol"] == {"relay": {"rounds": 2, "threshold": 0.8, "until": "unanimous"}}
    assert [agent["sampling"]["max_tokens"] for agent in setup["agents"]] == [8, 8]
    assert "--pool" not in quorate("debate", "  ", *options)[1]


def test_plain_lines_of_questions_that_come_apart_do_not_mix(capsys: pytest.CaptureFixture[str]) -> None:
    todo = [Problem(question=Question(id=name, text=f"What is {name}?")) for name in ("q1", "q2")]
    with viewing(todo, View.plain, title="", roles={}, apart=True) as shown:
        for problem in todo:
            name = problem.question.id
            line = BoardLine(seat="ada", text=f"step of {name}")
            shown(Started(question=name, asked=problem.question))
            shown(Posted(question=name, turn=1, seats=("ada",), board=(line,)))
            shown(Decided(question=name, outcome=Outcome(question=name, answer="5", board=(line,))))
    lines = [line.split(" - ")[0] for line in capsys.readouterr().err.splitlines()]
    assert lines == [
        line
        for name in ("q1", "q2")
        for line in (f"question What is {name}?", f"board    ada: step of {name}", "decided  5")
    ]


def progress(step: int, stage: str = "base") -> Progress:
    return Progress(stage=stage, step=step, steps=40, loss=2.0, rate=0.1, tokens=100 * step, seconds=step)


def test_plain_lines_come_now_and_then_and_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 1.0, 2.0, 12.0])
    show = plain_lines(Console(), every=10, clock=lambda: next(times))
    for step in (10, 20, 40, 30):
        show(progress(step))
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["10/40", "40/40", "30/40"]


def test_bars_name_stage_loss_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(force_terminal=True, width=120)
    with told(console, ("base", "rates")) as show:
        show(progress(20))
        show(progress(40))
        show(progress(10, "rates"))
    out = capsys.readouterr().out
    assert "1 of 2  base" in out
    assert "2 of 2  rates" in out
    assert "0:40 taken" in out
    assert "0:30 left" in out


def start(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "quorate", "pool", "train", str(folder), "base", "--threads", "1"]
    environment = {**os.environ, "COLUMNS": "200", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def begin(folder: Path) -> Recipe:
    """Leave the recipe of a short training, which `pool train` goes on with."""
    short = Recipe.miniature()
    recipe = short.model_copy(update={"base": short.base.model_copy(update={"steps": 60, "checkpoint": 5})})
    (folder / "training").mkdir(parents=True)
    (folder / "training" / "recipe.json").write_text(recipe.model_dump_json())
    return recipe


def stop(folder: Path, how: signal.Signals) -> tuple[int, str]:
    """Stop a training once it has written a checkpoint; return how it left, and what it said."""
    checkpoint = folder / "training" / "base.pt"
    before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
    process = start(folder)
    deadline = time.monotonic() + 120
    while not checkpoint.exists() or checkpoint.stat().st_mtime_ns == before:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    assert not (folder / "model.safetensors").exists(), "it was done before it was stopped"
    assert "Traceback" not in err
    return process.returncode, out


def test_train_goes_on_after_kill_and_ctrl_c_with_the_same_weights(tmp_path: Path) -> None:
    killed = tmp_path / "killed"
    recipe = begin(killed)
    assert stop(killed, signal.SIGKILL)[0] == -signal.SIGKILL
    code, out = stop(killed, signal.SIGINT)
    assert code == 130
    assert f"quorate pool train {killed} base" in out
    process = start(killed)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "base 60/60" in out
    assert f"quorate pool list --pool {killed}" in out
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    whole = train(recipe, tmp_path / "whole", ["base"])
    torch.set_num_threads(threads)
    assert (whole / "model.safetensors").read_bytes() == (killed / "model.safetensors").read_bytes()
    steps = [json.loads(line)["step"] for line in (killed / "training/base.jsonl").read_text().splitlines()]
    assert steps == [20, 40, 60]
