"""What first drafts show about a question, as named numbers: how they agree, how sure and how long they are.

iMAD (arXiv:2511.11306) reads 41 features from the text of one self-critique, and decides by them whether to
debate. These come from several drafts, and no word of a text is looked into: nothing a model writes can
talk the gate round except by its answer, and the numbers mean the same on every task.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import fmean, pstdev

from quorate.nouns import Message, Question

Drafts = Sequence[Message]


def features(question: Question, drafts: Drafts) -> dict[str, float | None]:
    """Return the features of a question's first drafts, one draft a seat, failed ones included.

    Returns
    -------
    dict of str to float or None
        All of `FEATURES`; None for what the drafts do not show, such as confidences that nobody gave.

    Examples
    --------
    >>> said = [
    ...     Message(number=n, seat=seat, act="draft", turn=0, text="", answer=answer, confidence=0.8)
    ...     for n, (seat, answer) in enumerate(zip("abcd", "5565"))
    ... ]
    >>> found = features(Question(text="2+3?"), said)
    >>> found["agreement"], found["margin"], found["confidence"], found["logprob"]
    (0.75, 0.5, 0.8, None)
    """
    about = {name: measure(drafts) if drafts else None for name, (_, measure) in _OF_DRAFTS.items()}
    about["question_length"] = math.log1p(len(question.text))
    about["choices"] = math.log1p(len(question.choices))
    return about


def _votes(drafts: Drafts) -> list[int]:
    counts = Counter(draft.answer for draft in drafts if draft.answer is not None)
    return [count for _, count in counts.most_common()]


def _agreement(drafts: Drafts) -> float:
    return max(_votes(drafts), default=0) / len(drafts)


def _margin(drafts: Drafts) -> float:
    first, second = (*_votes(drafts), 0, 0)[:2]
    return (first - second) / len(drafts)


def _entropy(drafts: Drafts) -> float:
    votes = _votes(drafts)
    total = sum(votes)
    return -sum(count / total * math.log2(count / total) for count in votes) + 0.0


def _distinct(drafts: Drafts) -> float:
    return len(_votes(drafts)) / len(drafts)


def _unread(drafts: Drafts) -> float:
    return sum(draft.answer is None for draft in drafts) / len(drafts)


def _cut_off(drafts: Drafts) -> float:
    return sum(draft.finish == "length" for draft in drafts) / len(drafts)


def _confidences(drafts: Drafts) -> list[float]:
    return [draft.confidence for draft in drafts if draft.confidence is not None]


def _logprobs(drafts: Drafts) -> list[float]:
    return [draft.logprob for draft in drafts if draft.logprob is not None and math.isfinite(draft.logprob)]


def _lengths(drafts: Drafts) -> list[float]:
    """Return the lengths of the drafts: tokens where they were counted, else words."""
    counted = (draft.tokens_out or len(draft.text.split()) for draft in drafts if not draft.failed)
    return [math.log1p(count) for count in counted if count]


def _leading(drafts: Drafts) -> float | None:
    """Return by how much those who gave the leading answer are surer than the others."""
    counts = Counter(draft.answer for draft in drafts if draft.answer is not None)
    leader = next((answer for answer, _ in counts.most_common(1)), None)
    behind = _confidences([draft for draft in drafts if draft.answer == leader])
    against = _confidences([draft for draft in drafts if draft.answer != leader])
    return fmean(behind) - fmean(against) if leader is not None and behind and against else None


def _of(
    values: Callable[[Drafts], list[float]], measure: Callable[[Sequence[float]], float]
) -> Callable[[Drafts], float | None]:
    def measured(drafts: Drafts) -> float | None:
        found = values(drafts)
        return measure(found) if found else None

    return measured


_OF_DRAFTS: dict[str, tuple[str, Callable[[Drafts], float | None]]] = {
    "agreement": ("share of the seats with the leading answer", _agreement),
    "margin": ("lead of the first answer over the second, as a share of the seats", _margin),
    "entropy": ("entropy of the answers, in bits", _entropy),
    "distinct": ("distinct answers, as a share of the seats", _distinct),
    "unread": ("share of the seats without a readable answer", _unread),
    "confidence": ("mean confidence of the drafts", _of(_confidences, fmean)),
    "least_confidence": ("confidence of the least sure draft", _of(_confidences, min)),
    "confidence_spread": ("standard deviation of the confidences", _of(_confidences, pstdev)),
    "leader_confidence": ("by how much the leading answer's seats are surer than the others", _leading),
    "logprob": ("mean log-probability of a token, in nats", _of(_logprobs, fmean)),
    "least_logprob": ("the least of the drafts' mean log-probabilities", _of(_logprobs, min)),
    "length": ("mean log of 1 + tokens (words where tokens were not counted)", _of(_lengths, fmean)),
    "length_spread": ("standard deviation of these logs", _of(_lengths, pstdev)),
    "cut_off": ("share of the drafts that ended at the token limit", _cut_off),
}
FEATURES: dict[str, str] = {
    **{name: told for name, (told, _) in _OF_DRAFTS.items()},
    "question_length": "log of 1 + characters of the question",
    "choices": "log of 1 + choices of the question",
}
"""What each feature is."""
