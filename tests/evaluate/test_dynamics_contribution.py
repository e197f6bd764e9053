"""Contributions of seats: what redeciding without them takes away, and Shapley values over all orders."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.evaluate.dynamics import Dynamics
from quorate.evaluate.dynamics.contribution import shapley
from quorate.redeciding import redecide
from quorate.transcripts import Transcript
from tests.evaluate.conftest import Heard, dynamics, records, standings, transcripts


def without(transcript: Transcript, seat: str) -> Transcript:
    """Return the transcript with nothing said by one seat."""
    messages = [m for held in transcript.rounds for m in held.answers.values() if m.seat != seat]
    seats = [name for name in transcript.seats if name != seat]
    return Transcript.of(transcript.question, seats or ["nobody"], messages, gold=transcript.gold)


def vote(transcript: Transcript, seats: tuple[str, ...]) -> float:
    answers = standings(transcript, len(transcript.rounds) or 1)[-1]
    counts = Counter(answers[s] for s in seats if answers[s] is not None)
    top = [a for a, c in counts.items() if c == max(counts.values())]
    return 1 / len(top) if transcript.gold in top else 0.0


@settings(max_examples=50)
@given(records)
def test_a_ballot_adds_what_redeciding_without_it_takes_away(record: list[tuple[Transcript, Heard]]) -> None:
    for member in dynamics(record).members:
        rest = [(t, without(t, member.name)) for t, _ in record if member.name in t.seats]
        golden = [pair for pair in rest if pair[0].gold is not None]
        found = member.contribution
        assert (found.ballot is None) == (not golden)
        if found.ballot is not None:
            first, second = (redecide(side).rules[0].rate for side in zip(*golden, strict=True))
            assert first is not None
            assert second is not None
            assert found.ballot.mean == pytest.approx(first.share - second.share, abs=2e-6)
        assert found.decisive == sum(winners(t) != winners(less) for t, less in rest)


def winners(transcript: Transcript) -> set[str]:
    counts = Counter(b.answer for b in transcript.ballots() if b.answer is not None)
    return {answer for answer, c in counts.items() if c == max(counts.values())}


@settings(max_examples=50)
@given(transcripts(gold=True))
def test_shapley_is_the_mean_over_all_orders(one: tuple[Transcript, Heard]) -> None:
    transcript, _ = one
    found = {m.name: m.contribution.shapley for m in Dynamics.of([transcript]).members}
    added = dict.fromkeys(transcript.seats, 0.0)
    orders = list(itertools.permutations(transcript.seats))
    for order in orders:
        for at, seat in enumerate(order):
            added[seat] += vote(transcript, order[: at + 1]) - vote(transcript, order[:at])
    for seat, total in added.items():
        value = found[seat]
        assert value is not None
        assert value.mean == pytest.approx(total / len(orders), abs=1e-6)


@settings(max_examples=50)
@given(st.lists(st.lists(st.integers(-1, 3), min_size=6, max_size=6), min_size=1, max_size=10))
def test_shapley_values_add_up_and_silence_is_worth_nothing(answers: list[list[int]]) -> None:
    last = np.array(answers)
    values = shapley(last)
    for row, found in zip(answers, values, strict=True):
        counts = Counter(a for a in row if a >= 0)
        top = [a for a, c in counts.items() if c == max(counts.values())]
        assert found.sum() == pytest.approx(1 / len(top) if 0 in top else 0.0)
        assert all(value == pytest.approx(0) for a, value in zip(row, found, strict=True) if a < 0)
