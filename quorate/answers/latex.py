r"""Plain notation for what models write in Unicode or in light LaTeX.

    \left( \dfrac{x+2}{7}, \sqrt[3]{2} \right]   ->   ((x+2)/7, √[3](2)]        −1½ × 10⁸   ->   -1 1/2 * 10^8

This is a handful of substitutions, not a parser of LaTeX: what it does not know stays readable.
"""

from __future__ import annotations

import re
import unicodedata

_SUPERSCRIPT = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_VULGAR = re.compile("[¼-¾⅐-⅞]")
_GLYPHS = str.maketrans({**dict.fromkeys("−–—‐‑", "-"), **dict.fromkeys("×⋅·∙", "*"), "⁄": "/", "÷": "/"})
_GLYPHS |= str.maketrans({"≤": "<=", "≥": ">=", "≠": "!=", "“": '"', "”": '"', "‘": "'", "’": "'"})


def fold(raw: str) -> str:
    """Bring the Unicode spellings of digits, signs and operators to their plain ones.

    Examples
    --------
    >>> fold("−1½ × 10⁸")
    '-1 1/2 * 10^8'
    """
    if raw.isascii():
        return raw
    raw = _SUPERSCRIPT.sub(lambda m: "^" + unicodedata.normalize("NFKC", m[0]), raw)
    raw = _VULGAR.sub(lambda m: " " + unicodedata.normalize("NFKC", m[0]), raw)
    return unicodedata.normalize("NFKC", raw).translate(_GLYPHS)


_COMMANDS = {
    **dict.fromkeys(("left", "right", "displaystyle", "limits", "big", "Big", "bigl", "bigr"), ""),
    **dict.fromkeys(("cdot", "times", "ast"), "*"),
    **dict.fromkeys(("le", "leq", "leqslant"), "<="),
    **dict.fromkeys(("ge", "geq", "geqslant"), ">="),
    **dict.fromkeys(("ne", "neq"), "!="),
    **dict.fromkeys(("circ", "degree"), "°"),
    **dict.fromkeys(("dfrac", "tfrac", "cfrac", "frac"), r"\frac"),
    **dict.fromkeys(("quad", "qquad"), " "),
    **dict.fromkeys(("emptyset", "varnothing"), "∅"),
    **dict.fromkeys(("text", "textbf", "textit", "textrm", "mbox", "operatorname"), r"\text"),
    **dict.fromkeys(("mathrm", "mathbf", "mathbb", "mathit", "mathsf"), r"\text"),
    **{"sqrt": r"\sqrt", "pi": "π", "infty": "∞", "cup": "∪", "cap": "∩", "in": "∈", "pm": "±", "div": "/"},
    **{"approx": "≈", "lt": "<", "gt": ">"},
}
# Braces of sets are kept apart from braces that group until the groups are resolved.
_ESCAPED = {"{": "\x01", "}": "\x02", "\\": ";", **{sign: sign for sign in "$%&_#"}}
_COMMAND = re.compile(r"\\([A-Za-z]+)|\\(.)", re.DOTALL)
_MATRIX = re.compile(r"\\(begin|end)\{[a-z]{0,3}matrix\}")
_SPACED_DIGITS = re.compile(r"(?<=[0-9])\\,(?=[0-9]{3})")
_ARGUMENT = r"\s*(\{[^{}]*\}|[0-9A-Za-zπ])"
_WRAPPED = re.compile(r"\\text\s*\{([^{}]*)\}")
_ROOT = re.compile(rf"\\sqrt\s*(?:\[([^\[\]{{}}]*)\])?{_ARGUMENT}")
_FRACTION = re.compile(rf"\\frac{_ARGUMENT}{_ARGUMENT}")
_RAISED = re.compile(r"([\^_])\{([^{}]*)\}")
_DEEPEST = 30
"""Levels of braces that are resolved; what is nested deeper keeps its braces."""


def unlatex(raw: str) -> str:
    r"""Turn light LaTeX into plain notation; spaces stay.

    Examples
    --------
    >>> unlatex(r"\left(\dfrac{x+2}{7}, \sqrt[3]{2}\right)"), unlatex(r"90^\circ"), unlatex(r"\frac12")
    ('((x+2)/7, √[3](2))', '90°', '1/2')
    """
    raw = _SPACED_DIGITS.sub("", raw.replace("{,}", ",").replace(r"\!", ""))
    raw = _MATRIX.sub(lambda m: "[" if m[1] == "begin" else "]", raw)
    raw = _COMMAND.sub(_command, raw)
    for _ in range(_DEEPEST):
        before = raw
        raw = _ROOT.sub(_root, _WRAPPED.sub(r" \1 ", raw))
        raw = _RAISED.sub(_raised, _FRACTION.sub(_fraction, raw))
        if raw == before:
            break
    return raw.replace("^°", "°").replace("\x01", "{").replace("\x02", "}")


def _command(found: re.Match[str]) -> str:
    name, sign = found[1], found[2]
    if name:
        return _COMMANDS.get(name, f" {name} ")
    # Normalised gold answers often have lost one backslash of a line break: a row begins with a number.
    return f";{sign}" if sign.isdigit() or sign == "-" else _ESCAPED.get(sign, " ")


_RADICAL = r"√\([^()]*\)"
_TERM = re.compile(rf"-?(?:[0-9A-Za-zπ.*]|\^[0-9A-Za-z]|{_RADICAL})+")
_ATOM = re.compile(rf"[0-9]+|[A-Za-zπ]|{_RADICAL}")
_EXPONENT = re.compile(r"-?[0-9]+|[A-Za-zπ∞°]")


def _inside(argument: str) -> str:
    return argument[1:-1].strip() if argument[:1] == "{" else argument


def _root(found: re.Match[str]) -> str:
    return f"√{f'[{found[1]}]' if found[1] else ''}({_inside(found[2])})"


def _raised(found: re.Match[str]) -> str:
    return found[1] + (found[2] if _EXPONENT.fullmatch(found[2]) else f"({found[2]})")


def _fraction(found: re.Match[str]) -> str:
    """Write a fraction with no more brackets than its neighbours and its parts need."""
    top, bottom = ("".join(_inside(part).split()) for part in found.groups())
    top = top if _TERM.fullmatch(top) else f"({top})"
    bottom = bottom if _ATOM.fullmatch(bottom) else f"({bottom})"
    start, end = found.span()
    crowded = re.match(r"[0-9A-Za-zπ)^]", found.string[start - 1 : start] or " ")
    return f"({top}/{bottom})" if crowded or found.string[end : end + 1] == "^" else f"{top}/{bottom}"
