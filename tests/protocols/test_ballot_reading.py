"""Ballots as they are written: rankings, approvals and scores, read strictly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.nouns import Message
from quorate.protocols.balloting import (
    last_line,
    read_approvals,
    read_ranking,
    read_scores,
)


def message(text: str) -> Message:
    return Message(number=0, seat="ada", act="draft", turn=0, text=text)


@pytest.mark.parametrize(
    ("text", "tiers"),
    [
        ("Ranking: B > A = C", (("B",), ("A", "C"))),
        ("thoughts\n**Ranking: B > A**\n\n", (("B",), ("A",))),
        ("Ranking: C.", (("C",),)),
        ("ranking:  A>B>C", (("A",), ("B",), ("C",))),
        ("Ranking: B > A\nI hope that helps.", None),
        ("> Ranking: B > A", None),
        ("Ranking: B > D", None),
        ("Ranking: B > A > B", None),
        ("Ranking: B > ", None),
        ("Ranking: B >> A", None),
        ("Ranking:", None),
        ("Ranking: b > a", None),
        ("My Ranking: B > A", None),
        ("Ranking: [B] > A", None),
        ("Ranking: <b>B</b> > A", None),
        ("Ranking: A, B, C", None),
        ("", None),
    ],
)
def test_rankings_are_read_strictly(text: str, tiers: Any) -> None:
    assert read_ranking(message(text), "ABC") == tiers


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Approved: A, C", ("A", "C")),
        ("Approved: none", ()),
        ("Approved: A and C", None),
        ("Approved: A, A", None),
        ("Approved: all", None),
        ("Approved: none, A", None),
    ],
)
def test_approvals_are_read_strictly(text: str, names: Any) -> None:
    assert read_approvals(message(text), "ABC") == names


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("Scores: A=7, B=3.5", {"A": 7, "B": 3.5}),
        ("Scores: B = 0, A = 10.", {"A": 10, "B": 0}),
        ("Scores: A=7", None),
        ("Scores: A=7, B=11", None),
        ("Scores: A=7, B=-1", None),
        ("Scores: A=7, B=nan", None),
        ("Scores: A=7, B=inf", None),
        ("Scores: A=7, B=1e1", None),
        ("Scores: A=7, B=٣", None),
        ("Scores: A=7, B=3, A=7", None),
        ("Scores: A=7, B=3, C=2", None),
        ("Scores: A=B=3", None),
    ],
)
def test_scores_are_read_strictly(text: str, scores: Any) -> None:
    assert read_scores(message(text), "AB", 0, 10) == scores


@given(st.text(max_size=200))
def test_nothing_that_is_written_breaks_the_reading(text: str) -> None:
    for prefix in ("", "Ranking:", "Approved:", "Scores:"):
        told = message(prefix + text)
        tiers = read_ranking(told, "AB")
        assert tiers is None or {name for tier in tiers for name in tier} <= {"A", "B"}
        names = read_approvals(told, "AB")
        assert names is None or set(names) <= {"A", "B"}
        scores = read_scores(told, "AB", 0, 10)
        assert scores is None or (set(scores) == {"A", "B"} and all(0 <= s <= 10 for s in scores.values()))


def test_huge_ballots_are_no_ballots() -> None:
    assert last_line(message("Ranking: " + "A > " * 1_000_000 + "B"), "ranking") is None
    assert read_ranking(message("x\n" * 1_000_000 + "Ranking: B > A"), "AB") == (("B",), ("A",))


def test_a_failed_voter_casts_nothing() -> None:
    assert last_line(message("Ranking: A").model_copy(update={"error": "it broke"}), "ranking") is None
