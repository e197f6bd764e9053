"""Debate or Vote: rounds after the drafts, a hub that alone answers, decoding as published, drift tested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quorate.reproduce import find_reproduction
from quorate.reproduce.reproducing import stage
from quorate.transcript_files import load_transcripts


def test_only_the_hub_answers_in_the_central_debate(held: Callable[[str], Any]) -> None:
    _, folder = held("debate_or_vote")
    loaded = load_transcripts(folder / "arms" / "central-t-2" / "seed-0")
    for transcript in loaded.transcripts:
        assert len(transcript.rounds) == 3
        assert transcript.outcome is not None
        assert transcript.outcome.answer == transcript.rounds[-1].answers["ada"].answer


def test_drift_is_tested_because_nobody_stops_early(held: Callable[[str], Any]) -> None:
    found, _ = held("debate_or_vote")
    for drifted in found.drifts:
        assert drifted.drift is not None
        assert drifted.drift.tested
        assert drifted.drift.total.mean > 0  # the script is right more often in later rounds
    assert "Drift over the rounds" in str(found)


def test_decoding_is_as_published_unless_it_is_said_otherwise() -> None:
    voices = [{"model": {"scripted": {"script": "Answer: 5"}}}]
    options: dict[str, Any] = {"voices": voices, "problems": {"arithmetic": {}}, "count": 1}
    agent = stage("debate_or_vote", **options).experiment.agents[0]
    assert (agent.sampling.temperature, agent.sampling.top_p) == (1.0, 0.9)
    agent = stage("debate_or_vote", sampling={"temperature": 0.5}, **options).experiment.agents[0]
    assert (agent.sampling.temperature, agent.sampling.top_p) == (0.5, 0.9)
    assert find_reproduction("debate_or_vote").calls == 5 + 3 * (2 + 3 + 5) * 5
