"""Checking drafts: the first wrong step of any text, and whether its answer is right.

A line `[n] name: a+b=c` (name and scratch may be missing) is right when its arithmetic is right and the plan
has a step with this operation on these numbers; factors and summands may change places. So steps may come in
any order, be repeated, or be done in the head. A private fact `[n] domain: word=c` (the domain may be
missing) is right when the word stands in that domain and c is its number there.

Limits: another way to the same result, such as 3*(50-8) worked out as 150-24, counts as wrong at its first
step, and two operations in one line cannot be read. Lines without `[n]` are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from quorate.answers import read
from quorate.lab.world.items import Item
from quorate.lab.world.plan import OPERATIONS, Step
from quorate.nouns import Noun, Question

SCANNED = 20_000
"""How many characters from the beginning of a draft are looked at."""

_LINE = re.compile(r"^[ \t]*\[[0-9]{1,3}\](.*)$", re.MULTILINE)
_SUM = re.compile(
    r"(?:[A-Za-z ]{1,40}: ?)?([0-9]{1,9}) ?([-+*/×÷−]) ?([0-9]{1,9}) ?= ?(?:<([0-9]{1,9})>)? ?"
    r"([0-9]{1,9})(?: [A-Za-z ]{1,40})?\.?"
)
_FACT = re.compile(r"(?:([A-Za-z]{1,40}): ?)?([A-Za-z]{1,40}) ?[=:] ?([0-9]{1,9})\.?")
_SIGNS = {"×": "*", "÷": "/", "−": "-"}
_NUMBER = Question(text="How many?", kind="number")


class Verdict(Noun):
    """What a draft is worth.

    `right` says whether its answer is right. `wrong_step` counts the draft's own step lines from 1; the
    answer line counts as one more; None when nothing is wrong. `reason` is a short sentence.
    """

    right: bool
    answer: str | None
    wrong_step: int | None
    reason: str


def check(item: Item, text: str) -> Verdict:
    """Check a draft.

    Parameters
    ----------
    item : Item
        The problem.
    text : str
        What somebody wrote; untrusted.

    Returns
    -------
    Verdict
        The answer is read as Quorate reads every answer (`quorate.answers.read`, strict).

    Examples
    --------
    >>> from quorate.lab.world import SKILLS, generate, solution
    >>> [item] = generate("train", 1, seed=1, domains=["money"], level=1, advanced_share=0)
    >>> check(item, solution(item)).right
    True
    >>> check(item, "[1] 2+2=5").reason
    '2+2 is 4, not 5.'
    """
    answer = read(_NUMBER, text)
    right = answer == str(item.answer)
    wrong, reason = _first_fault(item, text)
    if reason is None and not right:
        reason = f"The answer is {item.answer}, not {answer}." if answer else "There is no answer."
    return Verdict(
        right=right,
        answer=answer,
        wrong_step=wrong if reason else None,
        reason=reason or "Every step is right.",
    )


def _first_fault(item: Item, text: str) -> tuple[int, str | None]:
    """Return the number of the first wrong step line and why; without one, the number of the answer line."""
    number = 0
    for number, line in enumerate(_lines(text), 1):
        if fault := _fault(item, line):
            return number, fault
    return number + 1, None


def _lines(text: str) -> Iterator[str]:
    for found in _LINE.finditer(text[:SCANNED]):
        yield found[1].strip()


def _fault(item: Item, line: str) -> str | None:
    if fact := _FACT.fullmatch(line):
        return _fact_fault(item, fact[1], fact[2], int(fact[3]))
    found = _SUM.fullmatch(line)
    if found is None:
        return "This is no step such as 2+3=5."
    left, right, value = int(found[1]), int(found[3]), int(found[5])
    op = _SIGNS.get(found[2], found[2])
    return (
        _arithmetic_fault(left, op, right, value)
        or _scratch_fault(found[4], found[5])
        or _plan_fault(item.steps, left, op, right)
    )


def _fact_fault(item: Item, domain: str | None, word: str, value: int) -> str | None:
    if any(fact[1:] == (word, value) and domain in (None, fact[0]) for fact in item.facts):
        return None
    return f"The value of {word} is not {value} {f'in {domain}' if domain else 'here'}."


def _arithmetic_fault(left: int, op: str, right: int, value: int) -> str | None:
    if op == "/" and (right == 0 or left % right):
        return f"{left}/{right} is no whole number."
    result = OPERATIONS[op](left, right)
    return None if result == value else f"{left}{op}{right} is {result}, not {value}."


def _scratch_fault(scratch: str | None, value: str) -> str | None:
    if scratch is None or scratch == value[::-1]:
        return None
    return f"The scratch {scratch} is not {value} backwards."


def _plan_fault(steps: tuple[Step, ...], left: int, op: str, right: int) -> str | None:
    for step in steps:
        if step.op == op and (step.args == (left, right) or (op in "+*" and step.args == (right, left))):
            return None
    return f"{left}{op}{right} is no step towards the answer."
