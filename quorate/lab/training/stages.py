"""The stages of training a pool: the base, then each member as an adapter on it.

pool/  config.json  model.safetensors  tokenizer.json     the base
       rates/  money/  ...  generalist/                   an adapter each
       training/  base.json  base.jsonl  ...              what each stage took, and its curve
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from quorate.agents.local.base import find_device
from quorate.agents.local.files import fingerprint, quiet
from quorate.errors import BadOption, did_you_mean
from quorate.lab.training.batches import POOL, Encoder, Row
from quorate.lab.training.examples import Scope
from quorate.lab.training.loop import Listener, Training
from quorate.lab.training.recipe import Budget, Recipe, Shape
from quorate.lab.training.tokenizer import make_tokenizer
from quorate.nouns import derive_seed

BASE = "base"
WEIGHTS = "model.safetensors"


def train(
    recipe: Recipe,
    folder: str | Path,
    stages: Sequence[str] | None = None,
    *,
    resume: bool = True,
    progress: Listener | None = None,
) -> Path:
    """Train a pool.

    Parameters
    ----------
    recipe : Recipe
    folder : str or Path
        Where the pool goes; made when it is not there.
    stages : sequence of str, optional
        Some of "base" and the names of members, in this order; all by default. A member needs the base.
    resume : bool
        Whether finished stages of the same recipe, on the same base, are left alone and interrupted ones
        go on; what belongs to another recipe is trained anew.
    progress : callable, optional
        Told the progress of each stage every 20 steps.

    Returns
    -------
    Path
        `folder`.

    Raises
    ------
    BadOption
        For a stage that does not exist, or a member without a base.
    """
    folder = Path(folder)
    known = (BASE, *recipe.members)
    for stage in stages or ():
        if stage not in known:
            raise BadOption(f"There is no stage '{stage}'. {did_you_mean(stage, known)}")
    (folder / "training").mkdir(parents=True, exist_ok=True)
    (folder / "training" / "recipe.json").write_text(recipe.model_dump_json(indent=1) + "\n", "utf-8")
    for stage in known if stages is None else stages:
        if not (resume and _is_done(recipe, folder, stage)):
            (train_base if stage == BASE else train_member)(recipe, folder, stage, resume, progress)
    return folder


def train_base(
    recipe: Recipe, folder: Path, name: str = BASE, resume: bool = True, progress: Listener | None = None
) -> None:
    """Train the base from random weights and save it with its tokenizer."""
    import torch

    tokenizer = make_tokenizer(context=recipe.shape.context)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(recipe.seed, name))
        model = new_model(recipe.shape, len(tokenizer)).to(find_device("auto"))
    _fit(recipe, recipe.base, folder, name, model, tokenizer, resume, progress)


def train_member(
    recipe: Recipe, folder: Path, name: str, resume: bool = True, progress: Listener | None = None
) -> None:
    """Train one member from the base and save it: an adapter, or all weights when the recipe has no rank."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if not (folder / WEIGHTS).is_file():
        raise BadOption(f"There is no base in {folder} to train '{name}' from; train the stage 'base' first.")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(recipe.seed, name))
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        if recipe.rank is not None:
            model = adapted(model, recipe.rank)
    _fit(recipe, recipe.specialist, folder, name, model.to(find_device("auto")), tokenizer, resume, progress)


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
    return LlamaForCausalLM(config)


def adapted(model: Any, rank: int) -> Any:
    """Return a PEFT model: the base, frozen, with a new LoRA adapter on all its linear layers."""
    from peft import LoraConfig, get_peft_model

    model.name_or_path = "quorate-pool"  # what the adapter's config calls its base; never a path from here
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)  # peft 0.21 reads it
        return get_peft_model(model, config)


def pools(recipe: Recipe, budget: Budget, name: str, tokenizer: Any) -> Callable[[int, int], list[Row]]:
    """Return what makes the pools of rows of a stage, by seed and step (see `Batches`)."""
    scope, encoder = Scope(recipe, name), Encoder(tokenizer, recipe.shape.context)

    def rows(seed: int, step: int) -> list[Row]:
        return encoder.rows(list(islice(scope.examples(seed, budget.diet(step)), POOL)))

    return rows


def _fit(
    recipe: Recipe,
    budget: Budget,
    folder: Path,
    name: str,
    model: Any,
    tokenizer: Any,
    resume: bool,
    progress: Listener | None,
) -> None:
    training = Training(
        model,
        pools(recipe, budget, name, tokenizer),
        budget,
        stage=name,
        folder=folder / "training",
        seed=derive_seed(recipe.seed, "data", name),
        bfloat16=recipe.precision == "bfloat16",
        mark=_mark(recipe, folder, name),
    )
    state = training.run(progress, resume=resume)
    with quiet():
        _save(model, tokenizer, folder if name == BASE else folder / name)
    report = {
        "mark": training.mark,
        "steps": state.step,
        "tokens": state.tokens,
        "minutes": round(state.seconds / 60, 2),
        "loss": round(state.loss, 4),
        "trained": sum(weight.numel() for weight in model.parameters() if weight.requires_grad),
    }
    _report_file(folder, name).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _save(model: Any, tokenizer: Any, folder: Path) -> None:
    """Save a whole model with its tokenizer, or an adapter alone."""
    if hasattr(model, "peft_config"):
        # Told otherwise, PEFT asks the hub whether the vocabulary was resized.
        model.save_pretrained(folder, save_embedding_layers=False)
        (folder / "README.md").unlink()  # PEFT's form of a model card, not filled in
    else:
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    for weights in folder.glob("*.safetensors"):
        weights.chmod(0o644)  # safetensors lets nobody else read them


def _report_file(folder: Path, stage: str) -> Path:
    return folder / "training" / f"{stage}.json"


def _mark(recipe: Recipe, folder: Path, stage: str) -> str:
    """Return what a stage's result depends on, as a fingerprint: the recipe and, for a member, the base."""
    if stage == BASE:
        return recipe.digest()
    [base] = fingerprint([folder / WEIGHTS]).values()
    return f"{recipe.digest()} {base[:16]}"


def _is_done(recipe: Recipe, folder: Path, stage: str) -> bool:
    file = _report_file(folder, stage)
    if not file.is_file() or not (folder / WEIGHTS).is_file():
        return False
    return bool(json.loads(file.read_text("utf-8"))["mark"] == _mark(recipe, folder, stage))
