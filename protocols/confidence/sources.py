"""Confidence from what was said anyway: token probabilities, the span of the answer, words, own samples.

Every source returns a number in [0, 1], or None when the message does not tell. None of them is calibrated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from quorate.answers import read, read_confidence
from quorate.nouns import Message, Question
from quorate.protocols.confidence.words import read_words

Source = Callable[[Question, Message], "float | None"]

LONGEST_LINE = 10_000
"""Characters of a line beyond which no answer is looked for in it."""


def reported(question: Question, message: Message) -> float | None:
    """Return the message's own confidence: of a confidence head, of an endpoint, or stated in the text."""
    return message.confidence


def token_probability(question: Question, message: Message) -> float | None:
    """Return the geometric mean of the token probabilities: exp of the mean log-probability.

    Also called length-normalised sequence likelihood (Murray and Chiang 2018); 1 / perplexity.

    Examples
    --------
    >>> said = Message(number=0, seat="ada", act="draft", turn=0, text="5", logprob=-0.25)
    >>> round(token_probability(Question(text="2+3?"), said), 3)
    0.779
    """
    if message.logprob is None or math.isnan(message.logprob):
        return None
    return math.exp(min(0.0, message.logprob))


def answer_span(question: Question, message: Message) -> float | None:
    r"""Return the probability of the line that gives the answer, given all that stands before it.

    The last stretch that reads as the message's answer when it stands alone; needs asks with `stretches`.

    Examples
    --------
    >>> from quorate.nouns import Stretch
    >>> known = (Stretch(end=6, logprob=-0.5), Stretch(end=15, logprob=-0.1))
    >>> said = Message(
    ...     number=0, seat="ada", act="draft", turn=0, text="2+3=5\nAnswer: 5", answer="5", stretches=known
    ... )
    >>> round(answer_span(Question(text="2+3?", kind="number"), said), 3)
    0.905
    """
    if message.answer is None:
        return None
    start, lines = 0, []
    for stretch in message.stretches:
        lines.append((message.text[start : stretch.end], stretch.logprob))
        start = stretch.end
    for line, logprob in reversed(lines):
        if len(line) <= LONGEST_LINE and read(question, line) == message.answer:
            return None if logprob is None or math.isnan(logprob) else math.exp(min(0.0, logprob))
    return None


def stated(question: Question, message: Message) -> float | None:
    """Return the confidence that the text states last, in per cent, as a fraction, or in words.

    Lin et al. 2022 (arXiv:2205.14334), "verbalised probability"; Tian et al. 2023 for the words.

    Examples
    --------
    >>> said = Message(number=0, seat="ada", act="draft", turn=0, text="Answer: 5. Confidence: likely")
    >>> stated(Question(text="2+3?"), said)
    0.7
    """
    found = read_confidence(message.text)
    return read_words(message.text) if found is None else found


def agreement(answer: str | None, samples: Sequence[str | None]) -> float | None:
    """Return the share of an agent's own samples that give `answer`; unreadable samples disagree.

    The confidence of self-consistency (Wang et al. 2023, section 3.5); None without an answer or a sample.

    Examples
    --------
    >>> agreement("5", ["5", "6", None, "5"])
    0.5
    """
    if answer is None or not samples:
        return None
    return sum(sample == answer for sample in samples) / len(samples)


SOURCES: dict[str, Source] = {
    "reported": reported,
    "logprob": token_probability,
    "span": answer_span,
    "stated": stated,
}
"""The sources that ask nobody, by the name a definition uses."""
