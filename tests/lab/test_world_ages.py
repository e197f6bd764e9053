"""Every skill of the domain ages (ages and logic) against a case worked out by hand."""

from __future__ import annotations

import pytest

from quorate.lab.world import DOMAINS

CASES: list[tuple[str, dict[str, int | str], int]] = [
    ("younger", {"age": 20, "times": 3, "less": 15}, 45),
    ("sum", {"age": 12, "more": 7}, 31),
    ("older", {"sum": 50, "gap": 8}, 29),
    ("later", {"age": 20, "past": 5, "future": 10}, 35),
    ("legs", {"hens": 10, "cows": 6}, 44),
    ("queue", {"ahead": 12, "behind": 9}, 22),
    ("place", {"runners": 40, "behind": 33}, 7),
    ("rings", {"oak": 60, "fewer": 12, "more": 7}, 55),
    ("apart", {"age": 14, "times": 3}, 28),
    ("twins", {"sum": 40, "brother": 10}, 15),
    ("heads", {"heads": 20, "four": 7, "legs": 54}, 7),
    ("stood", {"count": 4, "unit": "velt", "extra": 15}, 4 * 8 + 15),
    ("clock", {"age": 25, "brand": "Merrow"}, 25 + 47),
    ("reign", {"count": 3, "unit": "velt", "more": 2, "other": "zorb"}, 3 * 8 + 2 * 9),
]
"""In world 0 a velt and a zorb are worth what is multiplied here."""


@pytest.mark.parametrize(("name", "values", "answer"), CASES, ids=[case[0] for case in CASES])
def test_worked_by_hand(name: str, values: dict[str, int | str], answer: int) -> None:
    assert DOMAINS["ages"].skills[name].answer(**values) == answer


def test_every_skill_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(DOMAINS["ages"].skills)
