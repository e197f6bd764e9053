"""The parts of the live view. Each is a function of the scene and a size, and returns lines of spans."""

from __future__ import annotations

from rich.cells import cell_len

from quorate.live.card import board_lines, correctness, dissent_lines, headline, losses, tally_lines, tie_line
from quorate.live.deliberation import Deliberation, Seat
from quorate.live.paint import (
    BAD,
    BUSY,
    GOOD,
    PLAIN,
    QUIET,
    STRONG,
    Line,
    Span,
    bar,
    cut,
    joined,
    length,
    mark,
    pad,
    spread,
)
from quorate.live.scene import Scene, answer_mark, ordered
from quorate.live.state import LiveState
from quorate.live.text import amount, clean, clock, percent, wrap


def head(scene: Scene, width: int) -> Line:
    """Put the title at the left; round, budget and time at the right."""
    focus = scene.state.focus
    parts: list[Line] = []
    if focus is not None and not scene.many:
        stopped: Line = [(", stopped early", BUSY)] if focus.stopped else []
        parts.append([(f"round {focus.turn + 1}", STRONG), *stopped])
    if scene.budget and width >= 50:
        parts.append([(clean(scene.budget, width // 3), PLAIN)])
    parts.append([(clock(scene.elapsed), PLAIN)])
    return spread([(clean(scene.title or "quorate", width), STRONG)], joined(parts), width)


def progress(scene: Scene, width: int) -> Line:
    """Show questions decided, a bar, the time left, and the running accuracy where gold is known."""
    done = scene.state.decided
    right = accuracy(scene.state, width)
    tail: Line = [(f" {percent(done / scene.total)}", PLAIN)]
    if scene.eta and width >= 60:
        tail.append((f"  {clock(scene.eta)} left", QUIET))
    count = f"{done}/{scene.total} "
    room = max(0, width - length([(count, STRONG), *tail, *right]) - (2 if right else 0))
    filled = bar(done / scene.total, room) if room > 3 else ""
    track = "─" * (room - len(filled)) if room > 3 else ""
    return spread([(count, STRONG), (filled, GOOD), (track, QUIET), *tail], right, width)


def accuracy(state: LiveState, width: int) -> Line:
    """Tell the running accuracy with its interval and its N."""
    now = state.accuracy()
    if now is None:
        return []
    long = width >= 72
    digits = 1 if long else 0
    span = f"{100 * now.low:.{digits}f}–{100 * now.high:.{digits}f}"
    label = "accuracy " if long else "acc "
    return [(label, QUIET), (f"{100 * now.share:.1f} %", STRONG), (f" ({span}, n {now.known})", QUIET)]


def question(scene: Scene, width: int, lines: int) -> list[Line]:
    """Show the question in focus, its choices on a line of their own where there is room."""
    focus = scene.state.focus
    if focus is None:
        return [[("waiting for the first question", QUIET)]]
    options = _choices(focus, width) if lines > 1 else []
    name = f"{clean(focus.id, 16)}  " if scene.many else ""
    indent = cell_len(name)
    rows = wrap(clean(focus.text, width * lines), max(1, width - indent), lines - len(options)) or ("",)
    first: Line = [(name, QUIET), (rows[0], STRONG)]
    return [first, *([(" " * indent, PLAIN), (row, STRONG)] for row in rows[1:]), *options]


def _choices(focus: Deliberation, width: int) -> list[Line]:
    asked = focus.question
    if asked is None or not asked.choices:
        return []
    each = max(4, width // min(len(asked.choices), 6) - 5)
    pairs = zip(asked.labels[:12], asked.choices, strict=False)
    return [joined([[(f"{label} ", STRONG), (clean(choice, each), PLAIN)] for label, choice in pairs], "   ")]


def rounds(scene: Scene, width: int, height: int) -> list[Line]:
    """Draw the agreement after each of the latest rounds as bars: each answer's share of the voices."""
    focus = scene.state.focus
    if focus is None or height < 2:
        return []
    rows: list[Line] = []
    for number, round_ in list(enumerate(focus.rounds(), 1))[1 - height :]:
        room = max(1, width - 17)
        line: Line = [(f"round {number:<3}", QUIET)]
        for answer, votes in sorted(round_.tally.items(), key=lambda item: focus.ranks[item[0]]):
            line.append((bar(votes / round_.voices, room, "━"), mark(focus.ranks[answer])[1]))
        rows.append([*pad(line, 10 + room), (f" {percent(round_.agreement):>5}", STRONG)])
    return [[("agreement", QUIET)], *rows] if rows else []


def words(scene: Scene, width: int, height: int) -> list[Line]:
    """Quote what the seats said last; when there is too little room for all, the latest ones only."""
    focus = scene.state.focus
    if focus is None or height < 1:
        return []
    spoken = [seat for seat in ordered(scene, focus) if seat.spoke]
    if not spoken:
        return [] if focus.decided else [[("nobody has spoken yet", QUIET)]]
    latest = sorted(spoken, key=lambda seat: -seat.spoke)[:height]
    shown = [seat for seat in spoken if seat in latest]
    names = min(16, max(cell_len(clean(seat.name, 16)) for seat in shown))
    acts = max(len(_act(seat)) for seat in shown) if width >= 50 else 0
    indent = names + 2 + (acts + 2 if acts else 0)
    room = max(1, width - indent)
    texts = [wrap(clean(seat.error or seat.text, room * 6), room, 6) for seat in shown]
    quota = _shares([len(text) for text in texts], height)
    rows: list[Line] = []
    for seat, text, lines in zip(shown, texts, quota, strict=True):
        style = BAD if seat.error else QUIET if focus.state(seat) == "thinking" else PLAIN
        told = wrap(" ".join(text), room, lines) or ("(nothing)",)
        front = pad([(clean(seat.name, 16), f"bold {answer_mark(focus, seat)[1]}")], names)
        front += [("  ", PLAIN), *(pad([(_act(seat), QUIET)], acts + 2) if acts else [])]
        rows.append([*front, (told[0], style)])
        rows += [[(" " * indent, PLAIN), (line, style)] for line in told[1:]]
    return rows


def _act(seat: Seat) -> str:
    return clean(seat.act, 10)


def _shares(wanted: list[int], room: int) -> list[int]:
    """Share out lines: one each, then one more in turn to whoever still wants."""
    given = [1] * len(wanted)
    left = room - len(wanted)
    while left > 0 and any(have < want for have, want in zip(given, wanted, strict=True)):
        for index, want in enumerate(wanted):
            if left > 0 and given[index] < want:
                given[index] += 1
                left -= 1
    return given


def verdict(scene: Scene, width: int, height: int) -> list[Line]:
    """Tell how the question in focus ended: answer, reason, tally, dissent; nothing while it is open."""
    focus = scene.state.focus
    if focus is None or focus.outcome is None or height < 1:
        return []
    outcome, gold = focus.outcome, scene.state.gold.get(focus.id)
    right = correctness(scene.state.correct(focus.id), gold)
    rows = [headline(outcome, focus.question, focus.ranks, width, right), *tie_line(outcome, width)]
    left = height - len(rows)
    missing = losses(outcome, width)
    dissent = dissent_lines(outcome, focus.ranks, width - 10, min(left // 2, 4))
    tally = tally_lines(outcome, focus.ranks, width - 10, max(0, left - len(dissent) - bool(missing)))
    for label, block in (("tally", tally), ("dissent", dissent)):
        rows += [[(f"{'' if index else label:<10}", QUIET), *line] for index, line in enumerate(block)]
    return [*rows, *([missing] if missing else [])][:height]


def board(scene: Scene, width: int, height: int) -> list[Line]:
    """Show the board as it grows, of several the longest: author, line and trust; nothing without one."""
    focus = scene.state.focus
    if focus is None or height < 2 or not focus.board:
        return []
    several = len(set(focus.boards.values()))
    which = f", the longest of {several} boards" if several > 1 and not focus.decided else ""
    return [[(f"board{which}", QUIET)], *board_lines(focus.board, width, height - 1)]


NOTE_LINES = 3
"""Most lines of one note, where there is not plenty of room."""


def notes(scene: Scene, width: int, height: int) -> list[Line]:
    """Tell what the protocol did last besides asking: whom it selected, what it pruned, why it stopped."""
    focus = scene.state.focus
    if focus is None or height < 1:
        return []
    rows: list[list[Line]] = []
    most = max(NOTE_LINES, height - 2)
    for note in reversed(focus.notes):
        stopped = note.kind == "stopped"
        label = "stopped: " if stopped else f"round {note.turn + 1}: "
        room = max(1, width - cell_len(label))
        style = BAD if note.kind == "fallback" else STRONG if stopped else PLAIN
        first, *rest = wrap(clean(note.text, room * most), room, most) or (note.kind,)
        lines: list[Line] = [[(label, BUSY if stopped else QUIET), (first, style)]]
        lines += [[(" " * cell_len(label), PLAIN), (line, style)] for line in rest]
        if sum(map(len, rows)) + len(lines) > height:
            break
        rows.insert(0, lines)
    return [line for lines in rows for line in lines]


def recent(scene: Scene, width: int, height: int) -> list[Line]:
    """List the questions decided last, the newest first."""
    if not scene.many or height < 2 or not scene.state.recent:
        return []
    signs: dict[bool | None, Span] = {True: ("✓", GOOD), False: ("✗", BAD), None: ("·", QUIET)}
    rows: list[Line] = [[("decided last", QUIET)]]
    for ended in list(reversed(scene.state.recent))[: height - 1]:
        told = f"{ended.rounds} round" + "s" * (ended.rounds != 1)
        answer = clean(ended.answer, 24) or "(blank)" if ended.answer is not None else "no decision"
        left: Line = [signs[ended.correct], (f" {clean(ended.question, 14)}  ", QUIET), (answer, PLAIN)]
        rows.append(spread(left, [(told, QUIET)], width))
    return rows


def foot(scene: Scene, width: int) -> Line:
    """Count tokens, speed, calls, failures."""
    state = scene.state
    rate = state.rate()
    parts: list[Line] = [
        [(amount(state.tokens_in), PLAIN), (" tokens in", QUIET)],
        [(amount(state.tokens_out), PLAIN), (" out", QUIET)],
        [(amount(rate), PLAIN), ("/s", QUIET)] if rate is not None else [],
        [(amount(state.calls), PLAIN), (" calls", QUIET)],
        [(amount(state.failures), BAD), (" failed", BAD)] if state.failures else [],
        [(amount(state.open), PLAIN), (" open", QUIET)] if scene.many else [],
    ]
    return cut(joined(parts), width)
