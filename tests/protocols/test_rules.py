"""Rules on any ballots: how they read those that say less, what they refuse, what they elect."""

from __future__ import annotations

import math
import random
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate import registry
from quorate.errors import BadOption
from quorate.nouns import Ballot, Question, Table
from quorate.protocols import debate, vote
from quorate.protocols.voting import (
    approval,
    borda,
    confidence_weighted,
    cumulative,
    instant_runoff,
    inverse_entropy,
    linear_pool,
    majority,
    majority_judgement,
    minimax,
    plurality,
    private,
    range_,
    resolve_decision,
    schulze,
    seat_order,
    supermajority,
    unanimity,
    weighted_plurality,
)
from tests.protocols.conftest import bare, needing, played, ranked, scored

RULES = sorted(registry.rule)
SHARES = {"majority", "supermajority", "unanimity"}
ALIKE = set(RULES) - SHARES - {"random_ballot", "private", "condorcet"}


# ------------------------------------------------------------------------------------------- any rule at all


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("ballots", [[], bare("---")])
def test_without_a_vote_nobody_wins(name: str, ballots: list[Ballot]) -> None:
    needing(name)
    outcome = registry.rule[name](ballots)
    assert (outcome.winners, outcome.answer) == ((), None)
    assert outcome.reason
    if name != "private":  # which tells nobody how many abstained
        assert outcome.invalid == len(ballots)


@pytest.mark.parametrize("name", RULES)
def test_one_answer_wins_alone(name: str) -> None:
    needing(name)
    outcome = registry.rule[name](bare("55-5"))
    assert outcome.winners == ("5",)
    assert set(outcome.tally) == {"5"}


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=25)
@given(answers=st.text("567-", max_size=7))
def test_winners_are_among_the_tally_and_a_reason_is_given(name: str, answers: str) -> None:
    needing(name)
    outcome = registry.rule[name](bare(answers))
    assert set(outcome.winners) <= set(outcome.tally)
    assert outcome.reason
    assert all(math.isfinite(value) for value in outcome.tally.values())


@pytest.mark.parametrize("name", sorted(ALIKE))
@settings(max_examples=25)
@given(answers=st.text("567", min_size=1, max_size=7))
def test_on_bare_answers_every_rule_is_plurality(name: str, answers: str) -> None:
    assert registry.rule[name](bare(answers)).winners == plurality(bare(answers)).winners


@pytest.mark.parametrize("name", RULES)
def test_a_rule_decides_a_debate_and_a_vote(name: str) -> None:
    needing(name)
    for protocol in (vote, partial(debate, rounds=2, until="never")):
        outcome = played(protocol, name, "565")
        assert outcome.answer in (("5", "6") if name in ("private", "random_ballot") else ("5", None))


# --------------------------------------------------------------------------------------------------- ballots


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"confidence": 1.1}, r"ballot of 'ada' has a confidence of 1\.1; it lies between 0 and 1"),
        ({"confidence": -0.1}, "between 0 and 1"),
        ({"confidence": math.nan}, "between 0 and 1"),
        ({"weight": -1.0}, "weighs -1; a weight is finite and not negative"),
        ({"weight": math.inf}, "weighs inf"),
        ({"weight": math.nan}, "weighs nan"),
        ({"scores": {"5": math.nan}}, "scores '5' with nan; a score is a finite number"),
        ({"ranking": (("5",), ("6", "5"))}, "ranks '5' twice"),
        ({"approved": ("6", "6")}, "approves of '6' twice"),
        ({"candidates": ("6", "6")}, "may choose '6' twice"),
        (
            {"ranking": (("555",),), "candidates": ("5", "55")},
            r"names '555'.* not put to the vote\. Did you mean",
        ),
        ({"approved": ("7",), "candidates": ("5", "6")}, r"names '7'.* Known: 5, 6\."),
        ({"scores": {"7": 1.0}, "candidates": ("5", "6")}, "names '7'"),
        ({"candidates": ("6", "7")}, "names '5'"),
    ],
)
def test_an_impossible_ballot_is_refused(fields: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadOption, match=complaint):
        Ballot(**{"seat": "ada", "answer": "5", **fields})


