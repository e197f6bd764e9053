"""Sentence embeddings by any encoder: the mean of its last hidden states, as a vector of length 1.

It stands below the protocols: it asks no agent and draws nothing, it measures texts, as the reading of
answers does. So stop checks, filters and routers may share one, and a protocol still cannot call an agent.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from quorate.errors import MissingModel, ModelError

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
