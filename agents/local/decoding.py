"""Writing the texts of a batch, one token a step for all rows: own adapter, draws, stops and limit each.

Rows that have ended leave the batch when enough of them have.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from quorate.agents.local.base import NO_NUMBERS, Runner
from quorate.agents.local.draws import Drawing, Sampler
from quorate.agents.local.prefill import read_prompts
from quorate.agents.local.watch import Floats, Trace, Watch
from quorate.errors import ModelError

if TYPE_CHECKING:
    import torch

ROOM = 64
"""Free slots that the cache of a batch begins with."""
CROWDED = 0.75
"""Part of the rows that must still be writing; below it the others are removed from the batch."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text to write: the prompt's tokens, who writes (-1: no adapter), and how tokens are drawn.

    `watched` keeps what the model knew at each token, for a confidence head.
    """

    prompt: tuple[int, ...]
    adapter: int = -1
    drawing: Drawing = field(default_factory=Drawing)
    limit: int = 64
    stops: tuple[str, ...] = ()
    watched: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A text that was written.

    `tokens` counts those drawn, one that ends the text included; `logprob` is the mean of their natural
    log-probabilities at temperature 1; `cached` are prompt tokens that were not computed anew. `ids` are
    the tokens drawn, the first `spoken` of them before the one that ends the text, and `logprobs` theirs.
    """

    text: str
    tokens: int
    logprob: float
    finish: Literal["stop", "length"]
    cached: int
    ids: tuple[int, ...]
    spoken: int
    logprobs: Floats
    trace: Trace | None = None


def write(
    run: Runner, rows: Sequence[Row], decode: Callable[[Sequence[int]], str]
) -> list[Draft | ModelError]:
    """Write the texts of a batch.

    Parameters
    ----------
    run : Runner
        The model, its adapters, and the flag that stops it, checked at every step.
    rows : sequence of Row
        What to write.
    decode : callable
        Turns tokens into text.

    Returns
    -------
    list of Draft or ModelError
        In the order of the rows; an error where the model computed no numbers.

    Raises
    ------
    Stopped
        When the flag was set.
    """
    import torch

    limit = max(row.limit for row in rows)
    read = read_prompts(run, [(row.adapter, row.prompt) for row in rows], room=min(ROOM, limit))
    pages = Pages(rows, run.base.ends, decode)
    sampler = Sampler([row.drawing for row in rows], run.base.device)
    adapters = tuple(row.adapter for row in rows)
    watch = Watch([row.watched for row in rows]) if any(row.watched for row in rows) else None
    used = read.mask.shape[1]
    mask = torch.nn.functional.pad(read.mask, (0, limit), value=True)
    tokens, positions = read.tokens, read.positions
    last_position = (run.base.context or 2**31) - 1  # a row that has ended goes on counting until it leaves
    while True:
        used += 1
        logits = _step(run, watch, adapters, tokens, mask[:, :used], positions, read.cache)
        tokens, logprobs = sampler.draw(logits)
        going = pages.note(tokens.cpu().numpy(), logprobs.cpu().numpy())
        if not going.any():
            return pages.drafts(read.cached, watch)
        tokens, positions = tokens[:, None], (positions + 1).clamp(max=last_position)
        if going.mean() < CROWDED:
            stay = np.flatnonzero(going)
            pages.keep(stay)
            sampler.keep(stay)
            if watch is not None:
                watch.keep(stay)
            adapters = tuple(adapters[row] for row in stay)
            rows_left = torch.from_numpy(stay).to(run.base.device)
            read.cache.reorder_cache(rows_left)
            tokens, mask, positions = tokens[rows_left], mask[rows_left], positions[rows_left]


def _step(run: Runner, watch: Watch | None, *given: Any) -> torch.Tensor:
    """Read the last token of each row; return the logits of the next one, (rows, vocabulary)."""
    if watch is None:
        return run(*given)[:, -1]
    logits, states = run.observe(*given)
    watch.note(states[:, -1], logits[:, -1])
    return logits[:, -1]


class Pages:
    """What the rows have written so far, and which of them have ended.

    `keep` follows the batch as it shrinks; drafts are returned for all rows that ever were in it.
    """

    def __init__(
        self, rows: Sequence[Row], ends: Sequence[int], decode: Callable[[Sequence[int]], str]
    ) -> None:
        self._rows = rows
        self._ends = np.array(ends, dtype=np.int64)
        self._decode = decode
        self._tokens = np.zeros((len(rows), max(row.limit for row in rows)), dtype=np.int64)
        self._limits = np.array([row.limit for row in rows])
        self._counts = np.zeros(len(rows), dtype=np.int64)
        self._logprobs = np.zeros(self._tokens.shape, dtype=np.float32)
        self._ended = np.zeros(len(rows), dtype=bool)
        self._stopping = np.array([bool(row.stops) for row in rows])
        self._here = np.arange(len(rows))
        """The rows that are in the batch."""

    def note(self, tokens: npt.NDArray[np.int64], logprobs: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
        """Add one token a row in the batch; return which of these rows go on."""
        writing = ~self._ended[self._here]
        rows = self._here[writing]
        self._tokens[rows, self._counts[rows]] = tokens[writing]
        self._logprobs[rows, self._counts[rows]] = logprobs[writing]
        self._counts[rows] += 1
        self._ended[rows] = np.isin(tokens[writing], self._ends) | (self._counts[rows] >= self._limits[rows])
        for row in rows[self._stopping[rows] & ~self._ended[rows]]:
            self._ended[row] = self._stops(row)
        return ~self._ended[self._here]

    def keep(self, stay: npt.NDArray[np.int64]) -> None:
        """Follow the batch when only these of its rows stay."""
        self._here = self._here[stay]

    def drafts(self, cached: Sequence[int], watch: Watch | None) -> list[Draft | ModelError]:
        """Return what each row wrote; a row whose probabilities are no numbers is an error."""
        drafts = [self._draft(row, tokens) for row, tokens in enumerate(cached)]
        if watch is None:
            return drafts
        traces = watch.traces([self._logprobs[row, :count] for row, count in enumerate(self._counts)])
        return [
            replace(draft, trace=trace) if isinstance(draft, Draft) else draft
            for draft, trace in zip(drafts, traces, strict=True)
        ]

    def _stops(self, row: int) -> bool:
        """Look for a stop in the last tokens only: a stop of n bytes is written with n tokens at most."""
        stops = self._rows[row].stops
        longest = max(len(stop.encode()) for stop in stops)
        count = self._counts[row]
        text = self._decode(self._tokens[row, max(0, count - longest - 4) : count].tolist())
        return any(stop in text for stop in stops)

    def _draft(self, row: int, cached: int) -> Draft | ModelError:
        count = int(self._counts[row])
        logprobs = self._logprobs[row, :count]
        logprob = float(logprobs.sum(dtype=np.float64)) / count
        if not math.isfinite(logprob):
            return ModelError(NO_NUMBERS)
        tokens = self._tokens[row, :count].tolist()
        ended = tokens[-1] in self._ends
        text = self._decode(tokens[:-1] if ended else tokens)
        found = [place for stop in self._rows[row].stops if (place := text.find(stop)) >= 0]
        return Draft(
            text=text[: min(found)] if found else text,
            tokens=count,
            logprob=logprob,
            finish="stop" if ended or found else "length",
            cached=cached,
            ids=tuple(tokens),
            spoken=count - ended,
            logprobs=logprobs,
        )
