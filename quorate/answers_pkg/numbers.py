r"""Numbers in an answer: every spelling of a value becomes one exact string, without floating point.

"$1,234.50"  ->  "1234.5"        "3 x 10^8 m/s"  ->  "300000000"        r"\frac{2}{6}"  ->  "1/3"
"""

from __future__ import annotations

import re
from fractions import Fraction

from quorate.answer_latex import fold, unlatex

MAX_DIGITS = 100
"""Digits of a number, of each part of a fraction, and of what is written out."""
MAX_NUMBER = 300

DECIMAL = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_TEN = r"10\s?(?:\^|\*\*)\s?[{(]?\s?(?P<%s>[-+]?[0-9]{1,3})(?![0-9])\s?[)}]?"
_SHAPE = re.compile(
    rf"""
    (?P<sign>[-+]?)\s?(?P<money>(?:[A-Z]{{0,2}}[$€£¥₹]|USD|EUR|GBP|Rs\.?)\s?)?(?P<inner>[-+]?)\s?
    (?: (?P<whole>[0-9]+)\s+(?P<part>[0-9]+)\s?/\s?(?P<parts>[0-9]+)
      | (?P<top>{DECIMAL})\s?/\s?(?P<bottom>[-+]?{DECIMAL})
      | {_TEN % "alone"}
      | (?P<mantissa>{DECIMAL})
        (?: [eE](?P<exponent>[-+]?[0-9]{{1,3}})(?![0-9]) | \s?[x*]\s?{_TEN % "power"} )?
    )
    (?P<rest>.*)""",
    re.VERBOSE | re.DOTALL,
)
_ABOUT = re.compile(r"(?:about|approximately|approx\.?|around|roughly|exactly|nearly|almost|[~≈=])\s*", re.I)
_EUROPEAN = re.compile(
    r"(?<![0-9.,])(?:[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}"
    r"|[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?|[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})|0,[0-9]+)(?!\s?[.,/]?\s?[0-9])"
)
_MIXED = re.compile(r"([0-9]+)\s*\\[dt]?frac\s*(?:\{([0-9]+)\}\s*\{([0-9]+)\}|([0-9])([0-9]))")
_TEXT_UNIT = re.compile(
    r"(?<=[0-9A-Za-z})\s])(?:\\[ ,;])*\\(?:text|textrm|mathrm|mbox)\s?\{([A-Za-z/. ]{1,30})\}"
    r"(?:\^\{?[0-9]\}?)?[ .$]*$"
)
UNKNOWN = re.compile(r"(?:(?<=[,;(\[{])|^)\s*[A-Za-z](?:\([A-Za-z]\))?\s*[=∈]\s*")
_SEVERAL = re.compile(r"[,;]\s|\b(?:and|or)\b")
_ASIDE = re.compile(r"\s+\([^()0-9]*\)$")
_UNIT = re.compile(r"[A-Za-z°%µμΩ$€£¥][A-Za-z°%µμΩ.'’/*-]{0,24}(?:\^\(?-?[0-9]\)?)?,?")
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_MONEY_SCALES = {"k": 3, "m": 6, "mn": 6, "b": 9, "bn": 9}
_NO_UNIT_WORDS = """
and or to half halves third thirds quarter quarters fourth fourths fifth fifths sixths sevenths eighths ninths
tenths hundredths thousandths millionths dozen out plus minus over squared cubed is are if when not but
zero one two three four five six seven eight nine ten eleven twelve
twenty thirty forty fifty sixty seventy eighty ninety
january february march april may june july august september october november december
sin cos tan log ln exp sqrt mod pi am pm a.m p.m bc bce ad ce k
"""
_NO_UNITS = frozenset(_NO_UNIT_WORDS.split())
_LETTER_UNITS = frozenset("mgslhLCFKNJWVA")
_COMPACT_UNITS = "km cm mm kg mg ml mL ft mi mph kph km/h m/s hr hrs min mins sec lb lbs oz kWh kW MB GB Hz"
_ATTACHED_UNITS = frozenset(_COMPACT_UNITS.split())


def number(raw: str, *, expected: bool = True) -> str | None:
    r"""Read a raw answer that is one number and write it exactly.

    Currency, thousands separators, a percent sign (dropped: "50%" is 50), up to three words of units,
    fractions, mixed and scientific notation are read; two numbers are not one. Exact values are compared,
    so 0.333 is not 1/3.

    Parameters
    ----------
    raw : str
        At most `MAX_NUMBER` characters, `MAX_DIGITS` digits.
    expected : bool
        Whether the question is known to ask for a number. Only then do single letters ("5 m") and any
        attached word ("5apples") count as units, may brackets and a calculation stand around it
        ("2*9 = 18"), and is a decimal comma read: "1.234,5", "1.234.567", "12,5", "0,125", but "1,234" has
        a thousands separator.

    Returns
    -------
    str or None
        A plain decimal without trailing zeros where the value has one of `MAX_DIGITS` digits, else "a/b" in
        lowest terms; None when `raw` is not one number or is too large to be written.

    Examples
    --------
    >>> number("12.50 km/h"), number("1 1/2"), number(r"-\frac{4}{6}"), number("3 x 10^8")
    ('12.5', '1.5', '-2/3', '300000000')
    >>> number("2 or 3") is None, number("1e999") is None
    (True, True)
    """
    if raw.isdigit() and raw.isascii():
        return (raw.lstrip("0") or "0") if len(raw) <= MAX_DIGITS else None
    if len(raw) > MAX_NUMBER or not any(map(str.isnumeric, raw)):
        return None
    found = _SHAPE.fullmatch(_bare(raw, expected))
    if found is None:
        return None
    scale = _scale(found["rest"], bool(found["money"]), expected)
    if scale is None or (found["sign"] and found["inner"]):
        return None
    value = _value(found)
    if value is None:
        return None
    value = value * 10**scale if scale else value
    return _write(-value if "-" in (found["sign"], found["inner"]) else value)


