"""Sections: a title, sentences and a table each, written as plain text; other views draw the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from quorate.evaluate.dynamics.shifts import Shift
from quorate.evaluate.statistics import Rate

LONGEST_NAME = 40


@dataclass(frozen=True)
class Section:
    """A title, sentences, and a table whose first column is text; `columns` and `rows` may be empty.

    All text is on one line and free of control characters; markup in it means nothing.
    """

    title: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(
        cls, title: str, lines: Iterable[str], columns: Sequence[str] = (), rows: Iterable[Sequence[str]] = ()
    ) -> Section:
        """Make a section without the columns that are empty in every row.

        Examples
        --------
        >>> Section.of("seats", [], ["seat", "first", "last"], [["ada", "", "5"]]).columns
        ('seat', 'last')
        """
        held = [tuple(row) for row in rows]
        kept = [at for at in range(len(columns)) if any(row[at] for row in held)]
        return cls(
            title,
            tuple(lines),
            tuple(columns[at] for at in kept),
            tuple(tuple(row[at] for at in kept) for row in held),
        )

    def __str__(self) -> str:
        """Write it as plain text, the table indented."""
        return "\n".join([self.title, *self.lines, *self._table()])

    def _table(self) -> Iterator[str]:
        table = [self.columns, *self.rows] if self.rows else []
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for first, *rest in table:
            cells = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
            yield "  ".join(("", first.ljust(widths[0]), *cells)).rstrip()


def percent(rate: Rate | None) -> str:
    """Write a rate with its interval in percent; nothing where there is none.

    Examples
    --------
    >>> percent(Rate.count(8, 10))
    '80.0 [49.0, 94.3]'
    """
    return f"{100 * rate.share:.1f} [{100 * rate.low:.1f}, {100 * rate.high:.1f}]" if rate else ""


def bare(rate: Rate | None) -> str:
    """Write a rate in percent without its interval."""
    return f"{100 * rate.share:.1f}" if rate else ""


def points(shift: Shift | None) -> str:
    """Write a shift with its interval in percentage points; nothing where there is none."""
    return shift.points if shift else ""


def chance(p: float | None) -> str:
    """Write a p-value; nothing where there is none.

    Examples
    --------
    >>> chance(0.04321), chance(1e-9)
    ('0.0432', '<0.0001')
    """
    return "" if p is None else "<0.0001" if p < 0.0001 else f"{p:.4f}"


def count(number: int, what: str) -> str:
    """Write how many of something there are.

    Examples
    --------
    >>> count(1, "round"), count(1200, "question")
    ('1 round', '1,200 questions')
    """
    return f"{number:,} {what}{'s' * (number != 1)}"


def some(number: int) -> str:
    """Write a count that is not worth a word when it is 0."""
    return f"{number:,}" if number else ""


def one_line(text: str) -> str:
    r"""Return untrusted text without control characters.

    Examples
    --------
    >>> one_line("ada\x1b[31m\nbo")
    'ada·[31m·bo'
    """
    return "".join(letter if letter.isprintable() else "·" for letter in text)


def shown(name: str) -> str:
    """Return an untrusted name on one line, and not too long."""
    clean = one_line(name[: LONGEST_NAME + 1])
    return clean if len(clean) <= LONGEST_NAME else clean[: LONGEST_NAME - 1] + "…"
