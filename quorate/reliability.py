"""Reliability: what was claimed beside what was right, bin by bin, as a table and a plot of characters.

claimed          n  mean   right  95 % interval   0        0.5        1
0.8 - 0.9       20  0.85   0.500  0.299 - 0.701   |      ---o---   +  |
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from quorate.calibration import BINS, Metrics, bin_of, checked
from quorate.errors import BadOption
from quorate.evaluate import wilson
from quorate.nouns import Noun

WIDTH = 41
"""Characters of the plot, from 0 to 1: an odd number has a middle."""
MOST_BINS = 1000


class Bin(Noun):
    """The claims in [low, high): how many, their mean, the share that was right and its 95 % interval."""

    low: float
    high: float
    n: int
    claimed: float
    right: float
    interval: tuple[float, float]


class Reliability(Noun):
    """A reliability diagram (DeGroot and Fienberg 1983): only bins that hold a claim are in it.

    Examples
    --------
    >>> found = Reliability.of([0.85] * 20 + [0.15] * 10, [1, 0] * 10 + [0] * 10)
    >>> [(bin.low, bin.n, round(bin.claimed, 2), bin.right) for bin in found.bins]
    [(0.1, 10, 0.15, 0.0), (0.8, 20, 0.85, 0.5)]
    >>> found.metrics.ece
    0.2833
    """

    bins: tuple[Bin, ...]
    metrics: Metrics

    @classmethod
    def of(cls, chances: npt.ArrayLike, labels: npt.ArrayLike, bins: int = BINS) -> Reliability:
        """Measure claims, shape (n,), against labels of 0 and 1 in `bins` bins of equal width.

        Raises
        ------
        BadOption
            For claims outside [0, 1], other labels, none at all, or no bin to put them into.
        """
        if not 1 <= bins <= MOST_BINS:
            raise BadOption(f"Reliability is shown in 1 to {MOST_BINS} bins, not {bins}.")
        claimed, right = checked(chances, labels)
        places = bin_of(claimed, bins)
        counts = np.bincount(places, minlength=bins)
        claims, hits = np.bincount(places, claimed, bins), np.bincount(places, right, bins)
        found = [
            Bin(
                low=at / bins,
                high=(at + 1) / bins,
                n=int(counts[at]),
                claimed=float(claims[at] / counts[at]),
                right=float(hits[at] / counts[at]),
                interval=wilson(int(hits[at]), int(counts[at])),
            )
            for at in np.flatnonzero(counts).tolist()
        ]
        return cls(bins=tuple(found), metrics=Metrics.of(claimed, right))

    def __str__(self) -> str:
        """Draw the table: `o` marks the share that was right, `-` its interval, `+` what was claimed."""
        scale = f"0{'0.5':^{WIDTH - 2}}1"
        lines = [f"{'claimed':<13}{'n':>8}  mean   right  {'95 % interval':<15} {scale}"]
        for bin in self.bins:
            low, high = bin.interval
            lines.append(
                f"{f'{bin.low:.2f} - {bin.high:.2f}':<13}{bin.n:>8}  {bin.claimed:.3f}  {bin.right:.3f}  "
                f"{f'{low:.3f} - {high:.3f}':<15} {_plot(bin)}"
            )
        found = self.metrics
        ranked = "" if found.auc is None else f", AUC {found.auc:.3f}"
        lines.append(f"N {found.n:,}, ECE {found.ece:.4f}, Brier {found.brier:.4f}{ranked}")
        return "\n".join(lines)


def _plot(bin: Bin) -> str:
    low, high, claimed, right = (round(at * (WIDTH - 1)) for at in (*bin.interval, bin.claimed, bin.right))
    row = ["-" if low <= at <= high else " " for at in range(WIDTH)]
    row[claimed] = "+"
    row[right] = "o"
    return "".join(row).rstrip()
