"""Corrupted solutions: drafts with one mistake of a kind that models really make, and where it is.

    slip       a result that is a little off            26+89=114
    carry      a carry or borrow that got lost          26+89=105
    operation  another operation on the same numbers    26*89 for 26+89
    operand    another number of the problem            26+17 for 26+89
    skip       a step left out, its input used instead
    table      a private word with another domain's number
    early      the result of an intermediate step given as the answer

Later steps follow the wrong value, as they do in real drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Literal, NamedTuple, get_args

from quorate.lab.world.chance import pick, several
from quorate.lab.world.items import Item
from quorate.lab.world.plan import OPERATIONS, Operation, Step
from quorate.lab.world.private import DOMAIN_NAMES, private_table
from quorate.lab.world.solution import write
from quorate.lab.world.verdict import check

Mistake = Literal["slip", "carry", "operation", "operand", "skip", "table", "early"]
MISTAKES: tuple[Mistake, ...] = get_args(Mistake)
LARGEST_WRONG = 999
TRIES = 6
SUMS: tuple[Operation, ...] = ("+", "-", "*", "/")
_SLIPS = (-1, 1, -1, 1, -10, 10, -2, 2, -100, 100)

Draft = tuple[list[Step], int, int]
"""Steps, the answer, and the number of the wrong step; the answer line counts as one more step."""


class Corrupted(NamedTuple):
    """A draft with a wrong step, counted from 1; the answer line counts as one more step."""

    text: str
    wrong_step: int
    kind: Mistake


def corrupt(item: Item, rng: Random) -> Corrupted:
    """Return a draft for an item with one mistake; everything before it is right, and the answer is wrong.

    Examples
    --------
    >>> from quorate.lab.world import generate
    >>> [item] = generate("train", 1, seed=1, domains=["money"], level=1, advanced_share=0)
    >>> draft = corrupt(item, Random(2))
    >>> draft.wrong_step, draft.kind
    (2, 'early')
    >>> print(draft.text, end="")
    [1] total: 27+15=<24>42
    Answer: 42
    """
    for kind in several(rng, MISTAKES, len(MISTAKES)):
        for _ in range(TRIES):
            draft = _MAKERS[kind](item, rng)
            if draft is not None and (made := _finished(item, draft, kind)):
                return made
    return _surely(item)


def _finished(item: Item, draft: Draft, kind: Mistake) -> Corrupted | None:
    """Write a draft, unless by chance it is right after all or wrong elsewhere."""
    steps, answer, wrong = draft
    text = write(steps, answer, item.domains)
    verdict = check(item, text)
    if verdict.right or verdict.wrong_step != wrong:
        return None
    return Corrupted(text, wrong, kind)


def _surely(item: Item) -> Corrupted:
    """Make the mistake that every item has room for: the last result is one too large."""
    steps = list(item.steps)
    value = item.answer + 1
    steps[-1] = replace(steps[-1], value=value)
    return Corrupted(write(steps, value, item.domains), len(steps), "slip")


def _follow(steps: list[Step], start: int) -> list[Step] | None:
    """Work out the steps from index `start` on from the values before; None when that comes to nothing."""
    for index in range(start, len(steps)):
        step = steps[index]
        args = tuple(
            steps[use - 1].value if use else arg for arg, use in zip(step.args, step.uses, strict=True)
        )
        value = _result(step, args)
        if value is None:
            return None
        steps[index] = replace(step, args=args, value=value)
    return steps


def _result(step: Step, args: tuple[int, ...]) -> int | None:
    if step.op == "=":
        return args[0]
    left, right = args
    if step.op == "/" and (right == 0 or left % right):
        return None
    value = OPERATIONS[step.op](left, right)
    return value if 0 < value <= LARGEST_WRONG else None


def _with_step(item: Item, index: int, step: Step) -> Draft | None:
    """Put a wrong step in its place and let the others follow."""
    if step.value == item.steps[index].value or not 0 < step.value <= LARGEST_WRONG:
        return None
    steps = _follow([*item.steps[:index], step, *item.steps[index + 1 :]], index + 1)
    return None if steps is None else (steps, steps[-1].value, index + 1)


def _place(item: Item, rng: Random, lookups: bool = False) -> int | None:
    """Draw the index of a step that computes, or of one that states a private fact."""
    places = [index for index, step in enumerate(item.steps) if (step.op == "=") == lookups]
    return pick(rng, places) if places else None


def _slip(item: Item, rng: Random) -> Draft | None:
    index = _place(item, rng)
    if index is None:
        return None
    step = item.steps[index]
    return _with_step(item, index, replace(step, value=step.value + pick(rng, _SLIPS)))


def _carry(item: Item, rng: Random) -> Draft | None:
    index = _place(item, rng)
    if index is None:
        return None
    lost = list(lost_carries(item.steps[index]))
    return _with_step(item, index, replace(item.steps[index], value=pick(rng, lost))) if lost else None


def lost_carries(step: Step) -> Iterator[int]:
    """Yield the results of a step when one carry (for a difference: one borrow) gets lost.

    Examples
    --------
    >>> list(lost_carries(Step("sum", "+", (26, 89), (0, 0), 115))), 26 + 89
    ([105, 15], 115)
    """
    if step.op not in ("+", "-", "*"):
        return
    left, right = step.args
    if step.op == "*":
        left, right = max(step.args), min(step.args)
    for place in (10, 100):
        if step.op == "+":
            carry = (left % place + right % place) // place
        elif step.op == "-":
            carry = -(left % place < right % place)
        else:
            carry = left % place * right // place
        if carry:
            yield step.value - carry * place


def _operation(item: Item, rng: Random) -> Draft | None:
    index = _place(item, rng)
    if index is None:
        return None
    step = item.steps[index]
    other = replace(step, op=pick(rng, [op for op in SUMS if op != step.op]))
    value = _result(other, other.args)
    return None if value is None else _with_step(item, index, replace(other, value=value))


def _operand(item: Item, rng: Random) -> Draft | None:
    index = _place(item, rng)
    if index is None:
        return None
    step = item.steps[index]
    given = {arg for other in item.steps for arg, use in zip(other.args, other.uses, strict=True) if not use}
    seen = given | {other.value for other in item.steps[:index]}
    side = pick(rng, (0, 1))
    others = sorted(seen - {step.args[side]})
    if not others:
        return None
    args = (pick(rng, others), step.args[1]) if side == 0 else (step.args[0], pick(rng, others))
    value = _result(step, args)
    return None if value is None else _with_step(item, index, replace(step, args=args, value=value))


def _skip(item: Item, rng: Random) -> Draft | None:
    """Leave a step out: those that use its result take one of its operands instead."""
    index = _place(item, rng)
    if index is None or index == len(item.steps) - 1:
        return None
    left_out = item.steps[index]
    side = pick(rng, (0, 1))
    stand_in = left_out.args[side], left_out.uses[side]
    steps = list(item.steps[:index])
    wrong = 0
    for step in item.steps[index + 1 :]:
        if index + 1 in step.uses:
            wrong = wrong or len(steps) + 1
        steps.append(_without(step, index + 1, stand_in))
    followed = _follow(steps, index)
    return None if followed is None else (followed, followed[-1].value, wrong)


def _without(step: Step, number: int, stand_in: tuple[int, int]) -> Step:
    """Return a step as it reads when step `number` is gone and its result replaced."""
    pairs = [
        stand_in if use == number else (arg, use - (use > number))
        for arg, use in zip(step.args, step.uses, strict=True)
    ]
    return replace(step, args=tuple(arg for arg, _ in pairs), uses=tuple(use for _, use in pairs))


def _table(item: Item, rng: Random) -> Draft | None:
    index = _place(item, rng, lookups=True)
    if index is None:
        return None
    step = item.steps[index]
    others = [name for name in DOMAIN_NAMES if name != item.domains[step.segment]]
    value = private_table(pick(rng, others), item.world)[step.name]
    return _with_step(item, index, replace(step, args=(value,), value=value))


def _early(item: Item, rng: Random) -> Draft | None:
    """Stop at an intermediate step, or go on to the end and then give its result all the same."""
    index = _place(item, rng)
    if index is None or index == len(item.steps) - 1:
        return None
    shown = index + 1 if rng.random() < 0.7 else len(item.steps)
    return list(item.steps[:shown]), item.steps[index].value, shown + 1


_MAKERS: dict[Mistake, Callable[[Item, Random], Draft | None]] = {
    "slip": _slip,
    "carry": _carry,
    "operation": _operation,
    "operand": _operand,
    "skip": _skip,
    "table": _table,
    "early": _early,
}
