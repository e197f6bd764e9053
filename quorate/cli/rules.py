"""`quorate rules`: the voting rules, what each needs, promises and follows."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from quorate.cli.commands import app

EXAMPLES = """**Examples**

`quorate rules`

`quorate rules schulze`

A rule decides a vote or a debate by its name, with its options if it has any:

    protocol: {debate: {decide: {supermajority: {threshold: 0.67}}, tie_break: seat_order}}
"""


def _names() -> list[str]:
    from quorate import registry

    return list(registry.rule)


@app.command(epilog=EXAMPLES)
def rules(
    name: Annotated[
        str | None, typer.Argument(help="Which rule; leave it out for the list.", autocompletion=_names)
    ] = None,
) -> None:
    """List the voting rules with what they need, the axioms they satisfy and their sources."""
    console = Console()
    if name is not None:
        console.print(Text("\n".join(explained(name))), soft_wrap=True)
        return
    grid = Grid.grid(padding=(0, 2))
    for column in ("rule", "needs", "axioms", "source"):
        grid.add_column(column, header_style="dim")
    grid.show_header = True
    for known in _names():
        grid.add_row(*(Text(cell) for cell in (known, *row(known))))
    console.print(grid)
    console.print(Text("\n`quorate rules NAME` explains one.", style="dim"))


def row(name: str) -> tuple[str, str, str]:
    """Return what a rule needs, its axioms and its source, in words; empty where it declares nothing.

    Examples
    --------
    >>> row("approval")[0]
    'approved, weight'
    """
    from quorate import registry

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
    from quorate import registry
    from quorate.protocols.voting import AXIOMS

    maker, declared = registry.rule[name], registry.rule.declaration(name)
    yield name
    yield ""
    yield from _said(maker).split("\n")
    options = [_option(parameter) for parameter in inspect.signature(maker).parameters.values()]
    if any(options):
        yield f"\noptions  {', '.join(filter(None, options))}"
    if declared is None:
        return
    yield f"needs    {', '.join(declared.needs)}"
    yield f"cost     {declared.cost}"
    yield f"source   {declared.source}"
    yield "axioms"
    for axiom in in_order(declared.axioms):
        yield f"  {axiom}: {AXIOMS.get(axiom, '')}"


def _said(maker: Any) -> str:
    """Return a docstring up to its examples, with the parts about ballots and errors as they stand."""
    return inspect.cleandoc(maker.__doc__ or "").split("\nExamples\n")[0].strip()


def _option(parameter: inspect.Parameter) -> str:
    if parameter.kind is not inspect.Parameter.KEYWORD_ONLY or parameter.name == "rng":
        return ""
    return f"{parameter.name}={parameter.default!r}"
