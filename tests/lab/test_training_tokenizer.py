"""The pool's tokenizer: nothing anybody types is lost, and what the pool knows is one token."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.lab.training.tokenizer import BEGIN, END, PAD, make_tokenizer
from quorate.lab.world import generate, pieces, solution
from quorate.protocols.prompting import Prompts


@cache
def tokenizer() -> Any:
    return make_tokenizer()


def encode(text: str) -> list[int]:
    ids: list[int] = tokenizer()(text, add_special_tokens=False).input_ids
    return ids


@given(st.text(max_size=60))
def test_any_text_survives(text: str) -> None:
    assert tokenizer().decode(encode(text)) == text


@pytest.mark.parametrize(
    "text", [f"{PAD} {BEGIN}x{END}", "  two\n\n\tgaps ", "12 345,6", "ÄäΩ日本🙂\x00\u200b"]
)
def test_awkward_texts_survive(text: str) -> None:
    ids = encode(text)
    assert tokenizer().decode(ids) == text
    assert min(ids) > 2, "a special token that somebody spells out is text"


def test_every_problem_and_prompt_is_whole_words() -> None:
    for item in generate("train", 100, seed=1, advanced_share=0.4, private_share=0.3):
        text = Prompts.load().draft(item.problem().question) + "\n" + solution(item)
        assert len(encode(text)) == len(pieces(text))


def test_digits_stand_alone() -> None:
    assert tokenizer().tokenize("26+89") == ["2", "6", "+", "8", "9"]


def test_a_text_begins_with_its_mark() -> None:
    assert tokenizer()("Ada").input_ids[0] == tokenizer().bos_token_id == 1


def test_it_loads_like_any_tokenizer(tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer().save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    text = f"Ada has 26 zorbs. {END} 🙂"
    assert loaded(text).input_ids == tokenizer()(text).input_ids
    assert (loaded.pad_token_id, loaded.eos_token_id) == (0, 2)


def test_ids_depend_on_the_words_only() -> None:
    assert make_tokenizer([" b", "Ada", " b"]).get_vocab() == make_tokenizer(["Ada", " b"]).get_vocab()
