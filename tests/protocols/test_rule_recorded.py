"""Rules on what real language models said: the reference values that come with the recorded answers."""

from __future__ import annotations

import gzip
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from quorate.nouns import Ballot
from quorate.protocols.voting import borda, copeland, plurality

DATA = Path(os.environ.get("QUORATE_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data")
ORDER = ("gpt-4", "claude", "vicuna", "gpt-3.5", "bard")
CLOSE = 0.02
"""Percentage points."""

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the recorded answers are not here")


def rows(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@pytest.fixture(scope="module")
def judges() -> list[Ballot]:
    """One strict ranking a judge and question, by net wins over both orders."""
    ballots = []
    for row in rows("prd_vicuna80"):
        wins: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(ORDER, 0))
        for judge, first, second, verdict in row["preferences"]:
            wins[judge][first] += verdict
            wins[judge][second] -= verdict
        for judge in ORDER:
            ranked = sorted(ORDER, key=lambda name, net=wins[judge]: -net[name])  # type: ignore[misc]
            ballots.append(Ballot(seat=judge, answer=None, ranking=tuple((name,) for name in ranked)))
    return ballots


def test_borda_and_copeland_of_the_judges_are_exact(judges: list[Ballot]) -> None:
    assert len(judges) == 400
    assert [borda(judges).tally[name] for name in ORDER] == [1403, 1162, 617, 496, 322]
    assert [copeland(judges).tally[name] for name in ORDER] == [4, 2, 0, -2, -4]


def accuracy(panels: Sequence[tuple[str | None, list[Ballot]]]) -> float:
    """Return the per cent of questions that plurality gets right; a tie counts for its share."""
    right = 0.0
    for gold, ballots in panels:
        winners = plurality(ballots).winners
        right += (gold in winners) / max(1, len(winners))
    return 100 * right / len(panels)


def panel(row: dict[str, Any], members: Sequence[str] | None = None, turn: int | None = None) -> list[Ballot]:
    """Return the votes of some models, or of one round."""
    return [
        Ballot(seat=said["model"], answer=said["answer"])
        for said in row["candidates"]
        if (members is None or said["model"] in members) and turn in (None, said["meta"].get("round"))
    ]


def singles(recorded: Iterable[dict[str, Any]]) -> dict[str, float]:
    """Return each model's per cent of right answers, the best first."""
    found: dict[str, list[bool]] = defaultdict(list)
    for row in recorded:
        for said in row["candidates"]:
            found[said["model"]].append(said["answer"] is not None and said["answer"] == row["gold"])
    rates = {model: 100 * sum(right) / len(right) for model, right in found.items()}
    return dict(sorted(rates.items(), key=lambda item: -item[1]))


@pytest.mark.parametrize(
    ("name", "members", "single", "mean", "voted"),
    [
        ("gsm8k_openai4", slice(None), 56.25, 37.93, 48.17),
        ("mmlu_pro", slice(None), 71.79, 40.92, 58.64),
        ("mmlu_pro", slice(5), 71.79, 62.00, 68.89),
        ("mmlu_pro", slice(-5, None), 26.29, 24.23, 30.69),
    ],
)
def test_plurality_and_the_best_member(
    name: str, members: slice, single: float, mean: float, voted: float
) -> None:
    recorded = list(rows(name))
    rates = dict(list(singles(recorded).items())[members])
    assert max(rates.values()) == pytest.approx(single, abs=CLOSE)
    assert sum(rates.values()) / len(rates) == pytest.approx(mean, abs=CLOSE)
    votes = [(row["gold"], panel(row, list(rates))) for row in recorded]
    assert accuracy(votes) == pytest.approx(voted, abs=CLOSE)


def test_plurality_of_the_rounds_of_a_debate() -> None:
    recorded = list(rows("dylan_math"))
    twice = [row for row in recorded if row["meta"]["rounds"] == 2 and row["meta"]["agents_recorded"] >= 3]
    once = [row for row in recorded if row["meta"]["rounds"] == 1]
    assert (len(twice), len(once)) == (2049, 1450)
    for chosen, turn, expected in ((twice, 1, 19.08), (twice, 2, 23.18), (once, 1, 80.48)):
        votes = [(row["gold"], panel(row, turn=turn)) for row in chosen]
        assert accuracy(votes) == pytest.approx(expected, abs=CLOSE)
