"""The formulas beside the live view: intervals, refresh, the time left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.evaluate import wilson
from quorate.live.pace import LONGEST, SHARE, SHORTEST, Pace, pause_after


@pytest.mark.parametrize(
    ("correct", "known", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_wilson_against_known_values(correct: int, known: int, low: float, high: float) -> None:
    assert list(wilson(correct, known)) == pytest.approx([low, high], abs=1e-4)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_mirrors(pair: tuple[int, int]) -> None:
    correct, known = pair
    low, high = wilson(correct, known)
    assert 0 <= low <= correct / known + 1e-12
    assert correct / known - 1e-12 <= high <= 1
    assert list(wilson(known - correct, known)) == pytest.approx([1 - high, 1 - low], abs=1e-9)


@given(st.floats(0, 1e6))
def test_drawing_takes_its_share_within_the_bounds(cost: float) -> None:
    pause = pause_after(cost)
    assert SHORTEST <= pause <= LONGEST <= 1.0
    assert SHARE < 0.01
    if SHORTEST < pause < LONGEST:
        assert cost / pause == pytest.approx(SHARE)


def test_the_time_left_comes_from_the_latest_decisions() -> None:
    pace = Pace(memory=3)
    assert pace.eta(0.0, 0, 10) is None
    for now, done in ((0.0, 0), (100.0, 1), (110.0, 2), (120.0, 3)):
        pace.note(now, done)
    assert pace.eta(120.0, 3, 10) == pytest.approx(70.0)
    assert pace.eta(140.0, 3, 10) == pytest.approx(140.0)
    assert pace.eta(140.0, 10, 10) == 0.0


def test_what_a_resumed_run_brings_along_does_not_count_for_the_pace() -> None:
    pace = Pace()
    pace.note(0.0, 0)
    pace.note(0.1, 500)
    pace.note(5.0, 500, fresh=True)
    assert pace.eta(6.0, 500, 600) is None
    pace.note(15.0, 510, fresh=True)
    assert pace.eta(15.0, 510, 600) == pytest.approx(90.0)
