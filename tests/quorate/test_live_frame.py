"""Frames at many sizes, with hostile texts: nothing crashes, leaks, or is wider than the screen."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

import quorate.live.graph
from quorate.events import Asked, Decided, Event, Failed, Heard, Posted, Said, Started
from quorate.live.card import outcome_card, outcome_text
from quorate.live.demo import ROLES, gold_answers, synthetic_run
from quorate.live.frame import Frame
from quorate.live.paint import ANSWERS, BAD, BUSY, GOOD, QUIET, Column, length, pad, share_out
from quorate.live.scene import Scene
from quorate.live.state import LiveState
from quorate.nouns import BoardLine, Dissent, Message, Outcome, Question

SIZES = [
    (20, 5),
    (40, 12),
    (60, 15),
    (71, 24),
    (72, 20),
    (80, 24),
    (110, 30),
    (140, 40),
    (200, 60),
    (1, 1),
    (3, 90),
    (300, 2),
]
STYLES = re.compile(r"\x1b\[[0-9;]*m")


def printed(frame: object, width: int, height: int) -> str:
    file = io.StringIO()
    known: dict[str, Any] = {"force_terminal": True, "color_system": "truecolor", "_environ": {}}
    Console(file=file, width=width, height=height, legacy_windows=False, **known).print(frame, end="")
    return file.getvalue()


def rows(output: str) -> list[str]:
    """Check that only rich's own styles and line breaks steer the terminal; return the lines without them."""
    bare = STYLES.sub("", output)
    for mark in bare:
        assert mark in "\n\u200e" or unicodedata.category(mark) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}, repr(
            mark
        )
    return bare.split("\n")


def scene(events: list[Event] | Iterator[Event], **known: Any) -> Scene:
    state = LiveState(known.pop("gold", None))
    for now, event in enumerate(events):
        state.fold(event)
        state.refocus(float(now))
    return Scene(state, **known)


def shown(events: list[Event] | Iterator[Event], width: int = 80, height: int = 24, **known: Any) -> str:
    return "\n".join(rows(printed(Frame(scene(events, **known), fill=True), width, height)))


nasty = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from(
            "\x1b\x9b\x07\n\r\t\u202e\u200b\u0301\u0336漢あאשع١\U0001f1e9\U0001f468\u200d\ufe0f[]/:m;█"
        ),
    ),
    max_size=60,
) | st.sampled_from(
    [
        "[bold]x[/bold]",
        "[/]",
        "\x1b[2J\x1b[H",
        "\x1b]0;owned\x07",
        "w" * 500,
        "漢" * 300,
        "",
        " ",
        "[link=http://e]y",
    ]
)
number = st.floats(allow_nan=True, allow_infinity=True)


@st.composite
def deliberations(draw: st.DrawFn) -> list[Event]:
    seats = draw(st.lists(nasty, min_size=1, max_size=6, unique=True))
    answers = draw(st.lists(nasty, min_size=1, max_size=4))
    name = draw(nasty)
    choices = draw(st.sampled_from([(), ("4", "7"), ("\x1b[1m", "[red]", "漢" * 40)]))
    text = draw(nasty.filter(str.strip))
    events: list[Event] = [Started(question=name, asked=Question(id=name or "q", text=text, choices=choices))]
    for turn in range(draw(st.integers(0, 3))):
        if turn:
            pairs = st.tuples(st.sampled_from(seats), st.sampled_from(seats))
            edges = tuple(draw(st.lists(pairs, max_size=8)))
            events.append(Heard(question=name, turn=turn, edges=edges))
            board = draw(boards(seats))
            events.append(Posted(question=name, turn=turn, seats=tuple(seats[:2]), board=board))
        for seat in seats:
            act = draw(st.sampled_from(["draft", "revise", "critique", "judge", "\x1b[5m"]))
            events.append(Asked(question=name, number=0, seat=seat, act=act, turn=turn, digest=""))
            place = {"number": 0, "seat": seat, "act": act, "turn": turn}
            ending = draw(st.sampled_from(["said", "failed", "open"]))
            if ending == "said":
                answer, sure = draw(st.none() | st.sampled_from(answers)), draw(st.none() | st.floats(0, 1))
                message = Message(text=draw(nasty), answer=answer, confidence=sure, **place)
                events.append(Said(question=name, message=message))
            elif ending == "failed":
                events.append(Failed(question=name, message=Message(text="", error=draw(nasty), **place)))
    if draw(st.booleans()):
        events.append(Decided(question=name, outcome=draw(outcomes(seats, answers))))
    return events


def boards(seats: list[str]) -> st.SearchStrategy[tuple[BoardLine, ...]]:
    sure = st.none() | st.floats(0, 1)
    line = st.builds(BoardLine, seat=st.sampled_from(seats), text=nasty, confidence=sure)
    return st.lists(line, max_size=12).map(tuple)


