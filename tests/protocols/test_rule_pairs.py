"""Rules over pairs of answers: beside what a walk through all orders finds, and where cycles are."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.protocols.voting import (
    Profile,
    borda,
    bradley_terry,
    condorcet,
    copeland,
    instant_runoff,
    kemeny,
    margins_of,
    minimax,
    pairwise,
    ranked_pairs,
    schulze,
    smith_set,
)
from quorate.protocols.voting.bradley_terry import log_strengths, undominated
from quorate.protocols.voting.pairs import majority_cycle, widest_paths
from tests.protocols.conftest import ranked

PAIRED = [condorcet, copeland, minimax, schulze, ranked_pairs, kemeny, bradley_terry]


@st.composite
def rows_of(draw: st.DrawFn, most: int = 4) -> list[str]:
    size = draw(st.integers(2, most))
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        order = draw(st.permutations("ABCD"[:size]))[: draw(st.integers(1, size))]
        rows.append("".join(name + draw(st.sampled_from(["", " "])) for name in order))
    return rows


@settings(max_examples=100)
@given(rows=rows_of())
def test_kemeny_is_the_best_of_all_orders(rows: list[str]) -> None:
    profile = Profile.of(ranked(*rows))
    found = pairwise(profile)
    scores: dict[int, float] = {}
    for order in itertools.permutations(range(len(found))):
        agreement = sum(found[a, b] for a, b in itertools.combinations(order, 2))
        scores[order[0]] = max(scores.get(order[0], 0.0), agreement)
    best = max(scores.values())
    assert set(kemeny(ranked(*rows)).winners) == {
        profile.answers[top] for top in scores if scores[top] == best
    }


@settings(max_examples=100)
@given(rows=rows_of(3))
def test_ranked_pairs_follows_every_order_of_equal_majorities(rows: list[str]) -> None:
    profile = Profile.of(ranked(*rows))
    found, size = margins_of(profile), len(profile.answers)
    pairs = [(a, b) for a, b in itertools.permutations(range(size), 2) if found[a, b] >= 0]
    winners = set()
    for order in itertools.permutations(pairs):
        if [found[pair] for pair in order] == sorted((found[pair] for pair in order), reverse=True):
            locked: set[tuple[int, int]] = set()
            for a, b in order:
                if (b, a) not in locked:
                    above = {a, *(x for x, y in locked if y == a)}
                    locked |= {(x, y) for x in above for y in {b, *(y for x, y in locked if x == b)}}
            winners |= {x for x in range(size) if not any(y == x for _, y in locked)}
    assert set(ranked_pairs(ranked(*rows)).winners) == {profile.answers[index] for index in winners}


@settings(max_examples=100)
@given(rows=rows_of(), split=st.booleans())
def test_instant_runoff_follows_every_way_of_leaving_out_the_last(rows: list[str], split: bool) -> None:
    ballots = [tuple(row.split()) for row in rows]

    def winners(left: frozenset[str]) -> set[str]:
        if len(left) == 1:
            return set(left)
        votes = dict.fromkeys(left, 0.0)
        for tiers in ballots:
            top = next((alive for tier in tiers if (alive := left & set(tier))), frozenset[str]())
            for name in top:
                votes[name] += 1 / len(top) if split else 1
        fewest = min(votes.values())
        last = [name for name in left if votes[name] < fewest + 1e-9]
        return set().union(*(winners(left - {name}) for name in last))

    names = frozenset("".join(rows).replace(" ", ""))
    found = instant_runoff(ranked(*rows), ties="split" if split else "approval")
    assert set(found.winners) == winners(names)


@settings(max_examples=60)
@given(rows=st.lists(st.permutations("ABCD"), min_size=2, max_size=6))
def test_on_whole_rankings_bradley_terry_is_borda(rows: list[Sequence[str]]) -> None:
    ballots = ranked(*(" ".join(row) for row in rows))
    wins = pairwise(Profile.of(ballots))
    if len(undominated(wins)[0]) == 4:
        assert bradley_terry(ballots).winners == borda(ballots).winners


def test_bradley_terry_strengths_satisfy_the_likelihood_equations() -> None:
    wins = np.array([[0, 3, 5], [1, 0, 4], [2, 1, 0]], dtype=float)
    strength = np.exp(log_strengths(wins))
    expected = ((wins + wins.T) * strength[:, None] / (strength[:, None] + strength[None, :])).sum(axis=1)
    assert expected - np.diag(wins) == pytest.approx(wins.sum(axis=1))


def test_bradley_terry_where_somebody_never_loses() -> None:
    assert bradley_terry(ranked("A B C", "A C B")).tally == {"A": 1.0, "B": 0.0, "C": 0.0}
    assert bradley_terry(ranked("A B", "C D")).winners == ("A", "C")


def test_condorcet_names_the_cycle() -> None:
    outcome = condorcet(ranked("A B C D", "B C A D", "C A B D"))
    assert (outcome.winners, outcome.tally) == ((), {"A": 2.0, "B": 2.0, "C": 2.0, "D": 0.0})
    assert outcome.reason == "no Condorcet winner: A beats B beats C beats A"
    assert condorcet(ranked("A B", "B A")).reason == "no Condorcet winner: the best beats 0 of 1"


@settings(max_examples=100)
@given(rows=rows_of())
def test_a_cycle_is_one(rows: list[str]) -> None:
    found = margins_of(Profile.of(ranked(*rows)))
    cycle = majority_cycle(found)
    assert all(found[a, b] > 0 for a, b in zip(cycle, [*cycle[1:], *cycle[:1]], strict=True))
    reach = widest_paths(np.maximum(found, 0)) > 0
    in_cycles = [index for index in smith_set(found) if reach[index, index]]
    assert bool(cycle) == bool(in_cycles)


def test_minimax_measures_defeats_in_three_ways() -> None:
    rows = ranked("A BC", "BC A", "BC A", "B C A")
    assert minimax(rows).tally == {"A": -2.0, "B": 2.0 * 0, "C": -1.0}
    assert minimax(rows, strength="winning").tally == {"A": -3.0, "B": 0.0, "C": -1.0}
    assert minimax(rows, strength="opposition").tally == {"A": -3.0, "B": -1.0, "C": -1.0}


def test_fractions_of_votes_make_equal_majorities() -> None:
    rows = [
        ballot.model_copy(update={"weight": weight})
        for ballot, weight in zip(ranked("A B", "A B", "B A"), (0.1, 0.2, 0.3), strict=True)
    ]
    for rule in PAIRED:
        if rule is not condorcet:
            assert rule(rows).winners == ("A", "B"), rule.__name__
    assert condorcet(rows).winners == ()
