"""`quorate problems`, and `quorate run` on files that are not JSONL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quorate.cli import app
from quorate.errors import BadOption, BadQuestion
from quorate.evaluate.sources import datasets, procedural, read_problems


def told(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["problems", *arguments], catch_exceptions=False, env={"COLUMNS": "300"})
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    rows = "".join(f"What is {n}+1?,{n + 1},sums\n" for n in range(40))
    path.write_text("prompt,label,topic\n" + rows)
    return path


def test_the_list_names_every_set() -> None:
    listed = told()
    for name, known in datasets().items():
        assert name in listed
        assert known.hub in listed
    assert all(name in listed for name in procedural)


def test_one_problem_is_shown_with_where_it_comes_from() -> None:
    shown = told("arithmetic", "--count", "3", "--seed", "1")
    assert "What is the result of 24+28*7+9-26÷12?" in shown
    assert "gold: 226.8" in shown
    assert "digest" in shown


def test_a_sample_is_written(table: Path, tmp_path: Path) -> None:
    fields = ("--field", "text=prompt", "--field", "gold=label")
    done = told(str(table), *fields, "--count", "5", "--seed", "2", "-o", str(tmp_path / "five.jsonl"))
    found = read_problems(tmp_path / "five.jsonl")
    assert f"5 problems written to {tmp_path / 'five.jsonl'} (digest {found.digest})" in done
    source = {"file": table, "fields": {"text": "prompt", "gold": "label"}, "count": 5, "seed": 2}
    assert found.problems == read_problems(source).problems


def test_options_of_a_procedural_set(tmp_path: Path) -> None:
    told(
        "pool", "-n", "2", "--option", "kind=money", "--option", "level=1", "-o", str(tmp_path / "two.jsonl")
    )
    wanted = read_problems({"pool": {"kind": "money", "level": 1}, "count": 2})
    assert read_problems(tmp_path / "two.jsonl").problems == wanted.problems


def test_choices_from_several_columns(tmp_path: Path) -> None:
    path = tmp_path / "quiz.csv"
    path.write_text("q,one,two,key\nWhich is even?,3,4,B\n")
    shown = told(str(path), "-f", "text=q", "-f", "choices=[one, two]", "-f", "gold=key")
    assert "B) 4" in shown
    assert "gold: B" in shown


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(
        json.dumps({"text": "Red \x1b[31m and [bold]bold[/bold]?", "references": ["\x07ring"]}) + "\n"
    )
    shown = told(str(path))
    assert "\x1b[31m" not in shown
    assert "\x07" not in shown
    assert "[bold]bold[/bold]?" in shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing"], "There is no file and no set of problems called 'nothing'"),
        (["arithmetic", "--split", "test"], "has no 'split'"),
        (["gsm8k", "--option", "kind=x"], "--option is for procedural sets"),
        (["arithmetic", "--option", "kind"], "--option is given as key=value, not 'kind'"),
        (["none.csv"], "none.csv cannot be read: it is not there"),
    ],
)
def test_mistakes_are_sentences(arguments: list[str], sentence: str) -> None:
    with pytest.raises((BadOption, BadQuestion), match=sentence):
        told(*arguments)


def test_a_run_reads_tables_and_sets(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(
        "agents:\n  - {name: ada, model: {scripted: {script: 'Answer: 5'}}}\n"
    )
    (tmp_path / "data.csv").write_text("question;answer\nWhat is 2+3?;5\nWhat is 2+4?;6\n")
    for source, count in ((str(tmp_path / "data.csv"), 2), ("arithmetic", 100)):
        folder = tmp_path / Path(source).stem
        result = CliRunner().invoke(
            app, ["run", str(tmp_path / "study.yaml"), source, "-o", str(folder), "--view", "quiet"]
        )
        assert result.exit_code == 0, result.output
        assert len(read_problems(folder / "problems.jsonl")) == count
    assert "accuracy" in result.output
