"""The reader against real outputs of language models, whose recorded answers another reader extracted.

The outputs are not part of the project: the tests skip where they are absent (set QUORATE_DATA).
"""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quorate.answers import Mode, canonical, read
from quorate.nouns import AnswerKind, Question

DATA = Path(os.environ.get("QUORATE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
GSM8K, MATH, GOLD = (DATA / f"{name}.jsonl.gz" for name in ("gsm8k_openai4", "dylan_math", "bench_small"))


def rows(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        pytest.skip(f"no {path.name} here; set QUORATE_DATA")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def readings(
    path: Path, kind: AnswerKind, mode: Mode
) -> Iterator[tuple[dict[str, Any], str | None, str | None]]:
    """Yield each recorded output that has an answer, what is read from it, and the gold answer."""
    for row in rows(path):
        question = Question(text=row["question"], kind=kind)
        gold = canonical(question, row["gold"])
        for output in row["candidates"]:
            if output["text"] and output["answer"] is not None:
                yield output, read(question, output["text"], mode), gold


@pytest.mark.parametrize("kind", ["number", "auto"])
def test_word_problems_agree_with_the_recorded_answers(kind: AnswerKind) -> None:
    # The 5 of 5,265 that differ: two recorded answers were rounded to a float, one lost its "billion", two
    # are the numerators of fractions.
    agree: Counter[bool] = Counter()
    for output, answer, gold in readings(GSM8K, kind, "lenient"):
        agree[answer == canonical(kind, output["answer"])] += 1
        assert (answer == gold) == output["correct"]
    assert agree.total() == 5_265
    assert agree[False] <= 5


def test_word_problems_marked_otherwise_are_abstentions_in_strict_mode() -> None:
    assert all(answer is None for _, answer, _ in readings(GSM8K, "number", "strict"))


def test_word_problems_with_a_marker_are_read_strictly() -> None:
    # Some endings name no single number, such as "10+john's age".
    read_strictly: Counter[bool] = Counter()
    for row in rows(GSM8K):
        question = Question(text=row["question"], kind="number")
        for output in row["candidates"]:
            body, ending, answer = output["text"].rpartition("\nA: ")
            if ending:
                marked = read(question, f"{body}\nAnswer: {answer}")
                read_strictly[marked is not None] += 1
                assert marked in (None, read(question, output["text"], "lenient"))
    assert read_strictly[True] >= 0.995 * read_strictly.total()


def test_boxed_mathematics_agrees_with_the_recorded_answers() -> None:
    # What differs: recorded answers with damaged LaTeX (lost spaces and line breaks), cut after a comma, or
    # with the sentence that follows; and texts that add another answer after the box.
    agree: Counter[bool] = Counter()
    for output, answer, _ in readings(MATH, "maths", "strict"):
        if "\\boxed{" in output["text"]:
            agree[answer == canonical("maths", output["answer"])] += 1
    assert agree.total() > 7_000
    assert agree[True] >= 0.98 * agree.total()


def test_hardly_any_right_answer_in_mathematics_is_missed() -> None:
    right: Counter[bool] = Counter()
    for output, answer, gold in readings(MATH, "maths", "lenient"):
        if output["correct"]:
            right[answer == gold] += 1
    assert right.total() > 2_000
    assert right[True] >= 0.99 * right.total()


def test_every_gold_answer_is_readable_and_settled() -> None:
    for row in rows(GOLD):
        choices = tuple((row.get("options") or {}).values())
        question = Question(text=row["question"], choices=choices)
        gold = canonical(question, row["gold"])
        assert gold is not None, row["id"]
        assert canonical(question, gold) == gold
        assert read(question, f"Let me think.\nAnswer: {row['gold']}") == gold, row["id"]
