"""Measures against closed forms."""

from __future__ import annotations

import math
import sys

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadOption
from quorate.topologies import (
    Measures,
    chain,
    complete,
    density,
    diameter,
    expected_input_tokens,
    from_graph,
    isolated,
    isolated_seats,
    layered,
    measure,
    messages_per_round,
    random_regular,
    ring,
    rounds_to_consensus,
    saving,
    scale_free,
    spectral_gap,
    spectrum,
    star,
    two_cliques,
)


def seats(size: int) -> list[str]:
    return [f"s{place}" for place in range(size)]


def known(gap: float | None) -> float:
    assert gap is not None
    return gap


REGULAR = [(5, 1, 0), (4, 4 / 5, 1 / 6), (3, 3 / 5, 1 / 3), (2, 2 / 5, 1 / 2)]


@pytest.mark.parametrize(("degree", "dense", "saved"), REGULAR)
def test_six_agents_of_the_sparse_debate_paper(degree: int, dense: float, saved: float) -> None:
    graph = random_regular(seats(6), degree=degree)
    assert density(graph) == pytest.approx(dense)
    assert saving(graph, question_tokens=0, reply_tokens=300, rounds=3) == pytest.approx(saved)
    assert 0 <= saving(graph, question_tokens=50, reply_tokens=300, rounds=3) <= saved


def test_density_counts_directed_edges_like_undirected_ones() -> None:
    assert density(nx.Graph([("a", "b"), ("b", "c")])) == density(chain("abc")) == pytest.approx(2 / 3)
    assert density(chain("abc", directed=True)) == pytest.approx(1 / 3)
    assert density(nx.DiGraph([("a", "a"), ("a", "b")])) == 0.5


