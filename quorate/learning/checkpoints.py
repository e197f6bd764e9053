"""Checkpoints: a training that was stopped goes on as if it had not been.

One JSON file, written whole after every iteration: what is trained, and all that the next step depends on.
Floats are written with all their digits, so what comes out is the same to the last bit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from quorate.definition import Definition
from quorate.errors import RecordError
from quorate.evaluate import Problem, dump_problems
from quorate.learning.recipes import Recipe
from quorate.record import check_same, write_whole

FORMAT = 1


def training_setup(
    definition: Definition, problems: Sequence[Problem], recipe: Recipe, seed: int
) -> dict[str, Any]:
    """Describe everything that a training depends on, as plain data."""
    texts = hashlib.blake2b(dump_problems(problems).encode("utf-8", "replace"), digest_size=8)
    return {
        "recipe": recipe.model_dump(mode="json"),
        "seed": seed,
        "problems": {"count": len(problems), "digest": texts.hexdigest()},
        "definition": definition.setup(),
    }


class Checkpoint:
    """The file of a training; without a path nothing is kept.

    Parameters
    ----------
    path : path, optional
    setup : mapping
        What is trained, as `training_setup` describes it.
    """

    def __init__(self, path: str | Path | None, setup: Mapping[str, Any]) -> None:
        self.path = None if path is None else Path(path)
        self._setup = json.loads(json.dumps(setup, default=str))

    def read(self) -> dict[str, Any] | None:
        """Return the state after the last iteration; None when nothing was trained yet.

        Raises
        ------
        RecordError
            When the file cannot be read.
        RecordMismatch
            When it belongs to another training; the first difference is named.
        """
        if self.path is None or not self.path.exists():
            return None
        try:
            held = json.loads(self.path.read_text("utf-8"))
            setup, state = held["setup"], held["state"]
        except (OSError, ValueError, LookupError, TypeError) as problem:
            raise RecordError(
                f"The checkpoint {self.path} cannot be read ({problem}): delete it to train from the start."
            ) from None
        check_same(setup, self._setup)
        return dict(state)

    def write(self, state: Mapping[str, Any]) -> None:
        """Keep a state; RecordError when the file cannot be written."""
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, json.dumps({"format": FORMAT, "setup": self._setup, "state": dict(state)}))
        except OSError as problem:
            raise RecordError(
                f"The checkpoint {self.path} cannot be written: {problem.strerror or problem}. "
                "Free some space or name another file."
            ) from None
