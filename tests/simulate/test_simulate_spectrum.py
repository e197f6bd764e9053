"""Gaps, parts and reach of networks, against numpy and networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

import quorate.topologies as topologies
from quorate.simulate import Network, chance, components, gap_of, reach, shapes, wire


@pytest.mark.parametrize("spec", ["ring", "ring:k=3", "complete", "star", "tree", "two_cliques", "cliques"])
def test_the_gap_is_that_of_the_graph(spec: str) -> None:
    network = wire(spec, 30).at(1)
    found = gap_of(network)
    assert found is not None
    assert found.exact
    assert found.value == pytest.approx(topologies.spectral_gap(network.graph()), abs=1e-9)  # type: ignore[arg-type]


@pytest.mark.parametrize("spec", ["random_regular:degree=4", "cliques:groups=30", "star"])
def test_lanczos_finds_the_gap_where_word_mixes_well(spec: str) -> None:
    network = wire(spec, 600).at(1)
    found, true = gap_of(network), topologies.spectral_gap(network.graph())  # type: ignore[arg-type]
    assert found is not None
    assert true is not None
    assert found.value == pytest.approx(true, rel=0.05)
    assert found.value >= true - 1e-9


@pytest.mark.parametrize("spec", ["grid", "small_world:k=4,p=0.02", "chain"])
def test_a_gap_that_was_not_reached_is_a_bound(spec: str) -> None:
    network = wire(spec, 1200).at(1)
    found, true = gap_of(network), topologies.spectral_gap(network.graph())  # type: ignore[arg-type]
    assert found is not None
    assert true is not None
    assert not found.exact
    assert found.value >= true
    assert (found.rounds() or 0) <= (topologies.rounds_to_consensus(network.graph()) or 0)  # type: ignore[arg-type]


def test_a_ring_of_a_million_needs_as_many_rounds_as_theory_says() -> None:
    found = gap_of(shapes.ring(1_000_000))
    assert found is not None
    assert found.value == pytest.approx(4 * np.pi**2 / 3 / 1e12, rel=1e-3)


def test_what_falls_apart_never_agrees() -> None:
    parted = chance.random_regular(3000, degree=2)
    found = gap_of(parted)
    assert found is not None
    assert found.rounds() is None
    assert components(parted).parts == nx.number_connected_components(parted.graph().to_undirected())
    assert gap_of(shapes.layered(900)) is None  # somebody is heard who hears nobody


@pytest.mark.parametrize("seed", range(6))
def test_parts_are_those_of_networkx(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = Network.of_links(40, rng.integers(0, 40, 24), rng.integers(0, 40, 24))
    parts = [len(part) for part in nx.weakly_connected_components(network.graph())]
    assert components(network) == (len(parts), max(parts))
    layered = shapes.layered(40, width=1 + seed)
    assert components(layered).parts == nx.number_weakly_connected_components(layered.graph())


def test_word_goes_one_step_a_round() -> None:
    assert reach(shapes.ring(100, k=2), 5) == 21
    assert reach(shapes.complete(100), 1) == 100
    assert reach(shapes.isolated(100), 5) == 1
    assert reach(shapes.star(100), 2) == 100
