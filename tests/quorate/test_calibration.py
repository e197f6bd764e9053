"""Calibration and reliability: scipy's isotonic regression as an oracle, temperatures that were put in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from quorate.calibration import (
    Calibration,
    Isotonic,
    Metrics,
    Temperature,
    bin_of,
    brier,
    ece,
    logit,
    sigmoid,
)
from quorate.errors import BadOption
from quorate.reliability import Reliability

pairs = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.35, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=40
)


def apart(labelled: list[tuple[float, bool]]) -> tuple[list[float], list[int]]:
    return [claim for claim, _ in labelled], [int(right) for _, right in labelled]


@given(pairs)
def test_isotonic_equals_scipy(labelled: list[tuple[float, bool]]) -> None:
    claims, right = apart(labelled)
    points, places, counts = np.unique(claims, return_inverse=True, return_counts=True)
    oracle = isotonic_regression(np.bincount(places, right) / counts, weights=counts).x
    assert Isotonic.fit(claims, right)(points) == pytest.approx(oracle)


@given(pairs)
def test_fitted_curves_rise_and_stay_within_bounds(labelled: list[tuple[float, bool]]) -> None:
    claims, right = apart(labelled)
    grid = np.linspace(0, 1, 101)
    for curve in (Isotonic.fit(claims, right), Temperature.fit(claims, right)):
        mended = curve(grid)
        assert (np.diff(mended) >= -1e-12).all()
        assert ((mended >= 0) & (mended <= 1)).all()
    assert Temperature.fit(claims, right)([0.5]) == pytest.approx(0.5)


@given(pairs)
def test_no_other_temperature_is_better(labelled: list[tuple[float, bool]]) -> None:
    claims, right = (np.array(part, dtype=np.float64) for part in apart(labelled))

    def loss(temperature: float) -> float:
        odds = logit(claims) / temperature
        return float((np.logaddexp(0, odds) - right * odds).sum())

    found = Temperature.fit(claims, right).temperature
    assert (
        loss(found)
        <= min(loss(found * factor) for factor in (0.5, 0.9, 1.1, 2.0) if found * factor <= 100) + 1e-6
    )


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_a_temperature_that_was_put_in_is_found(temperature: float) -> None:
    rng = np.random.default_rng(0)
    honest = rng.normal(0, 2, 6000)
    labels = rng.random(6000) < sigmoid(honest)
    claimed = sigmoid(honest * temperature)
    found = Temperature.fit(claimed, labels)
    assert found.temperature == pytest.approx(temperature, rel=0.08)
    for curve in (found, Isotonic.fit(claimed[:3000], labels[:3000])):
        assert ece(curve(claimed[3000:]), labels[3000:]) < 0.035
    if temperature != 1:
        assert ece(claimed[3000:], labels[3000:]) > 0.05


def test_measures_by_hand() -> None:
    # Bins 0.2 and 0.9: |0.4 - 1| and |1.8 - 1| of four claims; squares 0.04, 0.64, 0.01, 0.81.
    claims, right = [0.2, 0.2, 0.9, 0.9], [0, 1, 1, 0]
    assert ece(claims, right) == pytest.approx((0.6 + 0.8) / 4)
    assert brier(claims, right) == pytest.approx(1.5 / 4)
    assert Metrics.of(np.array(claims), right).auc == 0.5
    assert bin_of(np.array([0.0, 0.1, 1.0]), 5).tolist() == [0, 0, 4]


@given(pairs, st.integers(1, 20))
def test_the_bins_of_a_table_add_up(labelled: list[tuple[float, bool]], bins: int) -> None:
    claims, right = apart(labelled)
    found = Reliability.of(claims, right, bins)
    assert sum(bin.n for bin in found.bins) == found.metrics.n == len(claims)
    gap = sum(bin.n * abs(bin.claimed - bin.right) for bin in found.bins) / len(claims)
    assert gap == pytest.approx(ece(claims, right, bins))
    assert all(
        bin.interval[0] <= bin.right + 1e-9 and bin.right <= bin.interval[1] + 1e-9 for bin in found.bins
    )


def test_a_table_in_characters() -> None:
    drawn = str(Reliability.of([0.9] * 8 + [0.1] * 2, [1, 0] * 4 + [0, 0])).splitlines()
    assert len(drawn) == 4
    assert drawn[2].startswith("0.90 - 1.00         8  0.900  0.500  0.215 - 0.785")
    plot = drawn[2][drawn[0].index("interval") + len("interval") + 1 + 1 :]
    assert plot.index("o") < plot.index("+")
    assert "ECE 0.3400" in drawn[3]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Temperature.fit([], []), "at least one"),
        (lambda: Temperature.fit([0.5], [1, 0]), "2 for 1"),
        (lambda: Isotonic.fit([1.5], [1]), "number 1 is 1.5"),
        (lambda: Isotonic.fit([float("nan")], [1]), "number 1 is nan"),
        (lambda: Isotonic.fit([0.5], [0.5]), "A label is 1 for right"),
        (lambda: Isotonic(claimed=(0.5, 0.2), right=(0, 1)), "a rising curve"),
        (lambda: Isotonic(claimed=(), right=()), "a rising curve"),
        (lambda: Temperature(temperature=float("inf")), "finite number above 0"),
        (lambda: Reliability.of([0.5], [1], bins=0), "1 to 1000 bins"),
    ],
)
def test_what_cannot_be_calibrated(make: Any, says: str) -> None:
    with pytest.raises(BadOption, match=says):
        make()


def test_a_line_through_log_odds_takes_what_claims_are_made_of() -> None:
    claims, right = np.array([0.9] * 10 + [0.2] * 10), [1, 0] * 10
    assert Calibration.fit(logit(claims), right)(logit(claims)) == pytest.approx(0.5, abs=0.05)
