"""Checking drafts: right ones in any order and dress, wrong ones at their first wrong step."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.lab.world import DOMAINS, Item, Step, check, generate, hide_scratch, solution
from quorate.lab.world.chance import several
from quorate.lab.world.solution import write

ITEMS = generate("train", 400, seed=11, advanced_share=0.3, private_share=0.3)

# 60*3 - 25 = 155, told in two steps.
TWO = Item(
    id="two",
    split="train",
    text="A bus keeps to 60 km per hour for 3 hours and rolls back 25 km. How far is it?",
    answer=155,
    domains=("rates",),
    skills=("rates.made_up",),
    level=1,
    steps=(
        Step("distance", "*", (60, 3), (0, 0), 180),
        Step("left", "-", (180, 25), (1, 0), 155),
    ),
)


def test_worked_solutions_are_right() -> None:
    for item in ITEMS:
        for text in (solution(item), hide_scratch(solution(item))):
            verdict = check(item, text)
            assert verdict.right
            assert verdict.wrong_step is None
            assert verdict.answer == str(item.answer)


@given(st.sampled_from(ITEMS), st.integers())
def test_steps_may_come_in_any_order_and_terms_may_change_places(item: Item, seed: int) -> None:
    steps = several(Random(seed), item.steps, len(item.steps))
    turned = [replace(step, args=step.args[::-1]) if step.op in ("+", "*") else step for step in steps]
    assert check(item, write(turned, item.answer, item.domains)).wrong_step is None


@pytest.mark.parametrize(
    "text",
    [
        "[1] 60*3=180\n[2] 180-25=155\nAnswer: 155",
        "[1] distance: 60 × 3 = 180 km.\n[2] left: 180 − 25 = <551>155\nAnswer: 155",
        "  [1] 3*60=180\r\n  [2] 180-25=155\r\n**Answer:** 155\r\n",
        "First the distance.\n[1] 60*3=180\nThen it rolls back.\n[2] 180-25=155\nAnswer: 155 km",
        "[1] 180-25=155\nAnswer: 155",
        "[1] 60*3=180\n[2] 60*3=180\n[3] 180-25=155\nAnswer: 155.0",
        "Answer: 155",
    ],
)
def test_right_drafts(text: str) -> None:
    verdict = check(TWO, text)
    assert verdict.right
    assert verdict.wrong_step is None
    assert verdict.reason == "Every step is right."


@pytest.mark.parametrize(
    ("text", "right", "wrong_step", "reason"),
    [
        ("[1] 60*3=190\n[2] 190-25=165\nAnswer: 165", False, 1, "60*3 is 180, not 190."),
        ("[1] 60*3=<081>180\n[2] 180-25=<561>165\nAnswer: 165", False, 2, "180-25 is 155, not 165."),
        ("[1] 60*3=<801>180\n[2] 180-25=155\nAnswer: 155", True, 1, "The scratch 801 is not 180 backwards."),
        ("[1] 60+3=63\n[2] 63-25=38\nAnswer: 38", False, 1, "60+3 is no step towards the answer."),
        ("[1] 60*3=180\n[2] 25-180=155\nAnswer: 155", True, 2, "25-180 is -155, not 155."),
        ("[1] 60*3=180\nAnswer: 180", False, 2, "The answer is 155, not 180."),
        ("[1] 60*3=180\n[2] 180-25=155\nAnswer: 180", False, 3, "The answer is 155, not 180."),
        ("[1] 60*3=180\n[2] 180-25=155", False, 3, "There is no answer."),
        ("", False, 1, "There is no answer."),
        ("[1] the bus is red\nAnswer: 155", True, 1, "This is no step such as 2+3=5."),
        ("[1] 60/0=60\nAnswer: 1", False, 1, "60/0 is no whole number."),
        ("[1] velt=7\nAnswer: 155", True, 1, "The value of velt is not 7 here."),
        ("[7] 60*3-25=155\nAnswer: 155", True, 1, "This is no step such as 2+3=5."),
        ("> [1] 60*3=1\n[1] 60*3=180\n> Answer: 155", False, 2, "There is no answer."),
    ],
)
def test_wrong_drafts(text: str, right: bool, wrong_step: int, reason: str) -> None:
    verdict = check(TWO, text)
    assert (verdict.right, verdict.wrong_step, verdict.reason) == (right, wrong_step, reason)


def test_private_facts() -> None:
    item = next(item for item in ITEMS if item.steps[0].op == "=" and len(item.facts) == 1)
    (domain, word, number), lines = item.facts[0], solution(item).splitlines(keepends=True)
    assert check(item, "".join(lines[1:])).wrong_step is None, "the fact may stay in the head"
    wrong = check(item, "".join([f"[1] {word}={number + 1}\n", *lines[1:]]))
    assert wrong.right
    assert wrong.wrong_step == 1
    assert wrong.reason == f"The value of {word} is not {number + 1} here."
    assert check(item, "".join([f"[1] {word}={number}\n", *lines[1:]])).wrong_step is None
    elsewhere = next(name for name in DOMAINS if name != domain)
    strayed = check(item, "".join([f"[1] {elsewhere}: {word}={number}\n", *lines[1:]]))
    assert strayed.reason == f"The value of {word} is not {number} in {elsewhere}."


scraps = st.lists(st.sampled_from(["[1]", " ", "60", "*", "3", "=", "<", ">", "\n", "x:", "/", "0"]))


@settings(deadline=None)
@given(st.text() | scraps.map("".join))
def test_no_text_breaks_it(text: str) -> None:
    verdict = check(TWO, text)
    assert verdict.wrong_step is None or verdict.wrong_step >= 1
    assert verdict.right == (verdict.answer == "155")


@pytest.mark.parametrize(
    "text",
    [
        "[1]" + " " * 100_000,
        "[1] " + "a " * 50_000 + "=",
        "[1] " + "9" * 100_000 + "+1=2",
        "[1]\n" * 50_000,
        " \t" * 50_000,
    ],
    ids=["spaces", "letters", "digits", "lines", "tabs"],
)
@pytest.mark.timeout(60)  # quadratic time would need minutes
def test_hostile_texts_take_no_time(text: str) -> None:
    assert not check(TWO, text).right
