"""Logistic regression with a ridge, by Newton's method."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from quorate.calibration import Floats, sigmoid
from quorate.errors import BadOption

STEPS = 100


def fit_logistic(inputs: Floats, labels: npt.ArrayLike, ridge: float = 1.0) -> tuple[Floats, float]:
    """Fit P(label = 1) = sigmoid(inputs @ weights + bias) by maximum likelihood with a ridge on the weights.

    Minimises the sum of log-losses plus ridge / 2 times the squared norm of the weights; the bias is free.
    With one class only, the weights are 0 and the bias is the log-odds of its smoothed share.

    Parameters
    ----------
    inputs : array of float, shape (n, features)
    labels : array of 0 and 1, shape (n,)
    ridge : float
        Above 0, so that separable data has a finite fit.

    Returns
    -------
    (array of float, float)
        Weights, shape (features,), and bias.

    Raises
    ------
    BadOption
        For a ridge that is not positive, or arrays that do not fit together.

    Examples
    --------
    >>> weights, bias = fit_logistic(np.array([[-1.0], [-1], [1], [1]]), [0, 0, 1, 1])
    >>> round(float(weights[0]), 3), abs(round(bias, 3))
    (1.043, 0.0)
    """
    right = np.asarray(labels, dtype=np.float64)
    if not 0 < ridge < math.inf:
        raise BadOption(f"A ridge is a finite number above 0, not {ridge:g}.")
    if inputs.ndim != 2 or right.shape != inputs.shape[:1] or not len(right):
        raise BadOption(f"Give as many labels as rows: {right.size} for {inputs.shape[0]}.")
    width = inputs.shape[1]
    if not 0 < right.sum() < len(right):
        share = (right.sum() + 0.5) / (len(right) + 1)
        return np.zeros(width), float(math.log(share / (1 - share)))
    rows = np.concatenate([inputs, np.ones((len(right), 1))], axis=1)
    penalty = np.append(np.full(width, ridge), 0.0)
    share = right.mean()
    line = np.append(np.zeros(width), math.log(share / (1 - share)))
    for _ in range(STEPS):
        step = _newton(rows, right, line, penalty)
        size, before = 1.0, _loss(rows, right, line, penalty)
        while _loss(rows, right, line - size * step, penalty) > before and size > 1e-6:
            size /= 2
        line = line - size * step
        if np.abs(size * step).max() < 1e-9:
            break
    return line[:-1], float(line[-1])


def _newton(rows: Floats, right: Floats, line: Floats, penalty: Floats) -> Floats:
    chances = sigmoid(rows @ line)
    slope = rows.T @ (chances - right) + penalty * line
    curve = (rows * (chances * (1 - chances))[:, None]).T @ rows + np.diag(penalty)
    return np.asarray(np.linalg.solve(curve + 1e-12 * np.eye(len(line)), slope), dtype=np.float64)


def _loss(rows: Floats, right: Floats, line: Floats, penalty: Floats) -> float:
    logits = rows @ line
    return float((np.logaddexp(0.0, logits) - right * logits).sum() + 0.5 * (penalty * line * line).sum())
