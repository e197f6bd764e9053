"""Weights and baselines on recorded answers of real models, beside reference values computed elsewhere.

The answers are not part of the project: the tests skip where they are absent (set QUORATE_DATA).
"""

from __future__ import annotations

import functools
import gzip
import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from quorate.protocols.panels import best_agent, greedy_panel, top_k
from quorate.protocols.sampling import agreeing_window, replay, settled
from quorate.protocols.sheets import Sheet, oracle, shares_right, vote_share
from quorate.protocols.weights import cross_validated, dawid_skene, log_odds, naive_log_odds, one_coin

DATA = Path(os.environ.get("QUORATE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
NEAR = 0.02
"""Points: reference values have two decimals."""


@functools.cache
def rows(name: str) -> list[dict[str, Any]]:
    path = DATA / f"{name}.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"no {path.name} here; set QUORATE_DATA")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@functools.cache
def recorded(name: str, which: str = "all") -> Sheet:
    said = ({output["model"]: output["answer"] for output in row["candidates"]} for row in rows(name))
    sheet = Sheet.of(said, (row["gold"] for row in rows(name)))
    if which == "all":
        return sheet
    count = int(which.split()[1])
    best = top_k(sheet, len(sheet.agents)).agents
    return sheet.only(best[:count] if which.startswith("top") else best[-count:])


PANELS = [
    # dataset, members, best, mean, plurality, log-odds, naive, oracle
    ("gsm8k_openai4", "all", 56.25, 37.93, 48.17, 56.56, 47.84, 67.25),
    ("mmlu_pro", "all", 71.79, 40.92, 58.64, 62.29, 33.36, 94.07),
    ("mmlu_pro", "top 5", 71.79, 62.00, 68.89, 70.43, 73.07, 85.29),
    ("mmlu_pro", "weakest 5", 26.29, 24.23, 30.69, 31.71, 19.43, 55.57),
]


@pytest.mark.parametrize(("name", "which", "best", "mean", "plurality", "odds", "naive", "most"), PANELS)
def test_panels(
    name: str, which: str, best: float, mean: float, plurality: float, odds: float, naive: float, most: float
) -> None:
    # Folds go round in turn (even and odd rows); a multiple choice has as many alternatives as options (10),
    # open answers as many as coinciding errors say.
    sheet = recorded(name, which)
    shares = shares_right(sheet)
    assert 100 * shares[best_agent(sheet)] == pytest.approx(best, abs=NEAR)
    assert 100 * sum(shares.values()) / len(shares) == pytest.approx(mean, abs=NEAR)
    assert 100 * vote_share(sheet) == pytest.approx(plurality, abs=NEAR)
    assert 100 * oracle(sheet) == pytest.approx(most, abs=NEAR)
    alternatives = 10 if name == "mmlu_pro" else None
    found = cross_validated(sheet, partial(log_odds, alternatives=alternatives)).held_out
    assert 100 * (found or 0) == pytest.approx(odds, abs=NEAR)
    assert 100 * (cross_validated(sheet, naive_log_odds).held_out or 0) == pytest.approx(naive, abs=NEAR)


def test_open_answers_have_about_ten_effective_alternatives() -> None:
    assert log_odds(recorded("gsm8k_openai4")).alternatives == pytest.approx(10.4, abs=0.1)


def test_models_err_alike_so_ten_options_count_for_fewer() -> None:
    # Estimated, K is 3.7: it gives weak models less to say, and 28 models gain 4.7 points over K = 10.
    sheet = recorded("mmlu_pro")
    estimated = cross_validated(sheet)
    assert estimated.alternatives == pytest.approx(3.7, abs=0.1)
    assert 100 * (estimated.held_out or 0) == pytest.approx(67.0, abs=0.5)


def test_without_gold_the_good_ones_are_found() -> None:
    sheet = recorded("gsm8k_openai4")
    crowd = one_coin(sheet)
    shares = shares_right(sheet)
    assert max(crowd.accuracies, key=crowd.accuracies.__getitem__) == best_agent(sheet)
    assert sorted(shares, key=shares.__getitem__) == sorted(shares, key=crowd.accuracies.__getitem__)
    right = sum(a == gold for a, gold in zip(crowd.answers, sheet.gold, strict=True)) / len(sheet.gold)
    assert right > vote_share(sheet) + 0.07, "plurality 48.17, agreement alone 55.9, with gold 56.56"


def test_without_gold_the_answers_are_those_of_another_library() -> None:
    # crowd-kit 1.4.2, from the majority, hundreds of steps: 955 of 1,400 right by DawidSkene, 950 by
    # OneCoinDawidSkene, both without a prior.
    sheet = recorded("mmlu_pro", "top 5")

    def right(answers: tuple[str | None, ...]) -> int:
        return sum(a == gold for a, gold in zip(answers, sheet.gold, strict=True))

    assert right(dawid_skene(sheet, strength=1e-6, starts=1).answers) == 955
    assert right(one_coin(sheet, alternatives=10, strength=1e-6, starts=1).answers) == 950


def test_one_model_chosen_by_category() -> None:
    # Among the eight best, one a category, each chosen on the other half of that category.
    sheet = recorded("mmlu_pro", "top 8")
    right = 0.0
    for category in {row["task"] for row in rows("mmlu_pro")}:
        places = [at for at, row in enumerate(rows("mmlu_pro")) if row["task"] == category]
        for learn, held in sheet.take(places).folds():
            right += shares_right(held)[best_agent(learn)] * len(held.rows)
    assert 100 * right / len(sheet.rows) == pytest.approx(70.71, abs=NEAR)


def test_a_panel_chosen_on_one_half_is_worth_less_on_the_other() -> None:
    sheet = recorded("mmlu_pro")
    for learn, held in sheet.folds():
        panel = greedy_panel(learn, 5)
        assert panel.shares[-1] > vote_share(held.only(panel.agents)) - 0.01
        assert vote_share(held.only(panel.agents)) > vote_share(held) + 0.08


@functools.cache
def drafts() -> tuple[list[list[str | None]], list[str]]:
    """Return the first drafts of equal agents, and the gold answers, of problems with two rounds."""
    samples, gold = [], []
    for row in rows("dylan_math"):
        by_round: dict[int, list[str | None]] = {}
        for output in sorted(row["candidates"], key=lambda c: c["meta"]["agent"]):
            by_round.setdefault(output["meta"]["round"], []).append(output["answer"])
        if len(by_round.get(2, [])) >= 3 and len(by_round[1]) >= 3:
            samples.append(by_round[1])
            gold.append(row["gold"])
    return samples, gold


def test_first_drafts_of_equal_agents_are_samples_of_one() -> None:
    samples, gold = drafts()
    whole = replay(samples, gold)
    assert whole.n == 2049
    assert 100 * whole.accuracy == pytest.approx(19.08, abs=NEAR)
    for until in (settled, partial(agreeing_window, size=2)):
        saved = replay(samples, gold, until=until)
        assert saved.samples <= whole.samples
        assert saved.accuracy <= whole.accuracy + 0.01
