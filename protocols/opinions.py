"""Opinions on single steps: how sure an author is of its own, and which of others' steps a seat finds wrong.

Both are parsed strictly; what cannot be read is no opinion:

    step 1: 90%                 Objection: line 2
    step 2: 35%                 Objection: none
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from quorate.nouns import Ask, Message
from quorate.protocols.boards import Board, Writing
from quorate.protocols.history import History

_PERCENT = re.compile(
    r"^[ \t*_-]*step (\d{1,6})[ \t*_]*:[ \t*_]*(\d{1,3}(?:\.\d{1,9})?)[ \t]?%[ \t*_.]*$", re.I | re.M
)
_OBJECTION = re.compile(r"[ \t*_]*objection[ \t*_]*:[ \t*_]*(?:none|line (\d{1,6}))[ \t*_.]*", re.I)


def trust_ask(history: History, seat: str, writing: Writing) -> Ask:
    """Ask an author how sure it is of each step that it has just written."""
    board = writing.board.lines
    quoted = history.prompts.quote_board(board, history.quote_limit)
    own = history.prompts.quote_steps([line.text for line in writing.lines], history.quote_limit)
    return Ask(
        seat=seat,
        act="trust",
        turn=history.turn,
        question=history.question,
        instruction=history.prompts.render(
            "trust",
            history.question,
            board=f"The board that you continued:\n{quoted}" if board else "",
            steps=f"Your own steps:\n{own}",
        ),
        heard=history.authors(seat, board, history.turn),
        board=board,
    )


def objection_ask(history: History, seat: str, board: Board) -> Ask:
    """Ask a seat which line of a board is wrong."""
    turn = history.turn + 1
    quoted = history.prompts.quote_board(board.lines, history.quote_limit, numbered=True)
    return Ask(
        seat=seat,
        act="object",
        turn=turn,
        question=history.question,
        instruction=history.prompts.render("object", history.question, board=quoted),
        heard=history.authors(seat, board.lines, turn),
        board=board.lines,
    )


def read_trust(message: Message, steps: int) -> list[float | None]:
    r"""Read how sure an author is of each of its steps; nothing when one is missing or named twice.

    Examples
    --------
    >>> said = Message(number=0, seat="ada", act="trust", turn=0, text="step 1: 90%\nstep 2: 35.5 %")
    >>> read_trust(said, 2), read_trust(said, 3)
    ([0.9, 0.355], [None, None, None])
    """
    found = [(int(number), float(percent) / 100) for number, percent in _PERCENT.findall(message.text)]
    told = dict(found)
    complete = sorted(told) == list(range(1, steps + 1)) and len(found) == steps
    if not complete or max(told.values(), default=0.0) > 1:
        return [None] * steps
    return [told[number] for number in range(1, steps + 1)]


def read_objection(message: Message, lines: int) -> int | None:
    r"""Read the number of the line that is objected to, 0 for none; None when it cannot be read.

    Examples
    --------
    >>> said = Message(number=0, seat="ada", act="object", turn=1, text="2+3 is 5.\nObjection: line 2")
    >>> read_objection(said, 2), read_objection(said, 1)
    (2, None)
    """
    last = message.text.strip().rsplit("\n", 1)[-1]
    found = _OBJECTION.fullmatch(last)
    if found is None:
        return None
    if found[1] is None:
        return 0
    return int(found[1]) if 1 <= int(found[1]) <= lines else None


def unopposed(numbers: Sequence[int | None], lines: int) -> int:
    """Return how many lines stay: those before the first that more than half of all asked object to.

    Examples
    --------
    >>> unopposed([2, 2, None], lines=3), unopposed([2, 3], lines=3)
    (1, 3)
    """
    return next((line - 1 for line in range(1, lines + 1) if 2 * numbers.count(line) > len(numbers)), lines)