def test_a_full_ballot_survives_json() -> None:
    ballot = Ballot(
        seat="ada", answer="5", ranking=(("5", "6"), ("7",)), approved=("5",), scores={"5": 1.5}, weight=0.5,
        candidates=("5", "6", "7"),
    )  # fmt: skip
    assert Ballot.model_validate_json(ballot.model_dump_json()) == ballot


def test_answers_that_nobody_names_count_when_they_were_put_to_the_vote() -> None:
    assert borda(bare("5", candidates=("5", "6", "7"))).tally == {"5": 2.0, "6": 0.5, "7": 0.5}


def test_scores_and_approvals_are_rankings_too() -> None:
    assert borda(scored({"5": 3, "6": 9, "7": 3})).tally == {"5": 0.5, "6": 2.0, "7": 0.5}
    approving = [Ballot(seat="a", answer=None, approved=("5", "6"), candidates=("5", "6", "7"))]
    assert borda(approving).tally == {"5": 1.5, "6": 1.5, "7": 0.0}
    assert approval(ranked("AB C")).tally == {"A": 1.0, "B": 1.0, "C": 0.0}
    assert plurality(ranked("A B", "B A", "AB")).tally == {"A": 1.0, "B": 1.0}


# ---------------------------------------------------------------------------------------------------- shares


@pytest.mark.parametrize("threshold", [0.5, 0.0, 1.01, -1.0, math.nan])
def test_a_threshold_that_two_could_reach_is_refused(threshold: float) -> None:
    for decide in ({"supermajority": {"threshold": threshold}}, partial(supermajority, threshold=threshold)):
        with pytest.raises(BadOption, match=r"above 0\.5 and goes up to 1"):
            next(vote(Question(text="2+3?"), Table(["ada"]), decide=decide))


@pytest.mark.parametrize(
    ("answers", "threshold", "winners"),
    [
        ("556", 2 / 3, ("5",)),
        ("556", 0.67, ()),
        ("5" * 67 + "6" * 33, 0.67, ("5",)),
        ("5" * 66 + "6" * 34, 0.67, ()),
        ("555", 1.0, ("5",)),
        ("5-", 1.0, ("5",)),
        ("56", 0.51, ()),
    ],
)
def test_a_supermajority(answers: str, threshold: float, winners: tuple[str, ...]) -> None:
    assert supermajority(bare(answers), threshold=threshold).winners == winners


def test_shares_are_of_the_votes_or_of_the_seats() -> None:
    assert majority(bare("55---")).winners == ("5",)
    assert majority(bare("55---"), of="seats").winners == ()
    assert majority(bare("55---"), of="seats").reason == "no majority: 2 of 5 seats, 3 needed"
    assert unanimity(bare("55-")).winners == ("5",)
    assert unanimity(bare("556")).reason == "no unanimity: 2 of 3 votes, 3 needed"


def test_no_decision_is_an_outcome_of_a_debate() -> None:
    outcome = played(vote, {"supermajority": {"threshold": 0.67}}, "5566")
    assert (outcome.answer, outcome.winners, outcome.tie_break) == (None, (), None)
    assert outcome.reason == "voted without debate; no supermajority of 67%: 2 of 4 votes, 3 needed"


# -------------------------------------------------------------------------------------------- sure and heavy


def test_weights_decide() -> None:
    heavy = [
        ballot.model_copy(update={"weight": w})
        for ballot, w in zip(bare("556"), (0.1, 0.2, 0.3), strict=True)
    ]
    assert weighted_plurality(heavy).winners == ("5", "6")
    assert plurality(heavy).winners == ("5",)
    assert weighted_plurality([b.model_copy(update={"weight": 0.0}) for b in heavy]).winners == ("5", "6")


def test_reconcile_counts_confidence_in_steps() -> None:
    sure = [
        b.model_copy(update={"confidence": c})
        for b, c in zip(bare("5566"), (0.7, 0.7, 1.0, 0.5), strict=True)
    ]
    assert confidence_weighted(sure).winners == ("6",)
    assert confidence_weighted(sure, steps="reconcile").tally == pytest.approx({"5": 0.6, "6": 1.1})


