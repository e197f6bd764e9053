"""Columns: which column of a row holds which field of a problem.

Columns({"text": "prompt", "choices": ["A", "B", "C"], "gold": "answer.letter"})

A field is one column, a list of columns, or a path into nested ones with dots. Fields that are not named are
taken from columns of their usual names, and columns that belong to no field are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from quorate.errors import BadOption, BadQuestion, did_you_mean
from quorate.evaluate.problems import ALIASES, FIELDS, NAMES, usual_fields

Column = str | list[str]
_SEVERAL = ("choices", "references")
_ADVICE = (
    "Say where the fields are: {{file: {where}, fields: {{text: ..., gold: ...}}}}, or on the command line "
    "--field text=... --field gold=...; other columns are then left alone. Columns here: {columns}."
)


class Columns:
    """Where the fields of a problem are in a row.

    Parameters
    ----------
    fields : mapping of str to str or list of str, optional
        The column of each field (see `FIELDS`) that is not called as usual. Without any, every column must
        have a usual name.
    kind : str, optional
        How the answers are compared, for all rows.

    Raises
    ------
    BadOption
        For a field that does not exist.

    Examples
    --------
    >>> Columns({"text": "q.en", "gold": "a"}).fields({"q": {"en": "What is 2+3?"}, "a": 5, "n": 1}, "demo")
    {'text': 'What is 2+3?', 'gold': 5}
    """

    def __init__(self, fields: Mapping[str, Column] | None = None, kind: str | None = None) -> None:
        self._named = dict(fields or {})
        self._kind = kind
        named = (column if isinstance(column, list) else [column] for column in self._named.values())
        self._used = {column for columns in named for column in columns}
        for name in self._named:
            if name not in FIELDS:
                raise BadOption(f"A problem has no field '{name}'. {did_you_mean(str(name), FIELDS)}")

    def check(self, columns: Iterable[str], where: str) -> None:
        """Complain about a named column that is not among the columns of a source.

        Raises
        ------
        BadQuestion
            Naming the column, those that are there, and the one that was probably meant.
        """
        there = list(columns)
        for name, column in self._named.items():
            for one in [column] if isinstance(column, str) else column:
                if one not in there and one.split(".")[0] not in there:
                    raise BadQuestion(missing(one, there, where, f" for the field '{name}'"))
        usual = {"text", *ALIASES["text"]}
        if "text" not in self._named and not usual.intersection(there):
            advice = _ADVICE.format(where=where, columns=listed(there))
            raise BadQuestion(
                f"{where} has no column with the question ({', '.join(sorted(usual))}). {advice}"
            )

    def fields(self, row: Mapping[str, Any], where: str) -> dict[str, Any]:
        """Return the fields that a row holds."""
        if not self._named:
            found = self._usual(row, where)
        else:
            found = {name: value for name, value in self._known(row).items() if name not in self._named} | {
                name: _at(row, column) for name, column in self._named.items()
            }
        if self._kind is not None:
            found["kind"] = self._kind
        for name in _SEVERAL:
            if name in found:
                found[name] = _several(found[name], name)
        return {name: value for name, value in found.items() if value is not None}

    def _usual(self, row: Mapping[str, Any], where: str) -> dict[str, Any]:
        try:
            return usual_fields(row)
        except BadQuestion as problem:
            raise BadQuestion(f"{problem} {_ADVICE.format(where=where, columns=listed(row))}") from None

    def _known(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return what stands under usual names and is not used otherwise; a field's own name comes first."""
        left = {key: value for key, value in row.items() if key not in self._used}
        found = {NAMES[key]: value for key, value in left.items() if key in NAMES}
        return found | {key: value for key, value in left.items() if key in FIELDS}


def missing(column: str, there: Iterable[str], where: str, use: str = "") -> str:
    """Say that a column is not there, which ones are, and which one was probably meant.

    Examples
    --------
    >>> missing("questoin", ["question", "answer"], "data.csv")
    "data.csv has no column 'questoin'. Did you mean 'question'? Columns there: question, answer."
    """
    there = list(there)
    guess = did_you_mean(column, there)
    near = f" {guess}" if guess.startswith("Did") else ""
    return f"{where} has no column '{column}'{use}.{near} Columns there: {listed(there)}."


def listed(columns: Iterable[str]) -> str:
    """List columns by name, the first twenty of them."""
    names = list(columns)
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def _at(row: Mapping[str, Any], column: Column) -> Any:
    if not isinstance(column, str):
        values = [_at(row, one) for one in column]
        return [value for value in values if value is not None]
    if column in row or "." not in column:
        return row.get(column)
    value: Any = row
    for step in column.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _several(value: Any, name: str) -> tuple[str, ...]:
    """Read several texts: a list, a mapping of letters to texts, or either of them as JSON in a cell."""
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        try:
            value = json.loads(value)
        except ValueError:
            raise BadQuestion(f"`{name}` begins like a list in JSON, but is none: {value[:60]!r}.") from None
    if isinstance(value, Mapping):
        value = [item for item in value.values() if item is not None]
    if isinstance(value, str):
        if name == "choices":
            raise BadQuestion(f'`choices` is a list such as ["4", "7"], not the text {value[:60]!r}.')
        value = [value]
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        raise BadQuestion(f"`{name}` is a list of texts, not {type(value).__name__}.")
    return tuple(str(item) for item in value)
