"""Topologies that change from turn to turn, and building one from whatever names it."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import networkx as nx
import pytest

from quorate.errors import BadGraph, BadOption, UnknownName
from quorate.nouns import Table
from quorate.registry import topology
from quorate.topologies import build, complete, per_round, resampled, ring
from quorate.topologies.learned_graphs import LearnedEdge, LearnedGraph, LearnedTurn

SEATS = ["ada", "bo", "cy", "dan"]


def test_one_topology_a_turn_and_the_last_repeats() -> None:
    graph_at = per_round(SEATS, rounds=["complete", ring, {"chain": {"directed": True}}])
    assert [graph_at(turn).number_of_edges() for turn in (1, 2, 3, 4, 99)] == [12, 8, 3, 3, 3]


def test_graphs_and_topologies_that_change_can_be_rounds() -> None:
    wires = nx.DiGraph([("ada", "bo"), ("cy", "dan")])
    graph_at = per_round(SEATS, rounds=[wires, {"resampled": {"of": "erdos_renyi", "seed": 3}}])
    assert set(graph_at(1).edges) == set(wires.edges)
    assert {frozenset(graph_at(turn).edges) for turn in range(2, 12)} > {frozenset(graph_at(2).edges)}


def test_a_table_takes_a_topology_that_changes() -> None:
    table = Table(SEATS, per_round(SEATS, rounds=["complete", "isolated"]))
    assert table.hears("ada", turn=1) == ("bo", "cy", "dan")
    assert table.hears("ada", turn=2) == ()


@pytest.mark.parametrize("rounds", [[], "ring", 3, None])
def test_rounds_must_be_a_list_with_something_in_it(rounds: Any) -> None:
    with pytest.raises(
        BadOption, match=r"'rounds' of the topology 'per_round' is a list .* \[complete, ring\]"
    ):
        per_round(SEATS, rounds=rounds)


def test_an_unknown_round_is_told_at_once() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'ring'"):
        per_round(SEATS, rounds=["complete", "rnig"])


def test_a_resampled_graph_is_a_function_of_seed_and_turn() -> None:
    first, again, other = (resampled(SEATS * 1, of="erdos_renyi", seed=seed) for seed in (1, 1, 2))
    drawn = [set(first(turn).edges) for turn in range(1, 9)]
    assert drawn == [set(again(turn).edges) for turn in range(1, 9)]
    assert drawn != [set(other(turn).edges) for turn in range(1, 9)]
    assert len({frozenset(edges) for edges in drawn}) > 1
    assert set(first(1).edges) == drawn[0]


@pytest.mark.parametrize(
    "maker", ["erdos_renyi", {"random_regular": {"degree": 3}}, partial(topology["scale_free"], m=1)]
)
def test_any_random_topology_can_be_resampled(maker: Any) -> None:
    assert list(resampled(SEATS, of=maker)(5).nodes) == SEATS


def test_a_resampled_topology_survives_pickling() -> None:
    graph_at = resampled(SEATS, seed=4)
    assert set(pickle.loads(pickle.dumps(graph_at))(3).edges) == set(graph_at(3).edges)


@pytest.mark.parametrize(
    ("of", "error", "sentence"),
    [
        ("ring", BadOption, "The topology 'ring' is not random, so drawing it anew changes nothing"),
        (
            {"erdos_renyi": {"seed": 1}},
            BadOption,
            "has a seed of its own .* give the seed to 'resampled' instead",
        ),
        ({"random_regular": {"degree": 9}}, BadGraph, "use degree=3 or less"),
        ("erdos_reny", UnknownName, "Did you mean 'erdos_renyi'"),
    ],
)
def test_what_cannot_be_resampled_is_told_at_once(of: Any, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        resampled(SEATS, of=of)


@pytest.mark.parametrize(
    "spec",
    [
        "ring",
        {"ring": {"k": 1}},
        {"ring": None},
        ring,
        partial(ring, k=1),
        nx.cycle_graph(SEATS),
        nx.cycle_graph(4),
    ],
)
def test_build_takes_whatever_names_a_topology(spec: Any) -> None:
    graph = build(spec, SEATS)
    assert isinstance(graph, nx.DiGraph)
    assert set(graph.edges) == set(ring(SEATS).edges)


def test_build_tells_a_maker_that_returns_no_graph() -> None:
    def twisted(seats: Sequence[str]) -> list[str]:
        return list(seats)

    with pytest.raises(BadGraph, match="The topology 'twisted' returned list; a topology returns a networkx"):
        build(twisted, SEATS)


LEARNED = LearnedGraph(
    seats=tuple(f"s{place}" for place in range(6)),
    turns=(LearnedTurn(edges=(LearnedEdge(heard="s0", hearer="s1", probability=0.9),)),),
    method="records",
)
REGISTERED: dict[str, Callable[..., Any]] = {
    "from_graph": partial(topology["from_graph"], graph=nx.cycle_graph(6)),
    "from_matrix": partial(topology["from_matrix"], matrix=nx.to_numpy_array(nx.cycle_graph(6))),
    "per_round": partial(topology["per_round"], rounds=["complete", "ring"]),
    "learned": partial(topology["learned"], file=LEARNED),
}


@pytest.mark.parametrize("name", [name for name in topology if name != "from_graphml"])
def test_every_registered_topology_arranges_six_seats(name: str) -> None:
    seats = [f"s{place}" for place in range(6)]
    made = build(REGISTERED.get(name, name), seats)
    for turn in (1, 2):
        graph = made(turn) if callable(made) else made
        assert graph.is_directed()
        assert list(graph.nodes) == seats
    Table(seats, made).hearing(1)


def test_the_registry_holds_what_the_package_exports() -> None:
    assert {*topology} >= {
        *(
            "complete",
            "ring",
            "star",
            "chain",
            "tree",
            "grid",
            "small_world",
            "random_regular",
            "erdos_renyi",
        ),
        *("scale_free", "layered", "two_cliques", "isolated", "from_graph", "from_graphml", "from_matrix"),
        *("per_round", "resampled"),
    }
    assert topology["complete"] is complete
