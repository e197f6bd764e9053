"""What holds for every filter on whatever was said: it only removes, twice the same, and k is k."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate import registry
from quorate.nouns import Hearing, Message, Question, Table
from quorate.protocols.history import History
from quorate.protocols.thinning import thinner
from quorate.topologies.filters import diverse, near, redundant, top_k

QUESTION = Question(id="q1", text="How many apples are left?")
PURE: list[tuple[str, dict[str, Any]]] = [
    ("top_k", {"k": 1}),
    ("top_k", {"k": 2, "by": "agreement"}),
    ("confident_only", {"threshold": 0.5}),
    ("redundant", {}),
    ("redundant", {"by": "text", "threshold": 0.7}),
    ("diverse", {"k": 1}),
    ("diverse", {"k": 2}),
    ("near", {"k": 1}),
    ("cortex", {}),
    ("drop_edges", {"p": 0.5}),
    ("drop_agents", {"p": 0.5}),
]
TEXTS = ("", "5", "It is 5 apples", "It is 6 apples", "No pears", "\x00\u202e[bold]", "apples " * 40)


@st.composite
def floors(draw: st.DrawFn) -> tuple[History, Hearing]:
    """A deliberation after one to three rounds in which seats failed, abstained or were not asked."""
    seats = [f"seat-{number}" for number in range(draw(st.integers(2, 6)))]
    history = History(QUESTION, Table(seats, seed=draw(st.integers(0, 3))))
    for turn in range(draw(st.integers(1, 3))):
        asks = history.drafts()
        said = [draw(_message(seat, turn)) for seat in seats]
        history.add(asks, said)
    hearing = {
        seat: tuple(other for other in seats if other != seat and draw(st.booleans())) for seat in seats
    }
    return history, hearing


@st.composite
def _message(draw: st.DrawFn, seat: str, turn: int) -> Message:
    place: dict[str, Any] = {"number": 0, "seat": seat, "act": "draft", "turn": turn}
    if draw(st.integers(0, 4)) == 0:
        return Message(text="", finish="error", error="it broke", **place)
    return Message(
        text=draw(st.sampled_from(TEXTS)),
        answer=draw(st.sampled_from([None, "5", "6"])),
        confidence=draw(st.sampled_from([None, 0.0, 0.5, 0.9, 0.9])),
        **place,
    )


def test_every_filter_that_only_looks_is_tested_here() -> None:
    asking_or_other = {"judge_picks", "learned"}
    assert set(registry.filter) - asking_or_other == {name for name, _ in PURE}


@pytest.mark.parametrize(("name", "options"), PURE, ids=[f"{n}-{o}" for n, o in PURE])
@settings(deadline=None, max_examples=30)
@given(floor=floors())
def test_a_filter_only_removes_and_says_the_same_twice(
    name: str, options: Mapping[str, Any], floor: tuple[History, Hearing]
) -> None:
    history, hearing = floor
    before = {seat: tuple(heard) for seat, heard in hearing.items()}
    filter_ = registry.filter.resolve({name: options} if options else name)
    left = filter_(history, hearing)
    assert hearing == before
    assert dict(left) == dict(filter_(history, hearing))
    for seat, heard in left.items():
        assert set(heard) <= set(before[seat])
    assert dict(thinner(filter_, hearing, left)) == dict(left)


@pytest.mark.parametrize("filter_", [top_k, diverse, near])
@settings(deadline=None, max_examples=30)
@given(floor=floors(), k=st.integers(1, 2))
def test_exactly_k_are_left_where_k_exist(filter_: Any, floor: tuple[History, Hearing], k: int) -> None:
    history, hearing = floor
    left = filter_(history, hearing, k=k)
    for seat, heard in hearing.items():
        speaking = [name for name in heard if name in history.standing]
        assert len(left[seat]) == min(k, len(speaking))
        assert set(left[seat]) <= set(speaking)


@pytest.mark.parametrize("filter_", [top_k, diverse, near])
def test_none_are_left_where_nobody_has_said_anything(filter_: Any) -> None:
    history = History(QUESTION, Table(["ada", "bo", "cy"]))
    assert filter_(history, history.table.hearing(1), k=2) == {"ada": (), "bo": (), "cy": ()}


@pytest.mark.parametrize("filter_", [top_k, diverse, near])
def test_of_equals_exactly_k_are_left_and_the_same_ones_for_all(filter_: Any) -> None:
    seats = [f"s{number}" for number in range(7)]
    history = History(QUESTION, Table(seats))
    for number, seat in enumerate(seats):
        place: dict[str, Any] = {"number": number, "seat": seat, "act": "draft", "turn": 0}
        history.standing[seat] = Message(text="It is 5 apples", answer="5", confidence=0.5, **place)
    for k in range(1, 7):
        left = filter_(history, history.table.hearing(1), k=k)
        assert {len(heard) for heard in left.values()} == {k}
        assert len({name for heard in left.values() for name in heard}) <= k + 1


@settings(deadline=None, max_examples=40)
@given(floor=floors())
def test_no_view_is_heard_twice_and_none_that_is_ones_own(floor: tuple[History, Hearing]) -> None:
    history, hearing = floor
    left = redundant(history, hearing)
    for seat, heard in left.items():
        answers = [history.answer_of(name) for name in heard if history.answer_of(name) is not None]
        assert len(set(answers)) == len(answers)
        assert history.answer_of(seat) not in answers
        lost = {history.answer_of(n) for n in hearing[seat] if n in history.standing} - {None}
        assert lost <= {*answers, history.answer_of(seat)}
