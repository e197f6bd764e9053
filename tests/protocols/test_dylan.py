"""DyLAN played by hand: early stops at the boundaries, the ranker, ratings, agent importance."""

from __future__ import annotations

import functools
import gzip
import json
import math
import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.contracts import check_protocol
from quorate.errors import BadOption
from quorate.nouns import Ask, Message, Outcome, Question, Table
from quorate.protocols.dylan import agreement, dylan, votes_needed
from quorate.protocols.importance import importance_note, importance_of
from tests.protocols.conftest import drive

QUESTION = Question(text="2+3?", id="q", kind="number")
NAMES = ("ada", "bo", "cy", "di", "eve", "flo", "gus")
Say = Callable[[Ask], str | None]


def seated(count: int, **more: Any) -> Table:
    return Table(NAMES[:count], offices={"judge": "solon"}, **more)


def play(
    table: Table, say: Say, question: Question = QUESTION, **options: Any
) -> tuple[Outcome, list[list[Ask]]]:
    turns = dylan(question, table, **options)
    return drive(turns, lambda ask, number: message(ask, say(ask), number))


def message(ask: Ask, text: str | None, number: int) -> Message:
    place: dict[str, Any] = {"number": number, "seat": ask.seat, "act": ask.act, "turn": ask.turn}
    if text is None:
        return Message(text="", error="it broke", finish="error", **place)
    found = re.findall(r"Answer: (\w+)", text) if ask.expects == "answer" else []
    return Message(text=text, answer=found[-1] if found else None, **place)


def differing(ask: Ask) -> str:
    """Every seat has an answer of its own; the judge picks the first two."""
    return "Picks: 1, 2" if ask.act == "select" else f"Answer: {NAMES.index(ask.seat)}"


# Early stop


@pytest.mark.parametrize(("seats", "needed"), [(3, 3), (4, 3), (5, 4), (6, 5), (7, 5)])
@pytest.mark.parametrize("waves", ["agents", "round"])
def test_a_round_ends_above_two_thirds(seats: int, needed: int, waves: Any) -> None:
    assert votes_needed(seats) == needed == math.floor(2 / 3 * seats) + 1
    outcome, asked = play(seated(seats), lambda ask: "Answer: 5", waves=waves)
    assert sum(map(len, asked)) == (needed if waves == "agents" else seats)
    assert len(asked) == 1
    assert outcome.answer == "5"
    assert outcome.reason.startswith(f"{needed if waves == 'agents' else seats} of {seats} agree")
    stopped = [note for note in outcome.notes if note.kind == "stopped"]
    assert len(stopped) == 1
    assert len(stopped[0].seats) == sum(map(len, asked))


@pytest.mark.parametrize("seats", [3, 4, 5, 6, 7])
def test_one_vote_below_goes_on(seats: int) -> None:
    # In the drafts, all but those that make one vote too few give 5; then all do.
    dissent = NAMES[: seats - votes_needed(seats) + 1]

    def say(ask: Ask) -> str:
        return "Answer: 6" if ask.turn == 0 and ask.seat in dissent else "Answer: 5"

    outcome, asked = play(seated(seats), say)
    assert sum(len(wave) for wave in asked if wave[0].turn == 0) == seats
    assert sum(len(wave) for wave in asked if wave[0].turn == 1) == votes_needed(seats)
    assert (outcome.answer, outcome.rounds) == ("5", 2)


@given(
    st.integers(1, 7), st.lists(st.sampled_from(["5", "6", None]), min_size=7, max_size=7), st.integers(0, 9)
)
def test_waves_ask_exactly_those_that_asking_one_by_one_asks(
    seats: int, answers: list[str | None], seed: int
) -> None:
    given_ = dict(zip(NAMES, answers, strict=True))

    def say(ask: Ask) -> str:
        if ask.act == "select":
            return "Picks: 1, 2"
        return "no idea" if ask.turn or given_[ask.seat] is None else f"Answer: {given_[ask.seat]}"

    table = seated(seats, seed=seed)
    _, asked = play(table, say, keep=1)
    order = [ask.seat for wave in asked for ask in wave if ask.turn == 0 and ask.act == "draft"]
    one_by_one: list[str] = []
    shuffled = list(table.seats)
    table.rng("q", "order", 0).shuffle(shuffled)
    for seat in shuffled:
        if agreement([given_[name] for name in one_by_one], seats) is None:
            one_by_one.append(seat)
    assert order == one_by_one


