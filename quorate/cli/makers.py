"""Makers that say what they are: listed in a table, and explained one by one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from quorate.cli.grids import listed
from quorate.registry import Registry


def print_makers(
    name: str | None,
    explained: Callable[[str], Iterable[str]],
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    command: str,
) -> None:
    """Explain the maker called `name`, or list all of them when there is no name."""
    console = Console()
    if name is not None:
        console.print(Text("\n".join(explained(name))), soft_wrap=True)
        return
    grid = listed(*headings)
    for row in rows:
        grid.add_row(*map(Text, row))
    console.print(grid)
    console.print(Text(f"\n`quorate {command} NAME` explains one.", style="dim"))


def described(kind: Registry, name: str, needs: str = "needs") -> Iterator[str]:
    """Yield the lines that describe one maker: its text, options, what it needs, cost and source.

    Parameters
    ----------
    kind : Registry
        Of the makers.
    name : str
        Of the maker; UnknownName when there is none.
    needs : str
        What the line that tells `needs` is called.

    Examples
    --------
    >>> from quorate import registry
    >>> list(described(registry.filter, "top_k", "looks at"))[-3]
    'looks at confidence, or answer'
    """
    maker, declared = kind[name], kind.declaration(name)
    yield name
    yield ""
    yield from inspect.cleandoc(maker.__doc__ or "").split("\nExamples\n")[0].strip().split("\n")
    parameters = inspect.signature(maker).parameters.values()
    options = [option for parameter in parameters if (option := _option(parameter))]
    if options:
        yield f"\noptions  {', '.join(options)}"
    if declared is not None:
        yield f"{needs:<8} {', '.join(declared.needs) or 'nothing'}"
        yield f"cost     {declared.cost}"
        yield f"source   {declared.source}"


def summary(maker: Callable[..., object]) -> str:
    """Return the sentence that a maker's text begins with.

    Examples
    --------
    >>> summary(summary)
    "Return the sentence that a maker's text begins with."
    """
    return (maker.__doc__ or "").strip().partition("\n")[0]


def _option(parameter: inspect.Parameter) -> str:
    """Write an option with its default; nothing for what a deliberation gives by itself."""
    if parameter.kind is not inspect.Parameter.KEYWORD_ONLY or parameter.name == "rng":
        return ""
    return f"{parameter.name}={parameter.default!r}"
