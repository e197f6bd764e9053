"""Random graphs of any size as arrays: the random makers of `quorate.topologies`, drawn in whole arrays.

The same seed gives the same graph, of the same law as networkx's, but not networkx's own graph for that seed.
"""

from __future__ import annotations

import numpy as np

from quorate.errors import BadGraph
from quorate.nouns import derive_seed
from quorate.simulate.network import Bools, Ints, Network, check_links
from quorate.topologies.limits import circle_neighbours, drawn_pairs, newcomer_links, regular_degree
from quorate.topologies.seating import share, whole

TRIES = 500
"""Passes of repairs before a drawn graph is given up; sparse graphs need about three."""


def _rng(name: str, seed: int) -> np.random.Generator:
    return np.random.default_rng(derive_seed(name, whole(name, "seed", seed)))


def _keys(size: int, one: Ints, other: Ints) -> Ints:
    """Give every pair a number, the same one both ways round."""
    return np.minimum(one, other) * size + np.maximum(one, other)


def _doubled(keys: Ints) -> Bools:
    """Tell which keys came up before, shape (keys,)."""
    order = np.argsort(keys, kind="stable")
    again = np.zeros(keys.size, dtype=np.bool_)
    again[order[1:]] = keys[order[1:]] == keys[order[:-1]]
    return again


def random_regular(size: int, *, degree: int = 2, seed: int = 0) -> Network:
    """Draw a graph in which everybody hears equally many.

    The configuration model (Bollobás 1980): every agent has `degree` stubs, which are paired by chance. Pairs
    that are loops or came up before are repaired by switching ends with another pair, so long as that makes
    two good ones (McKay and Wormald 1990): near to uniform for sparse graphs.

    Parameters
    ----------
    size : int
    degree : int
        How many each hears; with 2, the default as at a table, the graph falls into separate rings.
    seed : int

    Raises
    ------
    BadGraph
        When no such graph exists, or none was found.

    Examples
    --------
    >>> set(random_regular(1000, degree=4).degrees.tolist())
    {4}
    """
    regular_degree(size, degree)
    check_links("random_regular", size * degree, f"use degree={max(1, 20_000_000 // size)} or less.")
    rng = _rng("random_regular", seed)
    if 2 * degree < size:
        return Network.of_pairs(size, *_regular_pairs(size, degree, rng))
    apart = np.eye(size, dtype=np.bool_)  # so dense that it is easier to draw who does not hear whom
    one, other = _regular_pairs(size, size - 1 - degree, rng)
    apart[one, other] = apart[other, one] = True
    return Network.of_links(size, *np.nonzero(~apart))


