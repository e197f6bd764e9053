"""The stages of training a pool: the base, then each member as an adapter on it.

base                     the model that all share
words                    the same, made familiar with the invented words
rates, money, ...        each specialist by itself
drafts                   what the specialists write on the same problems
rates-debate, ...        each specialist goes on, with the others' drafts and boards in sight
generalist, ... weak     the other members, from the base; the critic from the polymath, with its limit
heads                    a confidence head for each solver

pool/  config.json  model.safetensors  tokenizer.json     the base
       rates/  money/  ...  generalist/                   an adapter each, with its head
       training/  base.json  base.jsonl  alone/  ...      what each stage took, its curve, what came between
"""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from quorate.agents.local.base import find_device
from quorate.agents.local.files import fingerprint, quiet
from quorate.errors import BadOption, did_you_mean
from quorate.lab.members import is_adapter
from quorate.lab.training.batches import POOL, Encoder, Row
from quorate.lab.training.critics import CRITIC, calibrate_critic
from quorate.lab.training.drafts import collect, read_drafts
from quorate.lab.training.heads import train_heads
from quorate.lab.training.loop import Listener, Training
from quorate.lab.training.recipe import Budget, Recipe, Shape
from quorate.lab.training.scope import Scope
from quorate.lab.training.tokenizer import make_tokenizer
from quorate.nouns import derive_seed

BASE = "base"
WORDS = "words"
DRAFTS = "drafts"
HEADS = "heads"
DEBATE = "-debate"
WEIGHTS = "model.safetensors"
ATTENTION = "eager"
"""For sequences this short, plain products are faster on a CPU than the fused kernel's backward pass."""
GROUND = ("base_seed", "world", "domains", "shape", "precision", "advanced_share", "private_share")
"""What every stage depends on."""


class Plan(NamedTuple):
    """How a member is trained in one stage: from which adapter (None: a new one) and where it goes."""

    stage: str
    member: str
    budget: Budget
    source: Path | None
    target: Path
    drafts: Path | None


def stages(recipe: Recipe) -> tuple[str, ...]:
    """Return the names of all stages, in their order.

    Examples
    --------
    >>> stages(Recipe.miniature())[:7]
    ('base', 'words', 'rates', 'money', 'drafts', 'rates-debate', 'money-debate')
    """
    debaters = tuple(name + DEBATE for name in recipe.specialists)
    return (BASE, WORDS, *recipe.specialists, DRAFTS, *debaters, *recipe.others, HEADS)


def train(
    recipe: Recipe,
    folder: str | Path,
    only: Sequence[str] | None = None,
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
    only : sequence of str, optional
        Some of the stages (see `stages`); all by default. They are trained in their own order.
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
        For a stage that does not exist, or one whose forerunners were not trained.
    """
    folder, known = Path(folder), stages(recipe)
    for stage in only or ():
        if stage not in known:
            raise BadOption(f"There is no stage '{stage}'. {did_you_mean(stage, known)}")
    (folder / "training").mkdir(parents=True, exist_ok=True)
    (folder / "training" / "recipe.json").write_text(recipe.model_dump_json(indent=1) + "\n", "utf-8")
    for stage in known:
        if (only is None or stage in only) and not (resume and _is_done(recipe, folder, stage)):
            _train_stage(recipe, folder, stage, resume, progress)
    return folder


def _train_stage(recipe: Recipe, folder: Path, stage: str, resume: bool, progress: Listener | None) -> None:
    if stage == BASE:
        train_base(recipe, folder, resume, progress)
    elif stage == WORDS:
        train_words(recipe, folder, resume, progress)
    elif stage == DRAFTS:
        _require(folder, BASE, *(f"training/alone/{name}" for name in recipe.specialists))
        count = collect(recipe, folder, progress)
        _tell(folder, stage, {"mark": mark(recipe, folder, stage), "problems": count})
    elif stage == HEADS:
        _require(folder, BASE, f"training/{DRAFTS}.jsonl", *recipe.specialists)
        drafted = read_drafts(folder / "training" / f"{DRAFTS}.jsonl")
        metrics = train_heads(recipe, folder, drafted, progress)
        _tell(folder, stage, {"mark": mark(recipe, folder, stage), "metrics": metrics})
    else:
        train_member(recipe, folder, plan(recipe, folder, stage), resume, progress)
    if stage == CRITIC:
        # All weights trained anew are no adapter: such a critic is a model of its own, and writes.
        found = calibrate_critic(recipe, folder) if is_adapter(folder / CRITIC) else {}
        _tell(folder, stage, {**_told(folder, stage), "metrics": found})


def plan(recipe: Recipe, folder: Path, stage: str) -> Plan:
    """Return how a member's stage is trained."""
    member = stage.removesuffix(DEBATE)
    alone, drafts = folder / "training" / "alone" / member, folder / "training" / f"{DRAFTS}.jsonl"
    if stage.endswith(DEBATE):
        return Plan(stage, member, recipe.debater, alone, folder / member, drafts)
    target = alone if member in recipe.specialists else folder / member
    source = folder / "polymath" if member == CRITIC else None
    return Plan(stage, member, recipe.budget(member), source, target, drafts if member == "judge" else None)


def train_base(recipe: Recipe, folder: Path, resume: bool = True, progress: Listener | None = None) -> None:
    """Train the base from random weights and save it with its tokenizer."""
    import torch

    tokenizer = make_tokenizer(context=recipe.shape.context)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(recipe.base_seed, BASE))
        model = new_model(recipe.shape, len(tokenizer)).to(find_device("auto"))
    how = Plan(BASE, BASE, recipe.base, None, folder, None)
    _fit(recipe, folder, how, model, tokenizer, resume, progress)
    _report_file(folder, WORDS).unlink(missing_ok=True)
    shutil.rmtree(folder / "training" / BASE, ignore_errors=True)


