"""Procedural sets: problems without end, made from a seed; nothing is downloaded.

    arithmetic   "What is the result of 3+4*5+6-7÷8? ..."      the expressions of "Debate or Vote"
    pool         word problems that the embedded pool knows

A maker is a function of a seed and options that yields problems, registered by `@procedural`; the same
problem may come again.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from quorate.answers import canonical
from quorate.errors import BadOption, did_you_mean
from quorate.evaluate.problems import Problem
from quorate.nouns import Question, derive_seed
from quorate.registry import Registry

VERSION = 1
"""Rises when the same seed and options would give other problems."""
REPETITIONS = 5_000
"""So many problems in a row that were there before mean that there are no others."""
procedural = Registry("procedural set", "quorate.evaluate.sources.procedural")
_BIGGEST = 10**6
_OPERATIONS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def take(
    problems: Iterator[Problem], count: int, *, keep: Callable[[Problem], bool] = lambda problem: True
) -> list[Problem]:
    """Return the first so many different problems of a stream that are to be kept.

    Raises
    ------
    BadOption
        When there are not that many.

    Examples
    --------
    >>> [problem.gold for problem in take(arithmetic(seed=1, form="a+b", largest=1), 4)]
    ['1', '2', '0', '1']
    """
    found: dict[str, Problem] = {}
    repeated = 0
    while len(found) < count:
        problem = next(problems)
        new = problem.question.id not in found and keep(problem)
        repeated = 0 if new else repeated + 1
        if new:
            found[problem.question.id] = problem
        if repeated > REPETITIONS:
            raise BadOption(f"These options give only about {len(found)} different problems, not {count}.")
    return list(found.values())


@procedural
def arithmetic(
    *, seed: int, form: str = "a+b*c+d-e÷f", smallest: int = 0, largest: int = 29, decimals: int = 1
) -> Iterator[Problem]:
    """Expressions to work out, as in "Debate or Vote".

    Whole numbers are drawn for the letters of the form by `numpy.random.default_rng(seed)`, one set after the
    other; the paper (Choi et al. 2025, arXiv:2508.17536) takes the seed 1. Draws that divide by 0 are left
    out, and so are those whose result lies just between two rounded ones, where rounding habits differ. With
    "a+b*c+d-e*f" it is the arithmetic of Du et al. (2023, arXiv:2305.14325).

    Parameters
    ----------
    seed : int
    form : str
        Small letters, each standing for a number, joined by +, -, * and ÷; brackets may be used.
    smallest, largest : int
        The range of the numbers, both included.
    decimals : int
        To how many decimal places a result is rounded, where the form divides.

    Raises
    ------
    BadOption
        For a form that cannot be worked out, or an empty range.

    Examples
    --------
    >>> first = next(arithmetic(seed=1))
    >>> print(first.question.text, first.gold)
    What is the result of 24+28*7+9-26÷12? Round it to 1 decimal place. 226.8
    """
    import numpy

    letters, tree = _parsed(form)
    _check_range(seed, smallest, largest, decimals)
    rng = numpy.random.default_rng(seed)
    divides = "÷" in form
    while True:
        drawn = [int(number) for number in rng.integers(smallest, largest + 1, size=len(letters))]
        values = dict(zip(letters, drawn, strict=True))
        rounded = _rounded(_worked_out(tree, values), decimals if divides else 0)
        if rounded is not None:
            yield _asked(_stated(form, values), rounded, decimals, divides)


def _asked(stated: str, gold: Fraction, decimals: int, divides: bool) -> Problem:
    rounding = f" Round it to {decimals} decimal place{'s' * (decimals != 1)}." if divides else ""
    question = Question(text=f"What is the result of {stated}?{rounding}", kind="number")
    return Problem(question=question, gold=canonical(question, f"{float(gold):.{decimals}f}"))


def _stated(form: str, values: Mapping[str, int]) -> str:
    """Put the numbers in; negative ones stand in brackets."""
    shown = {letter: str(value) if value >= 0 else f"({value})" for letter, value in values.items()}
    return "".join(shown.get(sign, sign) for sign in form)


def _parsed(form: str) -> tuple[list[str], ast.expr]:
    """Return the letters of a form, in order, and its tree."""
    plain = form.replace("÷", "/").replace(" ", "")
    letters = sorted({sign for sign in plain if sign.isalpha()}, key=plain.index)
    try:
        tree = ast.parse(plain, mode="eval").body
        _worked_out(tree, dict.fromkeys(letters, 1))
    except (SyntaxError, ValueError, RecursionError, MemoryError, KeyError):
        raise BadOption(
            f"The form {form!r} cannot be worked out: join single letters by +, -, * and ÷, such as "
            "'a+b*c+d-e÷f'."
        ) from None
    if len(form) > 200 or not letters:
        raise BadOption(f"A form has between 1 and 200 signs and at least one letter, not {len(form)} signs.")
    return letters, tree


def _worked_out(tree: ast.expr, values: Mapping[str, int]) -> Fraction | None:
    """Return the exact value of a tree; None when it divides by 0."""
    match tree:
        case ast.Name(id=name):
            return Fraction(values[name])
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            one, other = _worked_out(left, values), _worked_out(right, values)
            if one is None or other is None or (isinstance(op, ast.Div) and other == 0):
                return None
            return _OPERATIONS[type(op)](one, other)
    raise ValueError(ast.dump(tree))


def _rounded(value: Fraction | None, decimals: int) -> Fraction | None:
    """Round a value; None when there is none, or when it lies just between two rounded ones."""
    if value is None:
        return None
    scaled = value * 10**decimals
    return None if scaled.denominator == 2 else Fraction(round(scaled), 10**decimals)


def _check_range(seed: int, smallest: int, largest: int, decimals: int) -> None:
    if not -_BIGGEST <= smallest <= largest <= _BIGGEST:
        raise BadOption(f"Numbers from {smallest} to {largest} are no range up to {_BIGGEST:,}.")
    if not 0 <= decimals <= 6:
        raise BadOption(f"A result is rounded to 0 to 6 decimal places, not {decimals}.")
    if seed < 0:
        raise BadOption(f"A seed is 0 or more, not {seed}.")


@procedural
def pool(
    *,
    seed: int,
    kind: str = "mixed",
    split: str = "test",
    level: int | None = None,
    world: int = 0,
) -> Iterator[Problem]:
    """Word problems of the kinds that the embedded pool was trained for.

    With the same kind, split and seed they are the ones that `quorate pool evaluate` measures it on.

    Parameters
    ----------
    seed : int
    kind : str
        "mixed" needs several domains, "basic" only what everybody knows; a domain's name asks for that one.
    split : {"test", "development", "train"}
        The pool was trained on "train"; choose by "development", report "test".
    level : {1, 2, 3}, optional
        How hard; all levels when None.
    world : int
        Which private tables hold.

    Raises
    ------
    BadOption
        For an unknown kind, split or level.

    Examples
    --------
    >>> next(pool(seed=0, kind="money", level=1)).question.kind
    'number'
    """
    from quorate.lab.training.recipe import Recipe
    from quorate.lab.world import DOMAINS, stream

    recipe = Recipe()
    shares = {"advanced_share": recipe.advanced_share, "private_share": recipe.private_share}
    kinds: dict[str, dict[str, Any]] = {
        "mixed": {"domains": list(recipe.domains), "mixed_share": 1.0, **shares},
        "basic": {"advanced_share": 0.0},
        **{domain: {"domains": [domain], **shares} for domain in DOMAINS},
    }
    if kind not in kinds:
        raise BadOption(f"The pool has no problems of the kind '{kind}'. {did_you_mean(kind, kinds)}")
    items = stream(split, seed=derive_seed(seed, kind), level=level, world=world, **kinds[kind])
    return (item.problem() for item in items)
