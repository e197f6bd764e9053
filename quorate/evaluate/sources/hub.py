"""Rows of data sets from the Hugging Face hub, or from a folder that holds a copy of one.

Everything is read by the library `datasets`, which is imported only here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quorate.errors import BadOption, BadQuestion, QuorateError, did_you_mean

NEEDED = "Data sets need the library `datasets`; install it with: pip install 'quorate[data]'"
SAVED = "dataset_dict.json"
"""The file by which a folder shows that `datasets.DatasetDict.save_to_disk` wrote it."""
_COMMIT = re.compile(r"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])")
_LIBRARIES = ("datasets", "huggingface_hub", "pyarrow", "httpx", "httpcore", "requests", "fsspec")


@dataclass(frozen=True)
class Table:
    """The rows of one split of one configuration; `revision` is the commit on the hub, where it is known."""

    config: str
    columns: tuple[str, ...]
    rows: Iterable[Mapping[str, Any]]
    revision: str | None = None


def tables(
    place: str | Path,
    configs: Sequence[str],
    split: str,
    *,
    revision: str | None = None,
    exact: bool = False,
) -> Iterator[Table]:
    """Yield the tables of some configurations.

    Unless they must be there (`exact`), a place that has none of them, such as a folder with the files of a
    single one, is read as it is; its table then carries the name of the first.

    Parameters
    ----------
    place : str or Path
        The name of a data set on the hub; a Path is a folder.
    configs
        Names of configurations; "" is a data set without any.
    split : str
    revision : str, optional
        A commit, tag or branch on the hub.

    Raises
    ------
    BadQuestion
        When the place cannot be read; without a network the sentence says what to do.
    BadOption
        When there is no such split or configuration.
    """
    if isinstance(place, Path) and not place.is_dir():
        raise BadQuestion(f"There is no folder {place} with a data set in it.")
    with _in_sentences(place):
        there = _configs(place, revision)
    wanted = [config for config in configs if config in there or _is_folder(place, config)]
    if exact and not wanted:
        hint = did_you_mean(configs[0], there) if there else "It has only one; leave `config` out."
        raise BadOption(f"{place} has no configuration '{configs[0]}'. {hint}")
    for config in wanted or configs[:1]:
        with _in_sentences(place):
            found, known = _open(place, config, config in there, revision)
            if split not in known:
                raise BadOption(f"{place} has no split '{split}'. {did_you_mean(split, known)}")
            rows = found(split)
            columns = tuple(rows.column_names or next(iter(rows), {}))
        yield Table(config, columns, _guarded(rows, place), _commit(rows) or revision)


def _is_folder(place: str | Path, config: str) -> bool:
    return isinstance(place, Path) and config != "" and (place / config).is_dir()


def _configs(place: str | Path, revision: str | None) -> list[str]:
    if isinstance(place, Path) and (place / SAVED).is_file():
        return []
    return [str(name) for name in _library().get_dataset_config_names(str(place), revision=revision)]


def _open(place: str | Path, config: str, named: bool, revision: str | None) -> tuple[Any, list[str]]:
    """Return what opens a split, and the names of the splits."""
    name = config if named else None
    if isinstance(place, str):
        splits = _library().get_dataset_split_names(place, name, revision=revision)
        return lambda split: _library().load_dataset(place, name, split=split, revision=revision), splits
    folder = place / config if _is_folder(place, config) and not named else place
    if (folder / SAVED).is_file():
        opened = _library().load_from_disk(str(folder))
    else:  # streamed, so that nothing is copied to the cache of the library
        opened = _library().load_dataset(str(folder), name, streaming=True)
    return opened.__getitem__, [str(split) for split in opened]


def _commit(rows: Any) -> str | None:
    """Return the commit that the rows were fetched from; the library names its cache after it."""
    files = [str(file["filename"]) for file in getattr(rows, "cache_files", ())]
    return next((found[0] for file in files if (found := _COMMIT.search(file))), None)


def _library() -> Any:
    try:
        import datasets
    except ImportError:
        raise BadQuestion(NEEDED) from None
    return datasets


def _guarded(rows: Iterable[Mapping[str, Any]], place: str | Path) -> Iterator[Mapping[str, Any]]:
    with _in_sentences(place):
        yield from rows


@contextmanager
def _in_sentences(place: str | Path) -> Iterator[None]:
    """Say in a sentence, with the fix, what the library, the files or the network complain about."""
    try:
        yield
    except QuorateError:
        raise
    except Exception as error:
        library = type(error).__module__.split(".")[0]
        if not isinstance(error, (OSError, ValueError)) and library not in _LIBRARIES:
            raise
        why = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        why = why if len(why) <= 300 else why[:297] + "..."
        if isinstance(place, Path):
            raise BadQuestion(f"The data set in {place} cannot be read: {why}.") from error
        raise BadQuestion(
            f"The data set {place} cannot be fetched from the hub: {why}. Check its name and the network, "
            "and log in with `hf auth login` if it is not public. On a machine without network, take a copy "
            f"made by `hf download --repo-type dataset {place} --local-dir FOLDER` and name it with "
            "`folder: FOLDER` (on the command line --folder FOLDER)."
        ) from error
