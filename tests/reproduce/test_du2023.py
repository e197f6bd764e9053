"""Du et al. 2023: whole transcripts, all rounds, three of the five seats in the headline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quorate.reproduce import find_reproduction
from quorate.transcript_files import load_transcripts


def test_agents_and_rounds_are_those_of_the_paper(held: Callable[[str], Any]) -> None:
    found, folder = held("du2023")
    cost = {column.name: column.cost for column in found.comparison.columns}
    assert {name: cost[name].calls for name in ("3 agents, 2 rounds", "5 agents, 2 rounds")} == {
        "3 agents, 2 rounds": 6,
        "5 agents, 2 rounds": 10,
    }
    assert cost["self_consistency_calls"].calls == 6
    assert cost["3 agents, vote"].calls == 3
    loaded = load_transcripts(folder / "arms" / "3-agents-3-rounds" / "seed-0")
    assert all(len(transcript.rounds) == 3 for transcript in loaded.transcripts)


def test_calls_count_shared_drafts_once() -> None:
    assert find_reproduction("du2023").calls == 5 + (3 + 2 + 4 + 5) + 3 * 2 + 3 * 3
