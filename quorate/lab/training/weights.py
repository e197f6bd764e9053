"""Weights: a new base, adapters on it, and how either is saved."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from typing import Any

from quorate.agents.local.files import quiet
from quorate.lab.training.recipe import Shape

ATTENTION = "eager"
"""For sequences this short, plain products are faster on a CPU than the fused kernel's backward pass."""


def new_model(shape: Shape, vocabulary: int) -> Any:
    """Return a Llama of this shape with random weights, from the global generator of torch."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=shape.hidden,
        intermediate_size=shape.ff,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        max_position_embeddings=shape.context,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        tie_word_embeddings=True,
    )
    model = LlamaForCausalLM(config)
    model.set_attn_implementation(ATTENTION)
    return model


def saved_model(folder: Path) -> Any:
    """Return the whole model in a folder, to be trained on."""
    import torch
    from transformers import AutoModelForCausalLM

    with quiet():
        return AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, attn_implementation=ATTENTION
        )


def adapted(model: Any, rank: int) -> Any:
    """Return a PEFT model: the base, frozen, with a new LoRA adapter on all its linear layers."""
    from peft import LoraConfig, get_peft_model

    model.name_or_path = "quorate-pool"  # what the adapter's config calls its base; never a path from here
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)  # peft 0.21 reads it
        return get_peft_model(model, config)


def readapted(model: Any, adapter: Path) -> Any:
    """Return a PEFT model: the base, frozen, with a saved adapter that is trained on."""
    from peft import PeftModel

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)  # peft 0.21 reads it
        return PeftModel.from_pretrained(model, adapter, is_trainable=True)


def save_base(model: Any, tokenizer: Any, folder: Path) -> None:
    """Save a whole model with its tokenizer."""
    with quiet():
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    _share(folder)


def save_member(model: Any, tokenizer: Any, folder: Path) -> None:
    """Save a whole model with its tokenizer, or an adapter alone, in the place of all that was there.

    A confidence head or a critic's limit that lay there belonged to the weights before.
    """
    shutil.rmtree(folder, ignore_errors=True)
    if not hasattr(model, "peft_config"):
        save_base(model, tokenizer, folder)
        return
    with quiet():
        # Told otherwise, PEFT asks the hub whether the vocabulary was resized.
        model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink()  # PEFT's form of a model card, not filled in
    _share(folder)


def _share(folder: Path) -> None:
    for weights in folder.glob("*.safetensors"):
        weights.chmod(0o644)  # safetensors lets nobody else read them
