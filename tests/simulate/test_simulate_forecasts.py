"""Forecasts: costs by the formulas, the same whatever the batch, and findings that say what happened."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import quorate.topologies as topologies
from quorate.errors import BadGraph, BadOption, UnknownName
from quorate.simulate import Forecast, Outlook, Parameters, cost_of_round, plan, simulate, simulating
from quorate.simulate.telling import sections, sparkline


def names(size: int) -> list[str]:
    return [str(place) for place in range(size)]


@pytest.mark.parametrize(
    "name", ["ring", "complete", "star", "grid", "layered", "two_cliques", "random_regular"]
)
@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_tokens_are_those_of_the_measures(name: str, rounds: int) -> None:
    known = Parameters(question_tokens=130, reply_tokens=210)
    found = simulate(name, agents=12, rounds=rounds, parameters=known, questions=2)
    graph = topologies.build(name, names(12))
    assert not callable(graph)
    expected = topologies.expected_input_tokens(graph, question_tokens=130, reply_tokens=210, rounds=rounds)
    assert found.tokens_in == pytest.approx(expected)
    assert found.tokens_out == 12 * rounds * 210
    assert found.messages == (rounds - 1) * topologies.messages_per_round(graph)


def test_a_transcript_that_is_kept_grows_as_the_square_of_the_rounds() -> None:
    n, q, r, rounds = 5, 100, 200, 4  # Du et al.: n [R q + (n r + q) R (R-1) / 2]
    known = Parameters(question_tokens=q, reply_tokens=r)
    found = simulate("complete", agents=n, rounds=rounds, parameters=known, questions=1, memory="whole")
    assert found.tokens_in == n * (rounds * q + (n * r + q) * rounds * (rounds - 1) / 2)


def test_another_instruction_to_revise_takes_the_place_of_the_question() -> None:
    later = cost_of_round(1, 4, 8, question_tokens=50, reply_tokens=10, revise_tokens=70)
    assert later.tokens_in == 4 * 70 + 10 * (4 + 8)


def test_seeds_reproduce_and_topologies_share_their_first_drafts() -> None:
    options: dict[str, Any] = {"agents": 9, "rounds": 4, "questions": 30, "dynamics": "voter"}
    assert simulate("ring", seed=3, **options) == simulate("ring", seed=3, **options)
    assert simulate("ring", seed=3, **options) != simulate("ring", seed=4, **options)
    ring, full = (simulate(name, seed=3, **options) for name in ("ring", "complete"))
    assert ring.rounds[0].agents == full.rounds[0].agents
    assert ring.last != full.last


@pytest.mark.parametrize(
    "name", ["degroot", "voter", "plurality", "bounded", "deffuant", "belief", "reactions"]
)
def test_the_batch_changes_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options: dict[str, Any] = {"agents": 10, "rounds": 4, "questions": 13, "dynamics": name}
    whole = simulate("small_world:k=4", **options)
    monkeypatch.setattr(simulating, "AT_ONCE", 70)
    assert simulate("small_world:k=4", **options) == whole


def test_talk_that_ends_with_unanimity_costs_less_and_comes_out_alike() -> None:
    options: dict[str, Any] = {"agents": 5, "rounds": 5, "questions": 300, "dynamics": "plurality"}
    never = simulate("complete", **options)
    ends = simulate("complete", until="unanimous", **options)
    assert ends.tokens_in < never.tokens_in
    assert ends.rounds[0].open == ends.rounds[1].open + never.rounds[0].unanimous
    assert [held.open for held in ends.rounds] == sorted((held.open for held in ends.rounds), reverse=True)
    assert ends.last.vote == never.last.vote  # the plurality rule does not leave unanimity


def test_drafts_are_as_good_and_as_correlated_as_asked() -> None:
    known = Parameters(accuracy=0.7, correlation=0.3, wrong_answers=4, same_wrong=0.5, silent=0.2)
    options: dict[str, Any] = {"agents": 2, "rounds": 1, "questions": 8_000, "dynamics": "voter"}
    found = simulate("isolated", parameters=known, **options)
    first = found.rounds[0]
    assert first.agents.mean == pytest.approx(0.7, abs=0.015)
    right_pairs = 0.7**2 + 0.3 * 0.7 * 0.3
    # Two agree when both are right, or both give the same wrong answer.
    wrong_pairs = (0.3 - (0.7 - right_pairs)) * 0.8**2 * 0.5
    assert first.unanimous == pytest.approx(right_pairs + wrong_pairs, abs=0.015)


def test_perfect_and_hopeless_agents() -> None:
    for accuracy in (0.0, 1.0):
        found = simulate("ring", rounds=2, questions=5, parameters=Parameters(accuracy=accuracy))
        assert found.last.agents.mean == accuracy


def test_one_agent_has_nobody_to_agree_with() -> None:
    found = simulate("ring", agents=1, rounds=2, questions=3)
    assert found.rounds_needed == 0
    assert found.edges == 0


def test_a_big_ring_stalls_and_says_why() -> None:
    found = plan(["ring", "random_regular:degree=4", "complete"], agents=40_000, rounds=25, questions=3)
    ring, regular, full = found.forecasts
    assert (ring.agrees, regular.agrees, full.agrees) == (False, True, True)
    assert full.rounds_taken == 1
    stalls = found.findings[0]
    assert stalls.startswith("ring does not agree within 25 rounds")
    assert "Its spectral gap is 8.2e-09, so that averaging takes about 5.6e8 rounds from the worst" in stalls
    assert "word from one agent has reached 49 of 40,000" in stalls
    wins = [finding for finding in found.findings if finding.startswith("Sparse wins")]
    assert len(wins) == 1
    assert "random_regular:degree=4 reads 0.014 % of the tokens of complete" in wins[0]
    assert "but does not agree as that does" in found.findings[1]


def test_a_graph_in_parts_is_named_as_such() -> None:
    found = plan(["random_regular"], agents=5000, rounds=4, questions=1)
    assert "parts that never hear of each other; degree=3 or more keeps it in one" in found.findings[0]


def test_what_holds_opinions_apart_is_named() -> None:
    found = plan(["complete"], agents=50, rounds=6, questions=10, dynamics="bounded:confidence=0.1")
    assert "opinions farther apart than the confidence do not meet" in found.findings[0]


def test_sparse_that_loses_is_not_sold_as_a_win() -> None:
    found = plan(["ring", "complete"], agents=101, rounds=3, questions=300)
    assert not any(finding.startswith("Sparse wins") for finding in found.findings)
    assert any("but does not agree as that does" in finding for finding in found.findings)
    able = Parameters(accuracy=0.8, correlation=0.0)
    options: dict[str, Any] = {"dynamics": "reactions", "parameters": able}
    lost = plan(["ring", "complete"], agents=21, rounds=2, questions=300, **options)
    assert any("and is below it" in finding for finding in lost.findings)
    one = plan(["ring", "complete"], agents=21, rounds=3, questions=1)
    assert any("not to be told from one question" in finding for finding in one.findings)


def test_changing_graphs_are_followed_turn_by_turn() -> None:
    found = simulate({"per_round": {"rounds": ["complete", "isolated"]}}, agents=6, rounds=4, questions=2)
    assert [held.messages for held in found.rounds] == [0, 30, 0, 0]
    assert found.gap is None


def test_outlooks_are_told_and_saved() -> None:
    found = plan(["ring", "layered"], agents=600, rounds=3, questions=4)
    again = Outlook.model_validate_json(found.model_dump_json())
    assert again == found
    text = str(found)
    assert "messages a round" in text
    assert "What it says" in text
    assert "?" in text  # nobody knows the gap of layers of which the first hears nobody
    detailed = "\n".join(map(str, sections(found, detail=True)))
    assert "tokens written" in detailed
    assert "agreement %" in str(found.forecasts[0])
    assert Forecast.model_validate_json(found.forecasts[0].model_dump_json()) == found.forecasts[0]


def test_progress_is_told_to_its_end() -> None:
    told: list[tuple[int, int]] = []
    plan(["ring", "complete"], agents=6, rounds=3, questions=4, progress=lambda *far: told.append(far))
    assert told[-1] == (24, 24)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_line_of_blocks_shortens_many_rounds() -> None:
    assert sparkline(np.linspace(0, 1, 8)) == "▁▂▃▄▅▆▇█"
    assert len(sparkline(np.linspace(0, 1, 500))) == 24


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rounds": 0}, "A debate has 1 to 10,000 rounds"),
        ({"rounds": 2.5}, "A debate has 1 to 10,000 rounds"),
        ({"questions": 0}, "at least 1 question"),
        ({"tolerance": 1.0}, "The tolerance lies between"),
        ({"until": "bored"}, "once 'unanimous'"),
        ({"memory": "none"}, "The memory is 'last'"),
        ({"agents": 0}, "Simulate 1 to"),
    ],
)
def test_impossible_options_are_refused_in_a_sentence(options: dict[str, Any], words: str) -> None:
    with pytest.raises(BadOption, match=words):
        simulate("ring", **options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"accuracy": 1.2}, "'accuracy' lies between 0 and 1"),
        ({"correlation": 1.0}, "'correlation' lies between 0 and 0.999"),
        ({"wrong_answers": 0}, "'wrong_answers' lies between 1 and 20"),
        ({"wrong_answers": 2, "same_wrong": 0.3}, "at least 0.5, not 0.3"),
        ({"reply_tokens": -1}, "'reply_tokens'"),
        ({"revise_tokens": -1}, "'revise_tokens'"),
        ({"reactions": [[1.0]]}, "is 3 by 6 by 5"),
        ({"reactions": "often"}, "is 3 by 6 by 5"),
    ],
)
def test_impossible_parameters_are_refused_in_a_sentence(options: dict[str, Any], words: str) -> None:
    with pytest.raises(BadOption, match=words):
        Parameters(**options)


def test_no_topology_is_refused() -> None:
    nothings: tuple[Any, ...] = ([], "ring")
    for nothing in nothings:
        with pytest.raises(BadOption, match="Give a list of at least one topology"):
            plan(nothing)
    with pytest.raises(UnknownName):
        plan(["rong"])
    with pytest.raises(BadGraph):
        plan(["ring:k=3"], agents=5)


def test_the_shares_of_wrong_answers_meet_twice_as_often_as_asked() -> None:
    for count, same in ((1, 1.0), (3, 1 / 3), (3, 0.5), (10, 0.2), (20, 0.9)):
        shares = Parameters(wrong_answers=count, same_wrong=same).wrong_shares
        assert shares.sum() == pytest.approx(1)
        assert (shares**2).sum() == pytest.approx(same)
