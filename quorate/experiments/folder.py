"""The folder of an experiment: its definition, its problems, a run folder for every arm and seed, its table.

    runs/graphs/
        experiment.json       what is compared, resolved, with a digest
        problems.jsonl        the problems, with their gold answers
        drafts/, development/ first drafts that arms share, each an ordinary run folder
        arms/ring/seed-0/     one arm with one seed: an ordinary run folder
        aside/                arms that left the experiment, and controls that followed another arm
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

from quorate.errors import RecordBusy, RecordError
from quorate.evaluate import Problem, dump_problems, load_problems
from quorate.evaluate.results import Comparison, Result
from quorate.experiments.drafts import Circle
from quorate.experiments.experiment import Experiment, slug
from quorate.experiments.growing import FREE, check_grown, gone_since, steady
from quorate.record import MANIFEST, read_manifest, write_whole

FORMAT = 1
EXPERIMENT, PROBLEMS, RESULTS, COMPARISON = (
    "experiment.json",
    "problems.jsonl",
    "results.jsonl",
    "comparison.json",
)


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

    def begin(
        self, experiment: Experiment, setup: Mapping[str, Any], circles: Mapping[str, str | None]
    ) -> None:
        """Write down what is compared, or check that it is what was begun here, grown or not.

        Parameters
        ----------
        experiment : Experiment
        setup : mapping
            What `setup_of` says of it.
        circles : mapping of str to str or None
            Whose first drafts each arm hears, by the circle's name.

        Raises
        ------
        RecordMismatch
            When another experiment was begun here: the first difference is named.
        RecordError
            When the folder holds something else.
        """
        plain: dict[str, Any] = json.loads(json.dumps(setup))
        known: dict[str, Any] = self.describe() if self.begun else {}
        if known:
            check_grown(self, known, plain, experiment)
            if steady(known["setup"]) != steady(plain):
                self._drop_table()
        elif self.path.is_dir() and any(p for p in self.path.iterdir() if p.name not in (".lock", PROBLEMS)):
            raise RecordError(f"{self.path} holds something else than an experiment; choose another folder.")
        else:
            write_whole(self.path / PROBLEMS, dump_problems(experiment.problems))
        described = {
            "format": FORMAT,
            "quorate": version("quorate"),
            "created": known.get("created") or _now(),
            "name": experiment.name,
            "digest": digest(plain),
            "problems": len(experiment.problems),
            "development": len(experiment.development),
            "about": dict(experiment.about),
            "setup": plain,
            "gone": gone_since(known, plain),
            "circles": {**known.get("circles", {}), **circles},
            "source": experiment.source,
        }
        write_whole(self.path / EXPERIMENT, json.dumps(described, indent=2) + "\n")
        self._sort_out({slug(name) for kind in ("arms", "controls") for name in plain[kind]})

    def _drop_table(self) -> None:
        """Remove what follows from the records: an old table is not that of an experiment that grew."""
        for name in (COMPARISON, RESULTS):
            (self.path / name).unlink(missing_ok=True)

    def _sort_out(self, names: set[str]) -> None:
        """Set the records of arms aside that left the experiment, and bring back those of arms that returned.

        Whatever a kill leaves half done, the next start does the rest.
        """
        arms, aside = self.path / "arms", self.path / "aside"
        for place in [*arms.glob("*")] if arms.is_dir() else []:
            if place.name not in names:
                _move(place, aside / place.name)
        for name in names:
            if (aside / name).is_dir() and not (arms / name).exists():
                _move(aside / name, arms / name)

    def follow(self, control: str, arm: str) -> None:
        """Make room for a control that follows an arm: what it made when it followed another goes aside.

        What it made for this arm earlier comes back.
        """
        home = self.path / "arms" / slug(control)
        before = followed(home)
        if before not in (None, arm):
            _move(home, self._aside(control, str(before)))
        kept = self._aside(control, arm)
        if kept.is_dir() and not home.exists():
            _move(kept, home)

    def _aside(self, control: str, arm: str) -> Path:
        return self.path / "aside" / slug(f"{control} of {arm}")

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


def followed(place: Path) -> str | None:
    """Return the arm that a control in a folder followed; None when nothing was begun there."""
    for manifest in sorted(place.glob(f"seed-*/{MANIFEST}")):
        protocol = (read_manifest(manifest.parent).get("setup") or {}).get("protocol")
        options = next(iter(protocol.values()), None) if isinstance(protocol, dict) else None
        if isinstance(options, dict) and "of" in options:
            return str(options["of"])
    return None


def _move(place: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    place.rename(target)


def digest(setup: Mapping[str, Any]) -> str:
    """Return a fingerprint of a set-up, without what may change from one start to the next.

    Examples
    --------
    >>> kept = {"arms": {}, "controls": {}}
    >>> digest({**kept, "metrics": ["f1"]}) == digest({**kept, "metrics": []})
    True
    """
    fixed = steady({key: value for key, value in setup.items() if key not in FREE})
    return hashlib.blake2b(json.dumps(fixed, sort_keys=True).encode(), digest_size=16).hexdigest()


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
