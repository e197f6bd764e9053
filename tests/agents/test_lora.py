"""LoRA: the batched forward against PEFT's own, and every adapter that must be refused."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.agents.local import lora
from quorate.agents.local.base import Base, Runner, load_base
from quorate.agents.local.decoding import Draft, Row, write
from quorate.agents.local.lora import LoraBank, Route
from quorate.agents.local.lora_files import read_lora
from quorate.errors import AdapterMismatch, MissingModel, ModelError

# Different ranks, layers, scalings: what one batch has to hold together.
MIXTURE: dict[str, dict[str, Any]] = {
    "all": {"r": 8, "lora_alpha": 16, "target_modules": "all-linear"},
    "attention": {"r": 3, "lora_alpha": 5, "target_modules": ["q_proj", "v_proj"], "use_rslora": True},
    "patterns": {
        "r": 4,
        "lora_alpha": 4,
        "target_modules": ["up_proj", "down_proj", "o_proj", "lm_head"],
        "rank_pattern": {"up_proj": 7},
        "alpha_pattern": {"layers.1.mlp.down_proj": 20},
    },
}


@contextmanager
def peft_quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # peft 0.21 reads an attribute that transformers 5.23 deprecates
        yield


def save_adapter(folder: Path, base: Path, seed: int = 0, **options: Any) -> Path:
    """Save a random adapter made by PEFT itself."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base)
    options = {"task_type": "CAUSAL_LM", "init_lora_weights": False, **options}
    with peft_quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        get_peft_model(model, LoraConfig(**options)).save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def adapters(standin: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    home = tmp_path_factory.mktemp("adapters")
    return {
        name: save_adapter(home / name, standin, seed, **options)
        for seed, (name, options) in enumerate(MIXTURE.items())
    }


@pytest.fixture(scope="module")
def peft_model(standin: Path, adapters: dict[str, Path]) -> Any:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    with peft_quiet():
        base = AutoModelForCausalLM.from_pretrained(standin)
        (first, path), *others = adapters.items()
        model = PeftModel.from_pretrained(base, path, adapter_name=first)
        for name, path in others:
            model.load_adapter(path, adapter_name=name)
    return model.eval()


@pytest.fixture(scope="module")
def base(standin: Path) -> Base:
    return load_base(standin, dtype="float32", device="cpu")


@pytest.fixture(scope="module")
def bank(base: Base, adapters: dict[str, Path]) -> LoraBank:
    bank = LoraBank(base.model, "base")
    for path in adapters.values():
        bank.load(str(path))
    return bank


def tokens(rows: int, length: int = 12) -> Any:
    import torch

    return torch.randint(4, 350, (rows, length), generator=torch.Generator().manual_seed(rows))


def ours(base: Base, bank: LoraBank, ids: Any, routed: Sequence[int]) -> Any:
    import torch

    bank.route(routed)
    with torch.inference_mode():
        return base.model(input_ids=ids).logits


def theirs(peft_model: Any, ids: Any, routed: Sequence[int]) -> Any:
    import torch

    names = [list(MIXTURE)[adapter] if adapter >= 0 else "__base__" for adapter in routed]
    with torch.inference_mode():
        return peft_model(input_ids=ids, adapter_names=names).logits


@pytest.mark.parametrize("name", MIXTURE)
def test_one_adapter_equals_peft(peft_model: Any, base: Base, bank: LoraBank, name: str) -> None:
    import torch

    ids = tokens(3)
    peft_model.set_adapter(name)
    with torch.inference_mode():
        wanted = peft_model(input_ids=ids).logits
    found = ours(base, bank, ids, [list(MIXTURE).index(name)] * 3)
    torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-5)
    plain = ours(base, bank, ids, [-1] * 3)
    assert (plain - wanted).abs().max() > 0.1, "the adapter does nothing: the test is blind"


@pytest.mark.parametrize("way", ["by runs", "masked", "merged"])
@given(routed=st.lists(st.integers(-1, 2), min_size=1, max_size=9))
@settings(max_examples=25, deadline=None)
def test_mixed_batches_equal_peft(
    peft_model: Any, base: Base, bank: LoraBank, way: str, routed: list[int]
) -> None:
    import torch

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(lora.CALL_COST, "cpu", 10**12 if way == "masked" else 0)
        patch.setattr(lora.Stack, "_merging_pays", lambda *_: way == "merged")
        found = ours(base, bank, tokens(len(routed)), routed)
    wanted = theirs(peft_model, tokens(len(routed)), routed)
    # Weights of size 1 are rounded again when they are merged; the logits reach 15.
    torch.testing.assert_close(found, wanted, rtol=1e-5, atol=5e-5 if way == "merged" else 1e-5)


