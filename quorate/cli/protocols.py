"""`quorate protocols`: every way to deliberate, with its options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from quorate import registry
from quorate.cli.commands import app
from quorate.cli.makers import described, print_makers, summary
from quorate.cli.options import names_of

EXAMPLES = """**Examples**

`quorate protocols`

`quorate protocols smoa`

In a definition file, with options where there are any:

    protocol: {smoa: {layers: 2, k: 2}}

`quorate debate "A bus keeps to 40 km per hour for 3 hours. How far?" -p smoa`
"""


@app.command(epilog=EXAMPLES)
def protocols(
    name: Annotated[
        str | None,
        typer.Argument(
            help="Which protocol; leave it out for the list.", autocompletion=names_of(registry.protocol)
        ),
    ] = None,
) -> None:
    """List the protocols, debates, votes and mixtures of agents among them, and explain each."""
    print_makers(name, explained, ("protocol", "what it does"), map(row, registry.protocol), "protocols")


def row(name: str) -> tuple[str, str]:
    """Return a protocol and what it does, in a sentence.

    Examples
    --------
    >>> row("vote")[0]
    'vote'
    """
    return name, summary(registry.protocol[name])


def explained(name: str) -> Iterator[str]:
    """Yield the lines that explain one protocol: its text and its options.

    Raises
    ------
    UnknownName
        When there is no such protocol.

    Examples
    --------
    >>> next(explained("smoa"))
    'smoa'
    """
    return described(registry.protocol, name)
