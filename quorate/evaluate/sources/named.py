"""Data sets by name: from the rows of a copy or of the hub to problems, with what had to be left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from quorate.errors import BadQuestion
from quorate.evaluate.problems import Problem, made, make_problem
from quorate.evaluate.sources import hub
from quorate.evaluate.sources.columns import Columns
from quorate.evaluate.sources.mapping import Dataset
from quorate.evaluate.sources.sets import ACCURACY

Placed = tuple[str, Problem]


@dataclass(frozen=True)
class Foreign:
    """A data set without a ready mapping: its columns are given."""

    name: str
    hub: str
    columns: Columns
    split: str = "test"
    config: str = ""
    metrics: tuple[str, ...] = ACCURACY
    version: int = 1

    def wanted(self, config: str | None) -> tuple[str, ...]:
        """Return the configuration of that name; "" for None."""
        return (config or "",)

    def stored(self, config: str) -> str:
        """Return the configuration itself."""
        return config

    def check(self, columns: Iterable[str], where: str) -> None:
        """Complain about a named column that is not there (see `Columns.check`)."""
        self.columns.check(columns, where)

    def problem(self, row: Mapping[str, Any], config: str) -> Problem:
        """Make a problem of a row (see `make_problem`)."""
        return make_problem(self.columns.fields(row, self.name))


def read_dataset(
    known: Dataset | Foreign,
    place: str | Path,
    *,
    config: str | None = None,
    split: str | None = None,
    revision: str | None = None,
    unreadable: list[str] | None = None,
) -> tuple[list[Problem], dict[str, Any]]:
    """Read the problems of a data set, and say where they come from.

    Parameters
    ----------
    known : Dataset or Foreign
        Its layout.
    place : str or Path
        The name on the hub, or a folder with a copy.
    config, split, revision : str, optional
        The data set's own where None.
    unreadable : list, optional
        Takes the places of rows whose gold answer cannot be read, which are left out then.

    Raises
    ------
    BadQuestion
        When it cannot be fetched or read, has another layout, or a row is wrong: naming it.
    BadOption
        When there is no such configuration or split.
    """
    split, wanted = split or known.split, known.wanted(config)
    stored = list(dict.fromkeys(map(known.stored, wanted)))
    found: list[Placed] = []
    commit = None
    for table in hub.tables(place, stored, split, revision=revision, exact=bool(config)):
        commit = commit or table.revision
        columns, rows = table.columns, list(table.rows)
        for name in (one for one in wanted if known.stored(one) == table.config):
            where = f"{place}{f' ({name})' * bool(name)}, {split}"
            known.check(columns, where)
            for number, row in enumerate(rows, 1):
                spot, make = f"{name} row {number}".strip(), partial(known.problem, row, name)
                problem = made(make, f"{where}, row {number}", spot, unreadable)
                found += [(spot, problem)] if problem is not None else []
    if not found:
        raise BadQuestion(f"{place} holds no problem in its split '{split}'.")
    problems, left_out = distinct(found, f"{place}, {split}")
    if unreadable:
        left_out["unreadable"] = len(unreadable)
    about: dict[str, Any] = {
        "dataset": known.name,
        "config": known.config if config is None else config,
        "split": split,
        "revision": commit,
        "mapping_version": known.version,
        "left_out": left_out,
    }
    return problems, {name: value for name, value in about.items() if value not in ("", None, {})}


def distinct(found: Iterable[Placed], where: str) -> tuple[list[Problem], dict[str, int]]:
    """Leave every question in once; published data sets repeat some.

    The references of a question that comes again are put together. A question that comes with different gold
    answers is left out altogether, for nobody can be right about it.

    Returns
    -------
    list of Problem, dict of str to int
        The problems in their order, and how many rows were "repeated" or "contradicting".

    Raises
    ------
    BadQuestion
        When two different questions have one id.

    Examples
    --------
    >>> from quorate.evaluate import parse_problems
    >>> lines = ['{"text": "2+3?", "gold": 5}', '{"text": "2+3?", "gold": 5}', '{"text": "2+4?", "gold": 6}']
    >>> rows = [(f"row {n}", parse_problems([line], "demo")[0]) for n, line in enumerate(lines, 1)]
    >>> len(distinct(rows, "demo")[0]), distinct(rows, "demo")[1]
    (2, {'repeated': 1})
    """
    kept: dict[str, Problem] = {}
    first: dict[str, str] = {}
    repeated, contradicted = 0, dict[str, int]()
    for place, problem in found:
        name = problem.question.id
        known = kept.setdefault(name, problem)
        if first.setdefault(name, place) == place:
            continue
        if known.question != problem.question:
            raise BadQuestion(f"{where}, {place}: the id '{name}' was already used on {first[name]}.")
        repeated += 1
        if known.gold != problem.gold:
            contradicted[name] = contradicted.get(name, 1)
        together = tuple(dict.fromkeys((*known.references, *problem.references)))
        kept[name] = known.model_copy(update={"references": together})
    problems = [problem for name, problem in kept.items() if name not in contradicted]
    counts = {"repeated": repeated, "contradicting": len(contradicted)}
    return problems, {name: count for name, count in counts.items() if count}
