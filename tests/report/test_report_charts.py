"""The geometry of charts and graphs: inside their boxes, in order, apart."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.evaluate import Rate
from quorate.evaluate.results import Column, Cost
from quorate.report.charts import NARROW, WIDE, cost_chart, measures
from quorate.report.geometry import Scale
from quorate.report.labels import apart
from quorate.report.packing import Once, fold, unfold
from quorate.report.places import on_circle, places
from quorate.report.wording import points, visible

NUMBERS = st.floats(1e-3, 1e6)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=12))
def test_labels_stay_in_order_and_apart(values: list[float]) -> None:
    found = apart(sorted(values), 15.0, 0.0, 1000.0)
    assert all(later - earlier >= 15.0 - 0.11 for earlier, later in pairwise(found))


@given(NUMBERS, NUMBERS, st.booleans())
def test_ticks_lie_on_their_scale(one: float, other: float, log: bool) -> None:
    low, high = sorted((one, other * 1.5))
    scale = Scale(low, high, 0.0, 100.0, log)
    if high > low * 1.2:
        ticks = scale.ticks()
        assert all(-0.1 <= scale(tick) <= 100.1 for tick in ticks)
        assert ticks == sorted(set(ticks))
        if not log:
            assert 1 <= len(ticks) <= 8


@given(
    st.lists(st.tuples(st.integers(0, 200), NUMBERS), min_size=2, max_size=14),
    st.sampled_from([WIDE, NARROW]),
)
def test_every_dot_and_its_label_lies_in_the_chart(
    held: list[tuple[int, float]], size: tuple[float, float]
) -> None:
    columns = [
        Column(name=f"arm {place}", strict=Rate.count(right, 200), cost=Cost(calls=calls))
        for place, (right, calls) in enumerate(held)
    ]
    chart = cost_chart(columns, "calls", size)
    assert len(chart.dots) == len(held)
    for dot in chart.dots:
        assert chart.box.left <= dot.x <= chart.box.right
        assert chart.box.top <= dot.high <= dot.y <= dot.low <= chart.box.bottom
        assert 0 <= dot.label_y <= size[1]


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_names_of_dear_arms_stand_beside_their_dots(size: tuple[float, float]) -> None:
    held = {
        "cheap": (120, 100),
        "ring": (340, 2350),
        "ring, surest": (385, 2350),
        "complete": (362, 2930),
        "self_consistency_calls": (123, 1440),
        "self_consistency_tokens": (126, 3004),
    }
    columns = [
        Column(name=name, strict=Rate.count(right, 1000), cost=Cost(calls=cost))
        for name, (right, cost) in held.items()
    ]
    chart = cost_chart(columns, "calls", size)
    for dot in chart.dots:
        assert abs(dot.label_y - 4 - dot.y) <= 12
    assert len(chart.across) >= 2
    for one, other in pairwise(chart.across):
        assert other.at - one.at > 3 * (len(one.text) + len(other.text))


def test_a_measure_that_is_not_known_of_all_is_no_chart() -> None:
    columns = [Column(name="a", cost=Cost(calls=1, seconds=2)), Column(name="b", cost=Cost(calls=2))]
    assert measures(columns) == ["calls"]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 20])
def test_seats_on_a_circle_are_equally_far_from_its_middle(size: int) -> None:
    for x, y in on_circle(size):
        assert (x - 0.5) ** 2 + (y - 0.5) ** 2 == pytest.approx(0.25, abs=2e-3)


@given(st.integers(1, 12), st.integers(0, 2**16), st.floats(0, 1))
def test_every_seat_of_any_graph_has_a_place_of_its_own(size: int, seed: int, density: float) -> None:
    graph = nx.gnp_random_graph(size, density, seed=seed, directed=True)
    seats = [f"s{node}" for node in graph]
    found = places(seats, [(f"s{u}", f"s{v}") for u, v in graph.edges])
    assert len(found) == size
    assert len(set(found)) == size
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in found)


def test_a_star_has_its_hub_in_the_middle() -> None:
    found = places(["a", "hub", "b", "c", "d"], [("hub", leaf) for leaf in "abcd"])
    assert found[1] == (0.5, 0.5)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=4)))
def test_what_is_folded_unfolds(data: object) -> None:
    text = fold(data)
    assert unfold(text) == data
    assert not set(text) & set("<>&\"'")


@given(st.lists(st.integers(0, 5)))
def test_equal_things_are_kept_once(things: list[int]) -> None:
    once = Once()
    places_ = [once(thing) for thing in things]
    assert [once.held[place] for place in places_] == things
    assert len(once.held) == len(set(things))


@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    shown = visible(text)
    assert not set(shown) & {
        chr(code) for code in (*range(9), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    }
    assert visible(shown) == shown


def test_a_difference_of_nothing_has_no_sign() -> None:
    assert [points(value) for value in (0.0, -0.0004, 0.0004, -0.0006)] == ["0.0", "0.0", "0.0", "−0.1"]
