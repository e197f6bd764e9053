"""The policy's gradient, against enumeration, automatic differentiation and finite differences."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest
import torch

from quorate.evaluate.dynamics.shifts import Bools
from quorate.learning.policy import Policy

ALL = ~np.eye(3, dtype=bool)[None]
PLACES = [(int(u), int(v)) for u, v in np.argwhere(ALL[0])]


def every_graph() -> list[Bools]:
    """All 64 graphs of 3 seats."""
    graphs = []
    for bits in itertools.product([False, True], repeat=len(PLACES)):
        edges = np.zeros((3, 3), dtype=bool)
        for (u, v), bit in zip(PLACES, bits, strict=True):
            edges[u, v] = bit
        graphs.append(edges)
    return graphs


def utility(edges: Bools) -> float:
    """Reward the edge 0 -> 1, punish 2 -> 1, more so together; count the rest a little."""
    return float(1.0 * edges[0, 1] - 0.7 * edges[2, 1] - 0.4 * edges[0, 1] * edges[2, 1] + 0.05 * edges.sum())


def policy_at(logits: np.ndarray[Any, Any]) -> Policy:
    policy = Policy(ALL, first=0.5, learning_rate=0.1)
    with torch.no_grad():
        policy.logits.copy_(torch.from_numpy(logits))
    return policy


def expected_utility(logits: torch.Tensor) -> torch.Tensor:
    """Sum over all graphs, each by the product of its edges' chances."""
    chances = torch.sigmoid(logits[0])
    total = torch.zeros((), dtype=torch.float64)
    for edges in every_graph():
        chance = torch.ones((), dtype=torch.float64)
        for u, v in PLACES:
            chance = chance * (chances[u, v] if edges[u, v] else 1 - chances[u, v])
        total = total + chance * utility(edges)
    return total


@pytest.fixture
def logits() -> np.ndarray[Any, Any]:
    return np.random.default_rng(3).normal(size=(1, 3, 3)) * ALL


def expected_gradient(policy: Policy, baseline: float) -> np.ndarray[Any, Any]:
    """Return the expectation, over all graphs, of the gradient of the surrogate loss of each."""
    total = np.zeros((1, 3, 3))
    chances = 0.0
    for edges in every_graph():
        policy.logits.grad = None
        loss = policy.loss([{1: edges}], [utility(edges) - baseline])
        loss.backward()  # type: ignore[no-untyped-call]
        assert policy.logits.grad is not None
        chance = float(policy.log_probability({1: edges}).detach().exp())
        total += chance * policy.logits.grad.numpy()
        chances += chance
    assert chances == pytest.approx(1.0)
    return total


@pytest.mark.parametrize("baseline", [0.0, 0.3])
def test_the_expected_gradient_is_that_of_the_expected_utility(
    logits: np.ndarray[Any, Any], baseline: float
) -> None:
    exact = torch.from_numpy(logits.copy()).requires_grad_()
    expected_utility(exact).backward()  # type: ignore[no-untyped-call]
    assert exact.grad is not None
    found = expected_gradient(policy_at(logits), baseline)
    np.testing.assert_allclose(found, -exact.grad.numpy(), atol=1e-12)


def test_the_expected_gradient_agrees_with_finite_differences(logits: np.ndarray[Any, Any]) -> None:
    found = expected_gradient(policy_at(logits), 0.0)
    for u, v in PLACES:
        above, below = logits.copy(), logits.copy()
        above[0, u, v] += 1e-5
        below[0, u, v] -= 1e-5
        slope = float(expected_utility(torch.from_numpy(above)) - expected_utility(torch.from_numpy(below)))
        assert -found[0, u, v] == pytest.approx(slope / 2e-5, abs=1e-8)


def test_sampled_gradients_approach_the_exact_one(logits: np.ndarray[Any, Any]) -> None:
    policy, rng = policy_at(logits), random.Random(0)
    drawn = [{1: policy.draw(1, rng)} for _ in range(4000)]
    policy.loss(drawn, [utility(one[1]) for one in drawn]).backward()  # type: ignore[no-untyped-call]
    assert policy.logits.grad is not None
    np.testing.assert_allclose(policy.logits.grad.numpy(), expected_gradient(policy, 0.0), atol=0.05)


