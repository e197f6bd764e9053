"""The stand-in: any text survives its tokenizer, its words are tokens, its seed makes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadOption
from quorate.lab.standin import WORDS, make_standin


@pytest.fixture(scope="module")
def tokenizer(standin: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(standin)


@given(st.text())
def test_any_text_survives(tokenizer: Any, text: str) -> None:
    ids = tokenizer(text, add_special_tokens=False).input_ids
    specials = [token for token in tokenizer.all_special_tokens if token in text]
    if not specials:
        assert tokenizer.decode(ids) == text


def test_words_are_single_tokens(tokenizer: Any) -> None:
    for word in WORDS.split():
        assert len(tokenizer(" " + word, add_special_tokens=False).input_ids) == 1
    assert len(tokenizer("xylophone", add_special_tokens=False).input_ids) == 9


def test_the_seed_makes_the_weights(tmp_path: Path, one_thread: None) -> None:
    import torch
    from safetensors.torch import load_file

    before = torch.random.get_rng_state()
    folders = [make_standin(tmp_path / str(n), seed=n // 2, adapters=2) for n in range(3)]
    assert torch.equal(torch.random.get_rng_state(), before)
    for file in ("model.safetensors", "adapter-0/adapter_model.safetensors"):
        same, other = load_file(folders[0] / file), load_file(folders[2] / file)
        for name, weight in load_file(folders[1] / file).items():
            assert torch.equal(weight, same[name])
        assert any(not torch.equal(weight, other[name]) for name, weight in same.items())
    one, two = (load_file(folders[0] / f"adapter-{n}/adapter_model.safetensors") for n in range(2))
    assert all(weight.abs().max() > 0 for weight in one.values())
    assert not any(torch.equal(weight, two[name]) for name, weight in one.items())


def test_the_benchmark_size_has_about_a_million_parameters(tmp_path: Path, one_thread: None) -> None:
    from transformers import AutoModelForCausalLM

    folder = make_standin(tmp_path, hidden=128, layers=4, heads=4, ff=384)
    model = AutoModelForCausalLM.from_pretrained(folder)
    assert 0.8e6 < sum(parameter.numel() for parameter in model.parameters()) < 1.0e6


@pytest.mark.parametrize(
    ("options", "said"), [({"vocabulary": 100}, "at least 260 tokens"), ({"heads": 5}, "into 5 heads")]
)
def test_impossible_sizes_are_refused(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(BadOption, match=said):
        make_standin(tmp_path, **options)
