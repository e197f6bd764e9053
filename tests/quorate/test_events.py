"""The one stream: every event is one line of JSON and comes back as it went."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quorate.events import (
    Asked,
    Decided,
    Event,
    Failed,
    Heard,
    Noted,
    Posted,
    Said,
    Started,
    parse_event,
    write_event,
)
from quorate.nouns import BoardLine, Cut, Dissent, Message, Outcome, Question, Stretch

TALK = Message(
    number=3,
    seat="ada",
    act="revise",
    turn=1,
    text="2+3=5\nAnswer: 5",
    answer="5",
    confidence=0.75,
    tokens_in=20,
    tokens_out=7,
    tokens_cached=4,
    logprob=-0.125,
    seed=2**63 - 1,
    at=1700000000.25,
    seconds=0.5,
    cut=Cut(exchanges=1),
    scores={"A": -1.5, "B": -0.25},
    stretches=(Stretch(end=5, logprob=-0.5), Stretch(end=15, confidence=0.0)),
)
SILENCE = Message(
    number=4, seat="bo", act="revise", turn=1, text="", finish="error", error="The server is down."
)
VERDICT = Outcome(
    question="q1",
    winners=("5", "6"),
    answer="5",
    tie_break="first",
    tally={"5": 1.0, "6": 1.0},
    reason="budget",
    rounds=2,
    dissent=(Dissent(seat="cy", answer="6", text="no"),),
    invalid=1,
    failed=("bo",),
    board=(BoardLine(seat="ada", text="2+3=5"),),
)
EVENTS: list[Event] = [
    Started(question="q1", asked=Question(text="Which?", id="q1", choices=("5", "6")), at=1.5),
    Heard(question="q1", turn=1, edges=(("ada", "bo"), ("bo", "cy"))),
    Heard(question="q1", turn=0, edges=()),
    Noted(question="q1", turn=1, kind="pruned", seats=("bo",), edges=(("ada", "bo"),), text="bo hears less"),
    Noted(question="q1", turn=2, kind="stopped"),
    Posted(question="q1", turn=1, seats=("ada",), board=(BoardLine(seat="bo", text="2=2", confidence=1.0),)),
    Asked(question="q1", number=3, seat="ada", act="revise", turn=1, digest="ab12", heard=(0, 2), past=(1,)),
    Said(question="q1", message=TALK),
    Failed(question="q1", message=SILENCE),
    Decided(question="q1", outcome=VERDICT, at=2.0),
    Decided(question="q1", outcome=Outcome()),
]


def _kind(event: Event) -> str:
    return event.type


@pytest.mark.parametrize("event", EVENTS, ids=_kind)
def test_an_event_is_one_line_and_comes_back(event: Event) -> None:
    line = write_event(event)
    assert "\n" not in line
    assert parse_event(line) == event
    assert parse_event(line.encode()) == event
    assert type(parse_event(line)) is type(event)


@pytest.mark.parametrize("event", EVENTS, ids=_kind)
def test_a_line_begins_with_its_type_and_leaves_out_defaults(event: Event) -> None:
    line = write_event(event)
    assert line.startswith(f'{{"type":"{event.type}",')
    assert json.loads(line) == {"type": event.type, **event.model_dump(mode="json", exclude_defaults=True)}


def test_defaults_take_no_space() -> None:
    line = write_event(Asked(question="q1", number=0, seat="ada", act="draft", turn=0, digest="ab"))
    assert (
        line
        == '{"type":"asked","question":"q1","number":0,"seat":"ada","act":"draft","turn":0,"digest":"ab"}'
    )


@pytest.mark.parametrize("text", ["\x00\x1b[31m", 'a\nb\r"\\', "\u2028\u2029\x85", "\U0001f600", "</script>"])
def test_untrusted_text_stays_on_its_line_and_unchanged(text: str) -> None:
    event = Said(question="q1", message=TALK.model_copy(update={"text": text}))
    line = write_event(event)
    assert len(line.encode().split(b"\n")) == 1
    assert parse_event(line) == event


@given(text=st.text(st.characters(exclude_categories=["Cs"])), answer=st.none() | st.text(max_size=5))
def test_any_text_comes_back(text: str, answer: str | None) -> None:
    event = Said(
        question="q1", message=Message(number=0, seat="a", act="draft", turn=0, text=text, answer=answer)
    )
    assert parse_event(write_event(event)) == event


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        '{"question":"q1"}',
        '{"type":"shouted","question":"q1"}',
        '{"type":"heard","question":"q1","turn":1,"edges":[["ada"]]}',
        '{"type":"heard","question":"q1","turn":1,"edges":[],"loud":true}',
        '{"type":"said","question":"q1","message":{"text":"5"}}',
        write_event(EVENTS[4])[:-1],
    ],
)
def test_what_is_no_event_is_refused(line: str) -> None:
    with pytest.raises(ValidationError):
        parse_event(line)


def test_events_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        EVENTS[1].question = "q2"  # type: ignore[misc]
