"""BLEU and chrF of free texts, by sacrebleu; both need references.

Sentences are scored one by one (`score`) and sets as a whole (`corpus`); the signature says with which
tokens, smoothing and version, as Post 2018 ("A call for clarity in reporting BLEU scores") asks for.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import partial
from typing import Any

from quorate.errors import BadOption, did_you_mean
from quorate.evaluate.metrics.scoring import MAX_TEXT, library, metric
from quorate.evaluate.problems import Problem
from quorate.registry import Declaration

TOKENIZERS = ("13a", "intl", "zh", "char", "none")
"""Those that need neither a download nor another package."""


@metric(Declaration(needs=("references",), source="Papineni et al. 2002; Chen and Cherry 2014 (smoothing)"))
def bleu(problem: Problem, text: str, answer: str | None, *, tokenize: str = "13a") -> float | None:
    """Return the BLEU of one text: smoothed, and over the lengths of n-grams that it has.

    Parameters
    ----------
    problem, text, answer
        As in `score`; the text is compared with the problem's references.
    tokenize : str
        A tokenizer of sacrebleu: "13a", "intl", "zh", "char" ...

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> problem = Problem(question=Question(text="Translate: Guten Tag"), references=("Good day to you",))
    >>> bleu(problem, "Good day to you", None), round(bleu(problem, "Good day", None), 2)
    (1.0, 0.37)
    """
    return _sentence(partial(bleu_scorer, tokenize, alone=True), problem, text)


@metric(Declaration(needs=("references",), source="Popović 2015; chrF2, characters up to 6 in a row"))
def chrf(problem: Problem, text: str, answer: str | None, *, word_order: int = 0) -> float | None:
    """Return the chrF of one text: the F-score of character n-grams, recall counted twice.

    Parameters
    ----------
    problem, text, answer
        As in `score`; the text is compared with the problem's references.
    word_order : int
        Words in a row that count too; 2 is chrF++ (Popović 2017).

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> problem = Problem(question=Question(text="Translate: Guten Tag"), references=("Good day to you",))
    >>> chrf(problem, "Good day to you", None), round(chrf(problem, "Good day", None), 2)
    (1.0, 0.51)
    """
    return _sentence(partial(chrf_scorer, word_order), problem, text)


def bleu_scorer(tokenize: str, *, alone: bool) -> Any:
    """Return sacrebleu's BLEU; `alone` leaves out lengths of n-grams that a single text has none of.

    Examples
    --------
    >>> bleu_scorer("14a", alone=True)
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: BLEU has no tokenizer '14a' here. Did you mean '13a'?
    """
    if tokenize not in TOKENIZERS:
        raise BadOption(f"BLEU has no tokenizer '{tokenize}' here. {did_you_mean(tokenize, TOKENIZERS)}")
    return _made("BLEU", tokenize=tokenize, effective_order=alone)


def chrf_scorer(word_order: int) -> Any:
    """Return sacrebleu's chrF."""
    if word_order < 0:
        raise BadOption(f"chrF looks at 0 words in a row or more, not {word_order}.")
    return _made("CHRF", word_order=word_order)


@functools.cache
def _made(kind: str, **options: str | int) -> Any:
    return getattr(library("sacrebleu.metrics", "sacrebleu"), kind)(**options)


def _sentence(scorer: Callable[[], Any], problem: Problem, text: str) -> float | None:
    if not problem.references:
        return None
    return min(1.0, float(scorer().sentence_score(text[:MAX_TEXT], problem.references).score) / 100)
