"""The folder of an experiment: its definition, its problems, a run folder for every arm and seed, its table.

    runs/graphs/
        experiment.json       what is compared, resolved, with a digest
        problems.jsonl        the problems, with their gold answers
        drafts/, development/ first drafts that arms share, each an ordinary run folder
        arms/ring/seed-0/     one arm with one seed: an ordinary run folder
        results.jsonl         what each arm made of each problem (a Result a line)
        comparison.json       the table (a Comparison)

Everything below `results.jsonl` follows from the records and is written anew.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from quorate.errors import RecordBusy, RecordError, RecordMismatch
from quorate.evaluate import Problem, dump_problems, load_problems
from quorate.evaluate.results import Comparison, Result
from quorate.experiments.drafts import Circle
from quorate.experiments.experiment import Experiment, slug
from quorate.record import check_same, write_whole

FORMAT = 1
EXPERIMENT, PROBLEMS, RESULTS, COMPARISON = (
    "experiment.json",
    "problems.jsonl",
    "results.jsonl",
    "comparison.json",
)
FREE = ("metrics", "prices", "at_once", "timeout", "reference")
"""What may change from one start to the next: no answer depends on it."""


class Folder:
    """An experiment's folder.

    Parameters
    ----------
    path : str or Path
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @property
    def begun(self) -> bool:
        """Whether there is an experiment in it."""
        return (self.path / EXPERIMENT).is_file()

    def arm(self, name: str, seed: int) -> Path:
        """Return the run folder of one arm with one seed."""
        return self.path / "arms" / slug(name) / f"seed-{seed}"

    def drafts(self, circle: str, seed: int) -> Path:
        """Return the run folder of a circle's first drafts."""
        return self.path / "drafts" / slug(circle) / f"seed-{seed}"

    def development(self, seed: int) -> Path:
        """Return the run folder of the drafts that the best agent is chosen on."""
        return self.path / "development" / f"seed-{seed}"

    def describe(self) -> dict[str, Any]:
        """Read what the experiment was set up with.

        Raises
        ------
        RecordError
            When there is none, it is damaged, or a newer Quorate wrote it.
        """
        path = self.path / EXPERIMENT
        try:
            known = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise RecordError(f"There is no experiment in {self.path} (no {EXPERIMENT}).") from None
        except (OSError, ValueError) as problem:
            raise RecordError(f"The experiment {path} cannot be read: {problem}.") from None
        if not isinstance(known, dict) or "setup" not in known:
            raise RecordError(f"The experiment {path} cannot be read: it has no set-up.")
        if known.get("format", 0) > FORMAT:
            raise RecordError(
                f"The experiment {self.path} was written by a newer Quorate; upgrade to read it."
            )
        return known

    def begin(self, experiment: Experiment, setup: Mapping[str, Any]) -> None:
        """Write down what is compared, or check that it is what was begun here.

        Raises
        ------
        RecordMismatch
            When another experiment was begun here: the first difference is named.
        RecordError
            When the folder holds something else.
        """
        plain: dict[str, Any] = json.loads(json.dumps(setup))
        if self.begun:
            self._check(self.describe()["setup"], plain)
        elif self.path.is_dir() and any(p for p in self.path.iterdir() if p.name not in (".lock", PROBLEMS)):
            raise RecordError(f"{self.path} holds something else than an experiment; choose another folder.")
        else:
            write_whole(self.path / PROBLEMS, dump_problems(experiment.problems))
        known = {
            "format": FORMAT,
            "quorate": version("quorate"),
            "created": self.describe()["created"] if self.begun else _now(),
            "name": experiment.name,
            "digest": digest(plain),
            "problems": len(experiment.problems),
            "about": dict(experiment.about),
            "setup": plain,
            "source": experiment.source,
        }
        write_whole(self.path / EXPERIMENT, json.dumps(known, indent=2) + "\n")

    def _check(self, recorded: dict[str, Any], current: dict[str, Any]) -> None:
        fixed = [{k: v for k, v in setup.items() if k not in FREE} for setup in (recorded, current)]
        was, now = (_steady(setup) for setup in fixed)
        for kind in ("arms", "controls"):
            gone = [name for name in was[kind] if name not in now[kind]]
            new = [name for name in now[kind] if name not in was[kind]]
            if gone or new:
                changes = [f"'{name}' is gone" for name in gone] + [f"'{name}' is new" for name in new]
                raise RecordMismatch(
                    f"The experiment in {self.path} was another one: of its {kind}, {', '.join(changes)}. "
                    "Resume it with the definition it was begun with, or compare into another folder."
                )
        check_same(was, now)

    def problems(self) -> list[Problem]:
        """Read the problems."""
        return load_problems(self.path / PROBLEMS)

    def write(self, results: Iterable[Result], comparison: Comparison) -> None:
        """Write what follows from the records, each file whole or not at all."""
        lines = "".join(result.model_dump_json() + "\n" for result in results)
        write_whole(self.path / RESULTS, lines)
        write_whole(self.path / COMPARISON, comparison.model_dump_json(indent=2) + "\n")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep others from writing here meanwhile; RecordBusy when another process does."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path / ".lock", timeout=0):
                yield
        except Timeout:
            raise RecordBusy(f"Another process is comparing in {self.path}.") from None
        except PermissionError as problem:
            raise RecordError(
                f"The folder {self.path} cannot be written: {problem.strerror}. Choose one you may write."
            ) from None


