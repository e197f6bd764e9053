"""Solutions, their hidden scratch, and drills."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from quorate.answers import read
from quorate.lab.world import drill, generate, hide_scratch, solution
from quorate.lab.world.skills import LARGEST

ITEMS = generate("train", 300, seed=4, advanced_share=0.3, private_share=0.3)
LINE = re.compile(r"\[(\d)\] (?:[a-z]+: \d+[-+*]\d+=<(\d+)>(\d+)|[a-z]+: \d+/\d+=\d+|[a-z]+: [A-Za-z]+=\d+)")


def test_every_line_has_the_announced_form_and_number() -> None:
    for item in ITEMS:
        *lines, last = solution(item).splitlines()
        for number, line in enumerate(lines, 1):
            found = LINE.fullmatch(line)
            assert found, line
            assert int(found[1]) == number
            assert found[2] is None or found[2] == found[3][::-1]
        assert last == f"Answer: {item.answer}"


def test_quorate_reads_the_answer() -> None:
    for item in ITEMS:
        problem = item.problem()
        assert read(problem.question, solution(item)) == problem.gold == str(item.answer)


def test_hiding_the_scratch_leaves_plain_sums() -> None:
    for item in ITEMS:
        shown = hide_scratch(solution(item))
        assert "<" not in shown
        assert shown.count("\n") == solution(item).count("\n")
        for left, op, right, value in re.findall(r"(\d+)([-+*])(\d+)=(\d+)", shown):
            assert eval(f"{left}{op}{right}") == int(value)


def test_a_text_still_being_written_shows_no_scratch() -> None:
    text = solution(ITEMS[0])
    for end in range(len(text)):
        assert "<" not in hide_scratch(text[:end])


@given(st.text())
def test_hiding_twice_changes_nothing_more_and_other_text_stays(text: str) -> None:
    assert hide_scratch(hide_scratch(text)) == hide_scratch(text) or "=<" in text
    if "=<" not in text:
        assert hide_scratch(text) == text


@given(st.integers())
def test_drills_are_right_and_in_range(seed: int) -> None:
    document = drill(Random(seed))
    found = re.fullmatch(r"\[[1-9]\] (\d+)([-+*/])(\d+)=(?:<(\d+)>)?(\d+)\n", document)
    assert found
    left, right, value = int(found[1]), int(found[3]), int(found[5])
    assert eval(f"{left}{found[2]}{right}") == value
    assert max(left, right, value) <= LARGEST
    assert (found[4] is None) == (found[2] == "/")
    assert found[4] is None or found[4] == found[5][::-1]
    assert drill(Random(seed)) == document


def test_drills_cover_all_operations() -> None:
    rng = Random(0)
    signs = [re.sub(r".*\d([-+*/])\d.*", r"\1", drill(rng).strip()) for _ in range(2000)]
    assert all(signs.count(sign) > 300 for sign in "+-*/")
