"""What the prompts of a batch have in common: exact copies, and groups that begin alike.

    prompts  [1 5 6 7] [1 5 6 8 9] [2 4] [2 4]
    copies   the last two are one                 (samples of one question)
    groups   the first two share [1 5 6]          (one role, one question)

A shared beginning is computed once; only prompts that speak with the same adapter can share one.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEAST_SHARE = 0.15
"""Part of all prompt tokens that sharing must save to be worth the second pass."""
LEAST_TOKENS = 256
"""Tokens that sharing must save to be worth the second pass."""
SHORTEST = 8
"""Shortest beginning, in tokens, that a group is formed for."""


@dataclass(frozen=True)
class Group:
    """Prompts (by index) whose first `length` tokens are the same."""

    length: int
    members: tuple[int, ...]

    @property
    def saved(self) -> int:
        """Prompt tokens that need not be computed anew."""
        return self.length * (len(self.members) - 1)


def unique(prompts: Sequence[tuple[int, tuple[int, ...]]]) -> tuple[list[int], list[int]]:
    """Find exact copies among (adapter, tokens) pairs.

    Returns
    -------
    firsts : list of int
        The index of the first prompt of each kind.
    copies : list of int
        For each prompt, the place in `firsts` of the one it equals.

    Examples
    --------
    >>> unique([(0, (1, 2)), (0, (3,)), (0, (1, 2)), (1, (1, 2))])
    ([0, 1, 3], [0, 1, 0, 2])
    """
    seen: dict[tuple[int, tuple[int, ...]], int] = {}
    firsts: list[int] = []
    copies: list[int] = []
    for index, prompt in enumerate(prompts):
        if prompt not in seen:
            seen[prompt] = len(firsts)
            firsts.append(index)
        copies.append(seen[prompt])
    return firsts, copies


def plan_sharing(prompts: Sequence[tuple[int, tuple[int, ...]]]) -> list[Group]:
    """Group distinct (adapter, tokens) prompts that begin alike, where that saves enough.

    Every member keeps at least one token of its own, whose logits are needed. Within an adapter the
    prompts are put in the order of their tokens, so that those that begin alike are neighbours; the order
    is then cut wherever neighbours share less than a threshold, the one that saves most.

    Returns
    -------
    list of Group
        Disjoint, each with two members or more; empty when sharing does not pay.

    Examples
    --------
    >>> alike = [(0, (*range(300), last)) for last in (7, 8)]
    >>> plan_sharing([*alike, (0, (5,)), (1, alike[0][1])])
    [Group(length=300, members=(0, 1))]
    """
    by_adapter: dict[int, list[int]] = {}
    for index, (adapter, _) in enumerate(prompts):
        by_adapter.setdefault(adapter, []).append(index)
    groups = [
        group
        for members in by_adapter.values()
        if len(members) > 1
        for group in _best_groups(sorted(members, key=lambda index: prompts[index][1]), prompts)
    ]
    saved = sum(group.saved for group in groups)
    total = sum(len(tokens) for _, tokens in prompts)
    return groups if saved >= max(LEAST_TOKENS, LEAST_SHARE * total) else []


def _best_groups(order: list[int], prompts: Sequence[tuple[int, tuple[int, ...]]]) -> list[Group]:
    alike = _alike([prompts[index][1] for index in order])
    thresholds = np.unique(alike[alike >= SHORTEST])
    tried = thresholds[:: max(1, len(thresholds) // 16)]  # near ones save nearly the same
    candidates = [_groups_above(threshold, alike, order) for threshold in tried]
    return max(candidates, key=lambda groups: sum(group.saved for group in groups), default=[])


def _alike(prompts: Sequence[tuple[int, ...]]) -> npt.NDArray[np.intp]:
    """Return how many first tokens each prompt shares with the next, less than the shorter one's length."""
    lengths = np.array([len(prompt) for prompt in prompts])
    padded = np.full((len(prompts), lengths.max() + 1), -1)
    for row, prompt in zip(padded, prompts, strict=True):
        row[: len(prompt)] = prompt
    differ = padded[1:] != padded[:-1]
    shortest: npt.NDArray[np.intp] = np.minimum(lengths[1:], lengths[:-1])
    alike: npt.NDArray[np.intp] = np.minimum(differ.argmax(axis=1), shortest - 1)
    return alike


def _groups_above(threshold: int, alike: npt.NDArray[np.intp], order: list[int]) -> list[Group]:
    """Cut the order where neighbours share less than `threshold` tokens and keep the runs of two or more."""
    cuts = [0, *(np.flatnonzero(alike < threshold) + 1).tolist(), len(order)]
    return [
        Group(int(alike[first : last - 1].min()), tuple(order[first:last]))
        for first, last in itertools.pairwise(cuts)
        if last - first > 1
    ]
