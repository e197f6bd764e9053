"""What prompts have in common: plans that are right, and worth it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.agents.local import prefix
from quorate.agents.local.prefix import SHORTEST, plan_sharing, unique

PROMPTS = st.lists(
    st.tuples(st.integers(-1, 1), st.lists(st.integers(0, 1), max_size=14).map(tuple)), max_size=25
)


@given(PROMPTS)
def test_copies_point_to_their_firsts(prompts: list[tuple[int, tuple[int, ...]]]) -> None:
    firsts, copies = unique(prompts)
    kinds = [prompts[index] for index in firsts]
    assert len(set(kinds)) == len(kinds)
    assert [kinds[kind] for kind in copies] == prompts
    assert all(copies.index(kind) == first for kind, first in enumerate(firsts))


@given(PROMPTS.map(lambda prompts: list(dict.fromkeys(prompts))))
def test_groups_begin_alike(prompts: list[tuple[int, tuple[int, ...]]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prefix, "LEAST_TOKENS", 1)
        patch.setattr(prefix, "LEAST_SHARE", 0)
        groups = plan_sharing(prompts)
    members = [member for group in groups for member in group.members]
    assert len(set(members)) == len(members)
    for group in groups:
        assert len(group.members) > 1
        assert group.length >= SHORTEST
        begin = {(prompts[member][0], prompts[member][1][: group.length]) for member in group.members}
        assert len(begin) == 1
        assert all(len(prompts[member][1]) > group.length for member in group.members)
        longer = {prompts[member][1][: group.length + 1] for member in group.members}
        assert len(longer) > 1 or any(
            len(prompts[member][1]) == group.length + 1 for member in group.members
        ), "more could be shared"


def test_the_threshold_that_saves_most_is_taken() -> None:
    role, question = tuple(range(100)), tuple(range(200, 400))
    others = [(0, (*role, *([item] * 30))) for item in range(500, 503)]
    samples = [(0, (*role, *question, item)) for item in range(3)]
    (group,) = plan_sharing([*others, *samples])
    assert group.length == 300
    assert group.members == (3, 4, 5)


def test_little_savings_are_left_alone() -> None:
    pair = [(0, (*range(200), item)) for item in range(2)]
    assert plan_sharing(pair) == []
    assert len(plan_sharing([(0, (*range(300), item)) for item in range(2)])) == 1
    others = [(0, (item, *range(1000))) for item in range(5000, 5010)]
    assert plan_sharing([*others, *[(0, (*range(300), item)) for item in range(2)]]) == []


def test_one_beginning_and_two_adapters_share_nothing() -> None:
    assert plan_sharing([(adapter, tuple(range(900))) for adapter in (0, 1)]) == []
