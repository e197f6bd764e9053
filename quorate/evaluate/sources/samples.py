"""Samples and parts of problems that depend on what the problems say, never on the order of a file.

    sample(problems, 100, seed=0)            the same 100, however the file is sorted
    cut(problems)["test"]                    a tenth of them; "train" and "development" hold none of it

Every question has a place in [0, 1) by a stable hash of its text and choices. A part is a stretch of these
places, a sample the problems whose places under its seed come first. So a larger sample with the same seed
begins with the smaller one, and problems that are added to a file move no other one to another part.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence

from quorate.errors import BadOption, did_you_mean
from quorate.evaluate.problems import Problem

VERSION = 1
"""Rises when the same seed would give another sample, or a question another part."""
PARTS: Mapping[str, float] = {"train": 0.8, "development": 0.1, "test": 0.1}
"""The parts that a source is cut into where nothing else is said."""


def sample(
    problems: Sequence[Problem], count: int | None = None, *, seed: int = 0, where: str = "the source"
) -> list[Problem]:
    """Draw problems without replacement: the same seed gives the same ones in the same order.

    Parameters
    ----------
    problems
        What to draw from; their order does not matter.
    count : int, optional
        How many; all of them, shuffled, when None.
    seed : int
        Another seed gives another sample.
    where : str
        The source, for errors.

    Raises
    ------
    BadOption
        When the count is below 1 or above what there is.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> ten = [Problem(question=Question(id=str(n), text=f"What is {n}+1?")) for n in range(10)]
    >>> [p.question.id for p in sample(ten, 3)], [p.question.id for p in sample(ten[::-1], 3)]
    (['5', '7', '8'], ['5', '7', '8'])
    """
    if count is not None and count < 1:
        raise BadOption(f"A sample has at least 1 problem, not {count}.")
    if count is not None and count > len(problems):
        raise BadOption(
            f"There are {len(problems)} problems in {where}, so {count} cannot be drawn: ask for at most "
            f"{len(problems)}, or leave `count` out for all of them."
        )
    return sorted(problems, key=lambda problem: _rank(seed, problem))[:count]


def cut(problems: Iterable[Problem], parts: Mapping[str, float] = PARTS) -> dict[str, tuple[Problem, ...]]:
    """Cut problems into parts that share no question.

    The shares are kept on average: a question falls into a part by what it says, so that no other problem,
    no seed and no order can move it. The same question in other words counts as another one.

    Parameters
    ----------
    problems
        What to cut.
    parts : mapping of str to float
        The share of each part by name; together 1.

    Raises
    ------
    BadOption
        When the shares are not positive or do not add up to 1.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> problems = [Problem(question=Question(text=f"What is {n}+1?")) for n in range(1000)]
    >>> {name: len(part) for name, part in cut(problems).items()}
    {'train': 807, 'development': 90, 'test': 103}
    """
    check_parts(parts)
    found: dict[str, list[Problem]] = {name: [] for name in parts}
    for problem in problems:
        found[part_of(problem, parts)].append(problem)
    return {name: tuple(members) for name, members in found.items()}


def part_of(problem: Problem, parts: Mapping[str, float] = PARTS) -> str:
    """Return the part that a problem belongs to; `parts` are checked already."""
    place, end = _share("part", said_by(problem)), 0.0
    names = sorted(parts)  # files of settings do not all keep the order of names
    for name in names:
        end += parts[name]
        if place < end:
            return name
    return names[-1]


def check_parts(parts: Mapping[str, float], wanted: str | None = None) -> None:
    """Complain about shares that are none, and about a wanted part that is not among them."""
    if not parts or not all(0 < share <= 1 for share in parts.values()):
        raise BadOption(f"The share of a part lies above 0 and is at most 1; got {dict(parts)}.")
    if not math.isclose(sum(parts.values()), 1, abs_tol=1e-6):
        raise BadOption(f"The shares of the parts add up to 1, not to {sum(parts.values()):g}.")
    if wanted is not None and wanted not in parts:
        raise BadOption(f"There is no part '{wanted}'. {did_you_mean(wanted, parts)}")


def said_by(problem: Problem) -> str:
    """Return what a question says, without case, white space and the order of its choices."""
    question = problem.question
    pieces = (question.text, *sorted(question.choices))
    return "\x1f".join(" ".join(piece.casefold().split()) for piece in pieces)


def _rank(seed: int, problem: Problem) -> tuple[float, str]:
    return _share("sample", str(seed), said_by(problem)), problem.question.id


def _share(*parts: str) -> float:
    """Map parts to [0, 1) evenly, the same everywhere."""
    hashed = hashlib.blake2b("\x1e".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(hashed, "big") / 2**64
