"""`quorate filters`: what makes the graph of a round sparser, with what each looks at and follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from quorate import registry
from quorate.cli.commands import app
from quorate.cli.makers import described, print_makers
from quorate.cli.options import names_of

EXAMPLES = """**Examples**

`quorate filters`

`quorate filters top_k`

Filters make a round's graph sparser, one after the other, in a debate or a relay:

    protocol: {debate: {filters: [redundant, {top_k: {k: 2, by: confidence}}]}}

On the command line each is an option of its own:

`quorate debate "Is 91 prime?" --model ./base -f redundant -f "top_k: {k: 2}"`
"""


@app.command(epilog=EXAMPLES)
def filters(
    name: Annotated[
        str | None,
        typer.Argument(
            help="Which filter; leave it out for the list.", autocompletion=names_of(registry.filter)
        ),
    ] = None,
) -> None:
    """List the filters that thin a round's graph, with what they look at, their options and sources."""
    print_makers(
        name, explained, ("filter", "options", "looks at", "source"), map(row, registry.filter), "filters"
    )


def row(name: str) -> tuple[str, str, str, str]:
    """Return a filter, its options, what it looks at and its source, in words.

    Examples
    --------
    >>> row("drop_edges")[:3]
    ('drop_edges', 'p', 'nothing')
    """
    maker, declared = registry.filter[name], registry.filter.declaration(name)
    looks, source = (", ".join(declared.needs) or "nothing", declared.source) if declared else ("", "")
    return name, ", ".join(registry.option_names(maker)), looks, source


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
    return described(registry.filter, name, "looks at")
