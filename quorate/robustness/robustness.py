r"""Robustness: a table of agents attacked from within, from the definition to the figures.

found = robustness(definition, problems, kinds=["colluding"], filters=["top_k"], folder="runs/attacks")
print(*found.sentences(), sep="\n")

runs/attacks/
    study.json            how to build the study again
    compare/              its experiment: an ordinary folder of one, every arm an ordinary run
    robustness.json       the table, and the same as robustness.csv
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quorate.definition import Definition
from quorate.errors import RecordError
from quorate.evaluate import Problem
from quorate.experiments import Watch, compare
from quorate.record import write_whole
from quorate.robustness.findings import Robustness
from quorate.robustness.measuring import tabulate
from quorate.robustness.study import Study

STUDY, TABLE, SHEET, COMPARED = "study.json", "robustness.json", "robustness.csv", "compare"


def robustness(
    definition: Definition | Study,
    problems: Sequence[Problem] = (),
    *,
    name: str = "robustness",
    folder: str | Path | None = None,
    watch: Watch | None = None,
    **options: Any,
) -> Robustness:
    r"""Measure how accurate a table stays with adversaries among it, by their part, number and place.

    Parameters
    ----------
    definition : Definition or Study
        The honest agents and how they deliberate; or a study that says everything.
    problems : sequence of Problem
        With gold answers.
    name : str
        The title of the table.
    folder : path, optional
        Where everything is recorded: what is there is not asked again. A temporary one when left out.
    watch : callable, optional
        Called with the arm, the seed and every event.
    options
        Those of `Study`: `kinds`, `counts`, `places`, `topologies`, `filters`, `seeds` ...

    Raises
    ------
    BadOption, BadDefinition
        For a study that cannot be held.
    RecordMismatch
        When the folder holds another study.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> from quorate.nouns import Ask, Question
    >>> def follow(ask: Ask, seed: int) -> str:  # right alone, and convinced by whoever it hears first
    ...     return ask.heard[0].text if ask.heard else "2+3=5\nAnswer: 5"
    >>> table = Definition([Agent(name, Scripted(follow)) for name in ("ada", "bo", "cy")])
    >>> sums = [Problem(question=Question(text="2+3?"), gold="5")]
    >>> found = robustness(table, sums, counts=[0, 1], topologies=["star"])
    >>> [(one.attack, one.honest.right) for one in found.findings]
    [('clean', 1.0), ('1 confidently_wrong at hub', 0.0), ('1 confidently_wrong at leaf', 0.0)]
    """
    study = definition if isinstance(definition, Study) else Study.of(definition, problems, name, **options)
    if folder is None:
        with tempfile.TemporaryDirectory() as place:
            return robustness(study, folder=place, watch=watch)
    path = begin(study, folder)
    compare(study.experiment, path / COMPARED, watch=watch)
    return finish(study, path)


def begin(study: Study, folder: str | Path) -> Path:
    """Write down what is studied, so that the folder alone can go on; return the folder."""
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    write_whole(path / STUDY, json.dumps({"name": study.name, "source": study.source}, indent=2) + "\n")
    return path


def finish(study: Study, folder: str | Path) -> Robustness:
    """Make the table of a study whose experiment was compared, write it beside it, and return it."""
    path = Path(folder)
    found = tabulate(study, path / COMPARED)
    write_whole(path / TABLE, found.model_dump_json(indent=2) + "\n")
    write_whole(path / SHEET, found.csv())
    return found


def read_robustness(folder: str | Path) -> Robustness | None:
    """Read the table of a study; None when it was not finished.

    Raises
    ------
    RecordError
        When the folder holds no study, or a damaged one.

    Examples
    --------
    >>> read_robustness("./nowhere")
    Traceback (most recent call last):
    ...
    quorate.errors.RecordError: There is no study of robustness in nowhere (no study.json).
    """
    path = Path(folder)
    if not (path / STUDY).is_file():
        raise RecordError(f"There is no study of robustness in {path} (no {STUDY}).")
    try:
        return Robustness.model_validate_json((path / TABLE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as problem:
        first = str(problem).partition("\n")[0]
        raise RecordError(f"The table {path / TABLE} cannot be read: {first}.") from None
