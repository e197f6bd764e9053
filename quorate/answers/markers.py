r"""Where a text says that now comes its answer, and what stands there.

    "So it is 18.\n**Final answer:** $18"  ->  "$18"          "\boxed{\frac{1}{2}}"  ->  "\frac{1}{2}"

A marker counts by where its content starts: in `Answer: \boxed{5}` the box is the last one.
"""

from __future__ import annotations

import re
from collections.abc import Callable

SCANNED = 20_000
"""How many characters from the end of a text are looked at."""

_HEAD = 40
"""How many characters before the word "answer" may belong to its marker."""
_LONGEST_HASHED = 300
_MOST_HASHED = 20
_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def own_words(text: str) -> str:
    r"""Return the end of a text without the lines that quote others.

    Examples
    --------
    >>> own_words("> Answer: 5\nI disagree.")
    '\nI disagree.'
    """
    if len(text) > SCANNED:
        text = _end(text)
    return _QUOTED.sub("", text) if ">" in text else text


def _end(text: str) -> str:
    cut = len(text) - SCANNED
    line = text.rfind("\n", 0, cut) + 1
    if text[line : line + _HEAD].lstrip().startswith(">"):
        rest = text.find("\n", cut)
        cut = rest if rest >= 0 else len(text)
    return text[cut:]


def lower(text: str) -> str:
    """Lower the case without moving a character: some letters grow when they are lowered.

    Examples
    --------
    >>> len("İ".lower()), len(lower("İ"))
    (2, 1)
    """
    low = text.lower()
    return low if len(low) == len(text) else text.translate(_ASCII_LOWER)


def marked(text: str, counts: Callable[[str], bool]) -> str | None:
    r"""Return what the last marker of a text marks: "" when that is nothing, None without a marker.

    Parameters
    ----------
    text : str
        The speaker's own words.
    counts : callable
        Whether the content of a `####` is an answer, as opposed to a heading.

    Examples
    --------
    >>> marked("The answer is 5.\nAnswer: \\boxed{6}", str.isdigit), marked("#### Step 1", str.isdigit)
    ('6', None)
    """
    start, raw = 0, None
    boxed = text.rfind("\\boxed{")
    if boxed >= 0:
        start = boxed + len("\\boxed{")
        raw = _braced(text, start)
    hashed = _hashed(text, start, counts) if "####" in text else None
    if hashed is not None:
        start, raw = hashed
    worded = _worded(text, start)
    return raw if worded is None else worded


_COLON = re.compile(r"s?[*_`]{0,3}[ \t]*[:：]")
_LINE_HEAD = re.compile(
    r"[ \t*_#•+-]*(?:[0-9]{1,2}[.)][ \t]*)?[*_]*(?:(?:the|my)[ \t]+)?(?:(?:final|correct)[ \t]+)?[*_]*"
)
_AFTER_SENTENCE = re.compile(
    r"[.!?][\"')\]]?[ \t]+[*_]*(?:(?:the|my)[ \t]+)?(?:(?:final|correct)[ \t]+)?[*_]*$"
)
# "The answer is correct", "... is that no such x exists": remarks about an answer, not the answer.
_IS = re.compile(
    r"[*_]{0,3}[ \t]+is\b(?:[ \t]+(?:indeed|therefore|thus|still|simply|actually)\b)?[ \t]*[:：]?"
)
_SENTENCE_HEAD = re.compile(
    r"(?:\b(?:the|my)|^)\s+(?:(?:final|correct|right|best)\s+){0,2}[*_]{0,3}$|^\s*(?:final\s)?$"
)
_REMARK = re.compile(
    r"[\s*_]*(?:(?:in)?(?:correct|valid|consistent)|right|wrong|clear|reasonable|different|not|that|there"
    r"|the same|as follows|given|based|found|obtained|provided|rounded)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(
    r"(?:(?<=[^A-Za-z\s])|(?<=[a-z]{3})|(?<=\b[a-z]{2})|(?<=[A-Z]{2}))[.!](?=\s|$)"
    r"|,\s(?:which|so|but|as|since|because|where)\b|\s(?:because|since|and that)\b"
)


def _worded(text: str, floor: int) -> str | None:
    """Return what the last marker with the word "answer" at or after `floor` marks."""
    low = lower(text)
    at = low.rfind("answer", floor)
    while at >= 0:
        head = low[max(0, at - _HEAD) : at].rpartition("\n")[2]
        raw = _after_colon(text, low, head, at + len("answer"))
        if raw is not None:
            return raw
        at = low.rfind("answer", floor, at)
    return None


