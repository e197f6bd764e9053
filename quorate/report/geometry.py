"""What charts are made of: scales, ticks, dots and lines, as places on a drawing. No colour is in here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple


class Box(NamedTuple):
    """The area between the axes."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Scale:
    """From a value to a place; `log` puts equal ratios at equal distances."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return the place of a value.

        Examples
        --------
        >>> Scale(0, 10, 100, 200)(5), Scale(1, 100, 0, 10, log=True)(10)
        (150.0, 5.0)
        """
        low, high, at = (math.log(v) if self.log else v for v in (self.low, self.high, value))
        share = (at - low) / (high - low) if high > low else 0.5
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, about: int = 5) -> list[float]:
        """Return round values along the scale."""
        held = _decades(self.low, self.high) if self.log else _steps(self.low, self.high, about)
        return [value for value in held if self.low <= value * (1 + 1e-9) and value <= self.high * (1 + 1e-9)]


def _decades(low: float, high: float) -> list[float]:
    spread = math.log10(high / low)
    heads = (1, 2, 5) if spread < 2.2 else (1, 3) if spread < 3 else (1,)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return [head * 10.0**power for power in range(first, last + 1) for head in heads]


def _steps(low: float, high: float, about: int) -> list[float]:
    """Return multiples of 1, 2 or 5 times a power of ten, about so many.

    Examples
    --------
    >>> _steps(0.4, 1.0, 4)
    [0.4, 0.6, 0.8, 1.0]
    """
    rough = (high - low) / max(1, about) or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(head * power for head in (1, 2, 5, 10) if head * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(at * step, 10) for at in range(first, math.floor(high / step + 1e-9) + 1)]


@dataclass(frozen=True)
class Tick:
    """A value on an axis: its place, and how it is written."""

    at: float
    text: str


@dataclass(frozen=True)
class Dot:
    """A measured value with its interval; `x`, `y`, `low` and `high` are places."""

    x: float
    y: float
    low: float
    high: float
    control: bool
    title: str
    label: str = ""
    label_x: float = 0.0
    label_y: float = 0.0
    anchor: str = "start"


@dataclass(frozen=True)
class Line:
    """Dots that belong together."""

    dots: tuple[Dot, ...]
    control: bool
    order: int

    @property
    def path(self) -> str:
        """The line as SVG writes it."""
        return "M" + "L".join(f"{dot.x},{dot.y}" for dot in self.dots)

    @property
    def shade(self) -> str:
        """The band of the intervals as SVG writes it."""
        there = [f"{dot.x},{dot.high}" for dot in self.dots]
        back = [f"{dot.x},{dot.low}" for dot in reversed(self.dots)]
        return "M" + "L".join([*there, *back]) + "Z"

    @property
    def end(self) -> str:
        """The last interval alone, beside those of the lines before: many bands would hide each other."""
        last = self.dots[-1]
        return f"M{last.x + 3 * (self.order % 4) - 4.5},{last.low}V{last.high}"


@dataclass(frozen=True)
class Chart:
    """Everything a template needs to draw a chart."""

    name: str
    title: str
    width: float
    height: float
    box: Box
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    x_name: str
    dots: tuple[Dot, ...] = ()
    lines: tuple[Line, ...] = ()
