"""Choosing who sits: by accuracy, by what each adds to the vote, by the errors that are not shared."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadOption
from quorate.nouns import Question, Table
from quorate.protocols.panels import best_agent, diverse_panel, greedy_panel, panel, top_k
from quorate.protocols.sheets import Sheet, shares_right, vote_share

AGENTS = ("ada", "bo", "cy", "di")
cells = st.sampled_from(["A", "B", None])
sheets = st.lists(st.tuples(cells, cells, cells, cells), min_size=1, max_size=8).map(
    lambda rows: Sheet(AGENTS, tuple(rows), ("A",) * len(rows))
)

# ada and bo make the same two errors out of six, cy makes two others, di three others.
SHEET = Sheet(
    AGENTS,
    (
        ("A", "A", "A", "B"),
        ("A", "A", "A", "B"),
        ("A", "A", "B", "A"),
        ("A", "A", "C", "B"),
        ("B", "B", "A", "A"),
        ("B", "B", "A", "A"),
    ),
    ("A",) * 6,
)


def test_three_ways_to_choose_three() -> None:
    assert best_agent(SHEET) == "ada"
    assert top_k(SHEET, 3).agents == ("ada", "bo", "cy")
    assert diverse_panel(SHEET, 3).agents == ("ada", "cy", "bo")
    assert diverse_panel(SHEET, 3, diversity=0.8).agents == ("ada", "cy", "di")
    assert top_k(SHEET, 3).shares[-1] == pytest.approx(4 / 6)
    # ada, cy, di: all questions but the fourth, where they go three ways and one of the three is right.
    assert diverse_panel(SHEET, 3, diversity=0.8).shares[-1] == pytest.approx((5 + 1 / 3) / 6)


@given(sheets, st.integers(1, 4))
def test_choices_are_panels(sheet: Sheet, size: int) -> None:
    for choose in (top_k, greedy_panel, diverse_panel):
        found = choose(sheet, size)
        assert len(set(found.agents)) == len(found.shares) == size
        assert found.shares[0] == pytest.approx(max(shares_right(sheet).values()))
        assert found.shares[-1] == pytest.approx(vote_share(sheet.only(found.agents)))
        assert found.n == len(sheet.rows)


@given(sheets)
def test_every_greedy_step_is_the_best_one(sheet: Sheet) -> None:
    found = greedy_panel(sheet, 3)
    for count, share in enumerate(found.shares):
        rest = [name for name in AGENTS if name not in found.agents[:count]]
        best = max(vote_share(sheet.only([*found.agents[:count], name])) for name in rest)
        assert share == pytest.approx(best)


@given(sheets, st.integers(1, 4))
def test_without_diversity_the_most_accurate_are_chosen(sheet: Sheet, size: int) -> None:
    shares = shares_right(sheet)
    chosen = diverse_panel(sheet, size, diversity=0).agents
    assert sorted(shares[name] for name in chosen) == sorted(sorted(shares.values())[-size:])


def test_only_the_members_are_asked() -> None:
    turns = panel(Question(text="2+3?"), Table(AGENTS, offices={"judge": "solon"}), members=["di", "ada"])
    assert [ask.seat for ask in next(turns)] == ["di", "ada"]
    assert [ask.seat for ask in next(panel(Question(text="2+3?"), Table(AGENTS)))] == list(AGENTS)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        *((lambda choose=choose, size=size: choose(SHEET, size), f"panel of {size} cannot be chosen from 4")
          for choose, size in itertools.product((top_k, greedy_panel, diverse_panel), (0, 5))),
        (lambda: diverse_panel(SHEET, 2, diversity=1.5), "between 0 and 1"),
        (lambda: best_agent(Sheet(("ada",), (("5",),))), "no gold answer"),
        (lambda: next(panel(Question(text="2+3?"), Table(AGENTS), members=["dii"])), "Did you mean 'di'"),
    ],
)  # fmt: skip
def test_panels_that_cannot_be_chosen(make: Any, says: str) -> None:
    with pytest.raises(BadOption, match=says):
        make()
