"""How many requests fit into one batch, and what happens when they do not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from quorate.agents.local.base import Base, Stopped

CACHE = 2**29
"""Least bytes of keys and values that a batch on a CPU may hold."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def chunks(items: Sequence[Item], sizes: Sequence[int], limit: int) -> Iterator[list[Item]]:
    """Cut a sequence so that no chunk, padded to its largest size, exceeds `limit`; one item always fits.

    Examples
    --------
    >>> list(chunks("abcd", [1, 2, 2, 9], limit=5))
    [['a', 'b'], ['c'], ['d']]
    """
    chunk: list[Item] = []
    largest = 0
    for item, size in zip(items, sizes, strict=True):
        if chunk and (len(chunk) + 1) * max(largest, size) > limit:
            yield chunk
            chunk, largest = [], 0
        chunk.append(item)
        largest = max(largest, size)
    if chunk:
        yield chunk


def token_budget(base: Base) -> int:
    """Return how many tokens, prompts and new ones of all rows, a batch may hold.

    On an accelerator half of its free memory goes to keys and values. On a CPU it is half a GiB, or
    twice the weights when these are larger (every step reads both), within a quarter of the memory that
    is free.
    """
    if base.device.type == "cuda":
        import torch

        memory = torch.cuda.mem_get_info(base.device)[0] // 2
    else:
        weights = sum(parameter.nbytes for parameter in base.model.parameters())
        memory = min(_free_memory() // 4, max(CACHE, 2 * weights))
    return max(1024, memory // base.kv_bytes)


def _free_memory() -> int:
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not every system tells
        return 4 * 2**30


def in_halves(
    work: Callable[[Sequence[Item]], Sequence[Result]], items: Sequence[Item]
) -> Iterator[tuple[Item, Result | Exception]]:
    """Work on a batch; when that fails, on its halves, until only the items that fail alone are left.

    Yields each item with its result, or with the exception that it raised alone.

    Examples
    --------
    >>> list(in_halves(lambda batch: [6 // number for number in batch], [3, 0, 2]))
    [(3, 2), (0, ZeroDivisionError('integer division or modulo by zero')), (2, 3)]
    """
    waiting = [list(items)]
    while waiting:
        batch = waiting.pop()
        problem = None
        try:
            results: Sequence[Result | Exception] = work(batch)
        except Stopped:
            raise
        except Exception as caught:
            # Without its traceback, which would keep the tensors of the failed batch alive.
            problem = caught.with_traceback(None)
            results = [problem]
        if problem is not None:
            _free_accelerator()
        if problem is None or len(batch) == 1:
            yield from zip(batch, results, strict=True)
        else:
            half = len(batch) // 2
            waiting += [batch[half:], batch[:half]]


def _free_accelerator() -> None:
    import sys

    torch: Any = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
