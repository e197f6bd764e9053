"""Items: problems with everything that is known about them, and files of them.

A file has one JSON object a line:

    {"id": "test-5f3a...", "split": "test", "text": "A bus keeps to 40 km per hour for 3 hours. How many ...",
     "answer": 120, "domains": ["rates"], "skills": ["rates.drive"], "level": 1, "world": 0,
     "steps": [{"name": "distance", "op": "*", "args": [40, 3], "uses": [0, 0], "value": 120, "segment": 0}]}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from quorate.errors import BadQuestion
from quorate.evaluate import Problem
from quorate.lab.world.plan import OPERATIONS, Step
from quorate.nouns import Noun, Question

Split = Literal["train", "development", "test"]
Level = Literal[1, 2, 3]


class Item(Noun):
    """A word problem, its answer, and the steps that lead there.

    `domains` and `skills` have one entry for each segment of the chain; `world` says which private tables
    hold (see `private_table`).
    """

    id: str
    split: Split
    text: str
    answer: int
    domains: tuple[str, ...]
    skills: tuple[str, ...]
    level: Level
    steps: tuple[Step, ...]
    world: int = 0

    @property
    def mixed(self) -> bool:
        """Whether it needs more than one domain."""
        return len(set(self.domains)) > 1

    @property
    def facts(self) -> tuple[tuple[str, str, int], ...]:
        """The private facts that it needs, each as (domain, word, number)."""
        return tuple(
            (self.domains[step.segment], step.name, step.value) for step in self.steps if step.op == "="
        )

    def problem(self) -> Problem:
        """Return it as a problem that Quorate can deliberate and evaluate."""
        question = Question(id=self.id, text=self.text, kind="number")
        return Problem(question=question, gold=str(self.answer))


def dump(items: Iterable[Item], path: str | Path) -> Path:
    """Write items to a file, one JSON object a line, and return its path."""
    path = Path(path)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(item.model_dump_json() + "\n" for item in items)
    return path


def load(path: str | Path) -> list[Item]:
    """Read items from a file that `dump` wrote.

    Raises
    ------
    BadQuestion
        Naming file and line: a file that cannot be read, a line that is no item, steps that do not add up.
    """
    return list(_read(Path(path)))


def _read(path: Path) -> Iterator[Item]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise BadQuestion(f"The items in {path} cannot be read: {problem}.") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            item = Item.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise BadQuestion(f"{place}: {where + ': ' if where else ''}{first['msg']}.") from None
        if problem_found := inconsistency(item):
            raise BadQuestion(f"{place}: {problem_found}")
        yield item


def inconsistency(item: Item) -> str | None:
    """Say in a sentence where the steps of an item do not lead to its answer; None when they do."""
    if not len(item.domains) == len(item.skills) >= 1 <= len(item.steps):
        return "an item has steps, and a domain and a skill for every segment."
    for number, step in enumerate(item.steps, 1):
        if not 0 <= step.segment < len(item.domains):
            return f"step {number} belongs to segment {step.segment}, which does not exist."
        if len(step.args) != (1 if step.op == "=" else 2) or len(step.uses) != len(step.args):
            return f"step {number} has {len(step.args)} operands."
        for arg, use in zip(step.args, step.uses, strict=True):
            if not 0 <= use < number or (use and item.steps[use - 1].value != arg):
                return f"step {number} takes {arg} from step {use}, which does not give it."
        if not _adds_up(step):
            return f"step {number} does not give {step.value}."
    if item.steps[-1].value != item.answer:
        return f"the answer is {item.answer}, but the last step gives {item.steps[-1].value}."
    return None


def _adds_up(step: Step) -> bool:
    if step.op == "=":
        return step.args[0] == step.value
    left, right = step.args
    if step.op == "/" and (right == 0 or left % right):
        return False
    return OPERATIONS[step.op](left, right) == step.value
