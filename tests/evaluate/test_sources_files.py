"""Files of problems: every format says the same, and every mistake is named by file and place."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from quorate.errors import BadOption, BadQuestion
from quorate.evaluate import dump_problems, load_problems
from quorate.evaluate.sources import read_problems

ROWS: list[dict[str, Any]] = [
    {"id": "one", "text": "What is 2+3?", "kind": "number", "gold": "5.0"},
    {"id": "two", "text": 'Who said "no, never",\nand why?', "kind": "text", "gold": "Ann; she"},
    {"id": "007", "text": "Was ist größer: 1/2 oder π?", "kind": "maths", "gold": "π"},
]


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def write_json(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(rows), "utf-8")
    return path


def write_csv(path: Path, rows: list[dict[str, Any]], delimiter: str = ",") -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, names, delimiter=delimiter)
        table.writeheader()
        table.writerows(rows)
    return path


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    return path


def write_gzip(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_bytes(gzip.compress(write_jsonl(path.with_suffix(".plain"), rows).read_bytes()))
    return path


Write = Callable[[Path, list[dict[str, Any]]], Path]
FORMATS: dict[str, Write] = {
    "a.jsonl": write_jsonl,
    "a.json": write_json,
    "a.csv": write_csv,
    "a.tsv": lambda path, rows: write_csv(path, rows, "\t"),
    "b.csv": lambda path, rows: write_csv(path, rows, ";"),
    "a.parquet": write_parquet,
    "a.jsonl.gz": write_gzip,
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_the_same(tmp_path: Path, name: str) -> None:
    found = read_problems(FORMATS[name](tmp_path / name, ROWS))
    assert [problem.question.id for problem in found] == ["one", "two", "007"]
    assert [problem.gold for problem in found] == ["5", "ann; she", "π"]
    assert found.problems[1].question.text == 'Who said "no, never",\nand why?'
    assert found.digest == read_problems(write_jsonl(tmp_path / "same.jsonl", ROWS)).digest
    assert found.name == name[0]


def test_a_spreadsheet_saved_with_a_mark_in_front_and_other_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes("\ufeffquestion;answer\r\nWhat is 2+3?;5\r\n\r\n".encode())
    assert [problem.gold for problem in read_problems(path)] == ["5"]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    rows = [*ROWS, {"text": "Say hello", "kind": "text", "references": ["hello", "hi"]}]
    found = read_problems(write_jsonl(tmp_path / "a.jsonl", rows))
    again = read_problems(found.write(tmp_path / "b.jsonl"))
    assert again.problems == found.problems
    assert load_problems(tmp_path / "b.jsonl") == list(found.problems)
    assert dump_problems(found).count("\n") == 4


def test_columns_of_any_name(tmp_path: Path) -> None:
    rows = [{"nr": 3, "q": "Which is even?", "A": "4", "B": "7", "label": 0, "year": 2024}]
    fields = {"id": "nr", "text": "q", "choices": ["A", "B"], "gold_place": "label"}
    (problem,) = read_problems({"file": write_csv(tmp_path / "a.csv", rows), "fields": fields})
    assert (problem.question.id, problem.question.choices, problem.gold) == ("3", ("4", "7"), "A")


def test_nested_columns_and_lists_in_cells(tmp_path: Path) -> None:
    nested = [{"ask": {"en": "Which is even?"}, "options": {"A": "4", "B": "7"}, "key": "B"}]
    source = {"file": write_jsonl(tmp_path / "a.jsonl", nested), "fields": {"text": "ask.en", "gold": "key"}}
    (problem,) = read_problems(source)
    assert (problem.question.text, problem.question.choices, problem.gold) == (
        "Which is even?",
        ("4", "7"),
        "B",
    )
    cells = [{"question": "Which is even?", "choices": '["4", "7"]', "gold": "4"}]
    (problem,) = read_problems(write_csv(tmp_path / "a.csv", cells))
    assert (problem.question.choices, problem.gold) == (("4", "7"), "A")


def test_a_kind_for_all_rows_and_references(tmp_path: Path) -> None:
    rows = [{"src": "Guten Tag", "ref": "Good day"}]
    fields = {"text": "src", "references": "ref"}
    found = read_problems({"file": write_csv(tmp_path / "a.csv", rows), "fields": fields, "kind": "text"})
    assert found.problems[0].references == ("Good day",)
    assert found.problems[0].question.kind == "text"
    assert found.metrics == ("chrf",)


def test_a_column_that_is_used_is_not_taken_for_another_field_too(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [{"text": "Say hello", "answer": "hello there"}])
    (problem,) = read_problems({"file": path, "fields": {"references": "answer"}, "kind": "text"})
    assert (problem.gold, problem.references) == (None, ("hello there",))


def test_paths_are_relative_to_the_definition(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl", ROWS)
    assert len(read_problems({"file": "a.jsonl"}, folder=tmp_path)) == 3
    assert len(read_problems("a.jsonl", folder=tmp_path)) == 3
    assert read_problems({"file": "a.jsonl"}, folder=tmp_path).about["file"] == "a.jsonl"


MISTAKES: list[tuple[str, str | bytes, str]] = [
    ("none.csv", "", "holds no problem: it is empty"),
    ("head.csv", "question,answer\n", "holds no problem: it is empty, or has a header only"),
    ("none.jsonl", "\n\n", "holds no problem"),
    (
        "a.csv",
        "question,answer\n2+3?,5\n2+4?\n",
        r"a.csv, row 2 \(line 3\): it has 1 cells, the header has 2",
    ),
    ("a.csv", 'question,answer\n"2+3?,5\n', r"a.csv, line 2: this is no CSV"),
    ("a.csv", "question,question\na,b\n", "two columns called 'question'"),
    (
        "a.csv",
        "question,answer\n2+3?,5\n2+3?,5\n",
        "row 2: the id 'q-.*' was already used on row 1.*id of its own",
    ),
    ("a.csv", "id,question\nx,2+3?\nx,2+4?\n", "row 2: the id 'x' was already used on row 1"),
    (
        "a.csv",
        "question,answer,year\n2+3?,5,1\n",
        "row 1: unknown field 'year'.*--field text=.*here: question, answer, year",
    ),
    ("a.csv", "question,golden\n2+3?,5\n", "unknown field 'golden'. Did you mean 'gold'"),
    (
        "a.csv",
        "topic,answer\nsums,5\n",
        r"no column with the question \(prompt, question, text\).*Columns here: topic, answer",
    ),
    (
        "a.csv",
        "question,kind,answer\n2+3?,number,many\n",
        "row 1: the gold answer 'many' cannot be read.*skip_unreadable",
    ),
    ("a.csv", "question,choices\n2+3?,5 or 6\n", "`choices` is a list such as"),
    ("a.csv", 'question,choices\n2+3?,"[5, 6"\n', "begins like a list in JSON"),
    ("a.csv", "question,answer\n,5\n", "row 1: there is no question"),
    ("a.csv", b"question\nGr\xf6\xdfe?\n", "is not UTF-8: byte 11 is no text. Save it as UTF-8"),
    ("a.jsonl", '{"text": "a"}\n{"text": \n', "a.jsonl, line 2: this is no JSON"),
    ("a.jsonl", '["a"]\n', "a.jsonl, line 1: a problem is a JSON object"),
    ("a.jsonl", '{"text": "a", "choices": 7}\n', "line 1: `choices` is a list of texts, not int"),
    (
        "a.jsonl",
        '{"text": "a", "choices": ["x", "y"], "gold_place": 2}',
        "gold place is 2.*there are 2 choices",
    ),
    ("a.jsonl", '{"text": "a", "choices": ["x", "y"], "gold_place": 1, "gold": "x"}', "not as both"),
    (
        "a.jsonl",
        '{"text": "a", "choices": ["1", "0"], "gold": 0}',
        "may be the text of choice B or the place of A",
    ),
    ("a.json", '{"text": "a"}', "holds no list of problems but dict"),
    ("a.json", '{"text": "a"}\n{"text": "b"}\n', "is no JSON: .* One object a line is JSONL"),
    ("a.jsonl.gz", b"\x1f\x8bbroken", "cannot be read"),
    ("a.parquet", b"PAR1 no", "is no Parquet file that can be read"),
    ("a.xlsx", b"PK", r"is of no kind that can be read. Known: .csv, .json, .jsonl"),
    ("a.jsonl", "[" * 100_000, "line 1: this is no JSON"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), MISTAKES)
def test_mistakes_are_named(tmp_path: Path, name: str, content: str | bytes, sentence: str) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadQuestion, match=sentence) as caught:
        read_problems(path)
    assert name in str(caught.value)


def test_absent_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(BadQuestion, match=r"none.csv cannot be read: it is not there"):
        read_problems(tmp_path / "none.csv")
    with pytest.raises(BadQuestion, match="it is a folder, not a file"):
        read_problems(tmp_path)


def test_a_missing_column_names_those_that_are_there(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [{"prompt": "2+3?", "label": "5"}])
    with pytest.raises(BadQuestion) as caught:
        read_problems({"file": path, "fields": {"gold": "labels"}})
    assert str(caught.value) == (
        f"{path} has no column 'labels' for the field 'gold'. Did you mean 'label'? "
        "Columns there: prompt, label."
    )
    with pytest.raises(BadOption, match=r"no field 'golden'. Did you mean 'gold'"):
        read_problems({"file": path, "fields": {"golden": "label"}})


def test_unreadable_gold_can_be_left_out_and_is_counted(tmp_path: Path) -> None:
    rows = [{"text": f"What is {n}+1?", "gold": gold} for n, gold in enumerate(["1", "some", "3", "more"])]
    source = {"file": write_csv(tmp_path / "a.csv", rows), "kind": "number", "skip_unreadable": True}
    found = read_problems(source)
    assert [problem.gold for problem in found] == ["1", "3"]
    assert found.about["left_out"] == {"unreadable": 2}
    source = {**source, "file": write_csv(tmp_path / "b.csv", rows[1::2])}
    with pytest.raises(BadQuestion, match="No problem of b is left: no gold answer of it can be read"):
        read_problems(source)


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    found = read_problems(write_jsonl(tmp_path / "a.jsonl", ROWS))
    with pytest.raises(BadOption, match=r"cannot be written to .*: No such file or directory"):
        found.write(tmp_path / "none" / "b.jsonl")