@given(size=st.integers(1, 15), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_every_measure_stays_in_its_range(size: int, share: float, seed: int) -> None:
    graph = from_graph(seats(size), graph=nx.gnp_random_graph(size, share, seed=seed, directed=True))
    found = measure(graph)
    assert 0 <= found.density <= 1
    assert found.messages_per_round == found.edges == graph.number_of_edges()
    assert 0 <= known(found.spectral_gap) <= 1
    assert 0 <= found.saving <= 1
    assert (found.diameter is None) == (not nx.is_strongly_connected(graph))
    if found.diameter is not None:
        assert known(found.spectral_gap) > 0
    assert all(graph.degree(seat) == 0 for seat in found.isolated)


@given(size=st.integers(3, 60))
def test_the_gap_of_a_ring(size: int) -> None:
    moduli = [abs(1 + 2 * math.cos(2 * math.pi * place / size)) / 3 for place in range(1, size)]
    assert known(spectral_gap(ring(seats(size)))) == pytest.approx(1 - max(moduli))


@given(size=st.integers(1, 40))
def test_the_gap_of_the_complete_graph_is_one(size: int) -> None:
    assert spectral_gap(complete(seats(size))) == 1
    assert rounds_to_consensus(complete(seats(size))) == (0 if size == 1 else 1)


@given(size=st.integers(3, 30))
def test_the_gap_of_stars_and_chains_that_hear_one_way(size: int) -> None:
    assert spectral_gap(star(seats(size), hears="leaves")) == pytest.approx(0.5)
    assert spectral_gap(chain(seats(size), directed=True)) == pytest.approx(0.5)
    assert spectral_gap(star(seats(size), hears="hub")) == 0


@pytest.mark.parametrize("graph", [isolated("ab"), two_cliques("abcdef", bridges=0), layered("abcd")])
def test_groups_that_hear_nothing_of_each_other_never_agree(graph: nx.DiGraph[str]) -> None:
    assert spectral_gap(graph) == 0
    assert rounds_to_consensus(graph) is None


@given(size=st.integers(2, 12), share=st.floats(0.2, 1), seed=st.integers(0, 999))
def test_the_gap_is_that_of_the_whole_matrix(size: int, share: float, seed: int) -> None:
    graph = from_graph(seats(size), graph=nx.gnp_random_graph(size, share, seed=seed, directed=True))
    weights = nx.to_numpy_array(graph).T + np.eye(size)
    moduli = np.sort(np.abs(np.linalg.eigvals(weights / weights.sum(axis=1, keepdims=True))))
    # A defective eigenvalue of the whole matrix is only found to the square or cube root of the precision.
    assert known(spectral_gap(graph)) == pytest.approx(1 - moduli[-2], abs=2e-3)


@given(size=st.integers(3, 12), seed=st.integers(0, 99), tolerance=st.floats(0.001, 0.9))
def test_averaging_agrees_within_the_predicted_rounds(size: int, seed: int, tolerance: float) -> None:
    graph = scale_free(seats(size), m=1, seed=seed)
    heard = nx.to_numpy_array(graph).T + np.eye(size)
    voices = heard.sum(axis=1)
    share = voices / voices.sum()
    opinions = np.random.default_rng(seed).random(size)
    rounds = rounds_to_consensus(graph, tolerance)
    assert rounds is not None
    after = np.linalg.matrix_power(heard / voices[:, None], rounds) @ opinions

    def disagreement(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return float(np.sqrt(share @ (values - share @ values) ** 2))

    assert disagreement(after) <= tolerance * disagreement(opinions) + 1e-12


def test_a_whole_number_of_rounds_stays_whole() -> None:
    assert rounds_to_consensus(ring("abcd"), tolerance=1 / 9) == 2
    assert rounds_to_consensus(chain("ab", directed=True), tolerance=1 / 8) == 3


@pytest.mark.parametrize("tolerance", [0, 1, -0.1, 2])
def test_an_impossible_tolerance_is_refused(tolerance: float) -> None:
    with pytest.raises(BadOption, match="The tolerance lies between 0 and 1"):
        rounds_to_consensus(ring("abc"), tolerance)


def test_edge_weights_do_not_count() -> None:
    plain = nx.DiGraph([("a", "b"), ("b", "a"), ("b", "c"), ("c", "a")])
    weighted = plain.copy()
    nx.set_edge_attributes(weighted, {("a", "b"): 9.0, ("b", "a"): 0.0}, "weight")
    assert spectral_gap(weighted) == spectral_gap(plain)


@pytest.mark.parametrize(
    "graph", [nx.random_regular_graph(4, 40, seed=1), nx.gnp_random_graph(40, 0.2, 1, directed=True)]
)
def test_the_sparse_solver_finds_the_same_gap(graph: nx.Graph[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("scipy")
    dense = known(spectral_gap(graph))
    monkeypatch.setattr(spectrum, "DENSE", 10)
    assert 0 < dense < 1
    assert known(spectral_gap(graph)) == pytest.approx(dense)


def test_without_scipy_the_gap_of_a_huge_graph_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    monkeypatch.setattr(spectrum, "DENSE", 3)
    found = measure(ring("abcd"))
    assert (found.spectral_gap, found.rounds_to_consensus) == (None, None)


def test_a_solver_that_gives_up_leaves_the_gap_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    linalg = pytest.importorskip("scipy.sparse.linalg")

    def tired(*_: object, **__: object) -> None:
        raise linalg.ArpackNoConvergence("no convergence", np.array([]), np.array([]))

    monkeypatch.setattr(linalg, "eigs", tired)
    monkeypatch.setattr(spectrum, "DENSE", 3)
    assert spectral_gap(ring("abcdef")) is None


def test_diameters() -> None:
    assert [diameter(ring(seats(size))) for size in (3, 6, 9)] == [1, 3, 4]
    assert diameter(complete("ab")) == diameter(complete("abcd")) == 1
    assert diameter(complete("a")) == 0
    assert diameter(star("abcd")) == 2
    assert diameter(star("abcd", hears="hub")) is None
    assert diameter(nx.path_graph(5)) == 4


def test_isolated_seats_are_those_that_neither_hear_nor_are_heard() -> None:
    graph = nx.DiGraph([("a", "b"), ("d", "d")])
    graph.add_node("c")
    assert isolated_seats(graph) == ("d", "c")
    assert isolated_seats(complete("a")) == ()
    assert isolated_seats(isolated("abc")) == ("a", "b", "c")
    assert isolated_seats(star("abc", hears="hub")) == ()


@given(
    degree=st.integers(2, 5),
    question=st.integers(0, 900),
    reply=st.integers(1, 900),
    rounds=st.integers(1, 9),
)
def test_tokens_by_the_form_with_density(degree: int, question: int, reply: int, rounds: int) -> None:
    graph = random_regular(seats(6), degree=degree)
    tokens = expected_input_tokens(graph, question_tokens=question, reply_tokens=reply, rounds=rounds)
    dense = density(graph)
    assert tokens == pytest.approx(6 * rounds * question + (rounds - 1) * reply * 6 * (1 + dense * 5))
    saved = saving(graph, question_tokens=question, reply_tokens=reply, rounds=rounds)
    if rounds > 1:
        extra = rounds * question / ((rounds - 1) * reply)
        assert saved == pytest.approx(1 - (1 + dense * 5 + extra) / (6 + extra))
    else:
        assert saved == 0


def test_impossible_lengths_are_refused() -> None:
    with pytest.raises(BadOption, match="0 or more, not -1 and 5"):
        expected_input_tokens(ring("abc"), question_tokens=-1, reply_tokens=5, rounds=2)
    with pytest.raises(BadOption, match="at least 1 round, the first drafts, not 0"):
        saving(ring("abc"), question_tokens=1, reply_tokens=5, rounds=0)


def test_all_measures_of_a_ring_of_six() -> None:
    found = measure(ring(seats(6)), question_tokens=100, reply_tokens=200, rounds=2)
    assert found == Measures(
        seats=6,
        edges=12,
        density=0.4,
        messages_per_round=12,
        diameter=3,
        spectral_gap=found.spectral_gap,
        rounds_to_consensus=12,
        isolated=(),
        expected_input_tokens=4800,
        saving=found.saving,
    )
    assert known(found.spectral_gap) == pytest.approx(1 / 3)
    assert found.saving == pytest.approx(3600 / 8400)
    assert Measures.model_validate_json(found.model_dump_json()) == found


def test_a_thousand_agents_are_measured() -> None:
    found = measure(scale_free(seats(1000), m=2))
    assert found.messages_per_round == messages_per_round(scale_free(seats(1000), m=2)) == 3992
    assert 0 < known(found.spectral_gap) < 0.5
