"""What a frame shows: the state of the run, and what only the caller knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quorate.live.deliberation import Deliberation, Seat
from quorate.live.paint import Span, mark
from quorate.live.state import LiveState


@dataclass(frozen=True, slots=True)
class Scene:
    """What a frame shows: the state, and what only the caller knows. Times are in seconds."""

    state: LiveState
    total: int = 1
    title: str = ""
    budget: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    elapsed: float = 0.0
    eta: float | None = None

    @property
    def many(self) -> bool:
        """Whether there is more than one question."""
        return self.total > 1


def ordered(scene: Scene, focus: Deliberation) -> list[Seat]:
    """Return the seats in the order of the roles, then of who was asked first."""
    place = {name: index for index, name in enumerate(scene.roles)}
    return sorted(focus.seats.values(), key=lambda seat: (place.get(seat.name, len(place)), seat.place))


def answer_mark(focus: Deliberation, seat: Seat) -> Span:
    """Return the shape and colour of the answer a seat stands by."""
    return mark(None if seat.answer is None else focus.ranks.get(seat.answer))
