"""Problem sets: problems, where they come from, and a digest that says which ones they are.

problems.name     "gsm8k"
problems.about    {"dataset": "gsm8k", "hub": "openai/gsm8k", "split": "test", "seed": 0, "count": 100, ...}
problems.digest   "5f3a09c1d2e4b677": two sets with one digest hold the same problems
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from quorate.errors import BadOption
from quorate.evaluate.problems import Problem, dump_problems

ACCURACY = ("accuracy",)


@dataclass(frozen=True)
class ProblemSet:
    """Problems of one source, in the order in which they are to be asked.

    Parameters
    ----------
    name : str
        What a table calls it.
    problems : tuple of Problem
    about : mapping
        Where they come from, as plain data: source, revision, split, seed, count, versions of the readers.
    metrics : tuple of str
        Names of the metrics that suit these problems.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> five = Problem(question=Question(id="q1", text="What is 2+3?"), gold="5")
    >>> len(ProblemSet("mine", (five,))), ProblemSet("mine", (five,)).digest
    (1, '038cae868859af82')
    """

    name: str
    problems: tuple[Problem, ...]
    about: Mapping[str, Any] = field(default_factory=dict)
    metrics: tuple[str, ...] = ACCURACY

    @cached_property
    def digest(self) -> str:
        """A fingerprint of the problems and their gold, whatever their order."""
        return digest(self.problems)

    def __len__(self) -> int:
        return len(self.problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def write(self, path: str | Path) -> Path:
        """Write the problems with their gold as JSONL and return the path.

        Raises
        ------
        BadOption
            When the file cannot be written.
        """
        path = Path(path)
        try:
            path.write_text(dump_problems(self.problems), "utf-8", newline="\n")
        except OSError as error:
            raise BadOption(f"The problems cannot be written to {path}: {error.strerror}.") from None
        return path


def digest(problems: Iterable[Problem]) -> str:
    """Return a fingerprint of problems with their ids, gold and references, whatever their order."""
    lines = sorted(dump_problems([problem]) for problem in problems)
    return hashlib.blake2b("".join(lines).encode(), digest_size=8).hexdigest()
