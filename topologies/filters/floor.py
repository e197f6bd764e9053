"""The floor: what a filter may see of a deliberation, and how seats are put in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, Protocol

from quorate.nouns import Hearing, Message, Question, Table


class Floor(Protocol):
    """What was said so far: the part of a protocol's history that filters look at."""

    @property
    def question(self) -> Question:
        """What is deliberated."""

    @property
    def table(self) -> Table:
        """Who sits where, and where every draw comes from."""

    @property
    def turn(self) -> int:
        """The number of the last answer round: 0 for the drafts."""

    @property
    def standing(self) -> Mapping[str, Message]:
        """Each seat's last answer that did not fail."""

    @property
    def rounds(self) -> Sequence[Mapping[str, Message]]:
        """For each answer round, what each seat said in it."""

    def answer_of(self, seat: str) -> str | None:
        """Return a seat's standing answer; None when it abstained or has not answered yet."""

    def hearing(self, turn: int) -> Hearing:
        """Return who heard whom at a turn."""

    def note(self, kind: Literal["fallback"], text: str) -> None:
        """Note that another rule had to stand in."""


def kept(hearing: Hearing, choose: Callable[[str, tuple[str, ...]], Iterable[str]]) -> Hearing:
    """Leave each seat only those that `choose(seat, heard)` returns, in the order it heard them.

    Examples
    --------
    >>> kept({"ada": ("bo", "cy"), "bo": ()}, lambda seat, heard: heard[1:])
    {'ada': ('cy',), 'bo': ()}
    """
    left: dict[str, tuple[str, ...]] = {}
    for seat, heard in hearing.items():
        chosen = set(choose(seat, heard))
        left[seat] = tuple(name for name in heard if name in chosen)
    return left


def drawn_order(floor: Floor, name: str) -> dict[str, int]:
    """Return the place of each seat in an order drawn anew every round: what decides between equals."""
    seats = list(floor.table.seats)
    floor.table.rng(floor.question.id, name, floor.turn).shuffle(seats)
    return {seat: place for place, seat in enumerate(seats)}
