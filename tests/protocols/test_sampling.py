"""Sampling one agent: criteria against scipy and by hand, protocols played, choices parsed strictly."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quorate.errors import BadOption
from quorate.nouns import Ask, Message, Outcome, Question, Table
from quorate.protocols.sampling import (
    adaptive_consistency,
    agreeing_window,
    best_single,
    beta_certainty,
    dirichlet_certainty,
    draw,
    early_stopping_consistency,
    entropy_share,
    more_from_the_best,
    read_choice,
    replay,
    self_consistency,
    settled,
    universal_consistency,
)

QUESTION = Question(text="2+3?", id="q", kind="number")
drawn = st.lists(st.sampled_from(["5", "6", "7", None]), min_size=1, max_size=15)


# Criteria


@given(st.integers(0, 60), st.integers(0, 60))
def test_beta_equals_the_beta_distribution(first: int, second: int) -> None:
    assert beta_certainty(first, second) == pytest.approx(stats.beta.sf(0.5, first + 1, second + 1))


@given(st.lists(st.integers(0, 12), min_size=1, max_size=2))
def test_dirichlet_of_two_answers_is_beta(counts: list[int]) -> None:
    first, second = (
        sorted([*counts, 0][:2], reverse=True) if len(counts) == 1 else sorted(counts, reverse=True)
    )
    assert dirichlet_certainty(counts) == pytest.approx(beta_certainty(first, second), abs=1e-6)


@pytest.mark.parametrize("counts", [[3, 1, 1], [10, 7, 3, 1], [2, 2, 2, 2, 2], [30, 1, 1, 1]])
def test_dirichlet_equals_simulation(counts: list[int]) -> None:
    chances = np.random.default_rng(0).dirichlet(np.array(counts) + 1, 200_000)
    assert dirichlet_certainty(counts) == pytest.approx((chances.argmax(1) == 0).mean(), abs=0.005)


def test_a_symmetric_panel_is_as_uncertain_as_it_can_be() -> None:
    assert dirichlet_certainty([4] * 5) == pytest.approx(1 / 5, abs=1e-6)
    assert entropy_share([4] * 5) == pytest.approx(1)


@pytest.mark.parametrize(
    ("criterion", "answers", "enough"),
    [
        # Beta at 0.95: 1 - 1/2^(v+1) for v equal answers, so 4 of them: 0.969, not 3: 0.938.
        ("beta", "555", False),
        ("beta", "5555", True),
        # 7 to 1: P(Bin(9, 1/2) <= 7) = 1 - 10/512 = 0.980; 5 to 1: P(Bin(7, 1/2) <= 5) = 1 - 8/128 = 0.9375.
        ("beta", "5655555", True),
        ("beta", "565555", False),
        ("dirichlet", "5555", True),
        # Entropy of (4, 1) imagined is 0.722 of a bit, of (3, 1) 0.811.
        ("entropy", "555", False),
        ("entropy", "5555", True),
        # A majority of 0.8 needs two samples at least.
        ("majority", "5", False),
        ("majority", "55", True),
        ("majority", "5655", False),
        ("majority", "56555", True),
    ],
)
def test_criteria_by_hand(criterion: Any, answers: str, enough: bool) -> None:
    assert settled(list(answers), criterion=criterion) is enough


@given(drawn, st.sampled_from(["beta", "dirichlet", "entropy", "majority"]))
def test_abstentions_settle_nothing(answers: list[str | None], criterion: Any) -> None:
    readable = [answer for answer in answers if answer is not None]
    assert settled([*answers, None], criterion=criterion) == settled(readable, criterion=criterion)
    assert not settled([None] * 9, criterion=criterion)


def test_a_window_with_an_abstention_does_not_agree() -> None:
    assert agreeing_window(["5"] * 5)
    assert not agreeing_window(["5"] * 4)
    assert not agreeing_window([*["5"] * 4, None])
    assert not agreeing_window([None] * 5)
    assert not agreeing_window(["6", *["5"] * 5]), "windows do not overlap"


# Replays


@given(drawn, st.integers(1, 20))
def test_a_replay_draws_no_more_than_there_is(answers: list[str | None], most: int) -> None:
    found = draw(answers, until=settled, most=most)
    assert 1 <= found.used <= min(most, len(answers))
    assert found.enough or found.used == min(most, len(answers))
    whole = draw(answers, most=most)
    assert whole.used == min(most, len(answers))
    if found.enough:
        assert len(found.winners) == 1


def test_a_replay_of_many_questions() -> None:
    rows: list[list[str | None]] = [["5"] * 8, ["5", "6"] * 4, [None] * 8, ["1"] * 8]
    found = replay(rows, ["5", "5", "5", None], until=settled)
    assert (found.n, found.accuracy) == (3, 0.5)
    assert found.stopped == pytest.approx(1 / 3)
    assert found.samples == pytest.approx((4 + 8 + 8) / 3)
    windows = replay(rows, ["5", "5", "5", None], until=partial(agreeing_window, size=2), most=6)
    assert windows.samples == pytest.approx((2 + 6 + 6) / 3)


# Protocols


def play(turns: Any, script: Sequence[str | None], choice: str = "") -> tuple[Outcome, list[list[Ask]]]:
    """Answer drafts from the script, in order, and a choice with the given text."""
    waves, answers, numbers = [], iter(script), itertools.count()
    try:
        asks = list(next(turns))
        while True:
            waves.append(asks)
            said = []
            for ask in asks:
                place: dict[str, Any] = {"number": next(numbers), "seat": ask.seat, "act": ask.act, "turn": 0}
                if ask.act == "select":
                    said.append(Message(text=choice, **place))
                    continue
                answer = next(answers)
                error = "it broke" if answer == "fail" else None
                given_ = None if error else answer
                said.append(
                    Message(text=f"Answer: {given_}", answer=given_, error=error, tokens_out=2, **place)
                )
            asks = list(turns.send(said))
    except StopIteration as end:
        return end.value, waves


def test_self_consistency_counts_samples() -> None:
    turns = self_consistency(QUESTION, Table(["ada", "bo"]), samples=5, seat="bo")
    outcome, waves = play(turns, ["5", "6", "5", None, "fail"])
    assert [len(wave) for wave in waves] == [5]
    assert {ask.seat for ask in waves[0]} == {"bo"}
    assert (outcome.answer, outcome.tally, outcome.invalid) == ("5", {"5": 2, "6": 1}, 2)
    assert (outcome.calls, outcome.tokens_out, outcome.failed) == (5, 10, ("bo",))
    assert [(dissent.seat, dissent.answer) for dissent in outcome.dissent] == [("bo", "6")]
    assert not outcome.consensus


def test_self_consistency_costs_what_a_vote_costs() -> None:
    _, waves = play(self_consistency(QUESTION, Table(["ada", "bo", "cy"])), ["5"] * 3)
    assert [ask.seat for ask in waves[0]] == ["ada"] * 3


def test_adaptive_consistency_stops_when_the_leader_is_safe() -> None:
    outcome, waves = play(adaptive_consistency(QUESTION, Table(["ada"])), ["5"] * 40)
    assert len(waves) == 4
    assert outcome.consensus
    assert "4 samples of ada, beta criterion met" in outcome.reason
    outcome, waves = play(adaptive_consistency(QUESTION, Table(["ada"]), most=6, wave=4), ["5", "6"] * 3)
    assert [len(wave) for wave in waves] == [4, 2]
    assert outcome.tie_break == "random"
    assert "not met" in outcome.reason


@given(st.lists(st.sampled_from(["5", "6", None]), min_size=12, max_size=12))
def test_the_protocol_does_what_its_replay_does(script: list[str | None]) -> None:
    protocols: list[tuple[Any, Any]] = [
        (adaptive_consistency, settled),
        (partial(early_stopping_consistency, window=3), partial(agreeing_window, size=3)),
    ]
    for protocol, until in protocols:
        outcome, _ = play(protocol(QUESTION, Table(["ada"]), most=12), script)
        replayed = draw(script, until=until, most=12)
        assert outcome.calls == replayed.used
        assert set(outcome.winners) == set(replayed.winners)


def test_windows_stop_at_the_first_that_agrees_and_count_all() -> None:
    script = ["6", "6", "5", "5", "5", "5"]
    outcome, waves = play(early_stopping_consistency(QUESTION, Table(["ada"]), window=2, most=9), script)
    assert [len(wave) for wave in waves] == [2]
    assert outcome.answer == "6"
    outcome, waves = play(
        early_stopping_consistency(QUESTION, Table(["ada"]), window=3, most=8), [*script, "7", "8"]
    )
    assert [len(wave) for wave in waves] == [3, 3]
    assert outcome.tally == {"6": 2, "5": 4}


def test_the_best_is_asked_once_or_for_everybody() -> None:
    weights = {"ada": 1.0, "bo": 2.5, "cy": 2.0}
    _, waves = play(best_single(QUESTION, Table(list(weights)), weights=weights), ["5"])
    assert [ask.seat for ask in waves[0]] == ["bo"]
    _, waves = play(more_from_the_best(QUESTION, Table(list(weights)), weights=weights), ["5"] * 3)
    assert [ask.seat for ask in waves[0]] == ["bo"] * 3


@pytest.mark.parametrize(
    ("choice", "answer", "invalid"),
    [
        ("They differ.\nChoice: draft 2", "6", 0),
        ("**Choice: Draft 3.**", "5", 0),
        ("Choice: draft 4", "5", 1),
        ("Choice: draft 0", "5", 1),
        ("draft 2", "5", 1),
        ("Choice: draft 2\nor maybe not", "5", 1),
        ("", "5", 1),
    ],
)
def test_a_choice_is_read_strictly(choice: str, answer: str, invalid: int) -> None:
    turns = universal_consistency(QUESTION, Table(["ada"]), samples=3)
    outcome, waves = play(turns, ["5", "6", "5"], choice)
    assert [len(wave) for wave in waves] == [3, 1]
    assert (outcome.answer, outcome.invalid, outcome.calls) == (answer, invalid, 4)
    assert "> Answer: 6" in waves[1][0].instruction


def test_an_unreadable_choice_never_falls_to_the_first_draft() -> None:
    outcome, _ = play(
        universal_consistency(QUESTION, Table(["ada"]), samples=3), ["7", "6", "6"], "the first"
    )
    assert outcome.answer == "6"
    assert "no choice that can be read" in outcome.reason


def test_equal_drafts_leave_nothing_to_choose() -> None:
    outcome, waves = play(universal_consistency(QUESTION, Table(["ada"]), samples=3), ["5"] * 3)
    assert len(waves) == 1
    assert outcome.answer == "5"


def test_a_judge_may_choose() -> None:
    table = Table(["ada"], offices={"judge": "solon"})
    _, waves = play(
        universal_consistency(QUESTION, table, samples=2, judge=True), ["5", "6"], "Choice: draft 1"
    )
    assert waves[1][0].seat == "solon"


def test_the_numbers_of_failed_drafts_are_not_offered() -> None:
    outcome, waves = play(
        universal_consistency(QUESTION, Table(["ada"]), samples=3), ["fail", "6", "5"], "Choice: draft 2"
    )
    assert outcome.answer == "5"
    assert "Draft 3" not in waves[1][0].instruction
    assert read_choice(Message(number=0, seat="ada", act="select", turn=0, text="Choice: draft 3"), 2) is None


@pytest.mark.parametrize(
    ("turns", "says"),
    [
        (lambda: self_consistency(QUESTION, Table(["ada"]), samples=0), "Draw 1 to"),
        (lambda: self_consistency(QUESTION, Table(["ada"]), samples=10**9), "Draw 1 to"),
        (lambda: self_consistency(QUESTION, Table(["ada"]), seat="adda"), "Did you mean 'ada'"),
        (
            lambda: self_consistency(QUESTION, Table(["ada"]), decide="judge_decides"),
            "Samples are decided over by a rule; 'judge_decides' asks or draws lots",
        ),
        (lambda: best_single(QUESTION, Table(["ada"])), "Nothing says who is best"),
        (lambda: more_from_the_best(QUESTION, Table(["ada"])), "Nothing says who is best"),
        (lambda: best_single(QUESTION, Table(["ada"]), weights={"bo": 1}), "belong to other agents"),
        (lambda: adaptive_consistency(QUESTION, Table(["ada"]), criterion="betta"), "Did you mean 'beta'"),  # type: ignore[arg-type]
        (lambda: adaptive_consistency(QUESTION, Table(["ada"]), threshold=1), "between 0 and 1"),
        (lambda: adaptive_consistency(QUESTION, Table(["ada"]), wave=0), "Draw 1 to"),
        (lambda: early_stopping_consistency(QUESTION, Table(["ada"]), window=1), "at least 2 samples"),
        (lambda: universal_consistency(QUESTION, Table(["ada"]), judge=True), "needs a judge"),
    ],
)
def test_what_cannot_be_sampled_is_said_before_anybody_is_asked(turns: Any, says: str) -> None:
    with pytest.raises(BadOption, match=says):
        next(turns())


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: draw([]), "At least 1 sample"),
        (lambda: draw(["5"], most=0), "At least 1 sample"),
        (lambda: replay([["5"]], []), "0 gold answers for 1"),
        (lambda: replay([["5"]], [None]), "nothing can be measured"),
        (lambda: beta_certainty(-1, 0), "no counts"),
    ],
)
def test_what_cannot_be_replayed(make: Any, says: str) -> None:
    with pytest.raises(BadOption, match=says):
        make()
