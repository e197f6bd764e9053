"""Turns: what a protocol is. It yields all that can be asked now, is sent what was said, returns the outcome.

said = yield [Ask(seat=seat, act="draft", ...) for seat in table.seats]
return plurality(...)
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

from quorate.nouns import Ask, Message, Outcome

if TYPE_CHECKING:
    from quorate.protocols.history import History

Turns = Generator[Sequence[Ask], Sequence[Message], Outcome]
"""What a protocol is: yields all that can be asked now, is sent what was said, returns the outcome."""

Stop = Callable[["History"], "str | Generator[Sequence[Ask], Sequence[Message], str | None] | None"]
"""A stop check: the reason to stop, or None. One that must ask somebody is a generator function."""


def consult(result: Any) -> Generator[Sequence[Ask], Sequence[Message], Any]:
    """Return `result`; when it is a generator (a check that asks somebody), run it inside this protocol.

    Examples
    --------
    >>> next(consult("all agree"))
    Traceback (most recent call last):
    ...
    StopIteration: all agree
    """
    if isinstance(result, Generator):
        result = yield from result
    return result
