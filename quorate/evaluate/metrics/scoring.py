"""Metrics by name: of one problem, and of a whole set of texts at once.

    score(problem, "2*9 is 18. Answer: 18", "18", ["accuracy", "f1"])   ->   {"accuracy": 1.0, "f1": 1.0}
    corpus("chrf", ["the cat sat"], [["the cat sat down"]])             ->   a CorpusScore with its signature

Scores of single texts may be averaged; those of a corpus come from all its n-grams together.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from quorate.errors import BadOption
from quorate.evaluate.problems import Problem
from quorate.nouns import Noun
from quorate.registry import Registry, label

metric = Registry("metric", "quorate.evaluate.metrics")
corpus_metric = Registry("corpus_metric", "quorate.evaluate.metrics")

Spec = str | Mapping[str, Any]
MAX_TEXT = 20_000
"""Characters of a free text that metrics look at: some take quadratic time, and texts are untrusted."""


class CorpusScore(Noun):
    """What a whole set of texts is worth; the signature says how it was computed, for others to repeat it.

    `interval` is the one of 95 % that a bootstrap over the texts gives; None for a single text.
    """

    name: str
    score: float
    interval: tuple[float, float] | None = None
    of: int
    signature: str

    @property
    def points(self) -> float:
        """The score from 0 to 100, as papers print it."""
        return 100 * self.score


def score(problem: Problem, text: str, answer: str | None, names: Sequence[Spec]) -> dict[str, float]:
    """Return what an answer to a problem is worth, by every metric that applies to the problem.

    Parameters
    ----------
    problem : Problem
    text : str
        What was written; untrusted.
    answer : str, optional
        The canonical answer that was decided or read; None abstains.
    names : sequence of str or mapping
        Metrics, or one with its options: `{"bleu": {"tokenize": "zh"}}`.

    Returns
    -------
    dict of str to float
        In [0, 1]; a metric is left out where the problem has not what it needs, a gold answer or references.

    Raises
    ------
    UnknownName
        For a metric that nobody registered.
    BadOption
        When the library of a metric is not installed.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> problem = Problem(question=Question(text="What is 2*9?"), gold="18")
    >>> score(problem, "It is 18.", None, ["accuracy", "lenient_accuracy", "chrf"])
    {'accuracy': 0.0, 'lenient_accuracy': 1.0}
    >>> score(problem, "18", "18", ["acc"])
    Traceback (most recent call last):
    ...
    quorate.errors.UnknownName: There is no metric called 'acc'. Known: accuracy, ...
    """
    found: dict[str, float] = {}
    for spec in names:
        maker = metric.resolve(spec)
        value = maker(problem, text, answer)
        if value is not None:
            found[label(maker)] = float(value)
    return found


def corpus(name: Spec, texts: Sequence[str], references: Sequence[str | Sequence[str]]) -> CorpusScore:
    """Return what a set of texts is worth as a whole: corpus BLEU is not the mean of sentences.

    Parameters
    ----------
    name : str or mapping
        "bleu", "chrf", "rouge1", "rouge2", "rouge_l" or "rouge_lsum", or one with its options.
    texts : sequence of str, shape (problems,)
    references : sequence, shape (problems,)
        One good text, or several, for each.

    Raises
    ------
    BadOption
        When there is nothing to score, a text has no reference, or the metric's library is not installed.

    Examples
    --------
    >>> found = corpus("chrf", ["the cat sat", "a dog"], ["the cat sat down", ["a dog", "one dog"]])
    >>> round(found.points, 1), found.signature.split("|")[0]
    (69.6, 'nrefs:var')
    """
    if len(texts) != len(references) or not texts:
        raise BadOption(f"Give references for every text, at least one: {len(references)} for {len(texts)}.")
    held = [(given,) if isinstance(given, str) else tuple(given) for given in references]
    if not all(held):
        raise BadOption(f"Text {[bool(given) for given in held].index(False) + 1} has no reference.")
    maker = corpus_metric.resolve(name)
    found: CorpusScore = maker([text[:MAX_TEXT] for text in texts], held)
    return found


def library(module: str, package: str) -> Any:
    """Import a module of the extra `evaluate`; BadOption says how to install it.

    Examples
    --------
    >>> library("no_such_module", "no-such-package")
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: This metric needs no-such-package: pip install "quorate[evaluate]".
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise missing(package) from None


def missing(package: str) -> BadOption:
    """Return the error that says which extra brings a package."""
    return BadOption(f'This metric needs {package}: pip install "quorate[evaluate]".')
