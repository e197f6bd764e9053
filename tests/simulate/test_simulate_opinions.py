"""Opinion dynamics do what their papers prove."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from quorate.errors import BadOption
from quorate.registry import label
from quorate.simulate import (
    Drafts,
    Draws,
    Network,
    Parameters,
    average,
    average_near,
    chance,
    drawn,
    dynamics,
    shapes,
    simulate,
)
from quorate.simulate.network import Floats
from quorate.simulate.wiring import parse

Doubles = npt.NDArray[np.float64]


def talk_of(name: str, drafts: Drafts, seed: int = 0) -> Any:
    maker = dynamics.resolve(parse(name))
    return maker(drafts, Draws(seed, range(len(drafts.answers)), "talk"))


def explicit(size: int) -> Network:
    """Return the complete graph link by link."""
    u, v = np.nonzero(~np.eye(size, dtype=bool))
    return Network.of_links(size, u, v)


def matrix(network: Network) -> Doubles:
    held = np.eye(network.size)
    for agent in range(network.size):
        held[agent, network.row(agent)] = 1
    return np.asarray(held / held.sum(axis=1, keepdims=True))


GRAPHS = {
    "star": shapes.star(9),
    "tree": shapes.tree(10),
    "regular": chance.random_regular(20, degree=4, seed=2),
    "free": chance.scale_free(25, m=2, seed=1),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_averaging_ends_at_the_mean_weighted_by_the_stationary_distribution(name: str) -> None:
    network = GRAPHS[name]
    values, vectors = np.linalg.eig(matrix(network).T)
    stationary = np.real(vectors[:, np.argmax(np.real(values))])
    start = np.random.default_rng(3).random(network.size)
    opinions: Floats = start
    for _ in range(600):
        opinions = average(network, opinions)
    assert opinions == pytest.approx(np.full(network.size, stationary @ start / stationary.sum()), abs=1e-9)


@pytest.mark.parametrize("name", GRAPHS)
def test_disagreement_shrinks_by_the_second_eigenvalue(name: str) -> None:
    network = GRAPHS[name]
    second = np.sort(np.abs(np.linalg.eigvals(matrix(network))))[-2]
    weights = (network.degrees + 1) / (network.degrees + 1).sum()
    opinions: Floats = np.random.default_rng(4).random(network.size)
    spreads: list[float] = []
    while not spreads or spreads[-1] > 1e-8:
        spreads.append(np.sqrt((opinions - opinions @ weights) ** 2 @ weights))
        opinions = average(network, opinions)
    ratios = np.array(spreads[1:]) / spreads[:-1]
    assert (ratios <= second + 1e-6).all()  # in this norm, in every round
    assert ratios[-1] == pytest.approx(second, rel=0.02)


def test_simulated_rounds_keep_to_the_prediction() -> None:
    found = simulate("random_regular:degree=4", agents=400, rounds=60, questions=20)
    assert found.rounds_taken is not None
    assert found.rounds_needed is not None
    assert found.rounds_taken <= found.rounds_needed
    for turn, held in enumerate(found.rounds):
        assert held.distance <= (1 - (found.gap or 0)) ** turn + 1e-6


def test_the_mean_field_is_the_complete_graph() -> None:
    start = np.random.default_rng(5).random((3, 40))
    assert average(shapes.complete(40), start) == pytest.approx(average(explicit(40), start))
    for confidence in (0.05, 0.2, 0.6):
        near = average_near(shapes.complete(40), start, confidence)
        assert near == pytest.approx(average_near(explicit(40), start, confidence))
    codes = np.random.default_rng(6).integers(0, 3, (2, 40)).astype(np.int8)
    assert (shapes.complete(40).counts(codes, 3) == explicit(40).counts(codes, 3)).all()


@pytest.mark.parametrize(
    "name", ["degroot", "voter", "plurality", "bounded", "deffuant", "belief", "reactions"]
)
def test_every_dynamics_runs_alike_on_both_forms_of_the_complete_graph(name: str) -> None:
    drafts = drawn(Parameters(), 12, seed=1)(range(20))
    implicit, listed = talk_of(name, drafts), talk_of(name, drafts)
    for _ in range(3):
        implicit.hear(shapes.complete(12))
        listed.hear(explicit(12))
    assert (implicit.answers == listed.answers).mean() > 0.999


def test_blocks_that_hear_other_blocks_do_not_mix_near_opinions() -> None:
    layers = shapes.layered(9, width=3)
    listed = Network.of_graph(layers.graph())
    start = np.random.default_rng(7).random((2, 9))
    assert average_near(layers, start, 0.3) == pytest.approx(average_near(listed, start, 0.3))


@pytest.mark.parametrize("network", [shapes.complete(60), shapes.ring(60, k=2)], ids=["complete", "ring"])
def test_copying_keeps_the_share_of_right_answers_on_average(network: Network) -> None:
    drafts = drawn(Parameters(accuracy=0.3, correlation=0), 60, seed=2)(range(1500))
    talk = talk_of("voter", drafts)
    for _ in range(8):
        talk.hear(network)
    moved = (talk.answers == 0).mean(axis=1) - (drafts.answers == 0).mean(axis=1)
    assert abs(moved.mean()) < 4 * moved.std() / np.sqrt(len(moved))
    assert moved.std() > 0.05  # it does wander


def test_a_star_copies_its_hub() -> None:
    drafts = drawn(Parameters(accuracy=0.5, correlation=0), 30, seed=3)(range(50))
    talk = talk_of("voter", drafts)
    talk.hear(shapes.star(30, hears="leaves"))
    assert (talk.answers == drafts.answers[:, :1]).all()


def test_bounded_confidence_leaves_clusters_farther_apart_than_the_confidence() -> None:
    opinions = np.linspace(0, 1, 400)[None]
    for confidence, clusters in ((0.5, 1), (0.15, 3)):
        settled: Floats = opinions
        for _ in range(60):
            settled = average_near(shapes.complete(400), settled, confidence)
        centres = np.unique(settled.round(4))
        assert len(centres) == clusters
        assert (np.diff(centres) > confidence).all()


def test_two_near_ones_and_a_far_one() -> None:
    row = np.array([[0.0, 0.1, 0.9]])
    chain = shapes.chain(3)
    assert average_near(chain, row, 0.2).tolist()[0] == pytest.approx([0.05, 0.05, 0.9])
    assert average_near(chain, row, 1.0) == pytest.approx(average(chain, row))
    assert average_near(chain, row, 0.0) == pytest.approx(row)


def test_deffuant_meets_only_the_near_and_goes_part_of_the_way() -> None:
    drafts = Drafts(np.array([[0, 1, 0]], dtype=np.int8), np.array([[0.5, 0.5]]), np.array([[0.2, 0.9, 0.4]]))
    assert drafts.opinions.tolist()[0] == pytest.approx([0.9, 0.45, 0.8])
    talk = talk_of("deffuant:confidence=0.2,step=0.25", drafts)
    talk.hear(shapes.chain(3, directed=True))
    assert talk.opinions.tolist()[0] == pytest.approx([0.9, 0.45, 0.8])
    talk = talk_of("deffuant:confidence=0.5,step=0.25", drafts)
    talk.hear(shapes.chain(3, directed=True))
    assert talk.opinions.tolist()[0] == pytest.approx([0.9, 0.5625, 0.7125])


def test_plurality_follows_the_most_and_keeps_ones_own_in_a_tie() -> None:
    answers = np.array([[0, 1, 1, 2, 0], [2, 2, 0, 1, 1]], dtype=np.int8)
    drafts = Drafts(answers, np.full((2, 3), 1 / 3), np.zeros((2, 5)))
    talk = talk_of("plurality", drafts)
    talk.hear(shapes.complete(5))
    assert talk.answers[0].tolist() == [0, 1, 1, talk.answers[0, 3], 0]
    assert talk.answers[0, 3] in (0, 1)
    stubborn = talk_of("plurality:inertia=1", drafts)
    stubborn.hear(shapes.complete(5))
    assert (stubborn.answers == answers).all()
    mute = Drafts(np.full((1, 5), -1, dtype=np.int8), np.array([[0.5, 0.5]]), np.zeros((1, 5)))
    silent = talk_of("plurality", mute)
    silent.hear(shapes.complete(5))
    assert (silent.answers == -1).all()


@pytest.mark.parametrize("network", [shapes.complete(12), shapes.ring(12), shapes.star(12)], ids=str)
def test_the_belief_in_the_right_answer_is_a_martingale(network: Network) -> None:
    drafts = drawn(Parameters(accuracy=0.4, correlation=0.1), 12, seed=4)(range(4000))
    talk = talk_of("belief", drafts)
    before = talk.opinions.mean(axis=1)
    for _ in range(4):
        talk.hear(network)
        now = talk.opinions.mean(axis=1)
        step = now - before
        assert abs(step.mean()) < 4 * step.std() / np.sqrt(len(step))
        before = now
    assert step.std() > 0.001


def test_belief_adds_what_is_heard() -> None:
    drafts = Drafts(np.array([[0, 0, 1]], dtype=np.int8), np.array([[0.6, 0.4]]), np.zeros((1, 3)))
    talk = talk_of("belief:strength=5,weight=2", drafts)
    assert talk.opinions.tolist()[0] == pytest.approx([0.6, 0.6, 0.6])
    talk.hear(shapes.complete(3))
    assert talk.opinions.tolist()[0] == pytest.approx([5 / 9, 5 / 9, 7 / 9])


def test_a_vote_over_many_drafts_beats_one_agent_and_talk_does_not_add_to_it() -> None:
    found = simulate("complete", agents=25, rounds=4, dynamics="belief", questions=600)
    assert found.rounds[0].vote.low > found.rounds[0].agents.high
    assert found.last.vote.mean < found.rounds[0].vote.high


def test_reactions_follow_their_table() -> None:
    drafts = drawn(Parameters(accuracy=0.5, correlation=0), 200, seed=5)(range(30))
    certain = Parameters(given_right=1, given_wrong=0, restless=0, rescue=0)
    maker = dynamics.resolve({"reactions": {"parameters": certain}})
    talk = maker(drafts, Draws(0, range(30), "talk"))
    talk.hear(shapes.ring(200, k=1))
    right = drafts.answers == 0
    both = np.roll(right, 1, axis=1) & np.roll(right, -1, axis=1)
    none = ~np.roll(right, 1, axis=1) & ~np.roll(right, -1, axis=1)
    assert (talk.answers[right] == 0).all()  # nobody is talked out of it
    assert (talk.answers[both] == 0).all()
    assert (talk.answers[none & ~right] == drafts.answers[none & ~right]).all()
    split = ~right & ~both & ~none
    assert (talk.answers[split] == 0).mean() == pytest.approx(0.5, abs=0.05)


def test_a_wrong_answer_is_adopted_from_those_heard() -> None:
    answers = np.array([[0, 3, 3, 3, 2, 2]], dtype=np.int8)
    drafts = Drafts(answers.repeat(2000, 0), np.full((2000, 4), 0.25), np.zeros((2000, 6)))
    gullible = Parameters(given_wrong=1.0, rescue=0.0, given_right=0.0, restless=0.0)
    talk = dynamics["reactions"](drafts, Draws(0, range(2000), "talk"), parameters=gullible)
    talk.hear(shapes.complete(6))
    first = talk.answers[:, 0]
    assert set(first.tolist()) == {2, 3}
    assert (first == 3).mean() == pytest.approx(0.6, abs=0.05)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("voter:inertia=2", "'inertia' of the dynamics 'voter' lies between 0 and 1, not 2"),
        ("bounded:confidence=-1", "'confidence' of the dynamics 'bounded' lies between 0 and 1"),
        ("belief:strength=0", "'strength' of the dynamics 'belief' is above 0"),
        ("vote", "Did you mean 'voter'"),
        ("voter:speed=1", "no option 'speed'"),
    ],
)
def test_bad_dynamics_are_refused_in_a_sentence(name: str, words: str) -> None:
    with pytest.raises(BadOption, match=words):
        simulate("ring", dynamics=name)


def test_every_dynamics_teaches() -> None:
    for name in dynamics:
        doc = dynamics[name].__doc__ or ""
        assert len(doc) > 150, label(dynamics[name])
