"""Plans: what a skill computes, step by step, and the steps that come out for given numbers.

    "cost = price * count; change = paid - cost"

Each move is `name = left operation right`; an operand is a slot, an earlier name or a whole number. With
price 7, count 6 and paid 50 the steps are 7*6=42 and 50-42=8. A private word becomes a step of its own that
states its number, just before the step that needs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

from pydantic import ConfigDict

from quorate.errors import BadDefinition
from quorate.lab.world.slots import Misfit

Operation = Literal["+", "-", "*", "/", "="]

OPERATIONS: Mapping[str, Callable[[int, int], int]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left // right,
}
SMALL = 10
"""One factor, and every divisor, is at most this: what a tiny model can do in one step."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a worked solution.

    `name` says what it computes; `args` are the two operands, or, for "=", the number of the private word
    `name`. `uses` has, for each operand, the number of the step it comes from (from 1), or 0 when it stands
    in the problem. `segment` counts the parts of a chain from 0.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: str
    op: Operation
    args: tuple[int, ...]
    uses: tuple[int, ...]
    value: int
    segment: int = 0


class Move(NamedTuple):
    """One move of a plan, its operands still named."""

    name: str
    op: Operation
    left: str
    right: str


_MOVE = re.compile(r"([a-z]+) = (\w+) ([-+*/]) (\w+)")


def compute(op: str, left: int, right: int, largest: int) -> int:
    """Return the result of one operation, or raise Misfit when it is not one for a tiny model.

    That is: a number under 1 or above `largest`, a division with a remainder, two factors above 10.

    Examples
    --------
    >>> compute("*", 26, 4, largest=200)
    104
    """
    if (op == "*" and left > SMALL and right > SMALL) or (
        op == "/" and not (0 < right <= SMALL and left % right == 0)
    ):
        raise Misfit
    value = OPERATIONS[op](left, right)
    if not 1 <= value <= largest or left > largest or right > largest:
        raise Misfit
    return value


@dataclass(frozen=True, slots=True)
class Plan:
    """The moves, and the whole numbers that they mention, each under its own digits."""

    moves: tuple[Move, ...]
    constants: dict[str, int]

    @classmethod
    def parse(cls, text: str, slots: Sequence[str]) -> Plan:
        """Read a plan.

        Parameters
        ----------
        text : str
            Moves separated by semicolons.
        slots : sequence of str
            The names that are there from the beginning.

        Raises
        ------
        BadDefinition
            When a move cannot be read, or uses or defines a name it must not.

        Examples
        --------
        >>> Plan.parse("cost = price * 3", ["price"]).evaluate({"price": 7}, largest=200)
        {'3': 3, 'price': 7, 'cost': 21}
        """
        known, moves, constants = set(slots), [], {}
        for part in map(str.strip, text.split(";")):
            found = _MOVE.fullmatch(part)
            if found is None:
                raise BadDefinition(f"The move '{part}' must read 'name = left operation right'.")
            name, left, op, right = found.groups()
            for operand in (left, right):
                if operand.isdigit():
                    constants[operand] = int(operand)
                elif operand not in known:
                    raise BadDefinition(f"The move '{part}' uses '{operand}', which nothing gave a value.")
            if name in known:
                raise BadDefinition(f"The move '{part}' gives '{name}' a value for the second time.")
            known.add(name)
            moves.append(Move(name, op, left, right))  # type: ignore[arg-type]
        return cls(tuple(moves), constants)

    @property
    def result(self) -> str:
        """The name of what it all leads to."""
        return self.moves[-1].name

    def evaluate(self, numbers: Mapping[str, int], largest: int) -> dict[str, int]:
        """Return every number of the plan by its name; Misfit when the numbers do not work out."""
        known = {**self.constants, **numbers}
        for name, op, left, right in self.moves:
            known[name] = compute(op, known[left], known[right], largest)
        return known

    def spell(
        self,
        numbers: Mapping[str, int],
        words: Mapping[str, str],
        *,
        before: Sequence[Step] = (),
        carried: str | None = None,
    ) -> list[Step]:
        """Return the steps of the evaluated plan.

        Parameters
        ----------
        numbers : mapping of str to int
            What `evaluate` returned.
        words : mapping of str to str
            The slots that hold a private word.
        before : sequence of Step
            The steps of earlier segments.
        carried : str, optional
            The slot that the result of the last of them fills.
        """
        segment = before[-1].segment + 1 if before else 0
        source = {carried: len(before)} if carried else {}
        steps: list[Step] = []
        for name, op, *operands in self.moves:
            for operand in operands:
                if operand in words and operand not in source:
                    value = numbers[operand]
                    steps.append(Step(words[operand], "=", (value,), (0,), value, segment))
                    source[operand] = len(before) + len(steps)
            args = tuple(numbers[operand] for operand in operands)
            uses = tuple(source.get(operand, 0) for operand in operands)
            steps.append(Step(name, op, args, uses, numbers[name], segment))
            source[name] = len(before) + len(steps)
        return steps
