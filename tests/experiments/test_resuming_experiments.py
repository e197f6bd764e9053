"""Experiments that are killed, and continued to the same results."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from quorate.errors import RecordError
from quorate.evaluate import Problem
from quorate.evaluate.results import Result
from quorate.experiments import Experiment, compare, read_comparison, read_results

Study = Callable[..., Experiment]


def without_clock(folder: Path) -> list[Result]:
    return [
        result.model_copy(update={"cost": result.cost.model_copy(update={"seconds": 0.0})})
        for result in read_results(folder)
    ]


def cut(folder: Path, rng: random.Random) -> None:
    """Leave of an experiment what a SIGKILL at some moment might."""
    for name in ("results.jsonl", "comparison.json"):
        (folder / name).unlink()
    runs = sorted(path.parent for path in folder.glob("*/**/events.jsonl"))
    for run in runs:
        whole = (run / "events.jsonl").read_bytes()
        if run.parent.name == "common" or rng.random() < 0.3:
            continue
        if rng.random() < 0.3:
            shutil.rmtree(run)
            continue
        (run / "events.jsonl").write_bytes(whole[: rng.randrange(len(whole))])


@pytest.mark.parametrize("seed", range(4))
def test_whatever_a_kill_leaves_is_continued_to_the_same_results(
    tmp_path: Path, study: Study, seed: int
) -> None:
    table = compare(study(), tmp_path / "whole")
    shutil.copytree(tmp_path / "whole", tmp_path / "torn")
    cut(tmp_path / "torn", random.Random(seed))
    with pytest.raises(RecordError, match="is not finished"):
        read_comparison(tmp_path / "torn")
    again = compare(study(), tmp_path / "torn")
    assert without_clock(tmp_path / "torn") == without_clock(tmp_path / "whole")
    assert [column.strict for column in again.columns] == [column.strict for column in table.columns]


def test_a_run_that_was_killed_before_its_first_event_is_begun_again(tmp_path: Path, study: Study) -> None:
    compare(study(), tmp_path / "whole")
    shutil.copytree(tmp_path / "whole", tmp_path / "torn")
    for run in ("drafts/common", "arms/vote"):
        (tmp_path / "torn" / run / "seed-0" / "events.jsonl").unlink()
    compare(study(), tmp_path / "torn")
    assert without_clock(tmp_path / "torn") == without_clock(tmp_path / "whole")


KILLED = """
import sys, time
sys.path.insert(0, {here!r})
from conftest import make_problems, speak
from quorate.agents import Agent, Scripted
from quorate.experiments import Experiment, compare

def slow(ask, seed):
    time.sleep(0.002)
    return speak(ask, seed)

agents = [Agent(name, Scripted(slow)) for name in ("ada", "bo", "cy")]
arms = {{"ring": {{"topology": "ring", "until": "never"}}, "apart": {{"critique": "apart"}}}}
compare(Experiment("sums", make_problems(10), agents, arms), sys.argv[1])
"""


@pytest.mark.parametrize("bytes_before", [3_000, 60_000])
def test_sigkill_in_the_middle_changes_nothing(
    tmp_path: Path, study: Study, sums: Callable[[int], list[Problem]], bytes_before: int
) -> None:
    script = tmp_path / "study.py"
    script.write_text(KILLED.format(here=str(Path(__file__).parent)))
    arms = {"ring": {"topology": "ring", "until": "never"}, "apart": {"critique": "apart"}}
    compare(study(problems=sums(10), arms=arms), tmp_path / "whole")
    victim = subprocess.Popen([sys.executable, str(script), str(tmp_path / "torn")])
    until = time.monotonic() + 60
    while size(tmp_path / "torn") < bytes_before and victim.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    assert not (tmp_path / "torn" / "results.jsonl").exists()
    before = {path: path.read_bytes() for path in (tmp_path / "torn").rglob("events.jsonl")}
    subprocess.run([sys.executable, str(script), str(tmp_path / "torn")], check=True)
    assert without_clock(tmp_path / "torn") == without_clock(tmp_path / "whole")
    for path, events in before.items():
        complete = events[: events.rfind(b"\n") + 1]
        assert path.read_bytes().startswith(complete), "finished work was written again"


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("events.jsonl"))
