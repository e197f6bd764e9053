"""Which of the choices an answer names: by its letter, by its text, or by both.

choice("(B) blue", ("red", "blue"), ("A", "B"))   ->   "B"        choice("A or B", ...)   ->   None
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from quorate.answer_latex import unlatex
from quorate.answer_markers import clean
from quorate.answer_numbers import number
from quorate.answer_values import squash

_LABELLED = re.compile(
    r"(?:(?:option|choice|answer|letter)\s+)?[(\[{<\"']?([A-Za-z]{1,2})"
    r"(?:[)\]}>\"']?\s?[).:,\]-]+|[)\]}>\"']|\s(?=(?:because|since|as|is|which)\b)|$)\s*",
    re.IGNORECASE,
)


def choice(raw: str, choices: tuple[str, ...], labels: tuple[str, ...]) -> str | None:
    """Return the label of the one choice that a raw answer names.

    A bare letter is a label, whatever the texts say; then a text counts that equals a choice's, or the value
    of the only choice that is that number; then a letter before anything that names no other choice.

    Examples
    --------
    >>> choice("b)", ("4 km", "7 km"), ("A", "B")), choice("7.0", ("4 km", "7 km"), ("A", "B"))
    ('B', 'B')
    >>> choice("A) 7 km", ("4 km", "7 km"), ("A", "B")) is None
    True
    """
    plain = " ".join(unlatex(raw).replace("$", " ").split()) if "\\" in raw or "$" in raw else raw
    label = plain.upper()
    if label in labels:
        return label
    by_text = _by_text(choices, labels) if choices else {}
    named = by_text.get(squash(raw)) or by_text.get(number(raw) or "")
    if named:
        return named
    found = _LABELLED.match(plain)
    if found is None or (label := found[1].upper()) not in labels:
        return None
    rest = plain[found.end() :]
    if by_text.get(squash(rest), label) != label or any(other != label for other in letters(rest, labels)):
        return None
    return label


@lru_cache(maxsize=1024)
def _by_text(choices: tuple[str, ...], labels: tuple[str, ...]) -> dict[str, str]:
    """Map the texts of choices, and the numbers they are, to labels; what two choices share names neither."""
    texts: dict[str, str] = {}
    values: dict[str, str] = {}
    for label, text in zip(labels, choices, strict=True):
        for key, table in ((squash(text), texts), (number(clean(text)) or "", values)):
            table[key] = "" if key in table else label
    return {key: label for key, label in {**values, **texts}.items() if key and label}


_LETTER = re.compile(r"(?<![\w'’])[A-Z]{1,2}(?![\w'’])")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n])[\s\"'*]*$")
_WORD_FOLLOWS = re.compile(r"\s(?!is\b)[a-z]")


def letters(text: str, labels: tuple[str, ...]) -> Iterator[str]:
    """Yield the labels that stand alone in a text, but not the article "A" and the pronoun "I".

    Examples
    --------
    >>> list(letters("A hard one. I doubt (B), so C.", tuple("ABCDEFGHI")))
    ['B', 'C']
    """
    for found in _LETTER.finditer(text):
        letter, before = found[0], text[max(0, found.start() - 8) : found.start()]
        is_word = _WORD_FOLLOWS.match(text, found.end()) and (
            letter == "I" or (letter == "A" and _SENTENCE_START.search(before))
        )
        if letter in labels and not is_word:
            yield letter


def mentioned(text: str, choices: tuple[str, ...], labels: tuple[str, ...]) -> str | None:
    """Return the label of the only choice whose text occurs; longer texts hide the shorter ones within.

    Examples
    --------
    >>> mentioned("It is dark blue.", ("blue", "dark blue"), ("A", "B"))
    'B'
    """
    said = f" {_words(text)} "
    found = set()
    for choice_text, label in sorted(zip(choices, labels, strict=True), key=lambda pair: -len(pair[0])):
        words = f" {_words(choice_text)} "
        if words.strip() and words in said:
            found.add(label)
            said = said.replace(words, "  ")
    return found.pop() if len(found) == 1 else None


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
