"""Reading what a report is about: experiments, runs, and what is neither."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.errors import RecordError
from quorate.evaluate import Problem, load_problems
from quorate.events import Decided
from quorate.nouns import Question
from quorate.record import read_events
from quorate.redeciding import redecide
from quorate.report import read_study
from quorate.report.debates import read_run
from quorate.report.packing import SIGNS, row
from quorate.report.single import DRAFTS
from quorate.transcript_files import load_transcripts


def test_an_experiment_has_its_runs_in_the_order_of_the_table(experiment: Path) -> None:
    study = read_study(experiment)
    assert [arm for arm, _ in study.runs] == [column.name for column in study.comparison.columns]
    assert {place[2] for place in study.worth} == {f"q{number:04}" for number in range(20)}
    assert study.title == "Does talking help?"


def test_a_run_is_compared_with_the_vote_over_its_drafts(run_folder: Path) -> None:
    table = read_study(run_folder).comparison
    drafts = [transcript.upto(1) for transcript in load_transcripts(run_folder).transcripts]
    assert [column.name for column in table.columns] == ["seed-0", DRAFTS]
    assert table.columns[1].strict == redecide(drafts).rules[0].rate
    assert table.columns[1].cost.calls == 5
    assert table.columns[0].cost.calls > 5
    assert table.claims[0].arm == "seed-0"


def test_what_is_neither_a_run_nor_an_experiment_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="nothing to report"):
        read_study(tmp_path)


def test_an_unfinished_experiment_says_how_to_finish_it(experiment: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(experiment, tmp_path / "half")
    (copy / "comparison.json").unlink()
    with pytest.raises(RecordError, match="quorate compare"):
        read_study(copy)


def test_a_damaged_table_and_a_damaged_result_are_named(experiment: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(experiment, tmp_path / "torn")
    results = copy / "results.jsonl"
    results.write_text(results.read_text("utf-8")[:-20], "utf-8")
    with pytest.raises(RecordError, match="results"):
        read_study(copy)
    (copy / "comparison.json").write_text("{", "utf-8")
    with pytest.raises(RecordError, match="comparison"):
        read_study(copy)


def test_a_record_of_a_newer_version_is_refused(run_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(run_folder, tmp_path / "newer")
    manifest = copy / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"format": 1', '"format": 99'), "utf-8")
    with pytest.raises(RecordError, match="newer"):
        read_study(copy)


def test_open_questions_are_told(run_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(run_folder, tmp_path / "open")
    lines = (copy / "events.jsonl").read_text("utf-8").splitlines(keepends=True)
    ended = [place for place, event in enumerate(read_events(copy)) if isinstance(event, Decided)]
    (copy / "events.jsonl").write_text("".join(lines[: ended[11]]), "utf-8")
    study = read_study(copy)
    assert study.comparison.problems == 11
    assert study.comparison.notes[0] == "Not decided yet: 9 of 20 questions."
    debates = read_run(copy).debates
    assert [debate.outcome is None for debate in debates].count(True) == 9
    opened = next(debate for debate in debates if debate.outcome is None)
    assert row(opened)[5] >> SIGNS.index("open") & 1


def test_debates_come_in_the_order_of_the_problems(run_folder: Path) -> None:
    asked = [problem.question.id for problem in load_problems(run_folder / "problems.jsonl")]
    assert [debate.question.id for debate in read_run(run_folder).debates] == asked


def outcome_row(drafts: list[str], last: list[str], gold: str | None) -> list[object]:
    """Return the row of a debate in which seats first say one thing and then another."""
    import tempfile

    agents = [
        Agent(name, Scripted([f"Answer: {first}", f"Answer: {then}"]))
        for name, first, then in zip("abcd", drafts, last, strict=False)
    ]
    with tempfile.TemporaryDirectory() as folder:
        definition = Definition(agents, protocol={"debate": {"rounds": 2, "until": "never"}})
        definition.run(
            [Problem(question=Question(text="2+3?", kind="number"), gold=gold)], record=Path(folder) / "run"
        )
        return list(row(read_run(Path(folder) / "run").debates[0]))


@pytest.mark.parametrize(
    ("drafts", "last", "state", "printed"),
    [
        (["5", "5", "6"], ["6", "6", "6"], "rw", "rrw www"),
        (["6", "6", "5"], ["5", "5", "5"], "wr", "wwr rrr"),
        (["5", "5", "6"], ["5", "5", "6"], "rr", "rrw rrw"),
        (["7", "5", "6"], ["5", "5", "6"], "tr", "wrw rrw"),
        (["7", "none", "6"], ["7", "none", "7"], "ww", "wnw wnw"),
    ],
)
def test_a_row_says_what_the_talk_made_of_the_vote(
    drafts: list[str], last: list[str], state: str, printed: str
) -> None:
    found = outcome_row(drafts, last, "5")
    assert found[1] == state
    assert found[2] == printed


def test_without_gold_the_print_shows_who_agrees_with_the_outcome() -> None:
    found = outcome_row(["5", "6", "6"], ["6", "6", "6"], None)
    assert found[1:3] == ["--", "wrr rrr"]
