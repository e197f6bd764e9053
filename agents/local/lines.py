r"""The lines of a text and the tokens that wrote each.

    text    "2+3=5\nAnswer: 5"
    tokens  "2" "+3" "=5\n" "Answer" ":" " 5" end
    lines    0   0     0       1      1    1   1

A token that spans a line break belongs to the line it starts in. What ends a text, the end token or the
tokens of a stop, belongs to its last line.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from quorate.nouns import Stretch

if TYPE_CHECKING:
    from quorate.agents.confidence.head import Verdict
    from quorate.agents.local.watch import Floats

Decode = Callable[[Sequence[int]], str]


def line_ends(text: str) -> list[int]:
    r"""Return where each line ends: just after its line break, or at the end of the text.

    Examples
    --------
    >>> line_ends("2+3=5\nAnswer: 5"), line_ends("5\n\n"), line_ends("")
    ([6, 15], [2, 3], [])
    """
    ends = [place + 1 for place, character in enumerate(text) if character == "\n"]
    return ends if text.endswith("\n") or not text else [*ends, len(text)]


def lines_of(text: str) -> list[str]:
    r"""Return the lines, each with its line break: only "\n" breaks a line.

    Examples
    --------
    >>> lines_of("2+3=5\nAnswer: 5")
    ['2+3=5\n', 'Answer: 5']
    """
    ends = line_ends(text)
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


class LineFinder:
    r"""Tells which line each token of a text belongs to.

    Parameters
    ----------
    decode : callable
        Turns tokens into text.

    Examples
    --------
    >>> finder = LineFinder(lambda ids: "".join("ab\n"[token] for token in ids))
    >>> finder.owners([0, 2, 1, 2], 4, "a\nb\n").tolist()
    [0, 0, 1, 1]
    """

    def __init__(self, decode: Decode) -> None:
        self._decode = decode
        self._breaks: dict[int, int] = {}

    def owners(self, ids: Sequence[int], spoken: int, text: str) -> npt.NDArray[np.int64]:
        """Return the line of each token, from 0.

        Parameters
        ----------
        ids : sequence of int
            The tokens that were drawn.
        spoken : int
            How many of them come before the one that ended the text.
        text : str
            The text, which a stop may have cut; tokens of lines beyond it count to its last one.
        """
        said = ids[:spoken]
        breaks = [self._breaks_in(token) for token in said]
        if sum(breaks) != text.count("\n"):  # cut, or a tokenizer whose tokens mean something else alone
            count = self._decode(said).count("\n")
            if sum(breaks) != count:
                breaks = self._breaks_by_beginnings(said, count)
        before = np.cumsum([0, *breaks], dtype=np.int64)[: len(ids)]
        last = max(0, len(line_ends(text)) - 1)
        return np.concatenate([np.minimum(before, last), np.full(len(ids) - len(before), last)])

    def _breaks_in(self, token: int) -> int:
        if token not in self._breaks:
            self._breaks[token] = self._decode([token]).count("\n")
        return self._breaks[token]

    def _breaks_by_beginnings(self, ids: Sequence[int], count: int) -> list[int]:
        """Find the token that completes each line break by decoding beginnings of the text."""

        def broken(length: int) -> int:
            return self._decode(ids[:length]).count("\n")

        breaks = [0] * len(ids)
        for number in range(1, count + 1):
            breaks[bisect_left(range(len(ids)), number, key=lambda place: broken(place + 1))] += 1
        return breaks


def stretches(
    text: str, logprobs: Floats, owners: npt.NDArray[np.int64], verdict: Verdict | None
) -> tuple[Stretch, ...]:
    r"""Return what is known about each line of a text.

    Parameters
    ----------
    text : str
    logprobs : array of float32, shape (tokens,)
    owners : array of int, shape (tokens,)
        The line of each token.
    verdict : Verdict, optional
        What a head says.

    Examples
    --------
    >>> stretches("5\n6", np.array([-1.0, -0.5, -0.25]), np.array([0, 0, 1]), None)
    (Stretch(end=2, logprob=-1.5, confidence=None), Stretch(end=3, logprob=-0.25, confidence=None))
    """
    ends = line_ends(text)
    totals = np.bincount(owners, logprobs, len(ends))
    chances = verdict.lines if verdict is not None else (None,) * len(ends)
    return tuple(
        Stretch(end=end, logprob=float(total), confidence=chance)
        for end, total, chance in zip(ends, totals, chances, strict=False)
    )
