"""A study is what a report is about: an experiment with its arms, or one run beside the vote over its drafts.

study = read_study("studies/first")
[column.name for column in study.comparison.columns]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from quorate.errors import RecordError
from quorate.evaluate.results import Comparison
from quorate.experiments import read_comparison, read_results
from quorate.experiments.experiment import slug
from quorate.experiments.folder import COMPARISON, EXPERIMENT, RESULTS
from quorate.record import MANIFEST
from quorate.report.debates import Recorded, read_run
from quorate.report.single import beside_its_drafts

ARMS = "arms"
Place = tuple[str, int, str]
"""Arm, seed and problem: where a result belongs."""


@dataclass(frozen=True)
class Study:
    """A table, and the runs behind its arms.

    `runs` maps an arm and a seed to the folder of the run, in the order of the table; `worth` says what an
    answer was worth where a result file tells.
    """

    title: str
    folder: Path
    comparison: Comparison
    runs: Mapping[tuple[str, int], Path]
    worth: Mapping[Place, float] = field(default_factory=dict)
    single: bool = False

    def recorded(self) -> Iterator[tuple[str, int, Recorded]]:
        """Read the runs one after the other: arm, seed, and what was recorded."""
        for (arm, seed), folder in self.runs.items():
            yield arm, seed, read_run(folder)


def read_study(folder: str | Path) -> Study:
    """Read the folder of an experiment or of a run.

    Parameters
    ----------
    folder : path
        With `comparison.json` and `arms/` in it (an experiment), or with `manifest.json` (a run).

    Raises
    ------
    RecordError
        When it is neither, is damaged, or was written by a newer Quorate; the sentence names the file.
    """
    folder = Path(folder)
    if (folder / COMPARISON).is_file():
        return _experiment(folder)
    if (folder / EXPERIMENT).is_file():
        raise RecordError(
            f"The experiment in {folder} has no table yet; finish it with: quorate compare {folder}, or "
            f"report one of its runs, such as {_a_run(folder)}."
        )
    if not (folder / MANIFEST).is_file():
        raise RecordError(
            f"There is nothing to report in {folder}: a run has a {MANIFEST}, an experiment a {COMPARISON}."
        )
    recorded = read_run(folder)
    title = folder.resolve().name
    table = beside_its_drafts(recorded, title)
    return Study(title, folder, table, {(table.columns[0].name, _seed(recorded)): folder}, single=True)


def _seed(recorded: Recorded) -> int:
    seed = (recorded.manifest.get("setup") or {}).get("seed", 0)
    return seed if isinstance(seed, int) else 0


def _a_run(folder: Path) -> Path:
    return next((path.parent for path in sorted(folder.glob(f"{ARMS}/*/*/{MANIFEST}"))), folder / ARMS)


def _experiment(folder: Path) -> Study:
    table = read_comparison(folder)
    found = {(run.parent.name, _number(run.name)): run for run in _run_folders(folder)}
    names = {slug(column.name): column.name for column in table.columns}
    order = {column.name: place for place, column in enumerate(table.columns)}
    runs = {(names.get(name, name), seed): run for (name, seed), run in found.items()}
    ordered = sorted(runs, key=lambda key: (order.get(key[0], len(order)), key))
    title = table.title or folder.resolve().name
    return Study(title, folder, table, {key: runs[key] for key in ordered}, _worth(folder))


def _run_folders(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob(f"{ARMS}/*/seed-*/{MANIFEST}"))


def _number(name: str) -> int:
    digits = name.removeprefix("seed-")
    return int(digits) if digits.lstrip("-").isdecimal() else 0


def _worth(folder: Path) -> dict[Place, float]:
    if not (folder / RESULTS).is_file():
        return {}
    results = read_results(folder)
    return {(r.arm, r.seed, r.problem): r.worth for r in results if r.worth is not None}
