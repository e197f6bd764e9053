"""`quorate rules`: the voting rules, what each needs, promises and follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from quorate import registry
from quorate.cli.commands import app
from quorate.cli.makers import described, print_makers
from quorate.cli.options import names_of

EXAMPLES = """**Examples**

`quorate rules`

`quorate rules schulze`

A rule decides a vote or a debate by its name, with its options if it has any:

    protocol: {debate: {decide: {supermajority: {threshold: 0.67}}, tie_break: seat_order}}
"""


@app.command(epilog=EXAMPLES)
def rules(
    name: Annotated[
        str | None,
        typer.Argument(help="Which rule; leave it out for the list.", autocompletion=names_of(registry.rule)),
    ] = None,
) -> None:
    """List the voting rules with what they need, the axioms they satisfy and their sources."""
    rows = ((known, *row(known)) for known in registry.rule)
    print_makers(name, explained, ("rule", "needs", "axioms", "source"), rows, "rules")


def row(name: str) -> tuple[str, str, str]:
    """Return what a rule needs, its axioms and its source, in words; empty where it declares nothing.

    Examples
    --------
    >>> row("approval")[0]
    'approved, weight'
    """
    declared = registry.rule.declaration(name)
    if declared is None:
        return "", "", ""
    return ", ".join(declared.needs), ", ".join(in_order(declared.axioms)), declared.source


def in_order(axioms: frozenset[str]) -> list[str]:
    """Return axioms in the order in which they are listed everywhere; unknown ones last.

    Examples
    --------
    >>> in_order(frozenset({"smith", "mine", "anonymity"}))
    ['anonymity', 'smith', 'mine']
    """
    from quorate.protocols.voting import AXIOMS

    return [name for name in AXIOMS if name in axioms] + sorted(axioms.difference(AXIOMS))


def explained(name: str) -> Iterator[str]:
    """Yield the lines that explain one rule: its text, options, needs, axioms, cost and source.

    Raises
    ------
    UnknownName
        When there is no such rule.

    Examples
    --------
    >>> next(explained("approval"))
    'approval'
    """
    from quorate.protocols.voting import AXIOMS

    yield from described(registry.rule, name)
    declared = registry.rule.declaration(name)
    if declared is not None:
        yield "axioms"
        for axiom in in_order(declared.axioms):
            yield f"  {axiom}: {AXIOMS.get(axiom, '')}"
