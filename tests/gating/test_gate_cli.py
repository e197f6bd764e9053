"""`quorate gate`: train, show and savings, as a user would call them."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quorate.cli import app
from quorate.errors import BadOption, QuorateError
from quorate.protocols.gating import Gate


def records(path: Path, count: int = 120, gold: bool = True) -> Path:
    """Write recorded debates: of split drafts most are mended, of others some are spoilt."""
    rng, lines = random.Random(1), []
    for number in range(count):
        first = rng.choice(["556", "566", "555"])
        last = {"556": "555" if rng.random() < 0.8 else "666", "566": "555" if rng.random() < 0.7 else "666"}
        said = [(1, first), (2, last.get(first, first))]
        outputs = [
            {"model": seat, "answer": answer, "tokens_in": 50, "tokens_out": 10, "meta": {"round": turn}}
            for turn, answers in said
            for seat, answer in zip(("ada", "bo", "cy"), answers, strict=True)
        ]
        row = {"id": f"q{number}", "question": "2+3?", "gold": "5" if gold else None, "candidates": outputs}
        lines.append(json.dumps(row))
    path.write_text("\n".join(lines), "utf-8")
    return path


def invoke(*arguments: object) -> str:
    found = CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == 0, found.output
    return found.output


def test_train_then_show(tmp_path: Path) -> None:
    file = records(tmp_path / "outputs.jsonl")
    told = invoke("gate", "train", file, "-o", tmp_path / "gate.json", "--test", "0.5", "--seed", "2")
    loaded = Gate.load(tmp_path / "gate.json")
    assert (loaded.n, loaded.agents, loaded.seed) == (60, ("ada", "bo", "cy"), 2)
    assert "a gate for ada, bo, cy; trained on 60 debates" in told
    assert "saved against always debating" in told
    assert "n = 60" in told
    shown = invoke("gate", "show", tmp_path / "gate.json", file)
    assert "agreement" in shown
    assert "n = 120" in shown
    assert "share of the seats with the leading answer" in invoke("gate", "show", tmp_path / "gate.json")


def test_savings_of_several_protocols(tmp_path: Path) -> None:
    file = records(tmp_path / "outputs.jsonl")
    told = invoke("gate", "savings", file, "-p", "vote", "-p", "cascade: {start: 2, sure: 0.7}")
    assert "never debate" in told
    assert "always debate" in told
    assert "cascade: {start: 2, sure: 0.7}: " in told
    data = json.loads(invoke("gate", "savings", file, "-p", "vote", "--json"))
    assert data["vote"]["questions"] == 120
    assert data["vote"]["never"] == data["vote"]["adaptive"]


def test_gold_can_be_given(tmp_path: Path) -> None:
    file = records(tmp_path / "outputs.jsonl", gold=False)
    with pytest.raises(BadOption, match=r"None of the 84 recorded questions has a gold answer.*--gold"):
        invoke("gate", "train", file, "-o", tmp_path / "gate.json")
    assert not (tmp_path / "gate.json").exists()
    gold = tmp_path / "gold.jsonl"
    gold.write_text("\n".join(json.dumps({"id": f"q{n}", "gold": "5"}) for n in range(120)), "utf-8")
    invoke("gate", "train", file, "-o", tmp_path / "gate.json", "--gold", gold, "--test", "0")
    assert Gate.load(tmp_path / "gate.json").n == 120


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["gate", "savings", "{file}", "-p", "casc"], "no protocol called 'casc'"),
        (["gate", "savings", "{file}", "-p", "cascade: {"], "--protocol is a name"),
        (["gate", "show", "{file}"], "holds no gate"),
        (["gate", "savings", "nowhere", "-p", "vote"], "nowhere cannot be read"),
    ],
)
def test_wrong_arguments(arguments: list[str], says: str, tmp_path: Path) -> None:
    file = records(tmp_path / "outputs.jsonl", count=3)
    with pytest.raises(QuorateError, match=says):
        invoke(*(argument.replace("{file}", str(file)) for argument in arguments))
