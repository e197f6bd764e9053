"""Problems: read from JSONL with every mistake named by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from quorate.errors import BadQuestion
from quorate.evaluate import Problem, dump_problems, load_problems, parse_problems
from quorate.nouns import Question


def test_round_trip_and_aliases() -> None:
    lines = [
        '{"id": 7, "question": "What is 2+3?", "answer": "5.0", "kind": "number"}',
        "",
        '{"text": "Which is prime?", "options": ["4", "7"], "gold": "b"}',
        '{"text": "Which is even?", "choices": ["4", "7"], "gold": "4"}',
    ]
    problems = parse_problems(lines, "demo")
    assert [problem.gold for problem in problems] == ["5", "B", "A"]
    assert problems[0].question.id == "7"
    assert parse_problems(dump_problems(problems).splitlines(), "again") == problems


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "line 2: "),
        ("[1]", "line 2: a problem is a JSON object"),
        ('{"gold": "5"}', "there is no question"),
        ('{"text": "  "}', "The question is empty"),
        ('{"text": "a", "golden": "5"}', "unknown field 'golden'. Did you mean 'gold'"),
        ('{"text": "a", "gold": "5", "answer": "5"}', "'gold' is given twice, also as 'answer'"),
        ('{"id": "q", "text": "again"}', "the id 'q' was already used on line 1"),
        ('{"text": "a", "choices": ["1"]}', "fewer than 2 choices"),
        ('{"text": "a", "kind": "number", "gold": "many"}', "gold answer 'many' cannot be read"),
        ('{"text": "a", "kind": "essay"}', "kind: "),
        ('{"text": 5}', "empty"),
    ],
)
def test_mistakes_name_file_and_line(tmp_path: Path, line: str, sentence: str) -> None:
    path = tmp_path / "problems.jsonl"
    path.write_text('{"id": "q", "text": "2+3?"}\n' + line + "\n")
    with pytest.raises(BadQuestion, match=sentence) as caught:
        load_problems(path)
    assert "problems.jsonl, line 2" in str(caught.value)


def test_only_a_line_break_ends_a_line(tmp_path: Path) -> None:
    problem = Problem(question=Question(id="q", text="one\u2028two\u0085three?"), gold="5")
    (tmp_path / "p.jsonl").write_text(dump_problems([problem]), "utf-8")
    assert load_problems(tmp_path / "p.jsonl") == [problem]


def test_absent_and_empty_files(tmp_path: Path) -> None:
    with pytest.raises(BadQuestion, match="cannot be read"):
        load_problems(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(BadQuestion, match="holds no problem"):
        load_problems(tmp_path / "empty.jsonl")
