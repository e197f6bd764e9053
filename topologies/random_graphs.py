"""Random graphs: topologies drawn from a seed, always undirected: who hears is also heard.

The same seed gives the same graph, and it is networkx's own graph for that seed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations

import networkx as nx

from quorate.registry import topology
from quorate.topologies.limits import circle_neighbours, drawn_pairs, newcomer_links, regular_degree
from quorate.topologies.seating import check_seats, seated, share, whole


@topology
def small_world(seats: Sequence[str], *, k: int = 2, p: float = 0.1, seed: int = 0) -> nx.DiGraph[str]:
    """Rewire the links of a ring by chance: Watts and Strogatz, Nature 393 (1998).

    Parameters
    ----------
    seats : sequence of str
        The agents, around the circle.
    k : int
        Neighbours on both sides together before rewiring (as in the paper): even, below n.
    p : float
        Probability that a link is rewired.
    seed : int
        Root of the draw.

    Returns
    -------
    networkx.DiGraph
        With nk directed edges; it need not be connected.

    Raises
    ------
    BadOption
        When k is odd or p is not a probability.
    BadGraph
        When there are not more than k seats.

    Examples
    --------
    >>> small_world("abcdef", k=4, p=0.5, seed=3).number_of_edges()
    24
    """
    seats = check_seats("small_world", seats)
    k = circle_neighbours(len(seats), k)
    p, seed = share("small_world", "p", p), whole("small_world", "seed", seed)
    return seated(nx.watts_strogatz_graph(len(seats), k, p, seed=seed), seats)


@topology
def random_regular(seats: Sequence[str], *, degree: int = 2, seed: int = 0) -> nx.DiGraph[str]:
    """Draw a graph in which everybody hears equally many: density degree/(n-1).

    The graphs of Li et al., "Improving Multi-Agent Debate with Sparse Communication Topology"
    (arXiv 2406.11776): n=6 and degree 5, 4, 3, 2.

    Parameters
    ----------
    seats : sequence of str
        The agents, in order.
    degree : int
        How many each seat hears, below n; n times degree is even.
    seed : int
        Root of the draw.

    Returns
    -------
    networkx.DiGraph
        With n times degree edges; with degree 2 it need not be connected.

    Raises
    ------
    BadGraph
        When no such graph exists.

    Examples
    --------
    >>> dict(random_regular("abcdef", degree=3).in_degree())
    {'a': 3, 'b': 3, 'c': 3, 'd': 3, 'e': 3, 'f': 3}
    """
    seats = check_seats("random_regular", seats)
    size, degree = len(seats), regular_degree(len(seats), degree)
    return seated(nx.random_regular_graph(degree, size, seed=whole("random_regular", "seed", seed)), seats)


@topology
def erdos_renyi(
    seats: Sequence[str], *, density: float = 0.5, connected: bool = False, seed: int = 0
) -> nx.DiGraph[str]:
    """Draw a graph of a given density: G(n, M) of Erdős and Rényi (1959).

    M, the number of pairs that hear each other, is `density` times n(n-1)/2 to the nearest whole number,
    so that two draws cost the same.

    Parameters
    ----------
    seats : sequence of str
        The agents, in order.
    density : float
        Share of all pairs that hear each other, between 0 and 1.
    connected : bool
        Whether to start from a random tree over all seats and add random pairs to it, so that nobody is
        cut off. The draw is then not uniform over the connected graphs: it leans towards trees.
    seed : int
        Root of the draw.

    Returns
    -------
    networkx.DiGraph
        With 2M directed edges.

    Raises
    ------
    BadOption
        When the density does not lie between 0 and 1.
    BadGraph
        When a connected graph needs more pairs than the density allows.

    Examples
    --------
    >>> erdos_renyi("abcdef", density=0.4, seed=1).number_of_edges()
    12
    """
    seats = check_seats("erdos_renyi", seats)
    size, seed = len(seats), whole("erdos_renyi", "seed", seed)
    pairs = drawn_pairs(size, density, connected=connected)
    if not connected:
        return seated(nx.gnm_random_graph(size, pairs, seed=seed), seats)
    return seated(_grown_tree(size, pairs, random.Random(seed)), seats)


def _grown_tree(size: int, pairs: int, rng: random.Random) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.random_labeled_tree(size, seed=rng)
    free = [pair for pair in combinations(range(size), 2) if not graph.has_edge(*pair)]
    graph.add_edges_from(rng.sample(free, pairs - graph.number_of_edges()))
    return graph


@topology
def scale_free(seats: Sequence[str], *, m: int = 2, seed: int = 0) -> nx.DiGraph[str]:
    """Let each newcomer link to m seats, the well-linked ones more often: Barabási and Albert (1999).

    Parameters
    ----------
    seats : sequence of str
        The agents; earlier ones tend to become hubs.
    m : int
        Links of each newcomer, at least 1 and below n.
    seed : int
        Root of the draw.

    Returns
    -------
    networkx.DiGraph
        Connected, with 2m(n-m) directed edges.

    Raises
    ------
    BadGraph
        When there are not more than m seats.

    Examples
    --------
    >>> scale_free("abcdef", m=2).number_of_edges()
    16
    """
    seats = check_seats("scale_free", seats)
    m = newcomer_links(len(seats), m)
    return seated(nx.barabasi_albert_graph(len(seats), m, seed=whole("scale_free", "seed", seed)), seats)
