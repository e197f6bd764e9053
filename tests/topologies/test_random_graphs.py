"""The random topologies: what holds for every draw, seeds, and what cannot be drawn."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadGraph, BadOption
from quorate.topologies import density, erdos_renyi, random_regular, scale_free, small_world

MAKERS = (erdos_renyi, random_regular, scale_free, small_world)


def seats(size: int) -> list[str]:
    return [f"s{place}" for place in range(size)]


@pytest.mark.parametrize("maker", MAKERS)
@given(size=st.integers(3, 30), seed=st.integers(0, 2**63))
def test_every_draw_seats_all_and_repeats(maker: Any, size: int, seed: int) -> None:
    graph, again = maker(seats(size), seed=seed), maker(seats(size), seed=seed)
    assert list(graph.nodes) == seats(size)
    assert set(graph.edges) == set(again.edges)
    assert not list(nx.selfloop_edges(graph))
    assert all(graph.has_edge(v, u) for u, v in graph.edges)
    assert 0 <= density(graph) <= 1


@pytest.mark.parametrize(
    ("maker", "options"),
    [(erdos_renyi, {}), (random_regular, {"degree": 3}), (scale_free, {}), (small_world, {"p": 0.5})],
)
def test_seeds_matter(maker: Any, options: dict[str, Any]) -> None:
    drawn = {frozenset(maker(seats(12), seed=seed, **options).edges) for seed in range(5)}
    assert len(drawn) == 5


def test_a_seed_gives_the_graph_that_networkx_gives() -> None:
    drawn = random_regular(seats(8), degree=3, seed=4)
    own = nx.relabel_nodes(nx.random_regular_graph(3, 8, seed=4), dict(enumerate(seats(8)))).to_directed()
    assert set(drawn.edges) == set(own.edges)


@given(size=st.integers(1, 20), data=st.data())
def test_regular_means_that_everybody_hears_equally_many(size: int, data: st.DataObject) -> None:
    degree = data.draw(st.integers(0, size - 1).filter(lambda degree: size * degree % 2 == 0))
    graph = random_regular(seats(size), degree=degree, seed=data.draw(st.integers(0, 99)))
    assert {heard for _, heard in graph.in_degree()} == {degree}


@given(size=st.integers(2, 25), wanted=st.floats(0, 1), seed=st.integers(0, 99))
def test_the_density_asked_for_is_met_to_half_a_pair(size: int, wanted: float, seed: int) -> None:
    graph = erdos_renyi(seats(size), density=wanted, seed=seed)
    assert abs(density(graph) - wanted) <= 1 / (size * (size - 1)) + 1e-9


@given(size=st.integers(1, 25), data=st.data())
def test_connected_is_connected_at_the_same_density(size: int, data: st.DataObject) -> None:
    wanted = data.draw(st.floats(min(1.0, 2 / size), 1))
    graph = erdos_renyi(seats(size), density=wanted, connected=True, seed=data.draw(st.integers(0, 99)))
    assert nx.is_strongly_connected(graph)
    assert graph.number_of_edges() == 2 * round(wanted * size * (size - 1) / 2)


@pytest.mark.parametrize("size", [2, 3, 7, 700, 1500])
def test_the_density_that_the_error_suggests_is_enough(size: int) -> None:
    with pytest.raises(BadGraph, match="needs") as caught:
        erdos_renyi(seats(size), density=0, connected=True)
    suggested = float(str(caught.value).split("density=")[1].split()[0])
    assert nx.is_strongly_connected(erdos_renyi(seats(size), density=suggested, connected=True))


@given(size=st.integers(2, 30), data=st.data())
def test_scale_free_is_connected_and_counts_its_links(size: int, data: st.DataObject) -> None:
    m = data.draw(st.integers(1, size - 1))
    graph = scale_free(seats(size), m=m)
    assert nx.is_strongly_connected(graph)
    assert graph.number_of_edges() == 2 * m * (size - m)


@given(size=st.integers(5, 30), p=st.floats(0, 1), seed=st.integers(0, 99))
def test_rewiring_keeps_the_number_of_links(size: int, p: float, seed: int) -> None:
    assert small_world(seats(size), k=4, p=p, seed=seed).number_of_edges() == 4 * size


def test_without_rewiring_a_small_world_is_a_ring() -> None:
    graph = small_world(seats(7), k=2, p=0)
    assert sorted(graph.predecessors("s0")) == ["s1", "s6"]


IMPOSSIBLE: list[tuple[Any, int, dict[str, Any], type[Exception], str]] = [
    (
        random_regular,
        5,
        {"degree": 3},
        BadGraph,
        "5 times 3 is odd: use degree=4, or one agent more or fewer",
    ),
    (
        random_regular,
        4,
        {"degree": 4},
        BadGraph,
        "Among 4 seats nobody can hear 4 others: use degree=3 or less",
    ),
    (random_regular, 1, {}, BadGraph, "Among 1 seat nobody can hear 2 others: use degree=0 or less"),
    (random_regular, 4, {"degree": -2}, BadOption, "'degree' .* at least 0, not -2"),
    (random_regular, 4, {"seed": -1}, BadOption, "'seed' .* at least 0, not -1"),
    (erdos_renyi, 4, {"density": -0.1}, BadOption, "'density' .* lies between 0 and 1, not -0.1"),
    (erdos_renyi, 4, {"density": 1.5}, BadOption, "lies between 0 and 1, not 1.5"),
    (erdos_renyi, 4, {"density": float("nan")}, BadOption, "lies between 0 and 1, not nan"),
    (erdos_renyi, 4, {"density": "half"}, BadOption, "lies between 0 and 1, not 'half'"),
    (
        erdos_renyi,
        6,
        {"density": 0.2, "connected": True},
        BadGraph,
        "needs 5 pairs .* use density=0.3334 or more",
    ),
    (small_world, 6, {"k": 3}, BadOption, "counts neighbours on both sides and is even, not 3: use 2 or 4"),
    (
        small_world,
        4,
        {"k": 4},
        BadGraph,
        "In a small world of 4 seats nobody has 4 neighbours: use k=2 or less",
    ),
    (small_world, 6, {"p": 2}, BadOption, "'p' .* lies between 0 and 1, not 2"),
    (small_world, 2, {}, BadGraph, "needs at least 3 seats, and there are 2"),
    (scale_free, 3, {"m": 3}, BadGraph, "a newcomer cannot link to 3 others: use m=2 or less"),
    (scale_free, 3, {"m": 0}, BadOption, "'m' .* at least 1, not 0"),
    (scale_free, 1, {}, BadGraph, "needs at least 2 seats, and there is 1"),
]


@pytest.mark.parametrize(("maker", "size", "options", "error", "sentence"), IMPOSSIBLE)
def test_what_cannot_be_drawn_is_said_in_a_sentence(
    maker: Any, size: int, options: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence) as caught:
        maker(seats(size), **options)
    assert type(caught.value) is error
