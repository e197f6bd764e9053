"""Every skill of the domain measure (measure and geometry) against a case worked out by hand."""

from __future__ import annotations

import pytest

from quorate.lab.world import DOMAINS

CASES: list[tuple[str, dict[str, int | str], int]] = [
    ("fence", {"length": 20, "width": 8}, 56),
    ("carpet", {"length": 12, "width": 5}, 60),
    ("hole", {"length": 10, "width": 6, "side": 3}, 51),
    ("triangle", {"side": 20, "base": 12}, 52),
    ("angle", {"first": 70, "second": 45}, 65),
    ("plank", {"plank": 200, "piece": 30, "count": 4}, 80),
    ("tower", {"height": 12, "count": 5, "table": 70}, 130),
    ("tank", {"length": 6, "width": 4, "depth": 3}, 72),
    ("midline", {"top": 20, "bottom": 32}, 26),
    ("wire", {"wire": 60, "side": 12}, 18),
    ("frame", {"length": 10, "width": 6, "height": 4}, 80),
    ("rope", {"count": 4, "unit": "velt", "extra": 11}, 4 * 9 + 11),
    ("cable", {"cables": 3, "brand": "Merrow"}, 3 * 58),
    ("trail", {"count": 2, "unit": "velt", "more": 3, "other": "zorb"}, 2 * 9 + 3 * 2),
]
"""In world 0 a velt and a zorb are worth what is multiplied here."""


@pytest.mark.parametrize(("name", "values", "answer"), CASES, ids=[case[0] for case in CASES])
def test_worked_by_hand(name: str, values: dict[str, int | str], answer: int) -> None:
    assert DOMAINS["measure"].skills[name].answer(**values) == answer


def test_every_skill_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(DOMAINS["measure"].skills)
