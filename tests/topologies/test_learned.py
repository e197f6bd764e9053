"""Learned graphs: their file, the topology and the filter that load them, and GraphML."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate import Agent, Definition, Scripted
from quorate.contracts import check_topology
from quorate.errors import BadGraph, BadOption
from quorate.nouns import Question, Table
from quorate.protocols import History
from quorate.topologies import (
    LearnedGraph,
    complete,
    export_graphml,
    from_graphml,
    learned,
    load_learned_graph,
)
from quorate.topologies.filters import learned as thinned
from quorate.topologies.learned_graphs import LearnedEdge, LearnedTurn

SEATS = ("ada", "bo", "cy")
CHANCES = {("ada", "bo"): 0.9, ("bo", "cy"): 0.7, ("cy", "ada"): 0.4, ("ada", "cy"): 0.2}


def turn_of(chances: dict[tuple[str, str], float], pruned: tuple[tuple[str, str], ...] = ()) -> LearnedTurn:
    edges = (
        LearnedEdge(heard=u, hearer=v, probability=p, kept=(u, v) not in pruned)
        for (u, v), p in chances.items()
    )
    return LearnedTurn(edges=tuple(edges))


@pytest.fixture
def graph() -> LearnedGraph:
    return LearnedGraph(
        seats=SEATS,
        turns=(turn_of(CHANCES, pruned=(("ada", "cy"),)),),
        method="agentprune",
        about={"seed": 1},
    )


@pytest.fixture
def file(graph: LearnedGraph, tmp_path: Path) -> Path:
    path = tmp_path / "deep" / "graph.json"
    graph.save(path)
    return path


def test_a_file_holds_all_of_it(graph: LearnedGraph, file: Path) -> None:
    assert load_learned_graph(file) == graph
    assert json.loads(file.read_text())["digest"] == graph.digest


def test_the_topology_has_the_edges_that_were_kept_in_seat_order(file: Path) -> None:
    made = learned(["cy", "ada", "bo"], file=str(file))
    assert isinstance(made, nx.DiGraph)
    assert list(made.nodes) == ["cy", "ada", "bo"]
    assert set(made.edges) == {("ada", "bo"), ("bo", "cy"), ("cy", "ada")}


def test_a_threshold_and_a_share_make_it_thinner(graph: LearnedGraph) -> None:
    at = learned(SEATS, file=graph, threshold=0.7)
    assert isinstance(at, nx.DiGraph)
    assert set(at.edges) == {("ada", "bo"), ("bo", "cy")}
    for keep, count in ((0.0, 0), (0.25, 1), (0.5, 2), (1.0, 3)):  # of the 4 that were weighed
        made = learned(SEATS, file=graph, keep=keep)
        assert isinstance(made, nx.DiGraph)
        assert made.number_of_edges() == count


def test_turns_have_their_own_graphs_and_the_last_one_stays() -> None:
    graph = LearnedGraph(
        seats=SEATS,
        turns=(turn_of({("ada", "bo"): 1.0}), turn_of({("bo", "cy"): 1.0})),
        method="agentdropout",
    )
    graph_at = learned(SEATS, file=graph)
    assert callable(graph_at)
    assert [list(graph_at(turn).edges) for turn in (1, 2, 3)] == [
        [("ada", "bo")],
        [("bo", "cy")],
        [("bo", "cy")],
    ]


def test_sampled_edges_are_there_as_often_as_they_are_likely(graph: LearnedGraph) -> None:
    graph_at, again = (learned(SEATS, file=graph, sample=True, seed=5) for _ in range(2))
    other = learned(SEATS, file=graph, sample=True, seed=6)
    assert callable(graph_at)
    assert callable(again)
    assert callable(other)
    turns = range(1, 2001)
    drawn = [set(graph_at(turn).edges) for turn in turns]
    assert drawn == [set(again(turn).edges) for turn in turns]
    assert drawn[:50] != [set(other(turn).edges) for turn in turns[:50]]
    for edge, chance in CHANCES.items():
        share = sum(edge in edges for edges in drawn) / len(drawn)
        assert share == pytest.approx(chance if edge != ("ada", "cy") else 0, abs=0.05)


def test_the_seed_of_a_definition_is_that_of_the_draws(graph: LearnedGraph) -> None:
    agents = [Agent(name, Scripted("Answer: 1")) for name in SEATS]
    spec = {"learned": {"file": graph, "sample": True}}
    made = [Definition(agents, topology=spec, seed=seed).graph(1).edges for seed in range(12)]
    assert len({frozenset(edges) for edges in made}) > 1


def test_it_is_a_topology_by_contract(graph: LearnedGraph) -> None:
    def maker(seats: list[str], **options: Any) -> Any:
        names = dict(zip(SEATS, seats, strict=True)) if len(seats) == 3 else {}
        return learned(seats, file=graph, rename=names, **options)

    check_topology(maker)
    check_topology(lambda seats: maker(seats, sample=True))


def test_a_graph_for_other_agents_is_refused_with_what_differs_and_what_to_do(file: Path) -> None:
    with pytest.raises(BadGraph) as told:
        learned(["ada", "bo", "eve"], file=file)
    assert str(told.value) == (
        f"The learned graph in '{file}' is for other agents: it was learned with 'cy', who is not at this "
        "table, and it knows nothing of 'eve'. If the newcomer has the same part, say so with "
        "rename={'cy': 'eve'}; else learn a graph for these agents with `quorate graph learn`."
    )
    with pytest.raises(BadGraph, match=r"it knows nothing of 'di'\. Seat 'ada', 'bo' and 'cy', or learn"):
        learned([*SEATS, "di"], file=file)
    with pytest.raises(BadGraph, match="learned with 'cy', who is not at this table"):
        learned(["ada", "bo"], file=file)
    with pytest.raises(BadGraph, match="learned with 'bo' and 'cy', who are not at this table"):
        learned(["ada"], file=file)
    made = learned(["ada", "bo", "eve"], file=file, rename={"cy": "eve"})
    assert isinstance(made, nx.DiGraph)
    assert set(made.edges) == {("ada", "bo"), ("bo", "eve"), ("eve", "ada")}


def test_two_agents_can_change_places(graph: LearnedGraph) -> None:
    made = learned(SEATS, file=graph, rename={"ada": "bo", "bo": "ada"})
    assert isinstance(made, nx.DiGraph)
    assert set(made.edges) == {("bo", "ada"), ("ada", "cy"), ("cy", "bo")}


def test_wrong_options_are_said(graph: LearnedGraph) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"threshold": 0.5, "keep": 0.5}, "a threshold or a share to keep, not both"),
        ({"threshold": 1.5}, "lies between 0 and 1, not 1.5"),
        ({"keep": -1}, "lies between 0 and 1, not -1"),
        ({"sample": "yes"}, "true or false, not 'yes'"),
        ({"rename": {"adda": "bo"}}, "no 'adda' to rename. Did you mean 'ada'"),
        ({"rename": ["ada"]}, "a mapping of names"),
    ]
    for options, said in wrong:
        with pytest.raises(BadOption) as told:
            learned(SEATS, file=graph, **options)
        assert said in str(told.value)
    with pytest.raises(BadGraph, match="two of its seats would be 'bo'"):
        learned(SEATS, file=graph, rename={"ada": "bo"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: "{", "is not JSON"),
        (lambda data: "[]", "holds no learned graph"),
        (lambda data: {**data, "turns": []}, "holds no learned graph: turns"),
        (lambda data: {**data, "format": 2}, "holds no learned graph: format"),
        (lambda data: {**data, "more": 1}, "holds no learned graph: more"),
        (lambda data: {**data, "seats": ["ada", "bo", "eve"]}, "its digest differs"),
        (lambda data: {**data, "seats": ["ada", "ada", "cy"], "digest": ""}, "share a name"),
        (lambda data: {**data, "seats": ["ada", "bo"], "digest": ""}, "names 'cy', who has no seat"),
    ],
)
def test_a_broken_file_is_said(file: Path, change: Callable[[Any], Any], said: str) -> None:
    data = change(json.loads(file.read_text()))
    file.write_text(data if isinstance(data, str) else json.dumps(data))
    with pytest.raises(BadGraph) as told:
        load_learned_graph(file)
    assert said in str(told.value)
    assert str(file) in str(told.value)


@pytest.mark.parametrize("chance", ["2", "NaN", "-0.1", '"often"'])
def test_a_probability_is_one(file: Path, chance: str) -> None:
    file.write_text(file.read_text().replace("0.9", chance))
    with pytest.raises(BadGraph, match=r"turns\.0\.edges\.0\.probability"):
        load_learned_graph(file)


def test_impossible_edges_are_said() -> None:
    edge = LearnedEdge(heard="ada", hearer="bo", probability=1)
    for edges, said in (
        ((edge, edge), "twice in one turn"),
        ((edge.model_copy(update={"hearer": "ada"}),), "lets 'ada' hear itself"),
    ):
        with pytest.raises(BadGraph, match=said):
            LearnedGraph(seats=SEATS, turns=(LearnedTurn(edges=edges),), method="records")


def test_files_that_cannot_be_read_or_written_are_said(graph: LearnedGraph, tmp_path: Path) -> None:
    with pytest.raises(BadGraph, match="cannot be read"):
        load_learned_graph(tmp_path / "none.json")
    with pytest.raises(BadGraph, match="cannot be written"):
        graph.save(tmp_path)
    with pytest.raises(BadGraph, match="cannot be written"):
        export_graphml(graph, tmp_path)


def test_graphml_goes_there_and_back(graph: LearnedGraph, tmp_path: Path) -> None:
    path = tmp_path / "graph.graphml"
    export_graphml(graph, path)
    assert set(from_graphml(SEATS, path=path).edges) == set(graph.graph().edges)
    export_graphml(graph, path, everything=True)
    read = nx.read_graphml(path)
    assert {edge: read.edges[edge]["probability"] for edge in read.edges} == CHANCES
    assert [edge for edge in read.edges if not read.edges[edge]["kept"]] == [("ada", "cy")]
    assert read.graph["method"] == "agentprune"


@given(
    st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=5, unique=True),
    st.floats(0, 1),
)
def test_any_names_go_through_the_file(names: list[str], chance: float) -> None:
    pairs = {(u, v): chance for u in names for v in names if u != v}
    graph = LearnedGraph(seats=tuple(names), turns=(turn_of(pairs),), method="records")
    assert LearnedGraph.model_validate_json(json.dumps(graph.model_dump(mode="json"))) == graph
    made = learned(names, file=graph)
    assert isinstance(made, nx.DiGraph)
    assert set(made.edges) == set(complete(names).edges)


def test_a_name_that_xml_cannot_hold_is_said(tmp_path: Path) -> None:
    graph = LearnedGraph(seats=("a\x00",), turns=(LearnedTurn(edges=()),), method="records")
    with pytest.raises(BadGraph, match="cannot be written as GraphML"):
        export_graphml(graph, tmp_path / "graph.graphml")


def test_as_a_filter_it_only_removes_and_reads_a_changed_file_again(graph: LearnedGraph, file: Path) -> None:
    history = History(Question(text="2+3?", id="q1"), Table(SEATS))
    full = history.table.hearing(1)
    left = thinned(history, full, file=file)
    assert left == {"ada": ("cy",), "bo": ("ada",), "cy": ("bo",)}
    assert thinned(history, left, file=file) == left
    assert thinned(history, {"bo": ()}, file=file) == {"bo": ()}
    graph.model_copy(update={"turns": (LearnedTurn(edges=()),)}).save(file)
    assert thinned(history, full, file=file) == {"ada": (), "bo": (), "cy": ()}
    with pytest.raises(BadGraph, match="is for other agents"):
        thinned(History(Question(text="?"), Table(["ada"])), {"ada": ()}, file=file)
    with pytest.raises(BadGraph, match="cannot be read"):
        thinned(history, full, file=file.parent / "none.json")


def test_as_a_filter_it_draws_anew_for_every_question(graph: LearnedGraph) -> None:
    drawn = []
    for number in range(40):
        history = History(Question(text="2+3?", id=f"q{number}"), Table(SEATS))
        drawn.append(thinned(history, history.table.hearing(1), file=graph, sample=True))
    assert len({json.dumps(one) for one in drawn}) > 3


def test_a_dropped_agent_is_not_asked(graph: LearnedGraph) -> None:
    alone = LearnedTurn(
        edges=tuple(
            e.model_copy(update={"kept": "cy" not in (e.heard, e.hearer)}) for e in graph.turns[0].edges
        ),
        dropped=("cy",),
    )
    agents = [
        Agent(name, Scripted({"ada": "Answer: 1", "bo": "Answer: 2", "cy": "Answer: 3"})) for name in SEATS
    ]
    found = graph.model_copy(update={"turns": (alone,)})
    debate = {"rounds": 2, "until": "never", "filters": [{"learned": {"file": found}}], "silent": "keep"}
    outcome = Definition(agents, protocol={"debate": debate}).ask("2+3?")
    assert outcome.calls == 4  # three drafts; only bo hears somebody in the graph
