"""Rounds: topologies that change from turn to turn, as functions of the turn: 1 is the first revision."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import networkx as nx

from quorate.errors import BadOption
from quorate.nouns import derive_seed
from quorate.registry import label, option_names, topology
from quorate.topologies.seating import GraphAt, build, check_seats, whole


@topology
def per_round(seats: Sequence[str], *, rounds: Sequence[Any]) -> GraphAt:
    """Use one topology after the other, one a turn; the last one stays.

    Parameters
    ----------
    seats : sequence of str
        The agents, in order.
    rounds : sequence of topologies
        Names, `{name: options}`, makers or graphs, at least one.

    Returns
    -------
    callable
        From the turn to its graph.

    Raises
    ------
    BadOption
        When `rounds` is empty or not a list.

    Examples
    --------
    >>> graph_at = per_round(["ada", "bo", "cy"], rounds=["complete", {"chain": {"directed": True}}])
    >>> [graph_at(turn).number_of_edges() for turn in (1, 2, 3)]
    [6, 2, 2]
    """
    seats = check_seats("per_round", seats)
    if isinstance(rounds, str) or not isinstance(rounds, Sequence) or not rounds:
        raise BadOption(
            "The option 'rounds' of the topology 'per_round' is a list of topologies, one for each turn, "
            f"not {rounds!r}: write for instance [complete, ring]."
        )
    return partial(_pick, [build(spec, seats) for spec in rounds])


def _pick(rounds: Sequence[nx.DiGraph[str] | GraphAt], turn: int) -> nx.DiGraph[str]:
    made = rounds[min(max(turn, 1), len(rounds)) - 1]
    return made(turn) if callable(made) else made


@topology
def resampled(seats: Sequence[str], *, of: Any = "erdos_renyi", seed: int = 0) -> GraphAt:
    """Draw a random topology anew every turn, from the seed and the turn.

    Parameters
    ----------
    seats : sequence of str
        The agents, in order.
    of : topology
        A maker with an option `seed`, by name, with options, or itself.
    seed : int
        Root of all draws: the same seed and turn give the same graph.

    Returns
    -------
    callable
        From the turn to its graph.

    Raises
    ------
    BadOption
        When that topology is not random, or has its own seed.

    Examples
    --------
    >>> graph_at = resampled("abcdef", of={"random_regular": {"degree": 3}}, seed=7)
    >>> graph_at(1).edges == graph_at(1).edges, graph_at(1).edges == graph_at(2).edges
    (True, False)
    """
    seats, seed = check_seats("resampled", seats), whole("resampled", "seed", seed)
    maker = topology.resolve(of)
    if "seed" not in option_names(maker):
        raise BadOption(
            f"The topology '{label(maker)}' is not random, so drawing it anew changes nothing: "
            "resample one with a seed, such as erdos_renyi."
        )
    if isinstance(maker, partial) and "seed" in maker.keywords:
        raise BadOption(
            f"The topology '{label(maker)}' has a seed of its own and would be the same every turn: "
            "give the seed to 'resampled' instead."
        )
    graph_at = partial(_redraw, seats, maker, seed)
    graph_at(1)  # impossible options are told now, not in the middle of a run
    return graph_at


def _redraw(seats: tuple[str, ...], maker: Any, seed: int, turn: int) -> nx.DiGraph[str]:
    drawn: nx.DiGraph[str] = maker(seats, seed=derive_seed(seed, turn))
    return drawn
