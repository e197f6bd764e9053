"""Recorded answers of real models through the core of `quorate decide`, beside figures computed elsewhere.

The answers are not part of the project: the tests skip where they are absent (set QUORATE_DATA).
"""

from __future__ import annotations

import functools
import os
from pathlib import Path

import pytest

from quorate.redeciding import redecide
from quorate.stopping import Stopped, replay_stops
from quorate.transcript_files import load_transcripts
from quorate.transcripts import Transcript

DATA = Path(os.environ.get("QUORATE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
NEAR = 0.02
"""Points: reference values have two decimals."""


@functools.cache
def recorded(name: str) -> tuple[Transcript, ...]:
    path = DATA / f"{name}.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"no {path.name} here; set QUORATE_DATA")
    loaded = load_transcripts(path)
    assert not loaded.broken
    return loaded.transcripts


def plurality(held: list[Transcript]) -> float:
    (scored,) = redecide(held).rules
    assert scored.rate is not None
    return 100 * scored.rate.share


@pytest.mark.parametrize(
    ("name", "vote", "best", "most"),
    [("gsm8k_openai4", 48.17, 56.25, 67.25), ("mmlu_pro", 58.64, 71.79, 94.07)],
)
def test_panels(name: str, vote: float, best: float, most: float) -> None:
    found = redecide(recorded(name), ["all"])
    rates = (found.rules[0].rate, found.best_rate, found.any_right)
    assert [100 * rate.share for rate in rates if rate] == pytest.approx([vote, best, most], abs=NEAR)
    assert "schulze" in found.left_out
    assert {scored.rule for scored in found.rules} >= {"majority", "plurality", "random_ballot", "unanimity"}


def test_rounds_of_a_debate() -> None:
    two = [t for t in recorded("dylan_math") if len(t.rounds) == 2 and len(t.seats) >= 3]
    assert len(two) == 2049
    assert plurality([t.upto(1) for t in two]) == pytest.approx(19.08, abs=NEAR)
    assert plurality(two) == pytest.approx(23.18, abs=NEAR)
    one = [t for t in recorded("dylan_math") if len(t.rounds) == 1]
    assert len(one) == 1450
    assert plurality(one) == pytest.approx(80.48, abs=NEAR)


def test_early_stopping_curve() -> None:
    # The recorded debates ended by DyLAN's own check (above two thirds of the agents), so a check can only
    # cut what that one let go on: 3,350 of 4,800 problems with 2 rounds or more.
    checks = [
        {"budget": {"rounds": 1}},
        {"low_entropy": {"bits": 1.0}},
        {"budget": {"rounds": 2}},
        {"mixture_stable": {"rounds": 1}},
        "quorum",
        "unanimous",
        "never",
    ]
    found = replay_stops(recorded("dylan_math"), checks)
    saved = [stopped.rounds_saved for stopped in found.checks]
    assert saved == sorted(saved, reverse=True), "ordered by the rounds they save"
    assert [round(100 * share, 1) for share in saved] == [48.0, 29.7, 11.6, 10.8, 5.3, 1.7, 0.0]
    assert [round(-lost(stopped), 1) for stopped in found.checks] == [-1.1, 0.8, -0.0, -0.0, 0.5, 0.2, 0.0]
    assert found.rate is not None
    assert 100 * found.rate.share == pytest.approx(36.53, abs=NEAR)


def lost(stopped: Stopped) -> float:
    points = stopped.points_lost
    assert points is not None
    return points
