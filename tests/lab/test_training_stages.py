"""A miniature pool, end to end: trained, saved, loaded by libraries, seated, evaluated, described."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from quorate.definition import Definition
from quorate.errors import BadOption
from quorate.evaluate import wilson
from quorate.lab.training import Progress, Recipe, evaluate, table, train, write_card
from quorate.lab.training.__main__ import main
from quorate.lab.training.evaluation import problem_sets, seat
from quorate.lab.training.stages import _is_done

RECIPE = Recipe.miniature()
STAGES = ("base", "rates", "money", "generalist")


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch

    torch.set_num_threads(1)
    return train(RECIPE, tmp_path_factory.mktemp("pool") / "mini")


def test_every_stage_reports(pool: Path) -> None:
    reports = {name: json.loads((pool / "training" / f"{name}.json").read_text()) for name in STAGES}
    assert [report["steps"] for report in reports.values()] == [40, 15, 15, 15]
    assert {report["mark"].split()[0] for report in reports.values()} == {RECIPE.digest()}
    assert Recipe.model_validate_json((pool / "training" / "recipe.json").read_text()) == RECIPE
    assert not list((pool / "training").glob("*.pt"))


def test_the_base_learns(pool: Path) -> None:
    lines = (pool / "training" / "base.jsonl").read_text().splitlines()
    curve = [json.loads(line)["loss"] for line in lines]
    assert curve[-1] < curve[0]


def test_it_loads_with_the_libraries_own_functions(pool: Path) -> None:
    import warnings

    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(pool)
    model = AutoModelForCausalLM.from_pretrained(pool)
    ids = tokenizer("Question: Ada has 3 coins.", return_tensors="pt").input_ids
    plain = model(ids).logits
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        member = PeftModel.from_pretrained(model, pool / "rates")
    assert not member(ids).logits.equal(plain)


def test_nothing_of_this_machine_is_saved(pool: Path) -> None:
    texts = [path.read_text() for path in pool.rglob("*.json")]
    assert len(texts) > 6
    assert not any(str(pool.parent) in text for text in texts)


def test_weights_can_be_packed_for_others(pool: Path) -> None:
    files = sorted(pool.rglob("*.safetensors"))
    assert [file.parent.name for file in files] == ["generalist", "mini", "money", "rates"]
    assert all(file.stat().st_mode & 0o044 for file in files)
    assert not list(pool.rglob("README.md"))


def test_members_answer_through_the_engine(pool: Path) -> None:
    [item] = problem_sets(RECIPE, 1, seed=3)["mixed"]
    outcome = Definition(seat(pool, STAGES, device="cpu"), protocol="vote").ask(item.problem().question)
    assert outcome.calls == 4
    assert outcome.tokens_out > 0
    assert not outcome.failed


def test_finished_stages_are_left_alone(pool: Path) -> None:
    heard: list[Progress] = []
    train(RECIPE, pool, progress=heard.append)
    assert not heard


def test_another_recipe_is_trained_anew(pool: Path, tmp_path: Path) -> None:
    heard: list[Progress] = []
    brief = RECIPE.model_copy(update={"base": RECIPE.base.model_copy(update={"steps": 2})})
    train(brief, tmp_path, ["base"], progress=heard.append)
    train(brief.model_copy(update={"seed": 1}), tmp_path, ["base"], progress=heard.append)
    assert [progress.step for progress in heard] == [2, 2]


def test_members_of_another_base_are_trained_anew(pool: Path, tmp_path: Path) -> None:
    shutil.copytree(pool, tmp_path / "pool")
    shutil.copy(pool / "rates" / "adapter_model.safetensors", tmp_path / "pool" / "model.safetensors")
    assert _is_done(RECIPE, pool, "rates")
    assert not _is_done(RECIPE, tmp_path / "pool", "rates")


def test_full_training_saves_a_whole_model(pool: Path, tmp_path: Path) -> None:
    budget = RECIPE.specialist.model_copy(update={"steps": 2})
    recipe = RECIPE.model_copy(
        update={"rank": None, "base": RECIPE.base.model_copy(update={"steps": 2}), "specialist": budget}
    )
    train(recipe, tmp_path, ["base", "money"])
    assert (tmp_path / "money" / "model.safetensors").is_file()
    [item] = problem_sets(recipe, 1)["money"]
    outcome = Definition(seat(tmp_path, ["money"], device="cpu"), protocol="vote").ask(
        item.problem().question
    )
    assert not outcome.failed


def test_stages_that_do_not_exist_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="Did you mean 'money'"):
        train(RECIPE, tmp_path, ["mony"])
    with pytest.raises(BadOption, match="train the stage 'base' first"):
        train(RECIPE, tmp_path, ["money"])


def test_evaluation_and_card(pool: Path) -> None:
    report = evaluate(RECIPE, pool, 3, mixed=4)
    assert set(report.members) == set(STAGES)
    assert {kind: rate.of for kind, rate in report.members["base"].items()} == {
        "basic": 3,
        "rates": 3,
        "money": 3,
        "mixed": 4,
    }
    assert [arm.rate.of for arm in report.arms.values()] == [4, 4]
    assert report.arms["plurality vote"].calls == 2
    card = write_card(RECIPE, pool, report)
    assert table(report) in card.read_text()
    assert "| generalist | 15 |" in card.read_text()


def test_the_command_goes_on_and_evaluates(pool: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(pool), "--miniature", "--evaluate", "1"])
    out = capsys.readouterr().out
    assert out.startswith("| member |"), "nothing was left to train"
    assert f"written to {pool / 'CARD.md'}" in out


def test_problem_sets_are_held_out_and_mixed() -> None:
    sets = problem_sets(Recipe(), 30)
    assert {item.split for items in sets.values() for item in items} == {"test"}
    assert all(item.mixed for item in sets["mixed"])
    assert {domain for item in sets["ages"] for domain in item.domains} == {"ages"}


@pytest.mark.parametrize(("right", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (81, 263, 0.2553, 0.3662)])
def test_wilson_intervals_are_those_of_the_literature(right: int, of: int, low: float, high: float) -> None:
    """The second case is from Newcombe 1998, table I; the first follows by hand: z^2 / (n + z^2)."""
    assert wilson(right, of) == pytest.approx((low, high), abs=1e-4)
