"""Drawing tokens: each row with its own temperature, nucleus and random numbers, all rows at once.

What a row draws at step t depends on its logits, its seed and t, never on the rows beside it: each row has
its own counter-based generator (Philox: Salmon et al. 2011), and a token is the inverse of the cumulative
distribution at that row's number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch

NOISE = 64
"""Numbers drawn at once for a row."""
COLDEST = 1e-6
"""Least temperature that logits are divided by: nothing but the likeliest token is left there."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a row draws its tokens; temperature 0 takes the likeliest one."""

    seed: int = 0
    temperature: float = 0.0
    top_p: float = 1.0


class Sampler:
    """Draws the next token of each row.

    Rows with temperature 0 take the likeliest token, the first one when several are.
    """

    def __init__(self, rows: Sequence[Drawing], device: torch.device) -> None:
        self._rows = list(rows)
        self._noise = Noise([row.seed for row in rows])
        self._device = device
        self._arrange()

    def draw(self, logits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw one token a row.

        Parameters
        ----------
        logits : Tensor of float32, shape (rows, vocabulary)

        Returns
        -------
        tokens : Tensor of int64, shape (rows,)
        logprobs : Tensor of float32, shape (rows,)
            Natural log-probabilities of these tokens at temperature 1.
        """
        import torch

        tokens = logits.argmax(dim=-1)
        if len(self._warm):
            numbers = torch.from_numpy(self._noise.next()[self._warm_rows])
            tokens[self._warm] = draw_tokens(logits[self._warm] / self._temperature, self._top_p, numbers)
        chosen = logits.gather(1, tokens[:, None])[:, 0]
        return tokens, chosen - logits.logsumexp(dim=-1)

    def keep(self, stay: npt.NDArray[np.int64]) -> None:
        """Forget all rows but these."""
        self._rows = [self._rows[row] for row in stay]
        self._noise.keep(stay)
        self._arrange()

    def _arrange(self) -> None:
        import torch

        self._warm_rows = [index for index, row in enumerate(self._rows) if row.temperature > 0]
        warm = [self._rows[index] for index in self._warm_rows]
        self._warm = torch.tensor(self._warm_rows, dtype=torch.int64, device=self._device)
        self._temperature = torch.tensor(
            [[max(row.temperature, COLDEST)] for row in warm], device=self._device
        )
        narrow = any(row.top_p < 1 for row in warm)
        self._top_p = torch.tensor([[row.top_p] for row in warm], device=self._device) if narrow else None


def draw_tokens(logits: torch.Tensor, top_p: torch.Tensor | None, numbers: torch.Tensor) -> torch.Tensor:
    """Turn a number in [0, 1) a row into a token: the inverse of the cumulative distribution.

    Parameters
    ----------
    logits : Tensor, shape (rows, vocabulary)
        Divided by the temperature already.
    top_p : Tensor, shape (rows, 1), optional
        Draw from the fewest likeliest tokens that together reach this probability (Holtzman et al. 2020).
    numbers : Tensor of float64, shape (rows,)

    Returns
    -------
    Tensor of int64, shape (rows,)

    Examples
    --------
    >>> import torch
    >>> logits = torch.tensor([[0.2, 0.5, 0.3]]).log().expand(3, 3)
    >>> draw_tokens(logits, None, torch.tensor([0.1, 0.6, 0.9])).tolist()
    [0, 1, 2]
    >>> draw_tokens(logits, torch.full((3, 1), 0.7), torch.tensor([0.1, 0.6, 0.9])).tolist()
    [1, 1, 2]
    """
    import torch

    chances = logits.softmax(dim=-1)
    if top_p is not None:
        ranked, order = chances.sort(dim=-1, descending=True, stable=True)
        beyond = ranked.cumsum(dim=-1) - ranked >= top_p
        chances = chances.masked_fill(beyond.gather(1, order.argsort(dim=-1)), 0)
    # A cumulative sum over a large vocabulary needs more digits than float32 has; Apple's GPUs have no more.
    wide = chances if chances.device.type == "mps" else chances.double()
    sums = wide.cumsum(dim=-1)
    total = sums[:, -1:].contiguous()
    tokens = torch.searchsorted(sums, numbers.to(sums)[:, None] * total, right=True)
    # A number that was rounded up to 1 gets the last token that has a chance at all; where there are no
    # chances but NaN the place found lies behind the last token.
    tokens = torch.minimum(tokens, torch.searchsorted(sums, total)).clamp(max=logits.shape[-1] - 1)
    return tokens[:, 0]


class Noise:
    """Uniform numbers in [0, 1) for each row, from a generator of its own that only its seed determines.

    Examples
    --------
    >>> one, both = Noise([7]), Noise([3, 7])
    >>> [one.next()[0] == both.next()[1] for _ in range(100)] == [True] * 100
    True
    """

    def __init__(self, seeds: Sequence[int]) -> None:
        self._generators = [np.random.Generator(np.random.Philox(key=seed % 2**64)) for seed in seeds]
        self._numbers = np.empty((len(seeds), 0))
        self._step = 0

    def next(self) -> npt.NDArray[np.float64]:
        """Return the next number of each row."""
        place = self._step % NOISE
        if place == 0:
            self._numbers = np.stack([generator.random(NOISE) for generator in self._generators])
        self._step += 1
        return self._numbers[:, place]

    def keep(self, stay: npt.NDArray[np.int64]) -> None:
        """Forget all rows but these."""
        self._generators = [self._generators[row] for row in stay]
        self._numbers = self._numbers[stay]
