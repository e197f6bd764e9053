"""Scripted experiments for the tests of reports: agents who err by chance, and learn from whom they hear."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.evaluate import Problem
from quorate.experiments import Experiment, compare
from quorate.nouns import Ask, Question, Reply, Stretch, derive_seed

SEATS = ("ada", "bo", "cy", "dee", "eve")
GOODS = ("crates of pears", "lanterns", "sacks of flour", "tickets for the ferry", "rolls of linen")
PLACES = ("the harbour", "the old mill", "the market", "the northern depot", "the school")


def problem(number: int) -> Problem:
    """Make a problem in two steps."""
    rng = random.Random(number)
    a, b, c = rng.randint(12, 60), rng.randint(3, 9), rng.randint(5, 40)
    goods, place = rng.choice(GOODS), rng.choice(PLACES)
    text = (
        f"{a} {goods} reach {place} every day for {b} days. Then {c} of them are sent back. "
        f"How many {goods} stay at {place}?"
    )
    return Problem(question=Question(id=f"q{number:04}", text=text, kind="number"), gold=str(a * b - c))


def solve(ask: Ask, seed: int) -> str | Reply:
    """Draft by chance; afterwards lean towards what most of those one hears say."""
    if ask.act == "judge":
        best = Counter(m.answer for m in ask.heard if m.answer).most_common(1)
        return f"I weighed the drafts.\nVerdict: consensus\nAnswer: {best[0][0]}" if best else "Nobody knows."
    number = int(ask.question.id[1:]) if ask.question.id[1:].isdigit() else 0
    a, b, c = (int(w) for w in ask.question.text.replace(".", " ").split() if w.isdigit())
    skill = 0.42 + 0.06 * (SEATS.index(ask.seat) if ask.seat in SEATS else 2)
    hard = 2 * random.Random(number).random() - 0.9
    first = ask.act in ("draft", "sample") or not (ask.heard or ask.board)
    rng = random.Random(derive_seed(ask.question.id, ask.seat, seed if ask.act == "sample" else 0))
    knows = rng.random() < skill - 0.5 * hard
    product = a * b if knows or rng.random() < 0.6 else a * b + rng.choice((10, -10, a))
    value = a * b - c if knows else product + rng.choice((c, -c, -c, 1 - c))
    sure = 0.55 + 0.4 * rng.random() if knows else 0.25 + 0.5 * rng.random()
    opening = f"There are {b} days with {a} each: {a} * {b} = {product}."
    if not first and ask.heard:
        later = random.Random(derive_seed(ask.question.id, ask.seat, ask.turn))
        heard = Counter(message.answer for message in ask.heard if message.answer)
        if heard and later.random() < 0.62:
            value = int(heard.most_common(1)[0][0] or value)
            who = next(m.seat for m in ask.heard if m.answer == str(value))
            opening = f"I checked {who}'s multiplication and it holds: {a} * {b} = {value + c}."
    text = f"{opening}\nThen {c} are sent back, so {value + c} - {c} = {value} stay.\nAnswer: {value}\n"
    if rng.random() < 0.02:
        text, sure = "I cannot follow the question; it names too many things.\n", 0.05
    ends = [i + 1 for i, letter in enumerate(text) if letter == "\n"]
    return Reply(
        text=text,
        tokens_in=len(ask.instruction.split()) + sum(len(m.text.split()) for m in ask.heard),
        tokens_out=len(text.split()),
        confidence=round(sure, 3),
        stretches=tuple(Stretch(end=end, confidence=round(sure, 3)) for end in ends),
    )


ARMS: Mapping[str, Mapping[str, Any]] = {
    "ring debate": {"topology": "ring", "about": "five debaters on a ring, three rounds"},
    "complete debate": {"about": "five debaters who all hear each other"},
    "star debate": {"topology": "star", "about": "one in the middle, four around"},
    "relay": {"protocol": "relay", "about": "one solution on a board, step by step"},
    "judged debate": {
        "until": "judge_agrees",
        "decide": "judge_decides",
        "offices": {"judge": Agent("solon", Scripted(solve))},
        "about": "a judge ends the debate and decides",
    },
}


def make_experiment(folder: Path, questions: int = 20) -> Path:
    """Compare scripted arms, with all the controls beside them."""
    model = Scripted(solve)
    agents = [Agent(seat, model, role=f"You are {seat}.") for seat in SEATS]
    problems = [problem(number) for number in range(questions)]
    development = [problem(number) for number in range(100_000, 100_010)]
    study = Experiment("Does talking help?", problems, agents, ARMS, development=development)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        compare(study, folder)
    return folder


@pytest.fixture(scope="session")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An experiment of five arms and six controls on twenty problems."""
    return make_experiment(tmp_path_factory.mktemp("experiment") / "talking")


@pytest.fixture(scope="session")
def run_folder(experiment: Path) -> Path:
    """One run of it: a debate on a ring."""
    return experiment / "arms" / "ring-debate" / "seed-0"
