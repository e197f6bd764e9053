"""How likely a model finds given continuations of a prompt: total log-likelihoods, in batches."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from quorate.agents.local.base import NO_NUMBERS, Runner
from quorate.agents.local.batch import chunks
from quorate.agents.local.cache import contents, copy_rows
from quorate.agents.local.prefill import Prompt, Read, read_prompts
from quorate.errors import ModelError

if TYPE_CHECKING:
    import torch

LOGITS = 2**26
"""Most logits (rows x tokens x vocabulary) that one pass over continuations computes."""

Tokens = tuple[int, ...]


def score(run: Runner, prompts: Sequence[Prompt], options: Sequence[Sequence[Tokens]]) -> list[list[float]]:
    """Return the total log-likelihood of each continuation behind its prompt.

    A prompt is read once, whatever the number of its options, and so is what options have in common but
    for their last tokens: the labels A, B, C ... take one pass over one token.

    Parameters
    ----------
    run : Runner
        The model, its adapters, and the flag that stops it.
    prompts : sequence of (adapter, tokens)
    options : sequence of sequences of tokens
        For each prompt its continuations; an empty one has the log-likelihood 0.

    Returns
    -------
    list of list of float
        Natural logarithms, in the order of the options.

    Raises
    ------
    ModelError
        Where the model computed no numbers.
    Stopped
        When the flag was set.
    """
    read = read_prompts(run, prompts, room=0)
    # (row, tokens read behind the prompt) -> [(place among the row's options, last token)]
    jobs: dict[tuple[int, Tokens], list[tuple[int, int]]] = {}
    for row, continuations in enumerate(options):
        for place, option in enumerate(continuations):
            if option:
                jobs.setdefault((row, option[:-1]), []).append((place, option[-1]))
    scores = [[0.0] * len(continuations) for continuations in options]
    order = sorted(jobs, key=lambda job: len(job[1]))
    limit = max(1, LOGITS // run.base.model.config.get_text_config(decoder=True).vocab_size)
    for chunk in chunks(order, [len(tokens) + 1 for _, tokens in order], limit):
        logprobs = read_behind(run, prompts, read, chunk)[0].log_softmax(dim=-1).cpu()
        for (row, tokens), found in zip(chunk, logprobs, strict=True):
            before = sum(float(found[step, token]) for step, token in enumerate(tokens))
            for place, last in jobs[row, tokens]:
                scores[row][place] = before + float(found[len(tokens), last])
    if any(math.isnan(found) for row in scores for found in row):
        raise ModelError(NO_NUMBERS)
    return scores


def read_behind(
    run: Runner,
    prompts: Sequence[Prompt],
    read: Read,
    jobs: Sequence[tuple[int, Tokens]],
    *,
    states: bool = False,
) -> list[torch.Tensor]:
    """Read tokens behind the prompts of their rows.

    Returns
    -------
    list of Tensor
        Logits of shape (jobs, 1 + longest, vocabulary): what follows the prompt, and each of its tokens.
        With `states` also the hidden states they were made from; see `Base.observe`.
    """
    import torch

    device = run.base.device
    width = max(len(tokens) for _, tokens in jobs)
    # Padded on the right: what a causal model reads afterwards changes nothing, whatever its cache.
    padded = torch.tensor(
        [[*tokens, *[0] * (width - len(tokens))] for _, tokens in jobs], dtype=torch.int64, device=device
    )
    rows = torch.tensor([row for row, _ in jobs], device=device)
    tokens = torch.cat([read.tokens[rows], padded], dim=1)
    mask = torch.nn.functional.pad(read.mask[rows], (0, 1 + width), value=True)
    positions = read.positions[rows] + torch.arange(1 + width, device=device)
    adapters = [prompts[row][0] for row, _ in jobs]
    cache = _fork(run, read.cache, rows)
    # Models with a running state continue it by one token at a time only.
    steps = [slice(0, 1 + width)] if run.base.movable else [slice(at, at + 1) for at in range(1 + width)]
    slots = read.mask.shape[1]
    parts = []
    for new in steps:
        given = adapters, tokens[:, new], mask[:, : slots + new.stop], positions[:, new], cache
        parts.append(run.observe(*given, last=False) if states else (run(*given, last=False),))
    return [torch.cat(part, dim=1) for part in zip(*parts, strict=True)]


def _fork(run: Runner, cache: Any, rows: torch.Tensor) -> Any:
    """Copy rows of a cache, which stays as it is."""
    if run.base.movable:
        return copy_rows(contents(cache), rows)
    fork = copy.deepcopy(cache)
    fork.reorder_cache(rows)
    return fork
