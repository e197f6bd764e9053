"""Charts as plain geometry: where axes, dots, whiskers and labels go. A template draws them, a page paints.

The page can so be read without scripts, printed, and turned dark: no colour is in here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from quorate.evaluate.dynamics.rounds import Round
from quorate.evaluate.results import Column, Comparison, Cost
from quorate.evaluate.statistics import Rate
from quorate.report.geometry import Box, Chart, Dot, Line, Scale, Tick
from quorate.report.labels import LETTER, ends_labelled, labelled, room
from quorate.report.wording import number, percent, visible

MEASURES: Mapping[str, tuple[str, Callable[[Cost], float | None]]] = {
    "tokens": ("tokens a problem", lambda cost: cost.tokens),
    "calls": ("calls a problem", lambda cost: cost.calls),
    "depth": ("calls that wait for each other", lambda cost: cost.depth),
    "seconds": ("seconds of model time a problem", lambda cost: cost.seconds),
    "money": ("money a problem", lambda cost: cost.money),
}


READ: Mapping[str, Callable[[Round], Rate | None]] = {
    "vote": lambda held: held.plurality,
    "seats": lambda held: held.agents,
}
"""Whose accuracy a chart of the rounds shows."""


WIDE, NARROW = (575.0, 370.0), (360.0, 360.0)


def measures(columns: Iterable[Column]) -> list[str]:
    """Return the measures of cost that are known of every arm and tell the arms apart.

    Examples
    --------
    >>> measures([Column(name="a", cost=Cost(calls=1)), Column(name="b", cost=Cost(calls=5))])
    ['calls']
    """
    held = list(columns)
    found = {name: [read(column.cost) for column in held] for name, (_, read) in MEASURES.items()}
    return [name for name, values in found.items() if all(values) and len(set(values)) > 1]


def cost_chart(columns: Sequence[Column], measure: str, size: tuple[float, float] = WIDE) -> Chart:
    """Draw accuracy over what it cost; cheap is left, good is up."""
    name, read = MEASURES[measure]
    held = [(column, column.strict, read(column.cost) or 0.0) for column in columns if column.strict]
    costs = [cost for _, _, cost in held]
    box = _box(size)
    log = max(costs) > 3 * min(costs)
    free = room([visible(column.name) for column, _, _ in held], costs, box.right - box.left)
    x = _widened(min(costs), max(costs), box.left, box.right - free, log=log)
    y = _accuracies([rate.low for _, rate, _ in held], [rate.high for _, rate, _ in held], box)
    dots = [
        Dot(
            x(cost),
            y(rate.share),
            y(rate.low),
            y(rate.high),
            column.control,
            f"{visible(column.name)}: {_stated(rate)}, {number(cost)} {name}",
            visible(column.name),
        )
        for column, rate, cost in held
    ]
    return Chart(
        f"cost-{measure}",
        f"Accuracy against {name}",
        *size,
        box,
        _ticks(x, 5 if size == WIDE else 4),
        _percents(y),
        name,
        tuple(labelled(dots, box)),
    )


def rounds_chart(
    curves: Mapping[str, Sequence[Round]],
    columns: Sequence[Column],
    what: str,
    size: tuple[float, float] = WIDE,
) -> Chart:
    """Draw accuracy over the rounds: of the vote ("vote"), or of the mean seat ("seats")."""
    box = _box(size)
    rates = {name: [rate for rate in map(READ[what], held) if rate] for name, held in curves.items()}
    last = max(map(len, rates.values()))
    every = [rate for held in rates.values() for rate in held]
    x = Scale(1, last, box.left + 12, box.right - (140 if size == WIDE else 90))
    y = _accuracies([rate.low for rate in every], [rate.high for rate in every], box)
    controls = {column.name for column in columns if column.control}
    lines = []
    for order, (name, held) in enumerate(rates.items()):
        dots = _line_dots(name, held, x, y, name in controls)
        lines.append(Line(tuple(dots), name in controls, order))
    return Chart(
        f"rounds-{what}",
        f"Accuracy of {'the vote' if what == 'vote' else 'the mean seat'} after each round",
        *size,
        box,
        tuple(Tick(x(at), str(at)) for at in range(1, last + 1)),
        _percents(y),
        "answer rounds, the first drafts included",
        lines=tuple(ends_labelled(lines, box)),
    )


def _line_dots(name: str, rates: Sequence[Rate], x: Scale, y: Scale, control: bool) -> Iterator[Dot]:
    for at, rate in enumerate(rates, 1):
        title = f"{visible(name)}, round {at}: {_stated(rate)} of {rate.of:,}"
        yield Dot(x(at), y(rate.share), y(rate.low), y(rate.high), control, title)


def _stated(rate: Rate) -> str:
    return f"{percent(rate.share)} % [{percent(rate.low)}, {percent(rate.high)}]"


def _box(size: tuple[float, float]) -> Box:
    return Box(40, 14, size[0] - 12, size[1] - 44)


def _widened(low: float, high: float, start: float, end: float, *, log: bool) -> Scale:
    """Leave some space beside the outermost values."""
    if log:
        space = (high / low) ** 0.07
        return Scale(low / space, high * space, start, end, log=True)
    space = 0.1 * (high - low) or abs(high) or 1.0
    return Scale(max(0.0, low - space), high + space, start, end)


def _accuracies(lows: Sequence[float], highs: Sequence[float], box: Box) -> Scale:
    """Cover all intervals, in steps of 5 points, at least 20 points apart."""
    low, high = math.floor(20 * min(lows)) / 20, math.ceil(20 * max(highs)) / 20
    if high - low < 0.2:
        low, high = max(0.0, min(low, high - 0.2)), min(1.0, max(high, low + 0.2))
    return Scale(low, high, box.bottom, box.top)


def _ticks(scale: Scale, about: int) -> tuple[Tick, ...]:
    """Return the ticks of an axis below a chart; one whose number would touch the one before is left out."""
    found: list[Tick] = []
    for value in scale.ticks(about):
        tick = Tick(scale(value), number(value))
        halves = LETTER * (len(tick.text) + len(found[-1].text if found else "")) / 2
        if not found or tick.at - found[-1].at > halves + LETTER:
            found.append(tick)
    return tuple(found)


def _percents(scale: Scale) -> tuple[Tick, ...]:
    return tuple(Tick(scale(value), f"{100 * value:.0f}") for value in scale.ticks(5))


def scored(comparison: Comparison) -> list[Column]:
    """Return the arms that have an accuracy."""
    return [column for column in comparison.columns if column.strict is not None]
