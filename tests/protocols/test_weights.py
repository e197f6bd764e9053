"""Weights: log-odds by hand, learning from agreement against brute force, files that are refused."""

from __future__ import annotations

import itertools
import json
import math
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadOption
from quorate.protocols.sheets import Sheet, oracle, shares_right, vote_share, winners
from quorate.protocols.weights import (
    Weights,
    cross_validated,
    dawid_skene,
    effective_alternatives,
    log_odds,
    naive_log_odds,
    one_coin,
    read_weights,
)

AGENTS = ("ada", "bo", "cy")
cells = st.sampled_from(["A", "B", "C", None])
tables = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8)


def simulated(accuracies: list[float], options: int, size: int, seed: int = 0) -> Sheet:
    """Draw agents that err independently and evenly over the other options."""
    rng = np.random.default_rng(seed)
    gold = rng.integers(0, options, size)
    said = [
        np.where(rng.random(size) < p, gold, (gold + rng.integers(1, options, size)) % options)
        for p in accuracies
    ]
    names = tuple(f"agent {number}" for number in range(len(accuracies)))
    rows = tuple(tuple(map(str, row)) for row in np.array(said).T.tolist())
    return Sheet(names, rows, tuple(map(str, gold.tolist())))


# Log-odds


def test_log_odds_by_hand() -> None:
    # p = (right + 2 * pooled) / (n + 2) with pooled = (1 + 3 + 1) / (8 + 2) = 1/2: 4/6 and 2/6, K = 4.
    sheet = Sheet(("ada", "bo"), (("A", "B"), ("A", "C"), ("A", "A"), ("B", "D")), ("A",) * 4)
    assert shares_right(sheet) == {"ada": 0.75, "bo": 0.25}
    weights = log_odds(sheet, alternatives=4)
    assert weights.of("ada") == pytest.approx(math.log((4 / 6) * 3 / (2 / 6)))
    assert weights.of("bo") == pytest.approx(math.log((2 / 6) * 3 / (4 / 6)))
    assert naive_log_odds(sheet).of("bo") == pytest.approx(math.log(1 / 2))


def test_two_weak_agents_outvote_a_strong_one_only_with_many_alternatives() -> None:
    # The trap: two agents of 40 % that agree, out of ten options, are likelier right than one of 60 %.
    sheet = simulated([0.6, 0.4, 0.4], options=10, size=4000)
    right, naive = log_odds(sheet).values, naive_log_odds(sheet).values
    assert winners(("1", "2", "2"), list(right.values())) == ["2"]
    assert winners(("1", "2", "2"), list(naive.values())) == ["1"]
    assert vote_share(sheet, right) > vote_share(sheet, naive) + 0.03


@pytest.mark.parametrize("options", [2, 3, 10])
def test_the_number_of_alternatives_is_found_from_coinciding_errors(options: int) -> None:
    sheet = simulated([0.5, 0.4, 0.3, 0.6], options, size=4000)
    assert effective_alternatives(sheet) == pytest.approx(options, rel=0.08)


def test_without_two_errors_there_are_two_alternatives() -> None:
    assert effective_alternatives(Sheet(("ada",), (("A",),), ("B",))) == 2


def test_few_examples_pull_the_weights_together() -> None:
    one = Sheet(("ada", "bo"), (("A", "B"),), ("A",))
    many = Sheet(("ada", "bo"), (("A", "B"),) * 50, ("A",) * 50)
    gaps = [log_odds(s, alternatives=2, negative=True) for s in (one, many)]
    near, far = (w.of("ada") - w.of("bo") for w in gaps)
    assert 0 < near < far
    assert log_odds(one, strength=1e6).of("ada") == pytest.approx(
        log_odds(one, strength=1e6).of("bo"), abs=1e-4
    )


def test_negative_weights_only_when_asked_for() -> None:
    sheet = simulated([0.9, 0.2], options=2, size=500)
    assert log_odds(sheet, alternatives=2).of("agent 1") == 0
    asked = log_odds(sheet, alternatives=2, negative=True)
    assert asked.of("agent 1") < 0
    assert asked.signed
    hopeless = simulated([0.2, 0.3], options=2, size=500)
    assert log_odds(hopeless, alternatives=2).values == {"agent 0": 1.0, "agent 1": 1.0}


def test_an_abstention_is_wrong_or_stands_apart() -> None:
    sheet = Sheet(("ada", "bo"), (("A", "A"), (None, "B")), ("A", "A"))
    wrong, apart = log_odds(sheet, alternatives=3), log_odds(sheet, alternatives=3, abstentions="apart")
    assert wrong.of("ada") == pytest.approx(wrong.of("bo"))
    assert apart.of("ada") > apart.of("bo")