def test_entropy_is_of_the_scores_where_there_are_some() -> None:
    flat = Ballot(seat="a", answer="5", scores={"5": 0.0, "6": 0.0})
    sharp = Ballot(seat="b", answer="6", confidence=0.9)
    tally = inverse_entropy([flat, sharp]).tally
    assert tally == pytest.approx({"5": 1 / math.log(2), "6": -1 / math.log(0.9)})
    certain = Ballot(seat="c", answer="7", confidence=1.0)
    assert inverse_entropy([certain], floor=0.5).tally == {"7": 2.0}


# ----------------------------------------------------------------------------------------- points and scores


def test_borda_treats_ties_in_three_ways() -> None:
    rows = ranked("A BC D")
    assert borda(rows).tally == {"A": 3, "B": 1.5, "C": 1.5, "D": 0}
    assert borda(rows, ties="dominated").tally == {"A": 3, "B": 1, "C": 1, "D": 0}
    assert borda(rows, ties="undominated").tally == {"A": 3, "B": 2, "C": 2, "D": 0}


def test_cumulative_points_are_limited() -> None:
    assert cumulative(scored({"A": 30, "B": 10}, {"B": 4})).tally == {"A": 7.5, "B": 6.5}
    assert cumulative(scored({"A": 30, "B": 10}), points=25).tally == {"A": 18.75, "B": 6.25}
    with pytest.raises(BadOption, match="negative points"):
        cumulative(scored({"A": -1, "B": 5}))


def test_a_bare_answer_is_worth_the_highest_score() -> None:
    assert range_([*scored({"A": 3, "B": 5}), *bare("A")]).tally == {"A": 8.0, "B": 5.0}
    assert range_(bare("AAB")).tally == {"A": 2.0, "B": 1.0}
    assert range_(scored({"A": 3}, {"B": 1}), unscored=2.5).tally == {"A": 5.5, "B": 3.5}


grades = st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=7)


@settings(max_examples=150)
@given(rows=grades)
def test_majority_judgement_takes_medians_off_until_they_differ(rows: list[list[int]]) -> None:
    def value(place: int) -> list[int]:
        left, taken = sorted(row[place] for row in rows), []
        while left:
            taken.append(left.pop((len(left) - 1) // 2))
        return taken

    values = {name: value(place) for place, name in enumerate("ABC")}
    best = max(values.values())
    ballots = scored(*(dict(zip("ABC", map(float, row), strict=True)) for row in rows))
    assert majority_judgement(ballots).winners == tuple(name for name in "ABC" if values[name] == best)


# -------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("rule", "options", "complaint"),
    [
        (majority, {"of": "vote"}, "Did you mean 'votes'"),
        (borda, {"ties": "averag"}, "Did you mean 'average'"),
        (cumulative, {"points": 0}, "positive number of points"),
        (confidence_weighted, {"steps": "lin"}, "no steps 'lin'"),
        (inverse_entropy, {"floor": 0.0}, "positive number of nats"),
        (minimax, {"strength": "margin"}, "Did you mean 'margins'"),
        (schulze, {"strength": "wins"}, "no strength 'wins'"),
        (instant_runoff, {"ties": "share"}, "no way 'share'"),
        (range_, {"unscored": math.nan}, "finite number"),
        (majority_judgement, {"by": "values"}, "Did you mean 'value'"),
        (linear_pool, {"scores": "logs"}, "no scale 'logs'"),
        (private, {"noise": "normal"}, "no noise 'normal'"),
        (private, {"scale": -1.0}, "positive number of votes"),
        (private, {"delta": 0.0}, "delta lies between"),
        (private, {"questions": 0}, "1 question or more"),
    ],
)
def test_impossible_options_are_refused_before_anybody_votes(
    rule: Any, options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(BadOption, match=complaint):
        rule([], **options)
    with pytest.raises(BadOption, match=complaint):
        resolve_decision({registry.label(rule): options})


# ------------------------------------------------------------------------------------------------------ ties


def test_seats_choose_in_their_order_by_their_whole_rankings() -> None:
    rng = random.Random(0)
    assert seat_order(["A", "B", "C"], ranked("D AB C", "C B A"), rng) == "B"
    assert seat_order(["A", "B"], ranked("D", "AB"), rng) is None
