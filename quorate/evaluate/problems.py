"""Problems: questions with their gold answers, which no agent is ever handed.

A file of problems has one JSON object a line:

    {"id": "q1", "text": "What is 2+3?", "gold": "5"}
    {"text": "Which is prime?", "choices": ["4", "7"], "gold": "B"}
    {"text": "Translate into English: Guten Tag", "kind": "text", "references": ["Good day", "Hello"]}

`quorate.evaluate.sources` makes problems of other files, of data sets, and from nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
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
    "references": ("reference",),
}
FIELDS = ("id", "text", "choices", "kind", "gold", "gold_place", "references")
NAMES = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
"""The field that each alias means."""


class UnreadableGold(BadQuestion):
    """A gold answer that no reader can read as an answer to its question."""


class Problem(Noun):
    """A question and, where known, its gold answer (canonical).

    `references` are good answers to a question that has no single right one, such as a translation; what an
    arm writes is compared with them.
    """

    question: Question
    gold: str | None = None
    references: tuple[str, ...] = ()


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
        `options`), `kind`, `gold` (or `answer`, `target`), `gold_place` (of the right choice, from 0) and
        `references` (or `reference`).

    Raises
    ------
    BadQuestion
        Naming file and line: malformed JSON, an unknown or missing field, an empty question, an id used
        twice, a gold answer that no reader can read.
    """
    path = Path(path)
    try:
        lines = path.read_text("utf-8").split("\n")
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
    numbered = enumerate(lines, 1)
    rows = ((f"line {number}", line) for number, line in numbered if line.strip())
    problems = gather(((place, partial(_from_line, line)) for place, line in rows), where)
    if not problems:
        raise BadQuestion(f"{where} holds no problem; write one JSON object a line.")
    return problems


def gather(
    rows: Iterable[tuple[str, Callable[[], Problem]]], where: str, *, unreadable: list[str] | None = None
) -> list[Problem]:
    """Make problems, and name the place of the first one that cannot be made or whose id is taken.

    Parameters
    ----------
    rows
        For each problem its place in the source ("line 3") and what makes it.
    where
        The source, for errors.
    unreadable : list, optional
        Takes the places of rows whose gold answer cannot be read, which are left out then.

    Raises
    ------
    BadQuestion
        Naming source and place.
    """
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for place, make in rows:
        problem = made(make, f"{where}, {place}", place, unreadable)
        if problem is None:
            continue
        known = seen.setdefault(problem.question.id, place)
        if known != place:
            raise BadQuestion(
                f"{where}, {place}: the id '{problem.question.id}' was already used on {known}. Give every "
                "problem an id of its own; without ids, each question may come only once."
            )
        problems.append(problem)
    return problems


def made(
    make: Callable[[], Problem], where: str, place: str, unreadable: list[str] | None = None
) -> Problem | None:
    """Make one problem; what is wrong with it is said with where it stands (see `gather`)."""
    try:
        return make()
    except UnreadableGold as error:
        if unreadable is None:
            raise UnreadableGold(f"{where}: {error}") from None
        unreadable.append(place)
        return None
    except (ValueError, QuorateError) as error:
        raise BadQuestion(f"{where}: {error}") from None


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
        if problem.references:
            row["references"] = list(problem.references)
        rows.append(json.dumps(row, ensure_ascii=False) + "\n")
    return "".join(rows)


def _from_line(line: str) -> Problem:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise BadQuestion('a problem is a JSON object such as {"text": "What is 2+3?"}.')
    return make_problem(usual_fields(row))


def usual_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row under the names that `make_problem` knows, its aliases resolved.

    Raises
    ------
    BadQuestion
        For a name that means nothing here, or two that mean the same.

    Examples
    --------
    >>> usual_fields({"question": "What is 2+3?", "answer": 5})
    {'text': 'What is 2+3?', 'gold': 5}
    """
    fields: dict[str, Any] = {}
    for key, value in row.items():
        name = NAMES.get(key, key)
        if name not in FIELDS:
            raise BadQuestion(f"unknown field '{key}'. {did_you_mean(key, [*FIELDS, *NAMES])}")
        if name in fields:
            raise BadQuestion(f"the field '{name}' is given twice, also as '{key}'.")
        fields[name] = value
    return fields


def make_problem(fields: Mapping[str, Any]) -> Problem:
    """Make a problem of what a row says: `FIELDS`, of which only `text` must be there.

    Raises
    ------
    BadQuestion
        When there is no question, or its gold answer cannot be read as an answer to it.

    Examples
    --------
    >>> make_problem({"text": "Which is prime?", "choices": ["4", "7"], "gold_place": 1}).gold
    'B'
    """
    fields = {name: value for name, value in fields.items() if value is not None}
    gold, place = fields.pop("gold", None), fields.pop("gold_place", None)
    references = fields.pop("references", ())
    if "text" not in fields:
        raise BadQuestion('there is no question; give it as "text".')
    if gold is not None and place is not None:
        raise BadQuestion("give the gold answer as `gold` or as `gold_place`, not as both.")
    if not isinstance(fields.get("choices", ()), (list, tuple)):
        raise BadQuestion(f'`choices` is a list such as ["4", "7"], not {_brief(fields["choices"])}.')
    if "id" in fields:
        fields["id"] = str(fields["id"])
    try:
        question = Question(**fields)
        problem = Problem(
            question=question,
            gold=_placed(question, place) if place is not None else _gold(question, gold),
            references=(references,) if isinstance(references, str) else references,
        )
        "".join((question.id, problem.gold or "", *problem.references)).encode()
    except ValidationError as error:
        first = error.errors()[0]
        raise BadQuestion(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
    except UnicodeEncodeError:
        raise BadQuestion("the id or an answer holds half a character (a lone surrogate): mend it.") from None
    return problem


def _gold(question: Question, gold: Any) -> str | None:
    """Read a gold answer; a whole number that is no choice's text is the place of the choice, from 0."""
    if gold is None:
        return None
    read = canonical(question, str(gold))
    if isinstance(gold, int) and not isinstance(gold, bool) and 0 <= gold < len(question.choices):
        label = question.labels[gold]
        if str(gold) not in question.choices:
            return label
        if read != label:
            raise BadQuestion(
                f"the gold answer {gold} may be the text of choice {read} or the place of {label}: give "
                'its letter, its text as "gold": "...", or its place from 0 as "gold_place".'
            )
    if read is None:
        raise UnreadableGold(f"the gold answer {_brief(gold)} cannot be read as an answer to this question.")
    return read


def _placed(question: Question, place: Any) -> str:
    try:
        number = int(str(place))
    except ValueError:
        number = -1
    if not 0 <= number < len(question.choices):
        raise BadQuestion(
            f"the gold place is {_brief(place)}; it is a whole number from 0, and there are "
            f"{len(question.choices)} choices."
        )
    return question.labels[number]


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
