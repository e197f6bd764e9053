"""Samples and parts: decided by what problems say, whatever their order; parts never overlap."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadOption
from quorate.evaluate import Problem
from quorate.evaluate.sources import PARTS, cut, digest, part_of, sample
from quorate.nouns import Question


def problems_of(texts: list[str]) -> list[Problem]:
    return [Problem(question=Question(text=text), gold=str(len(text))) for text in texts]


TEXTS = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=8),
    unique=True,
    min_size=1,
)


@given(TEXTS, st.integers(0, 5), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(texts: list[str], seed: int, rng: random.Random) -> None:
    problems = problems_of(texts)
    shuffled = rng.sample(problems, len(problems))
    count = rng.randint(1, len(problems))
    assert sample(problems, count, seed=seed) == sample(shuffled, count, seed=seed)
    assert digest(problems) == digest(shuffled)
    once, again = cut(problems), cut(shuffled)
    assert {name: set(part) for name, part in once.items()} == {
        name: set(part) for name, part in again.items()
    }


@given(TEXTS, st.integers(0, 5))
def test_a_sample_begins_with_the_smaller_one_and_repeats_nothing(texts: list[str], seed: int) -> None:
    problems = problems_of(texts)
    whole = sample(problems, seed=seed)
    assert sorted(whole, key=repr) == sorted(problems, key=repr)
    for count in range(1, len(problems)):
        assert sample(problems, count, seed=seed) == whole[:count]


@given(TEXTS)
def test_parts_hold_every_problem_exactly_once(texts: list[str]) -> None:
    problems = problems_of(texts)
    parts = cut(problems, {"one": 0.5, "two": 0.3, "three": 0.2})
    held = Counter(problem for part in parts.values() for problem in part)
    assert held == Counter(problems)


def test_seeds_differ_and_are_even() -> None:
    problems = problems_of([f"What is {n}+1?" for n in range(200)])
    assert sample(problems, 20, seed=0) != sample(problems, 20, seed=1)
    drawn = Counter(problem for seed in range(500) for problem in sample(problems, 20, seed=seed))
    # Each is expected 50 times with a standard deviation below 7.
    assert all(20 < drawn[problem] < 85 for problem in problems)


def test_the_same_question_in_another_dress_falls_into_the_same_part() -> None:
    for number in range(200):
        plain = Problem(question=Question(id="a", text=f"Which of {number} is it?", choices=("x", "y")))
        other = Problem(question=Question(id="b", text=f"which  of {number} is IT?\n", choices=("y", "X")))
        assert part_of(plain) == part_of(other)


def test_samples_do_not_follow_the_parts() -> None:
    problems = problems_of([f"What is {n}+1?" for n in range(2000)])
    drawn = Counter(part_of(problem) for problem in sample(problems, 1000, seed=3))
    assert 60 < drawn["test"] < 140
    assert 60 < drawn["development"] < 140


def test_more_rows_move_no_other() -> None:
    few = problems_of([f"What is {n}+1?" for n in range(50)])
    many = [*problems_of([f"What is {n}+2?" for n in range(50)]), *few]
    for name, part in cut(few).items():
        assert set(part) <= set(cut(many)[name])


def test_parts_do_not_depend_on_the_order_of_their_names() -> None:
    turned = {name: PARTS[name] for name in reversed(list(PARTS))}
    for problem in problems_of([f"What is {n}+1?" for n in range(200)]):
        assert part_of(problem) == part_of(problem, turned)


def test_known_places_never_change() -> None:
    """Published samples must stay the same: raise `samples.VERSION` if this has to change."""
    problems = problems_of([f"What is {n}+1?" for n in range(100)])
    assert [problem.question.text for problem in sample(problems, 4, seed=7)] == [
        "What is 83+1?",
        "What is 22+1?",
        "What is 34+1?",
        "What is 75+1?",
    ]
    assert digest(problems) == "d67f8c11c54bfbed"


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({}, "lies above 0"),
        ({"a": 0.0, "b": 1.0}, "lies above 0"),
        ({"a": 0.5, "b": 0.4}, "add up to 1, not to 0.9"),
        ({"a": float("nan")}, "lies above 0"),
    ],
)
def test_impossible_parts(parts: dict[str, float], sentence: str) -> None:
    with pytest.raises(BadOption, match=sentence):
        cut(problems_of(["a"]), parts)


def test_impossible_counts() -> None:
    with pytest.raises(
        BadOption, match="There are 2 problems in mine, so 3 cannot be drawn: ask for at most 2"
    ):
        sample(problems_of(["a", "b"]), 3, where="mine")
    with pytest.raises(BadOption, match="at least 1 problem, not 0"):
        sample(problems_of(["a", "b"]), 0)


def test_a_digest_sees_everything() -> None:
    question = Question(id="q", text="What is 2+3?")
    seen = {
        digest([Problem(question=question)]),
        digest([Problem(question=question, gold="5")]),
        digest([Problem(question=question, gold="6")]),
        digest([Problem(question=question, references=("5",))]),
        digest([Problem(question=question.model_copy(update={"id": "r"}))]),
        digest([Problem(question=question.model_copy(update={"kind": "number"}))]),
        digest([]),
    }
    assert len(seen) == 7
