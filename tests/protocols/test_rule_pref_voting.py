"""Our winners beside those that pref_voting found on profiles recorded by tools/record_pref_voting.py."""

from __future__ import annotations

import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FIXTURE = Path(__file__).parent / "pref_voting.json.gz"
RECORD: dict[str, dict[str, list[Any]]] = json.loads(gzip.decompress(FIXTURE.read_bytes()))


@pytest.fixture(scope="module")
def recorder() -> ModuleType:
    path = Path(__file__).parents[1] / "tools" / "record_pref_voting.py"
    spec = importlib.util.spec_from_file_location("record_pref_voting", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(RECORD["rankings"]))
def test_rankings_elect_whom_pref_voting_elects(name: str, recorder: ModuleType) -> None:
    rows = RECORD["rankings"][name]
    assert len(rows) > 200
    for size, tiers, expected in rows:
        found = recorder.ours(name, recorder.ranked_ballots(size, tiers))
        assert "".join(found) == expected, tiers


@pytest.mark.parametrize("name", sorted(RECORD["grades"]))
def test_grades_elect_whom_pref_voting_elects(name: str, recorder: ModuleType) -> None:
    rows = RECORD["grades"][name]
    assert len(rows) > 200
    for grades, expected in rows:
        given = [dict(zip("ABCDE", row, strict=False)) for row in grades]
        if name == "approval" and not any(map(any, grades)):
            continue  # where nobody approves of anything, we elect nobody, and they elect all
        made = recorder.approving_ballots(given) if name == "approval" else recorder.scored_ballots(given)
        assert "".join(recorder.ours(name, made)) == expected, given


def test_the_recorded_profiles_have_ties_and_omissions() -> None:
    profiles = [tuple(row[:2]) for rows in RECORD["rankings"].values() for row in rows]
    assert any(len(tier) > 1 for _, rows in profiles for row in rows for tier in row)
    assert any(sum(map(len, row)) < size for size, rows in profiles for row in rows)
    assert any(len(winners) > 1 for rows in RECORD["rankings"].values() for _, _, winners in rows)
