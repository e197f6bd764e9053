"""Bounded confidence: opinions move only towards opinions that are near."""

from __future__ import annotations

from functools import partial

import numpy as np

from quorate.simulate.drafts import Drafts
from quorate.simulate.draws import Draws
from quorate.simulate.dynamics import Degrees, Talk, dynamics
from quorate.simulate.network import NOBODY, Bools, Floats, Network
from quorate.topologies.seating import share


@dynamics
def bounded(drafts: Drafts, draws: Draws, *, confidence: float = 0.2) -> Talk:
    """Average over the opinions heard that are no farther away than `confidence`, and one's own.

    Hegselmann and Krause, "Opinion dynamics and bounded confidence", JASSS 5(3) (2002), on a graph. With
    everybody heard and uniform opinions, about 0.5/confidence clusters remain.

    Parameters
    ----------
    confidence : float
        In [0, 1], the scale of opinions.
    """
    confidence = share("bounded", "confidence", confidence, kind="dynamics")
    return Degrees(drafts, partial(average_near, confidence=confidence))


@dynamics
def deffuant(drafts: Drafts, draws: Draws, *, confidence: float = 0.2, step: float = 0.5) -> Talk:
    """Move towards the opinion of one agent heard, drawn by chance, if it is no farther than `confidence`.

    Deffuant, Neau, Amblard and Weisbuch, "Mixing beliefs among interacting agents", ACS 3 (2000), with
    everybody hearing somebody in every round: who is heard does not move in return.

    Parameters
    ----------
    confidence : float
        In [0, 1], the scale of opinions.
    step : float
        Share of the way.
    """
    confidence = share("deffuant", "confidence", confidence, kind="dynamics")
    step = share("deffuant", "step", step, kind="dynamics")
    return Degrees(drafts, partial(_meet_one, draws=draws, confidence=confidence, step=np.float32(step)))


def _meet_one(
    network: Network, opinions: Floats, *, draws: Draws, confidence: float, step: np.float32
) -> Floats:
    met = np.take_along_axis(opinions, network.pick(draws.uniform(network.size)), axis=1)
    apart = met - opinions
    return np.asarray(opinions + step * np.where(np.abs(apart) <= confidence, apart, 0))


def average_near(network: Network, opinions: Floats, confidence: float) -> Floats:
    """Return the mean, for each agent, of its opinion and those it hears that are near.

    Parameters
    ----------
    network : Network
    opinions : array of float, shape (questions, agents)
    confidence : float
        How far away an opinion may be.

    Examples
    --------
    >>> from quorate.simulate.shapes import complete
    >>> average_near(complete(3), np.array([[0.0, 0.2, 0.9]]), 0.3).round(3).tolist()
    [[0.1, 0.1, 0.9]]
    """
    total, count = opinions.astype(np.float64), np.ones(opinions.shape)
    if network.heard.size:
        _add_links(network, opinions, confidence, total, count)
    if network.hears.size:
        for row, held, many in zip(opinions, total, count, strict=True):
            _add_blocks(network, row, confidence, held, many)
    return np.asarray(total / count, dtype=opinions.dtype)


def _add_links(network: Network, opinions: Floats, confidence: float, total: Floats, count: Floats) -> None:
    some: Bools = network.linked > 0
    starts = network.starts[:-1][some]
    for row, held, many in zip(opinions, total, count, strict=True):
        heard = row[network.heard]
        near = np.abs(heard - np.repeat(row, network.linked)) <= confidence
        held[some] += np.add.reduceat(np.where(near, heard, 0), starts, dtype=np.float64)
        many[some] += np.add.reduceat(near, starts, dtype=np.float64)


def _add_blocks(network: Network, row: Floats, confidence: float, total: Floats, count: Floats) -> None:
    """Add what is near in a block: a window of its sorted opinions, found for all agents at once.

    Blocks lie 4 apart on one line, so that no window reaches into the next.
    """
    opinions = row.astype(np.float64)
    order = np.argsort(4.0 * network.home + opinions, kind="stable")
    line = (4.0 * network.home + opinions)[order]
    sums = np.concatenate(([0.0], np.cumsum(opinions[order])))
    place = 4.0 * network.block_heard + opinions
    low = np.searchsorted(line, place - confidence, side="left")
    high = np.searchsorted(line, place + confidence, side="right")
    hearing = network.block_heard != NOBODY
    total += np.where(hearing, sums[high] - sums[low] - np.where(network.inside, opinions, 0), 0)
    count += np.where(hearing, high - low - network.inside, 0)
