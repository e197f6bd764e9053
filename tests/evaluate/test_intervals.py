"""Intervals cover what they say, and agree with scipy and statsmodels on random data."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, bootstrap
from statsmodels.stats.proportion import proportion_confint

from quorate.errors import BadOption
from quorate.evaluate.paired import FEW
from quorate.evaluate.resampling import effective_count, mean_draws, quantiles
from quorate.evaluate.statistics import Difference, Rate, average, difference, wilson

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(st.integers(1, 500), st.data(), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_is_that_of_two_libraries(count: int, data: st.DataObject, level: float) -> None:
    right = data.draw(st.integers(0, count))
    ours = wilson(right, count, level)
    assert ours == pytest.approx(proportion_confint(right, count, 1 - level, "wilson"), abs=1e-9)
    theirs = binomtest(right, count).proportion_ci(level, "wilson")
    assert ours == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@pytest.mark.parametrize("count", [30, 100, 1000])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_wilson_covers(count: int, share: float) -> None:
    ends = np.array([wilson(right, count) for right in range(count + 1)])
    found = ends[np.random.default_rng(1).binomial(count, share, 4_000)]
    covered = np.mean((found[:, 0] <= share) & (share <= found[:, 1]))
    assert 0.925 <= covered <= 0.985


@pytest.mark.parametrize(
    ("count", "discordant", "apart"),
    [(100, 0.15, 0.0), (100, 0.3, 0.1), (300, 0.15, 0.05), (1000, 0.05, 0.03), (1000, 0.3, 0.0)],
)
def test_the_paired_bootstrap_covers(count: int, discordant: float, apart: float) -> None:
    @functools.cache
    def ends(won: int, lost: int) -> tuple[float, float]:
        same = [0.0] * (count - won - lost)
        found = difference([1.0] * won + [0.0] * lost + same, [0.0] * won + [1.0] * lost + same)
        return found.low, found.high

    chances = [(discordant + apart) / 2, (discordant - apart) / 2, 1 - discordant]
    drawn = np.random.default_rng(2).multinomial(count, chances, 400)
    found = np.array([ends(int(won), int(lost)) for won, lost, _ in drawn])
    assert 0.92 <= np.mean((found[:, 0] <= apart) & (apart <= found[:, 1])) <= 0.985


def adjusted(won: int, lost: int, same: int) -> tuple[float, float]:
    """The interval of Bonett and Price (2012), written down from the counts."""
    count = won + lost + same + 2
    up, down = (won + 1) / count, (lost + 1) / count
    half = 1.959964 * ((up + down - (up - down) ** 2) / count) ** 0.5
    return max(-1.0, up - down - half), min(1.0, up - down + half)


def of_counts(won: int, lost: int, same: int) -> Difference:
    equal = [0.0] * same
    return difference([1.0] * won + [0.0] * lost + equal, [0.0] * won + [1.0] * lost + equal)


@given(st.integers(0, 19), st.integers(0, 19), st.integers(0, 400))
def test_few_problems_that_differ_have_the_interval_of_bonett_and_price(
    won: int, lost: int, same: int
) -> None:
    if not won + lost + same or won + lost >= FEW:
        return
    found = of_counts(won, lost, same)
    assert (found.low, found.high) == pytest.approx(adjusted(won, lost, same), abs=1e-4)
    assert found.mean == pytest.approx((won - lost) / (won + lost + same))
    assert found.low <= found.mean <= found.high


@pytest.mark.parametrize("count", [30, 100, 300])
@pytest.mark.parametrize(("discordant", "apart"), [(0.02, 0.0), (0.05, 0.025), (0.05, 0.05), (0.1, 0.05)])
def test_rare_differences_are_covered(count: int, discordant: float, apart: float) -> None:
    """With 30 problems and 5 % that differ the bootstrap alone covers 2 of 3 times."""

    @functools.cache
    def ends(won: int, lost: int, adjust: bool) -> tuple[float, float]:
        if adjust:
            found = of_counts(won, lost, count - won - lost)
            return found.low, found.high
        values = [1.0] * won + [-1.0] * lost + [0.0] * (count - won - lost)
        return quantiles(mean_draws(values), 0.95)

    chances = [(discordant + apart) / 2, (discordant - apart) / 2, 1 - discordant]
    drawn = np.random.default_rng(8).multinomial(count, chances, 600)
    covered = {}
    for adjust in (True, False):
        found = np.array([ends(int(won), int(lost), adjust) for won, lost, _ in drawn])
        covered[adjust] = float(np.mean((found[:, 0] <= apart + 1e-9) & (apart - 1e-9 <= found[:, 1])))
    assert covered[True] >= 0.92
    if (count, discordant, apart) == (30, 0.05, 0.025):
        assert covered[False] < 0.75, "the example is too easy to show why two problems are added"


def test_nothing_that_differs_is_no_proof_of_equality() -> None:
    few, many = difference([1.0] * 20, [1.0] * 20), difference([1.0] * 2000, [1.0] * 2000)
    assert few.high == -few.low == pytest.approx(0.126, abs=1e-3)
    assert 0 < many.high < 0.002
    assert difference([3.0] * 20, [3.0] * 20) == Difference(mean=0, low=0, high=0), "calls are no worths"


def test_seeds_of_few_problems_are_not_taken_for_problems() -> None:
    first, second = [1.0] * 5 + [0.0] * 95, [0.0] * 100
    once = difference(first, second)
    groups = [n for n in range(100) for _ in range(3)]
    thrice = difference(
        [v for v in first for _ in range(3)], [v for v in second for _ in range(3)], groups=groups
    )
    assert (once.low, once.high) == (thrice.low, thrice.high)
    parts = difference([1.0, 0.0, 0.0] * 5 + [0.0] * 285, [0.0] * 300, groups=groups)
    assert 0.001 < parts.high < once.high
    tie = difference([0.5] + [0.0] * 19, [0.0] * 20)
    assert tie.high - tie.low > 0.2, "half a point on one problem is no more certain than none"


def answers(rng: np.random.Generator, problems: int, seeds: int, share: float) -> list[float]:
    """Answers of several seeds to problems of differing difficulty, problem by problem."""
    chances = rng.beta(2 * share, 2 * (1 - share), problems)
    return (rng.random((problems, seeds)) < chances[:, None]).astype(float).ravel().tolist()


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_intervals_over_several_seeds_cover_only_when_problems_are_drawn(share: float) -> None:
    rng, problems, seeds, times = np.random.default_rng(3), 60, 5, 200
    groups = [problem for problem in range(problems) for _ in range(seeds)]
    covered = {"bootstrap": 0, "effective": 0, "naive": 0}
    for _ in range(times):
        worth = answers(rng, problems, seeds, share)
        sample, whole = average(worth, groups=groups), Rate.clustered(worth, groups)
        plain = Rate.count(sum(worth), len(worth))
        covered["bootstrap"] += sample.low <= share <= sample.high
        covered["effective"] += whole.low <= share <= whole.high
        covered["naive"] += plain.low <= share <= plain.high
    assert covered["bootstrap"] >= 0.9 * times
    assert covered["effective"] >= 0.9 * times
    assert covered["naive"] < 0.85 * times, "the example is too easy to show why problems are drawn"


def test_the_bootstrap_of_a_mean_is_that_of_scipy() -> None:
    values = np.random.default_rng(4).gamma(2, 10, 150)
    ours = average(values.tolist())
    theirs = bootstrap((values,), np.mean, n_resamples=9_999, method="percentile", rng=5).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.2)
    assert ours.mean == pytest.approx(values.mean()), ours.of


def test_a_repeated_answer_is_no_new_evidence() -> None:
    worth = [0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0] * 4
    once, groups = average(worth), list(range(len(worth)))
    thrice = average(worth * 3, groups=groups * 3)
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high), abs=0.02)
    alone = Rate.mean(worth)
    repeated = Rate.clustered(worth * 3, groups * 3)
    assert alone is not None
    assert (repeated.low, repeated.high) == pytest.approx((alone.low, alone.high), abs=1e-3)
    assert repeated.of == 3 * len(worth)


@given(SHARES)
def test_one_answer_a_problem_needs_no_groups(worth: list[float]) -> None:
    alone = Rate.mean(worth)
    grouped = Rate.clustered(worth, list(range(len(worth))))
    assert alone is not None
    assert (alone.low, alone.high) == pytest.approx((grouped.low, grouped.high), abs=1.1e-4)


@given(SHARES, st.data())
def test_the_effective_count_lies_between_problems_and_answers(
    worth: list[float], data: st.DataObject
) -> None:
    groups = data.draw(st.lists(st.integers(0, 5), min_size=len(worth), max_size=len(worth)))
    found = effective_count(np.array(worth), groups)
    assert len(set(groups)) <= found <= len(worth)


@given(SHARES, st.integers(0, 9))
def test_an_interval_holds_its_mean_and_turns_with_its_sign(worth: list[float], seed: int) -> None:
    found = average(worth, seed=seed)
    assert found.low - 1e-4 <= found.mean <= found.high + 1e-4
    other = [0.5] * len(worth)
    there, back = difference(worth, other), difference(other, worth)
    assert there.mean == pytest.approx(-back.mean)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=0.15)


def test_a_higher_level_is_a_wider_interval() -> None:
    values = np.random.default_rng(6).random(200).tolist()
    widths = [
        found.high - found.low for found in (average(values, level=level) for level in (0.5, 0.9, 0.99))
    ]
    assert widths == sorted(widths)
    assert difference(values, values[::-1], level=0.5).low > difference(values, values[::-1], level=0.99).low


def test_draws_repeat_and_many_values_fit_in_memory() -> None:
    values = np.random.default_rng(7).random(3_000).tolist()
    assert (mean_draws(values, seed=1) == mean_draws(values, seed=1)).all()
    assert (mean_draws(values, seed=1) != mean_draws(values, seed=2)).any()
    assert mean_draws(values).std() == pytest.approx(np.std(values) / 3_000**0.5, rel=0.05)


def test_impossible_samples_are_named() -> None:
    with pytest.raises(BadOption, match="nothing to average"):
        average([])
    with pytest.raises(BadOption, match="Value 2 of 3 is inf"):
        average([1.0, float("inf"), 2.0])
    with pytest.raises(BadOption, match="2 for 3"):
        average([1.0, 2.0, 3.0], groups=["q1", "q2"])
    with pytest.raises(BadOption, match=r"level .* 95"):
        average([1.0], level=95)
    with pytest.raises(BadOption, match="1 for 2"):
        Rate.clustered([1.0, 0.0], ["q1"])
