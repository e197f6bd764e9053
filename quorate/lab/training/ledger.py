"""The ledger of a pool: which stages there are, which of them are done, and what each took.

`training/STAGE.json` is written when a stage is done and goes when it is begun again:

    {"mark": "a9ccd23e00fbca77 f766fa69f98ad999", "steps": 1400, "tokens": 1330000, "minutes": 3.3, ...}

The mark is a fingerprint of what the result depends on; with another one the stage is trained again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from quorate.agents.local.files import fingerprint
from quorate.errors import BadOption, ModelError
from quorate.lab.training.recipe import Recipe
from quorate.record import write_whole

BASE = "base"
WORDS = "words"
DRAFTS = "drafts"
CRITIC = "critic"
HEADS = "heads"
DEBATE = "-debate"
WEIGHTS = "model.safetensors"
GROUND = ("base_seed", "world", "domains", "shape", "precision", "advanced_share", "private_share")
"""What every stage depends on."""


@contextmanager
def opened(recipe: Recipe, folder: Path) -> Iterator[None]:
    """Hold a pool's folder for one training, with its recipe in it.

    Raises
    ------
    BadOption
        When another process is training there, or nothing can be written there.
    """
    training = folder / "training"
    lock = FileLock(training / ".lock", timeout=0)
    try:
        training.mkdir(parents=True, exist_ok=True)
        with lock:
            write_whole(training / "recipe.json", recipe.model_dump_json(indent=1) + "\n")
            yield
    except Timeout:
        raise BadOption(
            f"Another process is training the pool in {folder}; wait for it, or name another folder."
        ) from None
    except OSError as problem:
        if problem.errno is None:  # what libraries raise for a model that they cannot read
            raise
        raise BadOption(
            f"The pool in {folder} cannot be trained: {problem}. What is done stays done: mend that and "
            "train again, or name another folder."
        ) from problem


def tell(folder: Path, stage: str, report: dict[str, Any]) -> None:
    """Write down that a stage is done, and what it took."""
    write_whole(_file(folder, stage), json.dumps(report, indent=1) + "\n")


def told(folder: Path, stage: str) -> dict[str, Any]:
    """Return what was written down of a stage; nothing when it is not done.

    Raises
    ------
    ModelError
        When what is written there cannot be read.
    """
    file = _file(folder, stage)
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text("utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ModelError(
            f"{file} cannot be read; remove it, and `quorate pool train {folder}` makes it again."
        )
    return found


def forget(folder: Path, *names: str) -> None:
    """Let stages count as not done."""
    for stage in names:
        _file(folder, stage).unlink(missing_ok=True)


def is_done(recipe: Recipe, folder: Path, stage: str) -> bool:
    """Tell whether a stage is done, by this recipe and on the base that is there."""
    known = told(folder, stage)
    if not known or not (folder / WEIGHTS).is_file():
        return False
    whole = stage != CRITIC or "metrics" in known
    return whole and bool(known.get("mark") == mark(recipe, folder, stage))


def mark(recipe: Recipe, folder: Path, stage: str) -> str:
    """Return what a stage's result depends on, as a fingerprint: parts of the recipe, and the base."""
    if stage in (BASE, WORDS):
        return recipe.digest(*GROUND, *dict.fromkeys((BASE, stage)))
    member = stage.removesuffix(DEBATE)
    drafts = ("specialist", "problems")
    if stage == DRAFTS:
        parts: tuple[str, ...] = drafts
    elif stage == HEADS:
        parts = (*drafts, "debater", "generalist", "polymath", "exercises")
    elif stage.endswith(DEBATE):
        parts = (*drafts, "debater")
    else:
        before = {"judge": drafts, CRITIC: ("polymath",)}.get(member, ())
        parts = ("specialist",) if member in recipe.specialists else (member, *before)
    [base] = fingerprint([folder / WEIGHTS]).values()
    return f"{recipe.digest(*GROUND, 'seed', 'rank', *parts)} {base[:16]}"


def require(folder: Path, *names: str) -> None:
    """Complain about what an earlier stage should have left."""
    for name in names:
        if not (folder / (WEIGHTS if name == BASE else name)).exists():
            raise BadOption(f"There is no {name} in {folder} to go on from; train the earlier stages first.")


def _file(folder: Path, stage: str) -> Path:
    return folder / "training" / f"{stage}.json"
