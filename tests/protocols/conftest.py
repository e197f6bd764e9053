"""The table of the sparse mixtures: four seats, a judge, and what each is made to say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from quorate.answers import read
from quorate.nouns import Ask, Message, Outcome, Question, Table
from quorate.protocols.history import Turns

QUESTION = Question(id="q1", text="What is 2+3?", kind="number")
SEATS = ("ada", "bo", "cy", "di")
TABLE = Table(SEATS, offices={"judge": "solon"})
PAGE = re.compile(r"Response (\d+):\n> Answer: (\d+)")
ANSWERS = {"ada": "5", "bo": "6", "cy": "5", "di": "7"}
SURE = {"ada": 0.2, "bo": 0.9, "cy": 0.5, "di": 0.7}
Speaker = Callable[[Ask], "str | None"]


def play(
    turns: Turns, speak: Speaker, sure: dict[str, float] | None = None
) -> tuple[Outcome, list[list[Ask]]]:
    """Drive a protocol by next and send; a speaker that returns None has failed."""
    waves: list[list[Ask]] = []
    said: list[Message] | None = None
    number = 0
    while True:
        try:
            asks = next(turns) if said is None else turns.send(said)
        except StopIteration as end:
            return end.value, waves
        waves.append(list(asks))
        said = []
        for ask in asks:
            text = speak(ask)
            place: dict[str, Any] = {"number": number, "seat": ask.seat, "act": ask.act, "turn": ask.turn}
            if text is None:
                said.append(Message(text="", finish="error", error="it broke", **place))
            else:
                answer = read(QUESTION, text) if ask.expects == "answer" else None
                confidence = (sure or {}).get(ask.seat)
                said.append(Message(text=text, answer=answer, confidence=confidence, **place))
            number += 1


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
