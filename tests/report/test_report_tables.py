"""CSV and LaTeX, plots and frames: what a paper takes from a study."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from quorate.errors import BadOption, RecordError
from quorate.evaluate import Rate
from quorate.evaluate.results import Column, Comparison, Cost
from quorate.report import arms_csv, claims_csv, debates, latex, messages, read_study, write_report
from quorate.report.tables import escaped, figures

pd = pytest.importorskip("pandas")


def test_the_csv_has_every_figure_in_full(experiment: Path) -> None:
    table = read_study(experiment).comparison
    rows = list(csv.DictReader(io.StringIO(arms_csv(table))))
    assert [row["arm"] for row in rows] == [column.name for column in table.columns]
    for row, column in zip(rows, table.columns, strict=True):
        assert column.strict is not None
        assert float(row["share"]) == column.strict.share
        assert float(row["tokens_in"]) == column.cost.tokens_in
        assert row["money"] == ""
    claims = list(csv.DictReader(io.StringIO(claims_csv(table))))
    assert [float(row["difference"]) for row in claims] == [claim.difference.mean for claim in table.claims]


def test_a_spreadsheet_finds_no_formula() -> None:
    table = Comparison(title="t", problems=1, columns=(Column(name="=HYPERLINK(1)"), Column(name="+1")))
    assert [row[0] for row in csv.reader(io.StringIO(arms_csv(table)))][1:] == ["'=HYPERLINK(1)", "'+1"]


def test_the_latex_has_as_many_cells_in_every_row(experiment: Path) -> None:
    written = latex(read_study(experiment).comparison)
    for table in re.findall(r"\\begin\{tabular\}.*?\\end\{tabular\}", written, re.S):
        columns = len(re.findall(r"[lr]", re.sub(r"@\{[^}]*\}", "", table.split("\n")[0].split("}", 1)[1])))
        rows = [line for line in table.splitlines() if line.endswith(r"\\") and "multicolumn" not in line]
        assert rows
        assert {len(re.findall(r"(?<!\\)&", line)) for line in rows} == {columns - 1}
    for rule in (r"\toprule", r"\midrule", r"\bottomrule"):
        assert rule in written
    assert written.count(r"^\dagger") == written.count("better") + sum(
        claim.holds and claim.adjusted <= 0.05 for claim in read_study(experiment).comparison.claims
    )


@pytest.mark.parametrize("name", ["[2pt] ring", "* ring"])
def test_a_name_is_not_taken_for_what_ends_the_row_above(name: str) -> None:
    columns = tuple(Column(name=called) for called in ("vote", name))
    written = latex(Comparison(title="x", problems=2, columns=columns))
    assert f"    {{}}{name} &" in written


def test_the_caption_tells_totals_from_means() -> None:
    column = Column(name="ring", cost=Cost(calls=3), unread=2)
    assert r"unread and failed are totals" in latex(Comparison(title="x", problems=2, columns=(column,)))


def test_latex_obeys_no_name() -> None:
    name = r"\input{/etc/passwd} & 50% $x_1^2$ #1 ~ <b>"
    column = Column(name=name, strict=Rate.count(1, 2), cost=Cost(calls=1))
    written = latex(Comparison(title=name, problems=2, columns=(column,)))
    assert r"\input" not in written
    body = written.split(r"\midrule")[1].split(r"\bottomrule")[0]
    assert len(re.findall(r"(?<!\\)&", body)) == 3
    assert escaped(name) in body


def test_figures_that_are_zero_everywhere_are_left_out() -> None:
    columns = (Column(name="a", cost=Cost(calls=5), failed=2), Column(name="b", cost=Cost(calls=1)))
    assert [f.head for f in figures(Comparison(title="t", problems=1, columns=columns))] == [
        "calls",
        "failed",
    ]


def test_several_seeds_and_scores_have_columns_of_their_own() -> None:
    column = Column(name="a", seeds={0: Rate.count(1, 2), 1: Rate.count(2, 2)}, scores={"chrF": 41.5})
    shown = figures(Comparison(title="t", problems=2, seeds=(0, 1), columns=(column,)))
    assert {f.head: f.cells[0].text for f in shown} == {"by seed": "50.0–100.0", "chrF": "41.5"}


def test_lenient_rates_and_scores_have_their_intervals() -> None:
    column = Column(
        name="a",
        strict=Rate.count(5, 10),
        lenient=Rate.count(8, 10),
        scores={"chrF": 0.4},
        intervals={"chrF": (0.3, 0.5)},
    )
    table = Comparison(title="t", problems=10, columns=(column,))
    assert {f.head: f.cells[0].interval for f in figures(table)} == {
        "lenient": "[49.0, 94.3]",
        "chrF": "[0.3, 0.5]",
    }
    assert r"80.0 [49.0, 94.3] & 0.4 [0.3, 0.5] \\" in latex(table)
    (row,) = csv.DictReader(io.StringIO(arms_csv(table)))
    assert (row["chrF"], row["chrF_low"], row["chrF_high"]) == ("0.4", "0.3", "0.5")


def test_the_suffix_says_what_is_written(experiment: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    study = read_study(experiment)
    written = [path for name in ("t.csv", "f.svg", "f.png") for path in write_report(study, tmp_path / name)]
    names = ["t.csv", "t-claims.csv", "f-cost.svg", "f-rounds.svg", "f-cost.png", "f-rounds.png"]
    assert [path.name for path in written] == names
    assert (tmp_path / "f-cost.png").read_bytes().startswith(b"\x89PNG")
    drawn = (tmp_path / "f-cost.svg").read_text("utf-8")
    assert all(f">{column.name}<" in drawn for column in study.comparison.columns)
    again = write_report(study, tmp_path / "again.svg")[0]
    assert again.read_text("utf-8") == drawn


def test_another_suffix_is_refused(experiment: Path, tmp_path: Path) -> None:
    with pytest.raises(BadOption, match=r"Did you mean '\.html'"):
        write_report(experiment, tmp_path / "report.htm")
    with pytest.raises(RecordError, match="cannot be written"):
        write_report(experiment, tmp_path / "nowhere" / "report.html")


def test_a_frame_has_every_message(experiment: Path) -> None:
    frame = messages(read_study(experiment))
    lines = [
        json.loads(line)
        for path in sorted(experiment.glob("arms/*/*/events.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    said = [line["message"] for line in lines if line["type"] == "said"]
    assert len(frame) == len(said)
    assert frame.tokens_out.sum() == sum(message["tokens_out"] for message in said)
    ring = frame[(frame.arm == "ring debate") & (frame.turn == 1)]
    assert set(ring.heard.map(len)) == {2}
    assert (
        ring.right.mean()
        == ((ring.answer == ring.gold) & ring.answer.notna()).sum() / ring.right.notna().sum()
    )


def test_a_frame_has_every_debate(experiment: Path) -> None:
    study = read_study(experiment)
    frame = debates(study)
    assert len(frame) == 220
    for column in study.comparison.columns:
        assert column.strict is not None
        assert frame[frame.arm == column.name].worth.mean() == pytest.approx(column.strict.share)


def test_parquet_keeps_the_frames(experiment: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    first, second = write_report(experiment, tmp_path / "records.parquet")
    frame, expected = pd.read_parquet(first), messages(read_study(experiment))
    assert frame.text.tolist() == expected.text.tolist()
    assert [list(heard) for heard in frame.heard] == expected.heard.tolist()
    assert len(pd.read_parquet(second)) == 220
