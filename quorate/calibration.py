"""Calibration: probabilities that mean what they say, and the numbers that tell whether they do.

Three ways to mend claimed probabilities, each fitted to held-out labels:

    Temperature.fit(chances, right)     one number: claims are stretched or squeezed, 0.5 stays
    Calibration.fit(logits, right)      a line through log-odds: the middle may move too
    Isotonic.fit(chances, right)        any rising curve: needs hundreds of labels

`quorate.reliability` shows what was claimed beside what was right.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from quorate.errors import BadOption
from quorate.nouns import Noun

Floats = npt.NDArray[np.float64]
BINS = 10
SUREST = 1e-6
"""Claims nearer to 0 or 1 than this are taken as this near before their log-odds are taken."""
HOTTEST = 100.0
"""Temperatures are sought between 1 / HOTTEST and HOTTEST."""


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


class Temperature(Noun):
    """One temperature for all claims (Guo et al. 2017, arXiv:1706.04599): sigmoid(logit(claim) / t).

    Above 1 the claims were too sure, below 1 not sure enough.

    Examples
    --------
    >>> Temperature.fit([0.9] * 10, [1] * 7 + [0] * 3)([0.9]).round(3).tolist()
    [0.7]
    >>> Temperature(temperature=0)
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: A temperature is a finite number above 0, not 0.
    """

    temperature: float = 1.0

    @model_validator(mode="after")
    def _check(self) -> Temperature:
        if not 0 < self.temperature < math.inf:
            raise BadOption(f"A temperature is a finite number above 0, not {self.temperature:g}.")
        return self

    def __call__(self, chances: npt.ArrayLike) -> Floats:
        """Return calibrated probabilities, shape (n,), from claimed ones."""
        return sigmoid(logit(chances) / self.temperature)

    @classmethod
    def fit(cls, chances: npt.ArrayLike, labels: npt.ArrayLike) -> Temperature:
        """Return the temperature with the least cross-entropy, by bisection of its slope.

        The cross-entropy is convex in 1 / temperature, so the slope has one zero; where it has none in
        [1 / HOTTEST, HOTTEST] (labels that all agree with their claims) the nearer end is taken.

        Raises
        ------
        BadOption
            When there is nothing to fit, or claims and labels do not fit together.
        """
        claimed, right = checked(chances, labels)
        odds = logit(claimed)
        low, high = -math.log(HOTTEST), math.log(HOTTEST)
        for _ in range(60):
            middle = (low + high) / 2
            if float(odds @ (sigmoid(odds * math.exp(middle)) - right)) > 0:
                high = middle
            else:
                low = middle
        return cls(temperature=math.exp(-(low + high) / 2))


class Isotonic(Noun):
    """A rising curve through claims (Zadrozny and Elkan 2002), fitted by pooling adjacent violators.

    `claimed` are the ends of the pooled blocks in rising order, `right` the share that was right in each;
    between them the curve is straight, outside it is flat.

    Examples
    --------
    >>> Isotonic.fit([0.1, 0.4, 0.6, 0.9], [0, 1, 0, 1])
    Isotonic(claimed=(0.1, 0.4, 0.6, 0.9), right=(0.0, 0.5, 0.5, 1.0))
    >>> Isotonic.fit([0.1, 0.4, 0.6, 0.9], [0, 1, 0, 1])([0.25, 0.5, 1.0]).round(3).tolist()
    [0.25, 0.5, 1.0]
    """

    claimed: tuple[float, ...]
    right: tuple[float, ...]

    @model_validator(mode="after")
    def _check(self) -> Isotonic:
        risen = all(a < b for a, b in pairwise(self.claimed)) and all(a <= b for a, b in pairwise(self.right))
        within = all(0 <= value <= 1 for value in (*self.claimed, *self.right))
        if not self.claimed or len(self.claimed) != len(self.right) or not risen or not within:
            raise BadOption(
                "An isotonic calibration is a rising curve: as many shares as claims, all in [0, 1], rising."
            )
        return self

    def __call__(self, chances: npt.ArrayLike) -> Floats:
        """Return calibrated probabilities, shape (n,), from claimed ones."""
        return np.interp(np.asarray(chances, dtype=np.float64), self.claimed, self.right)

    @classmethod
    def fit(cls, chances: npt.ArrayLike, labels: npt.ArrayLike) -> Isotonic:
        """Return the rising curve with the least square error (Ayer et al. 1955), in O(n log n).

        Equal claims are one point first, weighted by how many they are.

        Raises
        ------
        BadOption
            When there is nothing to fit, or claims and labels do not fit together.
        """
        claimed, right = checked(chances, labels)
        points, places, counts = np.unique(claimed, return_inverse=True, return_counts=True)
        blocks: list[tuple[float, int, int]] = []
        for at, (hits, count) in enumerate(zip(np.bincount(places, right), counts, strict=True)):
            total, size, first = float(hits), int(count), at
            while blocks and blocks[-1][0] * size >= total * blocks[-1][1]:
                before, many, first = blocks.pop()
                total, size = total + before, size + many
            blocks.append((total, size, first))
        ends: dict[float, float] = {}
        for (total, size, first), (_, _, after) in pairwise([*blocks, (0.0, 0, len(points))]):
            ends[float(points[first])] = ends[float(points[after - 1])] = total / size
        return cls(claimed=tuple(ends), right=tuple(ends.values()))


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
            brier=round(brier(chances, right), 4),
        )


def checked(chances: npt.ArrayLike, labels: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return claims and labels as arrays of shape (n,); BadOption when they cannot be compared.

    Examples
    --------
    >>> checked([0.5, 1.2], [0, 1])
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: A confidence lies between 0 and 1; number 2 is 1.2.
    """
    claimed, right = np.asarray(chances, dtype=np.float64), np.asarray(labels, dtype=np.float64)
    if claimed.ndim != 1 or claimed.shape != right.shape or not claimed.size:
        raise BadOption(f"Give as many labels as confidences, at least one: {right.size} for {claimed.size}.")
    outside = np.flatnonzero(~((claimed >= 0) & (claimed <= 1)))
    if outside.size:
        raise BadOption(
            f"A confidence lies between 0 and 1; number {outside[0] + 1} is {claimed[outside[0]]:g}."
        )
    if not np.isin(right, (0.0, 1.0)).all():
        raise BadOption("A label is 1 for right and 0 for wrong; nothing else can be calibrated against.")
    return claimed, right


