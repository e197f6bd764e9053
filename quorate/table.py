"""The table: the seats, who hears whom at each turn, the offices, and the randomness of a deliberation."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from quorate.errors import BadGraph, BadOption, did_you_mean

if TYPE_CHECKING:
    import networkx as nx

    from quorate.nouns import Message

Hearing = Mapping[str, tuple[str, ...]]
"""For every seat, the seats it hears, in seat order."""


def derive_seed(*parts: object) -> int:
    """Derive a 63-bit seed from its parts: the same parts give the same seed on every machine.

    Examples
    --------
    >>> derive_seed(0, "q1", 0, "ada") == derive_seed(0, "q1", 0, "ada")
    True
    >>> derive_seed(0, "q1", 0, "ada") == derive_seed(1, "q1", 0, "ada")
    False
    """
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 1


class Table:
    """The seats, who hears whom at each turn, the offices, and the randomness of a deliberation.

    Parameters
    ----------
    seats : sequence of str
        The debaters, in order.
    graph : networkx graph or callable
        An edge u -> v means that **v hears u**, an undirected one both ways; a callable gets the turn (1 for
        the first revision) and returns that turn's graph. None means that everybody hears everybody.
    offices : mapping of str to str
        Seats outside the graph, by office: `{"judge": "solon"}`.
    seed : int
        Root of every draw at this table.

    Raises
    ------
    BadGraph
        When the nodes of a graph are not exactly the seats.

    Examples
    --------
    >>> import networkx as nx
    >>> table = Table(["ada", "bo", "cy"], nx.DiGraph([("ada", "bo"), ("bo", "cy"), ("cy", "ada")]))
    >>> table.hears("bo", turn=1)
    ('ada',)
    """

    def __init__(
        self,
        seats: Sequence[str],
        graph: nx.Graph[str] | Callable[[int], nx.Graph[str]] | None = None,
        *,
        offices: Mapping[str, str] | None = None,
        seed: int = 0,
    ) -> None:
        self.seats = tuple(seats)
        self.offices = dict(offices or {})
        self.seed = seed
        twice = [seat for seat, count in Counter(self.seats).items() if count > 1]
        if twice:
            raise BadOption(f"Two agents share the name '{twice[0]}'; give every agent its own.")
        if not self.seats:
            raise BadOption("There is nobody at the table: give at least one agent.")
        self._order = {seat: index for index, seat in enumerate(self.seats)}
        self._graph = graph
        self._heard: dict[int, dict[str, tuple[str, ...]]] = {}
        if graph is not None and not callable(graph):
            self._heard[-1] = self._neighbours(graph)

    def hears(self, seat: str, turn: int) -> tuple[str, ...]:
        """Return the seats that `seat` hears at `turn`, in seat order."""
        return self.hearing(turn)[seat]

    def hearing(self, turn: int) -> Hearing:
        """Return, for each seat, the seats it hears at `turn`."""
        if self._graph is None:
            if -1 not in self._heard:
                self._heard[-1] = {
                    seat: tuple(other for other in self.seats if other != seat) for seat in self.seats
                }
            return self._heard[-1]
        if not callable(self._graph):
            return self._heard[-1]
        if turn not in self._heard:
            self._heard[turn] = self._neighbours(self._graph(turn))
        return self._heard[turn]

    def heard_by(self, seat: str, said: Mapping[str, Message], turn: int) -> tuple[Message, ...]:
        """Return the messages of `said` (by seat) that reach `seat` at `turn`; failed ones reach nobody."""
        return tuple(
            said[other] for other in self.hearing(turn)[seat] if other in said and said[other].error is None
        )

    def office(self, name: str) -> str:
        """Return the seat that holds the office `name`; BadOption when nobody does."""
        try:
            return self.offices[name]
        except KeyError:
            raise BadOption(
                f"This protocol needs a {name}, and nobody holds that office. "
                f"Seat one with offices={{'{name}': agent}}."
            ) from None

    def check_k(self, what: str, k: object) -> int:
        """Return `k`, how many of the agents something keeps, if there can be so many.

        Raises
        ------
        BadOption
            When it is no whole number of at least 1, or larger than the number of agents.

        Examples
        --------
        >>> Table(["ada", "bo"]).check_k("filter 'top_k'", 3)
        Traceback (most recent call last):
        ...
        quorate.errors.BadOption: The filter 'top_k' is to keep 3, and there are only 2 agents; lower k or ...
        """
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise BadOption(f"The {what} keeps a whole number of agents, at least 1, not {k!r}.")
        if k > len(self.seats):
            only = f"only {len(self.seats)} agents" if len(self.seats) > 1 else "only 1 agent"
            raise BadOption(f"The {what} is to keep {k}, and there are {only}; lower k or add agents.")
        return k

    def rng(self, *parts: object) -> random.Random:
        """Return a generator derived from the table's seed and `parts`; never the global one."""
        return random.Random(derive_seed(self.seed, *parts))

    def _neighbours(self, graph: nx.Graph[str]) -> dict[str, tuple[str, ...]]:
        nodes = set(graph.nodes)
        for node in nodes - set(self.seats):
            raise BadGraph(
                f"The graph has a node {node!r} that is not an agent. {did_you_mean(str(node), self.seats)}"
            )
        for seat in self.seats:
            if seat not in nodes:
                raise BadGraph(
                    f"The agent '{seat}' is not in the graph; add it as a node, even an isolated one."
                )
        heard = getattr(graph, "predecessors", graph.neighbors)  # an undirected edge is heard both ways
        return {
            seat: tuple(sorted((u for u in heard(seat) if u != seat), key=self._order.__getitem__))
            for seat in self.seats
        }
