"""Peer rank: weights of judges who are judged themselves, by hand, by eigenvectors and as published."""

from __future__ import annotations

import gzip
import json
import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadOption
from quorate.protocols.judging import (
    Comparison,
    peer_rank,
    position_bias,
    weighted_verdicts,
)

DATA = Path(os.environ.get("QUORATE_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data")


def rated(rates: np.ndarray, times: int = 8) -> list[Comparison]:
    """Return comparisons of each contestant with a neighbour in the shares given, by each reviewer."""
    names = [f"m{index}" for index in range(len(rates))]
    rng = np.random.default_rng(0)
    return [
        Comparison(judge, one, other, int(rng.choice([1, 0, -1], p=[rate, (1 - rate) / 2, (1 - rate) / 2])))
        for row, judge in enumerate(names)
        for one in names
        for other in names
        if one != other
        for rate in [rates[row][names.index(one)]]
        for _ in range(times)
    ]


@pytest.mark.parametrize("size", [2, 5, 9])
@pytest.mark.parametrize("seed", range(4))
def test_sum_weights_are_the_dominant_eigenvector(size: int, seed: int) -> None:
    said = rated(np.random.default_rng(seed).uniform(0.1, 0.9, (size, size)))
    found = peer_rank(said, normalise="sum")
    assert found.converged
    names = sorted(found.scores)
    rates = np.zeros((size, size))
    for row, judge in enumerate(names):
        for column, name in enumerate(names):
            shares = [
                0.5 + (0.5 if one.first == name else -0.5) * (one.verdict or 0)
                for one in said
                if one.judge == judge and name in (one.first, one.second)
            ]
            rates[row, column] = sum(shares) / len(shares)
    values, vectors = np.linalg.eig(rates.T)
    vector = np.abs(vectors[:, np.argmax(values.real)].real)
    assert list(found.weights.values()) == pytest.approx(vector / vector.sum(), abs=1e-9)
    again = peer_rank(said[::-1], normalise="sum")
    assert list(again.weights.values()) == pytest.approx(list(found.weights.values()), abs=1e-12)
    assert found == peer_rank(said, normalise="sum")


@given(st.integers(0, 10_000))
def test_min_max_weights_are_a_fixed_point(seed: int) -> None:
    said = rated(np.random.default_rng(seed).uniform(0, 1, (4, 4)), times=2)
    found = peer_rank(said)
    assert sum(found.weights.values()) == pytest.approx(1)
    if found.converged:
        scores = np.array([found.scores[name] for name in found.weights])
        span = scores - scores.min()
        assert list(found.weights.values()) == pytest.approx(span / span.sum(), abs=1e-9)
        assert min(found.weights.values()) == pytest.approx(0, abs=1e-12)


def test_equals_weigh_the_same_and_outsiders_are_refused() -> None:
    tied = [Comparison(judge, "x", "y", 0) for judge in "xy"]
    assert peer_rank(tied).weights == {"x": 0.5, "y": 0.5}
    assert peer_rank(tied).to_weights(n=1).method == "peer rank"
    assert peer_rank([Comparison("x", "x", "y", None)]).weights == {"x": 1.0}
    with pytest.raises(BadOption, match="'human' judges and is not judged"):
        peer_rank([*tied, Comparison("human", "x", "y", 1)])
    with pytest.raises(BadOption, match="there are none"):
        peer_rank([])


@pytest.mark.skipif(not DATA.is_dir(), reason="the recorded answers are not here")
def test_peer_rank_agrees_with_humans_as_published() -> None:
    """Five models judged each other on 80 questions; humans judged each pair too, by majority."""
    models: list[Comparison] = []
    votes: dict[tuple[str, str, str], int] = defaultdict(int)
    with gzip.open(DATA / "prd_vicuna80.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            for judge, first, second, verdict in row["preferences"]:
                if judge == "human":
                    votes[row["id"], first, second] += verdict
                    votes[row["id"], second, first] -= verdict
                else:
                    models.append(Comparison(judge, first, second, verdict, row["id"]))
    found = peer_rank(models)
    assert found.converged

    def agreement(weights: Mapping[str, float]) -> float:
        told = weighted_verdicts(models, weights)
        return float(np.mean([told[key] == np.sign(vote) for key, vote in votes.items()]))

    assert len(votes) == 1600
    assert agreement(found.weights) == 0.673125
    assert agreement(dict.fromkeys(found.weights, 1.0)) == 0.64375
    assert agreement({"gpt-4": 1.0}) == 0.6425
    assert sorted(found.scores, key=found.scores.__getitem__)[::-1] == [
        "gpt-4",
        "claude",
        "vicuna",
        "gpt-3.5",
        "bard",
    ]
    leans = {judge: round(position_bias(models, judge).lean, 3) for judge in found.weights}
    assert leans == {"bard": 0.602, "claude": -0.253, "gpt-3.5": -0.016, "gpt-4": 0.21, "vicuna": -0.182}
