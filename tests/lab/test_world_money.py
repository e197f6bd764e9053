"""Every skill of the domain money (money) against a case worked out by hand."""

from __future__ import annotations

import pytest

from quorate.lab.world import DOMAINS

CASES: list[tuple[str, dict[str, int | str], int]] = [
    ("change", {"price": 7, "count": 6, "paid": 50}, 8),
    ("save", {"weekly": 6, "weeks": 5, "start": 8}, 38),
    ("profit", {"price": 20, "cost": 13, "count": 4}, 28),
    ("bill", {"bill": 50, "tip": 10, "friends": 4}, 15),
    ("second", {"price": 30, "bag": 5}, 50),
    ("purse", {"purse": 90, "first": 25, "second": 40}, 25),
    ("wage", {"wage": 15, "hours": 6}, 90),
    ("taxi", {"zone": 4, "zones": 5, "fee": 7}, 47),
    ("loan", {"loan": 60, "parts": 5, "interest": 3}, 15),
    ("voucher", {"ticket": 20, "off": 4, "guests": 3}, 48),
    ("sale", {"price": 40, "share": 4, "count": 3}, 90),
    ("abroad", {"count": 6, "unit": "velt", "fee": 9}, 6 * 2 + 9),
    ("voucher_paid", {"bill": 100, "brand": "Merrow"}, 100 - 52),
    ("pockets", {"count": 3, "unit": "velt", "more": 4, "other": "zorb"}, 3 * 2 + 4 * 7),
]
"""In world 0 a velt and a zorb are worth what is multiplied here."""


@pytest.mark.parametrize(("name", "values", "answer"), CASES, ids=[case[0] for case in CASES])
def test_worked_by_hand(name: str, values: dict[str, int | str], answer: int) -> None:
    assert DOMAINS["money"].skills[name].answer(**values) == answer


def test_every_skill_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(DOMAINS["money"].skills)
