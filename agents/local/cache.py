"""The key-value cache of a batch: room to grow in place, rows that come and go.

A row's tokens are right-aligned in its slots, padding on the left; keys already carry their positions, so
cached tokens may be moved to other slots as long as the mask says where they are.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quorate.agents.local.base import Base

if TYPE_CHECKING:
    import torch

Layers = list[tuple["torch.Tensor", "torch.Tensor"]]
"""Keys and values of each layer, of shape (rows, heads, slots, dim)."""


@dataclass
class Piece:
    """Cached prompts of one forward pass, right-aligned; `members` says which prompts the rows are."""

    members: list[int]
    layers: Layers


def empty_cache(base: Base) -> Any:
    """Return an empty cache of the kind that the model needs."""
    from transformers import DynamicCache

    return DynamicCache(config=base.model.config)


def contents(cache: Any) -> Layers:
    """Return the keys and values of each layer."""
    return [(layer.keys, layer.values) for layer in cache.layers]


class _Filled(Exception):
    """The last layer has its keys and values."""


@contextmanager
def until_filled(cache: Any) -> Iterator[None]:
    """Leave a forward pass once the last layer has cached its keys and values.

    What follows, that layer's attention and feed-forward and the head, only makes logits that nobody reads
    while a prompt goes into the cache: a quarter of the work of a model of four layers.
    """
    last = cache.layers[-1]
    store = last.update

    def update(*args: Any, **options: Any) -> None:
        store(*args, **options)
        raise _Filled

    last.update = update
    try:
        yield
    except _Filled:
        pass
    finally:
        del last.update


def copy_rows(layers: Layers, rows: torch.Tensor) -> Any:
    """Return a new cache that holds copies of these rows of a movable one's contents."""
    from transformers import DynamicCache

    copy = DynamicCache()
    for index, (keys, values) in enumerate(layers):
        copy.update(keys.index_select(0, rows), values.index_select(0, rows), index)
    return copy


def push_right(layers: Layers, mask: torch.Tensor) -> Layers:
    """Push the cached tokens of each row together at the right end.

    Parameters
    ----------
    layers : list of (keys, values)
        Of shape (rows, heads, slots, dim), padding anywhere.
    mask : Tensor of bool, shape (rows, slots)
        False at the padding.

    Returns
    -------
    list of (keys, values)
        Of shape (rows, heads, longest, dim), padding on the left only.
    """
    import torch

    longest = int(mask.sum(dim=1).max())
    # A stable sort keeps the tokens in order and moves the padding (False) before them.
    slots = mask.to(torch.int8).argsort(dim=1, stable=True)[:, mask.shape[1] - longest :]
    rows, heads, width, _ = layers[0][0].shape
    firsts = torch.arange(rows * heads, device=mask.device).view(rows, heads, 1) * width
    index = (firsts + slots[:, None]).flatten()

    def pushed(states: torch.Tensor) -> torch.Tensor:
        flat = states.reshape(-1, states.shape[3]).index_select(0, index)
        return flat.view(rows, heads, longest, states.shape[3])

    return [(pushed(keys), pushed(values)) for keys, values in layers]


def settle(pieces: Sequence[Piece], copies: Sequence[int], width: int, room: int) -> Any:
    """Gather cached prompts into the rows of one cache with room for new tokens.

    Parameters
    ----------
    pieces : sequence of Piece
        Together they hold every prompt that is not empty once; they are emptied on the way.
    copies : sequence of int
        For each row of the new cache the number of its prompt.
    width : int
        Tokens of the longest prompt.
    room : int
        Free slots to begin with; the cache grows when they are full.

    Returns
    -------
    transformers Cache
        Keys and values of shape (len(copies), heads, width, dim).
    """
    from transformers import Cache

    sources = [_sources(piece, copies) for piece in pieces]
    layers = []
    for index, pair in enumerate(pieces[0].layers):
        stores = []
        for side, like in enumerate(pair):
            shape = (len(copies), like.shape[1], width + room, like.shape[3])
            store = like.new_empty(shape)
            if sum(len(rows) for rows, _ in sources) < len(copies):
                store.zero_()  # rows of empty prompts, see below
            for piece, (rows, places) in zip(pieces, sources, strict=True):
                states = piece.layers[index][side].index_select(0, places)
                start = width - states.shape[2]
                store.narrow(2, start, states.shape[2]).index_copy_(0, rows, states)
                # What lies under a masked slot is multiplied by 0, and 0 times a stray NaN would be NaN.
                store.narrow(2, 0, start).index_fill_(0, rows, 0)
            stores.append(store)
        layers.append(_roomy_layer()(*stores, width))
        for piece in pieces:
            piece.layers[index] = (like[:0], like[:0])  # frees the memory layer by layer
    return Cache(layers=layers)


def _sources(piece: Piece, copies: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the rows of the new cache that a piece fills, and which of its own rows fill them."""
    import torch

    place = {member: index for index, member in enumerate(piece.members)}
    pairs = [(row, place[member]) for row, member in enumerate(copies) if member in place]
    rows, places = torch.tensor(pairs, dtype=torch.int64, device=piece.layers[0][0].device).T
    return rows, places


@functools.cache
def _roomy_layer() -> Any:
    from transformers.cache_utils import DynamicLayer

    class RoomyLayer(DynamicLayer):  # type: ignore[misc]
        """Writes new tokens into free slots; transformers' own layer copies all it has for each."""

        def __init__(self, keys: torch.Tensor, values: torch.Tensor, used: int) -> None:
            super().__init__()
            self.dtype, self.device, self.is_initialized = keys.dtype, keys.device, True
            self._stores = [keys, values]
            self._show(used)

        def update(
            self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
        ) -> tuple[torch.Tensor, torch.Tensor]:
            used = self.keys.shape[2]
            end = used + key_states.shape[2]
            if end > self._stores[0].shape[2]:
                self._stores = [_widened(store, end + end // 2) for store in self._stores]
            for store, states in zip(self._stores, (key_states, value_states), strict=True):
                store[:, :, used:end] = states
            self._show(end)
            return self.keys, self.values

        def reorder_cache(self, beam_idx: torch.Tensor) -> None:
            used = self.keys.shape[2]
            self._stores = [store.index_select(0, beam_idx) for store in self._stores]
            self._show(used)

        def _show(self, used: int) -> None:
            self.keys, self.values = (store[:, :, :used] for store in self._stores)

    return RoomyLayer


def _widened(store: torch.Tensor, slots: int) -> torch.Tensor:
    wider = store.new_empty((*store.shape[:2], slots, store.shape[3]))
    wider[:, :, : store.shape[2]] = store
    return wider
