"""Problems: questions with their gold answers, which no agent is ever handed.

A file of problems has one JSON object a line:

    {"id": "q1", "text": "What is 2+3?", "gold": "5"}
    {"text": "Which is prime?", "choices": ["4", "7"], "gold": "B"}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from quorate.answers import canonical
from quorate.errors import BadQuestion, QuorateError, did_you_mean
from quorate.nouns import Noun, Outcome, Question

ALIASES = {
    "text": ("question", "prompt"),
    "choices": ("options",),
    "gold": ("answer", "target"),
}
FIELDS = ("id", "text", "choices", "kind", "gold")


class Problem(Noun):
    """A question and, where known, its gold answer (canonical)."""

    question: Question
    gold: str | None = None


def correct(outcome: Outcome, gold: str | None) -> bool | None:
    """Tell whether an outcome's answer equals the gold one; None when there is no gold.

    Examples
    --------
    >>> correct(Outcome(winners=("5",), answer="5"), "5")
    True
    """
    return None if gold is None else outcome.answer == gold


def load_problems(path: str | Path) -> list[Problem]:
    """Read a JSONL file of problems.

    Parameters
    ----------
    path
        One JSON object a line, with `text` (or `question`, `prompt`), and optionally `id`, `choices` (or
        `options`), `kind`, `gold` (or `answer`, `target`).

    Raises
    ------
    BadQuestion
        Naming file and line: malformed JSON, an unknown or missing field, an empty question, an id used
        twice, a gold answer that no reader can read.
    """
    path = Path(path)
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise BadQuestion(f"The problems in {path} cannot be read: {problem}.") from None
    return parse_problems(lines, str(path))


def parse_problems(lines: Iterable[str], where: str) -> list[Problem]:
    """Read problems from lines of JSON; `where` names them in errors.

    Examples
    --------
    >>> parse_problems(['{"id": "q1", "text": "What is 2+3?", "gold": "5.0"}'], "demo")[0].gold
    '5'
    """
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{where}, line {number}"
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise BadQuestion('a problem is a JSON object such as {"text": "What is 2+3?"}.')
            problem = _problem(row)
        except ValidationError as error:
            first = error.errors()[0]
            raise BadQuestion(f"{place}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
        except (ValueError, QuorateError) as error:
            raise BadQuestion(f"{place}: {error}") from None
        if problem.question.id in seen:
            first_line = seen[problem.question.id]
            raise BadQuestion(
                f"{place}: the id '{problem.question.id}' was already used on line {first_line}."
            )
        seen[problem.question.id] = number
        problems.append(problem)
    if not problems:
        raise BadQuestion(f"{where} holds no problem; write one JSON object a line.")
    return problems


def dump_problems(problems: Iterable[Problem]) -> str:
    r"""Write problems as lines of JSON that `parse_problems` reads.

    Examples
    --------
    >>> dump_problems([Problem(question=Question(id="q1", text="2+3?"), gold="5")])
    '{"id": "q1", "text": "2+3?", "kind": "auto", "gold": "5"}\n'
    """
    rows = []
    for problem in problems:
        question = problem.question
        row: dict[str, Any] = {"id": question.id, "text": question.text, "kind": question.kind}
        if question.choices:
            row["choices"] = list(question.choices)
        if problem.gold is not None:
            row["gold"] = problem.gold
        rows.append(json.dumps(row, ensure_ascii=False) + "\n")
    return "".join(rows)


def _problem(row: Mapping[str, Any]) -> Problem:
    fields: dict[str, Any] = {}
    known = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
    for key, value in row.items():
        name = known.get(key, key)
        if name not in FIELDS:
            raise BadQuestion(f"unknown field '{key}'. {did_you_mean(key, [*FIELDS, *known])}")
        if name in fields:
            raise BadQuestion(f"the field '{name}' is given twice, also as '{key}'.")
        fields[name] = value
    gold = fields.pop("gold", None)
    if "text" not in fields:
        raise BadQuestion('there is no question; give it as "text".')
    if fields.get("id") is not None:
        fields["id"] = str(fields["id"])
    question = Question(**fields)
    return Problem(question=question, gold=None if gold is None else _gold(question, gold))


def _gold(question: Question, gold: Any) -> str:
    """Read a gold answer; a number that is no choice's text is the place of the choice, from 0."""
    if isinstance(gold, int) and str(gold) not in question.choices and 0 <= gold < len(question.choices):
        return question.labels[gold]
    read = canonical(question, str(gold))
    if read is None:
        raise BadQuestion(f"the gold answer {gold!r} cannot be read as an answer to this question.")
    return read
