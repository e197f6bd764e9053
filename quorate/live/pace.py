"""How fast questions are decided, and how often a frame may be drawn."""

from __future__ import annotations

from collections import deque

SHORTEST, LONGEST = 0.1, 1.0
"""Seconds between two frames."""
SHARE = 1 / 150
"""Share of the time that drawing may take; with what taking turns costs besides, about 1 %."""


def pause_after(cost: float) -> float:
    """Return the seconds to wait after a frame, so that drawing takes about `SHARE` of the time.

    Parameters
    ----------
    cost : float
        Processor seconds that a frame takes.

    Examples
    --------
    >>> pause_after(0.0004), pause_after(0.004), pause_after(0.5)
    (0.1, 0.6, 1.0)
    """
    return min(LONGEST, max(SHORTEST, cost / SHARE))


class Pace:
    """The time left, from when the latest questions were decided.

    Measuring begins with the first fresh count: a resumed run first replays what it had recorded, which
    tells nothing about how fast it is. A replay has no fresh counts; there it begins with the first one.

    Examples
    --------
    >>> pace = Pace()
    >>> pace.note(0.0, 100)
    >>> pace.note(1.0, 200, fresh=True)
    >>> pace.note(11.0, 205, fresh=True)
    >>> pace.eta(11.0, 205, 210)
    10.0
    """

    def __init__(self, memory: int = 64) -> None:
        self._steps: deque[tuple[float, int]] = deque(maxlen=memory)
        self._fresh = False

    def note(self, now: float, done: int, *, fresh: bool = False) -> None:
        """Remember how many were decided at a time, in seconds; `fresh` when it happened just now."""
        if fresh and not self._fresh:
            self._fresh = True
            self._steps.clear()
        if not self._steps or self._steps[-1][1] != done:
            self._steps.append((now, done))

    def eta(self, now: float, done: int, total: int) -> float | None:
        """Return the seconds left; None while nothing was decided since measuring began."""
        if not self._steps:
            return None
        since, before = self._steps[0]
        if done <= before or done >= total:
            return 0.0 if done >= total else None
        return (now - since) * (total - done) / (done - before)