def _after_colon(text: str, low: str, head: str, at: int) -> str | None:
    """Return what "answer", which ends at `at` and follows `head`, marks, if it is a marker."""
    colon = _COLON.match(low, at)
    if colon is None:
        return _after_is(text, low, head, at)
    if (len(head) < _HEAD and _LINE_HEAD.fullmatch(head)) or _AFTER_SENTENCE.search(head):
        return _line(text, colon.end())
    return _braced(text, colon.end()) if head.endswith(("{final ", "{")) else None


def _after_is(text: str, low: str, head: str, at: int) -> str | None:
    verb = _IS.match(low, at)
    if verb is None or not _SENTENCE_HEAD.search(head) or _REMARK.match(low, verb.end()):
        return None
    return _SENTENCE_END.split(_line(text, verb.end()), maxsplit=1)[0]


def _hashed(text: str, floor: int, counts: Callable[[str], bool]) -> tuple[int, str] | None:
    at = len(text)
    for _ in range(_MOST_HASHED):
        at = text.rfind("####", floor, at)
        if at < 0:
            break
        raw = text[at + 4 : at + 4 + _LONGEST_HASHED].partition("\n")[0]
        if counts(raw):
            return at + 4, raw
    return None


def _line(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[at:] if end < 0 else text[at:end]


_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)


def _braced(text: str, at: int) -> str:
    """Return what stands between `at` and the brace that closes there; "" when none does."""
    depth = 0
    for brace in _BRACE.finditer(text, at):
        if brace[0] == "{":
            depth += 1
        elif brace[0] == "}":
            if not depth:
                return text[at : brace.start()]
            depth -= 1
    return ""


_BOLD = re.compile(r"\*\*([^*\s][^*]*)\*\*|(?<=\w)\*\*(?=[\s.,]|$)")


def clean(raw: str) -> str:
    r"""Take away the markup around a raw answer, and the characters that cannot be shown.

    Examples
    --------
    >>> clean(r" $\boxed{\frac{1}{2}}$ "), clean("**18** dollars"), clean("Pa\x00ris")
    ('\\frac{1}{2}', '18 dollars', 'Pa ris')
    """
    if not raw.isprintable():
        raw = "".join(character if character.isprintable() else " " for character in raw)
    boxed = raw.rfind("\\boxed{")
    if boxed >= 0:
        raw = _braced(raw, boxed + len("\\boxed{"))
    if "**" in raw:
        raw = _BOLD.sub(r"\1", raw)
    return raw.strip(" *`")


_CONFIDENCE = re.compile(
    r"confidence(?:[ \t](?:level|score))?[*_\"]{0,3}[ \t]*(?:[:：=]|is\b)[*_ \t]*", re.IGNORECASE
)
_SURENESS = re.compile(
    r"([0-9]{1,3}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})[ \t]?(%|percent|/[ \t]?100?(?![0-9]))?(?!\.?[\w%/-])",
    re.IGNORECASE,
)
_PARTS = {"": 1, "%": 100, "percent": 100, "/10": 10, "/100": 100}


def without_confidence(raw: str) -> str:
    """Cut a stated confidence off the end of a raw answer.

    Examples
    --------
    >>> without_confidence("18 (confidence: 80%)")
    '18'
    """
    stated = _CONFIDENCE.search(raw)
    return raw if stated is None else raw[: stated.start()].rstrip(" \t([{,;|-–*")


_STATEMENT = re.compile(
    rf"^[ \t*_#•+-]{{0,8}}(?:my[ \t]+)?{_CONFIDENCE.pattern}.*$", re.IGNORECASE | re.MULTILINE
)


def without_statements(text: str) -> str:
    """Cut out the lines that state a confidence.

    Examples
    --------
    >>> without_statements("It is 18." + chr(10) + "Confidence: 80%").split()
    ['It', 'is', '18.']
    """
    return _STATEMENT.sub("", text) if "onfidence" in text or "ONFIDENCE" in text else text


def read_confidence(text: str) -> float | None:
    """Return the confidence in [0, 1] that a text states last.

    "Confidence: 80%" and "Confidence: 0.8" are the usual forms. A percentage, "8/10" and "80/100" are parts
    of one; a bare number must lie in [0, 1] itself. When the last statement cannot be read or lies outside,
    the confidence is None. Quoted lines do not count.

    Examples
    --------
    >>> read_confidence("Answer: 18" + chr(10) + "Confidence: 80%"), read_confidence("Confidence: 80")
    (0.8, None)
    """
    if "onfidence" not in text and "ONFIDENCE" not in text:
        return None
    sureness = None
    said = own_words(text)
    for statement in _CONFIDENCE.finditer(said):
        stated = _SURENESS.match(said, statement.end())
        sureness = float(stated[1]) / _PARTS["".join((stated[2] or "").lower().split())] if stated else None
    return sureness if sureness is not None and sureness <= 1 else None
