"""Draws that are the same on every machine and in every Python.

Python promises that the sequence of `random.Random(seed).random()` never changes; how `randint`, `choice`
and `sample` use it did change between versions. Everything here is made from `random()` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Thing = TypeVar("Thing")


def between(rng: Random, low: int, high: int) -> int:
    """Draw a whole number from `low` to `high`, both included.

    Examples
    --------
    >>> between(Random(1), 5, 5)
    5
    """
    return low + int(rng.random() * (high - low + 1))


def pick(rng: Random, options: Sequence[Thing]) -> Thing:
    """Draw one of the options, each equally likely.

    Examples
    --------
    >>> pick(Random(1), "abc")
    'a'
    """
    return options[int(rng.random() * len(options))]


def several(rng: Random, options: Sequence[Thing], count: int) -> list[Thing]:
    """Draw `count` different options in random order.

    Examples
    --------
    >>> sorted(several(Random(1), "abc", 3))
    ['a', 'b', 'c']
    """
    rest = list(options)
    return [rest.pop(int(rng.random() * len(rest))) for _ in range(count)]
