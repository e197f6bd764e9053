"""ReConcile: different models, one talk decided in three ways, confidences as the texts state them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from quorate.reproduce import reproduce
from quorate.reproduce.reproducing import stage
from quorate.transcript_files import load_transcripts

SUMS = {"arithmetic": {"form": "a+b", "largest": 3}}


def voice(text: str) -> dict[str, Any]:
    return {"model": {"scripted": {"script": text}}}


def test_three_ways_of_deciding_one_talk(held: Callable[[str], Any]) -> None:
    _, folder = held("reconcile")
    said = []
    for arm in ("weighted", "majority", "most-confident"):
        loaded = load_transcripts(folder / "arms" / arm / "seed-0")
        said.append([[m.text for r in t.rounds for m in r.messages] for t in loaded.transcripts])
    assert said[0] == said[1] == said[2]


def test_a_sure_minority_outweighs_two_that_doubt(tmp_path: Path) -> None:
    voices = [voice("Confidence: 100%\nAnswer: 4"), *[voice("Confidence: 50%\nAnswer: 9")] * 2]
    reproduce("reconcile", tmp_path / "run", voices=voices, problems=SUMS, count=1)
    answers = {}
    for arm in ("weighted", "majority"):
        (transcript,) = load_transcripts(tmp_path / "run" / "arms" / arm / "seed-0").transcripts
        assert transcript.outcome is not None
        answers[arm] = transcript.outcome.answer
        assert len(transcript.rounds) == 4
    assert answers == {"weighted": "4", "majority": "9"}


def test_silence_about_confidence_is_reported(tmp_path: Path) -> None:
    voices = [voice("Answer: 4"), voice("Answer: 9"), voice("Answer: 9.")]
    found = reproduce("reconcile", tmp_path / "run", voices=voices, problems=SUMS, count=1)
    assert any("no member said how sure it was" in note for note in found.notes)
    assert "All seats hold one model" not in "".join(found.notes)


def test_more_models_than_the_paper_has_get_seats_and_the_same_role() -> None:
    voices = [voice(f"Answer: {n}") for n in range(4)]
    agents = stage("reconcile", voices=voices, problems=SUMS, count=1).experiment.agents
    assert [agent.name for agent in agents] == ["ada", "bo", "cy", "agent-4"]
    assert len({agent.role for agent in agents}) == 1
