"""What the views show of selections, prunings and stops, as they happen."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.events import Asked, Decided, Event, Heard, Noted, Said, Started
from quorate.live import PlainView, replay
from quorate.live.frame import Frame
from quorate.live.scene import Scene
from quorate.live.state import LiveState
from quorate.nouns import Ask, Message, Outcome, Question

SEATS = ("ada", "bo", "cy")


def said(seat: str, number: int, turn: int, answer: str) -> list[Event]:
    act = "revise" if turn else "draft"
    place: dict[str, Any] = {"number": number, "seat": seat, "act": act, "turn": turn}
    return [
        Asked(question="q1", digest="", **place),
        Said(question="q1", message=Message(text=f"Answer: {answer}", answer=answer, **place)),
    ]


def thinned() -> list[Event]:
    """A debate of two rounds: a judge picks, edges go, and it is stopped."""
    events: list[Event] = [Started(question="q1", asked=Question(id="q1", text="2+3?"))]
    for number, seat in enumerate(SEATS):
        events += said(seat, number, 0, "5" if seat != "cy" else "6")
    noted: dict[str, Any] = {"question": "q1", "turn": 1}
    events += [
        Noted(kind="selected", text="solon picks cy", seats=("cy",), **noted),
        Noted(kind="pruned", text="ada no longer hears bo (redundant)", edges=(("bo", "ada"),), **noted),
        Heard(question="q1", turn=1, edges=(("cy", "ada"), ("ada", "bo"))),
    ]
    for number, seat in enumerate(SEATS, 3):
        events += said(seat, number, 1, "5")
    events.append(Noted(question="q1", turn=1, kind="stopped", text="nobody has anything \x1b[31m[red]new"))
    events.append(Decided(question="q1", outcome=Outcome(question="q1", answer="5", reason="stopped")))
    return events


def frame(events: list[Event], width: int, height: int, total: int = 1) -> str:
    state = LiveState()
    for event in events:
        state.fold(event)
    file = io.StringIO()
    console = Console(file=file, width=width, height=height, color_system=None, force_terminal=True)
    console.print(Frame(Scene(state, total=total)), end="")
    return file.getvalue()


def test_plain_lines_tell_what_was_done_between_the_rounds() -> None:
    file = io.StringIO()
    with PlainView(1, file=file) as view:
        replay(thinned(), view, speed=0)
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    assert lines[:-1] == [
        "question 2+3?",
        "round 1  5 x2, 6 x1 (67 % agree)",
        "selected solon picks cy",
        "pruned   ada no longer hears bo (redundant)",
        "round 2  5 x3 (100 % agree)",
        "stopped  nobody has anything [red]new",
    ]


def test_a_frame_tells_it_under_the_graph() -> None:
    wide = frame(thinned(), 140, 40)
    assert "round 2: solon picks cy" in wide
    assert "round 2: ada no longer hears bo" in wide
    assert "\x1b[31m" not in wide
    medium = frame(thinned()[:-2], 90, 30)
    assert medium.index("who hears whom") < medium.index("round 2: solon picks cy")
    assert "round 2: ada no longer hears bo (redundant)" in medium
    narrow = frame(thinned(), 50, 24)
    assert "round 2:" in narrow


def test_frames_of_every_size_hold_long_and_many_notes() -> None:
    events = thinned()
    events[7:7] = [
        Noted(question="q1", turn=1, kind="pruned", text=f"{n} " + "漢字 \u202e long " * 60)
        for n in range(40)
    ]
    for width, height in [(1, 1), (20, 5), (60, 15), (72, 20), (80, 24), (110, 30), (140, 40), (300, 2)]:
        lines = frame(events, width, height).split("\n")
        assert len(lines) <= height + 1


def test_a_run_shows_its_own_prunings_as_they_happen() -> None:
    def speak(ask: Ask, seed: int) -> str:
        return "Answer: 5" if ask.seat != "cy" else "Answer: 6"

    file = io.StringIO()
    model = Scripted(speak)
    with PlainView(1, file=file) as view:
        Definition(
            [Agent(name, model) for name in SEATS],
            topology="complete",
            protocol={"debate": {"filters": "redundant", "rounds": 2, "until": "never"}},
        ).ask("2+3?", view)
    (line,) = [line for line in file.getvalue().splitlines() if line.startswith("pruned")]
    assert line.startswith(
        ("pruned   nobody hears ada any more; ada no", "pruned   nobody hears bo any more; bo no")
    )
    assert line.endswith("(redundant)")
