"""The network of a head: features, standardised, through one hidden layer to the log-odds of a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from quorate.agents.confidence.features import NUMBERS

if TYPE_CHECKING:
    import torch

    Weights = Mapping[str, torch.Tensor]

LIMIT = 8.0
"""Standard deviations beyond which a feature says nothing more: training has seen next to none there."""
SHRINK = 2.0
"""How much less all states together weigh at first than the few numbers beside them, which outdo them on
little data and drown in them otherwise."""
DROPOUT = 0.2
RATE, DECAY = 1e-3, 0.05
BATCH = 64
"""Texts that one step of training learns from."""
EPOCHS, PATIENCE = 60, 6
"""Most passes over the texts, and passes without a gain that end the training."""
NEAR = -1e-6
"""Nearest that the logarithm of a product of chances comes to 0 where the answer is wrong."""


@dataclass(frozen=True, eq=False)
class Lessons:
    """Texts to learn from, each a run of lines that say something.

    Parameters
    ----------
    features : Tensor of float32, shape (lines, features)
    labels : array of float, shape (lines,)
        1 right, 0 wrong, NaN not counted.
    starts : array of int, shape (texts + 1,)
        Where the lines of each text begin, and the end.
    right : array of float, shape (texts,)
        Whether the answer is right: 1, 0, or NaN.
    """

    features: torch.Tensor
    labels: npt.NDArray[np.float64]
    starts: npt.NDArray[np.int64]
    right: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.right)

    @property
    def texts(self) -> npt.NDArray[np.int64]:
        """The text of each line."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    @property
    def open(self) -> npt.NDArray[np.bool_]:
        """Whether the labels of a text's lines leave open why its answer is right or wrong."""
        wrong = np.bincount(self.texts, self.labels == 0, len(self))
        unknown = np.bincount(self.texts, np.isnan(self.labels), len(self))
        return np.where(self.right == 1, unknown > 0, (self.right == 0) & (wrong == 0)) & ~np.isnan(
            self.right
        )

    def part(self, texts: npt.NDArray[np.int64]) -> Lessons:
        """Return some of the texts."""
        lengths = np.diff(self.starts)[texts]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        lines = np.repeat(self.starts[texts] - starts[:-1], lengths) + np.arange(starts[-1])
        return Lessons(self.features[lines], self.labels[lines], starts, self.right[texts])


def log_odds(
    weights: Weights, features: torch.Tensor, dropout: torch.Generator | None = None
) -> torch.Tensor:
    """Return the log-odds of lines with features of shape (lines, features); dropout is for training."""
    from torch.nn.functional import gelu

    seen = _dropped(((features - weights["mean"]) / weights["scale"]).clamp(-LIMIT, LIMIT), dropout)
    inner = _dropped(gelu(seen @ weights["inner"] + weights["inner_bias"]), dropout)
    return inner @ weights["outer"] + weights["outer_bias"]


def fit_network(learn: Lessons, tune: Lessons, *, units: int = 64, seed: int = 0) -> dict[str, torch.Tensor]:
    """Train a network, until the loss on `tune` stops falling, and return its best weights.

    AdamW with dropout; a seed gives the same weights on the same machine.
    """
    import torch

    draws = torch.Generator().manual_seed(seed)
    weights = _start(learn.features, units, draws)
    trained = [weight.requires_grad_() for name, weight in weights.items() if name not in ("mean", "scale")]
    descent = torch.optim.AdamW(trained, lr=RATE, weight_decay=DECAY)
    best, lowest, since = _copy(weights), float("inf"), 0
    for _ in range(EPOCHS):
        for batch in _batches(learn, draws):
            descent.zero_grad()
            loss(log_odds(weights, batch.features, draws), batch).backward()  # type: ignore[no-untyped-call]
            descent.step()
        with torch.no_grad():
            found = float(loss(log_odds(weights, tune.features), tune))
        if found < lowest:
            best, lowest, since = _copy(weights), found, 0
        elif (since := since + 1) >= PATIENCE:
            break
    return best


def loss(logits: torch.Tensor, lessons: Lessons) -> torch.Tensor:
    """Return the mean cross-entropy of all labelled lines and of the answers that these leave open.

    An answer is right with the product of its lines' chances.
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid

    known = torch.from_numpy(np.flatnonzero(~np.isnan(lessons.labels)))
    labels = torch.from_numpy(lessons.labels).float()
    total = binary_cross_entropy_with_logits(logits[known], labels[known], reduction="sum")
    opened = torch.from_numpy(np.flatnonzero(lessons.open))
    if len(opened):
        texts = torch.from_numpy(lessons.texts)
        logs = logits.new_zeros(len(lessons)).index_add(0, texts, logsigmoid(logits))[opened]
        right = torch.from_numpy(lessons.right).float()[opened]
        wrong = torch.log(-torch.expm1(logs.clamp(max=NEAR)))
        total = total - (right * logs + (1 - right) * wrong).sum()
    return total / max(1, len(known) + len(opened))


def _batches(lessons: Lessons, draws: torch.Generator) -> Iterator[Lessons]:
    import torch

    order = torch.randperm(len(lessons), generator=draws).numpy()
    for first in range(0, len(order), BATCH):
        yield lessons.part(order[first : first + BATCH])


def _start(features: torch.Tensor, units: int, draws: torch.Generator) -> dict[str, torch.Tensor]:
    import torch

    width = features.shape[1]
    states = width - len(NUMBERS)
    scale = features.std(dim=0, correction=0) + 1e-3
    scale[:states] *= SHRINK * max(1.0, states / len(NUMBERS)) ** 0.5
    return {
        "mean": features.mean(dim=0),
        "scale": scale,
        "inner": torch.randn(width, units, generator=draws) * width**-0.5,
        "inner_bias": torch.zeros(units),
        "outer": torch.randn(units, generator=draws) * units**-0.5,
        "outer_bias": torch.zeros(()),
    }


def _dropped(values: torch.Tensor, draws: torch.Generator | None) -> torch.Tensor:
    if draws is None:
        return values
    import torch

    kept = torch.rand(values.shape, generator=draws) >= DROPOUT
    return values * kept / (1 - DROPOUT)


def _copy(weights: Weights) -> dict[str, torch.Tensor]:
    return {name: weight.detach().clone() for name, weight in weights.items()}
