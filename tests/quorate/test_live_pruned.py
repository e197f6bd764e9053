"""Pruned edges in the drawing of a round, dimmed and marked seats, and a stop that stands out."""

from __future__ import annotations

import io
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from quorate.events import Asked, Decided, Event, Heard, Noted, Said, Started
from quorate.live import PlainView
from quorate.live.deliberation import Deliberation
from quorate.live.frame import Frame
from quorate.live.graph import graph
from quorate.live.paint import PLAIN, QUIET
from quorate.live.picture import Edges, Picture, picture
from quorate.live.scene import Scene
from quorate.live.state import LiveState
from quorate.nouns import Dissent, Message, Outcome, Question
from quorate.topologies.drawing import draw

NAMES = ("ada", "bo", "cy", "dee", "eve", "fay", "gus", "hal", *(f"agent-{n}" for n in range(9, 21)))
SIZES = [(80, 24), (120, 40)]


def asks(seats: tuple[str, ...], turn: int) -> list[Event]:
    events: list[Event] = []
    for at, seat in enumerate(seats):
        act = "revise" if turn else "draft"
        place: dict[str, Any] = {"number": turn * len(seats) + at, "seat": seat, "act": act, "turn": turn}
        events.append(Asked(question="q1", digest="", **place))
        message = Message(text="59 were there.", answer=str(77 + at % 3), **place)
        events.append(Said(question="q1", message=message))
    return events


def thinned(seats: tuple[str, ...], *, stopped: bool = False) -> list[Event]:
    """All hear all; then a judge picks the first two, and nobody else is heard any more."""
    whole = tuple(permutations(seats, 2))
    gone = tuple(edge for edge in whole if edge[0] not in seats[:2])
    now: dict[str, Any] = {"question": "q1", "turn": 1}
    told = f"nobody hears {', '.join(seats[2:5])} any more (top_k)"
    events: list[Event] = [
        Started(question="q1", asked=Question(id="q1", text="How many sheep?")),
        *asks(seats, 0),
        Noted(kind="selected", text="solon picks two", seats=seats[:2], **now),
        Noted(kind="pruned", text=told, edges=gone, **now),
        Heard(edges=tuple(edge for edge in whole if edge not in gone), **now),
        *asks(seats, 1),
    ]
    return [*events, Noted(kind="stopped", text="two agree", **now)] if stopped else events


def folded(events: list[Event]) -> Deliberation:
    deliberation = Deliberation("q1")
    for event in events:
        deliberation.fold(event)
    return deliberation


def rendered(events: list[Event], size: tuple[int, int], *, no_color: bool = False, fill: bool = True) -> str:
    state = LiveState()
    for event in events:
        state.fold(event)
    file = io.StringIO()
    width, height = size
    known: dict[str, Any] = {"force_terminal": True, "color_system": "truecolor", "_environ": {}}
    console = Console(file=file, width=width, height=height, no_color=no_color, **known)
    console.print(Frame(Scene(state), fill), end="")
    return file.getvalue()


def plain(events: list[Event], size: tuple[int, int]) -> list[str]:
    state = LiveState()
    for event in events:
        state.fold(event)
    file = io.StringIO()
    console = Console(file=file, width=size[0], height=size[1], color_system=None, force_terminal=True)
    console.print(Frame(Scene(state), fill=True), end="")
    return file.getvalue().split("\n")


def text(drawn: Picture, *, pruned: bool | None = None) -> str:
    return "".join(
        piece.text for row in drawn for piece in row if not piece.seat and pruned in (None, piece.pruned)
    )


edges_of = st.lists(st.sampled_from(tuple(permutations(NAMES[:6], 2))), unique=True, max_size=20)


@given(edges_of, st.integers(0, 20), st.integers(16, 44), st.integers(3, 16))
def test_a_picture_is_as_large_as_the_drawing_and_dots_only_what_was_pruned(
    edges: list[tuple[str, str]], kept: int, width: int, height: int
) -> None:
    heard, pruned = tuple(edges[:kept]), tuple(edges[kept:])
    drawn = picture(NAMES[:6], heard, pruned, width, height)
    lines = ["".join(piece.text for piece in row) for row in drawn]
    assert len(lines) <= height
    assert all(cell_len(line) <= width for line in lines)
    if not pruned:
        assert [line.rstrip() for line in lines] == list(_drawn(heard, width, height))
        assert not text(drawn, pruned=True)
    if text(drawn, pruned=True):  # what is heard is drawn as if nothing had been pruned, in the same places
        assert set(text(drawn, pruned=True)) <= set("⠁⠂⠄⠈⠐⠠⡀⢀▹◃▿▵┈┊·")
    if not heard:
        assert not text(drawn, pruned=False).strip()


def _drawn(edges: Edges, width: int, height: int) -> tuple[str, ...]:
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(NAMES[:6])
    graph.add_edges_from(edges)
    return draw(graph, width, height).lines


def test_seats_keep_their_places_when_edges_go() -> None:
    ring = tuple((NAMES[at], NAMES[(at + 1) % 5]) for at in range(5))
    before, after = picture(NAMES[:5], ring, (), 30, 9), picture(NAMES[:5], ring[:2], ring[2:], 30, 9)

    def places(drawn: Picture) -> list[list[tuple[str, int]]]:
        return [
            [
                (piece.seat, len("".join(p.text for p in row[:at])))
                for at, piece in enumerate(row)
                if piece.seat
            ]
            for row in drawn
        ]

    assert places(before) == places(after)
    assert "▹" in text(after) or "▵" in text(after) or "◃" in text(after)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seats", [3, 5, 8, 20])