def setup_of(experiment: Experiment, common: Circle) -> dict[str, Any]:
    """Describe everything that the results depend on, as plain data.

    Parameters
    ----------
    experiment : Experiment
    common : Circle
        The common table and how it drafts.
    """
    seed = experiment.seeds[0]
    arms = {
        arm.name: {**experiment.definition(arm, seed).setup(), "shares_drafts": arm.shares_drafts}
        for arm in experiment.everything
    }
    return {
        "problems": experiment.digest,
        "development": experiment.development_digest,
        "seeds": list(experiment.seeds),
        "table": common.definition(seed).setup()["agents"],
        "arms": arms,
        "controls": {name: dict(options) for name, options in experiment.kept.items()},
        "budget": experiment.budget,
        "reading": experiment.reading,
        "reference": experiment.reference,
        "metrics": list(experiment.metrics),
    }


def _steady(setup: Mapping[str, Any]) -> dict[str, Any]:
    """Return a set-up without what a model only tells once it is loaded, and without its server's address."""
    kept = ("kind", "path", "model", "revision", "source", "digest")
    arms = {
        name: {
            **arm,
            "models": [{k: v for k, v in model.items() if k in kept} for model in arm.get("models", ())],
        }
        for name, arm in setup["arms"].items()
    }
    return {**setup, "arms": arms}


def digest(setup: Mapping[str, Any]) -> str:
    """Return a fingerprint of a set-up, without what may change from one start to the next.

    Examples
    --------
    >>> digest({"arms": {}, "metrics": ["f1"]}) == digest({"arms": {}, "metrics": []})
    True
    """
    steady = _steady({key: value for key, value in setup.items() if key not in FREE})
    return hashlib.blake2b(json.dumps(steady, sort_keys=True).encode(), digest_size=16).hexdigest()


def read_results(path: str | Path) -> list[Result]:
    """Read the results of an experiment that was compared to its end.

    Raises
    ------
    RecordError
        When there are none yet, or a line is damaged.
    """
    file = Path(path) / RESULTS
    try:
        lines = file.read_text("utf-8").split("\n")
        return [Result.model_validate_json(line) for line in lines if line]
    except FileNotFoundError:
        raise RecordError(f"{path} has no results yet; finish it with: quorate compare {path}") from None
    except ValueError as problem:
        first = str(problem).partition("\n")[0]
        raise RecordError(f"The results {file} cannot be read: {first}.") from None


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
