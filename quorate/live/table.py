"""The table of the live view: one row a seat, and the agreement after each round in the same columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from rich.cells import cell_len

from quorate.live.deliberation import Deliberation, Seat, State
from quorate.live.paint import (
    BAD,
    BROKEN,
    BUSY,
    GOOD,
    PLAIN,
    QUIET,
    STRONG,
    Column,
    Line,
    Span,
    mark,
    pad,
    share_out,
    spark,
)
from quorate.live.scene import Scene, answer_mark, ordered
from quorate.live.text import clean, percent

WORDS: dict[State, Span] = {
    "waiting": ("waiting", QUIET),
    "thinking": ("thinking", BUSY),
    "said": ("said", PLAIN),
    "failed": ("failed", BAD),
}
SELECTED: Span = ("selected", GOOD)
UNHEARD: Span = ("unheard", QUIET)
TRAIL = 10
"""Most rounds shown in the table."""


def agents(scene: Scene, width: int, height: int, *, hears: bool) -> list[Line]:
    """One row a seat under a caption, and the agreement after each round in the same columns."""
    focus = scene.state.focus
    if focus is None or height < 1:
        return []
    seats = ordered(scene, focus)
    turns = [round_.turn for round_ in focus.rounds()][-TRAIL:]
    room = height - (height > 3) - (height > 4 and bool(turns))
    shown = seats if len(seats) <= room else seats[: max(room - 1, 0)]
    cells = {seat.name: _cells(scene, focus, seat, turns, hears) for seat in shown}
    widths = share_out(_columns(list(cells.values()), len(turns)), width)
    rows = [_row(cells[seat.name], widths) for seat in shown]
    if len(seats) > len(shown):
        rows.append(_rest(focus, seats[len(shown) :], bool(shown)))
    if height > 3:
        rows.insert(0, _row({name: [(caption, QUIET)] for name, caption in CAPTIONS.items()}, widths))
    if height > 4 and turns:
        label = "agreement" if widths.get("name", 0) > 8 else "agree"
        rows.append(_row(_agreement(focus, turns, label), widths))
    return rows


CAPTIONS = {
    "name": "agent",
    "role": "role",
    "trail": "rounds",
    "answer": "answer",
    "change": "change",
    "sure": "sure",
    "hears": "hears",
    "state": "state",
}
"""The columns of the table, in the order they are shown."""


def _columns(rows: list[dict[str, Line]], turns: int) -> list[Column]:
    """Return the columns, the most important ones first."""
    wide = {
        name: max((sum(cell_len(t) for t, _ in row[name]) for row in rows), default=0) for name in CAPTIONS
    }
    return [
        Column("name", min(max(wide["name"], 5), 8), min(max(wide["name"], 9), 16)),
        Column("answer", 7, max(7, min(wide["answer"], 26))),
        Column("state", 8, 8),
        Column("trail", 6, max(6, turns) if turns else 0),
        Column("change", 6, max(6, min(wide["change"], 18)) if wide["change"] else 0),
        Column("sure", 6, 6 if wide["sure"] else 0),
        Column("hears", 5, max(5, min(wide["hears"], 30)) if wide["hears"] else 0),
        Column("role", 8, max(8, min(wide["role"], 34)) if wide["role"] else 0),
    ]


def _row(cells: Mapping[str, Line], widths: Mapping[str, int]) -> Line:
    line: Line = []
    for name in CAPTIONS:
        if name in widths:
            line += [("  " if line else "", PLAIN), *pad(cells.get(name, []), widths[name])]
    return line


def _cells(scene: Scene, focus: Deliberation, seat: Seat, turns: list[int], hears: bool) -> dict[str, Line]:
    shape, colour = answer_mark(focus, seat)
    shown = (
        clean(seat.answer, 40) or "(blank)" if seat.answer is not None else ("none" if seat.answers else "")
    )
    heard = " ".join(clean(name, 12) for name in focus.hears(seat.name)) if hears else ""
    return {
        "name": [(clean(seat.name, 16), QUIET if seat.name in focus.unheard() else STRONG)],
        "role": [(clean(scene.roles.get(seat.name, "" if seat.voice else "decides"), 40), QUIET)],
        "trail": [_step(focus, seat, turn) for turn in turns],
        "answer": [(f"{shape} ", colour), (shown, colour)] if seat.answers else [],
        "change": _change(seat),
        "sure": _sure(seat),
        "hears": [(heard, QUIET)] if heard else [],
        "state": [_state(focus, seat)],
    }


def _state(focus: Deliberation, seat: Seat) -> Span:
    """Say what a seat does; when it does nothing, whether it was selected, or is not heard any more."""
    state = focus.state(seat)
    if state in ("thinking", "failed"):
        return WORDS[state]
    if seat.name in focus.unheard():
        return UNHEARD
    return SELECTED if seat.name in focus.picked() else WORDS[state]


def _sure(seat: Seat) -> Line:
    """Show the confidence, or how likely the model found its own words: "~" marks the latter."""
    if seat.confidence is not None:
        return [(f"{percent(seat.confidence):>6}", PLAIN)]
    return [(f"{'~' + percent(seat.likelihood):>6}", QUIET)] if seat.likelihood is not None else []


def _change(seat: Seat) -> Line:
    if seat.change != "changed":
        return [(seat.change, QUIET)]
    return [
        ("was ", QUIET),
        (clean(seat.before, 24) or "(blank)" if seat.before is not None else "none", PLAIN),
    ]


def _step(focus: Deliberation, seat: Seat, turn: int) -> Span:
    if turn in seat.failures:
        return BROKEN
    unheard = turn == focus.turn and seat.pending and turn not in seat.answers
    if not seat.voice or unheard or turn < min(seat.answers, default=turn + 1):
        return (" ", PLAIN)
    answer = seat.standing(turn)
    return mark(None if answer is None else focus.ranks.get(answer))


def _agreement(focus: Deliberation, turns: list[int], label: str) -> dict[str, Line]:
    rounds = [round_ for round_ in focus.rounds() if round_.turn in turns]
    return {
        "name": [(label, QUIET)],
        "trail": [("".join(spark(round_.agreement) for round_ in rounds), PLAIN)],
        "answer": [(percent(rounds[-1].agreement), STRONG)],
    }


def _rest(focus: Deliberation, seats: list[Seat], more: bool) -> Line:
    states = Counter(focus.state(seat) for seat in seats)
    told = ", ".join(f"{count} {state}" for state, count in states.most_common())
    return [(f"and {len(seats)} more: {told}" if more else f"{len(seats)} agents: {told}", QUIET)]
