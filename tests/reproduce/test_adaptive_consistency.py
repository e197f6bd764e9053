"""Adaptive consistency: fewer samples, and the same ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quorate.transcript_files import load_transcripts


def texts(folder: Any, arm: str) -> dict[str, list[str]]:
    loaded = load_transcripts(folder / "arms" / arm / "seed-0")
    return {
        t.question.id: [m.text for r in t.rounds for m in r.messages] + [m.text for m in t.rest]
        for t in loaded.transcripts
    }


def test_it_draws_the_first_of_the_same_samples(held: Callable[[str], Any]) -> None:
    found, folder = held("adaptive_consistency")
    cost = {column.name: column.cost.calls for column in found.comparison.columns}
    assert (cost["fixed, 40"], cost["fixed, 7"]) == (40, 7)
    assert 4 <= cost["adaptive"] < 40
    saved = next(beside for beside in found.beside if beside.heading.startswith("calls")).own["adaptive"]
    assert saved == f"{40 / cost['adaptive']:.1f}"
    whole, early = texts(folder, "fixed-40"), texts(folder, "adaptive")
    for question, drawn in early.items():
        assert drawn == whole[question][: len(drawn)]
