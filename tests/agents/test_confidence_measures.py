"""Measures of confidence, and its calibration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.agents.confidence.head import product_logits
from quorate.calibration import Calibration, Metrics, auc, ece, sigmoid


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.9]), st.booleans()), min_size=1, max_size=30))
def test_auc_counts_pairs(pairs: list[tuple[float, bool]]) -> None:
    right = [chance for chance, label in pairs if label]
    wrong = [chance for chance, label in pairs if not label]
    found = auc([chance for chance, _ in pairs], [label for _, label in pairs])
    if not right or not wrong:
        assert found is None
    else:
        won = sum((one > other) + (one == other) / 2 for one in right for other in wrong)
        assert found == pytest.approx(won / (len(right) * len(wrong)))


@pytest.mark.parametrize(("slope", "shift"), [(4.0, 0.0), (0.3, 0.0), (1.0, 2.0), (5.0, -3.0)])
def test_calibration_lowers_the_calibration_error(slope: float, shift: float) -> None:
    rng = np.random.default_rng(0)
    honest = rng.normal(0, 2, 4000)
    labels = rng.random(4000) < sigmoid(honest)
    claimed = slope * honest + shift
    learn, held_out = slice(0, 2000), slice(2000, None)
    before = ece(sigmoid(claimed[held_out]), labels[held_out])
    after = Metrics.of(Calibration.fit(claimed[learn], labels[learn])(claimed[held_out]), labels[held_out])
    assert before > 0.08
    assert after.ece < 0.03
    assert after.auc == pytest.approx(auc(claimed[held_out], labels[held_out]), abs=1e-3), "the order changed"


@given(st.lists(st.tuples(st.floats(-60, 60), st.booleans()), max_size=20))
def test_calibration_never_fails_and_keeps_the_order(pairs: list[tuple[float, bool]]) -> None:
    logits = np.array([logit for logit, _ in pairs])
    fitted = Calibration.fit(logits, [label for _, label in pairs])
    assert fitted.slope > 0
    assert np.isfinite(fitted(logits)).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_an_answer_is_no_surer_than_its_lines(chances: list[float]) -> None:
    [logit] = product_logits(np.array(chances), np.zeros(len(chances), dtype=np.int64), 1)
    assert sigmoid(logit) == pytest.approx(np.prod(chances), abs=1e-8)
