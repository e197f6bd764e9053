"""Sources: what a definition says about where its problems come from, and how they are read.

data.csv                                                 a file whose columns have usual names
{file: data.csv, fields: {text: q, gold: a}, count: 100, seed: 0}
{dataset: gsm8k, split: test, count: 100, seed: 0}       from the hub
{dataset: gsm8k, folder: ./gsm8k, part: development}     from a copy; a tenth of it, the same for ever
{hub: acme/quiz, split: test, fields: {text: q, gold: a}}    any other data set of the hub, or `folder`
{arithmetic: {largest: 9}, count: 100, seed: 1}
{pool: {kind: mixed, split: test, level: 3}, count: 100, seed: 0}
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from quorate.errors import BadOption, BadQuestion, UnknownName, did_you_mean
from quorate.evaluate.problems import Problem, UnreadableGold, gather, make_problem
from quorate.evaluate.sources import samples
from quorate.evaluate.sources.columns import Columns
from quorate.evaluate.sources.files import READERS, kind_of, rows
from quorate.evaluate.sources.mapping import datasets, find_dataset
from quorate.evaluate.sources.named import Foreign, read_dataset
from quorate.evaluate.sources.procedural import VERSION, procedural, take
from quorate.evaluate.sources.sets import ACCURACY, ProblemSet, digest
from quorate.evaluate.sources.specs import DatasetSpec, Drawn, FileSpec, MadeSpec, read_spec

COUNT = 100
"""Problems of a procedural set, which has no end, where no count is given."""
Source = str | Path | Mapping[str, Any]
_HUB = re.compile(r"\w[\w.-]*/[\w.-]+")


def read_problems(source: Source | ProblemSet, *, folder: Path | None = None) -> ProblemSet:
    """Read, make or draw problems.

    Parameters
    ----------
    source : str, Path or mapping
        A file, the name of a data set or of a procedural set, or a mapping as above. Every mapping takes
        `count` and `seed` (see `sample`), `part` and `parts` (see `cut`), `name`, `metrics`, and the `digest`
        that the problems must have. Data sets also take `folder`, `hub`, `config`, `split` and `revision`;
        files, and data sets without a ready mapping, `fields` (see `Columns`) and `kind`; both take
        `skip_unreadable`, which leaves rows out whose gold answer cannot be read. A `ProblemSet` is returned
        as it is.
    folder : Path, optional
        What paths are relative to; the current folder when None.

    Returns
    -------
    ProblemSet
        In the order of the source; with a count or a seed, in an order of the seed's own.

    Raises
    ------
    BadQuestion
        For a source that cannot be read or is empty: naming file and row, column, or what the hub said.
    BadOption
        For an unknown name, option, split or part, or a count above what there is.

    Examples
    --------
    >>> problems = read_problems({"arithmetic": {"form": "a+b"}, "count": 2, "seed": 5})
    >>> [(problem.question.text, problem.gold) for problem in problems]
    [('What is the result of 20+24?', '44'), ('What is the result of 0+24?', '24')]
    >>> read_problems("arithmetics")
    Traceback (most recent call last):
    ...
    quorate.errors.UnknownName: There is no file and no set of problems called 'arithmetics'. Did you mean
    'arithmetic'?
    """
    if isinstance(source, ProblemSet):
        return source
    if not isinstance(source, (str, Path, Mapping)):
        raise BadOption(
            "A source of problems is a file, the name of a set, or a mapping such as "
            f"{{arithmetic: {{form: a+b}}, count: 100}}, not {source!r}."
        )
    folder = folder or Path()
    said = dict(source) if isinstance(source, Mapping) else spelled_out(source, folder)
    origins = [name for name in ("file", "dataset", *procedural) if name in said]
    if not origins and ("hub" in said or "folder" in said):
        origins = ["dataset"]
    if len(origins) != 1:
        known, given = ", ".join(("file", "dataset", "hub", *procedural)), " and ".join(origins)
        raise BadOption(f"A source of problems has exactly one of {known}; this one has {given or 'none'}.")
    match origins[0]:
        case "file":
            return _read_file(read_spec(FileSpec, said), folder)
        case "dataset":
            return _read_dataset(read_spec(DatasetSpec, said), folder)
        case maker:
            options = said.pop(maker) or {}
            return _make(maker, read_spec(MadeSpec, {**said, "options": options}))


def spelled_out(source: str | Path, folder: Path | None = None) -> dict[str, Any]:
    """Return the mapping that a bare name or path stands for."""
    path, known = Path(source), [*datasets(), *procedural]
    there = (folder or Path()) / path.expanduser()
    if isinstance(source, Path) or there.is_file() or kind_of(path) in READERS:
        return {"file": path}
    if "/" in source:
        return {"hub": source} if _HUB.fullmatch(source) and not there.is_dir() else {"folder": path}
    if source not in known:
        raise UnknownName(
            f"There is no file and no set of problems called '{source}'. {did_you_mean(source, known)}"
        )
    return {"dataset": source} if source in datasets() else {source: {}}


def _read_file(spec: FileSpec, folder: Path) -> ProblemSet:
    path, columns = folder / spec.file.expanduser(), Columns(spec.columns, spec.kind)
    found = list(rows(path))
    if not found:
        raise BadQuestion(f"{path} holds no problem: it is empty, or has a header only.")
    columns.check(dict.fromkeys(name for _, row in found for name in row), str(path))
    skipped: list[str] | None = [] if spec.skip_unreadable else None

    def make(row: Mapping[str, Any]) -> Problem:
        return make_problem(columns.fields(row, str(path)))

    try:
        makers = ((place, partial(make, row)) for place, row in found)
        problems = gather(makers, str(path), unreadable=skipped)
    except UnreadableGold as error:
        raise _with_fix(error, "give all rows the right `kind`, or ") from None
    about = {"file": str(spec.file), **_mapped(spec)}
    if skipped:
        about["left_out"] = {"unreadable": len(skipped)}
    return _chosen(problems, spec, path.name.split(".")[0], about)


def _read_dataset(spec: DatasetSpec, folder: Path) -> ProblemSet:
    known = _foreign(spec) if spec.dataset is None else find_dataset(spec.dataset)
    place = spec.hub or known.hub if spec.folder is None else folder / spec.folder.expanduser()
    skipped: list[str] | None = [] if spec.skip_unreadable else None
    try:
        problems, about = read_dataset(
            known, place, config=spec.config, split=spec.split, revision=spec.revision, unreadable=skipped
        )
    except UnreadableGold as error:
        raise _with_fix(error) from None
    origin = {"hub": place} if spec.folder is None else {"folder": str(spec.folder)}
    name = " ".join(filter(None, (known.name, spec.config)))
    suited = known.metrics if known.metrics != ACCURACY else None
    return _chosen(problems, spec, name, {**origin, **about, **_mapped(spec)}, suited)


def _foreign(spec: DatasetSpec) -> Foreign:
    """Return the layout of a data set without a ready mapping: what the definition says."""
    name = spec.hub or str(spec.folder)
    return Foreign(name.rstrip("/").rpartition("/")[2], spec.hub or name, Columns(spec.columns, spec.kind))


def _mapped(spec: FileSpec | DatasetSpec) -> dict[str, Any]:
    """Say which columns were read as what."""
    said = {"fields": dict(spec.columns), "kind": spec.kind}
    return {name: value for name, value in said.items() if value}


def _make(maker: str, spec: MadeSpec) -> ProblemSet:
    if "seed" in spec.options:
        raise BadOption(f"The seed stands beside '{maker}', not in its options.")
    seed, count = spec.seed or 0, spec.count or COUNT
    stream = procedural.bind(procedural[maker], spec.options)(seed=seed)

    def wanted(problem: Problem) -> bool:
        return spec.part is None or samples.part_of(problem, spec.parts) == spec.part

    about = {maker: dict(spec.options), "seed": seed, "count": count, "maker_version": VERSION}
    return _set(take(stream, count, keep=wanted), spec, maker, about)


def _chosen(
    problems: Sequence[Problem],
    spec: Drawn,
    name: str,
    about: Mapping[str, Any],
    metrics: tuple[str, ...] | None = None,
) -> ProblemSet:
    """Draw from problems what is wanted."""
    where = name
    if not problems:
        raise BadQuestion(f"No problem of {name} is left: no gold answer of it can be read. Mend them.")
    told = {**about, "of": len(problems), "of_digest": digest(problems)}
    if spec.part is not None:
        problems, where = samples.cut(problems, spec.parts)[spec.part], f"the part '{spec.part}' of {name}"
        if not problems:
            raise BadOption(f"None of the {told['of']} problems of {name} falls into the part '{spec.part}'.")
    if spec.count is not None or spec.seed is not None:
        seed = spec.seed or 0
        problems = samples.sample(problems, spec.count, seed=seed, where=where)
        told |= {"seed": seed, "count": len(problems)}
    return _set(problems, spec, name, told, metrics)


def _set(
    problems: Sequence[Problem],
    spec: Drawn,
    name: str,
    about: Mapping[str, Any],
    metrics: tuple[str, ...] | None = None,
) -> ProblemSet:
    """Put a set together, and hold it to the digest that it is to have."""
    parts = {"part": spec.part, "parts": dict(spec.parts)} if spec.part is not None else {}
    told = {**about, **parts, "sample_version": samples.VERSION}
    found = ProblemSet(spec.name or name, tuple(problems), told, spec.metrics or metrics or _suited(problems))
    if spec.digest is not None and spec.digest != found.digest:
        raise BadQuestion(
            f"The problems of {found.name} have the digest {found.digest}, not {spec.digest}: the source has "
            "changed, or another seed, count or part was meant."
        )
    return found


def _suited(problems: Sequence[Problem]) -> tuple[str, ...]:
    """Name metrics that suit problems: accuracy where there is gold, chrF where there are references."""
    texts = ("chrf",) if any(problem.references for problem in problems) else ()
    gold = any(problem.gold is not None for problem in problems)
    return (*(ACCURACY if gold or not texts else ()), *texts)


def _with_fix(error: UnreadableGold, other: str = "") -> UnreadableGold:
    return UnreadableGold(
        f"{str(error).rstrip('.')}. Mend it, {other}leave such rows out with `skip_unreadable: true` "
        "(on the command line --skip-unreadable)."
    )