def _regular_pairs(size: int, degree: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    stubs = rng.permutation(np.repeat(np.arange(size), degree)).reshape(-1, 2)
    return _repaired(size, stubs[:, 0].copy(), stubs[:, 1].copy(), rng)


def _repaired(size: int, one: Ints, other: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Switch the ends of bad pairs until there are none."""
    for _ in range(TRIES):
        keys = _keys(size, one, other)
        bad = np.flatnonzero((one == other) | _doubled(keys))
        if not bad.size:
            return one, other
        partner = rng.integers(0, one.size, bad.size)
        turned = rng.random(bad.size) < 0.5
        mine, theirs = other[bad], np.where(turned, one[partner], other[partner])
        kept = np.where(turned, other[partner], one[partner])
        fine = _switchable(size, keys, (one[bad], theirs), (kept, mine), np.stack([bad, partner]))
        bad, partner, mine, theirs, kept = (held[fine] for held in (bad, partner, mine, theirs, kept))
        other[bad] = theirs
        one[partner], other[partner] = kept, mine
    raise BadGraph(
        "No regular graph was found by chance: so dense a graph is drawn more easily as 'erdos_renyi'."
    )


def _switchable(
    size: int, keys: Ints, first: tuple[Ints, Ints], second: tuple[Ints, Ints], touched: Ints
) -> Bools:
    """Tell which switches make two new pairs that are not there yet, and touch nothing that others touch."""
    known = np.sort(keys)
    fine = np.ones(first[0].size, dtype=np.bool_)
    made = []
    for u, v in (first, second):
        key = _keys(size, u, v)
        at = np.minimum(np.searchsorted(known, key), known.size - 1)
        fine &= (u != v) & (known[at] != key)
        made.append(key)
    # Two switches at once may make the same pair, or share one: the first alone is carried out.
    for held in (np.concatenate(made), touched.reshape(-1)):
        fine &= ~_doubled(held).reshape(2, -1).any(axis=0)
    return fine


def erdos_renyi(size: int, *, density: float = 0.5, connected: bool = False, seed: int = 0) -> Network:
    """Draw M = density times n(n-1)/2 of all pairs: G(n, M); `connected` starts from a random tree.

    Raises
    ------
    BadGraph
        When a connected graph needs more pairs than the density allows, or there are too many to hold.

    Examples
    --------
    >>> erdos_renyi(1000, density=0.01).edges
    9990
    """
    pairs = drawn_pairs(size, density, connected=connected)
    check_links("erdos_renyi", 2 * pairs, f"use density={20_000_000 / size / size:.1g} or less.")
    rng = _rng("erdos_renyi", seed)
    tree = _random_tree(size, rng) if connected else np.empty(0, dtype=np.int64)
    keys = _more_pairs(size, tree, pairs, rng)
    return Network.of_pairs(size, keys // size, keys % size)


def _more_pairs(size: int, keys: Ints, wanted: int, rng: np.random.Generator) -> Ints:
    """Add random pairs to those there are, until there are as many different ones as wanted."""
    if wanted > size * (size - 1) // 4:  # dense: choose among all that are left, which is little then
        u, v = np.triu_indices(size, 1)
        free = np.setdiff1d(u * size + v, keys, assume_unique=True)
        return np.concatenate([keys, rng.choice(free, wanted - keys.size, replace=False)])
    while keys.size < wanted:
        drawn = rng.integers(0, size, (2, wanted - keys.size))
        more = _keys(size, drawn[0], drawn[1])[drawn[0] != drawn[1]]
        both = np.concatenate([keys, more])
        keys = both[~_doubled(both)]  # the first of each stays, in the order drawn
    return keys


def _random_tree(size: int, rng: np.random.Generator) -> Ints:
    """Draw a tree uniformly from all on these agents, by its Prüfer sequence (1918); return keys of pairs."""
    if size < 2:
        return np.empty(0, dtype=np.int64)
    sequence: list[int] = rng.integers(0, size, size - 2).tolist()
    left = (np.bincount(np.array(sequence, dtype=np.int64), minlength=size) + 1).tolist()
    pairs, smallest = [], left.index(1)
    leaf = smallest
    for node in sequence:
        pairs.append((leaf, node))
        left[node] -= 1
        if left[node] == 1 and node < smallest:
            leaf = node
        else:
            smallest = leaf = left.index(1, smallest + 1)
    pairs.append((leaf, size - 1))
    ends = np.array(pairs, dtype=np.int64)
    return _keys(size, ends[:, 0], ends[:, 1])


def small_world(size: int, *, k: int = 2, p: float = 0.1, seed: int = 0) -> Network:
    """Rewire each link of a ring of k neighbours with probability p: Watts and Strogatz (1998).

    Raises
    ------
    BadOption
        When k is odd or p is not a probability.
    BadGraph
        When there are not more than k agents.

    Examples
    --------
    >>> small_world(1000, k=4).edges
    4000
    """
    circle_neighbours(size, k)
    p = share("small_world", "p", p)
    check_links("small_world", size * k, f"use k={max(2, 10_000_000 // size * 2)} or less.")
    rng = _rng("small_world", seed)
    one = np.tile(np.arange(size), k // 2)
    other = (one + np.repeat(np.arange(1, k // 2 + 1), size)) % size
    moved = np.flatnonzero(rng.random(one.size) < p)
    if k < size - 1:  # else everybody hears everybody already, and there is nowhere to go
        _rewire(size, one, other, moved, rng)
    return Network.of_pairs(size, one, other)


def _rewire(size: int, one: Ints, other: Ints, moved: Ints, rng: np.random.Generator) -> None:
    """Give the moved pairs a new far end by chance, in place, so that no pair comes up twice."""
    home = other.copy()
    for _ in range(TRIES):
        if not moved.size:
            return
        other[moved] = rng.integers(0, size, moved.size)
        keys = _keys(size, one, other)
        still = np.setdiff1d(np.arange(one.size), moved, assume_unique=True)
        order = np.concatenate([still, moved])  # of two alike, the one that stands already stays
        bad = np.empty(one.size, dtype=np.bool_)
        bad[order] = _doubled(keys[order])
        moved = moved[(bad | (one == other))[moved]]
    other[moved] = home[moved]  # so dense that no new end was found: these stay where they were
    if (_doubled(_keys(size, one, other))).any():
        raise BadGraph("So dense a small world cannot be rewired: use a smaller k or p.")


def scale_free(size: int, *, m: int = 2, seed: int = 0) -> Network:
    """Let each newcomer link to m agents, the well-linked ones more often: Barabási and Albert (1999).

    An end of a link chosen by chance belongs to an agent in proportion to its links; so each newcomer copies
    the ends of m earlier links (Batagelj and Brandes 2005), all newcomers at once, by following the copies
    back to where they lead.

    Raises
    ------
    BadGraph
        When there are not more than m agents.

    Examples
    --------
    >>> scale_free(1000, m=3).edges
    5982
    """
    newcomer_links(size, m)
    check_links("scale_free", 2 * m * size, f"use m={max(1, 10_000_000 // size)} or less.")
    rng = _rng("scale_free", seed)
    newcomers = np.repeat(np.arange(m + 1, size), m)
    one = np.concatenate([np.arange(1, m + 1), newcomers])  # the first m agents link to agent 0
    link = np.arange(m, one.size)
    before = 2 * (m + m * (newcomers - m - 1))  # ends of links that are older than the newcomer
    copied = (rng.random(link.size) * before).astype(np.int64)
    for _ in range(TRIES):
        other = _ends(one, m, copied)
        again = _doubled(one[m:] * size + other[m:])
        if not again.any():
            return Network.of_pairs(size, one, other)
        copied[again] = (rng.random(int(again.sum())) * before[again]).astype(np.int64)
    raise BadGraph("No scale-free graph was found by chance: use a smaller m.")


def _ends(one: Ints, m: int, copied: Ints) -> Ints:
    """Follow every link to the agent that its copied end belongs to, by jumping twice as far each time.

    End 2i of the list is the newcomer of link i, end 2i + 1 is whatever link i copied.
    """
    other = np.zeros(one.size, dtype=np.int64)
    known = np.concatenate([np.ones(m, dtype=np.bool_), copied % 2 == 0])
    other[m:] = np.where(copied % 2 == 0, one[copied // 2], 0)
    ahead = np.concatenate([np.arange(m), copied // 2])
    while not known.all():
        open_ = np.flatnonzero(~known)
        at = ahead[open_]
        done = known[at]
        other[open_[done]] = other[at[done]]
        known[open_[done]] = True
        ahead[open_[~done]] = ahead[at[~done]]
    return other
