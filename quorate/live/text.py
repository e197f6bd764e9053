r"""Untrusted text made fit for a terminal: cleaned, measured in cells, cut and wrapped.

>>> clean("\x1b[31mred\x1b[0m\n alert \u202e!", 40)
'red alert !'
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rich.cells import cell_len, chop_cells, set_cell_size

LOOK_AHEAD = 8
"""Characters looked at for every cell shown: bounds the work on a megabyte of junk."""
MARKS = 2
"""Combining marks kept on one letter: enough for every alphabet in use, too few to climb over other lines."""

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
)
_INVISIBLE_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
_FLAG_A, _FLAG_Z = 0x1F1E6, 0x1F1FF
_LEFT_TO_RIGHT = "\u200e"
_RIGHT_TO_LEFT = {"R", "AL", "AN"}


class _Sieve(dict[int, str]):
    """What becomes of each character, worked out on first sight."""

    def __missing__(self, code: int) -> str:
        if len(self) > 4096:
            self.clear()
        kept = self[code] = _sift(chr(code))
        return kept


def _sift(character: str) -> str:
    code, category = ord(character), unicodedata.category(character)
    if character.isspace():
        return " "
    if _FLAG_A <= code <= _FLAG_Z:  # pairs make a flag on some terminals and two letters on others
        return chr(code - _FLAG_A + ord("A"))
    if character in _INVISIBLE_LETTERS or category in {"Cc", "Cf"}:
        return ""
    if category in {"Cs", "Co", "Cn"}:  # no terminal agrees with another on how wide these are
        return "\ufffd"
    return character


_SIEVE = _Sieve()


@lru_cache(maxsize=1024)
def clean(text: str, limit: int) -> str:
    r"""Return `text` on one line of at most `limit` cells, with nothing in it that a terminal would obey.

    Control characters, ANSI escapes, bidirectional overrides, zero-width characters and piles of combining
    marks go, line breaks become spaces, and an ellipsis marks a cut.

    Parameters
    ----------
    text : str
        Anything; lone surrogates included.
    limit : int
        Most terminal cells (a CJK character takes two).

    Returns
    -------
    str
        Text to be shown literally: what looks like markup is still in it.

    Examples
    --------
    >>> clean("[bold]4[/] of\t\u200b the \x07 sheep", 80)
    '[bold]4[/] of the sheep'
    >>> clean("a very long answer", 8)
    'a very…'
    """
    if limit <= 0:
        return ""
    looked = text[: LOOK_AHEAD * limit + 64]
    if not (looked.isascii() and looked.isprintable()):
        looked = _without_piles(_ESCAPES.sub("", looked).translate(_SIEVE))
    line = " ".join(looked.split())
    return fit(line + "…" if len(text) > LOOK_AHEAD * limit + 64 else line, limit)


def _without_piles(text: str) -> str:
    """Drop zero-width characters that have nothing to stand on or stand higher than `MARKS`."""
    if text.isascii():
        return text
    kept: list[str] = []
    height = MARKS
    for character in text:
        height = height + 1 if cell_len(character) == 0 else 0
        if height <= MARKS and not (height and kept[-1] == " "):
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def fit(text: str, width: int) -> str:
    """Cut clean text to `width` cells; an ellipsis marks the cut.

    Examples
    --------
    >>> fit("thirty-nine", 7)
    'thirty…'
    """
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return "…"[: max(width, 0)]
    return set_cell_size(text, width - 1).rstrip() + "…"


@lru_cache(maxsize=256)
def wrap(text: str, width: int, lines: int) -> tuple[str, ...]:
    """Break clean text into at most `lines` lines of at most `width` cells; an ellipsis marks the cut.

    Examples
    --------
    >>> wrap("all but nine of them ran away", 12, 2)
    ('all but nine', 'of them ran…')
    """
    if width <= 0 or lines <= 0:
        return ()
    rows: list[str] = []
    row = ""
    words = _short_words(text, width)
    for index, word in enumerate(words):
        longer = f"{row} {word}" if row else word
        if cell_len(longer) <= width or not row:
            row = longer
        elif len(rows) == lines - 1:
            row = " ".join([row, *words[index:]])
            break
        else:
            rows.append(row)
            row = word
    return tuple(fit(line, width) for line in (*rows, row) if line)


def _short_words(text: str, width: int) -> list[str]:
    """Split at spaces; a word wider than a line (or a sentence in Chinese) is chopped into lines."""
    words: list[str] = []
    for word in text.split():
        words.extend([word] if cell_len(word) <= width else chop_cells(word, width))
    return words


def anchored(text: str) -> str:
    r"""Close text that runs from right to left with a mark, so that it cannot swap with its neighbours.

    Examples
    --------
    >>> anchored("nine"), anchored("\u05ea\u05e9\u05e2").encode("unicode_escape")
    ('nine', b'\\u05ea\\u05e9\\u05e2\\u200e')
    """
    if text.isascii() or not any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text):
        return text
    return text + _LEFT_TO_RIGHT


def amount(count: float) -> str:
    """Write a count in at most five characters.

    Examples
    --------
    >>> amount(999), amount(12_431), amount(2_500_000)
    ('999', '12.4k', '2.5M')
    """
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if count >= 0.9995 * size:
            scaled = count / size
            return f"{scaled:.1f}{unit}" if scaled < 99.95 else f"{scaled:.0f}{unit}"
    return f"{count:.0f}"


def clock(seconds: float) -> str:
    """Write a span of time.

    Examples
    --------
    >>> clock(41), clock(3725)
    ('0:41', '1:02:05')
    """
    whole = int(min(max(seconds, 0), 1e7))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def weight(value: float) -> str:
    """Write a tally's value.

    Examples
    --------
    >>> weight(4.0), weight(2.25)
    ('4', '2.25')
    """
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def percent(share: float) -> str:
    """Write a share of 1.

    Examples
    --------
    >>> percent(0.6)
    '60 %'
    """
    return f"{100 * share:.0f} %"