def test_a_thinned_round_is_drawn_at_every_size(size: tuple[int, int], seats: int) -> None:
    lines = plain(thinned(NAMES[:seats]), size)
    assert len(lines) == size[1]
    assert all(cell_len(line) <= size[0] for line in lines)
    screen = "\n".join(lines)
    assert "who hears whom, round 2" in screen
    assert screen.count(" selected") == 2
    assert "unheard" in screen
    wide = size[0] > 80
    assert ("⠂⠂ pruned" in screen) == (wide and seats > 3)  # of three, each line is still heard one way


def test_heard_edges_are_bright_and_pruned_ones_quiet() -> None:
    thin = [span for line in graph(folded(thinned(NAMES[:5])), 30, 12)[1:] for span in line]
    styles = {label: style for label, style in thin if label in NAMES}
    assert "underline" in styles["ada"]
    assert {styles["cy"], styles["dee"], styles["eve"]} == {QUIET}
    lines = {mark: style for label, style in thin if label not in NAMES for mark in label}
    assert lines["⠄"] == QUIET
    assert lines["⠤"] == PLAIN
    full: list[Event] = [event for event in thinned(NAMES[:5]) if not isinstance(event, Noted)]
    whole = [span for line in graph(folded(full), 30, 12)[1:] for span in line]
    assert {style for label, style in whole if label not in NAMES} == {QUIET}


def test_selected_seats_are_underlined_without_colour_too() -> None:
    screen = rendered(thinned(NAMES[:5]), (80, 24), no_color=True)
    assert "38;2" not in screen
    assert "\x1b[1;4mada\x1b[0m" in screen
    assert "\x1b[1;4mdee" not in screen


@pytest.mark.parametrize("size", [*SIZES, (40, 20)])
def test_an_early_stop_stands_out(size: tuple[int, int]) -> None:
    screen = "\n".join(plain(thinned(NAMES[:3], stopped=True), size))
    assert "round 2, stopped early" in screen
    assert "stopped: two agree" in screen
    assert "stopped" not in "\n".join(plain(thinned(NAMES[:3]), size))


def test_what_was_pruned_and_picked_goes_with_the_round() -> None:
    seats = NAMES[:5]
    events = thinned(seats)
    talk = folded(events)
    assert talk.unheard() == {"cy", "dee", "eve"}
    assert talk.picked() == {"ada", "bo"}
    assert talk.edges_turn == 1
    talk.fold(Noted(question="q1", turn=2, kind="pruned", text="one", edges=(("cy", "ada"),)))
    talk.fold(Noted(question="q1", turn=2, kind="pruned", text="another", edges=(("dee", "ada"),)))
    assert talk.pruned == (("cy", "ada"), ("dee", "ada"))
    talk.fold(Heard(question="q1", turn=2, edges=(("cy", "bo"), ("ada", "bo"))))
    for event in asks(seats, 2):
        talk.fold(event)
    assert talk.unheard() == {"dee"}
    assert talk.picked() == frozenset()
    talk.fold(Heard(question="q1", turn=3, edges=(("ada", "bo"),)))
    assert not talk.pruned


def test_a_selection_of_everybody_marks_nobody() -> None:
    events = thinned(NAMES[:3])
    events.append(Noted(question="q1", turn=1, kind="selected", text="importance", seats=NAMES[:3]))
    assert folded(events).picked() == frozenset()


def test_a_round_in_which_nobody_hears_anybody_is_drawn_all_the_same() -> None:
    ring = tuple((NAMES[at], NAMES[(at + 1) % 5]) for at in range(5))
    events = [*thinned(NAMES[:5])[:11], Noted(question="q1", turn=1, kind="pruned", text="all", edges=ring)]
    screen = "\n".join(plain([*events, Heard(question="q1", turn=1, edges=())], (80, 24)))
    assert "who hears whom, round 2" in screen
    assert screen.count("unheard") == 5


def test_the_plain_line_of_a_decision_gives_the_whole_reason() -> None:
    reason = (
        "2 groups, all 2 stages held; plurality, 1 of 5 votes, a tie of 5 broken by random in a named draw"
    )
    file = io.StringIO()
    with PlainView(1, file=file) as view:
        view(Started(question="q1", asked=Question(id="q1", text="How many sheep?")))
        view(Decided(question="q1", outcome=Outcome(question="q1", answer="5", reason=reason)))
    assert f"5 - {reason};" in file.getvalue()


def test_a_verdict_takes_the_lines_that_nothing_else_can_use() -> None:
    tally = {"79": 2.0, "78": 1.0, "77": 1.0, "76": 1.0}
    dissent = tuple(Dissent(seat=seat, answer="78", text="so") for seat in ("bo", "eve"))
    outcome = Outcome(question="q1", answer="79", winners=("79",), tally=tally, dissent=dissent, reason="so")
    lines = plain([*thinned(NAMES[:5]), Decided(question="q1", outcome=outcome)], (80, 24))
    assert not any("more answers" in line for line in lines)
    bo, eve = (next(line for line in lines[-8:] if f"{seat} " in line) for seat in ("bo", "eve"))
    assert bo.index("■") == eve.index("■")


def test_a_long_note_is_told_in_full_where_there_is_room() -> None:
    events = thinned(NAMES[:5])
    long = "; ".join(f"{seat} no longer hears {seat}'s friends" for seat in NAMES[:4]) + " (the end)"
    events.append(Noted(question="q1", turn=1, kind="pruned", text=long))
    assert "(the end)" in "\n".join(plain(events, (120, 40)))
