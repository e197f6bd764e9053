"""Notes are events: told once, before what they are about, and the same after any interruption."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.errors import RecordMismatch
from quorate.events import Asked, Decided, Event, Heard, Noted
from quorate.nouns import Ask, Message, Note, Outcome, Question, Table
from quorate.record import EVENTS, MANIFEST, read_events

PROTOCOL: dict[str, Any] = {
    "debate": {
        "rounds": 3,
        "filters": ["redundant", {"judge_picks": {"k": 1}}],
        "until": "never",
        "silent": "keep",
    }
}
QUESTIONS = [Question(id="q1", text="What is 2+3?"), Question(id="q2", text="What is 3+3?")]


def speak(ask: Ask, seed: int) -> str:
    if ask.act == "select":
        return f"Picks: {seed % 3}"
    return f"Answer: {'56'[(len(ask.seat) + ask.turn) % 2]}"


def definition(protocol: Any = PROTOCOL, **options: Any) -> Definition:
    model = Scripted(speak)
    seats = [Agent(name, model) for name in ("ada", "bo", "cyra", "di")]
    return Definition(
        seats, protocol=protocol, offices={"judge": Agent("solon", model)}, at_once=1, **options
    )


def told(events: Sequence[Event]) -> list[Any]:
    """Drop the times, which differ from run to run."""
    plain = [json.loads(event.model_dump_json(exclude={"at"})) for event in events]
    for event in plain:
        event.get("message", {}).update(at=0, seconds=0)
    return plain


def test_a_note_is_an_event_before_the_asks_that_carry_it(tmp_path: Path) -> None:
    events: list[Event] = []
    definition().run(QUESTIONS[:1], record=tmp_path / "run", listeners=[events.append])
    kinds = [(type(event).__name__, event.turn) for event in events if isinstance(event, Noted | Heard)]
    assert kinds[:2] == [("Noted", 1), ("Heard", 1)]
    first = next(event for event in events if isinstance(event, Noted))
    place = events.index(first)
    asked = next(event for event in events[place:] if isinstance(event, Asked))
    assert (asked.act, asked.turn, first.turn, first.kind) == ("select", 1, 1, "pruned")
    pruned = [event for event in events if isinstance(event, Noted) and event.kind == "pruned"]
    assert all(set(event.seats) == {v for _, v in event.edges} for event in pruned)
    assert told(list(read_events(tmp_path / "run"))) == told(events)


def test_a_run_cut_short_anywhere_tells_every_note_once(tmp_path: Path) -> None:
    definition().run(QUESTIONS, record=tmp_path / "whole")
    lines = (tmp_path / "whole" / EVENTS).read_text("utf-8").splitlines(keepends=True)
    whole = told(list(read_events(tmp_path / "whole")))
    for cut in range(1, len(lines), 3):
        folder = tmp_path / f"cut-{cut}"
        definition().run(QUESTIONS, record=folder)
        (folder / EVENTS).write_text("".join(lines[:cut]), "utf-8")
        definition().run(QUESTIONS, record=folder, resume=True)
        assert _without_repeated_asks(told(list(read_events(folder)))) == whole


def _without_repeated_asks(events: list[Any]) -> list[Any]:
    """Drop the asks that were on their way when the run was cut, and are asked again."""
    seen: list[Any] = []
    for event in events:
        if event["type"] != "asked" or event not in seen:
            seen.append(event)
    return seen


def test_the_same_note_may_be_told_twice_and_what_ends_a_debate_is_told_at_its_end() -> None:
    def twice(question: Question, table: Table) -> Iterator[Sequence[Ask]]:
        note = Note(kind="gated", text="again")
        ask = Ask(seat="ada", act="draft", turn=2, question=question, instruction="?", notes=(note, note))
        yield [ask, ask]
        yield [ask]
        last = (Note(kind="stopped", seats=("ada",), text="enough"),)
        return Outcome(reason="done", notes=last)  # type: ignore[return-value]

    events: list[Event] = []
    outcome = definition(twice).ask(QUESTIONS[0], events.append)
    notes = [event for event in events if isinstance(event, Noted)]
    assert [(note.kind, note.turn, note.text) for note in notes] == [
        ("gated", 2, "again"),
        ("gated", 2, "again"),
        ("stopped", 2, "enough"),
    ]
    assert isinstance(events[-1], Decided)
    assert events[-2] is notes[-1]
    assert outcome.notes[0].text == "enough"


def test_when_every_edge_is_pruned_the_graph_of_the_round_is_empty() -> None:
    def nobody(floor: Any, hearing: Any) -> Any:
        return {} if floor.turn else hearing

    protocol = {"debate": {"filters": [nobody], "until": "never", "rounds": 3}}
    events: list[Event] = []
    definition(protocol).ask(QUESTIONS[0], events.append)
    graphs = [(event.turn, len(event.edges)) for event in events if isinstance(event, Heard)]
    assert graphs == [(1, 12), (2, 0)]


def test_filters_are_part_of_the_set_up_and_their_absence_spells_as_before(tmp_path: Path) -> None:
    plain = definition({"debate": {"rounds": 2}}).setup()["protocol"]
    assert plain == {"debate": {"rounds": 2}}
    assert definition().setup()["protocol"]["debate"]["filters"] == ["redundant", {"judge_picks": {"k": 1}}]
    definition({"debate": {"rounds": 2}}).run(QUESTIONS, record=tmp_path / "run")
    with pytest.raises(RecordMismatch, match="filters"):
        definition({"debate": {"rounds": 2, "filters": ["redundant"]}}).run(
            QUESTIONS, record=tmp_path / "run", resume=True
        )


def test_a_record_from_before_a_prompt_was_written_goes_on(tmp_path: Path) -> None:
    definition({"debate": {"rounds": 2}}).run(QUESTIONS, record=tmp_path / "run")
    path = tmp_path / "run" / MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    del manifest["setup"]["prompts"]["pick"]
    path.write_text(json.dumps(manifest), "utf-8")
    run = definition({"debate": {"rounds": 2}}).run(QUESTIONS, record=tmp_path / "run", resume=True)
    assert len(run.outcomes) == 2
    manifest["setup"]["prompts"]["draft"] = "0 another"
    path.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(RecordMismatch, match=r"prompts\.draft"):
        definition({"debate": {"rounds": 2}}).run(QUESTIONS, record=tmp_path / "run", resume=True)


def test_a_message_of_an_old_record_knows_no_notes() -> None:
    old = Message(number=0, seat="ada", act="draft", turn=0, text="5")
    assert not hasattr(old, "notes")
    assert Outcome.model_validate({"answer": "5"}).notes == ()
