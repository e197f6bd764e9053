"""Confidence: how sure a seat is of its answer, from what it said or by asking, and calibrated.

    decide: {by_confidence: {source: span}}                             what the tokens say
    decide: {by_confidence: {source: "true", calibration: ./c.json}}    asked, and mended on held-out labels

Sources that cost nothing are in `sources`, those that ask in `asking`; `calibrations` mends any of them.
"""

from quorate.protocols.confidence.asking import ask_agreement, ask_sure, ask_true, read_true
from quorate.protocols.confidence.calibrations import Calibrations, read_calibrations
from quorate.protocols.confidence.deciding import by_confidence
from quorate.protocols.confidence.sources import agreement, answer_span, reported, stated, token_probability
from quorate.protocols.confidence.words import WORDS, read_words

__all__ = [
    "WORDS",
    "Calibrations",
    "agreement",
    "answer_span",
    "ask_agreement",
    "ask_sure",
    "ask_true",
    "by_confidence",
    "read_calibrations",
    "read_true",
    "read_words",
    "reported",
    "stated",
    "token_probability",
]
