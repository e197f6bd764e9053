"""`python -m quorate.lab.world` prints problems of every domain."""

from __future__ import annotations

import subprocess
import sys

import pytest

from quorate.lab.world.__main__ import main


def test_it_prints_every_domain(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--count", "1", "--seed", "4"])
    shown = capsys.readouterr().out
    for name in ("rates", "money", "measure", "sets", "ages", "mixed", "a wrong draft"):
        assert f"== {name}" in shown
    assert shown.count("Answer: ") == 8
    assert "<" not in shown


def test_it_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "quorate.lab.world", "--count", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "== rates: 14 skills" in done.stdout
