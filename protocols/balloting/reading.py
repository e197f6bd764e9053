"""Ballots read strictly from the last line of what a voter writes; what cannot be read abstains.

    Ranking: B > A = C          Approved: A, C          Scores: A=7, B=3

A line that names something unknown, or one thing twice, is no ballot at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from quorate.nouns import Message

LONGEST = 2000
"""Characters of a last line beyond which it is not read: 26 candidates with their scores need far fewer."""
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
_DECORATION = " \t*_"


def last_line(message: Message, name: str) -> str | None:
    r"""Return what stands behind `name:` on the last line of a message; None when nothing does.

    Examples
    --------
    >>> said = Message(number=0, seat="ada", act="rank", turn=0, text="Both add up.\n**Ranking: B > A**\n")
    >>> last_line(said, "ranking"), last_line(said, "scores")
    ('B > A', None)
    """
    if message.failed:
        return None
    last = message.text.strip().rsplit("\n", 1)[-1]
    if len(last) > LONGEST:
        return None
    head, colon, rest = last.partition(":")
    if not colon or head.strip(_DECORATION).lower() != name:
        return None
    return rest.strip(_DECORATION + ".") or None


def read_ranking(message: Message, labels: Sequence[str]) -> tuple[tuple[str, ...], ...] | None:
    """Read a ranking in tiers, the best first; labels left out are tied behind it. None when unreadable.

    Examples
    --------
    >>> said = Message(number=0, seat="ada", act="rank", turn=0, text="Ranking: B > A = C")
    >>> read_ranking(said, "ABC"), read_ranking(said, "AB")
    ((('B',), ('A', 'C')), None)
    """
    line = last_line(message, "ranking")
    if line is None:
        return None
    tiers = [_names(tier, "=") for tier in line.split(">")]
    return tuple(map(tuple, tiers)) if _fits([name for tier in tiers for name in tier], labels) else None


def read_approvals(message: Message, labels: Sequence[str]) -> tuple[str, ...] | None:
    """Read which labels a voter approves of, () for none; None when unreadable.

    Examples
    --------
    >>> said = Message(number=0, seat="ada", act="approve", turn=0, text="Approved: A, C")
    >>> read_approvals(said, "ABC"), read_approvals(said, "AB")
    (('A', 'C'), None)
    """
    line = last_line(message, "approved")
    if line is None:
        return None
    if line.lower() == "none":
        return ()
    names = _names(line, ",")
    return tuple(names) if _fits(names, labels) else None


def read_scores(message: Message, labels: Sequence[str], low: float, high: float) -> dict[str, float] | None:
    """Read one score from `low` to `high` for every label; None when unreadable or incomplete.

    Examples
    --------
    >>> said = Message(number=0, seat="ada", act="score", turn=0, text="Scores: A=7, B=3.5")
    >>> read_scores(said, "AB", 0, 10), read_scores(said, "ABC", 0, 10), read_scores(said, "AB", 0, 5)
    ({'A': 7.0, 'B': 3.5}, None, None)
    """
    line = last_line(message, "scores")
    if line is None:
        return None
    pairs = [_names(part, "=") for part in line.split(",")]
    if any(len(pair) != 2 or not _NUMBER.fullmatch(pair[1]) for pair in pairs):
        return None
    names = [name for name, _ in pairs]
    scores = {name: float(score) for name, score in pairs}
    inside = all(low <= score <= high for score in scores.values())
    return scores if inside and len(names) == len(labels) and _fits(names, labels) else None


def read_better(message: Message) -> int | None:
    r"""Read which of two drafts is better: 1 the first, -1 the second, 0 neither; None when unreadable.

    Examples
    --------
    >>> said = Message(number=0, seat="solon", act="judge", turn=0, text="It adds up.\nBetter: draft 2")
    >>> read_better(said), read_better(said.model_copy(update={"text": "Better: both"})) is None
    (-1, True)
    """
    line = last_line(message, "better")
    return None if line is None else {"draft 1": 1, "draft 2": -1, "neither": 0}.get(line.lower())


def _names(text: str, separator: str) -> list[str]:
    return [name.strip(_DECORATION) for name in text.split(separator)]


def _fits(names: Sequence[str], labels: Sequence[str]) -> bool:
    return len(set(names)) == len(names) and set(names) <= set(labels)
