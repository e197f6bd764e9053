"""Spectrum of large networks: how fast averaging agrees, what falls apart, how far word travels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from quorate.nouns import derive_seed
from quorate.simulate.network import NOBODY, Ints, Network
from quorate.topologies import spectrum
from quorate.topologies.spectrum import rounds_at_gap

DENSE = 500
"""Most agents whose eigenvalues are computed one and all."""
STEPS = 40
"""Most steps of Lanczos: enough where a network mixes well, and a bound where it does not."""
CLOSE = 0.05
"""Error of a gap, as a share of it, at which Lanczos may stop."""

Doubles = npt.NDArray[np.float64]


class Gap(NamedTuple):
    """A spectral gap, 1 - |lambda_2|; where it is not `exact` the true one is this or less."""

    value: float
    exact: bool

    def rounds(self, tolerance: float = 0.01) -> int | None:
        """Return the rounds to consensus, at least; None when they never agree.

        Examples
        --------
        >>> Gap(0.5, exact=True).rounds(0.25)
        2
        """
        return rounds_at_gap(self.value, tolerance)


def gap_of(network: Network, *, seed: int = 0) -> Gap | None:
    """Return the spectral gap of averaging over a network, as `quorate.topologies.spectral_gap` defines it.

    Up to 500 agents all eigenvalues are computed. Beyond, where everybody who hears is heard, the two ends of
    the spectrum are found by the method of Lanczos (1950), with the eigenvector of 1 taken out of every step:
    it can only find too small a second eigenvalue, hence too large a gap.

    Returns
    -------
    Gap or None
        None for a large network in which somebody is heard by others than they hear.

    Examples
    --------
    >>> from quorate.simulate.shapes import ring
    >>> gap = gap_of(ring(1_000_000))
    >>> f"{gap.value:.2g}", f"{gap.rounds():.2g}"
    ('1.3e-11', '3.5e+11')
    """
    if network.size < 2:
        return Gap(1.0, exact=True)
    if network.modulus is not None:
        return Gap(1 - network.modulus, exact=True)
    if network.size <= DENSE:
        found = spectrum.spectral_gap(network.graph())  # type: ignore[arg-type]
        return None if found is None else Gap(found, exact=True)
    if not network.mutual:
        return None
    if components(network).parts > 1:
        return Gap(0.0, exact=True)
    return _lanczos(network, seed)


def _lanczos(network: Network, seed: int) -> Gap:
    """Tridiagonalise D^(-1/2) (A + I) D^(-1/2), which has the eigenvalues of the averaging."""
    roots = np.sqrt(network.degrees + 1.0)
    top = roots / np.linalg.norm(roots)
    before = np.zeros(network.size)
    now = _apart(np.random.default_rng(derive_seed(seed, "lanczos")).standard_normal(network.size), top)
    now /= np.linalg.norm(now)
    diagonal: list[float] = []
    beside: list[float] = []
    while True:
        scaled = now / roots
        ahead = (scaled + network.sums(scaled)) / roots
        diagonal.append(float(now @ ahead))
        ahead -= diagonal[-1] * now + (beside[-1] * before if beside else 0)
        ahead = _apart(ahead, top)
        beside.append(float(np.linalg.norm(ahead)))
        gap, close = _ritz(diagonal, beside)
        through = beside[-1] < spectrum.NOISE  # there is nothing left to find
        if close or through or len(diagonal) >= STEPS:
            return Gap(gap, close or through)
        before, now = now, ahead / beside[-1]


def _apart(vector: Doubles, top: Doubles) -> Doubles:
    return np.asarray(vector - (vector @ top) * top)


def _ritz(diagonal: list[float], beside: list[float]) -> tuple[float, bool]:
    """Return the gap that the steps so far tell, and whether its error is small."""
    off = np.array(beside[:-1])
    values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(off, 1) + np.diag(off, -1))
    at = int(np.abs(values).argmax())
    gap = max(0.0, 1 - float(np.abs(values[at])))
    error = beside[-1] * abs(float(vectors[-1, at]))
    return gap, len(diagonal) > 5 and error <= CLOSE * gap


class Components(NamedTuple):
    """Parts of a network between which no word passes, and the agents of the largest."""

    parts: int
    largest: int


def components(network: Network) -> Components:
    """Return the parts of a network, whichever way word passes in them.

    Labels are hooked to smaller ones and shortened until nothing changes (Shiloach and Vishkin 1982).

    Examples
    --------
    >>> from quorate.simulate.network import Network
    >>> components(Network.of_pairs(5, [0, 1], [1, 2]))
    Components(parts=3, largest=3)
    """
    one, other = _ends(network)
    labels = np.arange(network.size)
    while one.size:
        low, high = np.minimum(labels[one], labels[other]), np.maximum(labels[one], labels[other])
        apart = low != high
        one, other, low, high = one[apart], other[apart], low[apart], high[apart]
        np.minimum.at(labels, high, low)
        while (shorter := labels[labels]).tobytes() != labels.tobytes():
            labels = shorter
    sizes = np.bincount(labels, minlength=network.size)
    return Components(int((sizes > 0).sum()), int(sizes.max()))


def _ends(network: Network) -> tuple[Ints, Ints]:
    """Return all links, and for a block that is heard one from each hearer and member to its first agent."""
    hearers = np.flatnonzero(network.block_heard != NOBODY)
    members = np.flatnonzero(np.isin(network.home, network.block_heard[hearers]))
    ends = [np.repeat(np.arange(network.size), network.linked), hearers, members]
    firsts = [
        network.blocks[held] for held in (network.block_heard[hearers], network.home[members]) if held.size
    ]
    return np.concatenate(ends), np.concatenate([network.heard.astype(np.int64), *firsts])


def reach(network: Network, rounds: int, *, seed: int = 0) -> int:
    """Count the agents that word from one agent, drawn by chance, has reached after so many rounds of talk.

    Examples
    --------
    >>> from quorate.simulate.shapes import ring
    >>> reach(ring(1000), 20)
    41
    """
    start = int(np.random.default_rng(derive_seed(seed, "reach")).integers(network.size))
    told = np.zeros(network.size, dtype=np.bool_)
    told[start] = True
    known = 1
    for _ in range(rounds):
        told |= network.sums(told) > 0
        before, known = known, int(told.sum())
        if known in (before, network.size):
            break
    return known
