"""Weights in use: read from files, on ballots, in decisions and in the engine."""

from __future__ import annotations

import itertools
import math
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.definition_file import load_definition
from quorate.errors import BadDefinition, BadOption
from quorate.nouns import Ballot, Message, Question, Table
from quorate.protocols import debate, vote
from quorate.protocols.weights import (
    Weights,
    apply_weights,
    read_weights,
)


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("{", BadDefinition, "holds no weights"),
        ("[]", BadDefinition, "holds no weights"),
        ('{"values": {"ada": "x"}}', BadDefinition, "values.ada"),
        ('{"values": {"ada": 1}, "colour": 1}', BadDefinition, "colour"),
        ('{"values": {}}', BadOption, "at least one agent"),
        ('{"values": {"ada": -1}}', BadOption, "'ada' is -1; a weight is finite and not negative"),
        ('{"values": {"ada": NaN}}', BadOption, "'ada' is nan"),
        ('{"values": {"ada": 1e999}}', BadOption, "'ada' is inf"),
        ('{"values": {"ada": 1}, "fingerprints": {"bo": "x"}}', BadOption, "fingerprint of 'bo'"),
        ("\ud800", BadDefinition, "cannot be read"),
    ],
)
def test_a_file_that_holds_no_weights(text: str, error: type[Exception], says: str, tmp_path: Path) -> None:
    path = tmp_path / "w.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(error, match=says) as found:
        Weights.load(path)
    assert str(path) in str(found.value)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        (3, "a file, or a mapping"),
        ({"ada": True}, "is a number, not True"),
        ({"ada": None}, "is a number, not None"),
        ({"ada": math.inf}, "finite and not negative"),
        ({"adda": 1}, "'ada' is not among them. Did you mean 'adda'"),
        (Weights(values={"ada": -1}, signed=True), "for comparison only"),
    ],
)
def test_ballots_refuse_weights(given_: Any, says: str) -> None:
    with pytest.raises(BadOption, match=says):
        apply_weights([Ballot(seat="ada", answer="5")], given_)


def test_a_missing_file_of_weights() -> None:
    with pytest.raises(BadDefinition, match="no file of weights nowhere"):
        read_weights("nowhere.json")


def play(protocol: Any, answers: dict[str, str]) -> Any:
    turns = protocol(Question(text="2+3?"), Table(list(answers)))
    asks, number = next(turns), itertools.count()
    try:
        while True:
            asks = turns.send(
                [
                    Message(
                        number=next(number),
                        seat=a.seat,
                        act=a.act,
                        turn=a.turn,
                        text="",
                        answer=answers[a.seat],
                    )
                    for a in asks
                ]
            )
    except StopIteration as end:
        return end.value


def test_a_weighted_decision_in_a_debate(tmp_path: Path) -> None:
    path = Weights(values={"ada": 3.0, "bo": 1.0, "cy": 1.5}, method="log_odds").save(tmp_path / "w.json")
    said = {"ada": "5", "bo": "6", "cy": "6"}
    for protocol in (vote, partial(debate, rounds=1)):
        outcome = play(partial(protocol, decide={"weighted": {"weights": str(path)}}), said)
        assert outcome.answer == "5"
        assert outcome.tally == {"5": 3.0, "6": 2.5}
        assert outcome.reason.endswith("weights by log_odds")
    borda = {"weighted": {"weights": {"ada": 1, "bo": 1, "cy": 1}, "rule": "borda"}}
    assert play(partial(vote, decide=borda), said).answer == "6"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "needs weights"),
        ({"weights": {"ada": 1}}, "'bo' is not among them"),
        ({"weights": {"ada": 1, "bo": 1}, "rule": "judge_decides"}, "asks or draws lots"),
    ],
)
def test_a_weighted_decision_that_cannot_be_made(options: dict[str, Any], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        play(partial(vote, decide={"weighted": options}), {"ada": "5", "bo": "6"})


def test_weights_beside_a_definition_file(tmp_path: Path) -> None:
    Weights(values={"ada": 3.0, "bo": 1.0, "cy": 1.0}, method="log_odds").save(tmp_path / "w.json")
    said = {"ada": 5, "bo": 6, "cy": 6}
    agents = "".join(
        f"  - {{name: {name}, model: {{scripted: {{script: ['Answer: {answer}']}}}}}}\n"
        for name, answer in said.items()
    )
    decide = "{weighted: {weights: ./w.json}}"
    (tmp_path / "d.yaml").write_text(f"agents:\n{agents}protocol: {{vote: {{decide: {decide}}}}}\n")
    assert load_definition(tmp_path / "d.yaml").ask("2+3?").answer == "5"


@pytest.mark.parametrize(
    ("protocol", "calls"),
    [
        ({"self_consistency": {"samples": 4}}, 4),
        ({"adaptive_consistency": {"most": 10}}, 4),
        ({"early_stopping_consistency": {"window": 3}}, 3),
        ({"universal_consistency": {"samples": 3}}, 3),
        ({"best_single": {"weights": {"ada": 1, "bo": 2}}}, 1),
        ({"more_from_the_best": {"weights": {"ada": 1, "bo": 2}}}, 2),
        ({"panel": {"members": ["bo"]}}, 1),
        ({"vote": {"decide": {"by_confidence": {"source": "agreement", "samples": 2}}}}, 6),
        ({"vote": {"decide": {"by_confidence": {"source": "true"}}}}, 4),
    ],
)
def test_baselines_in_the_engine(protocol: Any, calls: int) -> None:
    seats = [Agent(name, Scripted("Confidence: 80%\nAnswer: A")) for name in ("ada", "bo")]
    definition = Definition(seats, protocol=protocol)
    question = Question(text="Which is prime?", choices=("7", "4"))
    outcome = definition.ask(question)
    assert (outcome.answer, outcome.calls) == ("A", calls)
