"""Where names stand in a chart: beside what they name, and in nobody's way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quorate.report.geometry import Box, Dot, Line

LETTER = 6.4
"""Width of a letter of a label, in units of a chart."""
LONGEST = 30
"""Most letters of a label."""
DEAR, MOST_ROOM = 0.6, 0.55
"""From which part of the highest cost on names shall fit to the right, and the most of the width they get."""
FAR = 3.0
"""How much a unit away from its dot weighs against a square unit that a label covers."""


def labelled(dots: Sequence[Dot], box: Box) -> list[Dot]:
    """Put the label of each dot beside it, where it covers least of the others."""
    taken = [(dot.x - 5, dot.y - 5, dot.x + 5, dot.y + 5) for dot in dots]
    taken += [(dot.x - 4, dot.high, dot.x + 4, dot.low) for dot in dots]
    found = []
    for dot in sorted(dots, key=lambda dot: dot.y):
        text = dot.label if len(dot.label) <= LONGEST else dot.label[: LONGEST - 1] + "…"
        width = LETTER * len(text)
        choices = [(_area(dot, dx, dy, anchor, width), dx, dy, anchor) for dx, dy, anchor in _BESIDE]
        area, dx, dy, anchor = min(
            choices, key=lambda one: _covered(one[0], taken, box) + FAR * max(0.0, abs(one[2] - 4) - 12)
        )
        taken.append(area)
        found.append(
            Dot(dot.x, dot.y, dot.low, dot.high, dot.control, dot.title, text, dot.x + dx, dot.y + dy, anchor)
        )
    return found


_BESIDE = tuple(
    (dx, dy, anchor)
    for dy in (4, -8, 16, -20, 28, -32, 40)
    for dx, anchor in ((9, "start"), (-9, "end"), (0, "middle"))
    if not (dx == 0 and dy == 4)
)
Area = tuple[float, float, float, float]


def room(names: Sequence[str], costs: Sequence[float], width: float) -> float:
    """Return how much of the width of a chart to keep free on the right, for the names of what is dear.

    Examples
    --------
    >>> room(["a", "debate, complete"], [1.0, 10.0], 500.0), room(["a"], [1.0], 10.0)
    (111.4, 5.5)
    """
    dear = (name for name, cost in zip(names, costs, strict=True) if cost >= DEAR * max(costs))
    return min(MOST_ROOM * width, 9 + LETTER * min(LONGEST, max(map(len, dear))))


def _area(dot: Dot, dx: float, dy: float, anchor: str, width: float) -> Area:
    left = dot.x + dx - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    return left, dot.y + dy - 10, left + width, dot.y + dy + 3


def _covered(area: Area, taken: Sequence[Area], box: Box) -> float:
    """Return how much of others a label covers; outside of the chart counts most."""
    left, top, right, bottom = area
    outside = max(0, box.left - left) + max(0, right - box.right) + max(0, box.top - top - 4)
    shared = sum(
        max(0.0, min(right, r) - max(left, x)) * max(0.0, min(bottom, b) - max(top, y))
        for x, y, r, b in taken
    )
    return shared + 100 * (outside + max(0, bottom - box.bottom))


def ends_labelled(lines: Sequence[Line], box: Box) -> Iterator[Line]:
    """Name each line at its end, none above another."""
    order = sorted(lines, key=lambda line: line.dots[-1].y)
    heights = apart([line.dots[-1].y for line in order], 15.0, box.top + 6, box.bottom)
    room = int((box.right - max(line.dots[-1].x for line in lines)) / LETTER)
    for line, height in zip(order, heights, strict=True):
        end = line.dots[-1]
        name = end.title.rsplit(", round", 1)[0]
        text = name if len(name) <= room else name[: max(1, room - 1)] + "…"
        last = Dot(end.x, end.y, end.low, end.high, end.control, end.title, text, end.x + 10, height + 4)
        yield Line((*line.dots[:-1], last), line.control, line.order)


def apart(values: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move rising values until each is `gap` above the one before; they stay near and, at best, in bounds.

    Examples
    --------
    >>> apart([10.0, 11.0, 50.0], 10.0, 0.0, 55.0)
    [10.0, 20.0, 50.0]
    """
    found = [max(low, value) for value in values]
    for at in range(1, len(found)):
        found[at] = max(found[at], found[at - 1] + gap)
    if found and found[-1] > high:
        found[-1] = high
        for at in range(len(found) - 2, -1, -1):
            found[at] = min(found[at], found[at + 1] - gap)
    return [round(value, 1) for value in found]