@given(tables, st.permutations(range(3)))
def test_weights_do_not_depend_on_the_order_of_agents(
    rows: list[tuple[str | None, ...]], order: list[int]
) -> None:
    sheet = Sheet(AGENTS, tuple(rows), ("A",) * len(rows))
    moved = log_odds(sheet.only([AGENTS[at] for at in order]))
    assert moved.values == pytest.approx(log_odds(sheet).values)
    shares = shares_right(sheet)
    for one, other in itertools.combinations(AGENTS, 2):
        if shares[one] > shares[other]:
            assert moved.of(one) >= moved.of(other)


@given(tables)
def test_a_vote_lies_between_nothing_and_the_oracle(rows: list[tuple[str | None, ...]]) -> None:
    sheet = Sheet(AGENTS, tuple(rows), ("A",) * len(rows))
    assert 0 <= vote_share(sheet) <= oracle(sheet)
    assert vote_share(sheet, dict.fromkeys(AGENTS, 2.5)) == pytest.approx(vote_share(sheet))
    assert vote_share(sheet, {"ada": 5, "bo": 1, "cy": 1}) >= shares_right(sheet)["ada"]


def test_cross_validation_scores_only_held_out_questions() -> None:
    # Each half teaches the opposite of the other, so weights learned on one are worth nothing on the other.
    rows = (("A", "B"), ("B", "A")) * 10
    sheet = Sheet(("ada", "bo"), rows, ("A",) * 20)
    found = cross_validated(sheet, partial(log_odds, alternatives=4))
    assert found.held_out == 0
    assert (found.folds, found.n, found.seed) == (2, 20, None)
    shuffled = cross_validated(sheet, partial(log_odds, alternatives=4), folds=4, seed=1)
    assert shuffled == cross_validated(sheet, partial(log_odds, alternatives=4), folds=4, seed=1)
    assert shuffled.values == found.values


# Without gold


def log_posterior(sheet: Sheet, p: list[float], several: int, strength: float = 2.0) -> float:
    """Sum over every possible truth of every question, one by one."""
    centre = (1 + 1 / several) / 2
    total = sum(strength * (centre * math.log(q) + (1 - centre) * math.log(1 - q)) for q in p)
    for row in sheet.rows:
        labels = ["A", "B", "C", "D"][:several]
        total += math.log(
            sum(
                math.prod(
                    1 if said is None else q if said == truth else (1 - q) / (several - 1)
                    for said, q in zip(row, p, strict=True)
                )
                / several
                for truth in labels
            )
        )
    return total


@given(tables.filter(lambda rows: any(any(row) for row in rows)), st.integers(3, 4))
def test_one_coin_climbs_the_posterior_that_brute_force_computes(
    rows: list[tuple[str | None, ...]], several: int
) -> None:
    sheet = Sheet(AGENTS, tuple(rows))
    crowd = one_coin(sheet, alternatives=several, starts=2)
    assert all(after >= before - 1e-9 for before, after in itertools.pairwise(crowd.trace))
    assert crowd.trace[-1] == pytest.approx(
        log_posterior(sheet, list(crowd.accuracies.values()), several), abs=1e-6
    )
    for row, chances, answer in zip(rows, crowd.posteriors, crowd.answers, strict=True):
        assert set(chances) == {said for said in row if said is not None}
        assert sum(chances.values()) <= 1 + 1e-9
        assert (answer is None) == (not chances)


@given(tables.filter(lambda rows: len({said for row in rows for said in row} - {None}) > 1))
def test_dawid_skene_never_falls(rows: list[tuple[str | None, ...]]) -> None:
    crowd = dawid_skene(Sheet(AGENTS, tuple(rows)), starts=2, steps=60)
    assert all(after >= before - 1e-9 for before, after in itertools.pairwise(crowd.trace))
    assert all(0 < p < 1 for p in crowd.accuracies.values())


def test_one_step_of_one_coin_by_hand() -> None:
    # K = 2: prior 1.5 right and 0.5 wrong. Shares of votes: 1 for A, then 2/3 for A and 1/3 for B, so
    # p = (1 + 2/3 + 1.5) / 4 = 19/24 for ada and bo, (1 + 1/3 + 1.5) / 4 = 17/24 for cy.
    # E step on (A, A, B): 19 * 19 * 7 against 5 * 5 * 17.
    crowd = one_coin(Sheet(AGENTS, (("A", "A", "A"), ("A", "A", "B"))), alternatives=2, starts=1, steps=1)
    assert crowd.accuracies == pytest.approx({"ada": 19 / 24, "bo": 19 / 24, "cy": 17 / 24})
    assert crowd.posteriors[1]["A"] == pytest.approx(2527 / (2527 + 425))


