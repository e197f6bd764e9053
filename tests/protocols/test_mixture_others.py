"""One agent as a mixture of its samples, and residual mixtures."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.errors import BadOption
from quorate.nouns import Ask, Message, Outcome, Table
from quorate.protocols import rmoa, self_moa, self_moa_seq
from quorate.protocols.history import Turns
from quorate.protocols.mixture import most_different, read_residuals
from tests.protocols.conftest import QUESTION
from tests.protocols.conftest import play as answered

SEATS = ("ada", "bo", "cy", "di")
Speaker = Callable[[Ask, int], "str | None"]


def play(turns: Turns, speak: Speaker) -> tuple[Outcome, list[list[Ask]]]:
    """Drive a protocol; a speaker gets the number of its ask, and has failed with None."""
    number = itertools.count()
    return answered(turns, lambda ask: speak(ask, next(number)))


def numbered(ask: Ask, number: int) -> str:
    return f"Answer: {100 + number}"


# Self-MoA


def test_six_samples_of_the_first_seat_are_aggregated_by_itself() -> None:
    outcome, waves = play(self_moa(QUESTION, Table(SEATS, offices={"judge": "solon"})), numbered)
    assert [[(ask.seat, ask.act, ask.turn) for ask in wave] for wave in waves] == [
        [("ada", "draft", 0)] * 6,
        [("ada", "fuse", 1)],
    ]
    [ask] = waves[1]
    assert [message.number for message in ask.heard] == list(range(6))
    assert all(f"Draft of ada #{n}:\n> Answer: {99 + n}" in ask.instruction for n in range(1, 7))
    assert (outcome.answer, outcome.calls, outcome.rounds) == ("106", 7, 1)
    assert outcome.reason == "6 samples of ada; ada aggregated 6 answers, 0 of 6 votes for its own"


def test_whom_it_samples_and_who_aggregates() -> None:
    table = Table(SEATS, offices={"aggregator": "max"})
    _, waves = play(self_moa(QUESTION, table, samples=2, of="cy"), numbered)
    assert [ask.seat for wave in waves for ask in wave] == ["cy", "cy", "max"]
    _, waves = play(
        self_moa(QUESTION, table, samples=1, weights={"ada": 1, "bo": 2, "cy": 0, "di": 0}, aggregator="di"),
        numbered,
    )
    assert [ask.seat for wave in waves for ask in wave] == ["bo", "di"]


def test_the_samples_vote_where_the_aggregator_gives_no_answer() -> None:
    outcome, _ = play(
        self_moa(QUESTION, Table(SEATS), samples=3),
        lambda ask, number: None if ask.act == "fuse" else f"Answer: {8 if number else 7}",
    )
    assert (outcome.answer, outcome.invalid, outcome.failed) == ("8", 1, ("ada",))
    assert [note.kind for note in outcome.notes] == ["fallback"]


def test_failed_samples_are_not_heard_and_with_none_it_answers_afresh() -> None:
    def speak(ask: Ask, number: int) -> str | None:
        return None if number == 1 else numbered(ask, number)

    _, waves = play(self_moa(QUESTION, Table(SEATS), samples=3), speak)
    assert [message.number for message in waves[1][0].heard] == [0, 2]
    assert "#3" in waves[1][0].instruction
    outcome, waves = play(
        self_moa(QUESTION, Table(SEATS), samples=2), lambda ask, n: numbered(ask, n) if n == 2 else None
    )
    assert waves[1][0].instruction == waves[0][0].instruction
    assert outcome.answer == "102"


# Self-MoA-Seq


def test_a_window_slides_over_the_samples_with_the_synthesis_in_one_place() -> None:
    outcome, waves = play(self_moa_seq(QUESTION, Table(["ada"]), samples=8, window=3), numbered)
    assert [len(wave) for wave in waves] == [8, 1, 1, 1, 1]
    fusions = [wave[0] for wave in waves[1:]]
    assert [[m.number for m in ask.heard] for ask in fusions] == [[0, 1, 2], [3, 4], [5, 6], [7]]
    assert ["Your last answer" in ask.instruction for ask in fusions] == [False, True, True, True]
    assert f"Your last answer:\n> Answer: {100 + 8}" in fusions[1].instruction
    assert [ask.turn for ask in fusions] == [1, 2, 3, 4]
    assert outcome.answer == str(100 + 11)


def test_the_default_is_the_published_window_over_thirty_samples() -> None:
    _, waves = play(self_moa_seq(QUESTION, Table(["ada"])), numbered)
    assert [len(wave) for wave in waves] == [30, 1, 1, 1, 1, 1, 1]


def test_a_window_as_wide_as_the_samples_is_self_moa() -> None:
    one, waves = play(self_moa(QUESTION, Table(["ada"]), samples=4), numbered)
    other, same = play(self_moa_seq(QUESTION, Table(["ada"]), samples=4, window=4), numbered)
    assert [[ask.digest() for ask in wave] for wave in waves] == [[a.digest() for a in w] for w in same]
    assert one == other


def test_a_synthesis_that_fails_is_passed_over() -> None:
    def speak(ask: Ask, number: int) -> str | None:
        return None if (ask.act, ask.turn) in (("fuse", 2), ("fuse", 4)) else numbered(ask, number)

    outcome, waves = play(self_moa_seq(QUESTION, Table(["ada"]), samples=8, window=3), speak)
    assert f"Your last answer:\n> Answer: {100 + 8}" in waves[3][0].instruction
    assert outcome.answer == str(100 + 10)
    outcome, _ = play(
        self_moa_seq(QUESTION, Table(["ada"]), samples=5, window=3),
        lambda ask, n: None if ask.act == "fuse" else "Answer: 4",
    )
    assert (outcome.answer, outcome.invalid) == ("4", 1)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"samples": 0}, "Draw 1 to"),
        ({"of": "b"}, "Did you mean 'bo'"),
        ({"aggregator": "max"}, "no 'max' at the table to aggregate"),
    ],
)
def test_what_sampling_refuses(options: dict[str, Any], sentence: str) -> None:
    for protocol in (self_moa, self_moa_seq):
        with pytest.raises(BadOption, match=sentence):
            next(protocol(QUESTION, Table(SEATS), **options))


@pytest.mark.parametrize("window", [1, 0, -3, True, 2.5])
def test_a_window_needs_room_for_a_sample(window: Any) -> None:
    with pytest.raises(BadOption, match="has no room for a sample"):
        next(self_moa_seq(QUESTION, Table(SEATS), window=window))


# RMoA

WORDS = {"ada": "red red", "bo": "red red blue", "cy": "green", "di": "red red red blue"}


def coloured(new: Sequence[str | None]) -> Speaker:
    """Return who answers in colours, and says of each layer from the second on what is new."""

    def speak(ask: Ask, number: int) -> str | None:
        if ask.act == "compare":
            return new[ask.turn - 1]
        return "Answer: 5" if ask.act == "fuse" else f"{WORDS[ask.seat]}\nAnswer: 5"

    return speak


TABLE = Table(SEATS, offices={"aggregator": "max"})


def test_the_most_different_answers_and_the_residual_go_on() -> None:
    new = ["Residuals: yes\nbo: blue", "Residuals: yes\nnothing else"]
    outcome, waves = play(rmoa(QUESTION, TABLE, layers=3, k=2), coloured(new))
    assert [[ask.act for ask in wave] for wave in waves] == [
        ["draft"] * 4,
        ["revise"] * 4,
        ["compare"],
        ["revise"] * 4,
        ["compare"],
        ["fuse"],
    ]
    assert [m.seat for m in waves[1][1].heard] == ["cy", "di"], "no residual before the second layer"
    [compared] = waves[2]
    assert [(m.seat, m.turn) for m in compared.heard] == [("cy", 0), ("di", 0), ("cy", 1), ("di", 1)]
    assert "Earlier, cy:" in compared.instruction
    assert "Later, di:" in compared.instruction
    assert [m.seat for m in waves[3][1].heard] == ["cy", "di", "max"]
    assert "New in this layer:\n> Residuals: yes\n> bo: blue" in waves[3][1].instruction
    last = waves[5][0]
    assert [(m.seat, m.turn) for m in last.heard] == [("cy", 1), ("di", 1), ("max", 2)]
    assert "nothing else" in last.instruction
    assert outcome.reason.startswith("3 layers held; max aggregated 2 answers")
    noted = [note.text for wave in waves for ask in wave for note in ask.notes]
    assert noted == ["2 of 4 differ most: cy, di"] * 3


def test_it_ends_when_a_layer_adds_nothing() -> None:
    outcome, waves = play(rmoa(QUESTION, TABLE, k=2), coloured(["Residuals: no"]))
    assert [len(wave) for wave in waves] == [4, 4, 1, 1]
    assert outcome.reason.startswith("nothing new in layer 2 of 6")
    assert [(m.seat, m.turn) for m in waves[3][0].heard] == [("cy", 0), ("di", 0)]
    assert "New in this layer" not in waves[3][0].instruction
    assert [note.kind for note in waves[3][0].notes] == ["stopped"]


def test_patience_counts_layers_running() -> None:
    new = ["Residuals: no", "**Residuals Detected: Yes**", "residuals: no.", "Residuals: no", "Residuals: no"]
    outcome, _ = play(rmoa(QUESTION, TABLE, k=2, patience=2), coloured(new))
    assert outcome.reason.startswith("nothing new in layer 5 of 6")
    assert outcome.rounds == 5
    outcome, _ = play(rmoa(QUESTION, TABLE, k=2, layers=2), coloured(["Residuals: no"]))
    assert outcome.reason.startswith("2 layers held")


@pytest.mark.parametrize("text", ["Nothing.", "", None])
def test_what_cannot_be_read_of_a_residual_ends_nothing_and_is_counted(text: str | None) -> None:
    outcome, waves = play(rmoa(QUESTION, TABLE, k=2, layers=3), coloured([text, text]))
    assert outcome.rounds == 3
    assert "2 of 2 residuals unreadable" in outcome.reason
    assert not any("New in this layer" in ask.instruction for wave in waves for ask in wave)


def test_answers_are_compared_by_any_vectors() -> None:
    def vectors(texts: Sequence[str]) -> np.ndarray[Any, Any]:
        return np.array([[1.0, float("blue" in text)] for text in texts])

    _, waves = play(rmoa(QUESTION, TABLE, k=2, layers=1, embed=vectors), coloured([]))
    assert [m.seat for m in waves[1][0].heard] == ["ada", "bo"]


def test_with_no_more_than_k_answers_all_go_on() -> None:
    _, waves = play(rmoa(QUESTION, TABLE, k=4, layers=2), coloured(["Residuals: no"]))
    assert [len(ask.heard) for ask in waves[1]] == [3] * 4


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"k": 5}, "lower k or add agents"),
        ({"k": 0}, "at least 1"),
        ({"patience": 0}, "at least 1, not 0"),
        ({"embed": 7}, "sentence-embedding model"),
        ({"embed": ""}, "sentence-embedding model"),
        ({"layers": 0}, "without layers"),
    ],
)
def test_what_a_residual_mixture_refuses(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadOption, match=sentence):
        next(rmoa(QUESTION, TABLE, **options))
    with pytest.raises(BadOption, match="somebody who aggregates"):
        next(rmoa(QUESTION, Table(SEATS), decide="plurality"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Residuals: yes\nada: units", True),
        ("Residuals detected: No", False),
        ("> **Residual:** no", False),
        ("Residuals: maybe", None),
        ("There are no residuals: yes", None),
        ("Residuals: yesterday", None),
    ],
)
def test_the_residual_flag(text: str, found: bool | None) -> None:
    assert read_residuals(Message(number=0, seat="max", act="compare", turn=1, text=text)) is found


@settings(max_examples=80, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.floats(), min_size=3, max_size=3),
        min_size=1,
        max_size=8,
    ),
    k=st.integers(1, 9),
)
def test_the_most_different_are_k_each_once_and_greedily_far(rows: list[list[float]], k: int) -> None:
    vectors = np.array(rows)
    chosen = most_different(vectors, k)
    assert len(chosen) == len(set(chosen)) == min(k, len(rows))
    assert list(chosen) == sorted(chosen)
    fewer = most_different(vectors, k - 1) if k > 1 else ()
    assert set(fewer) <= set(chosen) or len(rows) <= k


def test_equal_texts_are_told_apart_by_their_order() -> None:
    assert most_different(np.ones((4, 2)), 2) == (0, 1)
    assert most_different(np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]), 1) == (1,)
    assert most_different(np.array([[1.0], [np.nan], [np.inf]]), 1) == (1,)