def sigmoid(logits: npt.ArrayLike) -> Floats:
    """Return the logistic function, without overflow."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(logits, dtype=np.float64)))


def logit(chances: npt.ArrayLike) -> Floats:
    """Return the log-odds of probabilities, certainty taken as `SUREST` away from it.

    Examples
    --------
    >>> logit([0.5, 1.0]).round(1).tolist()
    [0.0, 13.8]
    """
    held = np.clip(np.asarray(chances, dtype=np.float64), SUREST, 1 - SUREST)
    return np.log(held) - np.log1p(-held)


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
    gaps = np.bincount(bin_of(claimed, bins), claimed - right, bins)
    return float(abs(gaps).sum() / len(claimed))


def bin_of(claimed: Floats, bins: int = BINS) -> npt.NDArray[np.int64]:
    """Return the bin of equal width that each claim falls into; a claim of 1 is in the last.

    Examples
    --------
    >>> bin_of(np.array([0.0, 0.55, 1.0])).tolist()
    [0, 5, 9]
    """
    return np.minimum((claimed * bins).astype(np.int64), bins - 1)


def brier(chances: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Return the mean square error of probabilities (Brier 1950); 0 for none.

    Examples
    --------
    >>> brier([1.0, 0.5], [1, 0])
    0.125
    """
    claimed, right = np.asarray(chances, dtype=np.float64), np.asarray(labels, dtype=np.float64)
    return float(((claimed - right) ** 2).mean()) if len(claimed) else 0.0
