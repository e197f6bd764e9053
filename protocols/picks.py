r"""Picks: which of several numbered responses a judge has chosen, read from whatever it wrote.

    '{"reasoning": "...", "chosen responses": [2, 4]}'   ->  (1, 3)
    "The second and the fourth add up.\nChosen: 2 and 4"  ->  (1, 3)

Responses are numbered from 1 on the page, and places count from 0 here.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

LONGEST_READ = 20_000
"""Characters of a reply that are read, from its end: a judge says last what it has chosen."""
LONGEST_LINE = 500
MOST_OBJECTS = 50
"""Openings of a JSON object that are tried."""

_KEY = re.compile(r"chosen|choice|pick|select|keep|kept|best", re.IGNORECASE)
_LINE = re.compile(
    r"\b(?:chosen|choices?|picks?|picked|select(?:ed|ions?)|keep|kept|best)\b[^:=]{0,40}[:=](?P<list>.+)",
    re.IGNORECASE,
)
_LIST = re.compile(r"(?:\d|[\s,;&/#\[\](){}*\"'`.]|and|responses?|drafts?|no\.)+", re.IGNORECASE)
_AT_THE_END = re.compile(r"\[[^\[\]]*\](?=[ \t.`]*(?:\n|$))")
_NUMBER = re.compile(r"\d+")
_NAMED = re.compile(r"(?:response|draft|no\.?|#)?\s*(\d{1,6})\.?", re.IGNORECASE)


class Picked(NamedTuple):
    """What a judge has picked: places from 0, and which rule stood in where it could not be followed."""

    places: tuple[int, ...]
    fallback: Literal["", "unreadable", "too many"] = ""


def pick(text: str, count: int, k: int, rng: random.Random) -> Picked:
    """Read at most `k` picks out of `count` responses, with the rules of SMoA for what cannot be followed.

    Where nothing can be read, or a number is out of range, `k` are drawn at random; of more than `k`, a
    random `k` stay; fewer are allowed (Li et al. 2024, arXiv:2411.03284, in their code).

    Parameters
    ----------
    text : str
        The judge's reply; untrusted.
    count : int
        How many responses were on the page.
    k : int
        Most to pick.
    rng : random.Random
        Draws only where a rule stands in.

    Returns
    -------
    Picked
        The places in the order of the page.

    Examples
    --------
    >>> pick("Chosen: 3, 1", 4, 2, random.Random(0))
    Picked(places=(0, 2), fallback='')
    >>> pick("They are all fine.", 4, 2, random.Random(0))
    Picked(places=(1, 3), fallback='unreadable')
    """
    named = read_picks(text, count)
    if named is None:
        return Picked(tuple(sorted(rng.sample(range(count), min(k, count)))), "unreadable")
    if len(named) > k:
        return Picked(tuple(sorted(rng.sample(sorted(named), k))), "too many")
    return Picked(tuple(sorted(named)))


def read_picks(text: str, count: int, k: int | None = None) -> tuple[int, ...] | None:
    r"""Read which of `count` responses, numbered from 1, a text picks: their places from 0, in its order.

    A JSON object with a list of choices counts first, then the last line that says what is chosen or a text
    of nothing but numbers, then the last list: steps are numbered in brackets too. Repetitions count once.

    Parameters
    ----------
    text : str
        The judge's reply; untrusted.
    count : int
        How many responses were on the page.
    k : int, optional
        Return only the first `k` that are named.

    Returns
    -------
    tuple of int, or None
        None when nothing can be read, nothing is picked, or a number is out of range.

    Examples
    --------
    >>> read_picks('```json\n{"reasoning": "2+3=5", "chosen responses": [2, 4]}\n```', 4)
    (1, 3)
    >>> read_picks("Chosen: 2 and 5", 4) is None
    True
    """
    text = text[-LONGEST_READ:]
    numbers = _from_objects(text) or _from_line(text) or _from_lists(text)
    if not numbers or not all(1 <= number <= count for number in numbers):
        return None
    places = tuple(dict.fromkeys(number - 1 for number in numbers))
    return places if k is None else places[:k]


def _from_objects(text: str) -> list[int] | None:
    """Return the numbers of the last JSON object that holds choices."""
    found = [numbers for numbers in map(_chosen, json_values(text, "{")) if numbers is not None]
    return found[-1] if found else None


def _from_lists(text: str) -> list[int] | None:
    """Return the last list of numbers at the end of a line; None beside JSON objects, which would hold it."""
    if any(True for _ in json_values(text, "{")):
        return None
    lists = [
        value for found in _AT_THE_END.findall(text)[-MOST_OBJECTS:] for value in json_values(found, "[")
    ]
    found = [numbers for numbers in map(_numbers, lists) if numbers is not None]
    return found[-1] if found else None


def json_values(text: str, opening: Literal["{", "["] = "{") -> Iterator[Any]:
    r"""Yield the JSON objects (or lists) that stand anywhere in a text, one after the other.

    Examples
    --------
    >>> list(json_values('Well: {"end debate": true} or {no}'))
    [{'end debate': True}]
    """
    decoder, at = json.JSONDecoder(), 0
    for _ in range(MOST_OBJECTS):
        at = text.find(opening, at)
        if at < 0:
            return
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
        else:
            yield value


def _chosen(value: Any) -> list[int] | None:
    if not isinstance(value, Mapping):
        return None
    lists = [_numbers(item) for key, item in value.items() if _KEY.search(str(key))]
    return next((numbers for numbers in lists if numbers is not None), None)


def _numbers(value: Any) -> list[int] | None:
    """Return a JSON list of numbers, however they are written; None when something else is in it."""
    items = value if isinstance(value, list) else [value]
    found = [_number(item) for item in items]
    return None if None in found else [number for number in found if number is not None]


def _number(item: Any) -> int | None:
    if isinstance(item, bool) or not isinstance(item, (int, str)):
        return None
    if isinstance(item, int):
        return item
    named = _NAMED.fullmatch(item.strip())
    return int(named[1]) if named else None


def _from_line(text: str) -> list[int] | None:
    lines = [line for line in text.splitlines() if line.strip() and len(line) <= LONGEST_LINE]
    for line in reversed(lines):
        said = _LINE.search(line)
        if said and _LIST.fullmatch(said["list"]):
            return _listed(said["list"])
    if len(lines) == 1 and _LIST.fullmatch(lines[0]):
        return _listed(lines[0])
    return None


def _listed(text: str) -> list[int]:
    return [int(number[:7]) for number in _NUMBER.findall(text)]
