"""The loop: the right loss, falling, and a killed training that goes on as if nothing had happened."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quorate.errors import ModelError
from quorate.lab.training import loop
from quorate.lab.training.batches import IGNORED
from quorate.lab.training.ledger import BASE
from quorate.lab.training.loop import Progress, Training, mean_loss, optimizers
from quorate.lab.training.recipe import Budget, Diet, Recipe, Shape
from quorate.lab.training.scope import Scope
from quorate.lab.training.stages import pools
from quorate.lab.training.tokenizer import make_tokenizer
from quorate.lab.training.weights import adapted, new_model

TINY = Shape(hidden=16, layers=1, heads=2, ff=32, context=512)
RECIPE = Recipe(shape=TINY, precision="float32")
BUDGET = Budget(
    steps=25, tokens=512, warmup=3, checkpoint=10, diets=(Diet(until=0.5, solve=1, level=1), Diet(solve=1))
)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def make_training(
    folder: Path, *, rank: int | None = None, budget: Budget = BUDGET, mark: str = ""
) -> Training:
    import torch

    tokenizer = make_tokenizer(context=TINY.context)
    torch.manual_seed(1)
    model = new_model(TINY, len(tokenizer))
    if rank:
        model = adapted(model, rank)
    rows = pools(Scope(RECIPE, BASE), budget, tokenizer)
    return Training(model, rows, budget, stage="toy", folder=folder, seed=3, bfloat16=False, mark=mark)


def losses(training: Training) -> list[tuple[int, float]]:
    lines = map(json.loads, training.curve.read_text("utf-8").splitlines())
    return [(line["step"], line["loss"]) for line in lines]


def weights(training: Training) -> dict[str, Any]:
    return {name: weight.clone() for name, weight in training.model.named_parameters()}


def test_the_loss_is_that_of_transformers() -> None:
    import torch

    torch.manual_seed(0)
    model = new_model(TINY, 300).eval()
    ids = torch.randint(3, 300, (3, 12))
    targets = ids.clone()
    targets[:, :4] = IGNORED
    targets[0, 9:] = IGNORED  # padding
    mask = torch.ones_like(ids)
    mask[0, 9:] = 0
    with torch.no_grad():
        expected = model(input_ids=ids, attention_mask=mask, labels=targets).loss
        assert mean_loss(model, ids, targets) == pytest.approx(expected.item(), abs=1e-5)
        ids[0, 9:] = 0
        assert mean_loss(model, ids, targets) == pytest.approx(expected.item(), abs=1e-5)


def test_the_loss_falls_and_the_checkpoint_goes(tmp_path: Path) -> None:
    training = make_training(tmp_path)
    state = training.run()
    curve = losses(training)
    assert curve[-1][0] == state.step == BUDGET.steps
    assert curve[-1][1] < curve[0][1]
    assert state.tokens <= BUDGET.steps * BUDGET.tokens
    assert not training.checkpoint.exists()


def test_matrices_and_the_rest_are_turned_by_their_own_optimizers() -> None:
    import torch

    model = new_model(TINY, 300)
    muon, adam = optimizers(model, BUDGET)
    assert isinstance(muon, torch.optim.Muon)
    assert {weight.ndim for group in muon.param_groups for weight in group["params"]} == {2}
    turned = [weight for part in (muon, adam) for group in part.param_groups for weight in group["params"]]
    assert {id(weight) for weight in turned} == {id(weight) for weight in model.parameters()}
    embedding = model.get_input_embeddings().weight
    assert any(embedding is weight for group in adam.param_groups for weight in group["params"])


def test_only_the_adapter_is_trained(tmp_path: Path) -> None:
    training = make_training(tmp_path, rank=2, budget=BUDGET.model_copy(update={"steps": 3}))
    before = weights(training)
    training.run()
    changed = {name for name, weight in weights(training).items() if not weight.equal(before[name])}
    assert changed
    assert all("lora_" in name for name in changed)


@pytest.mark.parametrize("rank", [None, 2])
def test_an_interrupted_training_goes_on_exactly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rank: int | None
) -> None:
    monkeypatch.setattr(loop, "REPORTS", 1)
    whole = make_training(tmp_path / "whole", rank=rank)
    whole.run()

    def stop(progress: Progress) -> None:
        if progress.step == 14:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_training(tmp_path / "cut", rank=rank).run(stop)
    resumed = make_training(tmp_path / "cut", rank=rank)
    steps: list[int] = []
    resumed.run(lambda progress: steps.append(progress.step))
    assert steps[0] == 11, "it goes on from the checkpoint, not from the beginning"
    assert losses(resumed) == losses(whole)
    assert resumed.state.tokens == whole.state.tokens
    assert all(weight.equal(weights(whole)[name]) for name, weight in weights(resumed).items())


KILLED = """
import os, signal, sys, torch
from quorate.lab.training.recipe import Recipe
from quorate.lab.training.stages import train
torch.set_num_threads(1)
def kill(progress):
    if progress.step == 20:
        os.kill(os.getpid(), signal.SIGKILL)
train(Recipe.miniature(), sys.argv[1], ["base"], progress=kill)
"""


def test_a_killed_training_goes_on_exactly(tmp_path: Path) -> None:
    from quorate.lab.training.stages import train

    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "killed")], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "killed" / "training" / "base.pt").is_file()
    for name in ("killed", "whole"):
        train(Recipe.miniature(), tmp_path / name, ["base"])
    killed, whole = (
        [
            {key: value for key, value in json.loads(line).items() if key != "seconds"}
            for line in (tmp_path / name / "training" / "base.jsonl").read_text("utf-8").splitlines()
        ]
        for name in ("killed", "whole")
    )
    assert killed == whole
    first, second = (tmp_path / name / "model.safetensors" for name in ("killed", "whole"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(("mark", "resume"), [("", False), ("another recipe", True)])
def test_a_checkpoint_is_left_aside(tmp_path: Path, mark: str, resume: bool) -> None:
    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_training(tmp_path).run(stop)
    assert make_training(tmp_path).checkpoint.is_file()
    steps: list[int] = []
    training = make_training(tmp_path, mark=mark)
    training.run(lambda progress: steps.append(progress.step), resume=resume)
    assert steps == [20, 25]
    assert [step for step, _ in losses(training)] == [20, 25]


def test_the_checkpoint_stays_until_the_result_is_kept(tmp_path: Path) -> None:
    def fail(state: object) -> None:
        raise OSError("The disk is full.")

    training = make_training(tmp_path)
    with pytest.raises(OSError, match="full"):
        training.run(keep=fail)
    assert training.checkpoint.is_file()
    steps: list[int] = []
    again = make_training(tmp_path)
    again.run(lambda progress: steps.append(progress.step))
    assert steps == [25], "it goes on from step 20"
    assert all(weight.equal(weights(training)[name]) for name, weight in weights(again).items())


@pytest.mark.parametrize("junk", [b"", b"junk", b"PK\x03\x04"])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, junk: bytes) -> None:
    training = make_training(tmp_path)
    training.checkpoint.write_bytes(junk)
    with pytest.raises(ModelError, match=r"toy\.pt is damaged; remove it"):
        training.run()


def test_progress_tells_how_long_it_takes() -> None:
    progress = Progress(stage="x", step=25, steps=100, loss=1, rate=1e-3, tokens=1, seconds=10)
    assert progress.left == pytest.approx(30)
