"""Batches: examples of similar length padded into one tensor, in an order that the seed alone decides.

Examples are drawn in *pools* of a few hundred, sorted by length and cut into batches, which are shuffled. A
pool is made from (seed, number of the pool) only, so the place in the data is three numbers, and resuming
there is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from quorate.agents.local.chat import ChatFormat
from quorate.lab.training.examples import Example
from quorate.nouns import derive_seed

if TYPE_CHECKING:
    import torch

IGNORED = -100
"""The target of a token that is not learned, as torch's cross entropy expects it."""
POOL = 1000


class Row(NamedTuple):
    """The tokens of an example; its targets are the same, or IGNORED."""

    ids: list[int]
    targets: list[int]


class Encoder:
    """Turn examples into rows exactly as a local model reads prompts: same format, no role.

    Parameters
    ----------
    tokenizer : transformers tokenizer
    context : int
        Rows longer than this are left out.
    """

    def __init__(self, tokenizer: Any, context: int) -> None:
        self._format = ChatFormat(tokenizer)
        self._begin = int(tokenizer.bos_token_id)
        self._end = int(tokenizer.eos_token_id)
        self._context = context

    def row(self, example: Example) -> Row:
        """Return the row of an example; nothing of the instruction is learned."""
        ids = self._format.prompt("", [], example.instruction) if example.instruction else [self._begin]
        targets = [IGNORED] * len(ids)
        for text, learned in example.pieces:
            tokens = self._format.encode(text)
            ids += tokens
            targets += tokens if learned else [IGNORED] * len(tokens)
        return Row([*ids, self._end], [*targets, self._end])

    def rows(self, examples: Sequence[Example]) -> list[Row]:
        """Return the rows of examples, those that do not fit the context left out."""
        return [row for row in map(self.row, examples) if len(row.ids) <= self._context]


@dataclass
class Place:
    """Where training is in the data: a pool, the step at which it began, the next batch in it."""

    pool: int = 0
    began: int = 0
    batch: int = 0


class Batches:
    """All batches of a training, from a place on.

    Parameters
    ----------
    rows : callable
        `rows(seed, step)` returns the rows of one pool, given its seed and the step at which it begins.
    tokens : int
        Most tokens of a batch, padding included (a longer row is a batch of its own).
    seed : int
    place : Place, optional
        Where to go on.
    """

    def __init__(
        self, rows: Callable[[int, int], Sequence[Row]], tokens: int, seed: int, place: Place | None = None
    ) -> None:
        self._rows = rows
        self._tokens = tokens
        self._seed = seed
        self.place = place or Place()

    def __iter__(self) -> Iterator[list[Row]]:
        """Yield batches without end; `place` is always that of the next one."""
        while True:
            seed = derive_seed("pool", self._seed, self.place.pool)
            pool = bucket(self._rows(seed, self.place.began), self._tokens, Random(seed))
            while self.place.batch < len(pool):
                self.place.batch += 1
                yield pool[self.place.batch - 1]
            self.place = Place(self.place.pool + 1, self.place.began + len(pool))


def bucket(rows: Sequence[Row], tokens: int, rng: Random) -> list[list[Row]]:
    """Cut rows into batches of similar length and at most `tokens` tokens, in random order."""
    batches: list[list[Row]] = []
    for row in sorted(rows, key=lambda row: len(row.ids)):
        if not batches or (len(batches[-1]) + 1) * len(row.ids) > tokens:
            batches.append([])
        batches[-1].append(row)
    rng.shuffle(batches)
    return batches


def tensors(batch: Sequence[Row], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the ids and the targets of a batch, each of shape (rows, longest row), padded on the right."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    ids = pad_sequence([torch.tensor(row.ids) for row in batch], batch_first=True, padding_value=pad)
    targets = [torch.tensor(row.targets) for row in batch]
    return ids, pad_sequence(targets, batch_first=True, padding_value=IGNORED)
