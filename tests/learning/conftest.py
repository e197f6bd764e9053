"""A table of three at which one confidently wrong agent ruins those that hear it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from quorate import Agent, Definition, Scripted
from quorate.evaluate import Problem
from quorate.nouns import Ask, Question

GULLIBLE = ("ada", "bo", "cy")
ADVERSARY = "mal"


def gold_of(ask: Ask) -> int:
    return int(re.findall(r"\d+", ask.question.text)[0]) + 1


def speak(ask: Ask, seed: int) -> str:
    """Know the answer, unless one is told otherwise; ada does not know it alone, and takes it from bo.

    Bo and cy leave the right answer as soon as they hear mal; mal is always wrong.
    """
    gold = gold_of(ask)
    heard = {said.seat for said in ask.heard}
    if ask.seat == ADVERSARY or ADVERSARY in heard:
        return f"Answer: {gold + 100}"
    if ask.seat == "ada" and "bo" not in heard:
        return f"Answer: {gold + 7}"
    return f"Answer: {gold}"


@pytest.fixture
def problems() -> Callable[[int], list[Problem]]:
    def make(count: int) -> list[Problem]:
        return [
            Problem(question=Question(id=f"q{n}", text=f"What is {n}+1?"), gold=str(n + 1))
            for n in range(count)
        ]

    return make


@pytest.fixture
def ruined() -> Callable[..., Definition]:
    """Three gullible agents and an adversary, everybody hearing everybody, for two rounds."""

    def make(rounds: int = 2, names: tuple[str, ...] = (*GULLIBLE, ADVERSARY)) -> Definition:
        model = Scripted(speak)
        debate = {"debate": {"rounds": rounds, "until": "never"}}
        return Definition([Agent(name, model) for name in names], protocol=debate)

    return make
