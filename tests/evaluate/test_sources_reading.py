"""Reading problems: what may be said about a source, what is refused, and that no gold reaches an agent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from quorate import Definition
from quorate.agents import Agent, Scripted
from quorate.agents.agent import Request
from quorate.errors import BadOption, BadQuestion, UnknownName
from quorate.evaluate import parse_problems
from quorate.evaluate.sources import PARTS, ProblemSet, part_of, read_problems
from quorate.evaluate.sources.named import distinct


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sums.jsonl"
    path.write_text("".join(json.dumps({"text": f"What is {n}+1?", "gold": n + 1}) + "\n" for n in range(60)))
    return path


def test_a_whole_file_keeps_its_order(file: Path) -> None:
    found = read_problems(file)
    assert [problem.gold for problem in found] == [str(n + 1) for n in range(60)]
    assert found.metrics == ("accuracy",)
    assert found.about["of"] == 60
    assert read_problems(found) is found


def test_a_sample_says_where_it_comes_from(file: Path) -> None:
    whole = read_problems(file)
    found = read_problems({"file": file, "count": 10, "seed": 3, "part": "train", "name": "sums, easy"})
    assert len(found) == 10
    assert found.name == "sums, easy"
    assert found.about["of_digest"] == whole.digest
    assert {name: found.about[name] for name in ("of", "seed", "count", "part")} == {
        "of": 60,
        "seed": 3,
        "count": 10,
        "part": "train",
    }
    assert json.loads(json.dumps(found.about)) == found.about


def test_the_rows_may_be_sorted_anyhow(file: Path) -> None:
    drawn = read_problems({"file": file, "count": 10, "seed": 3})
    lines = file.read_text().splitlines()
    file.write_text("\n".join(sorted(lines, reverse=True)))
    again = read_problems({"file": file, "count": 10, "seed": 3})
    assert again.problems == drawn.problems
    assert again.about == drawn.about


def test_parts_of_a_file_never_overlap(file: Path) -> None:
    held = [problem for part in PARTS for problem in read_problems({"file": file, "part": part})]
    assert len(held) == len(set(held)) == 60
    halves = {"a": 0.5, "b": 0.5}
    assert {*read_problems({"file": file, "part": "a", "parts": halves})}.isdisjoint(
        read_problems({"file": file, "part": "b", "parts": halves})
    )


def test_a_digest_pins_the_problems(file: Path) -> None:
    found = read_problems(file)
    assert read_problems({"file": file, "digest": found.digest}).problems == found.problems
    file.write_text(file.read_text().replace('"gold": 5}', '"gold": 6}'))
    with pytest.raises(BadQuestion, match=f"have the digest .*, not {found.digest}: the source has changed"):
        read_problems({"file": file, "digest": found.digest})


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"count": 61}, "There are 60 problems in sums, so 61 cannot be drawn"),
        ({"count": 60, "part": "test"}, "problems in the part 'test' of sums, so 60 cannot be drawn"),
        ({"part": "tset"}, "There is no part 'tset'. Did you mean 'test'"),
        ({"part": "a", "parts": {"a": 0.1, "b": 0.1}}, "add up to 1, not to 0.2"),
        ({"split": "test"}, "has no 'split'. Known: .*part"),
        ({"cuont": 3}, "has no 'cuont'. Did you mean 'count'"),
        ({"seed": "x"}, "The source of problems: seed: "),
        ({"kind": "essay"}, "The source of problems: kind: "),
        (
            {"dataset": "gsm8k"},
            "exactly one of file, dataset, hub, arithmetic, pool; this one has file and dataset",
        ),
    ],
)
def test_impossible_wishes(file: Path, said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadOption, match=sentence):
        read_problems({"file": file, **said})


def test_unknown_sources() -> None:
    with pytest.raises(BadOption, match="this one has none"):
        read_problems({})
    with pytest.raises(UnknownName, match=r"no data set called 'gsm'. Did you mean 'gsm8k'"):
        read_problems({"dataset": "gsm"})
    with pytest.raises(UnknownName, match=r"no file and no set of problems called 'mmlu_por'. Did you mean"):
        read_problems("mmlu_por")
    with pytest.raises(BadOption, match="The columns of 'gsm8k' are known: leave `fields` and `kind` out"):
        read_problems({"dataset": "gsm8k", "fields": {"text": "q"}})
    with pytest.raises(BadOption, match="from a `folder` or from the `hub` at a `revision`"):
        read_problems({"dataset": "gsm8k", "folder": "x", "hub": "y/z"})


def test_an_empty_part_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text('{"text": "What is 2+3?", "gold": 5}\n')
    (problem,) = read_problems(path)
    empty = next(part for part in PARTS if part != part_of(problem))
    with pytest.raises(BadOption, match=f"None of the 1 problems of one falls into the part '{empty}'"):
        read_problems({"file": path, "part": empty})


def test_repeated_and_contradicting_rows_of_a_data_set() -> None:
    lines = [
        '{"text": "2+3?", "gold": 5}',
        '{"text": "2+3?", "gold": 5}',
        '{"text": "2+4?", "gold": 6}',
        '{"text": "2+4?", "gold": 7}',
        '{"text": "Hello in German?", "references": ["Hallo"]}',
        '{"text": "Hello in German?", "references": ["Guten Tag", "Hallo"]}',
    ]
    rows = [(f"row {n}", parse_problems([line], "demo")[0]) for n, line in enumerate(lines, 1)]
    problems, left_out = distinct(rows, "demo")
    assert [(problem.question.text, problem.gold, problem.references) for problem in problems] == [
        ("2+3?", "5", ()),
        ("Hello in German?", None, ("Hallo", "Guten Tag")),
    ]
    assert left_out == {"repeated": 3, "contradicting": 1}
    clash = parse_problems(['{"id": "x", "text": "a"}'], "demo") + parse_problems(
        ['{"id": "x", "text": "b"}'], "demo"
    )
    with pytest.raises(BadQuestion, match="demo, row 2: the id 'x' was already used on row 1"):
        distinct([("row 1", clash[0]), ("row 2", clash[1])], "demo")


class Eavesdropper(Scripted):
    """Keeps everything that it is handed."""

    def __init__(self) -> None:
        super().__init__("Answer: 5")
        self.heard: list[str] = []

    def reply(self, requests: Sequence[Request]) -> Any:
        self.heard += [repr(request) for request in requests]
        return super().reply(requests)


def test_no_gold_and_no_reference_reaches_an_agent(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_text(
        "text,gold,references\nWhat is it?,918273,tangerine\nAnd what is that?,645546,marmalade\n"
    )
    found = read_problems(path)
    assert [(problem.gold, problem.references) for problem in found] == [
        ("918273", ("tangerine",)),
        ("645546", ("marmalade",)),
    ]
    spy = Eavesdropper()
    definition = Definition(
        [Agent("ada", spy), Agent("bo", spy)], protocol={"debate": {"rounds": 3, "until": "never"}}
    )
    run = definition.run(found, record=tmp_path / "run")
    assert run.accuracy == 0
    assert len(spy.heard) >= 4
    told = " ".join(spy.heard)
    assert "What is it?" in told
    assert not [secret for secret in ("918273", "645546", "tangerine", "marmalade") if secret in told]
    events = (tmp_path / "run" / "events.jsonl").read_text()
    assert "918273" not in events
    assert "tangerine" not in events
    assert read_problems(tmp_path / "run" / "problems.jsonl").problems == found.problems


def test_a_set_is_hashable_data_and_says_its_length() -> None:
    found = read_problems({"arithmetic": {}, "count": 3})
    assert isinstance(found, ProblemSet)
    assert len(found) == len(list(found)) == 3
