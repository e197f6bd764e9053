"""ROUGE of summaries (Lin 2004), by rouge-score; it needs references.

The F-measure, with Porter's stemmer, against the reference that fits best: what papers on summaries report.
"""

from __future__ import annotations

import functools
from typing import Any

from quorate.evaluate.metrics.scoring import MAX_TEXT, library, metric
from quorate.evaluate.problems import Problem
from quorate.registry import Declaration

KINDS = ("rouge1", "rouge2", "rougeL", "rougeLsum")
_DECLARED = Declaration(needs=("references",), cost="quadratic in the text for L and Lsum", source="Lin 2004")


@metric(_DECLARED)
def rouge1(problem: Problem, text: str, answer: str | None, *, stem: bool = True) -> float | None:
    """Return ROUGE-1: the F-measure of shared words.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> problem = Problem(question=Question(text="Sum up: ..."), references=("The cats sat down.",))
    >>> round(rouge1(problem, "A cat sat.", None), 3)
    0.571
    """
    return _best("rouge1", problem, text, stem)


@metric(_DECLARED)
def rouge2(problem: Problem, text: str, answer: str | None, *, stem: bool = True) -> float | None:
    """Return ROUGE-2: the F-measure of shared pairs of neighbouring words."""
    return _best("rouge2", problem, text, stem)


@metric(_DECLARED)
def rouge_l(problem: Problem, text: str, answer: str | None, *, stem: bool = True) -> float | None:
    """Return ROUGE-L: the F-measure of the longest common subsequence of words."""
    return _best("rougeL", problem, text, stem)


@metric(_DECLARED)
def rouge_lsum(problem: Problem, text: str, answer: str | None, *, stem: bool = True) -> float | None:
    """Return ROUGE-Lsum: ROUGE-L by sentences, which stand on a line each."""
    return _best("rougeLsum", problem, text, stem)


def rouge(kind: str, text: str, references: tuple[str, ...], *, stem: bool) -> float:
    """Return one kind of ROUGE of a text against the reference that fits best.

    Examples
    --------
    >>> rouge("rouge2", "the cat sat", ("the cat ran", "a cat sat down"), stem=True)
    0.5
    """
    return _all_kinds(text, references, stem)[kind]


def _best(kind: str, problem: Problem, text: str, stem: bool) -> float | None:
    return rouge(kind, text[:MAX_TEXT], problem.references, stem=stem) if problem.references else None


@functools.lru_cache(maxsize=64)
def _all_kinds(text: str, references: tuple[str, ...], stem: bool) -> dict[str, float]:
    """Score every kind at once, since one after the other is asked for the same text."""
    found = _scorer(stem).score_multi(references, text)
    return {kind: float(found[kind].fmeasure) for kind in KINDS}


@functools.cache
def _scorer(stem: bool) -> Any:
    return library("rouge_score.rouge_scorer", "rouge-score").RougeScorer(list(KINDS), use_stemmer=stem)
