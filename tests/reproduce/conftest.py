"""Reproductions on a scripted model whose answers are drawn: every recipe is held once, in a small form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from quorate import registry
from quorate.agents import Scripted
from quorate.nouns import Ask, derive_seed
from quorate.reproduce import Reproduced, reproduce

SUMS = {"arithmetic": {"form": "a+b"}}
COUNT = 8
VOICES = [{"model": "drawn_sums"}]


class Held(NamedTuple):
    """A reproduction that was held, and where."""

    found: Reproduced
    folder: Path


def speak(ask: Ask, seed: int) -> str:
    """Be right in 6 of 10 first drafts and more often later; a judge ends debates now and then."""
    gold = sum(map(int, re.findall(r"\d+", ask.question.text)))
    drawn = derive_seed(seed, "draw") % 10
    answer = gold if drawn < 6 + ask.turn else drawn
    if ask.act == "select":
        return (
            f'{{"chosen responses": [{1 + drawn % 2}, 3], "end debate": {"true" if drawn > 6 else "false"}}}'
        )
    if ask.act == "judge":
        return f"Verdict: consensus\nAnswer: {answer}" if drawn % 2 else "Verdict: continue"
    return f"Well. Confidence: {50 + 5 * drawn}%\nAnswer: {answer}"


@pytest.fixture(scope="session")
def calls() -> Iterator[list[str]]:
    """The seats that the scripted model `drawn_sums` was asked for, in order."""
    asked: list[str] = []

    def count(ask: Ask, seed: int) -> str:
        asked.append(ask.seat)
        return speak(ask, seed)

    def drawn_sums() -> Scripted:
        return Scripted(count)

    list(registry.model)  # so that it is loaded before it is patched
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(registry.model._makers, "drawn_sums", drawn_sums)
        yield asked


@pytest.fixture(scope="session")
def held(calls: list[str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Held]:
    """Hold a reproduction on the scripted model, once."""
    known: dict[str, Held] = {}

    def hold(name: str) -> Held:
        if name not in known:
            folder = tmp_path_factory.mktemp("reproduce") / name
            options: dict[str, Any] = {"voices": VOICES, "problems": SUMS, "count": COUNT}
            known[name] = Held(reproduce(name, folder, **options), folder)
        return known[name]

    return hold
