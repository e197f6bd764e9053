"""Labels: names of seats made safe for a terminal and short enough for a drawing, yet told apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

_WIDENED = (
    range(0x2630, 0x2638),
    range(0x268A, 0x2690),
    range(0x4DC0, 0x4E00),
    range(0x1D300, 0x1D357),
    range(0x1D360, 0x1D377),
)
"""Symbols that Unicode 16 made two cells wide; the tables of Python 3.11 are older."""


def clean(name: str) -> str:
    r"""Drop what a terminal would not show as one or two cells: control, format and invisible characters.

    Examples
    --------
    >>> clean("a\x1b[31mda")
    'a[31mda'
    """
    shown = "".join(mark for mark in unicodedata.normalize("NFC", name) if mark.isprintable())
    kept = "".join(mark for mark in shown if not _invisible(mark)).strip()
    while kept and not cells(kept[0]):  # a leading accent would sit on the neighbour
        kept = kept[1:].lstrip()
    return kept


def _invisible(mark: str) -> bool:
    # Variation selectors change the width of what precedes them; the fillers are letters without a shape.
    return (
        0xFE00 <= ord(mark) <= 0xFE0F or 0xE0100 <= ord(mark) <= 0xE01EF or mark in "\u115f\u1160\u3164\uffa0"
    )


@lru_cache(maxsize=4096)  # names are measured again and again while room is sought for them
def cells(mark: str) -> int:
    r"""Return how many terminal cells one character takes: 0, 1 or 2.

    Examples
    --------
    >>> [cells(mark) for mark in "a字\u0301"]
    [1, 2, 0]
    """
    if unicodedata.category(mark) in ("Mn", "Me"):
        return 0
    wide = unicodedata.east_asian_width(mark) in "WF" or any(ord(mark) in run for run in _WIDENED)
    return 2 if wide else 1


def display_width(text: str) -> int:
    """Return how many terminal cells a text takes.

    Examples
    --------
    >>> display_width("字a")
    3
    """
    return sum(map(cells, text))


def shorten(names: Sequence[str], limit: int) -> list[str] | None:
    """Shorten clean names to at most `limit` cells each, so that no two look the same.

    The first of these that tells all apart is used for all: the beginnings, beginnings and ends, the ends,
    numbers from 1 in order.

    Returns
    -------
    list of str or None
        None when not even the numbers fit.

    Examples
    --------
    >>> shorten(["archibald", "bo"], 5)
    ['arch…', 'bo']
    >>> shorten(["qwen-7b-a", "qwen-7b-b"], 5)
    ['qw…-a', 'qw…-b']
    """
    for cut in (_beginning, _both_ends, _end):
        labels = [cut(name, limit) for name in names]
        if all(labels) and len(set(labels)) == len(labels):
            return labels
    numbers = [str(place) for place in range(1, len(names) + 1)]
    return numbers if len(numbers[-1]) <= limit else None


def _beginning(name: str, limit: int) -> str:
    return _cut(name, limit, lambda room: _take(name, room) + "…")


def _both_ends(name: str, limit: int) -> str:
    return _cut(name, limit, lambda room: _take(name, room - room // 2) + "…" + _take_last(name, room // 2))


def _end(name: str, limit: int) -> str:
    return _cut(name, limit, lambda room: "…" + _take_last(name, room))


def _cut(name: str, limit: int, shortened: Callable[[int], str]) -> str:
    if display_width(name) <= limit:
        return name
    return shortened(limit - 1) if limit > 2 else _take(name, limit)


def _take(name: str, room: int) -> str:
    return "".join(_fitting(name, room))


def _take_last(name: str, room: int) -> str:
    return clean("".join(reversed([*_fitting(reversed(name), room)])))


def _fitting(marks: Iterable[str], room: int) -> Iterator[str]:
    for mark in marks:
        room -= cells(mark)
        if room < 0:
            return
        yield mark
