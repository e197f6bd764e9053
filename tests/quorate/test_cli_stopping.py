"""How a command ends on ctrl-C, and which views leave the outcome standing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from quorate.agents import Agent, Scripted
from quorate.cli.showing import View, deliberate, is_drawn
from quorate.definition import Definition
from quorate.events import Event, Said
from quorate.nouns import Question

QUESTION = Question(id="sum", text="What is 2+3?")


class Slow(Scripted):
    """A model whose weights take too long."""

    def prepare(self, agents: object) -> None:
        raise KeyboardInterrupt


def stopped(definition: Definition, record: Path | None, *listeners: Callable[[Event], None]) -> int:
    with pytest.raises(typer.Exit) as caught:
        deliberate(definition, [QUESTION], record, View.quiet, listeners=listeners)
    return caught.value.exit_code


def test_ctrl_c_while_models_load_says_that_nothing_was_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loading = Definition([Agent("ada", Slow("Answer: 5"))])
    assert stopped(loading, None) == 130
    assert capsys.readouterr().out.startswith("Stopped. Nothing was recorded;")
    assert stopped(loading, tmp_path / "run") == 130
    assert capsys.readouterr().out.startswith("Stopped before anything was recorded;")
    assert not (tmp_path / "run").exists()


def test_ctrl_c_in_a_run_says_how_to_resume(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, Said):
            raise KeyboardInterrupt

    asking = Definition([Agent("ada", Scripted("Answer: 5"))])
    assert stopped(asking, tmp_path / "run", interrupt) == 130
    assert "go on with: quorate resume" in capsys.readouterr().out


STUBBORN = """
import atexit, os, signal, time
from quorate import Agent, Definition, Reply, lanes

lanes.PATIENCE = 0.05
atexit.register(print, "the ordinary way out")

class Stubborn:
    lanes, batch = 1, None
    def prepare(self, agents): pass
    def describe(self): return {}
    def close(self): pass
    def reply(self, requests):
        yield 0, Reply(text="Answer: 5")
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60)

model = Stubborn()
definition = Definition([Agent("ada", model), Agent("bo", model)], protocol="vote")
"""


def test_a_model_that_cannot_be_stopped_is_left_without_shutting_down_around_it(tmp_path: Path) -> None:
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    (tmp_path / "sums.jsonl").write_text('{"id": "sum", "text": "What is 2+3?"}\n')
    command = [sys.executable, "-m", "quorate", "run", "stubborn.py", "sums.jsonl", "-o", "kept"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 130
    assert "terminate" not in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "go on with: quorate resume kept" in ended.stdout
    assert "the ordinary way out" not in ended.stdout


def test_ctrl_c_in_one_command_says_nothing_of_how_the_process_ends(tmp_path: Path) -> None:
    """Whoever calls a command from Python, a test runner say, ends with a status of its own."""
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    (tmp_path / "sums.jsonl").write_text('{"id": "sum", "text": "What is 2+3?"}\n')
    calling = "from quorate.cli import app; app('run stubborn.py sums.jsonl'.split(), standalone_mode=False)"
    command = [sys.executable, "-c", calling]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0
    assert ended.stdout.endswith("the ordinary way out\n")


@pytest.mark.parametrize(
    ("setting", "drawn"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_is_drawn_on_where_the_view_draws(
    monkeypatch: pytest.MonkeyPatch, setting: dict[str, str], drawn: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"TTY_COMPATIBLE": "1", "TERM": "xterm-256color", **setting}.items():
        monkeypatch.setenv(name, value)
    assert is_drawn(View.auto) is drawn
    assert not is_drawn(View.plain)
