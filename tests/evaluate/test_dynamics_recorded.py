"""Dynamics of what real models said, beside figures computed elsewhere.

The answers are not part of the project: the tests skip where they are absent (set QUORATE_DATA).
"""

from __future__ import annotations

import functools
import os
from pathlib import Path

import pytest

from quorate.evaluate.dynamics import Dynamics
from quorate.transcript_files import load_transcripts
from quorate.transcripts import Transcript

DATA = Path(os.environ.get("QUORATE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
NEAR = 0.00006
"""Reference values have two decimals of a percent."""


@functools.cache
def recorded(name: str) -> tuple[Transcript, ...]:
    path = DATA / f"{name}.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"no {path.name} here; set QUORATE_DATA")
    return load_transcripts(path).transcripts


@functools.cache
def debated() -> Dynamics:
    """Problems of MATH that 3 or 4 agents of one model discussed a second time, because they disagreed."""
    return Dynamics.of([t for t in recorded("dylan_math") if len(t.rounds) == 2 and len(t.seats) > 2])


def test_flips_and_votes_of_a_second_round() -> None:
    found = debated()
    first, second = (held.plurality for held in found.rounds)
    assert first is not None
    assert second is not None
    assert found.questions == 2049
    assert first.share == pytest.approx(0.1908, abs=NEAR)
    assert second.share == pytest.approx(0.2318, abs=NEAR)
    assert (found.steps[0].seats.lost, found.steps[0].seats.gained) == (511, 922)


def test_talk_that_agreement_ends_is_not_tested_for_drift() -> None:
    """Those that were asked twice look like a drift, and the missing agreements give them away."""
    some = debated().drift
    every = [t for t in recorded("dylan_math") if len(t.seats) > 2]
    all_ = Dynamics.of(every).drift
    assert some is not None
    assert all_ is not None
    first, again = all_.steps[0].shift, all_.again
    assert first is not None
    assert again is not None
    assert some.tested
    assert some.past_agreement == 0
    assert "no question went on after all seats had agreed" in str(debated())
    assert not all_.tested
    assert first.mean == pytest.approx((922 - 511) / first.of, abs=1e-6)
    assert 0.5 * first.mean < again  # most of the gain is what answering again would bring alone
    one_round = [t for t in every if len(t.rounds) == 1]
    ended = Dynamics.of(one_round).rounds[0].plurality
    assert ended is not None
    assert ended.of == 1450
    assert ended.share == pytest.approx(0.8048, abs=NEAR)


@pytest.mark.parametrize(
    ("name", "vote", "best", "oracle"),
    [("gsm8k_openai4", 0.4817, 0.5625, 0.6725), ("mmlu_pro", 0.5864, 0.7179, 0.9407)],
)
def test_panels_that_only_voted(name: str, vote: float, best: float, oracle: float) -> None:
    found = Dynamics.of(recorded(name))
    (held,) = found.rounds
    assert held.plurality is not None
    assert held.any_right is not None
    assert held.gap is not None
    assert held.plurality.share == pytest.approx(vote, abs=NEAR)
    assert held.any_right.share == pytest.approx(oracle, abs=NEAR)
    assert held.gap.mean == pytest.approx(held.any_right.share - held.plurality.share, abs=1e-6)
    assert max(m.rounds[0].share for m in found.members) == pytest.approx(best, abs=NEAR)
    values = [m.contribution.shapley for m in found.members]
    if len(values) == 4:
        total = sum(value.mean for value in values if value is not None)
        assert total == pytest.approx(held.plurality.share, abs=1e-5)
