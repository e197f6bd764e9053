"""Items: to and from files, and as problems that Quorate evaluates."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from quorate.errors import BadQuestion
from quorate.evaluate import dump_problems, parse_problems
from quorate.lab.world import dump, generate, load

ITEMS = generate("test", 60, seed=8, advanced_share=0.3, private_share=0.3)


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    path = dump(ITEMS, tmp_path / "items.jsonl")
    assert load(path) == ITEMS
    assert len(path.read_text("utf-8").splitlines()) == len(ITEMS)


def test_blank_lines_are_skipped(tmp_path: Path) -> None:
    path = dump(ITEMS[:2], tmp_path / "items.jsonl")
    path.write_text(path.read_text("utf-8").replace("\n", "\n\n"), "utf-8")
    assert load(path) == ITEMS[:2]


def test_as_problems_of_quorate() -> None:
    problems = [item.problem() for item in ITEMS]
    assert parse_problems(dump_problems(problems).splitlines(), "here") == problems
    assert {problem.question.kind for problem in problems} == {"number"}
    assert [problem.gold for problem in problems] == [str(item.answer) for item in ITEMS]
    assert problems[0].question.id == ITEMS[0].id


def test_items_are_frozen() -> None:
    with pytest.raises(ValidationError):
        setattr(ITEMS[0], "answer", 1)  # noqa: B010


def row(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(ITEMS[0].model_dump_json())
    return {**data, **changes}


def with_step(**changes: Any) -> dict[str, Any]:
    data = row()
    data["steps"][-1] |= changes
    return data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (row(answer=ITEMS[0].answer + 1), "but the last step gives"),
        (row(extra=1), "extra"),
        (row(level=9), "level"),
        (row(steps=[]), "an item has steps"),
        (row(skills=[*ITEMS[0].skills, "more"]), "a skill for every segment"),
        (with_step(value=499), "does not give 499"),
        (with_step(segment=7), "segment 7"),
        (with_step(args=[1, 2, 3]), "3 operands"),
        (with_step(uses=[99, 0]), "which does not give it"),
        (with_step(op="%"), "op"),
        (with_step(more=1), "more"),
        (with_step(op="/", args=[3, 0], uses=[0, 0]), "does not give"),
        ([1], "Input should be"),
        ("?", "Input should be"),
    ],
)
def test_a_bad_line_is_named(data: Any, says: str, tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(ITEMS[1].model_dump_json() + "\n" + json.dumps(data) + "\n", "utf-8")
    with pytest.raises(BadQuestion, match=says) as caught:
        load(path)
    assert "items.jsonl, line 2: " in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadQuestion, match=r"missing\.jsonl cannot be read"):
        load(tmp_path / "missing.jsonl")


@settings(max_examples=60, deadline=None)
@given(text=st.text())
def test_no_text_breaks_the_reader(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "garbage.jsonl"
    path.write_text(text, "utf-8", "replace")
    with contextlib.suppress(BadQuestion):
        assert load(path) == []
