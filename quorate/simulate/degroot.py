"""DeGroot (1974): everybody repeatedly takes the mean of what they hear and their own opinion, x <- W x."""

from __future__ import annotations

import numpy as np

from quorate.simulate.drafts import Drafts
from quorate.simulate.draws import Draws
from quorate.simulate.dynamics import Degrees, Talk, dynamics
from quorate.simulate.network import Floats, Network


@dynamics
def degroot(drafts: Drafts, draws: Draws) -> Talk:
    """Average: x <- W x, with the same weight 1/(1 + number heard) for oneself and everybody heard.

    Where everybody who hears is heard and all are connected, all opinions approach the mean of the first ones
    weighted by 1 + number heard, and the distance shrinks by |lambda_2| a round: DeGroot, "Reaching a
    consensus", JASA 69 (1974).
    """
    return Degrees(drafts, average)


def average(network: Network, opinions: Floats) -> Floats:
    """Return W x: the mean of each agent's opinion and those it hears.

    Parameters
    ----------
    network : Network
    opinions : array of float, shape (..., agents)

    Examples
    --------
    >>> from quorate.simulate.shapes import chain
    >>> average(chain(3), np.array([0.0, 0.0, 1.0])).round(3).tolist()
    [0.0, 0.333, 0.5]
    """
    weights = (1 / (1 + network.degrees)).astype(opinions.dtype)
    return np.asarray((opinions + network.sums(opinions)) * weights)
