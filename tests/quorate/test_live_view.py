"""The views as listeners: what they write, when, and that a broken view never breaks a run."""

from __future__ import annotations

import io
import re
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from quorate.events import Decided, Event, Failed, Heard, Posted, Said, Started
from quorate.live import LiveView, PlainView, SilentView, view_for
from quorate.live.aside import Aside
from quorate.live.demo import gold_answers, main, synthetic_run
from quorate.nouns import BoardLine, Message, Outcome, Question


class Screen(io.StringIO):
    """A terminal to write to."""

    def isatty(self) -> bool:
        return True


def terminal(width: int = 80, height: int = 24, **more: Any) -> Console:
    more = {"file": Screen(), "force_terminal": True, "color_system": "truecolor", **more}
    return Console(width=width, height=height, legacy_windows=False, _environ={}, **more)


def written(console: Console) -> str:
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "nothing happened for 10 seconds"
        time.sleep(0.01)


def test_the_live_view_draws_while_events_come_and_leaves_the_last_frame() -> None:
    console = terminal()
    with LiveView(1, title="ring", console=console) as view:
        for event in synthetic_run():
            view(event)
        until(lambda: "plurality" in written(console))
    assert view.error is None
    text = written(console)
    _, screen, after = re.split(r"\x1b\[\?1049[hl]", text)
    assert "plurality" in screen
    assert "plurality" in after
    assert text.count("\x1b[?7l") == text.count("\x1b[?7h") == 1
    assert text.index("\x1b[?25l") < text.index("\x1b[?25h")
    assert view.state.decided == 1


def test_the_last_frame_is_drawn_even_when_all_is_over_at_once() -> None:
    console = terminal()
    with LiveView(1, console=console) as view:
        for event in synthetic_run():
            view(event)
    assert "plurality, 4 of 5 votes" in written(console)


def test_the_listener_leaves_the_folding_to_the_thread() -> None:
    view = LiveView(1, console=terminal())
    folders: set[str] = set()
    fold = view.state.fold

    def noting(event: Event) -> None:
        folders.add(threading.current_thread().name)
        fold(event)

    view.state.fold = noting  # type: ignore[method-assign]
    with view:
        for event in synthetic_run():
            view(event)
        until(lambda: view.state.decided == 1)
    assert folders == {"live view"}


def test_events_before_the_view_is_entered_are_taken_in() -> None:
    view = LiveView(3, console=terminal())
    for event in synthetic_run(2):
        view(event)
    assert view.state.decided == 2
    with view:
        pass
    assert "2/3" in written(view._console)


def test_a_frame_follows_the_size_of_the_terminal() -> None:
    console = terminal(80, 24)
    with LiveView(1, console=console) as view:
        for event in synthetic_run():
            view(event)
        until(lambda: "plurality" in written(console))
        for width, height in ((20, 5), (1, 1), (140, 40)):
            start = len(written(console))
            console.size = (width, height)
            view(Heard(question="q2", turn=0, edges=()))
            until(lambda start=start: len(written(console)) > start)  # type: ignore[misc]
    assert view.error is None


def test_an_error_while_drawing_ends_the_view_and_not_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    console = terminal()
    with LiveView(1, console=console) as view:
        monkeypatch.setattr("quorate.live.frame.compose", lambda *size: 1 / 0)
        until(lambda: "\x1b[?1049l" in written(console))
        view(Heard(question="q", turn=0, edges=()))
    assert isinstance(view.error, ZeroDivisionError)
    assert "The live view stopped: ZeroDivisionError: division by zero." in written(console)


def test_the_terminal_is_given_back_after_an_exception_in_the_run() -> None:
    console = terminal()
    with pytest.raises(KeyboardInterrupt), LiveView(1, console=console):
        raise KeyboardInterrupt
    text = written(console)
    assert text.rindex("\x1b[?1049h") < text.rindex("\x1b[?1049l")
    assert text.rindex("\x1b[?25l") < text.rindex("\x1b[?25h")


def test_a_terminal_that_goes_away_does_not_break_the_run() -> None:
    console = terminal()
    with LiveView(1, console=console) as view:
        console.file.close()
        until(lambda: view.error is not None)
    assert isinstance(view.error, ValueError)


