"""What a head looks at: for each line of a text the states it was written from and how likely its words were.

Training and use compute the features here and nowhere else, from the same traces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from quorate.agents.local.watch import Floats, Trace

if TYPE_CHECKING:
    import torch

NUMBERS = (
    "logprob of the line",
    "mean logprob of its tokens",
    "lowest",
    "first",
    "mean entropy",
    "highest",
    "first",
    "log of its tokens",
    "lines before",
    "logprob of all lines before",
    "lowest of a line before",
    "whether it is the last",
)
"""What stands behind the states in a line's features."""


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines of some texts that have tokens of their own, text after text.

    Parameters
    ----------
    features : Tensor of float32, shape (lines, states + numbers)
        On the CPU: for each watched layer the state that the line's last token was drawn from, the same
        averaged over the line, then `NUMBERS`.
    texts, numbers : array of int, shape (lines,)
        Which text, and which of its lines (from 0).
    """

    features: torch.Tensor
    texts: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]


def width_of(states: int) -> int:
    """Return how many features a line has where the states of a token are `states` numbers.

    Examples
    --------
    >>> width_of(256) == 2 * 256 + len(NUMBERS)
    True
    """
    return 2 * states + len(NUMBERS)


def line_features(traces: Sequence[Trace], owners: Sequence[npt.NDArray[np.int64]]) -> Lines:
    """Return the features of all lines of some texts.

    Parameters
    ----------
    traces : sequence of Trace
        One for each text, one token or more.
    owners : sequence of array of int, shape (tokens,)
        The line of each token, in order.
    """
    import torch

    texts = np.repeat(np.arange(len(traces)), [len(lines) for lines in owners])
    numbers = np.concatenate([np.asarray(lines) for lines in owners])
    changes = (np.diff(texts, prepend=-1) != 0) | (np.diff(numbers, prepend=-1) != 0)
    starts = np.flatnonzero(changes)
    lengths = np.diff(starts, append=len(texts))
    states = torch.cat([trace.states for trace in traces]).float()
    segments = torch.from_numpy(np.repeat(np.arange(len(starts)), lengths)).to(states.device)
    sums = states.new_zeros(len(starts), states.shape[1]).index_add_(0, segments, states)
    counts = torch.from_numpy(lengths).to(states.device)
    ends = torch.from_numpy(starts + lengths - 1).to(states.device)
    measured = _numbers(
        np.concatenate([trace.logprobs for trace in traces]),
        np.concatenate([trace.entropies for trace in traces]),
        starts,
        lengths,
        texts[starts],
    )
    parts = [states[ends].cpu(), (sums / counts[:, None]).cpu(), torch.from_numpy(measured)]
    return Lines(torch.cat(parts, dim=1), texts[starts], numbers[starts])


def _numbers(
    logprobs: Floats,
    entropies: Floats,
    starts: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
    texts: npt.NDArray[np.int64],
) -> Floats:
    totals = np.add.reduceat(logprobs, starts)
    before, lowest, place = _before(totals, texts)
    columns = (
        totals,
        totals / lengths,
        np.minimum.reduceat(logprobs, starts),
        logprobs[starts],
        np.add.reduceat(entropies, starts) / lengths,
        np.maximum.reduceat(entropies, starts),
        entropies[starts],
        np.log(lengths),
        place,
        before,
        lowest,
        np.diff(texts, append=-1) != 0,
    )
    return np.stack(columns, axis=1).astype(np.float32)


def _before(totals: Floats, texts: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Return the sum, the minimum and the number of what stands before each line of its text."""
    before, lowest, place = (np.zeros_like(totals) for _ in range(3))
    for line in np.flatnonzero(np.diff(texts, prepend=-1) == 0):
        before[line] = before[line - 1] + totals[line - 1]
        lowest[line] = min(lowest[line - 1], totals[line - 1])
        place[line] = place[line - 1] + 1
    return before, lowest, place
