"""Who hears whom as a drawing, the seats in the colours of their answers.

Where filters thinned the graph of the round, all of it is drawn: edges that were taken away are dotted and
quiet, and so are the names of those whom nobody hears any more; the names of selected seats are underlined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from quorate.live.deliberation import Deliberation
from quorate.live.paint import PLAIN, QUIET, Line, length, mark
from quorate.live.picture import Edges, Picture, picture
from quorate.live.text import clean

LEAST_WIDTH, LEAST_HEIGHT = 16, 3
LEGEND: Line = [("   ⠂⠂ pruned", QUIET)]


def graph(focus: Deliberation, width: int, height: int) -> list[Line]:
    """Draw who hears whom, with a caption; nothing when nobody does or there is no room for a drawing."""
    edges = (*focus.edges, *focus.pruned)
    if not edges or width < LEAST_WIDTH or height <= LEAST_HEIGHT:
        return []
    linked = {seat for edge in edges for seat in edge}
    seats = dict.fromkeys([*focus.seats, *(seat for edge in edges for seat in edge)])
    names = _names([seat for seat in seats if seat in linked or focus.seats[seat].voice])
    heard, pruned = _renamed(focus.edges, names), _renamed(focus.pruned, names)
    drawn = _drawn(tuple(names.values()), heard, width, height - 1, pruned)
    if not drawn:
        return []
    styles = _styles(focus, names)
    heard_style = PLAIN if pruned else QUIET  # bright only where there is something to stand out from
    lines = [
        [(piece.text, styles.get(piece.seat, QUIET if piece.pruned else heard_style)) for piece in row]
        for row in drawn
    ]
    dotted = any(piece.pruned for row in drawn for piece in row)
    return [_caption(focus, width, dotted), *lines]


def _caption(focus: Deliberation, width: int, dotted: bool) -> Line:
    told: Line = [(f"who hears whom, round {focus.edges_turn + 1}", QUIET)]
    explained = [*told, *LEGEND]
    return explained if dotted and length(explained) <= width else told


def _renamed(edges: Edges, names: Mapping[str, str]) -> Edges:
    return tuple((names[u], names[v]) for u, v in edges)


def _styles(focus: Deliberation, names: Mapping[str, str]) -> dict[str, str]:
    """Return the style of each label: the colour of the answer; quiet when nobody hears the seat."""
    unheard, picked = focus.unheard(), focus.picked()
    styles = {name: f"bold {_colour(focus, seat)}" for seat, name in names.items()}
    styles |= {names[seat]: f"underline {styles[names[seat]]}" for seat in picked & names.keys()}
    return styles | {names[seat]: QUIET for seat in unheard & names.keys()}


def _colour(focus: Deliberation, name: str) -> str:
    seat = focus.seats.get(name)
    answer = seat.answer if seat is not None else None
    return mark(None if answer is None else focus.ranks.get(answer))[1]


def _names(seats: Sequence[str]) -> dict[str, str]:
    """Make the seats' names fit to be shown, and keep them apart."""
    names: dict[str, str] = {}
    for seat in seats:
        name = clean(seat, 16) or "?"
        while name in names.values():
            name += "'"
        names[seat] = name
    return names


@lru_cache(maxsize=32)
def _drawn(
    names: tuple[str, ...], heard: Edges, width: int, height: int, pruned: Edges = ()
) -> Picture | None:
    """Draw, or return None: a graph that cannot be drawn must not cost the view the rest."""
    try:
        return picture(names, heard, pruned, width, height)
    except Exception:
        return None
