"""Cliques around a circle."""

from __future__ import annotations

import networkx as nx
import pytest

from quorate.errors import BadGraph
from quorate.topologies import cliques, ring, two_cliques


def test_groups_hear_each_other_and_the_next_group_over_bridges() -> None:
    graph = cliques("abcdefghi", groups=3)
    assert sorted(graph.predecessors("b")) == ["a", "c"]
    assert sorted(graph.predecessors("c")) == ["a", "b", "d"]
    assert nx.is_strongly_connected(graph)
    assert graph.number_of_edges() == 3 * 6 + 2 * 3
    assert cliques("abcdefghi").edges == graph.edges  # three groups of three are near the square root


def test_extremes_are_known_graphs() -> None:
    assert cliques("abcdef", groups=6).edges == ring("abcdef").edges
    assert set(cliques("abcdef", groups=2).edges) == set(two_cliques("abcdef").edges)
    assert cliques("abcd", groups=1).number_of_edges() == 12
    assert nx.number_weakly_connected_components(cliques("abcdef", groups=3, bridges=0)) == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"groups": 7}, "6 seats do not make 7 groups: use groups=6"),
        ({"groups": 3, "bridges": 3}, "at most 2 bridges to the next one, not 3: use bridges=2"),
    ],
)
def test_impossible_groups_are_refused(options: dict[str, int], words: str) -> None:
    with pytest.raises(BadGraph, match=words):
        cliques("abcdef", **options)
