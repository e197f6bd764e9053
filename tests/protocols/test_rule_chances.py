"""Opinion pools, lots, and private votes."""

from __future__ import annotations

import math
import random
import sys

import pytest

from quorate.errors import BadOption
from quorate.protocols import vote
from quorate.protocols.voting import (
    epsilon,
    linear_pool,
    log_pool,
    private,
    random_ballot,
)
from tests.protocols.conftest import bare, played, scored

# ----------------------------------------------------------------------------------------------- pools, lots


def test_pools_read_log_likelihoods_or_probabilities() -> None:
    logs = scored({"A": -1.0, "B": -3.0}, {"A": -120.0, "B": -119.0})
    shares = [1 / (1 + math.exp(-2)), 1 / (1 + math.exp(1))]
    assert linear_pool(logs).tally["A"] == pytest.approx(sum(shares) / 2)
    assert log_pool(logs).tally["A"] == pytest.approx(1 / (1 + math.exp(-0.5)))
    assert linear_pool(scored({"A": 3, "B": 1}), scores="probability").tally == pytest.approx(
        {"A": 0.75, "B": 0.25}
    )
    with pytest.raises(BadOption, match="not negative and not all zero"):
        linear_pool(scored({"A": -1.0, "B": 2.0}), scores="probability")


def test_a_ballot_without_scores_spreads_what_it_is_not_sure_of() -> None:
    (ballot,) = bare("A", confidence=0.8, candidates=("A", "B", "C"))
    assert linear_pool([ballot]).tally == pytest.approx({"A": 0.8, "B": 0.1, "C": 0.1})


def test_nobody_has_a_veto_in_a_logarithmic_pool() -> None:
    assert log_pool(bare("AAB")).winners == ("A",)


def test_the_chances_of_a_random_ballot_are_its_votes() -> None:
    rng = random.Random(7)
    drawn = [random_ballot(bare("5565"), rng=rng).winners[0] for _ in range(400)]
    assert 250 < drawn.count("5") < 350


def test_lots_are_drawn_anew_for_every_question_and_again_the_same() -> None:
    def answers() -> list[str | None]:
        return [played(vote, "random_ballot", "5666", f"{n}?").answer for n in range(40)]

    assert answers() == answers()
    assert {*answers()} == {"5", "6"}


# --------------------------------------------------------------------------------------------------- private


def test_the_epsilon_of_a_private_vote_is_the_accountants() -> None:
    pytest.importorskip("dp_accounting")
    # Gaussian noise gives (alpha, alpha / sigma^2) Renyi privacy; by the plainest conversion its epsilon is
    # 1/sigma^2 + 2 sqrt(log(1/delta)) / sigma.
    loose = 1 / 40**2 + 2 * math.sqrt(math.log(1e5)) / 40
    assert 0.7 * loose < epsilon("gaussian", 40.0) < loose
    assert epsilon("laplace", 20.0) == pytest.approx(0.1)
    assert epsilon("gaussian", 40.0, questions=286) > 5 * epsilon("gaussian", 40.0)


def test_a_private_vote_tells_noisy_counts_and_its_honest_epsilon() -> None:
    pytest.importorskip("dp_accounting")
    ballots = bare("AAAAB-", candidates=("A", "B", "C"))
    outcome = private(ballots, scale=2.0, rng=random.Random(1))
    assert set(outcome.tally) == {"A", "B", "C"}
    assert all(value != round(value) for value in outcome.tally.values())
    assert outcome.reason.startswith("noisy maximum, Gaussian noise of 2 on 6 seats; epsilon ")
    assert "leaves open" not in outcome.reason
    assert "leaves open what was answered at all" in private(bare("AAB"), noise="laplace").reason
    assert private(ballots, scale=1e-9, rng=random.Random(1)).winners == ("A",)


def test_without_an_accountant_a_private_vote_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dp_accounting", None)
    epsilon.cache_clear()
    with pytest.raises(BadOption, match=r"needs an accountant .*: pip install dp-accounting"):
        private(bare("AAB"))