def without_text_unit(raw: str) -> str:
    r"""Cut a unit in \\text{...} off the end: there even a single letter is a unit and no factor."""
    unit = _TEXT_UNIT.search(raw) if "\\" in raw else None
    if unit is None or not all(_is_unit(word, True) for word in unit[1].split()):
        return raw
    return raw[: unit.start()]


def _bare(raw: str, expected: bool) -> str:
    """Take away what may stand around a number: LaTeX, delimiters, "about", "x =", brackets."""
    plain = without_text_unit(fold(raw))
    if "\\" in plain or "{,}" in plain:
        plain = unlatex(_MIXED.sub(lambda m: f"{m[1]} {m[2] or m[4]}/{m[3] or m[5]}", plain))
    plain = plain.strip(" *`\"'")
    if plain[-1:] == "$":
        plain = plain.strip("$ ")
    if "=" in plain or "≈" in plain:
        plain = _after_equals(plain, expected)
    plain = _ABOUT.sub("", plain, count=1) if _ABOUT.match(plain) else plain
    if plain[:1] + plain[-1:] in (("()", "[]", "{}") if expected else ("()",)) and "," not in plain:
        plain = plain[1:-1].strip()
    if expected:
        plain = _ASIDE.sub("", plain)
        plain = _EUROPEAN.sub(_from_european, plain, count=1)
    return plain


def _after_equals(plain: str, expected: bool) -> str:
    if not expected:
        return UNKNOWN.sub("", plain, count=1)
    # "2*9 = 18" is one number, "x = 2, y = 3" and "x = 2 or x = 3" are two.
    before, _, after = plain.replace("≈", "=").rpartition("=")
    return plain if _SEVERAL.search(before) else after.strip()


def _from_european(found: re.Match[str]) -> str:
    digits = found[0].replace(" ", "")
    return digits.replace(".", "").replace(",", ".") if "," in digits or digits.count(".") > 1 else digits


def _scale(rest: str, money: bool, expected: bool) -> int | None:
    """Return the power of ten that the words after a number stand for; None when they are no units."""
    if expected and rest.startswith("/"):
        rest = " per " + rest[1:]
    attached = not rest[:1].isspace()
    words = rest.strip(" .").split()
    power = 0
    while words and (
        step := _SCALES.get(words[0].lower()) or (money and _MONEY_SCALES.get(words[0].lower()))
    ):
        power, words = power + step, words[1:]
    # "2. Paris" is an item of a list, "18." the end of a sentence.
    if (
        len(words) > 3
        or (words and rest.startswith("."))
        or not all(_is_unit(word, expected) for word in words)
    ):
        return None
    if words and attached and not power and not _may_attach(words[0], expected):
        return None
    return power


def _is_unit(word: str, expected: bool) -> bool:
    if not _UNIT.fullmatch(word) or word.lower().rstrip(".,") in _NO_UNITS:
        return False
    stem = word.partition("^")[0]
    return len(stem) > 1 or not stem.isalpha() or (expected and stem in _LETTER_UNITS)


def _may_attach(word: str, expected: bool) -> bool:
    return expected or not word[0].isalpha() or word.rstrip(".") in _ATTACHED_UNITS


def _value(found: re.Match[str]) -> Fraction | None:
    if found["mantissa"]:
        mantissa = _decimal(found["mantissa"])
        power = int(found["exponent"] or found["power"] or 0)
        return mantissa if mantissa is None or not power else mantissa * Fraction(10) ** power
    if found["alone"]:
        return Fraction(10) ** int(found["alone"])
    top, bottom = _decimal(found["top"] or found["part"]), _decimal(found["bottom"] or found["parts"])
    whole = _decimal(found["whole"] or "0")
    if top is None or whole is None or not bottom:
        return None
    return whole + top / bottom


def _decimal(digits: str) -> Fraction | None:
    """Read an unsigned or signed decimal with thousands separators."""
    whole, _, part = digits.replace(",", "").partition(".")
    if len(whole) + len(part) > MAX_DIGITS:
        return None
    return Fraction(int(whole + part), 10 ** len(part)) if part else Fraction(int(whole))


def _write(value: Fraction) -> str | None:
    top, bottom = value.numerator, value.denominator
    if bottom == 1:
        return _capped(str(top))
    places = _places(bottom)
    if places is not None:
        digits = str(abs(top) * 10**places // bottom).zfill(places + 1)
        if len(digits) <= MAX_DIGITS:
            return f"{'-' if top < 0 else ''}{digits[:-places]}.{digits[-places:]}"
    written = _capped(str(top)), _capped(str(bottom))
    return None if None in written else "/".join(map(str, written))


def _capped(digits: str) -> str | None:
    return digits if len(digits.lstrip("-")) <= MAX_DIGITS else None


def _places(bottom: int) -> int | None:
    """Return how many decimals 1/bottom has; None when they never end."""
    twos = (bottom & -bottom).bit_length() - 1
    bottom >>= twos
    fives = 0
    while bottom % 5 == 0:
        bottom //= 5
        fives += 1
    return max(twos, fives) if bottom == 1 else None
