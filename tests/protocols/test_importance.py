"""Importance of agents: ratings as they are read, and what they make of who said what."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadOption
from quorate.nouns import Note, Outcome
from quorate.protocols.dylan import read_ratings
from quorate.protocols.importance import importance, importance_note, importance_of, team

NAMES = ("ada", "bo", "cy", "di", "eve", "flo", "gus")


@pytest.mark.parametrize(
    ("text", "count", "found"),
    [
        ("Ratings: 1, 5, 2", 3, (1, 5, 2)),
        ("so\n**Ratings: [[4,4]]**\nAnswer: 5", 2, (4, 4)),
        ("Ratings: 1, 2\nRatings: 3, 4", 2, (3, 4)),
        ("Ratings: 1, 2", 3, None),
        ("Ratings: 0, 6", 2, None),
        ("Ratings: 3.5, 4", 2, None),
        ("Ratings: " + "5, " * 5000, 2, None),
        ("my ratings: 5, 5 are high", 2, None),
    ],
)
def test_ratings_are_read_strictly(text: str, count: int, found: Any) -> None:
    assert read_ratings(text, count) == found


@given(st.text(), st.integers(1, 5))
def test_ratings_of_anything(text: str, count: int) -> None:
    found = read_ratings(text, count)
    assert found is None or (len(found) == count and all(1 <= rating <= 5 for rating in found))


def test_importance_by_hand() -> None:
    # Three seats, three rounds. Last: ada and cy gave 5, so 1/2 each. Ada rated itself 4, bo 0, cy 4 of 8:
    # 1/2, 0, 1/2; cy rated 1, 1, 2: 1/4, 1/4, 1/2. Second: ada 1/2 1/2 + 1/2 1/4 = 3/8, bo 1/8, cy 1/2.
    # First: ada all to itself 3/8; bo to nothing, so in thirds 1/24 each; cy half ada, half bo, 1/4 each:
    # ada 3/8 + 1/24 + 1/4 = 2/3, bo 1/24 + 1/4 = 7/24, cy 1/24.
    answers = [
        dict.fromkeys(NAMES[:3], "6"),
        dict.fromkeys(NAMES[:3], "5"),
        {"ada": "5", "bo": "6", "cy": "5"},
    ]
    ratings: list[dict[str, dict[str, float]]] = [
        {},
        {"ada": {"ada": 2.0}, "bo": {"ada": 0.0, "bo": 0.0, "cy": 0.0}, "cy": {"ada": 3.0, "bo": 3.0}},
        {"ada": {"ada": 4, "bo": 0, "cy": 4}, "bo": {"bo": 5}, "cy": {"ada": 1, "bo": 1, "cy": 2}},
    ]
    first, second, last = importance(answers, ratings, "5")
    assert last == {"ada": 0.5, "bo": 0.0, "cy": 0.5}
    assert second == pytest.approx({"ada": 3 / 8, "bo": 1 / 8, "cy": 1 / 2})
    assert first == pytest.approx({"ada": 2 / 3, "bo": 7 / 24, "cy": 1 / 24})


seats_of = st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True)


@given(st.lists(seats_of, min_size=1, max_size=4), st.data())
def test_every_round_of_importance_sums_to_one(spoke: list[list[str]], data: st.DataObject) -> None:
    answers = [{seat: data.draw(st.sampled_from(["5", "6", None])) for seat in seats} for seats in spoke]
    rating = st.floats(0, 5)
    ratings: list[dict[str, dict[str, float]]] = [{}]
    for before, now in pairwise(spoke):
        ratings.append({seat: {other: data.draw(rating) for other in before} for seat in now})
    final = data.draw(st.sampled_from(["5", "6"]))
    scores = importance(answers, ratings, final)
    total = 1.0 if final in answers[-1].values() else 0.0
    for round_ in scores:
        assert sum(round_.values()) == pytest.approx(total)
        assert all(score >= 0 for score in round_.values())


def test_importance_survives_strange_names() -> None:
    names = ["ada 0.5, bo", "a.b*c", "x"]
    note = importance_note([dict(zip(names, (0.5, 0.25, 1e-7), strict=True))], names)
    assert importance_of(Outcome(notes=(note,))) == pytest.approx(
        dict(zip(names, (0.5, 0.25, 1e-7), strict=True))
    )
    assert importance_of(Outcome()) is None
    forged = Note(kind="selected", seats=("ada",), text="agent importance: bo 1")
    assert importance_of(Outcome(notes=(forged,))) is None


def test_a_team_from_outcomes() -> None:
    notes = [
        importance_note([scores], NAMES[:3]) for scores in ({"ada": 0.2, "cy": 0.8}, {"bo": 0.5, "cy": 0.5})
    ]
    assert team([Outcome(), *(Outcome(notes=(note,)) for note in notes)], 2) == ("cy", "bo")
    with pytest.raises(BadOption, match="A team of 4 cannot be selected from 3 agents"):
        team([{"ada": 1, "bo": 0, "cy": 0}], 4)
    with pytest.raises(BadOption, match="records of the protocol 'dylan'"):
        team([Outcome()], 1)


@pytest.mark.parametrize(
    ("ratings", "says"),
    [
        ([{}, {"ada": {"zed": 1.0}}], "'ada' rated 'zed', who did not speak"),
        ([{}, {"ada": {"ada": -1.0}}], "a rating is 0 or more"),
        ([{}], "ratings of 1 rounds for the answers of 2"),
    ],
)
def test_impossible_ratings(ratings: Any, says: str) -> None:
    with pytest.raises(BadOption, match=says):
        importance([{"ada": "5"}, {"ada": "5"}], ratings, "5")