# The ranker


def test_from_the_third_round_only_the_kept_speak_and_hear_each_other() -> None:
    outcome, asked = play(seated(6), differing, rounds=4)
    acts = [(ask.act, ask.turn, ask.seat) for wave in asked for ask in wave]
    assert len([a for a in acts if a[0] == "select"]) == 1
    third = [ask for wave in asked for ask in wave if ask.turn == 2 and ask.act == "revise"]
    fourth = [ask for wave in asked for ask in wave if ask.turn == 3]
    kept = {ask.seat for ask in third}
    assert len(third) == len(fourth) == 2
    assert {ask.seat for ask in fourth} == kept
    for ask in (*third, *fourth):
        assert {m.seat for m in ask.heard} == kept - {ask.seat}
    assert len(acts) == 2 * 6 + 1 + 2 * 2 == outcome.calls
    assert set(outcome.tally) == {str(NAMES.index(seat)) for seat in kept}
    assert len(outcome.winners) == 2
    assert outcome.answer in outcome.winners


def test_the_ranker_sees_no_names_and_its_picks_are_followed() -> None:
    pages: list[Ask] = []

    def say(ask: Ask) -> str:
        if ask.act == "select":
            pages.append(ask)
            return "The last two add up.\nPicks: 3, 4"
        return f"I say Answer: {NAMES.index(ask.seat)}"

    _, asked = play(seated(4), say)
    page = pages[0]
    assert not any(name in page.instruction for name in NAMES[:4])
    shown = re.findall(r"Draft (\d):\n> I say Answer: (\d)", page.instruction)
    picked = {NAMES[int(index)] for number, index in shown if number in "34"}
    assert {ask.seat for wave in asked for ask in wave if ask.turn == 2} - {"solon"} == picked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "They are all fine.",
        "Picks: 9, 12",
        "[[one, two]]",
        "Picks: " + "1," * 9000,
        "\x1b[2J\x00",
        "{" * 5000,
        None,
    ],
)
def test_what_a_hostile_ranker_says_is_counted_and_two_are_drawn(text: str | None) -> None:
    def say(ask: Ask) -> str | None:
        return text if ask.act == "select" else differing(ask)

    outcome, asked = play(seated(5), say)
    assert len({ask.seat for wave in asked for ask in wave if ask.turn == 2} - {"solon"}) == 2
    assert "1 of 1 picks unreadable" in outcome.reason
    again, _ = play(seated(5), say)
    assert again == outcome
    notes = [note for wave in asked for ask in wave for note in ask.notes]
    assert "fallback" in {note.kind for note in notes}


def test_three_seats_are_not_ranked_and_need_no_judge() -> None:
    outcome, asked = play(Table(NAMES[:3]), differing)
    assert [len([a for w in asked for a in w if a.turn == turn]) for turn in range(3)] == [3, 3, 3]
    assert outcome.calls == 9


def test_kept_replies_that_agree_end_it() -> None:
    def say(ask: Ask) -> str:
        if ask.act == "select":
            numbers = [
                n
                for n, answer in re.findall(r"Draft (\d):\n> Answer: (\d)", ask.instruction)
                if answer == "5"
            ]
            return f"Picks: {numbers[0]}, {numbers[1]}"
        return "Answer: 5" if ask.seat in ("ada", "bo") else f"Answer: {NAMES.index(ask.seat)}"

    outcome, asked = play(seated(4), say)
    assert max(ask.turn for wave in asked for ask in wave if ask.act != "select") == 1
    assert outcome.winners == ("5",)
    assert outcome.reason.startswith("2 of 2 agree")


