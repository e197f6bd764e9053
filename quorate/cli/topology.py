"""The command `quorate topology`: a graph drawn in characters with its measures, or the list of all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from quorate import registry
from quorate.cli import tables
from quorate.cli.makers import summary
from quorate.cli.options import names_of

if TYPE_CHECKING:
    from quorate.topologies import Measures


def topology(
    name: Annotated[
        str | None,
        typer.Argument(
            help="Which graph; leave it out for the list.", autocompletion=names_of(registry.topology)
        ),
    ] = None,
    agents: Annotated[int, typer.Option("--agents", "-n", min=1, help="How many agents.")] = 6,
    option: Annotated[
        list[str] | None, typer.Option("--option", "-o", help="An option of the maker, as key=value.")
    ] = None,
    turn: Annotated[int, typer.Option(min=1, help="Which round's graph, for those that change.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="Answer rounds, for the expected tokens.")] = 3,
    question_tokens: Annotated[int, typer.Option(min=0, help="Tokens of a question.")] = 150,
    reply_tokens: Annotated[int, typer.Option(min=0, help="Tokens of a reply.")] = 350,
) -> None:
    """Draw who hears whom in the terminal, with density, messages, diameter and expected tokens."""
    from quorate.topologies import draw, measure

    console = Console()
    if name is None:
        _list_topologies(console)
        return
    maker = registry.topology.bind(registry.topology[name], tables.pairs(option or [], "option"))
    made = maker(tables.names(agents))
    graph = made(turn) if callable(made) else made
    drawing = draw(graph, min(console.width, 80), 17)
    console.print(Text("\n".join(drawing.lines)))
    console.print()
    measures = measure(graph, question_tokens=question_tokens, reply_tokens=reply_tokens, rounds=rounds)
    grid = Grid.grid(padding=(0, 2))
    for label, value in _measured(measures, rounds):
        grid.add_row(Text(label, style="dim"), Text(value))
    console.print(grid)


def _measured(measures: Measures, rounds: int) -> Iterator[tuple[str, str]]:
    yield "density", f"{measures.density:.3g}"
    yield "messages a round", f"{measures.messages_per_round:,}"
    yield (
        "diameter",
        "not everybody reaches everybody" if measures.diameter is None else str(measures.diameter),
    )
    if measures.spectral_gap is not None:
        consensus = measures.rounds_to_consensus
        predicted = (
            "no consensus predicted" if consensus is None else f"about {consensus:,} rounds to consensus"
        )
        yield "spectral gap", f"{measures.spectral_gap:.3g} (DeGroot: {predicted})"
    tokens = f"{measures.expected_input_tokens:,.0f} expected in {rounds} rounds"
    yield "input tokens", f"{tokens}, {measures.saving:.1%} fewer than complete"
    if measures.isolated:
        yield "isolated", ", ".join(measures.isolated)


def _list_topologies(console: Console) -> None:
    grid = Grid.grid(padding=(0, 2))
    for name in registry.topology:
        maker = registry.topology[name]
        options = ", ".join(registry.option_names(maker))
        grid.add_row(Text(name, style="bold"), Text(summary(maker)), Text(options, style="dim"))
    console.print(grid)
