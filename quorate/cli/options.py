"""Options that several commands share, and what a shell completes their values with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from quorate.cli.showing import View
from quorate.registry import Registry

ViewOption = Annotated[
    View, typer.Option(help="How to show the run: live on a terminal, plain lines elsewhere, or quiet.")
]
ProgressOption = Annotated[
    View, typer.Option(help="How to show progress: live on a terminal, plain lines elsewhere, or quiet.")
]
RecordOption = Annotated[
    Path | None,
    typer.Option("--record", "-o", help="Folder to record the run in, so that it can be resumed."),
]
PoolOption = Annotated[
    Path | None, typer.Option("--pool", help="Folder of a pool of your own instead of the shipped one.")
]


def folder_for(name: str) -> Path:
    """Return where something that has a name is recorded when no folder is given.

    Examples
    --------
    >>> folder_for("Ring against complete").as_posix()
    'runs/ring-against-complete'
    """
    from quorate.experiments.experiment import slug

    return Path("runs") / slug(name)


def names_of(kind: Registry) -> Callable[[], list[str]]:
    """Return what lists the makers of a kind; none is imported before a shell asks.

    Examples
    --------
    >>> from quorate import registry
    >>> "ring" in names_of(registry.topology)()
    True
    """

    def names() -> list[str]:
        return list(kind)

    return names
