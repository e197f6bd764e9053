"""Reading the prompts of a batch: each kind once, shared beginnings once, a few thousand tokens at a time.

All tokens of a prompt but the last go into the cache; the last one is what the first step reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from quorate.agents.local.base import Runner
from quorate.agents.local.batch import chunks
from quorate.agents.local.cache import (
    Layers,
    Piece,
    contents,
    copy_rows,
    empty_cache,
    push_right,
    settle,
    until_filled,
)
from quorate.agents.local.prefix import Group, plan_sharing, unique

if TYPE_CHECKING:
    import torch

CHUNK = {"cpu": 2048, "cuda": 32768}
"""Padded tokens in one forward pass over prompts, by kind of device: more is slower on a CPU's caches."""

Prompt = tuple[int, tuple[int, ...]]
"""The number of an adapter (-1: none) and one token or more."""


@dataclass
class Read:
    """A batch whose prompts were read up to their last tokens.

    `mask` (rows, slots) says where the cache holds tokens, `tokens` (rows, 1) are the prompts' last tokens
    and `positions` (rows, 1) their places; `cached` counts the tokens of each prompt that were not
    computed anew.
    """

    cache: Any
    mask: torch.Tensor
    tokens: torch.Tensor
    positions: torch.Tensor
    cached: list[int]


def read_prompts(run: Runner, prompts: Sequence[Prompt], *, room: int) -> Read:
    """Read a batch of prompts.

    Copies of a prompt are computed once, and so are the beginnings that several share, when that saves
    enough and the model's cache allows it.

    Parameters
    ----------
    run : Runner
        The model, its adapters, and the flag that stops it.
    prompts : sequence of (adapter, tokens)
        One for each row.
    room : int
        Free slots to leave in the cache.

    Raises
    ------
    Stopped
        When the flag was set.
    """
    import torch

    heads = [(adapter, tokens[:-1]) for adapter, tokens in prompts]
    firsts, copies = unique(heads)
    kinds = [heads[index] for index in firsts]
    groups = plan_sharing(kinds) if run.base.movable else []
    lengths = torch.tensor([len(tokens) for _, tokens in heads], device=run.base.device)[:, None]
    width = int(lengths.max())
    if width == 0:
        cache = empty_cache(run.base)
    elif run.base.movable:
        cache = settle(list(_read_pieces(run, kinds, groups)), copies, width, room)
    else:
        cache = _read_at_once(run, kinds, copies)
    return Read(
        cache=cache,
        mask=torch.arange(width, device=run.base.device) >= width - lengths,
        tokens=torch.tensor([tokens[-1:] for _, tokens in prompts], device=run.base.device),
        positions=lengths,
        cached=_count_cached(heads, copies, groups),
    )


def _count_cached(heads: Sequence[Prompt], copies: Sequence[int], groups: Sequence[Group]) -> list[int]:
    """Count for each prompt the tokens that another one was computed for."""
    shared = {member: group.length for group in groups for member in group.members[1:]}
    seen: set[int] = set()
    cached = []
    for (_, tokens), kind in zip(heads, copies, strict=True):
        cached.append(len(tokens) if kind in seen else shared.get(kind, 0))
        seen.add(kind)
    return cached


def _read_at_once(run: Runner, kinds: Sequence[Prompt], copies: Sequence[int]) -> Any:
    """Read all prompts in one pass, padded on the left: for caches whose tokens cannot be moved."""
    import torch

    cache = empty_cache(run.base)
    lengths = torch.tensor([len(tokens) for _, tokens in kinds])[:, None]
    width = int(lengths.max())
    places = torch.arange(width) - (width - lengths)
    ids = _padded([tokens for _, tokens in kinds], left=True)
    device = run.base.device
    run(
        [adapter for adapter, _ in kinds],
        ids.to(device),
        (places >= 0).to(device),
        places.clamp(min=0).to(device),
        cache,
    )
    cache.reorder_cache(torch.tensor(copies, device=device))
    return cache


