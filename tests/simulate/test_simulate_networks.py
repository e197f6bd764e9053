"""Networks as arrays agree with the graphs of `quorate.topologies`, and are read as those are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import quorate.topologies as topologies
from quorate.errors import BadGraph, BadOption, QuorateError, UnknownName
from quorate.simulate import Network, chance, shapes, wire
from quorate.simulate.wiring import parse

SHAPES: list[tuple[str, dict[str, Any]]] = [
    ("chain", {}),
    ("chain", {"directed": True}),
    ("cliques", {}),
    ("cliques", {"groups": 3, "bridges": 2}),
    ("complete", {}),
    ("grid", {}),
    ("grid", {"rows": 2}),
    ("isolated", {}),
    ("layered", {}),
    ("layered", {"width": 2}),
    ("ring", {}),
    ("ring", {"k": 2}),
    ("star", {}),
    ("star", {"hears": "hub"}),
    ("star", {"hears": "leaves"}),
    ("tree", {}),
    ("tree", {"branching": 3}),
    ("two_cliques", {}),
    ("two_cliques", {"bridges": 2}),
]


def names(size: int) -> list[str]:
    return [str(place) for place in range(size)]


def made_or_refused(maker: Callable[..., Any], seats: Any, options: dict[str, Any]) -> Any:
    try:
        return maker(seats, **options)
    except QuorateError as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize(("name", "options"), SHAPES)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 12, 13])
def test_a_shape_is_the_graph_of_its_namesake_or_refused_in_the_same_words(
    name: str, options: dict[str, Any], size: int
) -> None:
    graph = made_or_refused(getattr(topologies, name), names(size), options)
    network = made_or_refused(getattr(shapes, name), size, options)
    if isinstance(graph, str) or isinstance(network, str):
        assert network == graph
        return
    assert set(network.graph().edges) == {(int(u), int(v)) for u, v in graph.edges}
    assert network.edges == topologies.messages_per_round(graph)
    assert network.mutual == all(graph.has_edge(v, u) for u, v in graph.edges)


RANDOM: list[tuple[str, dict[str, Any]]] = [
    ("random_regular", {"degree": 4}),
    ("random_regular", {"degree": 17}),
    ("erdos_renyi", {"density": 0.2}),
    ("erdos_renyi", {"density": 0.9}),
    ("small_world", {"k": 4, "p": 0.3}),
    ("small_world", {"k": 4, "p": 1.0}),
    ("scale_free", {"m": 3}),
]


@pytest.mark.parametrize(("name", "options"), RANDOM)
def test_a_random_graph_has_the_links_of_its_namesake(name: str, options: dict[str, Any]) -> None:
    for seed in range(5):
        graph = getattr(topologies, name)(names(20), seed=seed, **options)
        network: Network = getattr(chance, name)(20, seed=seed, **options)
        assert network.edges == graph.number_of_edges()
        assert network.mutual
        assert not any(agent in network.row(agent) for agent in range(20))
        if name == "random_regular":
            assert set(network.degrees.tolist()) == {options["degree"]}


@pytest.mark.parametrize(("name", "options"), [r for r in RANDOM if r[0] in ("erdos_renyi", "scale_free")])
def test_degrees_vary_as_those_of_networkx_do(name: str, options: dict[str, Any]) -> None:
    ours = [getattr(chance, name)(60, seed=seed, **options).degrees.std() for seed in range(40)]
    theirs = [
        np.std([d for _, d in getattr(topologies, name)(names(60), seed=seed, **options).in_degree()])
        for seed in range(40)
    ]
    assert np.mean(ours) == pytest.approx(np.mean(theirs), rel=0.1)


def test_regular_graphs_have_as_many_triangles_as_uniform_ones() -> None:
    drawn = [chance.random_regular(200, degree=4, seed=seed).graph().to_undirected() for seed in range(80)]
    triangles = [sum(dict(nx.triangles(graph)).values()) / 3 for graph in drawn]  # type: ignore[arg-type]
    assert np.mean(triangles) == pytest.approx(27 / 6, abs=1.0)  # (d-1)^3 / 6, Poisson (Bollobás 1980)


def test_every_regular_graph_can_be_drawn() -> None:
    drawn = {frozenset(chance.random_regular(6, degree=2, seed=seed).graph().edges) for seed in range(800)}
    assert len(drawn) == 70  # 60 rings of six and 10 pairs of triangles


def test_a_connected_random_graph_is_connected() -> None:
    for seed in range(10):
        network = chance.erdos_renyi(40, density=0.06, connected=True, seed=seed)
        assert nx.is_connected(network.graph().to_undirected())
        assert network.edges == 2 * round(0.06 * 40 * 39 / 2)
    trees = {
        frozenset(chance.erdos_renyi(4, density=0.5, connected=True, seed=s).graph().edges)
        for s in range(300)
    }
    assert len(trees) == 16  # all of Cayley's 4^2


def test_seeds_reproduce_and_differ() -> None:
    for name, options in RANDOM:
        one, again, other = (getattr(chance, name)(30, seed=seed, **options) for seed in (1, 1, 2))
        assert (one.heard == again.heard).all()
        assert one.heard.tolist() != other.heard.tolist()


networks = st.one_of(
    st.builds(shapes.complete, st.integers(1, 9)),
    st.builds(shapes.layered, st.integers(1, 9)),
    st.builds(shapes.two_cliques, st.integers(2, 9)),
    st.builds(shapes.cliques, st.integers(2, 9)),
    st.builds(shapes.star, st.integers(1, 9), hears=st.sampled_from(["both", "hub", "leaves"])),
    st.builds(
        lambda size, links: Network.of_links(
            size, [u % size for u, _ in links], [v % size for _, v in links]
        ),
        st.integers(1, 7),
        st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12),
    ),
)


@settings(max_examples=60, deadline=None)
@given(networks, st.integers(0, 1000))
def test_what_is_heard_is_what_the_rows_say(network: Network, seed: int) -> None:
    heard = np.zeros((network.size, network.size))
    for agent in range(network.size):
        heard[agent, network.row(agent)] = 1
    rng = np.random.default_rng(seed)
    values = rng.random((3, network.size))
    assert network.sums(values) == pytest.approx(values @ heard.T)
    codes = rng.integers(-1, 3, (2, network.size)).astype(np.int8)
    counted = network.counts(codes, 3)
    for kind in range(3):
        assert (counted[kind] == (codes == kind) @ heard.T).all()
    assert network.degrees.tolist() == heard.sum(axis=1).tolist()
    picked = network.pick(rng.random((200, network.size)))
    for agent in range(network.size):
        row = set(network.row(agent).tolist()) or {agent}
        assert set(picked[:, agent].tolist()) <= row
        assert set(network.pick(np.linspace(0, 0.999, 50)[:, None].repeat(network.size, 1))[:, agent]) == row


def test_sums_of_many_small_numbers_keep_their_digits() -> None:
    hub = shapes.star(300_000, hears="hub").sums(np.full(300_000, 0.1, dtype=np.float32))[0]
    assert hub == pytest.approx(29_999.9, rel=1e-6)
    assert shapes.complete(300_000).sums(np.full(300_000, 0.1, dtype=np.float32))[7] == pytest.approx(hub)


def test_small_random_graphs_are_those_of_a_real_table() -> None:
    graph = topologies.random_regular(names(50), degree=3, seed=4)
    drawn = wire("random_regular:degree=3,seed=4", 50).at(1)
    assert set(drawn.graph().edges) == {(int(u), int(v)) for u, v in graph.edges}


def test_any_topology_is_wired() -> None:
    for name in ("complete", "ring", "two_cliques", "scale_free", "cliques"):
        assert wire(name, 12).size == 12
    turns = wire({"per_round": {"rounds": ["complete", "isolated"]}}, 5)
    assert [turns.at(turn).edges for turn in (1, 2, 3)] == [20, 0, 0]
    assert not turns.lasting
    for agents in (10, 3000):
        anew = wire({"resampled": {"of": {"random_regular": {"degree": 4}}, "seed": 1}}, agents)
        assert anew.at(1).edges == anew.at(2).edges == 4 * agents
        assert anew.at(1).heard.tolist() == anew.at(1).heard.tolist() != anew.at(2).heard.tolist()
    mine: nx.DiGraph[str] = nx.DiGraph([("ada", "bo"), ("cy", "bo")])
    assert wire(mine, 3).at(1).degrees.tolist() == [0, 2, 0]


def test_a_maker_of_ones_own_is_wired_through_networkx() -> None:
    def pairs(seats: list[str]) -> nx.DiGraph[str]:
        made: nx.DiGraph[str] = nx.DiGraph()
        made.add_nodes_from(seats)
        made.add_edges_from(zip(seats[::2], seats[1::2], strict=False))
        return made

    assert wire(pairs, 6).at(1).edges == 3
    with pytest.raises(BadGraph, match="made by networkx, which holds 20,000 agents"):
        wire(pairs, 20_001)


def test_a_saved_graph_is_wired(tmp_path: Any) -> None:
    nx.write_graphml(nx.DiGraph([("ada", "bo")]), tmp_path / "mine.graphml")
    assert wire(str(tmp_path / "mine.graphml"), 2).name == "mine.graphml"
    with pytest.raises(BadGraph, match="has 2 nodes, and there are 3 agents"):
        wire(tmp_path / "mine.graphml", 3)
    (tmp_path / "bad.graphml").write_text("nonsense")
    with pytest.raises(BadGraph, match="is not a GraphML file"):
        wire(tmp_path / "bad.graphml", 2)
    with pytest.raises(BadGraph, match="cannot be read"):
        wire("nowhere.graphml", 2)


@pytest.mark.parametrize(
    ("spec", "agents", "error", "words"),
    [
        ("rng", 5, UnknownName, "Did you mean 'ring'"),
        ("clique", 5, UnknownName, "Did you mean 'cliques'"),
        ("ring:j=2", 5, BadOption, "no option 'j'"),
        ("ring:k", 5, BadOption, "Options are written as in"),
        ("ring:k=[", 5, BadOption, "cannot be read"),
        ("cliques:size=2", 5, BadOption, "no option 'size'"),
        ("cliques:groups=9", 5, BadGraph, "do not make 9 groups"),
        ("cliques:groups=2,bridges=4", 5, BadGraph, "at most 2 bridges"),
        ("ring", 0, BadOption, "Simulate 1 to"),
        ("ring", 10**9, BadOption, "Simulate 1 to"),
        ("star:hub=ada", 5, BadOption, "have no names"),
        ("erdos_renyi", 1_000_000, BadGraph, "fit into memory: use density="),
        ("random_regular:degree=3", 5001, BadGraph, "is odd"),
        ("random_regular:degree=5000", 5000, BadGraph, "nobody can hear 5000 others"),
        ("small_world:k=3", 5000, BadOption, "is even"),
        ("scale_free:m=4000", 3000, BadGraph, "cannot link to 4000"),
        ({"resampled": {"of": "ring"}}, 3000, BadOption, "takes one of"),
    ],
)
def test_bad_wiring_is_refused_in_a_sentence(
    spec: Any, agents: int, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        wire(spec, agents)


def test_options_are_read_from_a_name() -> None:
    assert parse("layered:sizes=[1, 2]") == {"layered": {"sizes": [1, 2]}}
    assert parse("erdos_renyi:density=1e-5,connected=true") == {
        "erdos_renyi": {"density": 1e-5, "connected": True}
    }
