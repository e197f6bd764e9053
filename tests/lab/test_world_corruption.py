"""Corrupted solutions: right before the marked step, wrong at it, wrong in the end."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest

from quorate.lab.world import (
    MISTAKES,
    Corrupted,
    Item,
    check,
    corrupt,
    generate,
    hide_scratch,
    private_table,
    solution,
)
from quorate.lab.world.corruption import lost_carries
from quorate.lab.world.plan import Step

ITEMS = generate("train", 1500, seed=21, advanced_share=0.3, private_share=0.35)
DRAFTS = [corrupt(item, Random(number)) for number, item in enumerate(ITEMS)]
PAIRS = list(zip(ITEMS, DRAFTS, strict=True))


def lines_of(text: str) -> list[str]:
    """Return the step lines without number, name and scratch."""
    return [re.sub(r"^\[\d\] ([a-z]+: )?", "", line) for line in hide_scratch(text).splitlines()[:-1]]


def answer_of(text: str) -> int:
    return int(text.rstrip("\n").rpartition("Answer: ")[2])


def is_true(line: str) -> bool:
    left, _, value = line.partition("=")
    return not left[0].isdigit() or eval(left) == int(value)


def of(kind: str) -> list[tuple[Item, Corrupted]]:
    return [(item, draft) for item, draft in PAIRS if draft.kind == kind]


def test_everything_before_the_marked_step_is_right_and_it_is_wrong() -> None:
    for item, (text, wrong, kind) in PAIRS:
        gold, lines = lines_of(solution(item)), lines_of(text)
        assert all(line in gold for line in lines[: wrong - 1])
        if wrong <= len(lines):
            assert lines[wrong - 1] not in gold
        else:
            assert kind == "early"
        assert answer_of(text) != item.answer


def test_later_steps_follow_the_wrong_value() -> None:
    for _, (text, wrong, kind) in PAIRS:
        lines = lines_of(text)
        assert all(is_true(line) for line in lines[wrong:])
        if kind != "early":
            assert answer_of(text) == int(lines[-1].rpartition("=")[2])


def test_check_finds_the_marked_step() -> None:
    for item, draft in PAIRS:
        verdict = check(item, draft.text)
        assert not verdict.right
        assert verdict.wrong_step == draft.wrong_step


def test_every_kind_occurs_often() -> None:
    kinds = Counter(draft.kind for draft in DRAFTS)
    assert set(kinds) == set(MISTAKES)
    assert min(kinds.values()) > 50


def test_the_same_draws_give_the_same_draft() -> None:
    assert [corrupt(item, Random(number)) for number, item in enumerate(ITEMS[:50])] == DRAFTS[:50]


@pytest.mark.parametrize("kind", ["slip", "carry"])
def test_arithmetic_mistakes_have_the_right_plan(kind: str) -> None:
    for item, (text, wrong, _) in of(kind):
        gold, lines = lines_of(solution(item)), lines_of(text)
        assert not is_true(lines[wrong - 1])
        assert lines[wrong - 1].partition("=")[0] == gold[wrong - 1].partition("=")[0]


def test_a_lost_carry_changes_whole_tens() -> None:
    for _, (text, wrong, _) in of("carry"):
        left, _, value = lines_of(text)[wrong - 1].partition("=")
        assert (eval(left) - int(value)) % 10 == 0


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        (Step("sum", "+", (26, 89), (0, 0), 115), [105, 15]),
        (Step("gap", "-", (52, 38), (0, 0), 14), [24]),
        (Step("cost", "*", (7, 26), (0, 0), 182), [142, 82]),
        (Step("sum", "+", (20, 30), (0, 0), 50), []),
        (Step("part", "/", (20, 5), (0, 0), 4), []),
    ],
)
def test_lost_carries_by_hand(step: Step, wrong: list[int]) -> None:
    assert list(lost_carries(step)) == wrong


@pytest.mark.parametrize("kind", ["operation", "operand"])
def test_mistakes_in_the_plan_have_right_arithmetic(kind: str) -> None:
    for item, (text, wrong, _) in of(kind):
        gold, line = lines_of(solution(item))[wrong - 1], lines_of(text)[wrong - 1]
        assert is_true(line)
        one, other = (re.split(r"([-+*/=])", text)[:3] for text in (gold, line))
        changed = [index for index in range(3) if one[index] != other[index]]
        assert changed == [1] if kind == "operation" else changed in ([0], [2])


def test_a_skipped_step_is_missing() -> None:
    for item, (text, wrong, _) in of("skip"):
        assert len(lines_of(text)) == len(item.steps) - 1
        assert is_true(lines_of(text)[wrong - 1])


def test_a_wrong_table_value_is_another_domains() -> None:
    for item, (text, wrong, _) in of("table"):
        word, _, value = lines_of(text)[wrong - 1].partition("=")
        step = item.steps[wrong - 1]
        assert (step.op, step.name) == ("=", word)
        others = {"rates", "money", "measure", "sets", "ages"} - {item.domains[step.segment]}
        assert int(value) in {private_table(domain)[word] for domain in others}


def test_an_early_answer_is_an_intermediate_result() -> None:
    for item, (text, wrong, _) in of("early"):
        lines = lines_of(text)
        assert wrong == len(lines) + 1
        assert lines == lines_of(solution(item))[: len(lines)]
        assert answer_of(text) in {step.value for step in item.steps[:-1]}


def test_even_the_shortest_problem_can_be_corrupted() -> None:
    item = Item(
        id="one",
        split="train",
        text="What is 1 and 1?",
        answer=2,
        domains=("sets",),
        skills=("sets.made_up",),
        level=1,
        steps=(Step("sum", "+", (1, 1), (0, 0), 2),),
    )
    for seed in range(100):
        draft = corrupt(item, Random(seed))
        assert draft.wrong_step == 1
        assert check(item, draft.text).wrong_step == 1


def test_when_nothing_else_works_the_last_result_is_one_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quorate.lab.world.corruption.TRIES", 0)
    for item in ITEMS[:50]:
        draft = corrupt(item, Random(0))
        assert (draft.kind, draft.wrong_step) == ("slip", len(item.steps))
        assert answer_of(draft.text) == item.answer + 1
        assert check(item, draft.text).wrong_step == draft.wrong_step


def test_after_a_skipped_step_the_others_take_its_input() -> None:
    item = Item(
        id="three",
        split="train",
        text="From 60 km an hour for 3 hours take 25 km and add 5. How many are there?",
        answer=160,
        domains=("rates",),
        skills=("rates.made_up",),
        level=1,
        steps=(
            Step("way", "*", (60, 3), (0, 0), 180),
            Step("left", "-", (180, 25), (1, 0), 155),
            Step("total", "+", (155, 5), (2, 0), 160),
        ),
    )
    drafts = [corrupt(item, Random(seed)) for seed in range(300)]
    assert {(*lines_of(text), wrong) for text, wrong, kind in drafts if kind == "skip"} == {
        ("60-25=35", "35+5=40", 1),
        ("60*3=180", "180+5=185", 2),
        ("60*3=180", "25+5=30", 2),
    }
