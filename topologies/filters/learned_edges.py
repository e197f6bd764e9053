"""The filter `learned`: of the edges there are, only those of a graph that was learned."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path

from quorate.noun_files import read_once
from quorate.nouns import Hearing
from quorate.registry import Declaration, filter
from quorate.topologies.filters.floor import Floor, kept
from quorate.topologies.learned import likeliest, names_at
from quorate.topologies.learned_graphs import LearnedGraph, load_learned_graph


@filter(
    Declaration(needs=(), cost="none", source="AgentPrune, arXiv:2410.02506; AgentDropout, arXiv:2503.18891")
)
def learned(
    floor: Floor,
    hearing: Hearing,
    *,
    file: str | PathLike[str] | LearnedGraph,
    threshold: float | None = None,
    keep: float | None = None,
    sample: bool = False,
    rename: Mapping[str, str] | None = None,
) -> Hearing:
    """Leave only the edges that a learned graph has in this turn.

    Other than the topology of this name, it can save calls: with `silent="keep"` an agent that was dropped
    from a turn is not asked in it, as in AgentDropout.

    Parameters
    ----------
    floor, hearing
        What was said; who hears whom so far.
    file, threshold, keep, rename
        As for the topology `learned`.
    sample : bool
        Draw the edges by their probabilities, anew for every question and turn.

    Raises
    ------
    BadGraph
        When the file holds no learned graph, or one for other agents.
    BadOption
        For an impossible option.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> from quorate.protocols import History
    >>> from quorate.topologies.learned_graphs import LearnedEdge, LearnedTurn
    >>> edge = LearnedEdge(heard="ada", hearer="bo", probability=0.8)
    >>> graph = LearnedGraph(seats=("ada", "bo"), turns=(LearnedTurn(edges=(edge,)),), method="records")
    >>> history = History(Question(text="2+3?", id="q1"), Table(["ada", "bo"]))
    >>> learned(history, history.table.hearing(1), file=graph)
    {'ada': (), 'bo': ('ada',)}
    """
    found, where = file, "given"
    if not isinstance(found, LearnedGraph):
        found, where = _read(found), f"in '{file}'"
    names = names_at(found, floor.table.seats, rename, where)
    turns = likeliest(found, threshold, keep)
    edges = turns[min(floor.turn + 1, len(turns)) - 1]
    if sample:
        rng = floor.table.rng(floor.question.id, "learned", floor.turn)
        edges = tuple(edge for edge in edges if rng.random() < edge.probability)
    there = {(names[edge.heard], names[edge.hearer]) for edge in edges}
    return kept(hearing, lambda seat, heard: [name for name in heard if (name, seat) in there])


def _read(file: str | PathLike[str]) -> LearnedGraph:
    """Read a file once, and again when it has changed: a filter is asked in every round of every question."""
    path = Path(file)
    return _held(path) if path.is_file() else load_learned_graph(path)


_held = read_once(load_learned_graph)
