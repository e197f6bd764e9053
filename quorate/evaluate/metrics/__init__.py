"""Metrics: what an answer is worth, by name; every one lies between 0 and 1, and more is better.

scoring      the names, one problem at a time (`score`) or a whole set at once (`corpus`)
accuracy     right or wrong, read strictly and leniently
maths        right or wrong where equivalent expressions are the same answer
squad        exact match and token F1 of short answers
translation  BLEU and chrF
summary      ROUGE
preference   how often one text is preferred to another, with ties
confidence   calibration of each arm's confidence

A metric of your own is a function `(problem, text, answer) -> float or None` under `@metric`.
"""

from quorate.evaluate.metrics import corpora
from quorate.evaluate.metrics.accuracy import accuracy, lenient_accuracy
from quorate.evaluate.metrics.confidence import calibration
from quorate.evaluate.metrics.maths import equivalent, maths
from quorate.evaluate.metrics.preference import Preference, both_orders
from quorate.evaluate.metrics.scoring import CorpusScore, corpus, corpus_metric, metric, score
from quorate.evaluate.metrics.squad import exact_match, f1
from quorate.evaluate.metrics.summary import rouge1, rouge2, rouge_l, rouge_lsum
from quorate.evaluate.metrics.translation import bleu, chrf

__all__ = [
    "CorpusScore",
    "Preference",
    "accuracy",
    "bleu",
    "both_orders",
    "calibration",
    "chrf",
    "corpora",
    "corpus",
    "corpus_metric",
    "equivalent",
    "exact_match",
    "f1",
    "lenient_accuracy",
    "maths",
    "metric",
    "rouge1",
    "rouge2",
    "rouge_l",
    "rouge_lsum",
    "score",
]
