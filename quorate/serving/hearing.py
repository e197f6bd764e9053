"""One question before the table, followed from an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from contextlib import suppress

from quorate.events import Event
from quorate.nouns import Outcome, Question
from quorate.serving.refusals import Refusal
from quorate.serving.sitting import Sitting

SILENCE = 10.0
"""Seconds without an event after which a follower is told that the question is still open."""


class Hearing:
    """A question that was put to a sitting, and its events as they happen.

    To be made in a running event loop, which the events are handed to.

    Parameters
    ----------
    sitting : Sitting
        The table.
    question : Question
        What is put to it.
    seconds : float
        Longest time to wait for the outcome.
    """

    def __init__(self, sitting: Sitting, question: Question, *, seconds: float) -> None:
        self._seconds = seconds
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._tell = _into(asyncio.get_running_loop(), self._events)
        self.future: Future[Outcome] = sitting.put(question, self._tell)
        self.future.add_done_callback(lambda _: self._tell(None))

    async def follow(self) -> AsyncGenerator[Event | None, None]:
        """Yield the events in order, the decision last, and None now and then when nothing happens.

        Raises
        ------
        Refusal
            When it takes too long.
        Exception
            Whatever ended the question.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + self._seconds
        while True:
            try:
                event = await asyncio.wait_for(self._events.get(), min(SILENCE, end - loop.time()))
            except TimeoutError:
                if loop.time() >= end:
                    raise Refusal(504, self._too_long(), code="timeout") from None
                yield None
                continue
            if event is None:
                self.future.result()
                return
            yield event

    def give_up(self) -> None:
        """Let go of the question, unless it is decided."""
        self.future.cancel()

    def _too_long(self) -> str:
        return f"The deliberation was given up after {self._seconds:g} seconds, the most this server allows."


def _into(
    loop: asyncio.AbstractEventLoop, events: asyncio.Queue[Event | None]
) -> Callable[[Event | None], None]:
    def tell(event: Event | None) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it whoever listened
            loop.call_soon_threadsafe(events.put_nowait, event)

    return tell