def test_greedy_texts_equal_peft_generate(peft_model: Any, base: Base, bank: LoraBank) -> None:
    import torch

    run = Runner(base, bank)
    prompts = [tuple(ids.tolist()) for ids in tokens(8, 10)]
    routed = [0, 0, 1, 1, 2, 2, -1, -1]
    rows = [Row(prompt, adapter, limit=24) for prompt, adapter in zip(prompts, routed, strict=True)]
    with torch.inference_mode():
        drafts = write(run, rows, base.tokenizer.decode)
    for prompt, adapter, draft in zip(prompts, routed, drafts, strict=True):
        assert isinstance(draft, Draft)
        ids = torch.tensor([prompt])
        options = {"attention_mask": torch.ones_like(ids), "max_new_tokens": 24, "do_sample": False}
        if adapter < 0:
            with peft_model.disable_adapter():
                out = peft_model.generate(input_ids=ids, **options)
        else:
            peft_model.set_adapter(list(MIXTURE)[adapter])
            out = peft_model.generate(input_ids=ids, **options)
        new = [token for token in out[0, len(prompt) :].tolist() if token not in base.ends]
        assert draft.text == base.tokenizer.decode(new)


def test_an_adapter_loaded_later_changes_nothing(standin: Path, adapters: dict[str, Path]) -> None:
    import torch

    base = load_base(standin, dtype="float32", device="cpu")
    bank = LoraBank(base.model, "base")
    before = ours(base, bank, tokens(2), [-1, -1])
    bank.load(str(adapters["attention"]))
    alone = ours(base, bank, tokens(2), [0, -1])
    bank.load(str(adapters["all"]))
    bank.load(str(adapters["attention"]))
    assert len(bank) == 2
    torch.testing.assert_close(ours(base, bank, tokens(2), [-1, -1]), before, rtol=0, atol=0)
    torch.testing.assert_close(ours(base, bank, tokens(2), [0, -1]), alone, rtol=1e-5, atol=1e-5)


