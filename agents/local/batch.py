"""How many requests fit into one batch, which batches run at once, and what happens when one fails."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, TypeVar

from quorate.agents.local.base import Base, Stopped

CACHE = 2**29
"""Least bytes of keys and values that a batch on a CPU may hold."""

SMALL = 2**25
"""Bytes of weights up to which a CPU's cores each take rows of their own."""
WORKERS = 4
"""Most batches at once: beyond it Python itself, which runs one thread at a time, is what they wait for."""
FEWEST = 4
"""Rows that a batch of its own is worth."""

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


def spread(items: Sequence[Item], sizes: Sequence[int], limit: int, workers: int) -> list[list[Item]]:
    """Cut a sequence into batches for so many workers, none of which exceeds its share of `limit`.

    Examples
    --------
    >>> spread(range(9), [1] * 9, limit=100, workers=2)
    [[0, 1, 2, 3], [4, 5, 6, 7, 8]]
    >>> spread(range(9), [1] * 9, limit=6, workers=2)
    [[0, 1, 2], [3], [4, 5, 6], [7, 8]]
    """
    parts = max(1, min(workers, len(items) // FEWEST))
    share = sum(sizes) / parts
    cuts = [0]
    for place, reached in enumerate(itertools.accumulate(sizes)):
        if len(cuts) < parts and reached > share * len(cuts):
            cuts.append(place)
    bounds = itertools.pairwise([*cuts, len(items)])
    return [
        batch
        for first, last in bounds
        for batch in chunks(items[first:last], sizes[first:last], limit // workers)
    ]


def worker_count(base: Base) -> int:
    """Return how many batches should run at once.

    A small model's products are too small to share among cores: threads that wait for each other at every
    one of them lose more than they gain, and all is lost when another process takes a core away. Such a
    model works on one batch a core instead. A large model is read from memory at every step, and had
    better be read once for all rows.
    """
    import torch

    weights = sum(parameter.nbytes for parameter in base.model.parameters())
    if base.device.type != "cpu" or weights > SMALL:
        return 1
    return min(torch.get_num_threads(), WORKERS)


def at_once(
    work: Callable[[list[Item]], Iterable[Result]], batches: Sequence[list[Item]], workers: int
) -> Iterator[Result]:
    """Work on batches, as many at once as there are workers, and yield the results of each when it is done.

    Each worker is a thread that has its share of torch's threads.
    """
    if workers == 1 or len(batches) <= 1:
        for batch in batches:
            yield from work(batch)
        return
    import torch

    threads = torch.get_num_threads()
    pool = ThreadPoolExecutor(workers, "quorate-batch", torch.set_num_threads, (max(1, threads // workers),))
    try:
        for done in as_completed([pool.submit(lambda part: list(work(part)), batch) for batch in batches]):
            yield from done.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        torch.set_num_threads(threads)  # what a worker sets is also what later threads begin with


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
