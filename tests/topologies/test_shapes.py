"""The shapes: golden edge sets, the direction of edges, and what cannot be arranged."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadGraph, BadOption
from quorate.topologies import chain, complete, grid, isolated, layered, ring, star, tree, two_cliques

Seats = list[str]


def letters(size: int) -> Seats:
    return [chr(ord("a") + place) for place in range(size)]


def both(*pairs: str) -> set[tuple[str, str]]:
    return one_way(*pairs) | {(pair[1], pair[0]) for pair in pairs}


def one_way(*pairs: str) -> set[tuple[str, str]]:
    return {(pair[0], pair[1]) for pair in pairs}


GOLDEN: list[tuple[nx.DiGraph[str], set[tuple[str, str]]]] = [
    (complete(letters(3)), both("ab", "ac", "bc")),
    (isolated(letters(3)), set()),
    (ring(letters(3)), both("ab", "bc", "ca")),
    (ring(letters(4)), both("ab", "bc", "cd", "da")),
    (ring(letters(2)), both("ab")),
    (ring(letters(5), k=2), both("ab", "bc", "cd", "de", "ea", "ac", "bd", "ce", "da", "eb")),
    (star(letters(4)), both("ab", "ac", "ad")),
    (star(letters(4), hears="hub"), one_way("ba", "ca", "da")),
    (star(letters(4), hears="leaves"), one_way("ab", "ac", "ad")),
    (star(letters(4), hears="hub", hub="c"), one_way("ac", "bc", "dc")),
    (chain(letters(4)), both("ab", "bc", "cd")),
    (chain(letters(4), directed=True), one_way("ab", "bc", "cd")),
    (tree(letters(6)), both("ab", "ac", "bd", "be", "cf")),
    (tree(letters(5), branching=3), both("ab", "ac", "ad", "be")),
    (grid(letters(4)), both("ab", "cd", "ac", "bd")),
    (grid(letters(6), rows=2), both("ab", "bc", "de", "ef", "ad", "be", "cf")),
    (grid(letters(6), rows=3), both("ab", "cd", "ef", "ac", "bd", "ce", "df")),
    (grid(letters(5), rows=2), both("ab", "bc", "de", "ad", "be")),
    (grid(letters(3), rows=1), both("ab", "bc")),
    (layered(letters(4)), one_way("ac", "ad", "bc", "bd")),
    (layered(letters(4), sizes=[1, 2, 1]), one_way("ab", "ac", "bd", "cd")),
    (layered(letters(5), width=2), one_way("ac", "ad", "bc", "bd", "ce", "de")),
    (two_cliques(letters(6)), both("ab", "ac", "bc", "de", "df", "ef", "cd")),
    (two_cliques(letters(5)), both("ab", "ac", "bc", "de", "cd")),
    (two_cliques(letters(6), bridges=3), both("ab", "ac", "bc", "de", "df", "ef", "cd", "be", "af")),
    (two_cliques(letters(4), bridges=0), both("ab", "cd")),
]


@pytest.mark.parametrize(("graph", "edges"), GOLDEN)
def test_golden_edges(graph: nx.DiGraph[str], edges: set[tuple[str, str]]) -> None:
    assert set(graph.edges) == edges


def test_an_edge_points_from_the_speaker_to_the_hearer() -> None:
    graph = chain(["ada", "bo"], directed=True)
    assert list(graph.predecessors("bo")) == ["ada"]
    assert list(graph.predecessors("ada")) == []


@pytest.mark.parametrize("maker", [complete, ring, chain, star, tree, grid, layered, isolated])
def test_one_seat_alone_hears_nobody(maker: Any) -> None:
    graph = maker(["ada"])
    assert list(graph.nodes) == ["ada"]
    assert not graph.edges


@given(size=st.integers(1, 24), data=st.data())
def test_every_shape_seats_all_in_order_without_self_loops(size: int, data: st.DataObject) -> None:
    seats = [f"s{place}" for place in range(size)]
    order = data.draw(st.permutations(seats))
    makers = (complete, ring, star, chain, tree, grid, layered, isolated) + (
        (two_cliques,) if size > 1 else ()
    )
    graph = data.draw(st.sampled_from(makers))(order)
    assert isinstance(graph, nx.DiGraph)
    assert list(graph.nodes) == order
    assert not list(nx.selfloop_edges(graph))


@given(size=st.integers(3, 40), data=st.data())
def test_in_a_ring_everybody_hears_2k(size: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, (size - 1) // 2))
    graph = ring([f"s{place}" for place in range(size)], k=k)
    assert {degree for _, degree in graph.in_degree()} == {2 * k}
    assert {degree for _, degree in graph.out_degree()} == {2 * k}


@given(size=st.integers(1, 40))
def test_trees_and_grids_are_connected(size: int) -> None:
    seats = [f"s{place}" for place in range(size)]
    assert tree(seats).number_of_edges() == 2 * (size - 1)
    assert nx.is_strongly_connected(tree(seats))
    assert nx.is_strongly_connected(grid(seats))
    assert max((degree for _, degree in grid(seats).in_degree()), default=0) <= 4


@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_layers_feed_only_the_next(sizes: list[int]) -> None:
    seats = [f"s{place}" for place in range(sum(sizes))]
    graph = layered(seats, sizes=sizes)
    assert nx.is_directed_acyclic_graph(graph)
    assert graph.number_of_edges() == sum(a * b for a, b in pairwise(sizes))


IMPOSSIBLE: list[tuple[Any, int, dict[str, Any], type[Exception], str]] = [
    (complete, 0, {}, BadGraph, "needs at least 1 seat, and there is nobody"),
    (
        ring,
        6,
        {"k": 3},
        BadGraph,
        "In a ring of 6 seats nobody has 3 different neighbours .* use k=2 or less",
    ),
    (ring, 1, {"k": 2}, BadGraph, "In a ring of 1 seat nobody has 2 .* use k=1 or less"),
    (ring, 6, {"k": 0}, BadOption, "'k' of the topology 'ring' is a whole number of at least 1, not 0"),
    (ring, 6, {"k": 1.0}, BadOption, "whole number of at least 1, not 1.0"),
    (ring, 6, {"k": True}, BadOption, "whole number of at least 1, not True"),
    (ring, 6, {"k": "2"}, BadOption, "whole number of at least 1, not '2'"),
    (star, 3, {"hub": "bb"}, BadOption, "The hub 'bb' of the star is not an agent. Did you mean 'b'?"),
    (
        star,
        3,
        {"hears": "all"},
        BadOption,
        "'hears' of the topology 'star' is 'both', 'hub' or 'leaves', not 'all'",
    ),
    (tree, 3, {"branching": 0}, BadOption, "'branching' .* at least 1, not 0"),
    (grid, 5, {"rows": 4}, BadGraph, "A grid of 5 seats in rows of 2 fills 3 rows, not 4: use rows=3"),
    (grid, 2, {"rows": 9}, BadGraph, "use rows=2"),
    (grid, 2, {"rows": 0}, BadOption, "'rows' .* at least 1, not 0"),
    (layered, 4, {"sizes": [2, 3]}, BadGraph, r"The layers \[2, 3\] have room for 5 seats, and there are 4"),
    (layered, 4, {"sizes": [4, 0]}, BadOption, "'sizes' .* at least 1, not 0"),
    (layered, 4, {"sizes": "22"}, BadOption, "'sizes' .* is a list of numbers, not '22'"),
    (layered, 4, {"sizes": 4}, BadOption, "'sizes' .* is a list of numbers, not 4"),
    (layered, 4, {"sizes": [4], "width": 2}, BadOption, "takes 'sizes' or 'width', not both"),
    (
        two_cliques,
        1,
        {},
        BadGraph,
        "needs at least 2 seats, and there is 1: add agents, or use .* 'complete'",
    ),
    (
        two_cliques,
        5,
        {"bridges": 3},
        BadGraph,
        "Two cliques of 3 and 2 have at most 2 separate bridges, not 3",
    ),
]


@pytest.mark.parametrize(("maker", "size", "options", "error", "sentence"), IMPOSSIBLE)
def test_what_cannot_be_arranged_is_said_in_a_sentence(
    maker: Any, size: int, options: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence) as caught:
        maker(letters(size), **options)
    assert type(caught.value) is error
    assert str(caught.value).endswith((".", "?"))


def test_two_seats_of_one_name_are_refused() -> None:
    with pytest.raises(BadOption, match="Two agents share the name 'ada'"):
        ring(["ada", "bo", "ada"])
