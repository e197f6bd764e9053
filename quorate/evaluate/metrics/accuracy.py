"""Accuracy under two readers: one that wants the answer marked, one that guesses where it is not."""

from __future__ import annotations

from quorate.answers import read
from quorate.evaluate.metrics.scoring import metric
from quorate.evaluate.problems import Problem
from quorate.registry import Declaration


@metric(Declaration(needs=("gold",)))
def accuracy(problem: Problem, text: str, answer: str | None) -> float | None:
    """Return 1 when the answer is the gold one, else 0; an abstention is wrong.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> accuracy(Problem(question=Question(text="What is 2*9?"), gold="18"), "It is 18.", None)
    0.0
    """
    return None if problem.gold is None else float(answer == problem.gold)


@metric(Declaration(needs=("gold",)))
def lenient_accuracy(problem: Problem, text: str, answer: str | None) -> float | None:
    """Return the accuracy when an abstention is read again from the text, leniently.

    It is never below `accuracy`; the gap between them is what the format of the answers costs.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> lenient_accuracy(Problem(question=Question(text="What is 2*9?"), gold="18"), "It is 18.", None)
    1.0
    """
    if answer is None:
        answer = read(problem.question, text, "lenient")
    return accuracy(problem, text, answer)
