"""A table that can be talked out of what it knows: who hears more of one answer than of its own gives in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.evaluate import Problem
from quorate.nouns import Ask, Question, derive_seed

NAMES = ("ada", "bo", "cy", "di", "eve")


def sway(ask: Ask, seed: int) -> str:
    """Know most sums alone; later say what most of those it hears say, and count itself once."""
    gold = sum(map(int, ask.question.text.rstrip("?").split("+")))
    knows = derive_seed(ask.question.id, ask.seat) % 10 < 8
    own = str(gold if knows else gold + 1)
    votes = Counter(said.answer for said in ask.heard if said.answer is not None)
    votes[own] += 1
    best = max(votes.values())
    spoken = [said.answer for said in ask.heard if said.answer is not None]
    answer = next(name for name in (*spoken, own) if votes[name] == best)
    return f"I count.\nAnswer: {answer}"


def make_sums(count: int) -> list[Problem]:
    return [
        Problem(question=Question(id=f"q{n}", text=f"{n + 10}+{2 * n + 20}?"), gold=str(3 * n + 30))
        for n in range(count)
    ]


@pytest.fixture(scope="session")
def sums() -> Callable[[int], list[Problem]]:
    return make_sums


@pytest.fixture(scope="session")
def table() -> Callable[..., list[Agent]]:
    """Agents on one scripted model."""

    def make(script: Any = sway, names: Sequence[str] = NAMES) -> list[Agent]:
        model = Scripted(script)
        return [Agent(name, model) for name in names]

    return make
