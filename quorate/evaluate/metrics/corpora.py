"""Scores of whole sets of texts, each with the signature that lets others repeat it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from quorate.evaluate.metrics.scoring import CorpusScore, corpus_metric
from quorate.evaluate.metrics.summary import rouge
from quorate.evaluate.metrics.translation import bleu_scorer, chrf_scorer
from quorate.evaluate.statistics import average

References = Sequence[tuple[str, ...]]
DRAWS = 1000
"""Sets that are drawn for an interval, with sacrebleu's fixed seed."""


@corpus_metric
def bleu(texts: Sequence[str], references: References, *, tokenize: str = "13a") -> CorpusScore:
    """Return BLEU (Papineni et al. 2002) from the n-grams of all texts together.

    Examples
    --------
    >>> found = bleu(["the cat sat on the mat"], [("the cat sat on a mat",)])
    >>> round(found.points, 1), "tok:13a" in found.signature
    (53.7, True)
    """
    return _by_sacrebleu("bleu", bleu_scorer(tokenize, alone=False), texts, references)


@corpus_metric
def chrf(texts: Sequence[str], references: References, *, word_order: int = 0) -> CorpusScore:
    """Return chrF (Popović 2015) from the character n-grams of all texts together.

    Examples
    --------
    >>> round(chrf(["the cat sat on the mat"], [("the cat sat on a mat",)]).points, 1)
    72.1
    """
    return _by_sacrebleu("chrf", chrf_scorer(word_order), texts, references)


def _by_sacrebleu(name: str, scorer: Any, texts: Sequence[str], references: References) -> CorpusScore:
    most = max(map(len, references))
    streams = [[given[at] if at < len(given) else None for given in references] for at in range(most)]
    found = scorer.corpus_score(texts, streams, n_bootstrap=DRAWS if len(texts) > 1 else 1)
    scorer.n_bootstrap = scorer.seed = None  # how an interval was drawn is no part of how a score is made
    signature = str(scorer.get_signature())
    told = json.loads(found.format(width=6, signature=signature, is_json=True))
    middle, half = told.get("confidence_mean", found.score), told.get("confidence_var", 0.0)
    interval = _within(middle - half, middle + half, 100) if len(texts) > 1 else None
    return CorpusScore(
        name=name,
        score=min(1.0, found.score / 100),
        interval=interval,
        of=len(texts),
        signature=signature,
    )


def _within(low: float, high: float, scale: float = 1) -> tuple[float, float]:
    return round(max(0.0, low / scale), 4), round(min(1.0, high / scale), 4)


def _mean_rouge(
    kind: str, name: str, texts: Sequence[str], references: References, stem: bool
) -> CorpusScore:
    found = [rouge(kind, text, given, stem=stem) for text, given in zip(texts, references, strict=True)]
    signature = f"{kind}|F1|mean of texts|stem:{'yes' if stem else 'no'}|version:{version('rouge-score')}"
    known = average(found)
    interval = _within(known.low, known.high) if len(found) > 1 else None
    return CorpusScore(name=name, score=known.mean, interval=interval, of=len(found), signature=signature)


@corpus_metric
def rouge1(texts: Sequence[str], references: References, *, stem: bool = True) -> CorpusScore:
    """Return the mean ROUGE-1 of the texts."""
    return _mean_rouge("rouge1", "rouge1", texts, references, stem)


@corpus_metric
def rouge2(texts: Sequence[str], references: References, *, stem: bool = True) -> CorpusScore:
    """Return the mean ROUGE-2 of the texts."""
    return _mean_rouge("rouge2", "rouge2", texts, references, stem)


@corpus_metric
def rouge_l(texts: Sequence[str], references: References, *, stem: bool = True) -> CorpusScore:
    """Return the mean ROUGE-L of the texts.

    Examples
    --------
    >>> rouge_l(["the cat sat"], [("the cat sat",)]).score
    1.0
    """
    return _mean_rouge("rougeL", "rouge_l", texts, references, stem)


@corpus_metric
def rouge_lsum(texts: Sequence[str], references: References, *, stem: bool = True) -> CorpusScore:
    """Return the mean ROUGE-Lsum of the texts."""
    return _mean_rouge("rougeLsum", "rouge_lsum", texts, references, stem)
