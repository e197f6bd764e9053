"""A deliberation that its stop check ends before the last round notes it, and old records go on without."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.events import Decided, Event, Noted
from quorate.nouns import Question
from quorate.record import read_events

QUESTION = Question(id="sum", text="What is 2+3?", kind="number")
EARLY: list[dict[str, Any]] = [
    {"debate": {"rounds": 3}},
    {"debate": {"rounds": 3, "until": {"any": ["unanimous", {"quorum": {"share": 0.6}}]}}},
    {"one_by_one": {"rounds": 3, "until": "unanimous", "decide": "plurality"}},
    {"relay": {"rounds": 3, "until": "unanimous"}},
    {"group_debate": {"groups": 2, "until": "unanimous"}},
]
HELD: list[dict[str, Any]] = [
    {"debate": {"rounds": 1}},
    {"debate": {"rounds": 2, "until": "never"}},
    {"one_by_one": {"rounds": 1, "until": "unanimous", "decide": "plurality"}},
    {"relay": {"rounds": 1}},
]


def definition(protocol: dict[str, Any]) -> Definition:
    return Definition([Agent(name, Scripted("Answer: 5")) for name in ("ada", "bo", "cy")], protocol=protocol)


def told(protocol: dict[str, Any]) -> list[Event]:
    events: list[Event] = []
    definition(protocol).run([QUESTION], listeners=[events.append])
    return events


@pytest.mark.parametrize("protocol", EARLY, ids=str)
def test_an_early_end_is_noted_with_its_reason(protocol: dict[str, Any]) -> None:
    *_, last, decided = told(protocol)
    assert isinstance(last, Noted)
    assert isinstance(decided, Decided)
    assert last.kind == "stopped"
    assert last.text
    assert last.text in decided.outcome.reason


@pytest.mark.parametrize("protocol", HELD, ids=str)
def test_the_last_round_is_no_early_end(protocol: dict[str, Any]) -> None:
    assert not [event for event in told(protocol) if isinstance(event, Noted)]


@pytest.mark.parametrize("ended", [True, False])
def test_a_record_made_without_the_note_goes_on(tmp_path: Path, ended: bool) -> None:
    folder = tmp_path / "run"
    (fresh,) = definition(EARLY[0]).run([QUESTION], record=folder)
    lines = [json.loads(line) for line in (folder / "events.jsonl").read_text("utf-8").splitlines()]
    kept = [line for line in lines if line["type"] != "noted" and (ended or line["type"] != "decided")]
    for line in kept:
        line.get("outcome", {}).pop("notes", None)
    (folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in kept), "utf-8")
    (again,) = definition(EARLY[0]).run([QUESTION], record=folder, resume=True)
    assert again.model_copy(update={"notes": fresh.notes}) == fresh
    assert bool(again.notes) is not ended
    noted = [event for event in read_events(folder) if isinstance(event, Noted)]
    assert len(noted) == (0 if ended else 1)
