"""Sentence embeddings by a tiny encoder that is made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quorate.embedding import load_embedder
from quorate.errors import MissingModel, ModelError
from quorate.nouns import Message, Question, Table
from quorate.protocols.convergence import resolve_stop
from quorate.protocols.history import History

WORDS = ["[PAD]", "[UNK]", "the", "sum", "is", "five", "six", "because", "two", "and", "three", "make", "it"]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> str:
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    words = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, unk_token="[UNK]", pad_token="[PAD]")
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=12,
    )
    folder = tmp_path_factory.mktemp("encoder")
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def test_padding_does_not_change_a_vector(encoder: str) -> None:
    embed = load_embedder(encoder)
    together = embed(["the sum is five", "it is five because two and three make five", "the sum is five"])
    assert together.shape == (3, 16)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.allclose(together[0], embed(["the sum is five"])[0], atol=1e-5)
    assert np.array_equal(together[0], together[2])
    assert not np.allclose(together[0], together[1], atol=0.01)


def test_long_texts_are_cut_and_none_need_no_model(encoder: str) -> None:
    embed = load_embedder(encoder)
    assert embed.longest == 12
    long = "five " * 12
    assert np.allclose(embed([long]), embed([long + "six " * 50]), atol=1e-6)
    assert embed([]).shape == (0, 16)
    assert load_embedder(encoder) is embed, "loaded once a process"


def test_drafts_are_compared_by_a_model_named_in_a_definition(encoder: str) -> None:
    check = resolve_stop({"similar": {"model": encoder, "threshold": 0.999}})
    history = History(Question(text="2+3?"), Table(["ada", "bo"]))
    for seat, text in (("ada", "the sum is five"), ("bo", "the sum is five")):
        history.standing[seat] = Message(number=0, seat=seat, act="draft", turn=0, text=text)
    assert check(history) == "drafts alike: least cosine similarity 1.000"
    changed = history.standing["bo"].model_copy(update={"text": "because six"})
    history.standing["bo"] = changed
    assert check(history) is None


def test_what_is_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="no folder"):
        load_embedder(str(tmp_path / "nowhere"))
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_embedder(str(tmp_path))
