"""Picks are read from whatever a judge writes, and nothing it writes breaks the reading."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.protocols.picks import pick, read_picks


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('{"reasoning": "it adds up", "chosen responses": [1, 2], "end debate": false}', (0, 1)),
        ('Thus:\n```json\n{"chosen_responses": ["Response 2", "4"]}\n```', (1, 3)),
        ('{"chosen responses": [3]}\nNo, better:\n{"chosen responses": [1]}', (0,)),
        ('{"selected": 2}', (1,)),
        ("Both 1 and 4 are wrong.\nChosen responses: [2, 3]", (1, 2)),
        ("{'chosen responses': [2, 3]}", (1, 2)),
        ("**Picks:** 4 and 2.", (3, 1)),
        ("Best: response 4", (3,)),
        ("2, 3", (1, 2)),
        ("[1, 2, 2]", (0, 1)),
        ("These:\n[\n  2,\n  4\n]\n", (1, 3)),
        ("[1] 2+3=5\n[2] 5*2=10\nAnswer: 10\nChosen: 1, 4\nEnd: no", (0, 3)),
        ("[1] 2+3=5\n[2] 5*2=10\n[3, 4].", (2, 3)),
        ("I keep these = #1, #2", (0, 1)),
    ],
)
def test_what_was_picked_is_read(text: str, places: tuple[int, ...]) -> None:
    assert read_picks(text, 4) == places


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I think 2 is right.",
        "Chosen: 0",
        "Chosen: 5",
        "Chosen: 1, 5",
        "Chosen: none",
        "[1] 2+3=5\n[2] 5*2=10\nAnswer: 10",
        "Chosen: 1 because 2+3=5",
        '{"chosen responses": []}',
        '{"chosen responses": [1, null]}',
        '{"chosen responses": [true]}',
        '{"chosen responses": [1.5]}',
        '{"reasoning": [1, 2]}',
        "Chosen: -1",
        "{" * 30_000,
        '{"a":' * 10_000,
        "[" * 20_000,
        "chosen: " + "1" * 400,
        "chosen: " + "1, " * 100_000,
    ],
)
def test_what_is_no_pick_is_none(text: str) -> None:
    assert read_picks(text, 4) is None


@given(st.text(max_size=300), st.integers(1, 6), st.integers(1, 6))
def test_any_text_gives_at_most_k_places_in_range(text: str, count: int, k: int) -> None:
    picked = pick(text, count, k, random.Random(0))
    assert 1 <= len(picked.places) <= min(k, count)
    assert sorted(set(picked.places)) == list(picked.places)
    assert set(picked.places) <= set(range(count))
    assert picked == pick(text, count, k, random.Random(0))


def test_the_rules_that_stand_in_are_the_published_ones() -> None:
    rng = random.Random(1)
    assert pick("Chosen: 2", 4, 2, rng).fallback == ""
    assert pick("Chosen: 2", 4, 2, rng).places == (1,)
    too_many = pick("Chosen: 1, 2, 3", 4, 2, rng)
    assert too_many.fallback == "too many"
    assert set(too_many.places) < {0, 1, 2}
    drawn = {pick("I cannot say", 4, 2, random.Random(seed)).places for seed in range(30)}
    assert len(drawn) == 6
    assert pick("Chosen: 9", 4, 2, rng).fallback == "unreadable"
    assert read_picks("Chosen: 3, 1, 2", 4, k=2) == (2, 0)
