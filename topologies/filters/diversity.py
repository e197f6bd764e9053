"""Diversity and quality: hear the drafts that differ most, or those that stay closest to the task."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any

import numpy as np

from quorate.embedding import Embed, similarities
from quorate.nouns import Hearing
from quorate.registry import Declaration, filter
from quorate.topologies.filters.floor import Floor, drawn_order, kept

MOST_SUBSETS = 5000
"""Up to so many subsets are all compared; beyond, drafts are added one by one."""


@filter(
    Declaration(
        needs=("text",),
        cost="one embedding a draft",
        source="Estornell and Liu, NeurIPS 2024: diversity pruning",
    )
)
def diverse(floor: Floor, hearing: Hearing, *, k: int = 2, model: str | Path | Embed = "") -> Hearing:
    """Let every seat hear the k drafts, of those it hears, that differ most from each other.

    The subset with the largest sum of pairwise distances, 1 - cosine similarity; where there are more than
    5,000 subsets, the draft that is farthest from those already taken is added until there are k.

    Parameters
    ----------
    floor, hearing
        What was said; who hears whom so far.
    k : int
        How many are left; fewer where a seat hears fewer that have said something. With k = 1 lots decide.
    model : path, hub name or callable
        A sentence-embedding model (see `quorate.embedding`); left out, drafts are compared by the words and
        numbers in them.

    Raises
    ------
    BadOption
        For a k below 1 or above the number of agents.
    MissingModel
        When there is no such model.

    Examples
    --------
    >>> from quorate.nouns import Message, Question, Table
    >>> from quorate.protocols import History
    >>> history = History(Question(text="2+3?"), Table(["ada", "bo", "cy", "di"]))
    >>> for number, (seat, text) in enumerate({"ada": "?", "bo": "5", "cy": "5", "di": "6"}.items()):
    ...     history.standing[seat] = Message(number=number, seat=seat, act="draft", turn=0, text=text)
    >>> "di" in diverse(history, history.table.hearing(1), k=2)["ada"]
    True
    """
    floor.table.check_k("filter 'diverse'", k)
    order = _speaking(floor, "diverse")
    if not order:
        return kept(hearing, lambda seat, heard: ())
    distances = 1 - similarities([floor.standing[seat].text for seat in order], model)

    def apart(seat: str, heard: tuple[str, ...]) -> list[str]:
        within = set(heard)
        places = [place for place, name in enumerate(order) if name in within]
        return [order[place] for place in farthest(distances, places, k)]

    return kept(hearing, apart)


@filter(
    Declaration(
        needs=("text",),
        cost="one embedding a draft",
        source="Estornell and Liu, NeurIPS 2024: quality pruning",
    )
)
def near(floor: Floor, hearing: Hearing, *, k: int = 2, model: str | Path | Embed = "") -> Hearing:
    """Let every seat hear the k drafts, of those it hears, that stay closest to the question.

    Parameters
    ----------
    floor, hearing
        What was said; who hears whom so far.
    k : int
        How many are left; fewer where a seat hears fewer that have said something.
    model : path, hub name or callable
        As in `diverse`.

    Raises
    ------
    BadOption
        For a k below 1 or above the number of agents.
    MissingModel
        When there is no such model.

    Examples
    --------
    >>> from quorate.nouns import Message, Question, Table
    >>> from quorate.protocols import History
    >>> history = History(Question(text="How far is it to Rome?"), Table(["ada", "bo", "cy"]))
    >>> for number, (seat, text) in enumerate({"ada": "", "bo": "Lunch!", "cy": "Rome is far"}.items()):
    ...     history.standing[seat] = Message(number=number, seat=seat, act="draft", turn=0, text=text)
    >>> near(history, history.table.hearing(1), k=1)["ada"]
    ('cy',)
    """
    floor.table.check_k("filter 'near'", k)
    order = _speaking(floor, "near")
    if not order:
        return kept(hearing, lambda seat, heard: ())
    texts = [floor.question.stated, *(floor.standing[seat].text for seat in order)]
    closeness = dict(zip(order, similarities(texts, model)[0, 1:].tolist(), strict=True))

    def close(seat: str, heard: tuple[str, ...]) -> list[str]:
        within = set(heard)
        return sorted((n for n in order if n in within), key=lambda name: -round(closeness[name], 9))[:k]

    return kept(hearing, close)


def farthest(distances: np.ndarray[Any, Any], places: Sequence[int], k: int) -> tuple[int, ...]:
    """Return the k of `places` with the largest sum of pairwise distances, the first of equal subsets.

    Parameters
    ----------
    distances : array, shape (n, n)
        Symmetric.
    places : sequence of int
        Which of the n to choose from.
    k : int
        At least 1; all are returned when there are no more.

    Examples
    --------
    >>> line = np.abs(np.subtract.outer(range(5), range(5)))
    >>> farthest(line, range(5), 2), farthest(line, [1, 2], 3)
    ((0, 4), (1, 2))
    """
    if len(places) <= k:
        return tuple(places)
    rounded = np.round(distances, 9)
    if comb(len(places), k) <= MOST_SUBSETS:
        return max(combinations(places, k), key=lambda chosen: rounded[np.ix_(chosen, chosen)].sum())
    within = rounded[np.ix_(places, places)]
    gains = within.sum(axis=0)
    chosen: list[int] = []
    for number in range(k):
        chosen.append(int(np.argmax(gains)))
        gains = within[chosen[-1]] + (gains if number else 0)
        gains[chosen] = -np.inf
    return tuple(places[place] for place in chosen)


def _speaking(floor: Floor, name: str) -> list[str]:
    """Return the seats that have said something, in an order drawn by seed."""
    return [seat for seat in drawn_order(floor, name) if seat in floor.standing]
