"""One frame of the live view: arranges the panels for the size of the terminal.

narrow (under 72 columns)    medium                      wide (from 110 x 30)
head                         head                        head
question                     question                    question
agents                       graph    | agents           graph     | agents
notes                        notes                       notes     |
verdict, board, words        verdict, board, words       agreement | verdict
foot                         foot                        decided   | board, words
                                                         foot
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment

from quorate.live.graph import graph
from quorate.live.paint import PLAIN, QUIET, Line, Span, beside, to_text
from quorate.live.panels import (
    board,
    foot,
    head,
    notes,
    progress,
    question,
    recent,
    rounds,
    verdict,
    words,
)
from quorate.live.scene import Scene
from quorate.live.table import agents

GAP = 3
MEDIUM_WIDTH = 72
WIDE_WIDTH, WIDE_HEIGHT = 110, 30
AIRY_HEIGHT = 20
"""From this height on, blank lines set the parts apart."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A scene as something `rich` can print; with `fill` it covers the whole height of the terminal."""

    scene: Scene
    fill: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, height = options.max_width, options.height or console.height
        lines = compose(self.scene, width, max(1, height))
        if self.fill:
            lines = _stretched(lines, max(1, height))
        for line in lines[:-1]:
            yield from _rendered(console, tuple(line), width)
            yield Segment.line()
        yield from _rendered(console, tuple(lines[-1]), width)
        if not self.fill:  # a line break at the bottom of a full screen would scroll it
            yield Segment.line()


@lru_cache(maxsize=256)
def _rendered(console: Console, line: tuple[Span, ...], width: int) -> tuple[Segment, ...]:
    """Render one line; most lines of a frame are those of the frame before."""
    # The line is cut already: `render` skips the wrapping, which would double the cost of a frame.
    return tuple(to_text(line, width).render(console))


def compose(scene: Scene, width: int, height: int) -> list[Line]:
    """Arrange the panels in at most `height` lines; each is at most `width` cells wide once it is cut.

    Parameters
    ----------
    scene : Scene
    width, height : int
        Size in terminal cells and lines, each at least 1.

    Returns
    -------
    list of Line
        The last one is the foot, where there is room for one.
    """
    airy = height >= AIRY_HEIGHT
    wide = width >= WIDE_WIDTH and height >= WIDE_HEIGHT
    margin = 1 if width >= 40 else 0
    inner = max(1, width - 2 * margin)
    top = [head(scene, inner)]
    if scene.many and height >= 4:
        top.append(progress(scene, inner))
    top += _apart(airy, question(scene, inner, 3 if wide else 2 if height >= 14 else 1))
    bottom = _apart(airy, [foot(scene, inner)]) if height >= 8 else []
    room = height - len(top) - len(bottom) - airy
    body = (_wide if wide else _medium)(scene, inner, max(0, room))
    lines = [*top, *_apart(airy, body)][: height - len(bottom)] + bottom
    return [[(" " * margin, PLAIN), *line] for line in lines]


def _apart(airy: bool, block: list[Line]) -> list[Line]:
    return [[], *block] if airy and block else block


def _medium(scene: Scene, width: int, height: int) -> list[Line]:
    """One column; the graph stands beside the table where the width allows it."""
    focus = scene.state.focus
    if focus is None:
        return []
    airy = height > 12
    seats = len(focus.seats) + 2
    column = min(30, width // 3)
    most = height - 2 if height <= 12 else max(height - 6, height * 2 // 3)
    beside_graph = width >= MEDIUM_WIDTH - 2
    table = min(max(seats, 8) if beside_graph else seats, max(most, 1))
    left = graph(focus, column, table) if beside_graph else []
    if left:
        block = beside(left, agents(scene, width - column - GAP, table, hears=False), column, GAP)
    else:
        block = agents(scene, width, table, hears=True)
    block += notes(scene, width, min(3, height - len(block) - 2))
    return [*block, *_said(scene, width, height - len(block), airy)][:height]


def _said(scene: Scene, width: int, room: int, airy: bool) -> list[Line]:
    """Stack the verdict and the board, where there are any, and the latest words, in `room` lines."""
    focus = scene.state.focus
    shared = room >= 12 or (focus is not None and focus.board)  # else no room worth having stays for others
    ended = _apart(airy, verdict(scene, width, min(7, room - airy) if shared else room - airy))
    left = max(room - len(ended) - airy, 0)
    ended += _apart(airy, board(scene, width, left if ended else left * 2 // 3))
    room -= len(ended) + airy
    said = words(scene, width, room - (room > 4))
    caption: list[Line] = [[("last words", QUIET)]] if room > 4 and said else []
    return [*ended, *_apart(airy, [*caption, *said])]


def _wide(scene: Scene, width: int, height: int) -> list[Line]:
    """Two columns: graph, agreement and decided questions at the left; agents and words at the right."""
    focus = scene.state.focus
    if focus is None:
        return []
    column = max(36, min(52, width // 3))
    drawn = graph(focus, column, min(16, height // 2))
    left = [*drawn, *_apart(bool(drawn), notes(scene, column, min(8, height // 4)))]
    held = rounds(scene, column, min(8, max(3, height - len(left) - 1)))
    left += _apart(bool(left), held)
    left += _apart(bool(left), recent(scene, column, max(0, height - len(left) - 1)))
    right_width = width - column - GAP if left else width
    table = agents(scene, right_width, min(len(focus.seats) + 2, height * 2 // 3), hears=True)
    right = [*table, *_said(scene, right_width, height - len(table), airy=True)]
    return beside(left[:height], right[:height], column, GAP) if left else right[:height]


def _stretched(lines: list[Line], height: int) -> list[Line]:
    """Fill up to `height` lines: the foot stays at the bottom."""
    missing = height - len(lines)
    return [*lines[:-1], *([[]] * missing), *lines[-1:]] if missing > 0 else lines[:height]
