"""Every skill of the domain sets (sets and fractions) against a case worked out by hand."""

from __future__ import annotations

import pytest

from quorate.lab.world import DOMAINS

CASES: list[tuple[str, dict[str, int | str], int]] = [
    ("either", {"tea": 30, "milk": 20, "both": 8}, 42),
    ("rest", {"total": 40, "every": 5}, 32),
    ("some", {"total": 40, "every": 8, "some": 3}, 15),
    ("deal", {"total": 60, "players": 4, "held": 7}, 22),
    ("others", {"total": 90, "red": 35, "blue": 25}, 30),
    ("rows", {"rows": 12, "seats": 5, "people": 48}, 12),
    ("teams", {"people": 50, "gone": 9}, 16),
    ("one", {"club": 30, "choir": 24, "both": 10}, 34),
    ("sprouts", {"seeds": 40, "share": 4, "each": 3}, 90),
    ("jars", {"jars": 20, "broken": 3, "shelves": 5}, 85),
    ("leftovers", {"total": 60, "share": 3}, 20),
    ("beads", {"count": 5, "unit": "velt", "extra": 12}, 5 * 3 + 12),
    ("matches", {"boxes": 3, "brand": "Merrow"}, 3 * 56),
    ("strings", {"count": 6, "unit": "velt", "more": 2, "other": "zorb"}, 6 * 3 + 2 * 8),
]
"""In world 0 a velt and a zorb are worth what is multiplied here."""


@pytest.mark.parametrize(("name", "values", "answer"), CASES, ids=[case[0] for case in CASES])
def test_worked_by_hand(name: str, values: dict[str, int | str], answer: int) -> None:
    assert DOMAINS["sets"].skills[name].answer(**values) == answer


def test_every_skill_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(DOMAINS["sets"].skills)
