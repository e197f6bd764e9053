"""Mathematics: word problems, competition problems, problems with choices."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from typing import Any

from quorate.errors import BadQuestion
from quorate.evaluate.sources.mapping import ALL, mapping

SUBJECTS = (
    "algebra",
    "counting_and_probability",
    "geometry",
    "intermediate_algebra",
    "number_theory",
    "prealgebra",
    "precalculus",
)
_BOX = re.compile(r"\\f?box(?:ed)?\s*(?=\{)|\\boxed\s+(?=[^\s{])")
_LETTERED = re.compile(r"\s*\(?[A-Z]\s*[).:]\s*")


@mapping(
    hub="openai/gsm8k",
    configs=("main", "socratic"),
    config="main",
    splits=("train", "test"),
    split="test",
    columns=("question", "answer"),
    source="Cobbe et al. 2021, arXiv:2110.14168",
    size=1319,
)
def gsm8k(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """Grade-school word problems; the answer is a number."""
    _, marker, gold = row["answer"].rpartition("####")
    if not marker:
        raise BadQuestion('the answer has no "####" in front of its number.')
    return {"text": row["question"], "gold": gold, "kind": "number"}


@mapping(
    hub="EleutherAI/hendrycks_math",
    configs=SUBJECTS,
    config=ALL,
    splits=("train", "test"),
    split="test",
    columns=("problem", "solution"),
    metrics=("accuracy", "maths"),
    source="Hendrycks et al. 2021, arXiv:2103.03874",
    size=5000,
)
def math(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """Competition problems; the answer is a number or a formula. MATH-500 has the same layout."""
    gold = row.get("answer") or boxed(row["solution"])
    if gold is None:
        raise BadQuestion("the solution has no \\boxed answer.")
    return {"text": row["problem"], "gold": gold, "kind": "maths"}


@mapping(
    hub="deepmind/aqua_rat",
    configs=("raw", "tokenized"),
    config="raw",
    splits=("train", "validation", "test"),
    split="test",
    columns=("question", "options", "correct"),
    source="Ling et al. 2017, arXiv:1705.04146",
    size=254,
)
def aqua(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """Algebra word problems with five choices."""
    choices = [_LETTERED.sub("", option, count=1) for option in row["options"]]
    return {"text": row["question"], "choices": choices, "gold": row["correct"]}


def boxed(solution: str) -> str | None:
    r"""Return what stands in the last box of a solution, or None when it has none.

    Examples
    --------
    >>> boxed(r"So $x=\boxed{1}$, and the sum is $\boxed{\frac{3}{4}}$.")
    '\\frac{3}{4}'
    """
    found = next(iter(deque(_BOX.finditer(solution), maxlen=1)), None)
    if found is None:
        return None
    rest = solution[found.end() :]
    if not rest.startswith("{"):
        return re.split(r"[\s$]", rest, maxsplit=1)[0] or None
    return _braced(rest)


def _braced(text: str) -> str | None:
    """Return what stands between the first brace of a text and the one that closes it."""
    depth = 0
    for place, character in enumerate(text):
        escaped = place > 0 and text[place - 1] == "\\"
        depth += (character == "{") - (character == "}") if not escaped else 0
        if depth == 0:
            return text[1:place]
    return None
