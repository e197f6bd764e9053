"""Solutions: a worked plan as text, in a form that tiny models can learn.

    [1] cost: 7*6=<24>42
    [2] change: 50-42=<8>8
    Answer: 8

Between < and > stands the result with its units first, the scratch: whoever writes from left to right knows a
carry only after the digit on its right. A display hides it (`hide_scratch`). Division needs none, and a
private fact names its domain: `[1] money: velt=7`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from quorate.lab.world.chance import between, pick
from quorate.lab.world.items import Item
from quorate.lab.world.plan import OPERATIONS, SMALL, Step
from quorate.lab.world.skills import LARGEST

_SCRATCH = re.compile(r"=<[0-9]*(?:>|\Z)")


def solution(item: Item) -> str:
    """Return the worked solution of an item, scratch included; its last line is the answer.

    Examples
    --------
    >>> from quorate.lab.world import generate
    >>> [item] = generate("train", 1, seed=1, domains=["money"], level=1, advanced_share=0)
    >>> print(solution(item), end="")
    [1] total: 27+15=<24>42
    [2] share: 42/3=14
    Answer: 14
    """
    return write(item.steps, item.answer, item.domains)


def write(steps: Sequence[Step], answer: int, domains: Sequence[str]) -> str:
    """Write steps and an answer as lines; `domains` has the domain of each segment."""
    lines = [f"[{number}] {_line(step, domains[step.segment])}\n" for number, step in enumerate(steps, 1)]
    return "".join(lines) + f"Answer: {answer}\n"


def _line(step: Step, domain: str) -> str:
    if step.op == "=":
        return f"{domain}: {step.name}={step.value}"
    left, right = step.args
    return f"{step.name}: {_sum(left, step.op, right, step.value)}"


def _sum(left: int, op: str, right: int, value: int) -> str:
    scratch = "" if op == "/" else f"<{str(value)[::-1]}>"
    return f"{left}{op}{right}={scratch}{value}"


def hide_scratch(text: str) -> str:
    """Take the scratch out of a text, also one that is still being written.

    Examples
    --------
    >>> hide_scratch("[1] cost: 7*6=<24>42"), hide_scratch("[1] cost: 7*6=<2")
    ('[1] cost: 7*6=42', '[1] cost: 7*6=')
    """
    return _SCRATCH.sub("=", text)


def drill(rng: Random) -> str:
    r"""Return one arithmetic fact as a tiny document, with numbers as they occur in problems.

    Examples
    --------
    >>> drill(Random(3))
    '[6] 57+91=<841>148\n'
    """
    while True:
        op = pick(rng, "+-*/")
        left, right = _operands(rng, op)
        value = OPERATIONS[op](left, right)
        if 1 <= value <= LARGEST:
            return f"[{between(rng, 1, 9)}] {_sum(left, op, right, value)}\n"


def _operands(rng: Random, op: str) -> tuple[int, int]:
    """Draw operands; small numbers come more often, as they do in problems."""
    most = pick(rng, (50, 150, LARGEST))
    if op in "+-":
        return between(rng, 2, most), between(rng, 2, most)
    small = pick(rng, (2, 3, 4, 5, 6, 7, 8, 9, SMALL))
    if op == "/":
        return small * between(rng, 1, most // small), small
    if rng.random() < 0.05:
        return between(rng, 2, LARGEST // 60), 60
    large = between(rng, 2, most // small)
    return (small, large) if rng.random() < 0.3 else (large, small)
