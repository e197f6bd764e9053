"""A miniature pool, end to end: trained, saved, loaded by libraries, seated, evaluated, described."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from quorate.agents import Agent, LocalModel
from quorate.definition import Definition
from quorate.errors import BadOption, ModelError
from quorate.lab.evaluation import problem_sets
from quorate.lab.members import Pool, is_adapter
from quorate.lab.training import Progress, Recipe, stages, train
from quorate.lab.training.drafts import read_drafts
from quorate.lab.training.ledger import is_done, mark, opened, told

RECIPE = Recipe.miniature()
MODELS = [name for name in stages(RECIPE) if name not in ("drafts", "heads")]


@pytest.fixture
def pool(miniature_pool: Path) -> Path:
    return miniature_pool


def test_every_stage_reports(pool: Path) -> None:
    reports = {name: json.loads((pool / "training" / f"{name}.json").read_text()) for name in stages(RECIPE)}
    steps = {name: reports[name]["steps"] for name in MODELS}
    assert steps["base"] == RECIPE.base.steps
    assert steps["rates"] == RECIPE.specialist.steps
    assert steps["money-debate"] == RECIPE.debater.steps
    assert steps["polymath"] == RECIPE.polymath.steps
    assert reports["drafts"]["problems"] == RECIPE.problems
    assert Recipe.model_validate_json((pool / "training" / "recipe.json").read_text()) == RECIPE
    assert not list((pool / "training").glob("*.pt"))


def test_the_drafts_are_those_of_the_specialists_alone(pool: Path) -> None:
    drafted = read_drafts(pool / "training" / "drafts.jsonl")
    assert len(drafted) == RECIPE.problems
    assert all(list(found.texts) == list(RECIPE.specialists) for found in drafted)
    assert {found.item.split for found in drafted} == {"train"}


def test_debaters_go_on_from_what_they_were_alone(pool: Path) -> None:
    from safetensors.torch import load_file

    alone = load_file(pool / "training" / "alone" / "rates" / "adapter_model.safetensors")
    after = load_file(pool / "rates" / "adapter_model.safetensors")
    moved = [float((alone[name] - after[name]).norm() / alone[name].norm().clamp(min=1e-9)) for name in alone]
    assert alone.keys() == after.keys()
    assert min(moved) > 0
    assert sum(moved) / len(moved) < 1, "a few steps do not undo the training before"


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
    assert {file.parent.name for file in files} > set(RECIPE.members)
    assert all(file.stat().st_mode & 0o044 for file in files)
    assert not list(pool.rglob("README.md"))


def test_members_answer_through_the_engine(pool: Path) -> None:
    [item] = problem_sets(RECIPE, 1, seed=3)["mixed"]
    agents = Pool(pool, device="cpu").agents(["base", *RECIPE.members])
    outcome = Definition(agents, protocol="vote").ask(item.problem().question)
    assert outcome.calls == 1 + len(RECIPE.members)
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
    train(brief.model_copy(update={"base_seed": 1}), tmp_path, ["base"], progress=heard.append)
    assert [progress.step for progress in heard] == [2, 2]


def test_members_of_another_base_are_trained_anew(pool: Path, tmp_path: Path) -> None:
    shutil.copytree(pool, tmp_path / "pool")
    shutil.copy(pool / "rates" / "adapter_model.safetensors", tmp_path / "pool" / "model.safetensors")
    assert is_done(RECIPE, pool, "rates")
    assert not is_done(RECIPE, tmp_path / "pool", "rates")


def test_full_training_saves_a_whole_model(pool: Path, tmp_path: Path) -> None:
    budget = RECIPE.specialist.model_copy(update={"steps": 2})
    recipe = RECIPE.model_copy(
        update={"rank": None, "base": RECIPE.base.model_copy(update={"steps": 2}), "specialist": budget}
    )
    train(recipe, tmp_path, ["base", "money"])
    assert (tmp_path / "training" / "alone" / "money" / "model.safetensors").is_file()
    [item] = problem_sets(recipe, 1)["money"]
    agents = [Agent("money", LocalModel(tmp_path / "training" / "alone" / "money", device="cpu"))]
    outcome = Definition(agents, protocol="vote").ask(item.problem().question)
    assert not outcome.failed


def test_stages_that_do_not_exist_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="Did you mean 'money'"):
        train(RECIPE, tmp_path, ["mony"])
    with pytest.raises(BadOption, match=r"no base in .*; train the earlier stages first"):
        train(RECIPE, tmp_path, ["money"])


def test_a_stage_needs_those_before_it(pool: Path, tmp_path: Path) -> None:
    shutil.copy(pool / "model.safetensors", tmp_path)
    with pytest.raises(BadOption, match="no training/alone/rates in"):
        train(RECIPE, tmp_path, ["drafts"])
    with pytest.raises(BadOption, match="no training/alone/money in"):
        train(RECIPE, tmp_path, ["money-debate"])


def test_what_a_stage_depends_on_makes_its_mark(pool: Path) -> None:
    def marks(**changed: object) -> set[str]:
        recipe = RECIPE.model_copy(update=changed)
        return {name for name in stages(RECIPE) if mark(recipe, pool, name) != mark(RECIPE, pool, name)}

    other = RECIPE.weak.model_copy(update={"steps": 77})
    assert marks(weak=other) == {"weak"}
    assert marks(specialist=other) == set(stages(RECIPE)) - {"base", "words", *RECIPE.others} | {"judge"}
    assert marks(seed=5) == set(stages(RECIPE)) - {"base", "words"}
    assert marks(compiled=True) == set()


@pytest.fixture
def old(pool: Path, tmp_path: Path) -> Path:
    """A pool that was trained before, to be trained again."""
    return Path(shutil.copytree(pool, tmp_path / "old"))


def interrupt(progress: Progress) -> None:
    raise KeyboardInterrupt


def test_an_interrupted_training_anew_leaves_nothing_that_counts_as_done(old: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        train(RECIPE, old, resume=False, progress=interrupt)
    assert not [stage for stage in stages(RECIPE) if is_done(RECIPE, old, stage)]


def test_a_base_that_was_begun_again_has_no_second_half_yet(old: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        train(RECIPE.model_copy(update={"base_seed": 1}), old, ["base"], progress=interrupt)
    assert not is_done(RECIPE, old, "base")
    assert not is_done(RECIPE, old, "words")
    assert not (old / "training" / "base").exists()


def test_a_member_trained_again_loses_the_head_of_its_old_weights(old: Path) -> None:
    (old / "rates" / "confidence.json").write_text("{}")
    train(RECIPE, old, ["rates-debate"], resume=False)
    assert is_done(RECIPE, old, "rates-debate")
    assert not (old / "rates" / "confidence.json").exists()
    assert not is_done(RECIPE, old, "heads")


def test_a_refused_head_takes_the_one_before_it_along(old: Path) -> None:
    (old / "money" / "confidence.json").write_text("{}")
    train(RECIPE.model_copy(update={"exercises": 2}), old, ["heads"])
    assert set(told(old, "heads")["metrics"]["money"]) == {"refused"}
    assert not (old / "money" / "confidence.json").exists()


def test_a_member_trained_in_full_is_no_adapter_any_more(old: Path) -> None:
    brief = RECIPE.generalist.model_copy(update={"steps": 1})
    train(RECIPE.model_copy(update={"rank": None, "generalist": brief}), old, ["generalist"])
    assert not is_adapter(old / "generalist")
    assert Pool(old, device="cpu").agent("generalist").adapter is None
    train(RECIPE.model_copy(update={"generalist": brief}), old, ["generalist"])
    assert is_adapter(old / "generalist")
    assert not (old / "generalist" / "config.json").exists()


def test_what_a_crash_left_of_checkpoints_goes_with_the_stage(old: Path) -> None:
    left = [old / "training" / name for name in ("base.pt", "base.part", "rates.pt")]
    for file in left:
        file.write_bytes(b"half of one")
    heard: list[Progress] = []
    train(RECIPE, old, progress=heard.append)
    assert not heard, "the stages are done all the same"
    assert not [file for file in left if file.exists()]


def test_a_folder_is_trained_by_one_process_at_a_time(tmp_path: Path) -> None:
    with opened(RECIPE, tmp_path), pytest.raises(BadOption, match="Another process is training"):
        train(RECIPE, tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here already")
    with pytest.raises(BadOption, match=r"file cannot be trained: .*Not a directory"):
        train(RECIPE, tmp_path / "file")


@pytest.mark.parametrize("junk", ["", "{", "[]", "null"])
def test_a_damaged_ledger_is_named(tmp_path: Path, junk: str) -> None:
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "base.json").write_text(junk)
    with pytest.raises(ModelError, match=r"base\.json cannot be read; remove it"):
        train(RECIPE, tmp_path)
