"""A definition that answers under a name: what `quorate serve` and the bridges put behind one model.

Panel.of("study.yaml")        the definition in a file
Panel.of(None)                the specialists of the shipped pool, as they relay
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from quorate.definition import Definition
from quorate.definition_file import build, load_definition
from quorate.errors import BadOption
from quorate.nouns import AnswerKind
from quorate.serving.minutes import plain


@dataclass(frozen=True)
class Panel:
    """A definition that answers under a name.

    Parameters
    ----------
    name : str
        What it is called where models have names.
    definition : Definition
        Who deliberates and how.
    kind
        How answers are compared where nothing else is said.
    readable : callable
        Takes out of a model's text what is not for readers.
    """

    name: str
    definition: Definition
    kind: AnswerKind = "auto"
    readable: Callable[[str], str] = plain

    @classmethod
    def of(
        cls,
        source: Definition | str | Path | None = None,
        *,
        pool: str | Path | None = None,
        name: str | None = None,
        kind: AnswerKind | None = None,
    ) -> Panel:
        """Make a panel from a definition or its file; without either, from the specialists of a pool.

        Parameters
        ----------
        source : Definition, str or Path, optional
            A definition, or the file of one.
        pool : str or Path, optional
            A pool of your own; the shipped one when None.
        name : str, optional
            That of the file when None, or "pool".
        kind : optional
            "number" for the pool, which knows no other questions, when None; else "auto".

        Raises
        ------
        BadOption
            When both a definition and a pool are given.
        QuorateError
            When the definition cannot be read or there is no pool.

        Examples
        --------
        >>> from quorate import Agent, Scripted
        >>> Panel.of(Definition([Agent("ada", Scripted("Answer: 5"))])).name
        'debate'
        """
        if source is not None and pool is not None:
            raise BadOption("A definition says itself who answers: leave out the definition or the pool.")
        if source is None:
            definition, called = _of_pool(pool), "pool"
        elif isinstance(source, Definition):
            definition, called = source, "debate"
        else:
            definition, called = load_definition(source), Path(source).stem
        pooled = _seats_pool(definition)
        return cls(
            name=name or called,
            definition=definition,
            kind=kind or ("number" if pooled else "auto"),
            readable=_without_scratch if pooled else plain,
        )


def _of_pool(folder: str | Path | None) -> Definition:
    from quorate.lab.demo import pool_data
    from quorate.lab.members import Pool

    return build(pool_data(Pool(folder)), where="pool")


def _seats_pool(definition: Definition) -> bool:
    from quorate.lab.members import PoolModel

    return any(isinstance(model, PoolModel) for model in definition.models)


def _without_scratch(text: str) -> str:
    from quorate.lab.world.solution import hide_scratch

    return plain(hide_scratch(text))
