"""Claims: p-values and corrections as in scipy and statsmodels, and designs that keep their promise."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, false_discovery_control
from statsmodels.stats.contingency_tables import mcnemar as their_mcnemar
from statsmodels.stats.multitest import multipletests

from quorate.errors import BadOption
from quorate.evaluate.claims import (
    benjamini_hochberg,
    compare,
    detectable,
    detectable_among,
    discordance,
    holm,
    mcnemar,
    power,
    stands,
)
from quorate.evaluate.results import Comparison

COUNTS = st.integers(0, 400)
PS = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(COUNTS, COUNTS)
def test_mcnemar_is_that_of_two_libraries(won: int, lost: int) -> None:
    ours = mcnemar(won, lost)
    assert ours == pytest.approx(float(their_mcnemar([[7, won], [lost, 5]], exact=True).pvalue), rel=1e-9)
    if won + lost:
        assert ours == pytest.approx(float(binomtest(won, won + lost).pvalue), rel=1e-9)


def test_mcnemar_of_many_problems_is_quick_and_of_hardly_any_chance() -> None:
    assert mcnemar(60_000, 50_000) == pytest.approx(float(binomtest(50_000, 110_000).pvalue), rel=1e-6)
    assert mcnemar(2_000, 0) == 0.0 or mcnemar(2_000, 0) < 1e-300
    with pytest.raises(BadOption, match="not negative"):
        mcnemar(-1, 3)


@settings(max_examples=30)
@given(PS)
def test_corrections_are_those_of_statsmodels_and_scipy(ps: list[float]) -> None:
    assert holm(ps) == pytest.approx(multipletests(ps, method="holm")[1])
    assert benjamini_hochberg(ps) == pytest.approx(multipletests(ps, method="fdr_bh")[1])
    assert benjamini_hochberg(ps) == pytest.approx(false_discovery_control(ps))


@given(PS)
def test_corrections_only_raise_and_keep_the_order(ps: list[float]) -> None:
    for correct in (holm, benjamini_hochberg):
        found = correct(ps)
        assert all(p - 1e-12 <= q <= 1 for p, q in zip(ps, found, strict=True))
        assert [found[at] for at in np.argsort(ps, kind="stable")] == sorted(found)
    assert all(q <= p + 1e-12 for p, q in zip(holm(ps), benjamini_hochberg(ps), strict=True))


def test_what_is_no_p_value_is_named() -> None:
    assert holm([]) == () == benjamini_hochberg([])
    with pytest.raises(BadOption, match=r"number 2 is 1\.5"):
        holm([0.5, 1.5])
    with pytest.raises(BadOption, match="number 1 is nan"):
        benjamini_hochberg([float("nan")])


DESIGNS = {"count": st.integers(50, 5_000), "discordant": st.floats(0.02, 1.0)}


@given(**DESIGNS, sure=st.floats(0.5, 0.99))
def test_detectable_is_the_inverse_of_power(count: int, discordant: float, sure: float) -> None:
    least = detectable(count, discordant, sure)
    assume(least <= discordant * 0.999)
    assert power(count, discordant, least) == pytest.approx(sure, abs=1e-6)


@given(count=st.integers(1, 5_000), discordant=st.floats(0, 1))
def test_more_problems_show_less_and_the_difference_is_a_share(count: int, discordant: float) -> None:
    least = detectable(count, discordant)
    assert 0 < least <= 1
    assert detectable(2 * count, discordant) <= least + 1e-12
    assert detectable(count, discordant, 0.9) >= least - 1e-12
    assert detectable(count, discordant, 0.8, 0.01) >= least - 1e-12


def test_where_all_the_discordance_is_not_enough_more_is_needed() -> None:
    least = detectable(50, 0.02)
    assert least > 0.02
    assert power(50, least, least) == pytest.approx(0.8, abs=1e-6)
    assert detectable(2, 0.5) == 1.0


@pytest.mark.parametrize("count", range(1, 12))
@pytest.mark.parametrize("level", [0.05, 0.05 / 23])
def test_nothing_shows_where_even_winning_all_is_no_evidence(count: int, level: float) -> None:
    if mcnemar(count, 0) > level:
        assert detectable(count, 1.0, level=level) == 1.0


def test_after_a_correction_only_larger_differences_show() -> None:
    worth = {"a": [1.0] * 100 + [0.0] * 100, "b": [0.0] * 100 + [1.0] * 100, "c": [0.0, 1.0] * 100}
    pairs = [("a", "b"), ("a", "c"), ("b", "c")]
    found = detectable_among(worth, pairs, corrected=True) or 0.0
    assert found == pytest.approx(detectable(200, 0.5, level=0.05 / 3))
    assert found > (detectable_among(worth, pairs) or 1)
    table = Comparison(title="t", problems=200, detectable=0.1, detectable_corrected=found)
    assert (table.reach or "").endswith(f"after the correction for 0 comparisons, one of {100 * found:.1f}.")
    assert (table.model_copy(update={"detectable_corrected": 1.0}).reach or "").endswith("none does.")
    assert table.model_copy(update={"detectable": None}).reach is None


@pytest.mark.parametrize(("count", "discordant"), [(300, 0.15), (1000, 0.15), (1000, 0.4)])
def test_a_detectable_difference_is_detected_as_often_as_promised(count: int, discordant: float) -> None:
    apart = detectable(count, discordant)

    @functools.cache
    def decided(won: int, lost: int) -> tuple[bool, bool]:
        first = [1.0] * won + [0.0] * (count - won)
        second = [0.0] * won + [1.0] * lost + [0.0] * (count - won - lost)
        (claim,) = compare({"a": first, "b": second}, [("a", "b")])
        return claim.holds, stands(claim)

    chances = [(discordant + apart) / 2, (discordant - apart) / 2, 1 - discordant]
    drawn = np.random.default_rng(1).multinomial(count, chances, 400)
    holds, stood = np.mean([decided(int(won), int(lost)) for won, lost, _ in drawn], axis=0)
    assert 0.74 <= holds <= 0.87
    assert 0.68 <= stood <= holds  # the exact test is a little more careful


def test_arms_alike_are_rarely_told_apart() -> None:
    rng = np.random.default_rng(2)
    worth = {f"arm {n}": (rng.random(200) < 0.6).astype(float).tolist() for n in range(8)}
    pairs = [(a, b) for a in worth for b in worth if a < b]
    assert not any(stands(claim) for claim in compare(worth, pairs))


def test_designs_that_cannot_be_are_named() -> None:
    with pytest.raises(BadOption, match="at least one problem"):
        detectable(0, 0.1)
    with pytest.raises(BadOption, match=r"between 0 and 1; got 1\.5"):
        detectable(10, 1.5)
    with pytest.raises(BadOption, match="power lies between"):
        detectable(10, 0.1, power=1.0)
    with pytest.raises(BadOption, match="level of a test"):
        detectable(10, 0.1, level=0.0)
    with pytest.raises(BadOption, match=r"impossible when only 0\.1"):
        power(100, 0.1, 0.2)
    assert power(100, 0.0, 0.0) == 0.0
    assert power(1000, 0.2, 0.2) == pytest.approx(1.0)


def test_claims_count_problems_and_are_corrected_together() -> None:
    worth = {
        "debate": [1] * 80 + [0] * 20,
        "vote": [1] * 65 + [0] * 35,
        "alone": [0] * 10 + [1] * 60 + [0] * 30,
    }
    pairs = [("debate", "vote"), ("debate", "alone"), ("vote", "alone")]
    claims = compare(worth, pairs)
    assert [(claim.arm, claim.rival) for claim in claims] == pairs
    assert [(claim.won, claim.lost) for claim in claims] == [(15, 0), (20, 0), (10, 5)]
    assert [claim.p for claim in claims] == [mcnemar(15, 0), mcnemar(20, 0), mcnemar(10, 5)]
    assert tuple(claim.adjusted for claim in claims) == pytest.approx(holm([claim.p for claim in claims]))
    assert [claim.holds for claim in claims] == [True, True, False] == [stands(claim) for claim in claims]
    softer = compare(worth, pairs, correction="benjamini_hochberg")
    assert tuple(claim.adjusted for claim in softer) == benjamini_hochberg([claim.p for claim in claims])


def test_ties_count_for_who_got_more_of_them() -> None:
    (claim,) = compare({"a": [0.1 + 0.2, 0.5, 1.0, 0.0], "b": [0.3, 0.0, 0.5, 1.0]}, [("a", "b")])
    assert (claim.won, claim.lost) == (2, 1)


def test_seeds_of_a_problem_are_one_piece_of_evidence() -> None:
    problems = [n for n in range(30) for _ in range(4)]
    better = {
        "a": [1.0 if n < 20 else 0.0 for n in problems],
        "b": [1.0 if n < 15 else 0.0 for n in problems],
    }
    (apart,) = compare(better, [("a", "b")])
    (together,) = compare(better, [("a", "b")], problems=problems)
    assert (apart.won, together.won) == (20, 5)
    assert apart.difference.mean == pytest.approx(together.difference.mean)
    widths = [claim.difference.high - claim.difference.low for claim in (together, apart)]
    assert widths[0] > 1.7 * widths[1]
    assert stands(apart)
    assert not stands(together)
    alone = detectable_among(better, [("a", "b")])
    assert alone is not None
    assert (detectable_among(better, [("a", "b")], problems=problems) or 0) > 1.5 * alone


def test_what_the_problems_at_hand_can_show() -> None:
    worth = {"a": [1, 1, 0, 0] * 50, "b": [1, 0, 1, 0] * 50, "c": [1, 1, 0, 1] * 50}
    assert discordance(worth["a"], worth["b"]) == 0.5
    found = detectable_among(worth, [("a", "b"), ("a", "c"), ("b", "c")])
    assert found == pytest.approx(detectable(200, 0.5))
    assert detectable_among(worth, []) is None
    assert compare(worth, []) == ()


@pytest.mark.parametrize(
    ("worth", "sentence"),
    [
        ({"vote": [1.0], "vot": [1.0]}, "no arm called 'debate'. Known: vot, vote"),
        ({"vote": [1.0], "debate": [1.0, 0.0]}, "'vote' answered 1, 'debate' answered 2"),
        ({"vote": [1.0, float("nan")], "debate": [1.0, 0.0]}, "'vote' cannot be compared: its answer 2"),
        ({"vote": [], "debate": []}, "it has no answers"),
    ],
)
def test_arms_that_cannot_be_compared_are_named(worth: dict[str, list[float]], sentence: str) -> None:
    with pytest.raises(BadOption, match=sentence):
        compare(worth, [("vote", "debate")])


def test_an_unknown_correction_is_named() -> None:
    with pytest.raises(BadOption, match="Did you mean 'holm'"):
        compare({"a": [1.0], "b": [0.0]}, [("a", "b")], correction="hollm")
    with pytest.raises(BadOption, match="same problems"):
        discordance([1.0], [])