def _read_pieces(run: Runner, kinds: Sequence[Prompt], groups: Sequence[Group]) -> Iterator[Piece]:
    """Read every kind of prompt that is not empty once; rows of one adapter stay together."""
    limit = CHUNK.get(run.base.device.type, CHUNK["cuda"])
    grouped = {member for group in groups for member in group.members}
    alone = [index for index in range(len(kinds)) if index not in grouped and kinds[index][1]]
    alone.sort(key=lambda index: (kinds[index][0], len(kinds[index][1])))
    for members in chunks(alone, [len(kinds[index][1]) for index in alone], limit):
        layers, mask = _read_chunk(run, [kinds[index] for index in members])
        yield Piece(members, push_right(layers, mask))
    groups = sorted(groups, key=lambda group: (kinds[group.members[0]][0], group.length))
    for chosen in chunks(groups, [group.length for group in groups], limit):
        firsts = [kinds[group.members[0]] for group in chosen]
        starts = [
            (adapter, tokens[: group.length]) for (adapter, tokens), group in zip(firsts, chosen, strict=True)
        ]
        yield from _read_rests(run, kinds, chosen, *_read_chunk(run, starts))


def _read_chunk(run: Runner, texts: Sequence[Prompt]) -> tuple[Layers, torch.Tensor]:
    """Read texts in one pass, padded on the right; return the cached layers and where they hold tokens.

    Padding that comes after all tokens is hidden by causality: no mask is needed, and attention can skip
    half of its work.
    """
    import torch

    cache = empty_cache(run.base)
    ids = _padded([tokens for _, tokens in texts]).to(run.base.device)
    places = torch.arange(ids.shape[1], device=run.base.device)
    with until_filled(cache):
        run([adapter for adapter, _ in texts], ids, None, places.expand(len(ids), -1), cache)
    lengths = torch.tensor([len(tokens) for _, tokens in texts], device=run.base.device)
    return contents(cache), places < lengths[:, None]


def _read_rests(
    run: Runner, kinds: Sequence[Prompt], groups: Sequence[Group], layers: Layers, mask: torch.Tensor
) -> Iterator[Piece]:
    """Read what follows the shared beginnings, each member behind a copy of its group's beginning.

    The rows of `layers` and `mask` are the beginnings of `groups`.
    """
    import torch

    device = run.base.device
    rests = [
        (kinds[index][1][group.length :], row, index)
        for row, group in enumerate(groups)
        for index in group.members
    ]
    rests.sort(key=lambda rest: (kinds[rest[2]][0], len(rest[0])))
    limit = CHUNK.get(device.type, CHUNK["cuda"])
    for chosen in chunks(rests, [len(tokens) for tokens, _, _ in rests], limit):
        texts, rows, members = (list(column) for column in zip(*chosen, strict=True))
        behind = torch.tensor(rows, device=device)
        ids = _padded(texts).to(device)
        places = torch.arange(ids.shape[1], device=device)
        starts = torch.tensor([groups[row].length for row in rows], device=device)[:, None]
        lengths = torch.tensor([len(tokens) for tokens in texts], device=device)[:, None]
        both = torch.cat([mask[behind], places < lengths], dim=1)
        cache = copy_rows(layers, behind)
        with until_filled(cache):
            run([kinds[index][0] for index in members], ids, both, starts + places, cache)
        yield Piece(members, push_right(contents(cache), both))


def _padded(texts: Sequence[Sequence[int]], *, left: bool = False) -> torch.Tensor:
    """Return token sequences as a (texts, longest) tensor, padded with 0."""
    import torch

    width = max(map(len, texts))
    ids = np.zeros((len(texts), width), dtype=np.int64)
    for row, text in zip(ids, texts, strict=True):
        row[width - len(text) if left else 0 :][: len(text)] = text
    return torch.from_numpy(ids)
