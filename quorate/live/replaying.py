"""Playing a recorded run again, at a chosen speed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from quorate.errors import BadOption
from quorate.events import Event, Failed, Heard, Noted, Posted, Said

LONGEST_GAP = 2.0
"""Most seconds that a replay waits between two events."""


def replay(
    events: Iterable[Event],
    view: Callable[[Event], None],
    *,
    speed: float,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Hand recorded events to a view at their own pace.

    Parameters
    ----------
    events : iterable of Event
        In the order they happened.
    view : callable
        Called with each.
    speed : float
        2 is twice as fast as it was; 0 is at once. No gap lasts longer than `LONGEST_GAP` seconds.
    sleep : callable
        Waits a number of seconds.

    Raises
    ------
    BadOption
        For a negative or infinite speed.

    Examples
    --------
    >>> from quorate.live.demo import synthetic_run
    >>> waits = []
    >>> replay(synthetic_run(), lambda event: None, speed=0.5, sleep=waits.append)
    >>> max(waits)
    2.0
    """
    if not 0 <= speed < float("inf"):
        raise BadOption(f"A replay cannot run at speed {speed:g}: give 1 for its own pace, 0 for at once.")
    last = 0.0
    for event in events:
        at = _time_of(event)
        if speed and last and at > last:
            sleep(min((at - last) / speed, LONGEST_GAP))
        last = max(last, at)
        view(event)


def _time_of(event: Event) -> float:
    """Return when an event happened; 0 when it does not say."""
    if isinstance(event, (Said, Failed)):
        return event.message.at
    return 0.0 if isinstance(event, (Heard, Posted, Noted)) else event.at