def test_edges_are_drawn_as_often_as_they_are_likely(logits: np.ndarray[Any, Any]) -> None:
    policy, rng = policy_at(logits), random.Random(1)
    share = np.mean([policy.draw(1, rng) for _ in range(4000)], axis=0)
    np.testing.assert_allclose(share, policy.probabilities[0], atol=0.04)


def test_turns_draw_from_their_own_graph_and_the_last_one_stays() -> None:
    policy = Policy(np.concatenate([ALL, ALL]), first=0.5, learning_rate=0.1)
    with torch.no_grad():
        policy.logits[0], policy.logits[1] = -40.0, 40.0
    rng = random.Random(0)
    assert [int(policy.draw(turn, rng).sum()) for turn in (1, 2, 3)] == [0, 6, 6]
    every = dict.fromkeys((1, 2, 3), ALL[0])
    assert float(policy.log_probability({2: ALL[0], 3: ALL[0]}).detach()) == pytest.approx(0.0, abs=1e-12)
    assert float(policy.log_probability(every).detach()) == pytest.approx(-240.0)


def test_pruning_takes_the_least_likely_of_those_left_and_no_closed_edge_is_drawn(
    logits: np.ndarray[Any, Any],
) -> None:
    policy = policy_at(logits)
    order = sorted(PLACES, key=lambda place: logits[0][place])
    policy.prune(0.25)  # round(1.5) is 2
    assert [place for place in order if not policy.open[0][place]] == order[:2]
    policy.prune(0.25)
    assert [place for place in order if not policy.open[0][place]] == order[:3]
    assert not (policy.draw(1, random.Random(0)) & ~policy.open[0]).any()
    before = policy.log_probability({1: policy.open[0]})
    with torch.no_grad():
        policy.logits[0, order[0][0], order[0][1]] = 5.0
    assert torch.equal(policy.log_probability({1: policy.open[0]}), before)


def test_pruning_takes_at_least_one_edge_and_stops_at_none() -> None:
    policy = Policy(ALL, first=0.5, learning_rate=0.1)
    for left in (5, 4, 3, 2, 1, 0, 0):
        policy.prune(0.01)
        assert policy.open.sum() == left


def test_the_weakest_seat_has_the_lowest_mean_probability_of_its_edges() -> None:
    policy = Policy(ALL, first=0.5, learning_rate=0.1)
    with torch.no_grad():
        policy.logits[0, 2, :] = policy.logits[0, :, 2] = -2.0
    assert policy.weakest(0.2) == [[2]]
    assert policy.weakest(0.67) == [[0, 2]]


def test_the_rank_penalty_is_the_nuclear_norm_and_the_distance_beyond_delta(
    logits: np.ndarray[Any, Any],
) -> None:
    policy = policy_at(logits)
    likely = policy.probabilities[0]
    nuclear = np.linalg.svd(likely, compute_uv=False).sum()
    apart = np.linalg.norm(ALL[0] - likely)
    assert float(policy.rank_penalty(0.1).detach()) == pytest.approx(nuclear + apart - 0.1)
    assert float(policy.rank_penalty(100.0).detach()) == pytest.approx(nuclear)


def test_the_rank_penalty_has_a_gradient_where_all_edges_are_alike() -> None:
    policy = Policy(ALL, first=0.5, learning_rate=0.1)
    policy.rank_penalty(0.1).backward()  # type: ignore[no-untyped-call]
    assert policy.logits.grad is not None
    assert torch.isfinite(policy.logits.grad).all()


def test_a_state_goes_through_json_to_the_last_bit(logits: np.ndarray[Any, Any]) -> None:
    import json

    one = policy_at(logits)
    rng = random.Random(5)
    for _ in range(3):
        drawn = [{1: one.draw(1, rng)} for _ in range(4)]
        one.step(one.loss(drawn, [utility(each[1]) for each in drawn]))
    one.prune(0.25)
    other = Policy(ALL, first=0.5, learning_rate=0.1)
    other.restore(json.loads(json.dumps(one.state())))
    drawn = [{1: one.draw(1, random.Random(9))}]
    for policy in (one, other):
        policy.step(policy.loss(drawn, [0.3]))
    assert torch.equal(one.logits, other.logits)
    assert (one.open == other.open).all()
