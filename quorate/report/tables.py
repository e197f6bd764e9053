r"""Tables for papers: the figures of a comparison as CSV with all digits, and as LaTeX with booktabs.

The LaTeX needs \usepackage{booktabs}; a claim that may be made carries a mark.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from quorate.evaluate.claims import stands
from quorate.evaluate.results import Column, Comparison
from quorate.evaluate.statistics import Rate
from quorate.report import rendering
from quorate.report.wording import chance, count, number, percent, points, visible


@dataclass(frozen=True)
class Cell:
    """A figure, how it is written, and its interval; -1 stands for a missing one when sorted."""

    value: float
    text: str
    interval: str = ""


@dataclass(frozen=True)
class Figure:
    """One figure of all arms."""

    head: str
    cells: tuple[Cell, ...]


def figures(table: Comparison) -> list[Figure]:
    """Return what a table shows besides the accuracy; figures that are 0 for every arm are left out."""
    columns = table.columns
    found = [*_accuracies(table), *(_costs(columns)), *(_troubles(columns))]
    return [figure for figure in found if any(cell.value > 0 for cell in figure.cells)]


def _accuracies(table: Comparison) -> Iterator[Figure]:
    columns = table.columns
    if any(column.lenient and column.lenient != column.strict for column in columns):
        yield Figure("lenient", tuple(_rate(column.lenient) for column in columns))
    if len(table.seeds) > 1:
        yield Figure("by seed", tuple(_spread(column) for column in columns))
    for name in dict.fromkeys(name for column in columns for name in column.scores):
        yield Figure(visible(name), tuple(_score(name, column) for column in columns))


def _rate(rate: Rate | None) -> Cell:
    if rate is None:
        return Cell(-1, "–")
    return Cell(rate.share, percent(rate.share), f"[{percent(rate.low)}, {percent(rate.high)}]")


def _score(name: str, column: Column) -> Cell:
    if name not in column.scores:
        return Cell(-1, "–")
    value, ends = column.scores[name], column.intervals.get(name)
    return Cell(value, number(value), f"[{number(ends[0])}, {number(ends[1])}]" if ends else "")


def _spread(column: Column) -> Cell:
    shares = [rate.share for rate in column.seeds.values()]
    if not shares:
        return Cell(-1, "–")
    return Cell(max(shares) - min(shares), f"{percent(min(shares))}–{percent(max(shares))}")


def _costs(columns: Sequence[Column]) -> Iterator[Figure]:
    reads: dict[str, Callable[[Column], float | None]] = {
        "calls": lambda c: c.cost.calls,
        "tokens in": lambda c: c.cost.tokens_in,
        "out": lambda c: c.cost.tokens_out,
        "cached": lambda c: c.cost.cached,
        "depth": lambda c: c.cost.depth,
        "seconds": lambda c: c.cost.seconds,
        "money": lambda c: c.cost.money,
        "rounds": lambda c: c.rounds,
    }
    for head, read in reads.items():
        yield _figure(head, columns, read, number)


def _troubles(columns: Sequence[Column]) -> Iterator[Figure]:
    yield _figure("unread", columns, lambda c: c.unread, number)
    yield _figure("failed", columns, lambda c: c.failed, number)


def _figure(
    head: str,
    columns: Sequence[Column],
    read: Callable[[Column], float | None],
    write: Callable[[float], str],
) -> Figure:
    values = [read(column) for column in columns]
    return Figure(head, tuple(Cell(-1, "–") if v is None else Cell(v, write(v)) for v in values))


RATE = ("right", "of", "share", "low", "high")
COST = ("calls", "tokens_in", "tokens_out", "cached", "depth", "seconds", "money")


def arms_csv(table: Comparison) -> str:
    """Write one line an arm, every figure in full; a missing one is empty."""
    scores = list(dict.fromkeys(name for column in table.columns for name in column.scores))
    ends = [f"{name}_{end}" for name in scores for end in ("low", "high")]
    heads = ["arm", "about", "control", *RATE, *(f"lenient_{name}" for name in RATE), *COST]
    rows: list[list[object]] = []
    for column in table.columns:
        rates = [
            getattr(rate, name) if rate else None for rate in (column.strict, column.lenient) for name in RATE
        ]
        costs = [getattr(column.cost, name) for name in COST]
        rest = [column.rounds, column.unread, column.failed, *(column.scores.get(name) for name in scores)]
        known = [end for name in scores for end in column.intervals.get(name, (None, None))]
        rows.append([column.name, column.about, int(column.control), *rates, *costs, *rest, *known])
    return _csv([*heads, "rounds", "unread", "failed", *scores, *ends], rows)


def claims_csv(table: Comparison) -> str:
    """Write one line a comparison of two arms."""
    heads = ["arm", "rival", "difference", "low", "high", "won", "lost", "p", "adjusted", "holds", "stands"]
    rows: list[list[object]] = [
        [
            c.arm,
            c.rival,
            c.difference.mean,
            c.difference.low,
            c.difference.high,
            c.won,
            c.lost,
            c.p,
            c.adjusted,
            int(c.holds),
            int(stands(c)),
        ]
        for c in table.claims
    ]
    return _csv(heads, rows)


def _csv(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(map(harmless, heads))
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return held.getvalue()


def harmless(cell: object) -> object:
    """Keep a text from being a formula to a spreadsheet.

    Examples
    --------
    >>> harmless("=1+1"), harmless("ring"), harmless(-0.5)
    ("'=1+1", 'ring', -0.5)
    """
    if not isinstance(cell, str):
        return cell
    text = visible(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def latex(table: Comparison) -> str:
    """Write the table and the comparisons as LaTeX with booktabs."""
    shown = figures(table)
    rows = [
        {"column": column, "cells": [_told(figure.cells[at]) for figure in shown]}
        for at, column in enumerate(table.columns)
    ]
    heads = [figure.head for figure in shown]
    known = {"table": table, "heads": heads, "rows": rows, "caption": _caption(table)}
    return rendering.latex("table.tex", LATEX_FILTERS, **known) + "\n"


def _told(cell: Cell) -> str:
    return f"{cell.text} {cell.interval}" if cell.interval else cell.text


def _caption(table: Comparison) -> str:
    troubled = any(column.unread or column.failed for column in table.columns)
    seeds = f" and {count(len(table.seeds), 'seed')}" if len(table.seeds) > 1 else ""
    found = f"{table.title}: {count(table.problems, 'problem')}{seeds}, 95 % intervals in brackets "
    found += "(Wilson for shares); costs are means a problem"
    found += "; unread and failed are totals." if troubled else "."
    return f"{found} {table.reach}" if table.reach else found


_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": r"$-$",
    "–": "--",
    "<": r"$<$",
    ">": r"$>$",
    "‹": r"\guilsinglleft{}",
    "›": r"\guilsinglright{}",
    **{mark: f"\\{mark}" for mark in "&%$#_"},
}


def escaped(text: object) -> str:
    r"""Write a text so that LaTeX prints it and obeys nothing in it.

    Examples
    --------
    >>> print(escaped(r"50 % of \input{x}_1"))
    50 \% of \textbackslash{}input\{x\}\_1
    """
    told = "".join(_SPECIAL.get(mark, mark) for mark in " ".join(visible(str(text)).split()))
    # At the start of a row, the command that ended the last one would take them for its own.
    return "{}" * told.startswith(("[", "*")) + told


LATEX_FILTERS: rendering.Filters = {
    "tex": escaped,
    "percent": percent,
    "points": points,
    "chance": chance,
    "stands": stands,
}