@st.composite
def outcomes(draw: st.DrawFn, seats: list[str], answers: list[str]) -> Outcome:
    return Outcome(
        winners=tuple(draw(st.lists(st.sampled_from(answers), max_size=3))),
        answer=draw(st.none() | st.sampled_from(answers)),
        tie_break=draw(st.none() | nasty),
        tally=draw(st.dictionaries(st.sampled_from(answers), number)),
        reason=draw(nasty),
        dissent=tuple(
            Dissent(seat=seat, answer=draw(st.sampled_from(answers)), text=draw(nasty)) for seat in seats[:3]
        ),
        invalid=draw(st.integers(0, 3)),
        failed=tuple(seats[:2]),
        tokens_in=draw(st.integers(0, 10**12)),
        board=draw(boards(seats)),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deliberations(), st.sampled_from(SIZES), st.booleans(), nasty, st.integers(1, 3))
def test_hostile_texts_neither_steer_the_terminal_nor_break_the_layout(
    events: list[Event], size: tuple[int, int], fill: bool, title: str, total: int
) -> None:
    width, height = size
    roles = {event.seat: title for event in events if isinstance(event, Asked)}
    frame = Frame(scene(events, title=title, budget=title, roles=roles, total=total, eta=1.0), fill)
    lines = rows(printed(frame, width, height))
    lines = lines if fill else lines[:-1]
    assert len(lines) == height if fill else len(lines) <= height
    assert all(cell_len(line) <= width for line in lines)


@settings(max_examples=100, deadline=None)
@given(outcomes(["ada", "bo\x1b[1m"], ["5", "[red]6", "漢" * 50]), st.integers(1, 140))
def test_hostile_outcomes_make_harmless_cards(outcome: Outcome, width: int) -> None:
    question = Question(text="Which?\x1b[2J", choices=("[b]", "\x07"))
    assert all(cell_len(line) <= width for line in rows(printed(outcome_card(outcome, question), width, 25)))
    assert "\x1b" not in outcome_text(outcome, question)
    assert all(mark == "\n" or mark.isprintable() for mark in outcome_text(outcome, question))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("questions", [1, 9])
def test_every_moment_of_a_run_can_be_drawn_at_every_size(size: tuple[int, int], questions: int) -> None:
    width, height = size
    state = LiveState(gold_answers(questions))
    for now, event in enumerate(synthetic_run(questions)):
        state.fold(event)
        state.refocus(float(now))
        if now % 7 == 0:
            frame = Frame(Scene(state, questions, "t", "b", ROLES, float(now), 9.0), fill=True)
            lines = rows(printed(frame, width, height))
            assert len(lines) == height
            assert all(cell_len(line) <= width for line in lines)


def finished() -> list[Event]:
    return list(synthetic_run(1))


def test_one_screen_holds_all_that_was_asked_for() -> None:
    events = finished()
    before = shown(events[:-2], 140, 40, roles=ROLES, budget="at most 3 rounds", title="ring", elapsed=41)
    for part in ("ring", "round 3", "at most 3 rounds", "0:41", "sheep on a hill", "who hears whom"):
        assert part in before, part
    for part in (
        "adds before she",
        "was 78",
        "thinking",
        "agreement",
        "tokens in",
        "/s",
        "last words",
        "revise",
    ):
        assert part in before, part
    after = shown(events, 80, 24, gold={"q1": "79"})
    for part in ("79", "plurality, 4 of 5 votes", "tally", "dissent", "✓ right", "agree", "80 %", "solon"):
        assert part in after, part


def test_the_gold_answer_is_not_shown_before_the_decision() -> None:
    events = finished()
    assert "777" not in shown(events[:-1], 140, 40, gold={"q1": "777"})
    assert "✗ wrong, gold 777" in shown(events, 140, 40, gold={"q1": "777"})


def test_many_questions_have_progress_time_left_and_accuracy_with_its_n() -> None:
    events = list(synthetic_run(40))
    text = shown(events, 140, 40, total=40, gold=gold_answers(40), eta=75.0)
    assert re.search(r"40/40 ━+ 100 %", text)
    assert re.search(r"accuracy \d+\.\d % \(\d+\.\d–\d+\.\d, n 40\)", text)
    assert "decided last" in text
    assert "1:15 left" in shown(events[:300], 80, 24, total=40, eta=75.0)


def test_markup_is_shown_as_it_was_written() -> None:
    message = Message(number=0, seat="ada", act="draft", turn=0, text="[bold red]5[/] :smile:", answer="[i]5")
    text = shown([Said(question="q", message=message)])
    assert "[bold red]5[/] :smile:" in text
    assert "[i]5" in text


def test_choices_and_what_their_letter_stands_for_are_shown() -> None:
    asked = Question(id="q", text="Which is prime?", choices=("four", "seven"))
    events: list[Event] = [Started(question="q", asked=asked)]
    assert "A four   B seven" in shown(events)
    events.append(Decided(question="q", outcome=Outcome(winners=("B",), answer="B", reason="all agree")))
    assert "B (seven)" in shown(events)


