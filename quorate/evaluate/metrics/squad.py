"""Short answers as SQuAD compares them: exact match, and the F1 of the words they share.

Rajpurkar et al. 2016, "SQuAD: 100,000+ questions for machine comprehension of text", section 6.1: case,
punctuation, articles and white space do not count, and of several references the nearest does.
"""

from __future__ import annotations

import re
import string
from collections import Counter

from quorate.evaluate.metrics.scoring import metric
from quorate.evaluate.problems import Problem
from quorate.registry import Declaration

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_DECLARED = Declaration(needs=("gold", "references"), source="Rajpurkar et al. 2016, section 6.1")


@metric(_DECLARED)
def exact_match(problem: Problem, text: str, answer: str | None) -> float | None:
    """Return 1 when the words are those of a reference, else 0.

    The answer is compared with the gold one and the references; where there is no gold, the whole text is.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> where = Problem(question=Question(text="Where is the Louvre?"), references=("Paris", "in Paris"))
    >>> exact_match(where, "In Paris.", None), exact_match(where, "Paris, France", None)
    (1.0, 0.0)
    """
    said, references = _compared(problem, text, answer)
    return max((float(said == reference) for reference in references), default=None)


@metric(_DECLARED)
def f1(problem: Problem, text: str, answer: str | None) -> float | None:
    """Return the harmonic mean of the precision and the recall of the words, each as often as it stands.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> where = Problem(question=Question(text="Where is the Louvre?"), references=("Paris", "in Paris"))
    >>> f1(where, "The city of Paris in France", None)
    0.5714285714285714
    """
    said, references = _compared(problem, text, answer)
    return max((_overlap(said, reference) for reference in references), default=None)


def words(text: str) -> list[str]:
    """Return the words that count.

    Examples
    --------
    >>> words("The  Eiffel Tower's an icon.")
    ['eiffel', 'towers', 'icon']
    """
    return _ARTICLE.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def _compared(problem: Problem, text: str, answer: str | None) -> tuple[list[str], list[list[str]]]:
    golds = () if problem.gold is None else (_spelled(problem, problem.gold),)
    said = text if problem.gold is None else "" if answer is None else _spelled(problem, answer)
    return words(said), [words(reference) for reference in (*golds, *problem.references)]


def _spelled(problem: Problem, answer: str) -> str:
    """Return an answer as it is written; a label stands for the text of its choice."""
    labels = problem.question.labels
    return problem.question.choices[labels.index(answer)] if answer in labels else answer


def _overlap(said: list[str], reference: list[str]) -> float:
    shared = (Counter(said) & Counter(reference)).total()
    if not said or not reference:
        return float(said == reference)
    return 2 * shared / (len(said) + len(reference))
