"""Sentence embeddings by any encoder: the mean of its last hidden states, as a vector of length 1.

It stands below the protocols: it asks no agent and draws nothing, it measures texts, as the reading of
answers does. So stop checks, filters and routers may share one, and a protocol still cannot call an agent.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from quorate.errors import MissingModel, ModelError

Embed = Callable[[Sequence[str]], "np.ndarray[Any, Any]"]
"""From n texts to n vectors, shape (n, width)."""

BATCH = 32
LONGEST = 512
"""Most tokens of a text that are read; fewer where the model was made for fewer."""


class Embedder:
    """An encoder and its tokenizer, loaded from safetensors without any code of the checkpoint's own.

    The mean is taken over all tokens that are no padding, which is what most sentence encoders were trained
    for; those trained on their first token alone give usable, not their best, vectors.

    Parameters
    ----------
    path : str
        A folder or a name on the Hugging Face hub.

    Raises
    ------
    MissingModel
        When there is no such folder, or no checkpoint in it.
    ModelError
        When it cannot be loaded.
    """

    def __init__(self, path: str) -> None:
        from transformers import AutoModel, AutoTokenizer

        if not Path(path).is_dir() and (path.startswith((".", "/", "~")) or path.count("/") != 1):
            raise MissingModel(
                f"There is no folder '{path}' with a sentence-embedding model. One on the Hugging Face hub "
                "is named 'owner/model'."
            )
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(path, trust_remote_code=False)
            self._model: Any = AutoModel.from_pretrained(path, trust_remote_code=False, use_safetensors=True)
        except (OSError, ValueError) as problem:
            first = str(problem).strip().split("\n")[0]
            raise ModelError(f"The sentence-embedding model '{path}' cannot be loaded: {first}") from None
        self._model.eval()
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        made_for = getattr(self._model.config, "max_position_embeddings", None) or LONGEST
        self.longest = int(min(LONGEST, made_for, self._tokenizer.model_max_length))

    def __call__(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """Embed n texts, shape (n, width); each is cut after `longest` tokens."""
        parts = [self._embed(list(texts[at : at + BATCH])) for at in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, self._model.config.hidden_size))

    def _embed(self, texts: list[str]) -> np.ndarray[Any, Any]:
        import torch

        tokens = self._tokenizer(
            texts, padding=True, truncation=True, max_length=self.longest, return_tensors="pt"
        )
        with torch.inference_mode():
            states = self._model(**tokens).last_hidden_state.float()
        mask = tokens["attention_mask"].unsqueeze(-1)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1)
        return np.asarray(torch.nn.functional.normalize(mean, dim=1).cpu().numpy())


@functools.lru_cache(maxsize=4)
def load_embedder(path: str) -> Embedder:
    """Return the encoder at `path`, loaded once a process.

    Examples
    --------
    >>> load_embedder("./nowhere")
    Traceback (most recent call last):
    ...
    quorate.errors.MissingModel: There is no folder './nowhere' with a sentence-embedding model. ...
    """
    return Embedder(path)


_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+")


def count_words(texts: Sequence[str]) -> np.ndarray[Any, Any]:
    """Embed n texts without any model: how often each word and number is in them, shape (n, words).

    Examples
    --------
    >>> count_words(["5 and 5", "6"]).tolist()
    [[2.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    counts = [Counter(_WORD.findall(text.lower())) for text in texts]
    words = {word: place for place, word in enumerate(dict.fromkeys(word for c in counts for word in c))}
    vectors = np.zeros((len(texts), len(words)))
    for row, counted in enumerate(counts):
        for word, times in counted.items():
            vectors[row, words[word]] = times
    return vectors


def similarities(texts: Sequence[str], model: str | Path | Embed = "") -> np.ndarray[Any, Any]:
    """Return the cosine similarity of every two of n texts, shape (n, n).

    Parameters
    ----------
    texts : sequence of str
        A text that embeds to nothing resembles none, itself included.
    model : path, hub name or callable
        What embeds them; left out, the words and numbers in them are counted.

    Examples
    --------
    >>> similarities(["It is 5", "It is 6", "No"]).round(2).tolist()
    [[1.0, 0.67, 0.0], [0.67, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    embed = model if callable(model) else load_embedder(str(model)) if model else count_words
    if not texts:
        return np.zeros((0, 0))
    vectors = np.asarray(embed(texts), dtype=np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors / np.where(lengths > 0, lengths, 1)
    return np.asarray(vectors @ vectors.T)
