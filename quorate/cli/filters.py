"""`quorate filters`: what makes the graph of a round sparser, with what each looks at and follows."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from quorate.cli.commands import app

EXAMPLES = """**Examples**

`quorate filters`

`quorate filters top_k`

Filters make a round's graph sparser, one after the other, in a debate or a relay:

    protocol: {debate: {filters: [redundant, {top_k: {k: 2, by: confidence}}]}}

On the command line each is an option of its own:

`quorate debate "Is 91 prime?" --model ./base -f redundant -f "top_k: {k: 2}"`
"""


def _names() -> list[str]:
    from quorate import registry

    return list(registry.filter)


@app.command(epilog=EXAMPLES)
def filters(
    name: Annotated[
        str | None, typer.Argument(help="Which filter; leave it out for the list.", autocompletion=_names)
    ] = None,
) -> None:
    """List the filters that thin a round's graph, with what they look at, their options and sources."""
    from quorate import registry

    console = Console()
    if name is not None:
        console.print(Text("\n".join(explained(name))), soft_wrap=True)
        return
    grid = Grid.grid(padding=(0, 2))
    for column in ("filter", "options", "looks at", "source"):
        grid.add_column(column, header_style="dim")
    grid.show_header = True
    for known in registry.filter:
        maker, declared = registry.filter[known], registry.filter.declaration(known)
        looks, source = (", ".join(declared.needs) or "nothing", declared.source) if declared else ("", "")
        options = ", ".join(registry.option_names(maker))
        grid.add_row(*(Text(cell) for cell in (known, options, looks, source)))
    console.print(grid)
    console.print(Text("\n`quorate filters NAME` explains one.", style="dim"))


def explained(name: str) -> Iterator[str]:
    """Yield the lines that explain one filter: its text, options, what it looks at, cost and source.

    Raises
    ------
    UnknownName
        When there is no such filter.

    Examples
    --------
    >>> next(explained("top_k"))
    'top_k'
    """
    from quorate import registry

    maker, declared = registry.filter[name], registry.filter.declaration(name)
    yield name
    yield ""
    yield from inspect.cleandoc(maker.__doc__ or "").split("\nExamples\n")[0].strip().split("\n")
    defaults = inspect.signature(maker).parameters
    yield "\noptions  " + ", ".join(f"{o}={defaults[o].default!r}" for o in registry.option_names(maker))
    if declared is not None:
        yield f"looks at {', '.join(declared.needs) or 'nothing'}"
        yield f"cost     {declared.cost}"
        yield f"source   {declared.source}"
