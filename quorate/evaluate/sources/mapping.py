"""Mappings: how the rows of a well-known data set become problems. Data, and one small reading function.

    @mapping(hub="openai/gsm8k", configs=("main", "socratic"), splits=("train", "test"), ...)
    def gsm8k(row, config):
        '''Grade-school word problems with a number as the answer.'''
        return {"text": row["question"], "gold": ..., "kind": "number"}

The function's name is the name of the data set. A test holds every mapping to rows in the layout it declares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from quorate.errors import BadOption, BadQuestion, QuorateError, did_you_mean
from quorate.evaluate.problems import Problem, make_problem
from quorate.evaluate.sources.columns import missing
from quorate.evaluate.sources.sets import ACCURACY

ALL = "all"
"""The configuration that stands for all of them, one after the other."""
Read = Callable[[Mapping[str, Any], str], Mapping[str, Any]]


@dataclass(frozen=True)
class Dataset:
    """A data set that can be read by its name.

    Parameters
    ----------
    name, about : str
    read : callable
        Makes the fields of a problem (see `make_problem`) of a row and the name of its configuration.
    hub : str
        Where it lies on the Hugging Face hub.
    columns : tuple of str
        What a row must have.
    splits : tuple of str
        Its splits on the hub.
    split : str
        The one that is used where none is named.
    configs : tuple of str
        Its configurations on the hub; empty when it has one without a name.
    config : str
        The one that is used where none is named; `ALL` reads all of them.
    metrics : tuple of str
        What suits its problems.
    source : str
        The paper.
    size : int
        Problems in the default configuration and split, as published.
    stored : callable
        Returns the configuration on the hub in which a wanted one is stored.
    version : int
        Rises when the same row would become another problem.
    """

    name: str
    about: str
    read: Read
    hub: str
    columns: tuple[str, ...]
    splits: tuple[str, ...]
    split: str
    source: str
    size: int
    configs: tuple[str, ...] = ()
    config: str = ""
    metrics: tuple[str, ...] = ACCURACY
    stored: Callable[[str], str] = str
    version: int = 1

    def wanted(self, config: str | None) -> tuple[str, ...]:
        """Return the configurations that a name stands for; the default one's for None.

        Raises
        ------
        BadOption
            When there is none of that name.
        """
        name = self.config if config is None else config
        if name == ALL and ALL not in self.configs and len(self.configs) > 1:
            return self.configs
        if name not in self.configs and name != self.config:
            known = [*self.configs, ALL] if len(self.configs) > 1 else self.configs
            hint = did_you_mean(name, known) if known else "It has only one; leave `config` out."
            raise BadOption(f"The data set '{self.name}' has no configuration '{name}'. {hint}")
        return (name,)

    def check(self, columns: Iterable[str], where: str) -> None:
        """Complain about rows in another layout.

        Raises
        ------
        BadQuestion
            Naming the missing column and those that are there.
        """
        there = list(columns)
        for column in self.columns:
            if column not in there:
                raise BadQuestion(
                    f"{missing(column, there, where)} That is another layout than {self.hub} has; read the "
                    "files of this one with {file: ..., fields: {...}}."
                )

    def problem(self, row: Mapping[str, Any], config: str) -> Problem:
        """Make a problem of a row.

        Raises
        ------
        BadQuestion
            For a row that is not what it should be, or a gold answer that cannot be read.
        """
        try:
            fields = self.read(row, config)
        except QuorateError:
            raise
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as problem:
            kind = type(problem).__name__
            raise BadQuestion(f"the row is not laid out as '{self.name}' is ({kind}: {problem}).") from None
        return make_problem(fields)


_KNOWN: dict[str, Dataset] = {}


def mapping(**declared: Any) -> Callable[[Read], Read]:
    """File a reading function as a data set under its own name, with what it declares (see `Dataset`)."""

    def file(read: Read) -> Read:
        name = read.__name__
        if name in _KNOWN and _KNOWN[name].read.__module__ != read.__module__:
            raise BadOption(f"There already is a data set called '{name}'; give this one another name.")
        about = (read.__doc__ or "").strip().partition("\n")[0]
        _KNOWN[name] = Dataset(name=name, about=about, read=read, **declared)
        return read

    return file


def datasets() -> dict[str, Dataset]:
    """Return all data sets by name.

    Examples
    --------
    >>> datasets()["gsm8k"].hub
    'openai/gsm8k'
    """
    from quorate.evaluate.sources import mappings as mappings

    return dict(sorted(_KNOWN.items()))


def find_dataset(name: str) -> Dataset:
    """Return the data set of that name.

    Raises
    ------
    UnknownName
        Saying what was probably meant.

    Examples
    --------
    >>> find_dataset("gsm8")
    Traceback (most recent call last):
    ...
    quorate.errors.UnknownName: There is no data set called 'gsm8'. Did you mean 'gsm8k'?
    """
    from quorate.errors import UnknownName

    known = datasets()
    if name not in known:
        raise UnknownName(f"There is no data set called '{name}'. {did_you_mean(name, known)}")
    return known[name]
