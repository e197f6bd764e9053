"""Replays at a chosen speed, and the card at the end of a run."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from quorate.errors import BadOption
from quorate.events import Asked, Event, Heard, Said
from quorate.live import outcome_card, outcome_text, replay
from quorate.live.replaying import LONGEST_GAP
from quorate.nouns import Dissent, Message, Outcome, Question


def timed(*times: float) -> list[Event]:
    return [
        Asked(question="q", number=n, seat="ada", act="draft", turn=0, digest="", at=at)
        for n, at in enumerate(times)
    ]


def waits(events: list[Event], speed: float) -> list[float]:
    slept: list[float] = []
    heard: list[Event] = []
    replay(events, heard.append, speed=speed, sleep=slept.append)
    assert heard == events
    return slept


def test_a_replay_keeps_the_pace_and_caps_long_gaps() -> None:
    assert waits(timed(100.0, 101.0, 101.5, 161.5), 1.0) == [1.0, 0.5, LONGEST_GAP]
    assert waits(timed(100.0, 101.0, 161.0), 60.0) == [pytest.approx(1 / 60), 1.0]
    assert waits(timed(100.0, 101.0), 0) == []


def test_a_replay_does_not_wait_for_events_without_a_time_or_out_of_order() -> None:
    events = timed(100.0, 0.0, 99.0, 100.5)
    events.insert(1, Heard(question="q", turn=1, edges=()))
    assert waits(events, 1.0) == [0.5]
    message = Message(number=0, seat="ada", act="draft", turn=0, text="", at=102.0)
    assert waits([*timed(100.0), Said(question="q", message=message)], 1.0) == [2.0]


@pytest.mark.parametrize("speed", [-1.0, float("inf"), float("nan")])
def test_a_replay_needs_a_speed(speed: float) -> None:
    with pytest.raises(BadOption, match="cannot run at speed"):
        replay([], lambda event: None, speed=speed)


OUTCOME = Outcome(
    winners=("8", "9"),
    answer="9",
    tie_break="lowest",
    tally={"9": 2.0, "8": 2.0, "7": 0.5},
    reason="all rounds held",
    rounds=3,
    dissent=(Dissent(seat="bo", answer="8", text="one is\nlame"),),
    invalid=1,
    failed=("eve",),
    calls=14,
    tokens_in=12_431,
    tokens_out=3_120,
)


def test_the_card_in_plain_text() -> None:
    assert outcome_text(OUTCOME).splitlines() == [
        "answer     9",
        "reason     all rounds held",
        "tie        8, 9; broken by lowest",
        "tally      9: 2",
        "tally      8: 2",
        "tally      7: 0.5",
        "dissent    bo: 8 - one is lame",
        "abstained  1",
        "failed     eve",
        "cost       3 rounds, 14 calls, 12431 tokens in, 3120 tokens out",
    ]


def test_the_card_for_rich_says_the_same() -> None:
    file = io.StringIO()
    console = Console(file=file, width=70, color_system=None)
    console.print(outcome_card(OUTCOME, Question(text="How many legs?")))
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    assert lines == [
        "How many legs?",
        "● 9  all rounds held",
        "tie between 8 and 9, broken by lowest",
        f"tally      ● 9  {'━' * 40} 2",
        f"           ■ 8  {'━' * 40} 2",
        f"           ▲ 7  {'━' * 10} 0.5",
        "dissent    bo  ■ 8  one is lame",
        "missing    1 abstained · failed at least once: eve",
        "cost       3 rounds · 14 calls · 12.4k tokens in · 3.1k out",
    ]
