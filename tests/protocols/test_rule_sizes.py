"""Rules on many voters, many answers, and many elections at once."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate import registry
from quorate.errors import BadOption
from quorate.nouns import Ballot, Outcome
from quorate.protocols.voting import (
    bradley_terry,
    condorcet,
    copeland,
    instant_runoff,
    kemeny,
    minimax,
    plurality,
    plurality_many,
    ranked_pairs,
    schulze,
    schulze_many,
)
from quorate.protocols.voting.ranked_pairs import lock
from tests.protocols.conftest import bare, needing, ranked, scored

RULES = sorted(registry.rule)
PAIRED = [condorcet, copeland, minimax, schulze, ranked_pairs, kemeny, bradley_terry]
SHARES = {"majority", "supermajority", "unanimity"}
ALIKE = set(RULES) - SHARES - {"random_ballot", "private", "condorcet"}


# ----------------------------------------------------------------------------------------------------- sizes


def quick(rule: Any, ballots: list[Ballot]) -> Outcome:
    """Decide; a rule whose work explodes is stopped by the time that any test has."""
    outcome = rule(ballots)
    assert isinstance(outcome, Outcome)
    return outcome


MANY = 10_000


@pytest.mark.parametrize("name", RULES)
def test_ten_thousand_voters(name: str) -> None:
    needing(name)
    rng = random.Random(3)
    kinds = [tuple((a,) for a in order) for order in itertools.permutations("ABCDE")]
    ballots = [
        Ballot(seat="s", answer=tiers[0][0], confidence=0.5, ranking=tiers)
        for tiers in (rng.choice(kinds) for _ in range(MANY))
    ]
    assert quick(registry.rule[name], ballots).tally


@pytest.mark.parametrize("name", RULES)
def test_ten_thousand_answers(name: str) -> None:
    needing(name)
    names = tuple(str(number) for number in range(MANY))
    ballots = [
        Ballot(seat=str(seat), answer=str(seat), confidence=0.5, candidates=names) for seat in range(4)
    ]
    if name in {rule.__name__ for rule in PAIRED}:
        with pytest.raises(BadOption, match="at most 2,000 answers, and 10,000 were put to the vote"):
            registry.rule[name](ballots)
    else:
        assert quick(registry.rule[name], ballots).reason


@pytest.mark.parametrize("name", sorted(set(RULES) - {rule.__name__ for rule in PAIRED}))
def test_ten_thousand_voters_who_all_disagree(name: str) -> None:
    needing(name)
    outcome = quick(registry.rule[name], [Ballot(seat=str(seat), answer=str(seat)) for seat in range(MANY)])
    assert len(outcome.winners) == (MANY if name in ALIKE else 0 if name in SHARES else 1)


def test_a_runoff_leaves_out_all_who_cannot_recover_at_once() -> None:
    rng = random.Random(2)
    orders = [rng.sample(range(2000), 2000) for _ in range(3)] * 2 + [[*range(2000)]]
    ballots = [
        Ballot(seat="s", answer=None, ranking=tuple((str(answer),) for answer in order)) for order in orders
    ]
    outcome = quick(instant_runoff, ballots)
    assert set(outcome.winners) <= {str(order[0]) for order in orders}
    assert "only the first" not in outcome.reason


def test_large_cycles_are_refused_where_the_work_explodes() -> None:
    wheel = [tuple(str(place) for place in (*range(at, 70), *range(at))) for at in range(70)]
    ballots = [Ballot(seat="s", answer=None, ranking=tuple((a,) for a in order)) for order in wheel]
    with pytest.raises(BadOption, match="at most 64 answers, not 70"):
        ranked_pairs(ballots)
    with pytest.raises(BadOption, match="at most 16 answers in order, and 70"):
        kemeny(ballots)
    assert len(schulze(ballots).winners) == 70


def test_walks_through_parallel_universes_are_cut_and_say_so() -> None:
    wheel = [tuple(str(place) for place in (*range(at, 20), *range(at))) for at in range(20)]
    ballots = [Ballot(seat="s", answer=None, ranking=tuple((a,) for a in order)) for order in wheel]
    for rule in (ranked_pairs, instant_runoff):
        outcome = quick(rule, ballots)
        assert outcome.winners
        assert "only the first" in outcome.reason


def test_sixteen_answers_are_put_in_order() -> None:
    rng = random.Random(5)
    found = rng.sample(range(16), 16)
    rows = [" ".join("ABCDEFGHIJKLMNOP"[(place + at) % 16] for place in found) for at in (0, 5, 11)]
    assert quick(kemeny, ranked(*rows)).winners


def test_lock_without_ties_is_one_order() -> None:
    best, cut = lock(np.array([[0, 5, -1], [-5, 0, 3], [1, -3, 0]]))
    assert (best.tolist(), cut) == ([2, 1, 0], False)


# --------------------------------------------------------------------------------------------------- batches


@settings(max_examples=50)
@given(rows=st.lists(st.lists(st.integers(-1, 3), min_size=4, max_size=4), min_size=1, max_size=5))
def test_plurality_of_many_is_plurality_of_each(rows: list[list[int]]) -> None:
    winners = plurality_many(np.array(rows), answers=4)
    for row, mask in zip(rows, winners, strict=True):
        one = plurality(bare("".join("-" if vote < 0 else str(vote) for vote in row)))
        assert one.winners == tuple(str(index) for index in np.flatnonzero(mask))


@settings(max_examples=50)
@given(
    st.lists(
        st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=3, max_size=3), max_size=4
    )
)
def test_schulze_of_many_is_schulze_of_each(elections: list[list[list[int]]]) -> None:
    winners = schulze_many(np.array(elections, dtype=int).reshape(-1, 3, 4))
    for election, mask in zip(elections, winners, strict=True):
        ballots = scored(
            *(dict(zip("ABCD", (-float(place) for place in row), strict=True)) for row in election)
        )
        assert schulze(ballots).winners == tuple("ABCD"[index] for index in np.flatnonzero(mask))


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: plurality_many(np.zeros((2, 2))), "whole numbers"),
        (lambda: plurality_many(np.array([[3]]), answers=2), "from 0 to 1, or -1; got 3 to 3"),
        (lambda: schulze_many(np.zeros((2, 2), dtype=int)), "shape"),
    ],
)
def test_batches_that_are_none_are_refused(call: Any, complaint: str) -> None:
    with pytest.raises(BadOption, match=complaint):
        call()
