"""`quorate decide`, in process."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from quorate import Agent, Definition, Scripted
from quorate.evaluate import Problem
from quorate.nouns import Question
from tests.conftest import Quorate


@pytest.fixture
def decide(quorate: Quorate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Quorate:
    """`quorate decide` beside recorded outputs, one line of them torn."""
    monkeypatch.setenv("COLUMNS", "160")
    rows = [
        {"id": name, "gold": "5", "candidates": [{"model": m, "answer": answers[m]} for m in "xyz"]}
        for name, answers in (("a", {"x": "5", "y": "5", "z": "6"}), ("b", {"x": "5", "y": "6", "z": "7"}))
    ]
    (tmp_path / "out.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + "{torn\n")
    return partial(quorate, "decide")


def test_a_table_of_rules_with_what_was_left_out(decide: Quorate) -> None:
    code, out, err = decide("out.jsonl", "-r", "majority", "-r", "schulze", "--stop", "unanimous")
    assert code == 0
    assert "2 questions, 2 with a gold answer; ties count by their share" in out
    assert "66.67 [" in out
    assert "-16.7 [" in out
    assert "left out: schulze: reads rankings, which the record does not hold" in out
    assert "best seat, chosen on these questions: x 100.00" in out
    assert "stopped earlier, decided by majority" in out
    assert "took 1 round and 3 calls" in out
    assert "warning: left out: out.jsonl, line 3: no JSON" in err
    assert "\x1b" not in out + err


def test_json_holds_it_all(decide: Quorate, tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text('{"values": {"x": 3, "y": 1, "z": 1}}')
    arguments = (
        "out.jsonl",
        "-r",
        "weighted_plurality",
        "-w",
        "w.json",
        "-s",
        "quorum: {share: 0.6}",
        "--json",
    )
    code, out, _ = decide(*arguments)
    assert code == 0
    found = json.loads(out)
    assert [scored["rate"]["right"] for scored in found["rules"]] == [pytest.approx(4 / 3), 2]
    assert found["rules"][1]["against"]["mean"] == pytest.approx(1 / 3)
    (stopped,) = found["stopping"]["checks"]
    assert stopped["check"] == {"quorum": {"share": 0.6}}
    assert found["stopping"]["rule"] == "weighted_plurality"
    assert len(found["broken"]) == 1


@pytest.mark.parametrize("width", [80, 100, 120])
def test_tables_fit_the_terminal_and_break_no_figure(
    decide: Quorate, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    rules = ("plurality", "most_confident", "confidence_weighted", "supermajority: {threshold: 0.75}")
    checks = ("unanimous", "quorum: {share: 0.75}")
    options = [*(part for rule in rules for part in ("-r", rule)), *(p for c in checks for p in ("-s", c))]
    code, out, _ = decide("out.jsonl", *options)
    assert code == 0
    lines = out.splitlines()
    assert all(len(line) <= width for line in lines if line.startswith(" "))  # the tables are indented
    assert all(line.count("[") == line.count("]") for line in lines)
    for part in ("unanimous", "confidence_weighted", "quorum (share 0.75)", "undecided", "saved %", "unmet"):
        assert part in out


def test_a_run_is_decided_again_after_fewer_rounds(decide: Quorate, tmp_path: Path) -> None:
    panel = [Agent("ada", Scripted(["Answer: 5", "Answer: 6"])), Agent("bo", Scripted("I guess 6"))]
    definition = Definition(panel, protocol={"debate": {"rounds": 2}})
    definition.run([Problem(question=Question(id="q", text="1+5?"), gold="6")], record=tmp_path / "run")
    _, out, _ = decide("run", "--json")
    assert json.loads(out)["rules"][0]["rate"]["right"] == 1
    _, out, _ = decide("run", "--rounds", "1", "--json")
    assert json.loads(out)["rules"][0]["rate"]["right"] == 0
    _, out, _ = decide("run", "--rounds", "1", "--reading", "lenient", "--json")
    assert json.loads(out)["rules"][0]["rate"]["right"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere.jsonl",), "cannot be read: No such file"),
        (("out.jsonl", "-r", "shulze"), "Did you mean 'schulze'?"),
        (("out.jsonl", "-r", "{supermajority"), "--rule is a name, or a name with its options"),
        (("out.jsonl", "-r", "supermajority: {threshold: 2}"), "above 0.5 and goes up to 1"),
        (("out.jsonl", "-s", "quorum: {share: 0.5}"), "above 0.5 and up to 1"),
        (("out.jsonl", "-w", "w.json"), "no file of weights"),
        (("out.jsonl", "--reading", "loose"), "There is no reading 'loose'"),
        (("out.jsonl", "--tie-break", "coin"), "There is no tie_break called 'coin'"),
        (("out.jsonl", "--gold", "gold.jsonl"), "cannot be read"),
    ],
)
def test_wrong_arguments_get_a_sentence(decide: Quorate, arguments: tuple[str, ...], sentence: str) -> None:
    code, _, err = decide(*arguments)
    assert code == 1
    assert sentence in err
    assert "Traceback" not in err


def test_help_teaches_with_examples(decide: Quorate) -> None:
    code, out, _ = decide("--help")
    assert code == 0
    assert "quorate decide runs/first --rule all" in out
