"""What a server takes on: requests at once, the size of one, and how long it may last."""

from __future__ import annotations

import math
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from quorate.errors import BadOption
from quorate.serving.refusals import Refusal

REMEMBERED = 20
"""Debates whose durations tell how long it takes until a place is free."""
BYTES_PER_CHARACTER = 12
"""What a character may take in JSON: two escaped halves."""
ENVELOPE = 65536
"""Bytes of a request beside its text."""


@dataclass(frozen=True)
class Limits:
    """What a server takes on.

    Parameters
    ----------
    requests : int
        Most debates at once; one more is refused with the advice to come back.
    characters : int
        Most characters of a prompt: all messages and choices together.
    seconds : float
        Longest time a debate may take.

    Raises
    ------
    BadOption
        When one of them is not positive.
    """

    requests: int = 32
    characters: int = 32_000
    seconds: float = 600.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                raise BadOption(f"The limit of {name} must be positive, not {value}.")

    @property
    def body(self) -> int:
        """Most bytes of a request."""
        return ENVELOPE + BYTES_PER_CHARACTER * self.characters


class Places:
    """The debates that go on, no more than are allowed.

    Examples
    --------
    >>> places, debate = Places(1), Future()
    >>> places.take(debate)
    >>> places.check()
    Traceback (most recent call last):
    ...
    quorate.serving.refusals.Refusal: 1 debate is under way, and more are not taken on at once; try again ...
    >>> debate.cancel(), places.taken
    (True, 0)
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._taken: dict[Future[Any], float] = {}
        self._lasted: deque[float] = deque([1.0], maxlen=REMEMBERED)

    @property
    def taken(self) -> int:
        """Debates under way."""
        return len(self._taken)

    def check(self) -> None:
        """Refuse when no place is free, with the mean duration of a debate as the time to wait."""
        if self.taken < self.most:
            return
        wait = max(1, math.ceil(min(60.0, fmean(self._lasted))))
        goes_on = "debate is" if self.taken == 1 else "debates are"
        raise Refusal(
            429,
            f"{self.taken} {goes_on} under way, and more are not taken on at once; try again in {wait} s.",
            code="rate_limit_exceeded",
            retry_after=wait,
        )

    def take(self, debate: Future[Any]) -> None:
        """Give a debate a place until it is decided or given up."""
        self._taken[debate] = time.monotonic()
        debate.add_done_callback(self._leave)

    def _leave(self, debate: Future[Any]) -> None:
        started = self._taken.pop(debate)
        if not debate.cancelled():
            self._lasted.append(time.monotonic() - started)
