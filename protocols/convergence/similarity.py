"""A check of what drafts mean, for questions whose answers are not compared as values."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from quorate.embedding import Embed, similarities
from quorate.errors import BadOption, did_you_mean
from quorate.protocols.history import History
from quorate.registry import stop


@stop
def similar(
    history: History,
    *,
    model: str | Path | Embed = "",
    threshold: float = 0.9,
    of: Literal["least", "mean"] = "least",
) -> str | None:
    """Stop when the standing drafts of all seats mean much the same.

    Drafts that say the same in other words pass, and so do two that differ in one number only: where answers
    can be read, `quorum` is the better check. A seat that has said nothing resembles nobody.

    Parameters
    ----------
    history : History
        Its standing messages are compared in full.
    model : path, hub name or callable
        A sentence-embedding model (see `quorate.embedding`), or a function from n texts to vectors of shape
        (n, width). It is loaded when it is first needed, once a process.
    threshold : float
        Least cosine similarity, in (0, 1].
    of : {"least", "mean"}
        Compare the least similar pair with it, or the mean over all pairs.

    Raises
    ------
    BadOption
        For no model, an impossible threshold or an unknown `of`.
    MissingModel
        When there is no such model.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> similar(History(Question(text="Why?"), Table(["ada"])), model="./encoder", threshold=90)
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: A cosine similarity to ask for lies above 0 and goes up to 1, not 90.
    """
    _check(model, threshold, of)
    texts = [said.text for said in history.standing.values() if said.text.strip()]
    if len(texts) < max(2, len(history.table.seats)):
        return None
    found = similarities(texts, model)[np.triu_indices(len(texts), 1)]
    least = float(found.min() if of == "least" else found.mean())
    if least < threshold - 1e-6:
        return None
    return f"drafts alike: {of} cosine similarity {least:.3f}"


def _check(model: object, threshold: float, of: str) -> None:
    if not model:
        raise BadOption(
            "Similar drafts are found by a sentence-embedding model: give its folder, as in "
            "{similar: {model: ./encoder}}."
        )
    if not 0 < threshold <= 1:
        raise BadOption(f"A cosine similarity to ask for lies above 0 and goes up to 1, not {threshold}.")
    if of not in ("least", "mean"):
        raise BadOption(f"There is no '{of}' of similarities. {did_you_mean(of, ('least', 'mean'))}")
