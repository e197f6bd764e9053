"""Every skill of the domain rates (rates and time) against a case worked out by hand."""

from __future__ import annotations

import pytest

from quorate.lab.world import DOMAINS

CASES: list[tuple[str, dict[str, int | str], int]] = [
    ("drive", {"speed": 40, "hours": 3}, 120),
    ("leak", {"flow": 14, "minutes": 4, "lost": 18}, 38),
    ("minutes", {"hours": 2, "extra": 25}, 145),
    ("apart", {"fast": 30, "slow": 20, "hours": 3}, 150),
    ("pace", {"made": 40, "hours": 4, "longer": 7}, 70),
    ("progress", {"pages": 200, "daily": 12, "days": 5}, 140),
    ("every", {"time": 60, "gap": 5}, 12),
    ("turnback", {"speed": 12, "out": 5, "home": 2}, 36),
    ("upstream", {"speed": 20, "current": 6, "hours": 3}, 42),
    ("express", {"road": 120, "hours": 4, "faster": 25}, 55),
    ("chase", {"gap": 30, "lead": 5, "slow": 20, "fast": 25}, 6),
    ("wait", {"count": 3, "unit": "velt", "extra": 10}, 3 * 4 + 10),
    ("engine", {"hours": 4, "brand": "Merrow"}, 4 * 21),
    ("halves", {"count": 2, "unit": "velt", "more": 5, "other": "zorb"}, 2 * 4 + 5 * 4),
]
"""In world 0 a velt and a zorb are worth what is multiplied here."""


@pytest.mark.parametrize(("name", "values", "answer"), CASES, ids=[case[0] for case in CASES])
def test_worked_by_hand(name: str, values: dict[str, int | str], answer: int) -> None:
    assert DOMAINS["rates"].skills[name].answer(**values) == answer


def test_every_skill_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(DOMAINS["rates"].skills)
