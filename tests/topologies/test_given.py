"""Graphs that are given: networkx graphs, GraphML files and matrices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadGraph, BadOption
from quorate.topologies import complete, from_graph, from_graphml, from_matrix

SEATS = ["ada", "bo", "cy"]


def test_named_nodes_keep_their_names_and_take_the_order_of_the_seats() -> None:
    graph = from_graph(SEATS, graph=nx.DiGraph([("cy", "ada"), ("ada", "bo")]))
    assert list(graph.nodes) == SEATS
    assert set(graph.edges) == {("cy", "ada"), ("ada", "bo")}


def test_numbered_nodes_stand_for_the_seats_in_order() -> None:
    graph = from_graph(SEATS, graph=nx.DiGraph([(2, 0), (0, 1)]))
    assert set(graph.edges) == {("cy", "ada"), ("ada", "bo")}


def test_an_undirected_edge_is_heard_both_ways() -> None:
    assert set(from_graph(["ada", "bo"], graph=nx.Graph([("ada", "bo")])).edges) == {
        ("ada", "bo"),
        ("bo", "ada"),
    }


def test_parallel_edges_self_loops_and_attributes_are_dropped() -> None:
    given_graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    given_graph.add_edge("ada", "bo", weight=3)
    given_graph.add_edge("ada", "bo", weight=4)
    given_graph.add_edge("bo", "bo")
    graph = from_graph(["ada", "bo"], graph=given_graph)
    assert list(graph.edges(data=True)) == [("ada", "bo", {})]
    assert not graph.is_multigraph()
    assert given_graph.number_of_edges() == 3


@pytest.mark.parametrize(
    ("graph", "sentence"),
    [
        (nx.DiGraph([("ada", "boo")]), "has a node 'boo' that is not an agent. Did you mean 'bo'?"),
        (nx.DiGraph([("ada", "bo")]), "The agent 'cy' is not in the graph; add it as a node"),
        (nx.path_graph(4), "numbers 4 nodes, and there are 3 seats: number its nodes 0 to 2"),
        (
            nx.relabel_nodes(nx.path_graph(3), {0: 3}),
            "numbers 3 nodes, and there are 3 seats: number its nodes 0 to 2",
        ),
    ],
)
def test_a_graph_of_other_nodes_is_refused(graph: nx.Graph[Any], sentence: str) -> None:
    with pytest.raises(BadGraph, match=sentence):
        from_graph(SEATS, graph=graph)


def test_something_else_than_a_graph_is_refused() -> None:
    with pytest.raises(BadOption, match="is a networkx graph, not list"):
        from_graph(SEATS, graph=[("ada", "bo")])  # type: ignore[arg-type]


@given(size=st.integers(1, 12), seed=st.integers(0, 99), directed=st.booleans())
def test_a_graphml_file_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, size: int, seed: int, directed: bool
) -> None:
    seats = [f"s{place}" for place in range(size)]
    graph = nx.gnp_random_graph(size, 0.4, seed=seed, directed=directed)
    path = tmp_path_factory.mktemp("wires") / "wires.graphml"
    nx.write_graphml(graph, path)
    assert set(from_graphml(seats, path=path).edges) == set(from_graph(seats, graph=graph).edges)


def test_a_graphml_file_may_name_the_seats_in_labels(tmp_path: Path) -> None:
    graph = nx.DiGraph([("n0", "n1")])
    nx.set_node_attributes(graph, {"n0": "bo", "n1": "ada"}, "label")
    nx.write_graphml(graph, tmp_path / "wires.graphml")
    assert list(from_graphml(["ada", "bo"], path=str(tmp_path / "wires.graphml")).edges) == [("bo", "ada")]


def test_numbers_that_are_names_stay_names(tmp_path: Path) -> None:
    nx.write_graphml(nx.DiGraph([("1", "0")]), tmp_path / "wires.graphml")
    assert list(from_graphml(["1", "0"], path=tmp_path / "wires.graphml").edges) == [("1", "0")]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadGraph, match=r"nowhere.graphml' cannot be read \(No such file.*\): check the path"):
        from_graphml(SEATS, path=tmp_path / "nowhere.graphml")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not xml",
        "<graphml/>",
        '{"nodes": []}',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed">'
        '<node/><edge source="a"/></graph></graphml>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="d0" for="node" attr.name="x" '
        'attr.type="colour"/><graph edgedefault="directed"><node id="ada"/></graph></graphml>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed">'
        "<hyperedge/></graph></graphml>",
    ],
)
def test_a_malformed_file_is_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "wires.graphml"
    path.write_text(content)
    with pytest.raises(BadGraph, match=r"is not a GraphML file that networkx can read|is not an agent"):
        from_graphml(SEATS, path=path)


def test_a_matrix_says_who_hears_whom() -> None:
    graph = from_matrix(SEATS, matrix=[[0, 1, 0], [0, 0, 1], [0, 0, 0]])
    assert set(graph.edges) == {("ada", "bo"), ("bo", "cy")}
    assert list(graph.predecessors("bo")) == ["ada"]


def test_the_diagonal_is_ignored() -> None:
    assert set(from_matrix(SEATS, matrix=np.ones((3, 3))).edges) == set(complete(SEATS).edges)


@given(size=st.integers(1, 12), seed=st.integers(0, 99))
def test_the_matrix_that_networkx_writes_comes_back(size: int, seed: int) -> None:
    seats = [f"s{place}" for place in range(size)]
    graph = from_graph(seats, graph=nx.gnp_random_graph(size, 0.5, seed=seed, directed=True))
    assert set(from_matrix(seats, matrix=nx.to_numpy_array(graph)).edges) == set(graph.edges)


@pytest.mark.parametrize(
    ("matrix", "sentence"),
    [
        ([[0, 1], [1, 0]], "The matrix is 2 by 2, and there are 3 seats: give 3 rows of 3 numbers"),
        ([[0, 1, 0], [1, 0, 0]], "The matrix is 2 by 3"),
        ([0, 1, 0], "The matrix is 3, and"),
        (7, "The matrix is a single number"),
        ([[0, 1], [1]], "not a list of equally long rows"),
        ("ring", "not a list of equally long rows"),
        (None, "The matrix is a single number|not a list"),
        ([[0, 1, 0], [0, 0, 2], [0, 0, 0]], "The matrix holds 2 in row 1, column 2"),
        ([[0, 0.5, 0], [0, 0, 1], [0, 0, 0]], "The matrix holds 0.5 in row 0, column 1"),
        ([[0, float("nan"), 0], [0, 0, 1], [0, 0, 0]], "The matrix holds nan"),
    ],
)
def test_a_matrix_that_is_none_is_refused(matrix: Any, sentence: str) -> None:
    with pytest.raises(BadGraph, match=sentence):
        from_matrix(SEATS, matrix=matrix)