def test_accuracies_are_found_without_gold() -> None:
    truth = [0.9, 0.7, 0.5, 0.3]
    sheet = simulated(truth, options=5, size=3000)
    crowd = one_coin(sheet, alternatives=5)
    assert list(crowd.accuracies.values()) == pytest.approx(truth, abs=0.04)
    found = sum(a == g for a, g in zip(crowd.answers, sheet.gold, strict=True)) / 3000
    assert found > vote_share(sheet) + 0.03
    assert found == pytest.approx(vote_share(sheet, log_odds(sheet).values), abs=0.01)
    assert crowd.weights().of("agent 0") == pytest.approx(math.log(0.9 * 4 / 0.1), abs=0.4)


def test_answers_may_be_open() -> None:
    rng = np.random.default_rng(3)
    rows = [
        tuple(f"{q} right" if rng.random() < p else f"{q} {rng.integers(40)}" for p in (0.8, 0.5, 0.3))
        for q in range(400)
    ]
    crowd = one_coin(Sheet(AGENTS, tuple(rows)))
    assert list(crowd.accuracies.values()) == pytest.approx([0.8, 0.5, 0.3], abs=0.07)
    with pytest.raises(BadOption, match="Use one_coin for open answers"):
        dawid_skene(Sheet(AGENTS, tuple(rows)))


def test_a_confusion_matrix_makes_use_of_one_who_always_swaps() -> None:
    sheet = simulated([0.8, 0.75, 0.7, 0.95], options=2, size=1500)
    swapped = Sheet(
        sheet.agents, tuple((*row[:3], {"0": "1", "1": "0"}[row[3] or ""]) for row in sheet.rows), sheet.gold
    )
    crowd = dawid_skene(swapped)
    assert crowd.accuracies["agent 3"] == pytest.approx(0.05, abs=0.03)
    right = sum(a == g for a, g in zip(crowd.answers, sheet.gold, strict=True)) / 1500
    assert right > 0.94 > vote_share(swapped)


def test_starts_are_seeded() -> None:
    sheet = simulated([0.6, 0.5, 0.4], options=3, size=60)
    assert one_coin(sheet, seed=4) == one_coin(sheet, seed=4)
    assert dawid_skene(sheet, seed=4) == dawid_skene(sheet, seed=4)


# Files, and use in a deliberation


def test_weights_go_round_through_a_file(tmp_path: Path) -> None:
    weights = cross_validated(simulated([0.8, 0.6], 4, 50), seed=3)
    weights = weights.for_models({"agent 0": "abc"})
    path = weights.save(tmp_path / "pool" / "w.json")
    assert Weights.load(path) == weights
    assert set(json.loads(path.read_text())) >= {"values", "method", "alternatives", "n", "seed"}
    assert read_weights(str(path)) is read_weights(path)
    Weights(values={"ada": 1}).save(path)
    assert read_weights(path).values == {"ada": 1}, "the file had changed"


# Bad input


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Sheet((), ()), "at least one agent"),
        (lambda: Sheet(("ada", "ada"), ()), "called 'ada'"),
        (lambda: Sheet(("ada",), (("5", "6"),)), "2 answers for 1 agents"),
        (lambda: Sheet(("ada",), (("5",),), ("5", "6")), "2 gold answers for 1 questions"),
        (lambda: Sheet(("ada",), (("5",),)).only(["adda"]), "Did you mean 'ada'"),
        (lambda: log_odds(Sheet(("ada",), (("5",),))), "no gold answer to learn from"),
        (lambda: log_odds(Sheet(("ada",), (("5",),), ("5",)), alternatives=1), "at least 2 alternatives"),
        (lambda: log_odds(Sheet(("ada",), (("5",),), ("5",)), alternatives=math.nan), "at least 2"),
        (lambda: log_odds(Sheet(("ada",), (("5",),), ("5",)), strength=0), "positive number of answers"),
        (lambda: log_odds(Sheet(("ada",), (("5",),), ("5",)), abstentions="rong"), "cannot count as"),  # type: ignore[arg-type]
        (lambda: cross_validated(Sheet(("ada",), (("5",),), ("5",))), "cannot be split into 2 folds"),
        (lambda: one_coin(Sheet(("ada",), ((None,),))), "nothing to learn from"),
        (lambda: one_coin(Sheet(("ada",), (("5",),)), alternatives=1.5), "at least 2 alternatives"),
        (lambda: one_coin(Sheet(("ada",), (("5",),)), starts=0), "at least 1 start"),
        (lambda: dawid_skene(Sheet(("ada",), (("A",),))), "these answers hold 1"),
        (lambda: Weights(values={"ada": 1}).check(["bo"]), "'bo' is not among them"),
        (lambda: Weights(values={"ada": 1}).for_models({"bo": "x"}), "a fingerprint of 'bo'"),
        (lambda: vote_share(Sheet(("ada",), (("5",),), ("5",)), {"bo": 1}), "'ada' has no weight"),
    ],
)
def test_what_cannot_be_learned_from(make: Any, says: str) -> None:
    with pytest.raises(BadOption, match=says):
        make()
