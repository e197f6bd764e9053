"""Shifts: Student's t against scipy, and what clustering by question changes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quorate.evaluate.dynamics.shifts import Shift, rate, student_quantile, student_tail


@given(st.integers(1, 1999), st.floats(-40, 40))
def test_the_tail_of_student(freedom: int, t: float) -> None:
    assert student_tail(t, freedom) == pytest.approx(stats.t.sf(t, freedom), abs=1e-11)


@pytest.mark.parametrize("freedom", [1, 2, 3, 10, 30, 1999, 2000, 9999])
def test_the_quantile_of_student(freedom: int) -> None:
    assert student_quantile(0.975, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-3)
    if freedom < 2000:
        assert student_quantile(0.975, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=1e-9)


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=2, max_size=60))
def test_without_groups_it_is_the_one_sample_t_test(changes: list[float]) -> None:
    found = Shift.over(changes, range(len(changes)))
    assert found is not None
    assert found.questions == found.of == len(changes)
    if len(set(changes)) > 1:
        wanted = stats.ttest_1samp(changes, 0)
        interval = wanted.confidence_interval(0.95)
        assert found.p == pytest.approx(wanted.pvalue, abs=1e-9)
        assert found.low == pytest.approx(max(-1, interval.low), abs=2e-6)
        assert found.high == pytest.approx(min(1, interval.high), abs=2e-6)


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=2, max_size=40), st.integers(2, 5))
def test_copies_of_a_question_are_no_new_evidence(changes: list[float], copies: int) -> None:
    once = Shift.over(changes, range(len(changes)))
    again = Shift.over(changes * copies, list(range(len(changes))) * copies)
    assert once is not None
    assert again is not None
    assert again.model_dump(exclude={"of", "p"}) == pytest.approx(
        once.model_dump(exclude={"of", "p"}), abs=2e-6
    )
    assert again.p == pytest.approx(once.p, abs=1e-6)


def test_where_there_is_no_spread() -> None:
    none = Shift.over([], [])
    same, still, one = (
        Shift.over([1] * 6, range(6)),
        Shift.over([0] * 6, range(6)),
        Shift.over([1, 1], [0, 0]),
    )
    assert none is None
    assert same is not None
    assert still is not None
    assert one is not None
    assert same.p == pytest.approx(2**-5)  # the sign test
    assert still.p == 1.0
    assert (one.p, one.low, one.high, one.questions) == (None, -1.0, 1.0, 1)


def test_groups_may_have_gaps_in_their_numbers() -> None:
    assert Shift.over([1, 0, 0], [7, 3, 90]) == Shift.over([1, 0, 0], [0, 1, 2])


def test_between_two_sets_of_questions_is_welch() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.random(400) < 0.6, rng.random(700) < 0.5
    values = np.concatenate([first, second]).astype(float)
    some = np.arange(1100) < 400
    found = Shift.between(values, np.arange(1100), some, ~some)
    wanted = stats.ttest_ind(first, second, equal_var=False)
    assert found.mean == pytest.approx(first.mean() - second.mean(), abs=1e-6)
    assert found.p == pytest.approx(wanted.pvalue, rel=0.05)


def test_between_knows_what_belongs_together() -> None:
    """The difference of two answers to one question varies less when they move together."""
    rng = np.random.default_rng(1)
    shared = (rng.random(500) < 0.5).astype(float)
    values, some = np.concatenate([shared, shared]), np.arange(1000) < 500
    together = Shift.between(values, np.tile(np.arange(500), 2), some, ~some)
    apart = Shift.between(values, np.arange(1000), some, ~some)
    assert together.high - together.low < 0.01 < apart.high - apart.low


def test_the_interval_covers_the_truth() -> None:
    rng, hits, times = np.random.default_rng(2), 0, 400
    for _ in range(times):
        of_question = rng.normal(0.1, 0.3, 40).clip(-1, 1)
        groups = np.repeat(np.arange(40), rng.integers(1, 6, 40))
        found = Shift.over((of_question[groups] + rng.normal(0, 0.1, len(groups))).clip(-1, 1), groups)
        assert found is not None
        hits += found.low <= 0.1 <= found.high
    assert abs(hits / times - 0.95) < 4 * math.sqrt(0.95 * 0.05 / times)


def test_rates_of_nothing() -> None:
    assert rate([], []) is None


@pytest.mark.parametrize("freedom", range(1, 2500, 7))
def test_the_far_tail_is_a_probability(freedom: int) -> None:
    assert all(0 <= student_tail(t, freedom) <= 0.5 for t in (8.0, 20.0, 60.0, 1e3, 1e6, 1e12))
