"""Confidence in words: "Confidence: highly likely" is a number that people agree on, roughly."""

from __future__ import annotations

import re

from quorate.answers.markers import own_words

WORDS = {
    "almost certain": 0.95,
    "highly likely": 0.9,
    "very good chance": 0.8,
    "we believe": 0.75,
    "probably": 0.7,
    "probable": 0.7,
    "likely": 0.7,
    "better than even": 0.6,
    "about even": 0.5,
    "probably not": 0.25,
    "we doubt": 0.2,
    "unlikely": 0.2,
    "little chance": 0.1,
    "chances are slight": 0.1,
    "improbable": 0.1,
    "highly unlikely": 0.05,
    "almost no chance": 0.02,
}
"""Medians of a survey of 123 readers, as used by Tian et al. 2023 (arXiv:2305.14975, "linguistic")."""

_STATED = re.compile(
    r"confidence(?:[ \t](?:level|score))?[*_\"]{0,3}[ \t]*[:：=][*_\" \t]{0,9}([A-Za-z \t]{1,40})",
    re.IGNORECASE,
)


def read_words(text: str) -> float | None:
    """Return the probability of the words in which a text states its confidence last; None for others.

    Only whole expressions of `WORDS` count, after "Confidence:", in any case; quoted lines do not.

    Examples
    --------
    >>> read_words("Answer: 18 (confidence: Highly likely)"), read_words("Confidence: rather sure")
    (0.9, None)
    """
    if "onfidence" not in text and "ONFIDENCE" not in text:
        return None
    stated = _STATED.findall(own_words(text))
    return WORDS.get(" ".join(stated[-1].lower().split())) if stated else None
