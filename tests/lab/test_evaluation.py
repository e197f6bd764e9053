"""The evaluation of a pool: arms that share their drafts, honest intervals, a card whose numbers are read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadOption
from quorate.evaluate import wilson
from quorate.lab.evaluation import (
    ARMS,
    Rate,
    Report,
    Seating,
    comparisons,
    difference,
    evaluate,
    measure,
    over_seeds,
    pooled,
    problem_sets,
    self_consistency,
    table,
    write_card,
)
from quorate.lab.evaluation.arms import Arm, answers
from quorate.lab.evaluation.critic import group_drafts, pointing
from quorate.lab.training import Recipe
from quorate.lab.training.critics import invented_drafts
from quorate.lab.training.ledger import tell, told
from quorate.lab.world import check

RECIPE = Recipe.miniature()
BRIEF = {name: ARMS[name] for name in ("plurality vote", "debate, ring, 1 round", "relay, full")}


@pytest.fixture(scope="module")
def report(miniature_pool: Path) -> Report:
    return evaluate(RECIPE, miniature_pool, 3, mixed=4, arms=BRIEF)


def test_every_member_is_tested_on_every_kind(report: Report) -> None:
    assert set(report.members) == {"base", *RECIPE.members}
    kinds = {kind: rate.of for kind, rate in report.members["base"].items()}
    assert kinds == {"basic": 3, "rates": 3, "money": 3, "mixed": 4}


def test_the_arms_cost_what_they_ask(report: Report) -> None:
    vote, debate = report.arms["plurality vote"], report.arms["debate, ring, 1 round"]
    assert (vote.calls, debate.calls) == (2, 4)
    assert debate.tokens > 2 * vote.tokens, "drafts are charged although they were remembered"
    assert len(vote.right) == 4
    assert report.best in RECIPE.specialists
    assert report.speed is not None
    assert report.speed.tokens > report.speed.problems > 0
    assert {name for name in report.arms if name.startswith("self-consistency")} >= {
        "self-consistency, generalist",
        "self-consistency, polymath",
    }


def test_the_oracle_is_not_beaten_by_a_vote(report: Report) -> None:
    oracle = report.arms["any first draft right (oracle)"]
    assert all(
        best or not one for best, one in zip(oracle.right, report.arms["plurality vote"].right, strict=True)
    )


def test_the_card_shows_what_was_measured(report: Report, miniature_pool: Path, tmp_path: Path) -> None:
    for file in ("config.json", "training"):
        (tmp_path / file).symlink_to(miniature_pool / file)
    card = write_card(RECIPE, tmp_path, report, remarks="It fails at all of it.", hardware="a toaster")
    text = card.read_text()
    assert table(report) in text
    assert comparisons(report) in text
    assert "| generalist | 15 |" in text
    assert "a toaster" in text
    assert text.rstrip().endswith("It fails at all of it.")
    assert Report.model_validate_json((tmp_path / "evaluation.json").read_text()) == report


def test_the_card_knows_the_hardware_and_heads_without_a_curve(
    report: Report, miniature_pool: Path, tmp_path: Path
) -> None:
    shutil.copytree(miniature_pool / "training", tmp_path / "training")
    tell(tmp_path, "base", {**told(tmp_path, "base"), "hardware": "a toaster"})
    worth = {"auc": None, "ece": 0.25}
    tell(tmp_path, "heads", {"metrics": {"rates": {"lines": worth, "answers": worth}}})
    text = write_card(RECIPE, tmp_path, report).read_text()
    assert ", on a toaster" in text
    assert "| rates | unknown | 0.250 | unknown | 0.250 |" in text


def test_seeds_stand_side_by_side(report: Report, miniature_pool: Path, tmp_path: Path) -> None:
    vote, debate = "plurality vote", "debate, ring, 1 round"
    arms = {
        vote: report.arms[vote].model_copy(update={"right": (True, False, False, False) * 5}),
        debate: report.arms[debate].model_copy(update={"right": (True,) * 20}),
    }
    one = report.model_copy(update={"arms": arms})
    other = one.model_copy(update={"pool_seed": 1})
    same_problems = difference([True] * 40, [True, False, False, False] * 10, groups=[*range(20), *range(20)])
    assert pooled([one, other], debate, vote) == same_problems
    apart = other.model_copy(update={"seed": report.seed + 1})
    assert pooled([one, apart], debate, vote) == difference([True] * 40, [True, False, False, False] * 10)
    text = over_seeds([one, other])
    assert "| plurality vote | 25 [11, 47] | 25 [11, 47] |" in text
    assert f"| {debate} minus {vote} | **+75" in text
    for file in ("config.json", "training"):
        (tmp_path / file).symlink_to(miniature_pool / file)
    card = write_card(RECIPE, tmp_path, one, others=[other]).read_text()
    assert text in card
    assert "on the same base, and" in card
    elsewhere = other.model_copy(update={"base_seed": 1})
    card = write_card(RECIPE, tmp_path, one, others=[elsewhere]).read_text()
    assert "on the same base (seed 1 on a base of its own), and" in card
    write_card(RECIPE, tmp_path, one, others=[other])
    assert Report.model_validate_json((tmp_path / "evaluation-1.json").read_text()) == other


def test_first_drafts_are_written_once(miniature_pool: Path) -> None:
    seating, items = Seating(miniature_pool, device="cpu"), problem_sets(RECIPE, 3)["mixed"]
    agents = seating.agents(RECIPE.specialists)
    first = answers(agents, items)
    model = agents[0].model.model  # type: ignore[attr-defined]
    model.reply = lambda requests: pytest.fail("was asked again")
    assert answers(seating.agents(RECIPE.specialists), items) == first


def test_self_consistency_spends_what_it_is_given(miniature_pool: Path) -> None:
    seating, items = Seating(miniature_pool, device="cpu"), problem_sets(RECIPE, 2)["mixed"]
    one = measure([seating.agent("generalist")], items, {"protocol": "vote"}).tokens
    arm = self_consistency(seating, "generalist", items, 2.5 * one)
    assert arm.calls == 3


def test_a_critic_is_asked_about_right_and_wrong_drafts(miniature_pool: Path) -> None:
    drafted = invented_drafts(RECIPE, 6, seed=0, split="test")
    found = pointing(Seating(miniature_pool, device="cpu"), drafted)
    assert found.wrong_step.of == found.faulty.of
    assert found.wrong_step.of + found.right.of >= 6
    assert found.wrong_step.right <= found.faulty.right


def test_a_critic_is_asked_about_what_the_group_drafts(miniature_pool: Path) -> None:
    seating, items = Seating(miniature_pool, device="cpu"), problem_sets(RECIPE, 3)["mixed"]
    found = pointing(seating, group_drafts(seating, RECIPE.specialists, items, seed=0))
    assert found.wrong_step.of + found.right.of == 3 * len(RECIPE.specialists)


def test_flips_are_counted_in_both_directions(miniature_pool: Path) -> None:
    from quorate.agents import Agent, Scripted

    [item] = problem_sets(RECIPE, 1)["mixed"]
    right, wrong = f"Answer: {item.answer}", f"Answer: {item.answer + 1}"
    assert check(item, right).right
    agents = [Agent("ada", Scripted([right, wrong])), Agent("bo", Scripted([wrong, right]))]
    arm = measure(agents, [item], BRIEF["debate, ring, 1 round"])
    assert (arm.lost, arm.won) == (1, 1)


def test_problem_sets_are_held_out_and_mixed() -> None:
    sets = problem_sets(Recipe(), 30)
    assert {item.split for items in sets.values() for item in items} == {"test"}
    assert all(item.mixed for item in sets["mixed"])
    assert {domain for item in sets["ages"] for domain in item.domains} == {"ages"}


def test_an_evaluation_needs_problems(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="at least 1 problem"):
        evaluate(RECIPE, tmp_path, 0)


@pytest.mark.parametrize(("right", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (81, 263, 0.2553, 0.3662)])
def test_wilson_intervals_are_those_of_the_literature(right: int, of: int, low: float, high: float) -> None:
    """The second case is from Newcombe 1998, table I; the first follows by hand: z^2 / (n + z^2)."""
    assert wilson(right, of) == pytest.approx((low, high), abs=1e-4)
    assert Rate.count(right, of).low == pytest.approx(low, abs=1e-4)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=200))
def test_differences_are_antisymmetric_and_hold_their_mean(pairs: list[tuple[bool, bool]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    one, other = difference(first, second), difference(second, first)
    assert one.mean == pytest.approx(np.mean(first) - np.mean(second))
    assert one.mean == pytest.approx(-other.mean)
    assert one.low - 1e-3 <= one.mean <= one.high + 1e-3


def test_a_difference_is_as_wide_as_an_ordinary_bootstrap() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.random(400) < 0.6, rng.random(400) < 0.5
    gaps = first.astype(float) - second
    draws = gaps[rng.integers(400, size=(4000, 400))].mean(axis=1)
    found = difference(first.tolist(), second.tolist())
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(draws, [0.025, 0.975])), abs=0.006)
    assert found.sign == 1


def test_nothing_is_claimed_of_a_difference_around_zero() -> None:
    assert difference([True, False], [False, True]).sign == 0
    assert difference([], []).sign == 0
    with pytest.raises(ValueError, match="same problems"):
        difference([True], [])


def test_comparisons_are_bold_only_where_zero_is_excluded() -> None:
    def arm(*right: bool) -> Arm:
        return Arm(right=right, calls=1, tokens_in=1, tokens_out=1)

    arms = {
        "plurality vote": arm(*[False] * 50),
        "relay, full": arm(*[True] * 50),
        "debate": arm(*[False] * 50),
    }
    lines = comparisons(Report(split="test", seed=0, members={}, arms=arms)).splitlines()
    assert lines[2] == "| relay, full | **+100.0 [+100.0, +100.0]** |"
    assert lines[3] == "| debate | +0.0 [-5.3, +5.3] |", "50 equal problems do not prove equality"


def test_reports_survive_json() -> None:
    arm = Arm(right=(True,), calls=1, tokens_in=2, tokens_out=3)
    report = Report(split="test", seed=1, members={}, arms={"a": arm})
    assert Report.model_validate(json.loads(report.model_dump_json())) == report
