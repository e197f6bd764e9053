"""Reproducing: from the name of a reproduction to an account of what is seen here."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quorate.errors import UnknownName, did_you_mean
from quorate.evaluate.sources.source import spelled_out
from quorate.experiments import Experiment, Watch, compare
from quorate.record import write_whole
from quorate.reproduce import recipes
from quorate.reproduce.account import Reproduced, account
from quorate.reproduce.cast import Voice, different_voices, kind_for, seat_models, seat_pool
from quorate.reproduce.reproduction import Reproduction

ACCOUNT = "reproduction.json"
"""The file of an experiment's folder that holds the account."""


@functools.cache
def reproductions() -> Mapping[str, Reproduction]:
    """Return all reproductions, by name: what every file of `recipes` calls `REPRODUCTION`."""
    names = sorted(module.name for module in pkgutil.iter_modules(recipes.__path__))
    found = [importlib.import_module(f"{recipes.__name__}.{name}").REPRODUCTION for name in names]
    return {one.name: one for one in found}


def find_reproduction(name: str) -> Reproduction:
    """Return a reproduction by name.

    Raises
    ------
    UnknownName
        With what was probably meant.

    Examples
    --------
    >>> find_reproduction("du2032")
    Traceback (most recent call last):
    ...
    quorate.errors.UnknownName: There is no reproduction called 'du2032'. Did you mean 'du2023'?
    """
    known = reproductions()
    if name not in known:
        raise UnknownName(f"There is no reproduction called '{name}'. {did_you_mean(name, known)}")
    return known[name]


@dataclass(frozen=True)
class Staged:
    """A reproduction with everybody seated: its experiment, and what is known of it already."""

    reproduction: Reproduction
    experiment: Experiment
    pooled: bool
    notes: tuple[str, ...] = ()

    def account(self, folder: str | Path) -> Reproduced:
        """Return what the finished experiment found; it is written into the folder too."""
        found = account(self.reproduction, folder, pooled=self.pooled, notes=self.notes)
        write_whole(Path(folder) / ACCOUNT, found.model_dump_json(indent=2) + "\n")
        return found


def stage(
    name: str,
    *,
    pool: str | Path | None = None,
    voices: Sequence[Voice] = (),
    judge: Voice | None = None,
    problems: str | Path | Mapping[str, Any] | None = None,
    count: int | None = None,
    seed: int = 0,
    sampling: Mapping[str, Any] | None = None,
) -> Staged:
    """Seat everybody and define the experiment of a reproduction; nothing is loaded or asked yet.

    Parameters
    ----------
    name : str
    pool : path, optional
        An embedded pool other than the shipped one.
    voices : sequence of mapping
        Models of your own instead of the pool, as in a definition file: `{"model": ..., "adapter": ...}`.
    judge : mapping, optional
        Who judges, where somebody does; the first voice when None.
    problems : path, name or mapping, optional
        Other problems; see `read_problems`.
    count : int, optional
        How many; as many as the reproduction says when None, and all of a file.
    seed : int
        Of the sample of problems and of every draw.
    sampling : mapping, optional
        `temperature`, `top_p`, `max_tokens` in the place of the paper's.

    Raises
    ------
    UnknownName
        For a name that no reproduction has.
    QuorateError
        For models, a pool or problems that the reproduction cannot be held with.
    """
    one, pooled = find_reproduction(name), not voices
    if pooled:
        seated = seat_pool(one.cast, pool, sampling)
    else:
        seated = seat_models(one.cast, voices, judge=judge, sampling=sampling)
    if problems is None:
        source = _of_pool(one, pool) if pooled else dict(one.problems)
    else:
        named = problems if isinstance(problems, Mapping) else spelled_out(problems)
        source = {key: str(Path(v).absolute()) if isinstance(v, Path) else v for key, v in named.items()}
    wanted = count if count is not None or "file" in source else one.count
    if wanted is not None:
        source["count"] = wanted
    experiment = one.experiment(seated, {"seed": seed, **source}, seed=seed, pooled=pooled)
    same = not one.cast.alike and different_voices(seated["agents"]) == 1
    notes = ("All seats hold one model, where the paper has different ones.",) if same else ()
    return Staged(one, experiment, pooled, notes)


def _of_pool(one: Reproduction, pool: str | Path | None) -> dict[str, Any]:
    return {"pool": {"kind": kind_for(one.cast, pool), "split": "test"}}


def reproduce(name: str, folder: str | Path, *, watch: Watch | None = None, **options: Any) -> Reproduced:
    """Hold a published experiment again, or what is missing of it, and set it beside the published figures.

    Parameters
    ----------
    name : str
        See `reproductions`.
    folder : path
        Where everything is recorded; an experiment's folder, which can be resumed.
    watch : callable, optional
        Called with the arm, the seed and every event.
    options
        As for `stage`: the embedded pool answers unless `voices` are given.

    Raises
    ------
    UnknownName, QuorateError
        As `stage` does.
    RecordMismatch
        When something else was begun in the folder.

    Examples
    --------
    >>> import tempfile
    >>> voices = [{"model": {"scripted": {"script": "Answer: 5"}}}]
    >>> sums = {"arithmetic": {"form": "a+b", "largest": 5}}
    >>> found = reproduce("mad", tempfile.mkdtemp(), voices=voices, problems=sums, count=2)
    >>> [seen.verdict for seen in found.findings]
    ['open', 'open', 'open']
    """
    staged = stage(name, **options)
    compare(staged.experiment, folder, watch=watch)
    return staged.account(folder)
