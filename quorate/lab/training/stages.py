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

import shutil
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from quorate.agents.local.base import find_device
from quorate.agents.local.files import quiet
from quorate.errors import BadOption, did_you_mean
from quorate.lab.members import is_adapter
from quorate.lab.training.batches import POOL, Encoder, Row
from quorate.lab.training.critics import calibrate_critic
from quorate.lab.training.drafts import collect, read_drafts
from quorate.lab.training.heads import solvers, train_heads
from quorate.lab.training.ledger import (
    BASE,
    CRITIC,
    DEBATE,
    DRAFTS,
    HEADS,
    WORDS,
    forget,
    is_done,
    mark,
    opened,
    require,
    tell,
    told,
)
from quorate.lab.training.loop import CHECKPOINTS, Listener, State, Training
from quorate.lab.training.recipe import Budget, Recipe
from quorate.lab.training.scope import Scope
from quorate.lab.training.tokenizer import make_tokenizer
from quorate.lab.training.weights import adapted, new_model, readapted, save_base, save_member, saved_model
from quorate.nouns import derive_seed


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
    chosen = [stage for stage in known if only is None or stage in only]
    with opened(recipe, folder):
        if not resume:
            forget(folder, *chosen)
            _clear(folder, *chosen)
        for stage in chosen:
            if not is_done(recipe, folder, stage):
                _train_stage(recipe, folder, stage, progress)
            _clear(folder, stage)
    return folder


def _clear(folder: Path, *names: str) -> None:
    """Remove checkpoints, whole and half written ones, that are of no more use."""
    for stage in names:
        for suffix in CHECKPOINTS:
            (folder / "training" / f"{stage}{suffix}").unlink(missing_ok=True)


def _train_stage(recipe: Recipe, folder: Path, stage: str, progress: Listener | None) -> None:
    if stage == BASE:
        train_base(recipe, folder, progress)
    elif stage == WORDS:
        train_words(recipe, folder, progress)
    elif stage == DRAFTS:
        require(folder, BASE, *(f"training/alone/{name}" for name in recipe.specialists))
        count = collect(recipe, folder, progress)
        tell(folder, stage, {"mark": mark(recipe, folder, stage), "problems": count})
    elif stage == HEADS:
        require(folder, BASE, f"training/{DRAFTS}.jsonl", *recipe.specialists)
        drafted = read_drafts(folder / "training" / f"{DRAFTS}.jsonl")
        metrics = train_heads(recipe, folder, drafted, progress)
        tell(folder, stage, {"mark": mark(recipe, folder, stage), "metrics": metrics})
    else:
        train_member(recipe, folder, plan(recipe, folder, stage), progress)
    if stage == CRITIC:
        # All weights trained anew are no adapter: such a critic is a model of its own, and writes.
        found = calibrate_critic(recipe, folder) if is_adapter(folder / CRITIC) else {}
        tell(folder, stage, {**told(folder, stage), "metrics": found})


def plan(recipe: Recipe, folder: Path, stage: str) -> Plan:
    """Return how a member's stage is trained."""
    member = stage.removesuffix(DEBATE)
    alone, drafts = folder / "training" / "alone" / member, folder / "training" / f"{DRAFTS}.jsonl"
    if stage.endswith(DEBATE):
        return Plan(stage, member, recipe.debater, alone, folder / member, drafts)
    target = alone if member in recipe.specialists else folder / member
    source = folder / "polymath" if member == CRITIC else None
    return Plan(stage, member, recipe.budget(member), source, target, drafts if member == "judge" else None)


def train_base(recipe: Recipe, folder: Path, progress: Listener | None = None) -> None:
    """Train the base from random weights and save it with its tokenizer."""
    import torch

    # First of all, so that nobody can go on from an earlier base, or take it for the new one.
    forget(folder, BASE, WORDS)
    shutil.rmtree(folder / "training" / BASE, ignore_errors=True)
    tokenizer = make_tokenizer(context=recipe.shape.context)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(recipe.base_seed, BASE))
        model = new_model(recipe.shape, len(tokenizer)).to(find_device("auto"))
    how = Plan(BASE, BASE, recipe.base, None, folder, None)
    _fit(recipe, folder, how, model, tokenizer, progress)


def train_words(recipe: Recipe, folder: Path, progress: Listener | None = None) -> None:
    """Train the base on, in its place; what it was before stays in `training/base`."""
    from transformers import AutoTokenizer

    require(folder, BASE)
    before = folder / "training" / BASE
    if not before.is_dir():
        copied = before.with_name(f"{BASE}-copy")
        shutil.rmtree(copied, ignore_errors=True)
        shutil.copytree(folder, copied, ignore=_folders)
        copied.rename(before)
    how = Plan(WORDS, BASE, recipe.words, before, folder, None)
    tokenizer = AutoTokenizer.from_pretrained(before)
    _fit(recipe, folder, how, saved_model(before).to(find_device("auto")), tokenizer, progress)


def _folders(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if (Path(folder) / name).is_dir()]


def train_member(recipe: Recipe, folder: Path, how: Plan, progress: Listener | None = None) -> None:
    """Train one member from the base and save it: an adapter, or all weights when the recipe has no rank."""
    import torch
    from transformers import AutoTokenizer

    require(folder, BASE, *(str(path.relative_to(folder)) for path in (how.source, how.drafts) if path))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(recipe.seed, how.stage))
        model = _start(recipe, folder, how.source)
    if how.target == folder / how.member and how.member in solvers(recipe):
        forget(folder, HEADS)  # a head belongs to the weights that it was trained for
    _fit(recipe, folder, how, model.to(find_device("auto")), tokenizer, progress)


def _start(recipe: Recipe, folder: Path, source: Path | None) -> Any:
    """Load what a member's stage begins with."""
    if recipe.rank is None:
        return saved_model(source or folder)
    model = saved_model(folder)
    return adapted(model, recipe.rank) if source is None else readapted(model, source)


def pools(scope: Scope, budget: Budget, tokenizer: Any) -> Callable[[int, int], list[Row]]:
    """Return what makes the pools of rows of a stage, by seed and step (see `Batches`)."""
    encoder = Encoder(tokenizer, scope.recipe.shape.context)

    def rows(seed: int, step: int) -> list[Row]:
        return encoder.rows(list(islice(scope.examples(seed, budget.diet(step)), POOL)))

    return rows


def hardware(device: Any) -> str:
    """Return what a device is, in words.

    Examples
    --------
    >>> import torch
    >>> hardware(torch.device("cpu")).split(",")[0]
    'a CPU'
    """
    import torch

    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "cpu":
        count = torch.get_num_threads()
        return f"a CPU, {count} thread{'s' * (count != 1)}"
    return str(device.type)


def _fit(
    recipe: Recipe, folder: Path, how: Plan, model: Any, tokenizer: Any, progress: Listener | None
) -> None:
    """Train, save, and write down what it took; until that is done, the last checkpoint stays."""
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

    def keep(state: State) -> None:
        save = save_base if how.member == BASE else save_member
        save(model, tokenizer, how.target)
        took = {
            "mark": training.mark,
            "steps": state.step,
            "tokens": state.tokens,
            "minutes": round(state.seconds / 60, 2),
            "loss": round(state.loss, 4),
            "hardware": hardware(model.device),
            "trained": sum(weight.numel() for weight in model.parameters() if weight.requires_grad),
        }
        tell(folder, how.stage, took)

    forget(folder, how.stage)
    training.run(progress, keep=keep)
