"""Calibration: probabilities that mean what they say, and the numbers that tell whether they do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from quorate.nouns import Noun

Floats = npt.NDArray[np.float64]
BINS = 10


class Calibration(Noun):
    """A straight line through log-odds (Platt 1999): P(right) = sigmoid(slope * logit + shift).

    Examples
    --------
    >>> overconfident = np.array([-4.0, -4, 4, 4] * 50)
    >>> Calibration.fit(overconfident, np.array([0, 0, 1, 0] * 50)).slope < 1
    True
    """

    slope: float = 1.0
    shift: float = 0.0

    def __call__(self, logits: Floats) -> Floats:
        """Return calibrated probabilities."""
        return sigmoid(self.slope * logits + self.shift)

    @classmethod
    def fit(cls, logits: Floats, labels: npt.ArrayLike) -> Calibration:
        """Fit the line to held-out labels (0 or 1) by Newton's method.

        As Platt proposes, the labels are drawn a little towards each other, and the line a little towards
        the one that changes nothing, so that a perfect separation does not end in certainty. Where one class
        is missing, or the slope would turn the order round, nothing is changed.
        """
        right = np.asarray(labels, dtype=np.float64)
        if not 0 < right.sum() < len(right):
            return cls()
        high, low = (right.sum() + 1) / (right.sum() + 2), 1 / (len(right) - right.sum() + 2)
        targets = np.where(right > 0.5, high, low)
        inputs = np.stack([logits, np.ones_like(logits)], axis=1)
        line = np.array([1.0, 0.0])
        for _ in range(100):
            chances = sigmoid(inputs @ line)
            slope = inputs.T @ (chances - targets) + line - (1.0, 0.0)
            curve = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + np.eye(2)
            step = np.clip(np.linalg.solve(curve, slope), -1, 1)
            line = line - step
            if abs(step).max() < 1e-8:
                break
        if not np.isfinite(line).all() or line[0] <= 0:
            return cls()
        return cls(slope=float(line[0]), shift=float(line[1]))


class Metrics(Noun):
    """How good probabilities are on labels that were held out.

    `auc` is the chance that a right one gets more than a wrong one (None with one class only), `ece` the
    mean gap between what is claimed and what is right, `brier` the mean square error.
    """

    n: int
    right: int
    auc: float | None
    ece: float
    brier: float

    @classmethod
    def of(cls, chances: Floats, labels: npt.ArrayLike) -> Metrics:
        """Measure probabilities against labels of 0 and 1.

        Examples
        --------
        >>> Metrics.of(np.array([0.9, 0.8, 0.1]), [1, 1, 0])
        Metrics(n=3, right=2, auc=1.0, ece=0.1333, brier=0.02)
        """
        right = np.asarray(labels, dtype=np.float64)
        found = auc(chances, right)
        return cls(
            n=len(right),
            right=int(right.sum()),
            auc=None if found is None else round(found, 4),
            ece=round(ece(chances, right), 4),
            brier=round(float(((chances - right) ** 2).mean()), 4) if len(right) else 0.0,
        )


def sigmoid(logits: Floats) -> Floats:
    """Return the logistic function, without overflow."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(logits, dtype=np.float64)))


def auc(chances: npt.ArrayLike, labels: npt.ArrayLike) -> float | None:
    """Return the area under the ROC curve, ties counted half; None when only one class is there.

    By ranks, as the statistic of Mann and Whitney (1947).

    Examples
    --------
    >>> auc([0.1, 0.4, 0.4, 0.9], [0, 0, 1, 1])
    0.875
    """
    right = np.asarray(labels) > 0.5
    ones, zeros = int(right.sum()), int((~right).sum())
    if not ones or not zeros:
        return None
    _, kinds, counts = np.unique(np.asarray(chances), return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((ranks[kinds][right].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def ece(chances: npt.ArrayLike, labels: npt.ArrayLike, bins: int = BINS) -> float:
    """Return the expected calibration error over bins of equal width (Guo et al. 2017, equation 3).

    Examples
    --------
    >>> round(ece([0.95, 0.95, 0.95, 0.95], [1, 1, 0, 0]), 3)
    0.45
    """
    claimed, right = np.asarray(chances, dtype=np.float64), np.asarray(labels, dtype=np.float64)
    if not len(claimed):
        return 0.0
    place = np.minimum((claimed * bins).astype(int), bins - 1)
    gaps = np.bincount(place, claimed - right, bins)
    return float(abs(gaps).sum() / len(claimed))
