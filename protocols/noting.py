"""Notes: what a protocol did besides asking, kept until the next asks, or the outcome, tell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from quorate.nouns import Ask, Note, NoteKind


class Notes:
    """The notes that nobody has told yet, and counts of what went wrong.

    Examples
    --------
    >>> notes = Notes()
    >>> notes.note("stopped", "the judge has heard enough")
    >>> notes.count("picks unreadable", 2, 6)
    >>> list(notes.counted), [note.text for note in notes.left]
    (['2 of 6 picks unreadable'], ['the judge has heard enough'])
    """

    def __init__(self) -> None:
        self._notes: list[Note] = []
        self._counts: dict[str, tuple[int, int]] = {}

    def note(
        self, kind: NoteKind, text: str, seats: Iterable[str] = (), edges: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Note something done besides asking; the next asks tell it, or else the outcome."""
        self._notes.append(Note(kind=kind, text=text, seats=tuple(seats), edges=tuple(edges)))

    def count(self, what: str, times: int, of: int) -> None:
        """Count what went wrong so often, out of how many; the outcome's reason tells it: "2 of 6 ..."."""
        before, before_of = self._counts.get(what, (0, 0))
        self._counts[what] = (before + times, before_of + of)

    def noted(self, asks: Sequence[Ask]) -> list[Ask]:
        """Return the asks, the first with all notes that nobody has told yet."""
        asks = list(asks)
        if asks and self._notes:
            asks[0] = asks[0].model_copy(update={"notes": (*asks[0].notes, *self._notes)})
            self._notes = []
        return asks

    @property
    def left(self) -> tuple[Note, ...]:
        """The notes that nobody has told yet."""
        return tuple(self._notes)

    @property
    def counted(self) -> Iterator[str]:
        """What went wrong at all, in words."""
        return (f"{times} of {of} {what}" for what, (times, of) in self._counts.items() if times)