@pytest.mark.parametrize(
    ("table", "options", "says"),
    [
        (seated(4), {"rounds": 2}, "at least 3 rounds, not 2"),
        (seated(4), {"waves": "seats"}, "Seats cannot be asked by 'seats'"),
        (Table(NAMES[:4]), {}, "needs a judge"),
        (seated(4), {"keep": 5}, "is to keep 5, and there are only 4 agents"),
        (seated(4), {"decide": "judge_decides"}, "asks or draws lots"),
    ],
)
def test_impossible_options(table: Table, options: dict[str, Any], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        next(dylan(QUESTION, table, **options))


@pytest.mark.parametrize("options", [{}, {"rate": False}, {"rounds": 5, "keep": 1}, {"waves": "round"}])
def test_the_contract(options: dict[str, Any]) -> None:
    check_protocol(partial(dylan, **options))
    check_protocol(partial(dylan, **options), table=seated(7))


@given(
    st.integers(2, 7),
    st.lists(st.sampled_from(["4", "5", "fail", None]), min_size=40, max_size=40),
    st.sampled_from(["agents", "round"]),
)
def test_it_ends_whatever_is_said_and_importance_is_conserved(
    seats: int, script: list[str | None], waves: Any
) -> None:
    left = iter(script)

    def say(ask: Ask) -> str | None:
        drawn = next(left)
        texts = {"fail": None, None: "no idea", "4": "Ratings: 5, 1\nAnswer: 4", "5": "Picks: 1\nAnswer: 5"}
        return texts[drawn]

    outcome, asked = play(seated(seats), say, rounds=4, waves=waves)
    count = sum(map(len, asked))
    assert outcome.calls == count <= 2 * seats + 1 + 2 * max(2, seats if seats <= 3 else 2)
    scores = importance_of(outcome)
    assert scores is not None
    assert list(scores) == list(NAMES[:seats])
    last = [ask.seat for wave in asked for ask in wave if ask.turn == asked[-1][-1].turn]
    if outcome.answer is None:
        assert set(scores.values()) == {0.0}
    else:
        assert sum(scores.values()) in (pytest.approx(outcome.rounds, abs=1e-3), 0.0)
    assert last


# Ratings


def test_the_protocol_weighs_by_ratings() -> None:
    def say(ask: Ask) -> str:
        if ask.turn == 0:
            return f"Answer: {NAMES.index(ask.seat)}"
        texts = [ask.seat, *(m.seat for m in ask.heard)]
        rated = ", ".join("5" if seat == "ada" else "1" for seat in texts)
        return f"Ratings: {rated}\nAnswer: 0"

    outcome, asked = play(seated(3), say)
    assert outcome.rounds == 2
    example = next(ask for wave in asked for ask in wave if ask.turn == 1)
    assert "Ratings: 4, 2, 5" in example.instruction
    assert example.instruction.count("\n> ") == 3
    # Everybody gave ada 5 of 7: 5/7 in the first round, 1/3 in the last.
    assert importance_of(outcome) == pytest.approx(
        {"ada": 5 / 7 + 1 / 3, "bo": 1 / 7 + 1 / 3, "cy": 1 / 7 + 1 / 3}, abs=1e-5
    )
    assert "ratings unreadable" not in outcome.reason


def test_unread_ratings_are_counted_and_count_alike() -> None:
    def say(ask: Ask) -> str:
        return f"Answer: {NAMES.index(ask.seat)}" if ask.turn == 0 else "Ratings: much\nAnswer: 0"

    outcome, _ = play(seated(3), say)
    assert "3 of 3 ratings unreadable" in outcome.reason
    assert importance_of(outcome) == pytest.approx(dict.fromkeys(NAMES[:3], 2 / 3), abs=1e-5)
    plain, asked = play(seated(3), say, rate=False)
    assert "ratings" not in plain.reason
    assert not any("Ratings" in ask.instruction for wave in asked for ask in wave)


# Against the published logs

DATA = Path(os.environ.get("QUORATE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")


@functools.cache
def logged() -> list[dict[str, Any]]:
    path = DATA / "dylan_math.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"no {path.name} here; set QUORATE_DATA")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_it_stops_where_the_published_runs_stopped() -> None:
    """Of 4,800 runs with 4 agents, those that ended in the first round did so after the 3rd or 4th draft."""
    stops = {3: 0, 4: 0}
    for row in logged():
        first = [c for c in row["candidates"] if c["meta"]["round"] == 1]
        answers = [c["answer"] for c in sorted(first, key=lambda c: c["meta"]["agent"])]
        ended = next((k for k in range(1, len(answers) + 1) if agreement(answers[:k], 4)), None)
        assert (ended is not None) == (row["meta"]["rounds"] == 1)
        if ended is not None:
            assert ended == row["meta"]["agents_recorded"]
            stops[ended] += 1
    assert stops == {3: 898, 4: 552}


def test_importance_is_a_score_and_no_selection() -> None:
    note = importance_note([{"ada": 0.25, "bo": 0.75}], ["ada", "bo"])
    assert note.kind == "scored"
    older = note.model_copy(update={"kind": "selected"})
    assert importance_of(Outcome(notes=(older,))) == {"ada": 0.25, "bo": 0.75}
