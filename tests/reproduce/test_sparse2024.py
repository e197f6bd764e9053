"""Li et al. 2024: regular graphs, the same first drafts, and fewer tokens the sparser they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quorate.reproduce.reproducing import stage

VOICES = [{"model": {"scripted": {"script": "Answer: 5"}}}]


def test_the_graphs_are_regular_with_the_published_densities() -> None:
    experiment = stage("sparse2024", voices=VOICES, problems={"arithmetic": {}}, count=1).experiment
    heard = {}
    for arm in experiment.everything:
        hearing = experiment.definition(arm, 0).table.hearing(1)
        (heard[arm.name],) = {len(peers) for peers in hearing.values()}
    assert heard == {"density 1": 5, "density 4/5": 4, "density 3/5": 3, "density 2/5": 2}


def test_sparser_graphs_read_less_by_equal_steps(held: Callable[[str], Any]) -> None:
    found, _ = held("sparse2024")
    own = found.beside[1].own
    saved = [float(own[f"density {share}"]) for share in ("4/5", "3/5", "2/5")]
    assert saved[1] == pytest.approx(2 * saved[0], abs=0.3)
    assert saved[2] == pytest.approx(3 * saved[0], abs=0.3)
    assert 0 < saved[0] < 100 / 6
