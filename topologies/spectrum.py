"""Spectrum: how fast talk over a graph would make everybody agree, read off its eigenvalues."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import networkx as nx

from quorate.errors import BadOption
from quorate.topologies.seating import directed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DENSE = 1500
"""Most seats whose eigenvalues are computed from a dense matrix: seconds and tens of megabytes."""

NOISE = 1e-12
"""An eigenvalue nearer to 0 than this is 0, but for the last digits of a float."""


def spectral_gap(graph: nx.Graph[str]) -> float | None:
    """Return 1 - |lambda_2| of the averaging in which everybody repeatedly takes the mean of what they hear.

    This is the model of DeGroot (1974): opinions x become W x, where row v of W gives the same weight
    1/(1 + number heard) to v itself and to each seat that v hears. Disagreement shrinks by |lambda_2|,
    the second largest modulus of an eigenvalue, each round.

    1. W is block triangular over the strongly connected components, so its eigenvalues are theirs.
    2. A component that hears nobody outside has the eigenvalue 1. Two of these never agree: the gap is 0.
    3. Otherwise |lambda_2| is the largest modulus that is left when that one eigenvalue is taken away.

    Parameters
    ----------
    graph : networkx.DiGraph
        An edge u -> v means that v hears u; an undirected edge counts both ways.

    Returns
    -------
    float or None
        Between 0 (they never agree) and 1 (they agree after one round, as in the complete graph; also one
        seat alone). None for components of more than 1500 seats unless scipy is there to find it.

    Examples
    --------
    >>> round(spectral_gap(nx.cycle_graph(6)), 6)  # 1 - (1 + 2 cos 60 degrees) / 3
    0.333333
    """
    heard = directed(graph)
    if len(heard) < 2:
        return 1.0
    parts = [_Part(heard, seats) for seats in nx.strongly_connected_components(heard)]
    closed = [part for part in parts if part.is_closed]
    if len(closed) > 1:
        return 0.0
    moduli = [_modulus(part) for part in parts]
    known = [modulus for modulus in moduli if modulus is not None]
    if len(known) < len(moduli):
        return None
    return 1.0 if max(known) < NOISE else max(0.0, 1.0 - max(known))


class _Part:
    """A strongly connected component, and how much weight each of its seats gives to one voice."""

    def __init__(self, graph: nx.DiGraph[str], seats: set[str]) -> None:
        self.graph = graph.subgraph(seats)
        heard = {seat: set(graph.predecessors(seat)) | {seat} for seat in self.graph}
        self.weights = [1 / len(voices) for voices in heard.values()]
        self.is_closed = all(voices <= seats for voices in heard.values())


def _modulus(part: _Part) -> float | None:
    """Return the largest modulus of a component's eigenvalues, its eigenvalue 1 left out."""
    if len(part.weights) == 1:
        return 0.0 if part.is_closed else part.weights[0]
    moduli = _moduli_sparse(part) if len(part.weights) > DENSE else _moduli(part)
    return None if moduli is None else float(sorted(moduli)[-2 if part.is_closed else -1])


def _moduli(part: _Part) -> NDArray[np.float64]:
    import numpy as np  # here, because few need it and it slows the start of every command

    heard = nx.to_numpy_array(part.graph, weight="").T
    np.fill_diagonal(heard, 1.0)
    weights = np.array(part.weights)
    if (heard == heard.T).all():  # similar to a symmetric matrix: real eigenvalues, found faster
        return np.abs(np.linalg.eigvalsh(np.sqrt(np.outer(weights, weights)) * heard))
    return np.abs(np.linalg.eigvals(weights[:, None] * heard))


def _moduli_sparse(part: _Part) -> NDArray[np.float64] | None:
    """Return the two largest moduli, or None without scipy or when its solver gives up."""
    try:
        import scipy.sparse as sp
        from scipy.sparse.linalg import ArpackError, eigs
    except ImportError:
        return None
    import numpy as np

    heard = nx.to_scipy_sparse_array(part.graph, weight="").T.astype(float).tolil()
    heard.setdiag(1.0)
    start = np.random.default_rng(0).random(len(part.weights))  # or scipy draws it from the clock
    try:
        found = eigs(sp.diags_array(part.weights) @ heard.tocsr(), k=2, v0=start, return_eigenvectors=False)
    except ArpackError:
        return None
    return np.asarray(np.abs(found))


def rounds_to_consensus(graph: nx.Graph[str], tolerance: float = 0.01) -> int | None:
    """Predict after how many rounds of averaging the disagreement is down to `tolerance` of what it was.

    The least t with |lambda_2|^t <= tolerance, where |lambda_2| = 1 - `spectral_gap(graph)`: for graphs in
    which everybody who hears is heard this bounds the disagreement from above; for others it is its rate
    in the long run. Language models do not average, so read it as a ranking of graphs.

    Parameters
    ----------
    graph : networkx.DiGraph
        An edge u -> v means that v hears u.
    tolerance : float
        Share of the first disagreement that counts as none, between 0 and 1.

    Returns
    -------
    int or None
        0 for one seat alone; None when they never agree, or the gap is not known.

    Raises
    ------
    BadOption
        When the tolerance does not lie between 0 and 1.

    Examples
    --------
    >>> rounds_to_consensus(nx.cycle_graph(6)), rounds_to_consensus(nx.complete_graph(6))
    (12, 1)
    """
    return rounds_at_gap(spectral_gap(graph), tolerance) if len(graph) > 1 else 0


def rounds_at_gap(gap: float | None, tolerance: float = 0.01) -> int | None:
    """Return `rounds_to_consensus` for a spectral gap that is known already.

    Examples
    --------
    >>> rounds_at_gap(0.5, tolerance=0.25)
    2
    """
    if not 0 < tolerance < 1:
        raise BadOption(f"The tolerance lies between 0 and 1, not {tolerance!r}: 0.01 is usual.")
    if gap is None or gap == 0:
        return None
    if gap == 1:
        return 1
    # A whole number of rounds must not become one more because of the last digits of a float.
    return max(1, math.ceil(math.log(tolerance) / math.log1p(-gap) - 1e-9))
