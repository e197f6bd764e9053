"""Boards: solutions that grow line by line, each line under its author's name and with its trust.

A text is cut into steps by a splitter, every step gets a trust in [0, 1] or None (nothing is known), and the
leading steps that are trusted are what a board may take over:

    Board((BoardLine(seat="ada", text="58/2=29", confidence=0.97),))      # open
    Board((..., BoardLine(seat="bo", text="Answer: 29", confidence=0.9)), answer="29")
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from quorate.answers import read
from quorate.errors import BadOption
from quorate.nouns import BoardLine, Message, Question
from quorate.registry import Registry, label

LAST_WORDS = 2
"""Steps that a text without an answer may end in: what is not known, and the refusal."""

Span = tuple[int, int]
"""Where a step begins and ends, in characters."""

Splitter = Callable[[str], Sequence[Span]]
"""Cuts a text into steps: spans in order, without overlap."""

Trust = Literal["auto", "head", "logprob", "asked"]
TRUSTS: tuple[str, ...] = ("auto", "head", "logprob", "asked")

splitter = Registry("splitter", "quorate.protocols")

_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")


@splitter
def lines(text: str) -> list[Span]:
    r"""Take every line that is not blank for a step.

    Examples
    --------
    >>> lines("2+3=5\n\n  Answer: 5\n")
    [(0, 5), (9, 18)]
    """
    return list(_between(text, _LINE))


@splitter
def sentences(text: str) -> list[Span]:
    r"""Take every sentence for a step; a line break ends one too.

    Examples
    --------
    >>> text = "Half of 7.4 is 3.7. Is it? Yes\nAnswer: 3.7"
    >>> [text[start:end] for start, end in sentences(text)]
    ['Half of 7.4 is 3.7.', 'Is it?', 'Yes', 'Answer: 3.7']
    """
    return list(_between(text, _SENTENCE))


@splitter
def paragraphs(text: str) -> list[Span]:
    r"""Take every paragraph for a step: what stands between blank lines.

    Examples
    --------
    >>> paragraphs("a\nb\n\n\nc")
    [(0, 3), (6, 7)]
    """
    return list(_between(text, _PARAGRAPH))


def _between(text: str, separator: re.Pattern[str]) -> Iterator[Span]:
    """Yield what stands between the separators, without the white space around it."""
    start = 0
    for end, following in [*(found.span() for found in separator.finditer(text)), (len(text), len(text))]:
        piece = text[start:end]
        if bare := piece.strip():
            start += len(piece) - len(piece.lstrip())
            yield start, start + len(bare)
        start = following


def product(chances: Iterable[float | None]) -> float | None:
    """Return the chance that all of these hold; None when one of them is unknown.

    Examples
    --------
    >>> product([0.5, 0.5]), product([0.5, None]), product([])
    (0.25, None, 1.0)
    """
    known = 1.0
    for chance in chances:
        if chance is None:
            return None
        known *= chance
    return known


@dataclass(frozen=True, slots=True)
class Board:
    """The lines of a solution and, once it is finished, the answer it ends in."""

    lines: tuple[BoardLine, ...] = ()
    answer: str | None = None

    @property
    def finished(self) -> bool:
        """Whether its last line holds the final answer."""
        return self.answer is not None

    @property
    def sure(self) -> float | None:
        """The chance that all lines are right; None when that of one is unknown, or there is none."""
        return product(line.confidence for line in self.lines) if self.lines else None

    @property
    def text(self) -> str:
        """The lines without their authors."""
        return "\n".join(line.text for line in self.lines)

    @property
    def rank(self) -> tuple[bool, float, int, float]:
        """What boards are compared by: finished ones first, the surest of them; else the longest, surest."""
        sure = -1.0 if self.sure is None else self.sure
        return self.finished, sure if self.finished else 0.0, len(self.lines), sure

    def cut(self, count: int) -> Board:
        """Return the first `count` lines; what is cut off takes the answer with it."""
        return Board(self.lines[:count]) if count < len(self.lines) else self


@dataclass(frozen=True, slots=True)
class Writing:
    """What a seat wrote on a board: its steps, how many of the leading ones are trusted, its answer."""

    board: Board
    lines: tuple[BoardLine, ...] = ()
    answer: str | None = None
    trusted: int = 0

    def posted(self, count: int) -> Board:
        """Return the board with the first `count` steps on it; the last one brings the answer."""
        if not count:
            return self.board
        whole = count >= len(self.lines)
        return Board(self.board.lines + self.lines[:count], self.answer if whole else None)

    @property
    def leads_on(self) -> bool:
        """Whether its next step leads anywhere: to the answer, or at least to a further step."""
        return self.answer is not None or len(self.lines) > LAST_WORDS

    @property
    def solution(self) -> Board:
        """All that the seat stands by: the board it continued and all of its own steps."""
        return Board(self.board.lines + self.lines, self.answer)

    def doubted(self, rejected: tuple[BoardLine, ...]) -> Writing:
        """Take all trust from the last line of `rejected`, if what the seat stands by begins with these."""
        own = self.solution.lines
        if own[: len(rejected)] != rejected:
            return self
        wrong = rejected[-1].model_copy(update={"confidence": 0.0})
        own = (*rejected[:-1], wrong, *own[len(rejected) :])
        count = len(self.board.lines)
        return replace(self, board=replace(self.board, lines=own[:count]), lines=own[count:])

    def weighed(self, chances: Sequence[float | None], threshold: float) -> Writing:
        """Give every step its trust; the leading ones that reach `threshold` are trusted."""
        steps = tuple(
            line.model_copy(update={"confidence": chance})
            for line, chance in zip(self.lines, chances, strict=True)
        )
        leading = takewhile(lambda chance: chance is not None and chance >= threshold, chances)
        return replace(self, lines=steps, trusted=sum(1 for _ in leading))

    def weighed_whole(self, chance: float, threshold: float) -> Writing:
        """Give the whole text one trust: all steps are trusted or none, and each takes an even share."""
        share = float(chance ** (1 / max(1, len(self.lines))))
        trusted = len(self.lines) if chance >= threshold else 0
        return replace(self.weighed([share] * len(self.lines), 0.0), trusted=trusted)


def write(board: Board, message: Message, question: Question, split: Splitter) -> tuple[Writing, list[Span]]:
    """Cut a message into steps; nothing is known of them yet.

    The step that holds the final answer is the last one, whatever chatter follows. A text that was cut off
    before its answer loses its torn last step.

    Raises
    ------
    BadOption
        When the splitter gives spans that are out of order or outside the text.
    """
    spans = [(start, end) for start, end in split(message.text) if message.text[start:end].strip()]
    edges = [edge for span in spans for edge in span]
    if edges != sorted(edges) or any(not 0 <= edge <= len(message.text) for edge in edges):
        raise BadOption(
            f"The splitter '{label(split)}' gave steps that overlap or lie outside the text; "
            "return (start, end) pairs in order."
        )
    if message.answer is not None:
        marked = [read(question, message.text[start:end]) is not None for start, end in spans]
        spans = spans[: len(spans) - marked[::-1].index(True)] if any(marked) else spans
    elif message.finish == "length":
        spans = spans[:-1]
    steps = tuple(BoardLine(seat=message.seat, text=message.text[start:end]) for start, end in spans)
    return Writing(board, steps, message.answer), spans


def weigh(
    writing: Writing, spans: Sequence[Span], message: Message, trust: Trust, threshold: float
) -> Writing:
    """Give the steps the trust that the message brought with it.

    A step's trust is the product over the stretches that it overlaps: it is right when all of them are.
    """
    for field in {"head": ["confidence"], "logprob": ["logprob"]}.get(trust, ["confidence", "logprob"]):
        if any(getattr(stretch, field) is not None for stretch in message.stretches):
            return writing.weighed([_overlapped(message, span, field) for span in spans], threshold)
    if trust == "auto" and message.confidence is not None:
        return writing.weighed_whole(message.confidence, threshold)
    return writing


def _overlapped(message: Message, span: Span, field: str) -> float | None:
    chances: list[float | None] = []
    begin = 0
    for stretch in message.stretches:
        if begin < span[1] and stretch.end > span[0]:
            chances.append(stretch.confidence if field == "confidence" else _chance(stretch.logprob))
        begin = max(begin, stretch.end)
    return product(chances) if chances and begin >= span[1] else None


def _chance(logprob: float | None) -> float | None:
    return None if logprob is None or math.isnan(logprob) else math.exp(min(0.0, logprob))


def extend(boards: Sequence[Board], writings: Sequence[Writing], own: Board, *, progress: bool) -> Board:
    """Return the best board that a seat can have from the boards and writings that reach it.

    With `progress`, when nothing new is trusted, the best one with one more step on it; never an answer,
    which is a vote as long as it is not trusted, and never the last words of a text that leads to none.
    """
    best = max([*boards, *(w.posted(w.trusted) for w in writings)], key=lambda board: board.rank)
    if progress and not best.finished and best.rank <= own.rank:
        stepped = [w.posted(min(1, len(w.lines))) for w in writings if w.trusted == 0 and w.leads_on]
        best = max([best, *(board for board in stepped if not board.finished)], key=lambda board: board.rank)
    return best
