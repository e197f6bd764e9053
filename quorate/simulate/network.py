"""The network: who hears whom as arrays, for a handful of agents or a million.

Agents are numbers, 0 to n-1. Whom they hear is held in two ways at once, and each may be empty:

    links    row v of a compressed sparse matrix lists whom v hears          ring, star, random graphs
    blocks   v hears everybody in one block of neighbours on the line        complete, cliques, layers

so that the complete graph of a million, 10^12 edges, takes a few numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import networkx as nx
import numpy as np
import numpy.typing as npt

from quorate.errors import BadGraph

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.floating[Any]]
Codes = npt.NDArray[np.int8]
NOBODY = -1
FEW = 64
"""Most agents heard by each for which whole columns are added up, which is faster than row by row."""
MOST_LINKS = 50_000_000
"""Most links (directed edges) that are held one by one: about 2 GB while they are sorted."""


@dataclass(frozen=True, eq=False)
class Network:
    """Who hears whom among `size` agents.

    Parameters
    ----------
    size : int
        n, the number of agents.
    starts : array of int, shape (n + 1,)
        Where the row of each agent begins in `heard`.
    heard : array of int, shape (links,)
        Whom the agents hear, row by row; never themselves.
    blocks : array of int, shape (blocks + 1,)
        Where each block of agents begins on the line, and n; empty when there are no blocks.
    hears : array of int, shape (blocks,)
        The block that everybody in a block hears, apart from themselves; NOBODY for none.

    Examples
    --------
    >>> chain = Network.of_links(3, heard=[0, 1], hearer=[1, 2])
    >>> chain.degrees.tolist(), chain.sums(np.array([1.0, 2.0, 4.0])).tolist()
    ([0, 1, 1], [0.0, 1.0, 2.0])
    """

    size: int
    starts: Ints
    heard: npt.NDArray[np.int32]
    blocks: Ints
    hears: Ints
    modulus: float | None = None
    """|lambda_2| of averaging over the network, where its maker knows a formula; see `spectrum`."""

    @classmethod
    def of_links(cls, size: int, heard: npt.ArrayLike, hearer: npt.ArrayLike) -> Self:
        """Make a network of single links; those given twice count once, and nobody hears themselves.

        Parameters
        ----------
        size : int
        heard, hearer : array of int, shape (links,)
            The two ends of each link: `hearer` hears `heard`.
        """
        u, v = np.asarray(heard, dtype=np.int64), np.asarray(hearer, dtype=np.int64)
        key = distinct((v * size + u)[u != v])
        starts = np.concatenate(([0], np.cumsum(np.bincount(key // size, minlength=size))))
        none = np.empty(0, dtype=np.int64)
        return cls(size, starts, (key % size).astype(np.int32), none, none)

    @classmethod
    def of_pairs(cls, size: int, one: npt.ArrayLike, other: npt.ArrayLike) -> Self:
        """Make a network of pairs that hear each other."""
        u, v = np.asarray(one, dtype=np.int64), np.asarray(other, dtype=np.int64)
        return cls.of_links(size, np.concatenate([u, v]), np.concatenate([v, u]))

    @classmethod
    def of_rows(cls, rows: npt.NDArray[np.integer[Any]]) -> Self:
        """Make a network in which row v lists the d agents that v hears, shape (agents, d)."""
        size, degree = rows.shape
        none = np.empty(0, dtype=np.int64)
        starts = np.arange(size + 1, dtype=np.int64) * degree
        return cls(size, starts, np.sort(rows, axis=1).astype(np.int32).reshape(-1), none, none)

    @classmethod
    def of_blocks(cls, sizes: Sequence[int], hears: Sequence[int]) -> Self:
        """Make a network of blocks, each of which hears all of one block, its own or another.

        Examples
        --------
        >>> Network.of_blocks([2, 3], hears=[0, 0]).degrees.tolist()
        [1, 1, 2, 2, 2]
        """
        size = sum(sizes)
        bounds = np.concatenate(([0], np.cumsum(np.asarray(sizes, dtype=np.int64))))
        starts = np.zeros(size + 1, dtype=np.int64)
        return cls(size, starts, np.empty(0, dtype=np.int32), bounds, np.asarray(hears, dtype=np.int64))

    @classmethod
    def of_graph(cls, graph: nx.Graph[Any]) -> Self:
        """Take a networkx graph, its nodes in order; an undirected edge is heard both ways.

        Examples
        --------
        >>> Network.of_graph(nx.DiGraph([("ada", "bo"), ("cy", "bo")])).degrees.tolist()
        [0, 2, 0]
        """
        places = {node: place for place, node in enumerate(graph)}
        edges = np.array([(places[u], places[v]) for u, v in graph.edges()], dtype=np.int64).reshape(-1, 2)
        if graph.is_directed():
            return cls.of_links(len(places), edges[:, 0], edges[:, 1])
        return cls.of_pairs(len(places), edges[:, 0], edges[:, 1])

    def graph(self) -> nx.DiGraph[int]:
        """Return the network as a networkx graph, for as many agents as that can hold."""
        made: nx.DiGraph[int] = nx.DiGraph()
        made.add_nodes_from(range(self.size))
        made.add_edges_from((u, v) for v in range(self.size) for u in self.row(v).tolist())
        return made

    def row(self, agent: int) -> Ints:
        """Return whom an agent hears, in order."""
        linked = self.heard[self.starts[agent] : self.starts[agent + 1]].astype(np.int64)
        block = int(self.block_heard[agent])
        if block == NOBODY:
            return linked
        held = np.arange(self.blocks[block], self.blocks[block + 1])
        return np.union1d(linked, held[held != agent])

    @cached_property
    def linked(self) -> Ints:
        """How many each hears by single links, shape (agents,)."""
        return np.diff(self.starts)

    @cached_property
    def home(self) -> Ints:
        """The block of each agent, shape (agents,); NOBODY without blocks."""
        if not self.hears.size:
            return np.full(self.size, NOBODY, dtype=np.int64)
        return np.repeat(np.arange(self.hears.size), np.diff(self.blocks))

    @cached_property
    def block_heard(self) -> Ints:
        """The block that each agent hears, shape (agents,); NOBODY for none."""
        return self.hears[self.home] if self.hears.size else self.home

    @cached_property
    def inside(self) -> Bools:
        """Whether the agent sits in the block it hears, shape (agents,)."""
        return np.asarray((self.block_heard == self.home) & (self.home != NOBODY))

    @cached_property
    def blocked(self) -> Ints:
        """How many each hears because they are in a block, shape (agents,)."""
        if not self.hears.size:
            return np.zeros(self.size, dtype=np.int64)
        sizes = np.append(np.diff(self.blocks), 0)  # NOBODY, -1, reads the 0
        return sizes[self.block_heard] - self.inside

    @cached_property
    def degrees(self) -> Ints:
        """How many each agent hears, shape (agents,)."""
        return self.linked + self.blocked

    @property
    def edges(self) -> int:
        """Directed edges: the messages that are read in a round."""
        return int(self.degrees.sum())

    @cached_property
    def mutual(self) -> bool:
        """Whether everybody who hears somebody is heard by them."""
        at_home = self.hears == np.arange(self.hears.size)
        if not (at_home | (self.hears == NOBODY)).all():
            return False
        v = np.repeat(np.arange(self.size), self.linked)
        u = self.heard.astype(np.int64)
        return bool(np.array_equal(np.sort(u * self.size + v), v * self.size + u))

    @cached_property
    def _columns(self) -> npt.NDArray[np.int32] | None:
        """The links as columns, where everybody has the same few of them."""
        degree = int(self.linked[0]) if self.size else 0
        if degree > FEW or (self.linked != degree).any():
            return None
        return np.ascontiguousarray(self.heard.reshape(self.size, degree).T)

    def sums(self, values: npt.NDArray[Any]) -> Floats:
        """Add up what each agent hears.

        Parameters
        ----------
        values : array, shape (..., agents)

        Returns
        -------
        array of float, shape (..., agents)
            In float32 where the values are, or are smaller; added up in float64 where many are heard.
        """
        kind = np.float64 if values.dtype == np.float64 else np.float32
        given: Floats = values.astype(kind, copy=False)
        total = self._sums_of_links(given)
        if self.hears.size:
            total += self._sums_of_blocks(given)
        return total

    def _sums_of_links(self, values: Floats) -> Floats:
        total = np.zeros_like(values)
        if self._columns is not None:
            for column in self._columns:
                total += values[..., column]
            return total
        some = self.linked > 0
        found = np.add.reduceat(values[..., self.heard], self.starts[:-1][some], axis=-1, dtype=np.float64)
        total[..., some] = found
        return total

    def _sums_of_blocks(self, values: Floats) -> Floats:
        whole = np.add.reduceat(values, self.blocks[:-1], axis=-1, dtype=np.float64)
        whole = np.concatenate([whole, np.zeros((*whole.shape[:-1], 1))], axis=-1)
        found = whole[..., self.block_heard]
        found -= np.where(self.inside, values, 0)
        return found.astype(values.dtype)

    def counts(self, codes: Codes, kinds: int) -> Floats:
        """Count the answers that each agent hears.

        Parameters
        ----------
        codes : array of int, shape (..., agents)
            Answers 0 to kinds - 1; others are not counted.
        kinds : int

        Returns
        -------
        array of float, shape (kinds, ..., agents)
        """
        return np.stack([self.sums(codes == kind) for kind in range(kinds)])

    def pick(self, chances: Floats) -> Ints:
        """Pick one of those that each agent hears.

        Parameters
        ----------
        chances : array of float, shape (..., agents)
            Uniform on [0, 1).

        Returns
        -------
        array of int, shape (..., agents)
            Agents; those who hear nobody pick themselves.
        """
        degrees = self.degrees
        place = np.minimum((chances * degrees).astype(np.int64), np.maximum(degrees - 1, 0))
        itself = np.arange(self.size)
        picked = np.broadcast_to(itself, place.shape)
        if self.heard.size:
            at = np.minimum(self.starts[:-1] + place, self.heard.size - 1)
            picked = np.where(place < self.linked, self.heard[at], picked)
        if self.hears.size:
            first = np.append(self.blocks[:-1], 0)[self.block_heard]
            member = first + place - self.linked
            member += self.inside & (member >= itself)
            picked = np.where((place >= self.linked) & (self.blocked > 0), member, picked)
        return np.asarray(picked, dtype=np.int64)

    def with_pairs(self, pairs: Iterable[tuple[int, int]]) -> Network:
        """Return this network of blocks with a few pairs more, each of which sits in two blocks."""
        more = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
        links = Network.of_pairs(self.size, more[:, 0], more[:, 1])
        return replace(self, starts=links.starts, heard=links.heard, modulus=None)


def distinct(keys: Ints) -> Ints:
    """Return the different keys in order; faster than `np.unique`, which hashes millions of them first."""
    found = np.sort(keys)
    return found[np.concatenate(([True], found[1:] != found[:-1]))] if found.size else found


def check_links(name: str, links: float, fix: str) -> None:
    """Refuse a network that would not fit into memory link by link.

    Raises
    ------
    BadGraph
        That says how many links there would be, and the fix.
    """
    if links > MOST_LINKS:
        raise BadGraph(
            f"The topology '{name}' would have {links:.2g} links, and {MOST_LINKS:,} fit into memory: {fix}"
        )
