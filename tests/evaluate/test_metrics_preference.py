"""Preferences with ties, and the calibration of arms."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from quorate.calibration import Metrics
from quorate.errors import BadOption
from quorate.evaluate.metrics import Preference, both_orders, calibration
from quorate.evaluate.metrics.preference import Verdict
from quorate.evaluate.results import Result

VERDICTS = st.sampled_from(get_args(Verdict))
TURNED: dict[Verdict, Verdict] = {"win": "loss", "tie": "tie", "loss": "win"}


@given(st.lists(VERDICTS, max_size=40))
def test_the_two_sides_share_everything(verdicts: list[Verdict]) -> None:
    ours, theirs = Preference.of(verdicts), Preference.of([TURNED[verdict] for verdict in verdicts])
    assert ours.share + theirs.share == pytest.approx(1.0)
    assert ours.p == theirs.p
    assert ours.rate.low <= ours.share + 1e-4
    assert ours.share <= ours.rate.high + 1e-4


def test_ties_count_half_and_say_nothing() -> None:
    found = Preference(won=9, tied=20, lost=1)
    assert found.share == pytest.approx(19 / 30)
    assert found.p == pytest.approx(float(binomtest(9, 10).pvalue))
    assert Preference().share == 0.5


@given(VERDICTS, VERDICTS)
def test_a_verdict_that_depends_on_the_order_is_a_tie(first: Verdict, second: Verdict) -> None:
    found = both_orders(first, second)
    assert found == (first if second == TURNED[first] else "tie")
    assert both_orders(second, first) == TURNED[found]


def test_no_verdict_is_named() -> None:
    with pytest.raises(BadOption, match="Did you mean 'loss'"):
        Preference.of(["lost"])  # type: ignore[list-item]
    with pytest.raises(BadOption, match="no verdict 'A'"):
        both_orders("win", "A")  # type: ignore[arg-type]


def test_every_arm_is_calibrated_on_what_it_states() -> None:
    rng = np.random.default_rng(1)
    sure = rng.random(200)
    right = (rng.random(200) < sure).astype(float)
    results = [
        Result(arm="true", seed=0, problem=str(at), worth=float(right[at]), confidence=float(sure[at]))
        for at in range(200)
    ]
    results += [row.model_copy(update={"arm": "boastful", "confidence": 1.0}) for row in results]
    results += [
        Result(arm="true", seed=0, problem="tie", worth=0.5, confidence=0.0),
        Result(arm="true", seed=0, problem="no gold", confidence=0.0),
        Result(arm="silent", seed=0, problem="q", worth=1.0),
    ]
    found = calibration(results)
    assert list(found) == ["true", "boastful"]
    assert found["true"] == Metrics.of(sure, right)
    assert found["true"].ece < 0.1 < found["boastful"].ece
    assert found["boastful"].brier == pytest.approx(1 - right.mean(), abs=1e-4)