def train_words(recipe: Recipe, folder: Path, resume: bool = True, progress: Listener | None = None) -> None:
    """Train the base on, in its place; what it was before stays in `training/base`."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    _require(folder, BASE)
    before = folder / "training" / BASE
    if not before.is_dir():
        copied = before.with_suffix(".part")
        shutil.copytree(folder, copied, ignore=_folders, dirs_exist_ok=True)
        copied.rename(before)
    with quiet():
        model = AutoModelForCausalLM.from_pretrained(
            before, dtype=torch.float32, attn_implementation=ATTENTION
        )
    how = Plan(WORDS, BASE, recipe.words, before, folder, None)
    tokenizer = AutoTokenizer.from_pretrained(before)
    _fit(recipe, folder, how, model.to(find_device("auto")), tokenizer, resume, progress)


def _folders(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if (Path(folder) / name).is_dir()]


def train_member(
    recipe: Recipe, folder: Path, how: Plan, resume: bool = True, progress: Listener | None = None
) -> None:
    """Train one member from the base and save it: an adapter, or all weights when the recipe has no rank."""
    import torch
    from transformers import AutoTokenizer

    _require(folder, BASE, *(str(path.relative_to(folder)) for path in (how.source, how.drafts) if path))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(recipe.seed, how.stage))
        model = _start(recipe, folder, how.source)
    _fit(recipe, folder, how, model.to(find_device("auto")), tokenizer, resume, progress)


def _start(recipe: Recipe, folder: Path, source: Path | None) -> Any:
    """Load what a member's stage begins with."""
    import torch
    from transformers import AutoModelForCausalLM

    whole = source if source and recipe.rank is None else folder
    model = AutoModelForCausalLM.from_pretrained(whole, dtype=torch.float32, attn_implementation=ATTENTION)
    if recipe.rank is None:
        return model
    return adapted(model, recipe.rank) if source is None else readapted(model, source)


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


def pools(scope: Scope, budget: Budget, tokenizer: Any) -> Callable[[int, int], list[Row]]:
    """Return what makes the pools of rows of a stage, by seed and step (see `Batches`)."""
    encoder = Encoder(tokenizer, scope.recipe.shape.context)

    def rows(seed: int, step: int) -> list[Row]:
        return encoder.rows(list(islice(scope.examples(seed, budget.diet(step)), POOL)))

    return rows


def _fit(
    recipe: Recipe,
    folder: Path,
    how: Plan,
    model: Any,
    tokenizer: Any,
    resume: bool,
    progress: Listener | None,
) -> None:
    scope = Scope(recipe, how.member, read_drafts(how.drafts) if how.drafts else ())
    training = Training(
        model,
        pools(scope, how.budget, tokenizer),
        how.budget,
        stage=how.stage,
        folder=folder / "training",
        seed=derive_seed(recipe.base_seed if how.member == BASE else recipe.seed, "data", how.stage),
        bfloat16=recipe.precision == "bfloat16",
        compiled=recipe.compiled,
        mark=mark(recipe, folder, how.stage),
    )
    state = training.run(progress, resume=resume)
    with quiet():
        _save(model, tokenizer, how.target)
    _tell(
        folder,
        how.stage,
        {
            "mark": training.mark,
            "steps": state.step,
            "tokens": state.tokens,
            "minutes": round(state.seconds / 60, 2),
            "loss": round(state.loss, 4),
            "trained": sum(weight.numel() for weight in model.parameters() if weight.requires_grad),
        },
    )


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


def _tell(folder: Path, stage: str, report: dict[str, Any]) -> None:
    """Write down that a stage is done, and what it took."""
    _report_file(folder, stage).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _told(folder: Path, stage: str) -> dict[str, Any]:
    """Return what was written down of a stage that is done."""
    told: dict[str, Any] = json.loads(_report_file(folder, stage).read_text("utf-8"))
    return told


def _report_file(folder: Path, stage: str) -> Path:
    return folder / "training" / f"{stage}.json"


def _require(folder: Path, *names: str) -> None:
    """Complain about what an earlier stage should have left."""
    for name in names:
        if not (folder / (WEIGHTS if name == BASE else name)).exists():
            raise BadOption(f"There is no {name} in {folder} to go on from; train the earlier stages first.")


def mark(recipe: Recipe, folder: Path, stage: str) -> str:
    """Return what a stage's result depends on, as a fingerprint: parts of the recipe, and the base."""
    if stage in (BASE, WORDS):
        return recipe.digest(*GROUND, *dict.fromkeys((BASE, stage)))
    member = stage.removesuffix(DEBATE)
    drafts = ("specialist", "problems")
    if stage == DRAFTS:
        parts: tuple[str, ...] = drafts
    elif stage == HEADS:
        parts = (*drafts, "debater", "generalist", "polymath", "exercises")
    elif stage.endswith(DEBATE):
        parts = (*drafts, "debater")
    else:
        before = {"judge": drafts, CRITIC: ("polymath",)}.get(member, ())
        parts = ("specialist",) if member in recipe.specialists else (member, *before)
    [base] = fingerprint([folder / WEIGHTS]).values()
    return f"{recipe.digest(*GROUND, 'seed', 'rank', *parts)} {base[:16]}"


def _is_done(recipe: Recipe, folder: Path, stage: str) -> bool:
    file = _report_file(folder, stage)
    if not file.is_file() or not (folder / WEIGHTS).is_file():
        return False
    told = _told(folder, stage)
    whole = stage != CRITIC or "metrics" in told
    return whole and bool(told["mark"] == mark(recipe, folder, stage))
