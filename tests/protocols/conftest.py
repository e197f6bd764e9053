"""What tests of protocols share: driving one by hand, ballots, and the table of the sparse mixtures."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from quorate.answers import read
from quorate.nouns import Ask, Ballot, Message, Outcome, Question, Table
from quorate.protocols.history import Turns

QUESTION = Question(id="q1", text="What is 2+3?", kind="number")
SEATS = ("ada", "bo", "cy", "di")
TABLE = Table(SEATS, offices={"judge": "solon"})
PAGE = re.compile(r"Response (\d+):\n> Answer: (\d+)")
ANSWERS = {"ada": "5", "bo": "6", "cy": "5", "di": "7"}
SURE = {"ada": 0.2, "bo": 0.9, "cy": 0.5, "di": 0.7}
Speaker = Callable[[Ask], "str | None"]


def drive(turns: Turns, answer: Callable[[Ask, int], Message]) -> tuple[Outcome, list[list[Ask]]]:
    """Drive a protocol by next and send; `answer` gets every ask with its number. Return all waves too."""
    waves: list[list[Ask]] = []
    said: list[Message] | None = None
    numbers = itertools.count()
    while True:
        try:
            asks = list(next(turns) if said is None else turns.send(said))
        except StopIteration as end:
            return end.value, waves
        waves.append(asks)
        said = [answer(ask, next(numbers)) for ask in asks]


def play(
    turns: Turns, speak: Speaker, sure: dict[str, float] | None = None
) -> tuple[Outcome, list[list[Ask]]]:
    """Drive a protocol; a speaker that returns None has failed."""

    def answer(ask: Ask, number: int) -> Message:
        text = speak(ask)
        place: dict[str, Any] = {"number": number, "seat": ask.seat, "act": ask.act, "turn": ask.turn}
        if text is None:
            return Message(text="", finish="error", error="it broke", **place)
        found = read(QUESTION, text) if ask.expects == "answer" else None
        return Message(text=text, answer=found, confidence=(sure or {}).get(ask.seat), **place)

    return drive(turns, answer)


def numbers_of(ask: Ask, *answers: str) -> list[int]:
    """Return the numbers under which a judge sees these answers, the first of each."""
    shown = {answer: int(number) for number, answer in reversed(PAGE.findall(ask.instruction))}
    return [shown[answer] for answer in answers]


def judge(verdict: Callable[[Ask], str | None]) -> Speaker:
    """Return who drafts as in ANSWERS, and judges and moderates by `verdict`."""

    def speak(ask: Ask) -> str | None:
        if ask.act in ("select", "moderate"):
            return verdict(ask)
        return "Answer: 5" if ask.act == "fuse" else f"Answer: {ANSWERS[ask.seat]}"

    return speak


def chooses(*answers: str, end: bool | None = None) -> Speaker:
    def verdict(ask: Ask) -> str:
        found: dict[str, Any] = {"reasoning": "so", "chosen responses": numbers_of(ask, *answers)}
        return json.dumps(found if end is None else {**found, "end debate": end})

    return judge(verdict)


def says(text: str | None) -> Speaker:
    return judge(lambda ask: text)


def acts(waves: Sequence[Sequence[Ask]]) -> list[list[str]]:
    return [[ask.act for ask in wave] for wave in waves]


def heard(ask: Ask) -> list[str]:
    return [message.seat for message in ask.heard]


def notes(waves: Sequence[Sequence[Ask]]) -> list[tuple[str, str]]:
    return [(note.kind, note.text) for wave in waves for ask in wave for note in ask.notes]


def bare(answers: str, **fields: Any) -> list[Ballot]:
    """One ballot a character; '-' abstains."""
    return [
        Ballot(seat=f"s{seat}", answer=None if answer == "-" else answer, **fields)
        for seat, answer in enumerate(answers)
    ]


def ranked(*rows: str) -> list[Ballot]:
    """Rankings such as "A BC" with A first, B and C tied."""
    return [
        Ballot(seat=f"s{seat}", answer=None, ranking=tuple(tuple(tier) for tier in row.split()))
        for seat, row in enumerate(rows)
    ]


def scored(*rows: Mapping[str, float]) -> list[Ballot]:
    return [Ballot(seat=f"s{seat}", answer=None, scores=dict(row)) for seat, row in enumerate(rows)]


def needing(name: str) -> None:
    """Skip where a rule's library is not installed."""
    if name == "private":
        pytest.importorskip("dp_accounting")


def played(protocol: Any, decide: Any, answers: str, question: str = "2+3?") -> Outcome:
    """Play a protocol whose seats s0, s1 ... always say the same, one character each."""
    seats = [f"s{seat}" for seat in range(len(answers))]
    said = dict(zip(seats, answers, strict=True))
    turns = protocol(Question(text=question), Table(seats), decide=decide)

    def answer(ask: Ask, number: int) -> Message:
        text = said[ask.seat]
        return Message(number=number, seat=ask.seat, act=ask.act, turn=ask.turn, text=text, answer=text)

    return Outcome.model_validate(drive(turns, answer)[0])
