"""Nouns that are kept in a file of their own, as JSON: gates, weights."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from quorate.errors import BadDefinition, BadOption
from quorate.nouns import Noun

Kept = TypeVar("Kept", bound=Noun)


def load_noun(kind: type[Kept], path: str | Path, *, the: str, a: str) -> Kept:
    """Read a noun from its file.

    Parameters
    ----------
    kind : type
        What the file holds.
    path : str or Path
    the, a : str
        What errors call it: "The weights in x.json cannot be read", "x.json holds no weights".

    Raises
    ------
    BadDefinition
        When there is no such file or it holds something else.
    BadOption
        When what it holds is impossible.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> load_noun(Question, "no/question.json", the="question", a="question")
    Traceback (most recent call last):
    ...
    quorate.errors.BadDefinition: The question in no/question.json cannot be read: No such file or directory.
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8")
    except OSError as problem:
        raise BadDefinition(f"The {the} in {path} cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError as problem:
        raise BadDefinition(f"The {the} in {path} cannot be read: {problem}.") from None
    try:
        return kind.model_validate_json(text)
    except BadOption as problem:
        raise BadOption(f"{path}: {problem}") from None
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BadDefinition(f"{path} holds no {a}: {where + ': ' if where else ''}{first['msg']}.") from None
