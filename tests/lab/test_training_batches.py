"""Batches: every row once, similar lengths together, and an order that can be taken up anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from quorate.lab.training.batches import IGNORED, Batches, Place, Row, bucket, tensors


def row(length: int) -> Row:
    return Row(list(range(length)), list(range(length)))


@given(st.lists(st.integers(1, 90), max_size=40), st.integers(64, 300))
def test_buckets_hold_every_row_once_and_fit(lengths: list[int], tokens: int) -> None:
    batches = bucket([row(length) for length in lengths], tokens, Random(1))
    assert sorted(len(one.ids) for batch in batches for one in batch) == sorted(lengths)
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(len(one.ids) for one in batch) <= tokens


def test_tensors_pad_on_the_right() -> None:
    ids, targets = tensors([row(2), row(3)], pad=9)
    assert ids.tolist() == [[0, 1, 9], [0, 1, 2]]
    assert targets.tolist() == [[0, 1, IGNORED], [0, 1, 2]]


def make_pool(seed: int, step: int) -> Sequence[Row]:
    rng = Random(seed + step)
    return [row(rng.randint(1, 40)) for _ in range(30)]


def test_a_place_is_all_it_takes_to_go_on() -> None:
    batches = Batches(make_pool, tokens=120, seed=5)
    source = iter(batches)
    for _ in range(17):
        next(source)
    place = replace(batches.place)
    assert place.pool > 0
    expected = list(islice(source, 20))
    assert list(islice(Batches(make_pool, 120, 5, place), 20)) == expected


def test_pools_know_the_step_at_which_they_begin() -> None:
    begins: list[int] = []

    def rows(seed: int, step: int) -> Sequence[Row]:
        begins.append(step)
        return make_pool(seed, step)

    batches = Batches(rows, tokens=120, seed=5)
    taken = list(islice(batches, 30))
    assert len(taken) == 30
    assert begins[0] == 0
    assert begins[1] == len(bucket(make_pool_of(0), 120, Random(0)))


def make_pool_of(number: int) -> Sequence[Row]:
    from quorate.nouns import derive_seed

    return make_pool(derive_seed("pool", 5, number), 0)


def test_another_seed_is_another_order() -> None:
    first, second = (list(islice(Batches(make_pool, 120, seed), 5)) for seed in (1, 2))
    assert first != second
    assert Batches(make_pool, 120, 1).place == Place()
