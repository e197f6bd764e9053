"""What a program prints while the live view has the screen: kept aside, and printed afterwards."""

from __future__ import annotations

import io
from collections import deque
from typing import TextIO


class Aside(io.TextIOBase):
    r"""Stands in for a terminal's stream; keeps up to `KEPT` characters, the latest ones.

    Examples
    --------
    >>> stream = io.StringIO()
    >>> aside = Aside(stream)
    >>> print("loading", file=aside)
    >>> stream.getvalue()
    ''
    >>> aside.release()
    >>> stream.getvalue()
    'loading\n'
    """

    KEPT = 100_000

    def __init__(self, stream: TextIO) -> None:
        self.rich_proxied_file = stream
        """Where a `rich` console that writes to this stream has to write: rich looks for this name."""
        self._texts: deque[str] = deque()
        self._size = 0

    def write(self, text: str) -> int:
        """Keep a text; the oldest ones go when there are too many."""
        self._texts.append(text[-self.KEPT :])
        self._size += len(self._texts[-1])
        while self._size > self.KEPT:
            self._size -= len(self._texts.popleft())
        return len(text)

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def release(self) -> None:
        """Print what was kept."""
        while self._texts:
            self.rich_proxied_file.write(self._texts.popleft())
        self._size = 0
        self.rich_proxied_file.flush()
