"""What is held out is never trained on: guaranteed by hashes, and looked for in large samples."""

from __future__ import annotations

import itertools
import re

from quorate.lab.world import SKILLS, Item, held_out_pair, stream
from quorate.lab.world.private import BRANDS, UNITS
from quorate.lab.world.split import split_of
from quorate.lab.world.wording import PEOPLE

PAIRS = list(itertools.permutations(SKILLS, 2))
NAMES = re.compile(r"\b(" + "|".join(PEOPLE) + r"|s?he|his|hers?|him)\b")


def sample(split: str, count: int = 4000) -> list[Item]:
    source = stream(split, seed=5, advanced_share=0.3, private_share=0.3)
    return list(itertools.islice(source, count))


TRAIN, DEVELOPMENT, TEST = map(sample, ("train", "development", "test"))


def segments(item: Item) -> list[tuple[object, ...]]:
    """Return each segment's skill with all its numbers and private words, read off the steps."""
    found: list[tuple[object, ...]] = []
    for index, skill in enumerate(item.skills):
        steps = [step for step in item.steps if step.segment == index]
        first = next(number for number, step in enumerate(item.steps) if step.segment == index)
        numbers = [
            step.name if step.op == "=" else arg
            for step in steps
            for arg, use in zip(step.args, step.uses, strict=True)
            if use <= first
        ]
        found.append((skill, *numbers))
    return found


def test_the_last_segment_of_a_held_out_problem_never_occurs_in_training() -> None:
    trained = {segment for item in TRAIN for segment in segments(item)}
    assert len(trained) > 4000
    for item in (*DEVELOPMENT, *TEST):
        assert segments(item)[-1] not in trained


def test_development_and_test_share_no_last_segment() -> None:
    last = [{segments(item)[-1] for item in items} for items in (DEVELOPMENT, TEST)]
    assert not last[0] & last[1]


def test_no_text_is_in_two_splits_even_with_other_names() -> None:
    texts = [{NAMES.sub("X", item.text) for item in items} for items in (TRAIN, DEVELOPMENT, TEST)]
    for one, other in itertools.combinations(texts, 2):
        assert not one & other


def test_a_held_out_pair_never_occurs_in_training() -> None:
    for item in TRAIN:
        assert not any(held_out_pair(*pair) for pair in itertools.pairwise(item.skills))


def test_held_out_pairs_occur_in_the_other_splits_as_often_as_others() -> None:
    for items in (DEVELOPMENT, TEST):
        pairs = [pair for item in items for pair in itertools.pairwise(item.skills)]
        assert 0.10 < sum(held_out_pair(*pair) for pair in pairs) / len(pairs) < 0.20


def test_the_shares_of_what_is_held_out() -> None:
    assert 0.13 < sum(held_out_pair(*pair) for pair in PAIRS) / len(PAIRS) < 0.17
    splits = [split_of(f"rates.drive {number} 3") for number in range(20_000)]
    assert 0.09 < splits.count("test") / len(splits) < 0.11
    assert 0.09 < splits.count("development") / len(splits) < 0.11


def test_every_skill_can_follow_and_be_followed_in_training() -> None:
    for name in SKILLS:
        assert any(not held_out_pair(name, other) for other in SKILLS if other != name)
        assert any(not held_out_pair(other, name) for other in SKILLS if other != name)


def test_every_private_word_occurs_in_training() -> None:
    source = stream("train", seed=5, advanced_share=0, private_share=1)
    words = {word for item in itertools.islice(source, 2000) for _, word, _ in item.facts}
    assert words == {*UNITS, *BRANDS}
