"""The topology `learned`: loads a graph that was learned, and makes it thinner where that is wanted."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import partial
from os import PathLike

import networkx as nx

from quorate.errors import BadGraph, BadOption, did_you_mean
from quorate.nouns import derive_seed
from quorate.registry import Declaration, topology
from quorate.topologies.learned_graphs import LearnedEdge, LearnedGraph, load_learned_graph
from quorate.topologies.seating import GraphAt, check_seats, share, whole


@topology(
    Declaration(
        needs=(), source="AgentPrune, arXiv:2410.02506; AgentDropout, arXiv:2503.18891", leaves_out=True
    )
)
def learned(
    seats: Sequence[str],
    *,
    file: str | PathLike[str] | LearnedGraph,
    threshold: float | None = None,
    keep: float | None = None,
    sample: bool = False,
    rename: Mapping[str, str] | None = None,
    seed: int = 0,
) -> nx.DiGraph[str] | GraphAt:
    """Use a graph that was learned by policy gradient or from records (`quorate graph learn`).

    Without options it has the edges that survived the learning, as in AgentPrune (arXiv:2410.02506) and
    AgentDropout (arXiv:2503.18891), which no longer draw edges once they have learned.

    Parameters
    ----------
    seats : sequence of str
        The agents, in order.
    file : path or LearnedGraph
        The graph.
    threshold : float, optional
        Leave out edges whose probability is lower.
    keep : float, optional
        Keep only this share of the edges weighed in each turn, those of the highest probabilities.
    sample : bool
        Draw every turn's edges anew by their probabilities, the same for all questions of a run.
    rename : mapping of str to str, optional
        Who sits in whose place: `{name in the file: name at this table}`.
    seed : int
        Of the draws; that of the definition when left out.

    Returns
    -------
    networkx.DiGraph or callable
        A function of the turn when turns differ.

    Raises
    ------
    BadGraph
        When the file holds no learned graph, or one for other agents.
    BadOption
        For shares outside [0, 1], both of them at once, or a name that cannot be renamed.

    Examples
    --------
    >>> from quorate.topologies.learned_graphs import LearnedEdge, LearnedGraph, LearnedTurn
    >>> edges = (LearnedEdge(heard="ada", hearer="bo", probability=0.8),
    ...          LearnedEdge(heard="bo", hearer="ada", probability=0.3))
    >>> graph = LearnedGraph(seats=("ada", "bo"), turns=(LearnedTurn(edges=edges),), method="agentprune")
    >>> list(learned(["ada", "bo"], file=graph, threshold=0.5).edges)
    [('ada', 'bo')]
    >>> list(learned(["eve", "bo"], file=graph, keep=0.5, rename={"ada": "eve"}).edges)
    [('eve', 'bo')]
    """
    seats = check_seats("learned", seats)
    if not isinstance(sample, bool):
        raise BadOption(f"The option 'sample' of the topology 'learned' is true or false, not {sample!r}.")
    found, where = file, "given"
    if not isinstance(found, LearnedGraph):
        found, where = load_learned_graph(found), f"in '{file}'"
    names = names_at(found, seats, rename, where)
    chosen = likeliest(found, threshold, keep)
    graph_at = partial(_graph, seats, names, chosen, whole("learned", "seed", seed) if sample else None)
    return graph_at if sample or len(chosen) > 1 else graph_at(1)


def likeliest(
    found: LearnedGraph, threshold: float | None = None, keep: float | None = None
) -> list[tuple[LearnedEdge, ...]]:
    """Return for each turn the edges that are kept and likely enough; see `learned`.

    Examples
    --------
    >>> from quorate.topologies.learned_graphs import LearnedTurn
    >>> chances = {"bo": 0.9, "cy": 0.2}
    >>> edges = tuple(LearnedEdge(heard="ada", hearer=name, probability=p) for name, p in chances.items())
    >>> graph = LearnedGraph(seats=("ada", "bo", "cy"), turns=(LearnedTurn(edges=edges),), method="records")
    >>> [edge.hearer for edge in likeliest(graph, keep=0.5)[0]]
    ['bo']
    """
    if threshold is not None and keep is not None:
        raise BadOption("A learned graph takes a threshold or a share to keep, not both.")
    least = 0.0 if threshold is None else share("learned", "threshold", threshold)
    most = 1.0 if keep is None else share("learned", "keep", keep)
    chosen = []
    for turn in range(1, len(found.turns) + 1):
        edges = [edge for edge in found.kept(turn) if edge.probability >= least]
        edges.sort(key=lambda edge: -edge.probability)
        chosen.append(tuple(edges[: round(most * len(found.at(turn).edges))]))
    return chosen


def _graph(
    seats: tuple[str, ...],
    names: Mapping[str, str],
    chosen: Sequence[Sequence[LearnedEdge]],
    seed: int | None,
    turn: int,
) -> nx.DiGraph[str]:
    edges = chosen[min(max(turn, 1), len(chosen)) - 1]
    if seed is not None:
        rng = random.Random(derive_seed(seed, "learned", turn))
        edges = [edge for edge in edges if rng.random() < edge.probability]
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(seats)
    graph.add_edges_from((names[edge.heard], names[edge.hearer]) for edge in edges)
    return graph


def names_at(
    found: LearnedGraph, seats: Sequence[str], rename: Mapping[str, str] | None, where: str
) -> dict[str, str]:
    """Map the seats of a learned graph to those of a table.

    Raises
    ------
    BadGraph
        When it is for other agents: what differs, and what to do.
    BadOption
        For a name that is not in it.
    """
    rename = {} if rename is None else rename
    if not isinstance(rename, Mapping):
        raise BadOption(f"The option 'rename' of a learned graph is a mapping of names, not {rename!r}.")
    for old in rename:
        if old not in found.seats:
            raise BadOption(
                f"The learned graph {where} has no '{old}' to rename. {did_you_mean(str(old), found.seats)}"
            )
    names = {old: str(rename.get(old, old)) for old in found.seats}
    if set(names.values()) == set(seats) and len(seats) == len(names):
        return names
    raise BadGraph(_other_agents(names, seats, where))


def _other_agents(names: Mapping[str, str], seats: Sequence[str], where: str) -> str:
    gone = [old for old, new in names.items() if new not in seats]
    new = [seat for seat in seats if seat not in names.values()]
    taken = [name for name in names.values() if list(names.values()).count(name) > 1]
    told = [
        *([f"it was learned with {_listed(gone)}, who {_are(gone)} not at this table"] if gone else []),
        *([f"it knows nothing of {_listed(new)}"] if new else []),
        *([f"two of its seats would be '{taken[0]}'"] if taken else []),
    ]
    if gone and len(gone) == len(new):
        pairs = ", ".join(f"'{old}': '{seat}'" for old, seat in zip(gone, new, strict=True))
        advice = f"If the newcomer has the same part, say so with rename={{{pairs}}}; else learn"
    else:
        advice = f"Seat {_listed(list(names))}, or learn"
    return (
        f"The learned graph {where} is for other agents: {', and '.join(told)}. {advice} a graph for these "
        "agents with `quorate graph learn`."
    )


def _are(names: Sequence[str]) -> str:
    return "are" if len(names) > 1 else "is"


def _listed(names: Sequence[str]) -> str:
    shown = [f"'{name}'" for name in names[:8]] + (["..."] if len(names) > 8 else [])
    return ", ".join(shown[:-1]) + (" and " if len(shown) > 1 else "") + shown[-1]
