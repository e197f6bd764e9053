"""Thinning: what holds for every filter on who hears whom, and how what it took away is told.

    graph of the turn -> filter -> filter -> who hears whom in this round

A filter gets the history and a hearing and returns a hearing with fewer edges; it never adds one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from quorate.errors import ProtocolError
from quorate.nouns import Ask, Hearing, Message, Note
from quorate.registry import label, spell

if TYPE_CHECKING:
    from quorate.protocols.history import History

Filter = Callable[["History", Hearing], "Hearing | Generator[Sequence[Ask], Sequence[Message], Hearing]"]
"""Who hears whom, made sparser from what was said. One that must ask somebody is a generator function."""

LONGEST_LIST = 200
"""Most characters that name edges; of more, they are counted."""


def thinner(filter_: Filter, before: Hearing, after: Any) -> Hearing:
    """Return what a filter made of a hearing, in its order; a filter that adds an edge is refused.

    Raises
    ------
    ProtocolError
        When it returned something else, or somebody would hear one it did not hear before.

    Examples
    --------
    >>> thinner(min, {"ada": ("bo", "cy"), "bo": ("ada",)}, {"ada": ("cy",)})
    {'ada': ('cy',), 'bo': ()}
    """
    if not isinstance(after, Mapping):
        raise ProtocolError(
            f"The filter '{label(filter_)}' returned {type(after).__name__}; "
            "it must return who hears whom, a mapping of seat to seats."
        )
    for seat, heard in after.items():
        known = set(before.get(seat, ()))
        added = [name for name in heard if name not in known]
        if added:
            raise ProtocolError(
                f"The filter '{label(filter_)}' lets {seat} hear {added[0]}, whom {seat} did not hear "
                "before; a filter only removes."
            )
    left = {seat: set(heard) for seat, heard in after.items()}
    return {
        seat: tuple(name for name in heard if name in left.get(seat, ())) for seat, heard in before.items()
    }


def pruned(filter_: Filter, before: Hearing, after: Hearing, speaking: Collection[str]) -> Note | None:
    """Note the edges that a filter took away, of those along which there was something to hear.

    Examples
    --------
    >>> pruned(min, {"ada": ("bo", "cy"), "bo": ()}, {"ada": ("cy",), "bo": ()}, ["bo"]).text
    'ada no longer hears bo (min)'
    """
    left = {seat: set(heard) for seat, heard in after.items()}
    gone = {
        seat: lost
        for seat, heard in before.items()
        if (lost := tuple(name for name in heard if name in speaking and name not in left[seat]))
    }
    if not gone:
        return None
    edges = tuple((name, seat) for seat, lost in gone.items() for name in lost)
    held = sum(name in speaking for heard in before.values() for name in heard)
    named = _in_words(gone, _unheard(before, after, speaking))
    text = named if len(named) <= LONGEST_LIST else f"{len(edges)} of {held} edges pruned"
    return Note(kind="pruned", seats=tuple(gone), edges=edges, text=f"{text} ({in_brief(filter_)})")


def _unheard(before: Hearing, after: Hearing, speaking: Collection[str]) -> list[str]:
    """Return those whom several heard before and nobody hears now."""
    listeners = Counter(name for heard in before.values() for name in heard)
    now = {name for heard in after.values() for name in heard}
    return [name for name, count in listeners.items() if count > 1 and name in speaking and name not in now]


def _in_words(gone: Mapping[str, Sequence[str]], unheard: Sequence[str]) -> str:
    parts = [f"nobody hears {', '.join(unheard)} any more"] if unheard else []
    for seat, lost in gone.items():
        rest = [name for name in lost if name not in unheard]
        if rest:
            verb = "no longer hears" if len(parts) == bool(unheard) else "not"
            parts.append(f"{seat} {verb} {', '.join(rest)}")
    return "; ".join(parts)


def in_brief(maker: Any) -> str:
    """Write a maker with its bound options in a few words.

    Examples
    --------
    >>> from functools import partial
    >>> in_brief(partial(sorted, reverse=True))
    'sorted: reverse True'
    """
    spelled = spell(maker)
    if not isinstance(spelled, Mapping):
        return str(spelled)
    ((name, options),) = spelled.items()
    return f"{name}: " + ", ".join(f"{option} {value}" for option, value in options.items())
