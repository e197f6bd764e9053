"""Slots: the numbers (or private words) that a skill's problem is about, and how they are drawn.

    speed=span(20, 90)            a whole number from 20 to 90
    parts=divisor("loan")         a divisor of another slot
    legs=blend(hens=2, cows=4)    2 * hens + 4 * cows
    paid=note("price", "count")   a round sum above price * count, as people pay
    share=fraction("price")       a divisor of another slot, written "a third"
    times=worded({2: "twice"})    a number written as a word
    unit=private("unit")          a private word, different from the others in this problem

Slots are drawn in the order they are declared. Only the first may be filled by an earlier segment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from random import Random
from typing import Protocol

from quorate.lab.world.chance import between, pick
from quorate.lab.world.private import BRANDS, UNITS, WordKind

Value = int | str
"""What fills a slot: a number, or a private word."""

FRACTIONS = {
    2: "half",
    3: "a third",
    4: "a quarter",
    5: "a fifth",
    6: "a sixth",
    8: "an eighth",
    10: "a tenth",
}


class Misfit(Exception):
    """These numbers do not work out: draw again. Never leaves this package."""


class Slot(Protocol):
    """How one number is drawn and written."""

    def draw(self, rng: Random, drawn: Mapping[str, Value], scale: float) -> Value:
        """Draw a value that goes with those drawn before; `scale` in (0, 1] shrinks the range."""
        ...

    def accepts(self, value: int) -> bool:
        """Tell whether the result of an earlier segment may stand here."""
        ...

    def write(self, value: Value) -> str:
        """Write a value as the problem's text has it."""
        ...

    def writings(self) -> Iterator[str]:
        """Yield every word that `write` can produce; digits count once."""
        ...


@dataclass(frozen=True, slots=True)
class Numeral:
    """What slots that are written in digits share."""

    def accepts(self, value: int) -> bool:
        """Refuse: only a span takes the result of an earlier segment."""
        return False

    def write(self, value: Value) -> str:
        """Write the digits."""
        return str(value)

    def writings(self) -> Iterator[str]:
        """Yield one digit."""
        yield "7"


@dataclass(frozen=True, slots=True)
class Span(Numeral):
    """A whole number between two limits, below some slots and different from others."""

    low: int
    high: int
    below: tuple[str, ...]
    unlike: tuple[str, ...]
    most: int

    def draw(self, rng: Random, drawn: Mapping[str, Value], scale: float) -> Value:
        """Draw uniformly."""
        high = self.low + int((self.high - self.low) * scale)
        for name in self.below:
            high = min(high, number(drawn[name]) - 1)
        if high < self.low:
            raise Misfit
        value = between(rng, self.low, high)
        for name in self.unlike:
            if drawn[name] == value:
                raise Misfit
        return value

    def accepts(self, value: int) -> bool:
        """Accept what is plural and not absurdly large."""
        return 2 <= value <= self.most


@dataclass(frozen=True, slots=True)
class Divisor(Numeral):
    """A divisor of another slot, or of the sum of several."""

    of: tuple[str, ...]
    low: int
    high: int

    def draw(self, rng: Random, drawn: Mapping[str, Value], scale: float) -> Value:
        """Draw one of the divisors that lie between the limits."""
        whole = sum(number(drawn[name]) for name in self.of)
        return _one_of(rng, [part for part in range(self.low, self.high + 1) if whole % part == 0])


@dataclass(frozen=True, slots=True)
class Blend(Numeral):
    """A sum of multiples of other slots."""

    weights: tuple[tuple[str, int], ...]

    def draw(self, rng: Random, drawn: Mapping[str, Value], scale: float) -> Value:
        """Add up; nothing is left to chance."""
        return sum(weight * number(drawn[name]) for name, weight in self.weights)


@dataclass(frozen=True, slots=True)
class Note(Numeral):
    """A round sum of money just above a product of other slots."""

    factors: tuple[str, ...]

    def draw(self, rng: Random, drawn: Mapping[str, Value], scale: float) -> Value:
        """Round up to the next 10, 50 or 100."""
        cost = prod(number(drawn[name]) for name in self.factors)
        step = pick(rng, (10, 10, 50, 100))
        return (cost // step + 1) * step


@dataclass(frozen=True, slots=True)
class Worded:
    """A number written as words: all its values, or only the divisors of another slot."""

    words: Mapping[int, str]
    of: str | None

    def draw(self, rng: Random, drawn: Mapping[str, Value], scale: float) -> Value:
        """Draw one of the values."""
        values = list(self.words)
        if self.of is not None:
            whole = number(drawn[self.of])
            values = [value for value in values if whole % value == 0]
        return _one_of(rng, values)

    def accepts(self, value: int) -> bool:
        """Refuse: a letter cannot stand for a word."""
        return False

    def write(self, value: Value) -> str:
        """Write the words."""
        return self.words[number(value)]

    def writings(self) -> Iterator[str]:
        """Yield the words of every value."""
        yield from self.words.values()


@dataclass(frozen=True, slots=True)
class Private:
    """A private word; its number is in the table of the skill's domain."""

    kind: WordKind

    @property
    def words(self) -> tuple[str, ...]:
        """The words of this kind."""
        return UNITS if self.kind == "unit" else BRANDS

    def draw(self, rng: Random, drawn: Mapping[str, Value], scale: float) -> Value:
        """Draw a word that this segment does not use yet."""
        word = pick(rng, self.words)
        if word in drawn.values():
            raise Misfit
        return word

    def accepts(self, value: int) -> bool:
        """Refuse: a number is no word."""
        return False

    def write(self, value: Value) -> str:
        """Write the word."""
        return str(value)

    def writings(self) -> Iterator[str]:
        """Yield all words of this kind."""
        yield from self.words


def number(value: Value) -> int:
    """Return the number in a slot; a private word there is a mistake of the skill's author."""
    if isinstance(value, str):
        raise TypeError(f"The private word '{value}' stands where a number is needed.")
    return value


def _one_of(rng: Random, values: list[int]) -> int:
    if not values:
        raise Misfit
    return pick(rng, values)


def _tuple(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names


def span(
    low: int,
    high: int,
    *,
    below: str | tuple[str, ...] = (),
    unlike: str | tuple[str, ...] = (),
    most: int | None = None,
) -> Span:
    """Make a slot for a number from `low` to `high`, smaller than the slots `below`, not equal to `unlike`.

    As the first slot of a skill it takes results of an earlier segment from 2 to `most`, or to twice `high`.
    """
    return Span(low, high, _tuple(below), _tuple(unlike), 2 * high if most is None else most)


def divisor(of: str | tuple[str, ...], low: int = 2, high: int = 9) -> Divisor:
    """Make a slot for a divisor, from `low` to `high`, of a slot or of the sum of several."""
    return Divisor(_tuple(of), low, high)


def blend(**weights: int) -> Blend:
    """Make a slot that is a sum of multiples of other slots."""
    return Blend(tuple(weights.items()))


def note(*factors: str) -> Note:
    """Make a slot for the round sum that pays for a product of slots."""
    return Note(factors)


def worded(words: Mapping[int, str]) -> Worded:
    """Make a slot for a number written as words."""
    return Worded(words, None)


def fraction(of: str) -> Worded:
    """Make a slot for a divisor of another slot, written as a fraction: 3 is "a third"."""
    return Worded(FRACTIONS, of)


def private(kind: WordKind) -> Private:
    """Make a slot for a private word."""
    return Private(kind)
