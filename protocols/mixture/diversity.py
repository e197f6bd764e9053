"""The k most different texts, found greedily over their vectors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quorate.embedding import load_embedder
from quorate.errors import BadOption

if TYPE_CHECKING:
    import numpy as np

Embed = Callable[[Sequence[str]], "np.ndarray[Any, Any]"]
"""From n texts to n vectors, shape (n, width)."""

WORDS = "words"
"""The vectors of texts that need no model: how often each word stands in them."""

_WORD = re.compile(r"\w+")


def resolve_embed(given: str | Path | Embed) -> Embed:
    """Return what turns texts into vectors; a model is loaded when it is first needed.

    Examples
    --------
    >>> resolve_embed("words")(["two and two", "two"]).tolist()
    [[2.0, 1.0], [1.0, 0.0]]
    """
    if callable(given):
        return given
    if not isinstance(given, (str, Path)) or not str(given):
        raise BadOption(
            f"Texts are compared by '{WORDS}', by a sentence-embedding model (its folder or hub name) or "
            f"by a function, not {given!r}."
        )
    return word_counts if given == WORDS else lambda texts: load_embedder(str(given))(texts)


def word_counts(texts: Sequence[str]) -> np.ndarray[Any, Any]:
    """Return how often each word stands in each text, shape (texts, words), in the order of appearance."""
    import numpy as np

    counts = [Counter(_WORD.findall(text.lower())) for text in texts]
    words = list(dict.fromkeys(word for count in counts for word in count))
    return np.array([[count[word] for word in words] for count in counts], float).reshape(len(texts), -1)


def most_different(vectors: np.ndarray[Any, Any], k: int) -> tuple[int, ...]:
    """Return the places of k vectors that are far from each other, in their own order.

    Greedy max-min selection, as in RMoA (Xie et al. 2025, arXiv:2505.24442):

    1. the vector whose cosine similarity to all is lowest on average comes first;
    2. then, one by one, the vector whose highest similarity to a chosen one is lowest.

    Of equal ones the first is taken. O(n^2 * width).

    Parameters
    ----------
    vectors : array, shape (n, width)
        A vector of zeros, or one that is not finite, resembles nothing.
    k : int
        How many; all where there are no more.

    Examples
    --------
    >>> import numpy as np
    >>> most_different(np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [1.0, 0.1]]), 2)
    (0, 2)
    """
    import numpy as np

    vectors = np.nan_to_num(np.asarray(vectors, dtype=np.float64), posinf=0.0, neginf=0.0)
    if len(vectors) <= k:
        return tuple(range(len(vectors)))
    for norm in (np.inf, 2):  # by the largest number first: no square of it can overflow
        lengths = np.linalg.norm(vectors, norm, axis=1, keepdims=True)
        vectors = vectors / np.where(lengths > 0, lengths, 1)
    alike = np.round(vectors @ vectors.T, 9)  # equal texts stay equal, whatever their place in a batch
    chosen = [int(np.argmin(alike.mean(axis=1)))]
    while len(chosen) < k:
        nearest = alike[:, chosen].max(axis=1)
        nearest[chosen] = np.inf
        chosen.append(int(np.argmin(nearest)))
    return tuple(sorted(chosen))
