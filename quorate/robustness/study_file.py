"""Studies from files: YAML, an experiment's keys with what is attacked in the place of its arms.

name: ring, star and all to all under attack
problems: {pool: {kind: mixed}, count: 60}
pool: [rates, money, measure, sets, ages, generalist]
protocol: {debate: {rounds: 3, critique: "off", until: never}}
kinds: [confidently_wrong, colluding]
counts: [0, 1, 2, 3]
places: [hub, leaf]
topologies: [ring, star, complete]
filters: [{top_k: {k: 2}}]
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from quorate.errors import BadDefinition, QuorateError, RecordError, did_you_mean
from quorate.evaluate import Problem
from quorate.experiments import Folder, build_experiment
from quorate.robustness.robustness import COMPARED, STUDY
from quorate.robustness.study import Study
from quorate.yaml_files import read_yaml

COMMON = (
    "name", "problems", "pool", "models", "agents", "offices", "seeds", "reading", "at_once", "timeout",
)  # fmt: skip
"""Keys that mean what they mean in an experiment."""
OWN = ("protocol", "kinds", "counts", "places", "topologies", "filters")


def load_study(path: str | Path, *, limit: int | None = None) -> Study:
    """Read a study from a YAML file.

    Parameters
    ----------
    path
        The file.
    limit : int, optional
        Only the first so many problems.

    Raises
    ------
    BadDefinition
        Naming the file, the place in it and the fix.
    """
    path = Path(path)
    if not path.is_file():
        raise BadDefinition(f"There is no study file {path}.")
    return build_study(read_yaml(path), where=str(path), folder=path.parent).limited(limit)


def build_study(
    data: Any,
    *,
    where: str = "study",
    folder: Path | None = None,
    problems: Sequence[Problem] | None = None,
) -> Study:
    """Build a study from plain data, as a YAML file would hold it.

    Parameters
    ----------
    data : mapping
    where : str
        What errors call it.
    folder : path, optional
        What relative paths start from.
    problems : sequence of Problem, optional
        Problems to use instead of reading them again.

    Raises
    ------
    BadDefinition
        For an unknown key, with what was probably meant, or a value that cannot be.

    Examples
    --------
    >>> agents = [{"name": name, "model": {"scripted": {"script": "Answer: 5"}}} for name in ("ada", "bo")]
    >>> sums = {"arithmetic": {"form": "a+b"}, "count": 3}
    >>> build_study({"name": "sums", "problems": sums, "agents": agents, "counts": [0, 1]}).counts
    (0, 1)
    >>> build_study({"name": "sums", "problems": sums, "agents": agents, "count": [0, 1]})
    Traceback (most recent call last):
    ...
    quorate.errors.BadDefinition: study: unknown key 'count'. Did you mean 'counts'?
    """
    if not isinstance(data, Mapping):
        raise BadDefinition(f"{where}: a study is a mapping with problems, agents and kinds, not {data!r}.")
    for key in data:
        if key not in (*COMMON, *OWN):
            raise BadDefinition(f"{where}: unknown key '{key}'. {did_you_mean(str(key), [*COMMON, *OWN])}")
    common = {key: data[key] for key in COMMON if key in data}
    clean = {"clean": {"protocol": data.get("protocol", "debate")}}
    table = build_experiment({**common, "arms": clean}, where=where, folder=folder, problems=problems)
    own = {key: _listed(data[key], key, where) for key in OWN if key in data and key != "protocol"}
    resolved = (table.source or {}).get("experiment", {})
    try:
        return Study(
            name=table.name,
            problems=table.problems,
            agents=table.agents,
            protocol=table.everything[0].protocol,
            offices=table.offices,
            seeds=table.seeds,
            reading=table.reading,
            at_once=table.at_once,
            timeout=table.timeout,
            about=table.about,
            source={"study": {**data, **{key: resolved[key] for key in COMMON if key in resolved}}},
            **own,
        )
    except QuorateError as problem:
        raise type(problem)(f"{where}: {problem}") from None


def _listed(value: Any, key: str, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise BadDefinition(f"{where}: {key} is a list, such as {key}: [...], not {value!r}.")
    return tuple(value)


def reopen_study(folder: str | Path) -> Study:
    """Build the study that was begun in a folder again, with the problems that lie there.

    Raises
    ------
    RecordError
        When there is none, or a Python session defined it: that script must then be run again.
    """
    path = Path(folder)
    try:
        known = json.loads((path / STUDY).read_text("utf-8"))
    except FileNotFoundError:
        raise RecordError(f"There is no study of robustness in {path} (no {STUDY}).") from None
    except (OSError, ValueError) as problem:
        raise RecordError(f"The study {path / STUDY} cannot be read: {problem}.") from None
    source = (known.get("source") or {}) if isinstance(known, dict) else {}
    if "study" not in source:
        raise RecordError(
            f"The study in {path} was defined in a Python session; run that script again with "
            f"robustness(..., folder='{path}')."
        )
    compared = Folder(path / COMPARED)
    problems = compared.problems() if compared.begun else None
    return build_study(source["study"], where=str(path / STUDY), problems=problems)
