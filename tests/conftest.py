"""Shared by all rooms: properties are not timed, one miniature pool is trained once, commands are called."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import settings

Quorate = Callable[..., tuple[int, str, str]]
"""A command line: called with its arguments, it returns the exit status, the output and the complaints."""

settings.register_profile("untimed", deadline=None)  # a busy machine is no failure
settings.load_profile("untimed")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background, a shell has told this process, and all it starts, to overhear ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def miniature_pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pool with every member, trained for seconds: it loads, seats and answers, and knows nothing."""
    import torch

    from quorate.lab.training import Recipe, train

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return train(Recipe.miniature(), tmp_path_factory.mktemp("pool") / "mini")
    finally:
        torch.set_num_threads(threads)


@pytest.fixture
def calls_made() -> Callable[[Callable[[], object]], int]:
    """How many functions something calls, which is what it costs on any machine, however busy."""

    def count(work: Callable[[], object]) -> int:
        found = 0

        def note(frame: FrameType, event: str, argument: object) -> None:
            nonlocal found
            found += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(note)
        try:
            work()
        finally:
            sys.setprofile(before)
        return found

    return count


@pytest.fixture
def quorate(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Quorate:
    """The command line in this process, in an empty folder and on a terminal of 100 columns."""
    from quorate import cli

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["quorate", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        return (end.value.code if isinstance(end.value.code, int) else 0), printed.out, printed.err

    return call
