"""Small experiments over scripted models: who is right is drawn from the seed, and repeats exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.evaluate import Problem
from quorate.experiments import Experiment
from quorate.nouns import Ask, Question, derive_seed

SKILL = {"ada": 7, "bo": 4, "cy": 5}


def speak(ask: Ask, seed: int) -> str:
    """Be right as often as the seat is skilled, more often later; say more or less."""
    gold = int(ask.question.id[1:]) % 5
    drawn = derive_seed(seed, "draw") % 10
    answer = gold if drawn < SKILL.get(ask.seat, 5) + ask.turn else drawn
    return f"About {ask.question.id}: {'well ' * (seed % 9)}Answer: {answer}"


def make_problems(count: int = 6) -> list[Problem]:
    return [
        Problem(question=Question(id=f"q{n}", text=f"What is {n} modulo 5?"), gold=str(n % 5))
        for n in range(count)
    ]


@pytest.fixture
def problems() -> list[Problem]:
    return make_problems()


@pytest.fixture
def sums() -> Callable[[int], list[Problem]]:
    """So many problems."""
    return make_problems


@pytest.fixture
def panel() -> Callable[..., list[Agent]]:
    """Three agents on one scripted model."""

    def make(script: Any = speak) -> list[Agent]:
        model = Scripted(script)
        return [Agent(name, model) for name in SKILL]

    return make


@pytest.fixture
def study(panel: Callable[..., list[Agent]]) -> Callable[..., Experiment]:
    """An experiment of two debates, with what else is given."""

    def make(**given: Any) -> Experiment:
        arms = {
            "ring": {"topology": "ring", "rounds": 3, "until": "never"},
            "apart": {"critique": "apart", "rounds": 2},
        }
        known: dict[str, Any] = {
            "name": "sums",
            "problems": make_problems(),
            "agents": panel(given.pop("script", speak)),
            "arms": arms,
        }
        return Experiment(**{**known, **given})

    return make
