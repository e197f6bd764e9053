"""The closed formulas of what mixtures cost, against the token meter of runs with texts of known lengths."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.errors import BadOption
from quorate.nouns import Ask, Outcome, Question
from quorate.protocols.mixture import (
    Lengths,
    moa_calls,
    moa_tokens,
    rmoa_calls,
    self_moa_calls,
    self_moa_seq_calls,
    smoa_calls,
    smoa_tokens,
)

LENGTHS = Lengths(question=150, response=350, aggregate=130, role=80, judge=180, choice=150)
FRAME = 4
"""Words by which an answer is introduced: "Draft of ada: >"."""


def words(count: float, end: str = "") -> str:
    filled = int(count) - len(end.split())
    return " ".join(["word"] * filled + end.split())


@pytest.fixture
def prompts(tmp_path: Path) -> str:
    """Write prompts of the formulas' lengths."""

    def write(name: str, body: str) -> None:
        (tmp_path / f"{name}.txt").write_text(f"# {name}, version 1\n{body}\n")

    write("draft", "$question")
    write("aggregate", f"$question\n\n$own\n\n$drafts\n\n{words(LENGTHS.aggregate)}")
    write("smoa_judge", f"$question\n\n$drafts\n\n{words(LENGTHS.judge)}")
    write("role", "$role")
    return str(tmp_path)


def run(protocol: Mapping[str, Any], agents: int, *, end: bool = False) -> Outcome:
    """Run a protocol with replies of the formulas' lengths; a judge that chooses 1 and 2."""

    def speak(ask: Ask, seed: int) -> str:
        if ask.act == "select":
            chosen = json.dumps({"chosen responses": [1, 2], "end debate": end})
            return words(LENGTHS.choice, chosen)
        return words(LENGTHS.response - FRAME, "Answer: 5")

    model = Scripted(speak)
    question = Question(text=words(LENGTHS.question - 1), kind="number")
    seats = [Agent(f"agent{number}", model) for number in range(agents)]
    return Definition(seats, protocol=protocol, offices={"judge": Agent("solon", model)}).ask(question)


def total(outcome: Outcome) -> int:
    return outcome.tokens_in + outcome.tokens_out


@pytest.mark.parametrize("agents", [4, 6, 8])
@pytest.mark.parametrize("layers", [2, 3])
def test_tokens_agree_with_the_formulas_within_two_points(prompts: str, agents: int, layers: int) -> None:
    roles = {str(number): words(LENGTHS.role) for number in range(1, agents + 1)}
    dense = total(run({"moa": {"layers": layers, "prompts": prompts}}, agents))
    expected = moa_tokens(agents, layers, LENGTHS).total
    assert dense == pytest.approx(expected, rel=0.02)
    for end in (False, True):
        held = 1 if end else layers
        options = {"layers": layers, "k": 2, "prompts": prompts, "roles": roles}
        sparse = total(run({"smoa": options}, agents, end=end))
        predicted = smoa_tokens(agents, held, 2, LENGTHS).total
        assert abs(sparse / dense - predicted / expected) < 0.02
        assert sparse == pytest.approx(predicted, rel=0.02)


@pytest.mark.parametrize(
    ("agents", "layers", "held", "ratio"),
    [
        (4, 1, 1, 1.37),
        (4, 2, 2, 1.07),
        (4, 3, 3, 1.01),
        (6, 2, 2, 0.83),
        (6, 3, 3, 0.77),
        (8, 2, 2, 0.68),
        (8, 3, 3, 0.62),
        (4, 2, 1, 0.46),
        (4, 3, 1, 0.27),
        (6, 2, 1, 0.33),
    ],
)
def test_the_shares_that_were_worked_out_by_hand(agents: int, layers: int, held: int, ratio: float) -> None:
    share = smoa_tokens(agents, held, 2, LENGTHS).total / moa_tokens(agents, layers, LENGTHS).total
    assert share == pytest.approx(ratio, abs=0.006)


@pytest.mark.parametrize("agents", [2, 3, 5])
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_calls_are_those_of_the_formulas(agents: int, layers: int) -> None:
    assert run({"moa": {"layers": layers}}, agents).calls == moa_calls(agents, layers)
    assert run({"rmoa": {"layers": layers, "k": 1}}, agents).calls == rmoa_calls(agents, layers)
    for end in (False, True):
        held = 1 if end else layers
        ended = end and layers > 1
        joint = run({"smoa": {"layers": layers, "k": 1}}, agents, end=end)
        assert joint.calls == smoa_calls(agents, held)
        assert joint.rounds == held
        apart = {"smoa": {"layers": layers, "k": 1, "moderation": "apart"}}

        def speak(ask: Ask, seed: int, end: bool = end) -> str:
            return json.dumps({"chosen": [1], "end": end}) if ask.expects == "text" else "Answer: 5"

        seats = [Agent(f"agent{number}", Scripted(speak)) for number in range(agents)]
        solon = Agent("solon", Scripted(speak))
        outcome = Definition(seats, protocol=apart, offices={"judge": solon}).ask("2+3?")
        assert outcome.calls == smoa_calls(agents, held, apart=True, ended=ended)


@pytest.mark.parametrize(("samples", "window"), [(6, 6), (4, 6), (7, 6), (11, 6), (12, 6), (30, 6), (5, 2)])
def test_calls_of_one_sampled_agent(samples: int, window: int) -> None:
    assert run({"self_moa": {"samples": samples}}, 1).calls == self_moa_calls(samples)
    options = {"samples": samples, "window": window}
    assert run({"self_moa_seq": options}, 1).calls == self_moa_seq_calls(samples, window)


def test_no_mixture_costs_nothing() -> None:
    with pytest.raises(BadOption, match="no mixture with 0 layers"):
        moa_calls(4, 0)
    with pytest.raises(BadOption, match="no mixture with 0 window"):
        self_moa_seq_calls(4, 1)
