"""Rules by confidence: no seat counts more than what it is sure of."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quorate.nouns import Ballot
from quorate.protocols import confidence_weighted, most_confident

ballots = st.lists(
    st.builds(
        Ballot,
        seat=st.just("s"),
        answer=st.sampled_from([None, "1", "2", "3"]),
        confidence=st.none() | st.floats(0, 1),
    ),
    max_size=7,
)


@given(ballots=ballots, order=st.randoms(use_true_random=False))
def test_rules_by_confidence_treat_seats_alike(ballots: list[Ballot], order: Any) -> None:
    shuffled = list(ballots)
    order.shuffle(shuffled)
    for rule in (most_confident, confidence_weighted):
        outcome, again = rule(ballots), rule(shuffled)
        assert (outcome.winners, outcome.tally, outcome.invalid) == (
            again.winners,
            again.tally,
            again.invalid,
        )
        assert bool(outcome.winners) == any(ballot.answer for ballot in ballots)


def test_unsure_ballots_count_nothing_beside_sure_ones() -> None:
    cast = [
        Ballot(seat=s, answer=a, confidence=c)
        for s, a, c in (("a", "5", None), ("b", "5", None), ("c", "6", 0.1))
    ]
    assert most_confident(cast).winners == ("6",)
    assert most_confident(cast).tally == {"5": 0.0, "6": 0.1}
    assert confidence_weighted(cast).winners == ("6",)
    assert confidence_weighted(cast[:2]).reason == "nobody said how sure it is; plurality, 2 of 2 votes"
