"""Places: which seats are planted first."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.errors import BadOption
from quorate.nouns import Table
from quorate.robustness.places import order_at, spots
from quorate.topologies import chain, complete, ring, star

SEATS = ["ada", "bo", "cy", "di", "eve"]


def hearing(graph: object) -> dict[str, tuple[str, ...]]:
    return dict(Table(SEATS, graph).hearing(1))  # type: ignore[arg-type]


def test_the_hub_of_a_star_is_its_centre_and_the_leaves_are_the_others() -> None:
    graph = hearing(star(SEATS))
    assert order_at("hub", graph)[0] == "ada"
    assert order_at("leaf", graph) == ("bo", "cy", "di", "eve", "ada")


def test_who_is_heard_counts_and_not_who_hears() -> None:
    graph = hearing(star(SEATS, hears="hub"))  # the hub hears all others, and nobody hears it
    assert order_at("hub", graph)[-1] == "ada"


def test_of_seats_with_as_many_hearers_the_nearer_to_all_is_the_hub() -> None:
    assert order_at("hub", hearing(chain(SEATS)))[0] in ("ada", "bo", "cy", "di")
    line = {"ada": ("bo",), "bo": ("ada", "cy"), "cy": ("bo", "di"), "di": ("cy", "eve"), "eve": ("di",)}
    assert order_at("hub", line)[0] == "cy"
    assert order_at("leaf", line)[:2] == ("ada", "eve")


@pytest.mark.parametrize("maker", [ring, complete])
def test_where_all_seats_are_alike_hub_and_leaf_are_one_place(maker: object) -> None:
    assert list(spots(["hub", "leaf"], hearing(maker(SEATS)))) == ["any"]  # type: ignore[operator]
    assert list(spots(["hub", "leaf"], hearing(star(SEATS)))) == ["hub", "leaf"]


@given(st.integers(0, 1000))
@settings(max_examples=20)
def test_random_places_are_the_same_on_every_graph(seed: int) -> None:
    orders = {order_at("random", hearing(maker(SEATS)), seed=seed) for maker in (ring, star, complete)}
    assert len(orders) == 1
    assert sorted(orders.pop()) == sorted(SEATS)


def test_named_seats_are_their_own_order() -> None:
    assert spots([["di", "bo"]], hearing(ring(SEATS))) == {"di+bo": ("di", "bo")}
    with pytest.raises(BadOption, match=r"no agent 'adda' to plant\. Did you mean 'ada'"):
        order_at(["adda"], hearing(ring(SEATS)))
    with pytest.raises(BadOption, match="each once"):
        order_at(["di", "di"], hearing(ring(SEATS)))
    with pytest.raises(BadOption, match=r"no place 'hubb'\. Did you mean 'hub'"):
        order_at("hubb", hearing(ring(SEATS)))