def test_ties_abstentions_and_failures_are_told() -> None:
    outcome = Outcome(
        winners=("5", "6"), answer="5", tie_break="lowest", tally={"5": 1, "6": 1}, invalid=2, failed=("eve",)
    )
    text = shown([Decided(question="q", outcome=outcome)], 100, 30)
    assert "tie between 5 and 6, broken by lowest" in text
    assert "2 abstained" in text
    assert "failed at least once: eve" in text
    assert "no decision" in shown([Decided(question="q", outcome=Outcome(reason="nobody answered"))])


def test_more_seats_than_lines_are_counted() -> None:
    events: list[Event] = [
        Asked(question="q", number=n, seat=f"s{n}", act="draft", turn=0, digest="") for n in range(40)
    ]
    text = shown(events)
    assert re.search(r"and \d+ more: \d+ thinking", text)


def test_the_view_goes_on_when_the_graph_cannot_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    events = finished()
    drawn = shown(events, 80, 24)
    monkeypatch.setattr(quorate.live.graph, "_drawn", lambda *size: None)
    bare = shown(events, 80, 24)
    assert "who hears whom" in drawn
    assert "who hears whom" not in bare
    assert "hears" in bare


def test_a_drawing_that_raises_is_no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    import quorate.topologies.drawing

    def broken(*size: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(quorate.topologies.drawing, "draw", broken)
    assert quorate.live.graph._drawn(("only", "here"), (("only", "here"),), 33, 7) is None


def test_seats_that_look_alike_are_kept_apart() -> None:
    names = quorate.live.graph._names(["ada", "a\u200bda", "\x07", "\x1b"])
    assert list(names.values()) == ["ada", "ada'", "?", "?'"]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [QUIET, GOOD, BAD, BUSY, *(colour for _, colour in ANSWERS)])
def test_every_colour_reads_on_black_and_on_white(colour: str) -> None:
    assert (luminance(colour) + 0.05) / 0.05 >= 3
    assert 1.05 / (luminance(colour) + 0.05) >= 3


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 12)), max_size=6), st.integers(0, 80))
def test_columns_never_take_more_than_there_is(sizes: list[tuple[int, int]], width: int) -> None:
    columns = [Column(str(place), least, least + more) for place, (least, more) in enumerate(sizes)]
    widths = share_out(columns, width)
    assert sum(widths.values()) + 2 * max(len(widths) - 1, 0) <= width
    assert all(columns[int(name)].least <= given <= columns[int(name)].most for name, given in widths.items())


@given(
    st.lists(st.tuples(st.text(st.characters(categories=["L"]), max_size=9), st.just("")), max_size=4),
    st.integers(0, 30),
)
def test_padded_lines_have_exactly_the_width(line: list[tuple[str, str]], width: int) -> None:
    assert length(pad(line, width)) == width


def test_an_answer_that_runs_from_right_to_left_cannot_swap_with_the_next_column() -> None:
    message = Message(number=0, seat="ada", act="draft", turn=0, text="שלום", answer="תשע", confidence=0.5)
    (row,) = (line for line in shown([Said(question="q", message=message)]).split("\n") if "50 %" in line)
    assert re.search(r"תשע\u200e +50 %", row)


def relayed() -> list[Event]:
    lines = [BoardLine(seat="ada", text=f"[{n}] step {n}", confidence=0.9) for n in range(1, 13)]
    shared, other = tuple(lines), (BoardLine(seat="bo", text="\x1b[31mred", confidence=None),)
    return [
        Started(question="q", asked=Question(id="q", text="What is 2+3?")),
        Posted(question="q", turn=1, seats=("ada", "cy"), board=shared),
        Posted(question="q", turn=1, seats=("bo",), board=other),
    ]


def test_the_longest_board_is_shown_with_authors_and_trust() -> None:
    text = shown(relayed(), 80, 30)
    assert "board, the longest of 2 boards" in text
    assert "red" not in text
    row = next(row for row in text.split("\n") if "[12] step 12" in row)
    assert row.split() == ["ada", "[12]", "step", "12", "━━━━━━━─", "90", "%"]


def test_a_board_gives_way_on_small_terminals() -> None:
    low = shown(relayed(), 80, 14)
    assert "lines before" in low
    assert "[12] step 12" in low
    assert "[1] step 1 " not in low
    narrow = shown(relayed(), 40, 30)
    assert "━" not in narrow
    assert "90 %" in narrow
    tiny = shown(relayed(), 24, 30)
    assert "[12] step 12" in tiny
    assert "90 %" not in tiny


def test_a_finished_board_stands_on_the_card() -> None:
    board = (BoardLine(seat="ada", text="2+3=5\x1b[2J", confidence=0.5),)
    outcome = Outcome(winners=("5",), answer="5", tally={"5": 0.5}, reason="most confident", board=board)
    assert "board      ada: 2+3=5 (50 %)" in outcome_text(outcome)
    assert any(
        row.split() == ["board", "ada", "2+3=5", "━━━━────", "50", "%"]
        for row in rows(printed(outcome_card(outcome), 80, 24))
    )
    decided = [*relayed(), Decided(question="q", outcome=outcome)]
    assert "step 12" not in shown(decided, 80, 30)
    assert "2+3=5" in shown(decided, 80, 30)