def test_gpt2_layers_equal_peft(tmp_path: Path, one_thread: None) -> None:
    """GPT-2 has Conv1D in the place of Linear, and positions that are learned."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel

    from quorate.agents.local.files import quiet

    config = GPT2Config(vocab_size=50, n_positions=32, n_embd=16, n_layer=2, n_head=2)
    with quiet():
        GPT2LMHeadModel(config).save_pretrained(tmp_path / "gpt2")
        layers = ["c_attn", "c_proj"]
        adapter = save_adapter(
            tmp_path / "adapter", tmp_path / "gpt2", target_modules=layers, fan_in_fan_out=True
        )
        base = AutoModelForCausalLM.from_pretrained(tmp_path / "gpt2").eval()
        with peft_quiet():
            peft_model = PeftModel.from_pretrained(
                AutoModelForCausalLM.from_pretrained(tmp_path / "gpt2"), adapter
            )
    bank = LoraBank(base, "gpt2")
    bank.load(str(adapter))
    bank.route([0, 0])
    ids = torch.randint(50, (2, 9))
    with torch.inference_mode():
        torch.testing.assert_close(
            base(input_ids=ids).logits, peft_model.eval()(input_ids=ids).logits, rtol=1e-5, atol=1e-5
        )


@given(st.lists(st.integers(-1, 3), max_size=30))
def test_runs_cover_the_rows_once(adapters: list[int]) -> None:
    covered: list[int | None] = [None] * len(adapters)
    for adapter, first, last in Route(adapters).runs:
        assert first < last
        assert covered[first:last] == [None] * (last - first)
        covered[first:last] = [adapter] * (last - first)
    assert covered == adapters


@pytest.mark.parametrize(
    ("hidden", "layers", "rank"), [(128, 4, 4), (640, 2, 16)], ids=["0.9 M, rank 4", "10 M, rank 16"]
)
def test_five_adapters_take_little_memory(
    tmp_path: Path, one_thread: None, hidden: int, layers: int, rank: int
) -> None:
    from quorate.lab.standin import make_standin

    folder = make_standin(tmp_path, hidden=hidden, layers=layers, adapters=5, rank=rank)
    base = load_base(folder, dtype="float32", device="cpu")
    alone = held(base.model)
    bank = LoraBank(base.model, "base")
    for index in range(5):
        bank.load(str(folder / f"adapter-{index}"))
    assert held(base.model) == alone, "the base itself must not grow"
    assert bank.bytes() > 0
    assert (alone + bank.bytes()) / alone <= 1.3


def held(model: Any) -> int:
    tensors = {tensor.data_ptr(): tensor.nbytes for tensor in (*model.parameters(), *model.buffers())}
    return sum(tensors.values())


def test_the_adapter_of_another_base_is_refused(
    tmp_path: Path, base: Base, one_thread: None, adapters: dict[str, Path]
) -> None:
    from quorate.lab.standin import make_standin

    wide = make_standin(tmp_path / "wide", hidden=32, adapters=1)
    with pytest.raises(
        AdapterMismatch,
        match=r"trained on '.*wide'.*fit the base 'mine': its .* 96 to 32 features, the base's 192 to 64",
    ):
        LoraBank(base.model, "mine").load(str(wide / "adapter-0"))
    deep = make_standin(tmp_path / "deep", layers=3, adapters=1)
    bank = LoraBank(base.model, "mine")
    with pytest.raises(AdapterMismatch, match=r"'.*deep'.*no linear layer 'model\.layers\.2\."):
        bank.load(str(deep / "adapter-0"))
    assert len(bank) == 0, "a refused adapter leaves nothing behind"
    bank.load(str(adapters["all"]))
    assert len(bank) == 1


def test_an_adapter_of_embeddings_is_refused(tmp_path: Path, standin: Path, base: Base) -> None:
    folder = save_adapter(tmp_path / "a", standin, target_modules=["embed_tokens"])
    with pytest.raises(ModelError, match="no LoRA matrix of a linear layer"):
        read_lora(str(folder))


def change_config(folder: Path, **changes: Any) -> None:
    path = folder / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_head_that_was_trained_is_refused(tmp_path: Path, standin: Path, base: Base) -> None:
    from safetensors.torch import load_file, save_file

    folder = save_adapter(tmp_path / "a", standin, target_modules=["lm_head"])
    weights = load_file(folder / "adapter_model.safetensors")
    weights["base_model.model.lm_head.base_layer.weight"] += 1
    save_file(weights, folder / "adapter_model.safetensors")
    with pytest.raises(AdapterMismatch, match=r"brings a 'lm_head\.weight' of its own"):
        LoraBank(base.model, "mine").load(str(folder))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"use_dora": True}, "uses use_dora.*merge it into its base"),
        ({"modules_to_save": ["lm_head"]}, "uses modules_to_save"),
        ({"bias": "lora_only"}, "bias='lora_only'"),
        ({"lora_bias": True}, "lora_bias"),
        ({"trainable_token_indices": [1]}, "trainable_token_indices"),
        ({"init_lora_weights": "pissa"}, "init_lora_weights='pissa', which also changes its base"),
        ({"peft_type": "IA3"}, "of the type IA3; only LoRA"),
        ({"peft_type": "NONSENSE"}, "cannot be read"),
    ],
)
def test_more_than_plain_lora_is_refused(
    tmp_path: Path, standin: Path, changes: dict[str, Any], said: str
) -> None:
    folder = save_adapter(tmp_path / "a", standin, target_modules=["q_proj"])
    change_config(folder, **changes)
    with pytest.raises(ModelError, match=said):
        read_lora(str(folder))


def test_a_damaged_adapter_is_refused(tmp_path: Path, standin: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = save_adapter(tmp_path / "a", standin, target_modules=["q_proj"])
    weights = load_file(folder / "adapter_model.safetensors")
    del weights["base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight"]
    save_file(weights, folder / "adapter_model.safetensors")
    with pytest.raises(ModelError, match=r"damaged.*layers\.0\.self_attn\.q_proj"):
        read_lora(str(folder))
    weights = load_file(standin / "adapter-0" / "adapter_model.safetensors")
    name = next(name for name in weights if name.endswith("lora_A.weight"))
    weights[name][0, 0] = float("nan")
    save_file(weights, folder / "adapter_model.safetensors")
    with pytest.raises(ModelError, match=r"damaged: its matrices for .* hold NaN or infinity"):
        read_lora(str(folder))
    save_file({}, folder / "adapter_model.safetensors")
    with pytest.raises(ModelError, match="is empty"):
        read_lora(str(folder))
    (folder / "adapter_model.safetensors").write_bytes(b"junk")
    with pytest.raises(ModelError, match="cannot be read"):
        read_lora(str(folder))
    (folder / "adapter_model.safetensors").unlink()
    with pytest.raises(MissingModel, match="from safetensors only"):
        read_lora(str(folder))
    (folder / "adapter_config.json").unlink()
    with pytest.raises(MissingModel, match=r"no adapter_config\.json"):
        read_lora(str(folder))


def test_a_missing_adapter_names_its_neighbours(standin: Path) -> None:
    with pytest.raises(MissingModel, match=r"Did you mean '.*adapter-\d'"):
        read_lora(str(standin / "adaptor-1"))


def test_a_layer_that_sees_no_rows_is_an_error(standin: Path, adapters: dict[str, Path]) -> None:
    """An expert of a mixture sees some tokens of all rows: a batch of adapters cannot reach it."""
    import torch

    base = load_base(standin, dtype="float32", device="cpu")
    bank = LoraBank(base.model, "base")
    bank.load(str(adapters["attention"]))
    bank.route([0])
    with pytest.raises(ModelError, match="does not see one row for each request"):
        base.model.model.layers[0].self_attn.q_proj(torch.zeros(5, 64))
    bank.route([-1])
    base.model.model.layers[0].self_attn.q_proj(torch.zeros(5, 64))


def test_a_long_prompt_merges_its_adapter(
    base: Base, bank: LoraBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    merged: list[int] = []
    merge = lora.Stack._merged

    def counted(stack: lora.Stack, x: Any, route: Route) -> Any:
        merged.append(x.shape[1])
        return merge(stack, x, route)

    monkeypatch.setattr(lora.Stack, "_merged", counted)
    ids, routed = tokens(4, 300), [0, 0, 1, -1]
    found = ours(base, bank, ids, routed)
    assert set(merged) == {300}
    monkeypatch.setattr(lora.Stack, "_merging_pays", lambda *_: False)
    torch.testing.assert_close(found, ours(base, bank, ids, routed), rtol=1e-4, atol=1e-4)
