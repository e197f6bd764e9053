"""Topologies: who hears whom. An edge u -> v means that **v hears u**.

A topology takes the seats and options, and returns a `networkx.DiGraph` over the seats, or a function that
returns the graph of a turn:

>>> graph = star(["ada", "bo", "cy"], hears="hub")
>>> sorted(graph.predecessors("ada"))  # whom ada, the hub, hears
['bo', 'cy']
>>> sorted(graph.edges)
[('bo', 'ada'), ('cy', 'ada')]
"""

from __future__ import annotations

from quorate.topologies.drawing import Drawing, Place, draw
from quorate.topologies.filters import (
    confident_only,
    cortex,
    diverse,
    drop_agents,
    drop_edges,
    near,
    redundant,
    top_k,
)
from quorate.topologies.given import from_graph, from_graphml, from_matrix
from quorate.topologies.groups import layered, two_cliques
from quorate.topologies.learned import learned
from quorate.topologies.learned_graphs import LearnedGraph, export_graphml, load_learned_graph
from quorate.topologies.measures import (
    Measures,
    density,
    diameter,
    expected_input_tokens,
    isolated_seats,
    measure,
    messages_per_round,
    saving,
)
from quorate.topologies.random_graphs import erdos_renyi, random_regular, scale_free, small_world
from quorate.topologies.ring_of_cliques import cliques
from quorate.topologies.rounds import per_round, resampled
from quorate.topologies.seating import build
from quorate.topologies.shapes import chain, complete, grid, isolated, ring, star, tree
from quorate.topologies.spectrum import rounds_to_consensus, spectral_gap

__all__ = [
    "Drawing",
    "LearnedGraph",
    "Measures",
    "Place",
    "build",
    "chain",
    "cliques",
    "complete",
    "confident_only",
    "cortex",
    "density",
    "diameter",
    "diverse",
    "draw",
    "drop_agents",
    "drop_edges",
    "erdos_renyi",
    "expected_input_tokens",
    "export_graphml",
    "from_graph",
    "from_graphml",
    "from_matrix",
    "grid",
    "isolated",
    "isolated_seats",
    "layered",
    "learned",
    "load_learned_graph",
    "measure",
    "messages_per_round",
    "near",
    "per_round",
    "random_regular",
    "redundant",
    "resampled",
    "ring",
    "rounds_to_consensus",
    "saving",
    "scale_free",
    "small_world",
    "spectral_gap",
    "star",
    "top_k",
    "tree",
    "two_cliques",
]
