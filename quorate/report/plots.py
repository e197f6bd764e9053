"""Plots for papers: accuracy against cost and over the rounds, as PNG, SVG or PDF by matplotlib.

They show what the page shows, on white and with embedded text, so that a journal can typeset it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from quorate.evaluate.dynamics.rounds import Round
from quorate.evaluate.results import Column
from quorate.report.charts import MEASURES, READ, measures
from quorate.report.geometry import Box, Dot
from quorate.report.labels import labelled, room
from quorate.report.rendering import needed
from quorate.report.wording import number, visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (4.6, 3.2)
"""Inches: a column of a journal and a half."""
ACCENT, SOFT = "#0a6c5c", "#6b675f"
FONT = 7.5
"""Points: the size of names in a plot."""
ALIGNED: Mapping[str, Literal["left", "center", "right"]] = {
    "start": "left",
    "middle": "center",
    "end": "right",
}
STYLES = ("-", "--", ":", "-.", (0, (5, 1)), (0, (3, 1, 1, 1)))
MARKS = ("o", "s", "^", "D", "v")


def plot_cost(columns: Sequence[Column], path: Path, measure: str | None = None) -> Path:
    """Plot accuracy over cost; the measure is tokens where they are known, else the first that tells."""
    needed("matplotlib")
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    measure = measure or next(iter(measures(columns)), "calls")
    name, read = MEASURES[measure]
    with _axes(path) as (figure, axes):
        costs = [read(column.cost) or 0.0 for column in columns]
        for column, cost in zip(columns, costs, strict=True):
            _dot(axes, column, cost)
        if min(costs) > 0 and max(costs) > 3 * min(costs):
            axes.set_xscale("log")
            axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        _leave_room(axes, [column.name for column in columns], costs)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel(name)
        axes.set_ylabel("accuracy, %")
        _name_dots(figure, axes, columns, costs)
    return path


def _dot(axes: Axes, column: Column, cost: float) -> None:
    rate = column.strict
    if rate is None:
        return
    share = 100 * rate.share
    error = [[max(0.0, share - 100 * rate.low)], [max(0.0, 100 * rate.high - share)]]
    color = SOFT if column.control else ACCENT
    face = "white" if column.control else color
    axes.errorbar([cost], [share], yerr=error, fmt="o", ms=5, color=color, mfc=face, lw=1.1)


def _leave_room(axes: Axes, names: Sequence[str], costs: Sequence[float]) -> None:
    """Keep space on both sides, and on the right for the names of what is dear."""
    width = 0.85 * SIZE[0] * 72 / (FONT / 12)
    free = room(names, costs, width)
    scale = axes.get_xaxis().get_transform()
    low, high = (float(end) for end in scale.transform([min(costs), max(costs)]))
    space = (0.08 * (high - low) if high > low else 0.1 * (abs(high) or 1.0)) or 1.0
    right = (high - low + 2 * space) * free / (width - free)
    axes.set_xlim(*scale.inverted().transform([low - space, high + space + right]))


def _name_dots(figure: Figure, axes: Axes, columns: Sequence[Column], costs: Sequence[float]) -> None:
    """Name the dots where the names hide least, as the page does, whose letters are 12 units high."""
    figure.draw_without_rendering()
    unit = figure.dpi / 72 * FONT / 12

    def at(cost: float, share: float) -> tuple[float, float]:
        x, y = axes.transData.transform((cost, 100 * share)) / unit
        return x, -y

    (left, bottom), (right, top) = axes.bbox.get_points() / unit
    dots = [
        Dot(
            *at(cost, rate.share),
            at(cost, rate.low)[1],
            at(cost, rate.high)[1],
            column.control,
            "",
            column.name,
        )
        for column, cost in zip(columns, costs, strict=True)
        if (rate := column.strict)
    ]
    for dot in labelled(dots, Box(left, -top, right, -bottom)):
        where = (dot.label_x * unit / figure.dpi * 72, -dot.label_y * unit / figure.dpi * 72)
        axes.annotate(
            _literal(dot.label),
            where,
            xycoords="figure points",
            fontsize=FONT,
            ha=ALIGNED[dot.anchor],
            va="baseline",
        )


def plot_rounds(curves: Mapping[str, Sequence[Round]], path: Path, what: str = "vote") -> Path:
    """Plot accuracy over the rounds, one line an arm with its interval."""
    with _axes(path) as (_, axes):
        for place, (name, held) in enumerate(curves.items()):
            rates = [rate for rate in map(READ[what], held) if rate]
            numbers = range(1, len(rates) + 1)
            color = ACCENT if place == 0 else "black"
            style = STYLES[place % len(STYLES)]
            shares = [100 * rate.share for rate in rates]
            axes.plot(
                numbers,
                shares,
                marker=MARKS[place % len(MARKS)],
                ms=3.5,
                lw=1.3,
                color=color,
                ls=style,
                label=_literal(name),
            )
            lows, highs = [100 * rate.low for rate in rates], [100 * rate.high for rate in rates]
            axes.fill_between(numbers, lows, highs, color=color, alpha=0.07, lw=0)
        axes.set_xticks(range(1, 1 + max(map(len, curves.values()))))
        axes.set_xlabel("answer rounds, the first drafts included")
        axes.set_ylabel("accuracy of the vote, %" if what == "vote" else "accuracy of the mean seat, %")
        axes.legend(fontsize=FONT, frameon=False)
    return path


@contextmanager
def _axes(path: Path) -> Iterator[tuple[Figure, Axes]]:
    """Draw on axes of their own and save them: nothing global is touched, no window opens."""
    needed("matplotlib")
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    style: dict[Any, Any] = {
        "font.size": 8.5,
        "svg.fonttype": "none",
        "svg.hashsalt": "quorate",
        "pdf.fonttype": 42,
    }
    with rc_context(style):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", lw=0.4, color="#dddddd")
        axes.set_axisbelow(True)
        yield figure, axes
        dated = (
            {"Date": None}
            if path.suffix == ".svg"
            else {"CreationDate": None}
            if path.suffix == ".pdf"
            else {}
        )
        figure.savefig(path, dpi=200, metadata=dated)


def _literal(name: str) -> str:
    """Keep a name from being read as a formula."""
    return visible(name).replace("$", r"\$")
