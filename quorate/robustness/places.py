"""Places: where in a graph adversaries are planted, in an order that grows: two are one and another.

hub      the seats that most others hear first
leaf     the seats that fewest others hear first
random   drawn
ada+bo   the seats that are named, in this order
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import networkx as nx

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import derive_seed

PLACES = ("hub", "leaf", "random")
Place = str | Sequence[str]
Hearing = Mapping[str, Sequence[str]]


def order_at(place: Place, hearing: Hearing, *, seed: int = 0) -> tuple[str, ...]:
    """Return the seats in the order in which they are planted at a place.

    Seats are ranked by how many hear them; of equal ones by how short a way their word has to all whom it
    reaches (closeness, Freeman 1978, "Centrality in social networks"), then by their order at the table.

    Parameters
    ----------
    place : {"hub", "leaf", "random"} or sequence of str
        Which; a list of names is its own order.
    hearing : mapping of str to sequence of str
        Whom each seat hears, as `Table.hearing` gives it.
    seed : int
        Of the draw of random places; one seed gives one order on every graph of the same seats.

    Raises
    ------
    BadOption
        For an unknown place, or a name that is not at the table.

    Examples
    --------
    >>> star = {"ada": ("bo", "cy"), "bo": ("ada",), "cy": ("ada",)}
    >>> order_at("hub", star), order_at("leaf", star), order_at(["cy"], star)
    (('ada', 'bo', 'cy'), ('bo', 'cy', 'ada'), ('cy',))
    """
    seats = tuple(hearing)
    if not isinstance(place, str):
        return _named(place, seats)
    if place == "random":
        return tuple(random.Random(derive_seed(seed, "places")).sample(seats, len(seats)))
    if place not in PLACES:
        raise BadOption(
            f"There is no place '{place}'. {did_you_mean(place, PLACES)} Or name the seats, in a list."
        )
    audience, closeness = _centrality(hearing)
    sign = -1 if place == "hub" else 1
    rank = {seat: (sign * audience[seat], sign * closeness[seat]) for seat in seats}
    return tuple(sorted(seats, key=rank.__getitem__))


def _named(place: Sequence[str], seats: Sequence[str]) -> tuple[str, ...]:
    for name in place:
        if name not in seats:
            raise BadOption(f"There is no agent '{name}' to plant. {did_you_mean(str(name), seats)}")
    if len(set(place)) < len(place) or not place:
        raise BadOption(f"A place lists seats, each once, not {list(place)!r}.")
    return tuple(place)


def _centrality(hearing: Hearing) -> tuple[dict[str, int], dict[str, float]]:
    """Return how many hear each seat, and how near it is to all whom its word can reach."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(hearing)
    graph.add_edges_from((peer, seat) for seat, peers in hearing.items() for peer in peers)
    audience = {seat: len(list(graph.successors(seat))) for seat in hearing}
    outward = nx.closeness_centrality(graph.reverse())  # by itself it measures the way towards a node
    return audience, {seat: round(near, 9) for seat, near in outward.items()}


def spots(places: Sequence[Place], hearing: Hearing, *, seed: int = 0) -> dict[str, tuple[str, ...]]:
    """Return the orders of several places by name; places that are the same on this graph are one.

    Examples
    --------
    >>> ring = {"ada": ("bo", "cy"), "bo": ("ada", "cy"), "cy": ("ada", "bo")}
    >>> spots(["hub", "leaf"], ring)
    {'any': ('ada', 'bo', 'cy')}
    """
    found: dict[tuple[str, ...], list[str]] = {}
    for place in places:
        name = place if isinstance(place, str) else "+".join(map(str, place))
        found.setdefault(order_at(place, hearing, seed=seed), []).append(name)
    return {_called(names): order for order, names in found.items()}


def _called(names: Sequence[str]) -> str:
    """Name a place: where hub and leaf are the same, no seat is more central than another."""
    if "hub" in names and "leaf" in names:
        names = ["any", *(name for name in names if name not in ("hub", "leaf"))]
    return "/".join(dict.fromkeys(names))
