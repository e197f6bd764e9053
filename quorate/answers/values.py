r"""One spelling per value of what is more than a number: light mathematics, short texts, either of them.

    maths(r"\dfrac{\sqrt3}{2}")  ->  "√(3)/2"        text("The  Eiffel Tower.")  ->  "eiffel tower"

Everything here is linear in the length of its input, looks at no more than a thousand characters of it,
and evaluates nothing: the texts come from models and are not trusted.
"""

from __future__ import annotations

import re
import unicodedata

from quorate.answers.latex import fold, unlatex
from quorate.answers.numbers import UNKNOWN, number, without_text_unit

MAX_MATHS = 1_000
MAX_TEXT = 200

_CALCULATION = re.compile(r"^[-+*/^().√0-9]+=(?=[^=]+$)")
_PROSE = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]{3,}\W+){3}")
_JOINED = re.compile(r",? (?:or|and) (?![A-Za-z]{2}|a )")
_GROUPED = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9])")
_SPACE = re.compile(r"(?<![0-9]) | (?![0-9])")
_LETTER = re.compile(r"\(([A-Z])\)")
_PLAIN_ROOT = re.compile(r"(?:\bsqrt\s?|√)(?:\(|([0-9]+|[A-Za-zπ]))")
_PLAIN_NAMES = re.compile(r"(?<![A-Za-z])(pi|infinity|inf)(?![A-Za-z])")
_SIMPLE_POWER = re.compile(r"([\^_])\(([0-9]+|[A-Za-zπ])\)")
_PRODUCT = re.compile(r"(?<=[0-9])\*(?=[A-Za-zπ√(])")
_LONG_COEFFICIENT = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?=[a-zπ√])")
_SEPARATOR = re.compile(r"([,;∪∩()\[\]{}])")
_WORDS = re.compile(r"[^\W\d_]{2,}(?:[ '-][^\W\d_]+)*")


def maths(raw: str) -> str | None:
    r"""Write a mathematical answer in plain notation, so that common spellings of one value coincide.

    Light LaTeX is resolved, spaces and an "x =" in front go, entries of tuples, intervals and sets are
    written as numbers where they are numbers and keep their order; "2 or 3" is the list 2,3. An answer of
    words is read as text, a sentence with formulas is unreadable. Nothing is simplified: 2(x+1) and 2x+2
    differ.

    Examples
    --------
    >>> maths(r"x = \dfrac{\sqrt3}{2}"), maths(r"\left( \frac12, 3 \right]"), maths("0.50")
    ('√(3)/2', '(0.5,3]', '0.5')
    """
    if len(raw) > MAX_MATHS:
        return None
    value = number(raw, expected=False)
    if value is not None:
        return value
    plain = " ".join(unlatex(without_text_unit(fold(raw))).replace("$", "").split()).strip(" .,;")
    if _WORDS.fullmatch(plain):
        return text(plain)
    if _PROSE.search(plain):
        return None
    if ", " in plain:
        plain = _GROUPED.sub(lambda m: m[0].replace(",", ""), plain)
    plain = _JOINED.sub(",", _PLAIN_NAMES.sub(lambda m: "π" if m[1] == "pi" else "∞", plain))
    plain = _PLAIN_ROOT.sub(lambda m: f"√({m[1]})" if m[1] else "√(", plain)
    plain = _SPACE.sub("", plain.replace("°", "").replace("&", ","))
    plain = _CALCULATION.sub("", UNKNOWN.sub("", plain)) if "=" in plain or "∈" in plain else plain
    plain = _PRODUCT.sub("", _SIMPLE_POWER.sub(r"\1\2", plain))
    plain = _LONG_COEFFICIENT.sub(lambda m: m[0].replace(",", ""), plain)
    return _entries(_LETTER.sub(r"\1", plain) if len(plain) == len("(A)") else plain) or None


def _entries(plain: str) -> str:
    """Write as a number each entry that stands alone between separators."""
    pieces = _SEPARATOR.split(plain)
    for at in range(0, len(pieces), 2):
        before = pieces[at - 1] if at else ""
        after = pieces[at + 1] if at + 1 < len(pieces) else ""
        if before not in (")", "]", "}") and after not in ("(", "[", "{"):
            pieces[at] = number(pieces[at], expected=False) or pieces[at]
    return "".join(pieces)


_EDGES = " \t.,;:!?\"'`*_“”‘’«»"
_BRACKETS = ("()", "[]", "{}", "<>")
_MOST_BRACKETS = 9
_ARTICLE = re.compile(r"(?:the|an?) (?!and |or |& )(?=\w)")
_VERDICT = re.compile(r"(yes|no)[,.;:]\s")


def squash(raw: str) -> str:
    """Fold case, width and white space, and take away what stands around the words.

    Examples
    --------
    >>> squash(" “The  Eiffel Tower.” "), squash("(B)"), squash("> ]")
    ('eiffel tower', 'b', '> ]')
    """
    folded = " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", raw).casefold()).split())
    inner = folded.strip(_EDGES)
    for _ in range(_MOST_BRACKETS):
        if inner[:1] + inner[-1:] not in _BRACKETS or len(inner) < 3:
            break
        inner = inner[1:-1].strip(_EDGES)
    inner = _ARTICLE.sub("", inner, count=1) if _ARTICLE.match(inner) else inner
    return inner or folded


def text(raw: str) -> str | None:
    """Write a short text answer: folded, without quotes, end punctuation and a leading article.

    "Yes, because ..." is "yes"; a text of more than `MAX_TEXT` characters is no short answer.

    Examples
    --------
    >>> text("The  Eiffel Tower."), text("No, it floats."), text("word " * 99) is None
    ('eiffel tower', 'no', True)
    """
    words = squash(raw)
    verdict = _VERDICT.match(words)
    if verdict:
        return verdict[1]
    return words if 0 < len(words) <= MAX_TEXT else None


_MATHS_SIGN = re.compile(r"\\[A-Za-z]|[\^√π∞∪∈±]")
_LONG_WORD = re.compile(r"(?<![^\W\d_])(?!sin|cos|tan|log|inf|sqrt|and)[^\W\d_]{3}")


def auto(raw: str) -> str | None:
    r"""Read an answer of unknown kind: a number if it looks like one, else maths, else a short text.

    Maths is what holds a LaTeX command, a power or root sign, or digits or operators but no word. A title
    such as "7 Samurai" looks like a number with its unit: give such a question the kind "text".

    Examples
    --------
    >>> auto("18 dollars"), auto("(3, 1/2)"), auto("Paris"), auto("4 July")
    ('18', '(3,0.5)', 'paris', '4 july')
    """
    value = number(raw, expected=False)
    if value is not None:
        return value
    if _MATHS_SIGN.search(raw) or (not _LONG_WORD.search(raw) and re.search(r"[0-9+*=<>]", raw)):
        return maths(raw)
    return text(raw)
