"""Nouns that are kept in a file of their own, as JSON: gates, weights; and files that are read once."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from quorate.errors import BadDefinition, BadOption, first_complaint
from quorate.nouns import Noun

Kept = TypeVar("Kept", bound=Noun)
Held = TypeVar("Held")


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
        raise BadDefinition(f"{path} holds no {a}: {first_complaint(problem)}.") from None


def save_noun(noun: Noun, path: str | Path, *, exclude_defaults: bool = False) -> Path:
    """Write a noun into a file of its own, whole or not at all, and return where; its folder is made.

    Examples
    --------
    >>> import tempfile
    >>> from quorate.nouns import Question
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = save_noun(Question(text="2+3?"), Path(folder, "new", "question.json"))
    ...     load_noun(Question, file, the="question", a="question").text
    '2+3?'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, noun.model_dump_json(indent=2, exclude_defaults=exclude_defaults) + "\n")
    return path


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a crash leaves either the old one or the whole new one."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, "utf-8")
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def read_once(read: Callable[[Path], Held]) -> Callable[[Path], Held]:
    """Return a reader that reads a file only when it has changed, by its time or its size.

    Options that name a file are read on every question; up to 32 files are held.

    Examples
    --------
    >>> import tempfile
    >>> def read(path: Path) -> str:
    ...     print("reading")
    ...     return path.read_text()
    >>> again = read_once(read)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "w.json")
    ...     path.write_text("{}")
    ...     again(path), again(path)
    2
    reading
    ('{}', '{}')
    """

    @functools.lru_cache(maxsize=32)
    def held(path: Path, changed: int, size: int) -> Held:
        return read(path)

    def once(path: Path) -> Held:
        state = path.stat()
        return held(path.resolve(), state.st_mtime_ns, state.st_size)

    return once