def test_what_the_program_prints_meanwhile_comes_after(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    console = terminal(file=None)
    with LiveView(1, console=console) as view:
        print("loading weights")
        for event in synthetic_run():
            view(event)
        until(lambda: "plurality" in screen.getvalue())
        assert "loading weights" not in screen.getvalue()
    text = screen.getvalue()
    assert sys.stdout is screen
    assert text.index("\x1b[?1049l") < text.index("loading weights") < text.rindex("plurality")


def test_only_the_end_of_very_much_printing_is_kept() -> None:
    stream = io.StringIO()
    aside = Aside(stream)
    for part in range(3000):
        aside.write(f"{part:099}\n")
    aside.release()
    assert len(stream.getvalue()) == Aside.KEPT
    assert stream.getvalue().endswith("2999\n")


def plain(total: int, events: list[Event], **known: Any) -> list[str]:
    file = io.StringIO()
    with PlainView(total, file=file, **known) as view:
        for event in events:
            view(event)
    assert "\x1b" not in file.getvalue()
    return file.getvalue().splitlines()


def test_one_question_in_plain_lines() -> None:
    lines = plain(1, list(synthetic_run()), title="ring", budget="3 rounds", gold={"q1": "79"})
    assert lines[0] == "ring, 3 rounds"
    assert lines[1].startswith("question There are 59 sheep on a hill")
    assert [line.split()[:2] for line in lines[2:5]] == [["round", "1"], ["round", "2"], ["round", "3"]]
    assert re.fullmatch(r"round 1  \d+ x\d, \d+ x\d \(60 % agree\)", lines[2])
    assert lines[5].startswith("decided  79 (right) - all 3 rounds held; plurality, 4 of 5 votes; 16 calls, ")
    assert len(lines) == 6


def test_a_board_grows_in_plain_lines() -> None:
    first = BoardLine(seat="ada", text="5*8=40\x1b[2J", confidence=0.9)
    wrong, right = BoardLine(seat="bo", text="40+2=41"), BoardLine(seat="cy", text="Answer: 42", confidence=1)
    said = Message(number=0, seat="ada", act="draft", turn=0, text="...", answer="42")
    lines = plain(
        1,
        [
            Started(question="q", asked=Question(id="q", text="5*8+2?")),
            Said(question="q", message=said),
            Posted(question="q", turn=1, seats=("ada", "bo"), board=(first,)),
            Posted(question="q", turn=2, seats=("ada", "bo"), board=(first, wrong)),
            Decided(question="q", outcome=Outcome(answer="42", reason="sure", board=(first, right))),
        ],
    )
    assert lines[1:-1] == [
        "round 1  42 x1 (100 % agree)",
        "board    ada: 5*8=40 (90 %)",
        "board    bo: 40+2=41",
        "board    1 line gone",
        "board    cy: Answer: 42 (100 %)",
    ]


def test_plain_lines_are_plain_whatever_models_say() -> None:
    nasty = "\x1b[31m5\n\x07\u202e[bold]"
    message = Message(number=0, seat="ada", act="draft", turn=0, text=nasty, answer=nasty)
    error = Message(number=1, seat="bo", act="draft", turn=0, text="", error=nasty)
    lines = plain(1, [
        Started(question="q", asked=Question(id="q", text=nasty)), Said(question="q", message=message),
        Failed(question="q", message=error),
        Decided(question="q", outcome=Outcome(winners=(nasty,), answer=nasty, reason=nasty)),
    ])  # fmt: skip
    assert lines == [
        "question 5 [bold]",
        "round 1  5 [bold] x1 (50 % agree); 1 failed",
        "decided  5 [bold] - 5 [bold]; 0 calls, 0 tokens in, 0 out",
    ]


def test_many_questions_tell_every_tenth_and_every_few_seconds() -> None:
    now = [0.0]
    file = io.StringIO()
    lines: list[int] = []
    with PlainView(20, file=file, gold={f"q{n}": "5" for n in range(20)}, clock=lambda: now[0]) as view:
        for n in range(20):
            view(Started(question=f"q{n}", asked=Question(id=f"q{n}", text="2+3?")))
            view(Decided(question=f"q{n}", outcome=Outcome(winners=("5",), answer="5")))
            lines.append(len(file.getvalue().splitlines()))
            now[0] += 1.0
    assert lines == [n // 2 for n in range(1, 21)]
    last = file.getvalue().splitlines()[-1]
    assert last.startswith(
        "20/20 decided (100 %), accuracy 100.0 % (95 % interval 83.9 to 100.0, n 20), 0 tokens in"
    )
    file.truncate(0)
    slow = PlainView(1000, file=file, clock=lambda: now[0])
    with slow:
        for n in range(12):
            slow(Started(question=f"q{n}", asked=Question(id=f"q{n}", text="2+3?")))
            now[0] += 1.0
    assert [line.strip("\0").split(",")[:2] for line in file.getvalue().splitlines()] == [
        ["0/1000 decided (0 %)", " 6 open"], ["0/1000 decided (0 %)", " 11 open"],
    ]  # fmt: skip


def test_a_plain_view_survives_a_closed_pipe_and_a_narrow_encoding() -> None:
    closed = io.StringIO()
    closed.close()
    with PlainView(1, file=closed, title="ring") as view:
        for event in synthetic_run():
            view(event)
    assert view.state.decided == 1
    raw = io.BytesIO()
    with PlainView(1, file=io.TextIOWrapper(raw, "ascii", write_through=True)) as narrow:
        narrow(Started(question="q", asked=Question(id="q", text="Wie viele Öfen?")))
    assert raw.getvalue() == b"question Wie viele ?fen?\n"


def test_the_view_is_chosen_by_what_the_console_can() -> None:
    assert isinstance(view_for(terminal(), total=1), LiveView)
    assert isinstance(view_for(terminal(), total=1, quiet=True), SilentView)
    assert isinstance(view_for(terminal(no_color=True), total=1), PlainView)
    assert isinstance(view_for(Console(file=io.StringIO()), total=1), PlainView)
    dumb = Console(file=Screen(), force_terminal=True, _environ={"TERM": "dumb"})
    assert isinstance(view_for(dumb, total=1), PlainView)
    narrow = Screen()
    narrow.__class__ = type("Ascii", (Screen,), {"encoding": "ascii"})
    assert isinstance(view_for(terminal(file=narrow), total=1), PlainView)


@pytest.mark.parametrize("variable", ["NO_COLOR", "TERM"])
def test_the_environment_can_ask_for_plain_lines(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert isinstance(view_for(Console(file=Screen()), total=1), LiveView)
    monkeypatch.setenv(variable, "dumb")
    assert isinstance(view_for(Console(file=Screen()), total=1), PlainView)


def test_a_silent_view_counts() -> None:
    with SilentView(gold_answers(3)) as view:
        for event in synthetic_run(3):
            view(event)
    assert view.state.decided == 3
    assert view.state.accuracy() is not None


def test_the_demo_runs_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    main(["12", "0"])
    assert "12/12 decided (100 %)" in capsys.readouterr().err
