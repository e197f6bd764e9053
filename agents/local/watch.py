"""What a model knew while it wrote: each token's probability, its alternatives, and the state behind it.

The state of a token is the one that it was drawn from, which has read everything before it. So nothing has
to be read again after a text was written, and a text that somebody else wrote gives the same when it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from quorate.agents.local.base import Runner
from quorate.agents.local.batch import chunks
from quorate.agents.local.prefill import CHUNK, Prompt, read_prompts
from quorate.agents.local.score import Tokens, read_behind

if TYPE_CHECKING:
    import torch

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Trace:
    """What was known at each token of a text.

    Parameters
    ----------
    logprobs : array of float32, shape (tokens,)
        Natural log-probabilities at temperature 1.
    entropies : array of float32, shape (tokens,)
        Of the distributions that they were drawn from, in nats.
    states : Tensor, shape (tokens, layers * hidden)
    """

    logprobs: Floats
    entropies: Floats
    states: torch.Tensor


def entropy(logprobs: torch.Tensor) -> torch.Tensor:
    """Return the entropy in nats of distributions over the last dimension.

    Examples
    --------
    >>> import torch
    >>> entropy(torch.tensor([[0.5, 0.5], [1.0, 0.0]]).log()).numpy().round(4).tolist()
    [0.693..., 0.0]
    """
    return (logprobs.exp() * -logprobs.clamp(min=-1e4)).sum(dim=-1)


class Watch:
    """Keeps the states and entropies of some rows of a batch, step by step, until the texts are written."""

    def __init__(self, watched: Sequence[bool]) -> None:
        self._watched = np.array(watched)
        self._here = np.arange(len(watched))
        self._rows: list[npt.NDArray[np.int64]] = []
        self._states: list[torch.Tensor] = []
        self._entropies: list[torch.Tensor] = []
        self._select()

    def note(self, states: torch.Tensor, logits: torch.Tensor) -> None:
        """Add what each row in the batch draws its next token from: (rows, width) and (rows, vocabulary)."""
        if not self._all:
            states, logits = states[self._places], logits[self._places]
        self._rows.append(self._here[self._places])
        self._states.append(states)
        self._entropies.append(entropy(logits.log_softmax(dim=-1)))

    def keep(self, stay: npt.NDArray[np.int64]) -> None:
        """Follow the batch when only these of its rows stay."""
        self._here = self._here[stay]
        self._select()

    def traces(self, logprobs: Sequence[Floats]) -> list[Trace | None]:
        """Return the trace of each row that is watched; `logprobs` has those of each row's tokens."""
        import torch

        steps, rows = len(self._rows), len(self._watched)
        found = np.full((rows, steps), -1, dtype=np.int64)
        first = 0
        for step, here in enumerate(self._rows):
            found[here, step] = first + np.arange(len(here))
            first += len(here)
        states, entropies = torch.cat(self._states), torch.cat(self._entropies).cpu().numpy()
        self._states.clear()
        traces: list[Trace | None] = []
        for row, watched in enumerate(self._watched):
            places = found[row, : len(logprobs[row])]
            kept = torch.from_numpy(places).to(states.device)
            traces.append(
                Trace(logprobs[row], entropies[places], states.index_select(0, kept)) if watched else None
            )
        return traces

    def _select(self) -> None:
        self._places = np.flatnonzero(self._watched[self._here])
        self._all = len(self._places) == len(self._here)


def read_traces(run: Runner, prompts: Sequence[Prompt], texts: Sequence[Tokens]) -> list[Trace]:
    """Read texts behind their prompts and return what the model would have known had it written them.

    Parameters
    ----------
    run : Runner
        The model, its adapters, and the flag that stops it.
    prompts : sequence of (adapter, tokens)
    texts : sequence of tokens
        One or more behind each prompt, the one that ended the text included.

    Raises
    ------
    Stopped
        When the flag was set.
    """
    read = read_prompts(run, prompts, room=0)
    order = sorted(range(len(texts)), key=lambda row: (prompts[row][0], len(texts[row])))
    limit = CHUNK.get(run.base.device.type, CHUNK["cuda"])
    traces: dict[int, Trace] = {}
    for rows in chunks(order, [len(texts[row]) for row in order], limit):
        logits, states = read_behind(
            run, prompts, read, [(row, texts[row][:-1]) for row in rows], states=True
        )
        traces.update(zip(rows, _cut(logits, states, [texts[row] for row in rows]), strict=True))
    return [traces[row] for row in range(len(texts))]


def _cut(logits: torch.Tensor, states: torch.Tensor, texts: Sequence[Tokens]) -> list[Trace]:
    """Cut what was read of padded texts (rows, longest, ...) to each text's length."""
    import torch

    logprobs = logits.log_softmax(dim=-1)
    spread = entropy(logprobs).cpu().numpy()
    ids = torch.zeros(logits.shape[:2], dtype=torch.int64)
    for row, text in zip(ids, texts, strict=True):
        row[: len(text)] = torch.tensor(text)
    chosen = logprobs.gather(2, ids.to(logprobs.device)[..., None])[..., 0].cpu().numpy()
    return [
        Trace(chosen[row, : len(text)], spread[row, : len(text)], states[row, : len(text)])
        for row, text in enumerate(texts)
    ]
