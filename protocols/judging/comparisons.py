"""Comparisons of two drafts in both orders: what they settle, and how much the place on the page mattered.

Comparison(judge="solon", first="ada", second="bo", verdict=1)     ada, shown first, was better
Comparison(judge="solon", first="bo", second="ada", verdict=1)     now bo, shown first: the verdict flipped
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quorate.errors import BadOption

Duels = Mapping[tuple[str, str, str, str], int | None]
"""By item, judge and the two that were compared (in alphabetical order): 1 when the former is better in both
orders, -1 the latter, 0 a tie, None when not both orders could be read."""


@dataclass(frozen=True)
class Comparison:
    """What a judge said of two drafts shown in this order.

    `verdict` is 1 when the first is better, -1 when the second is, 0 for neither, None when it cannot be
    read; `item` keeps the comparisons of several questions apart.
    """

    judge: str
    first: str
    second: str
    verdict: int | None
    item: str = ""

    def __post_init__(self) -> None:
        if self.first == self.second:
            raise BadOption(f"'{self.first}' is compared with itself; a comparison needs two.")
        if self.verdict not in (1, 0, -1, None):
            raise BadOption(f"A verdict is 1, 0, -1 or None, not {self.verdict!r}.")


@dataclass(frozen=True)
class PositionBias:
    """How verdicts depend on the order, over the pairs that were read in both orders.

    `pairs` counts those pairs, `flipped` the ones where one and the same place won both times, `first` and
    `second` the single verdicts for either place, `ties` those for neither; `unread` counts verdicts, of all
    pairs, that could not be read. Both orders weigh the same, so the drafts' quality cancels out.
    """

    pairs: int = 0
    flipped: int = 0
    first: int = 0
    second: int = 0
    ties: int = 0
    unread: int = 0

    @property
    def lean(self) -> float:
        """From -1 (always the second) to 1 (always the first); 0 without bias, NaN without pairs."""
        return (self.first - self.second) / (2 * self.pairs) if self.pairs else math.nan

    def __str__(self) -> str:
        """Tell it in a few words, for a reason."""
        if not self.pairs:
            return "position bias unknown"
        return f"position bias {self.lean:+.2f}, {self.flipped} of {self.pairs} pairs flipped with the order"


def position_bias(comparisons: Iterable[Comparison], judge: str | None = None) -> PositionBias:
    """Measure the position bias of one judge, or of all together (Zheng et al. 2023, arXiv:2306.05685).

    Examples
    --------
    >>> first = [Comparison("solon", "ada", "bo", 1), Comparison("solon", "bo", "ada", 1)]
    >>> print(position_bias(first))
    position bias +1.00, 1 of 1 pairs flipped with the order
    """
    kept = [said for said in comparisons if judge in (None, said.judge)]
    counts = {"pairs": 0, "flipped": 0, "first": 0, "second": 0, "ties": 0}
    for there, back in _orders(kept).values():
        for one, other in zip(there, back, strict=False):
            if one is None or other is None:
                continue
            counts["pairs"] += 1
            counts["flipped"] += one == other != 0
            for verdict in (one, other):
                counts[{1: "first", -1: "second", 0: "ties"}[verdict]] += 1
    return PositionBias(**counts, unread=sum(said.verdict is None for said in kept))


def duels(comparisons: Iterable[Comparison]) -> Duels:
    """Settle every pair that a judge compared in both orders: a verdict that flips with the order is a tie.

    To win, a draft must be better in both orders. Pairs seen in one order only are not settled.

    Examples
    --------
    >>> said = [Comparison("solon", "ada", "bo", 1), Comparison("solon", "bo", "ada", -1)]
    >>> duels(said)
    {('', 'solon', 'ada', 'bo'): 1}
    """
    settled: dict[tuple[str, str, str, str], int | None] = {}
    for key, (there, back) in _orders(comparisons).items():
        if None in (*there, *back) or not there or not back:
            settled[key] = None
        else:
            ways = {*there, *(-verdict for verdict in back if verdict is not None)}
            settled[key] = ways.pop() if len(ways) == 1 else 0
    return settled


def _orders(
    comparisons: Iterable[Comparison],
) -> dict[tuple[str, str, str, str], tuple[list[int | None], list[int | None]]]:
    """Group verdicts by pair: those that show the alphabetically first one first, and the others."""
    found: dict[tuple[str, str, str, str], tuple[list[int | None], list[int | None]]] = {}
    for said in comparisons:
        one, other = sorted((said.first, said.second))
        ways = found.setdefault((said.item, said.judge, one, other), ([], []))
        ways[said.first != one].append(said.verdict)
    return found
