"""The shipped pool is what its card says: small, loadable by anybody, and as good as was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from quorate.definition import Definition
from quorate.lab.evaluation import Rate, Report, Seating, measure, problem_sets
from quorate.lab.evaluation.arms import ARMS, answers
from quorate.lab.evaluation.card import CARD, EVALUATION
from quorate.lab.evaluation.critic import pointing
from quorate.lab.members import Pool, pool_folder
from quorate.lab.training import Recipe, stages
from quorate.lab.training.critics import invented_drafts
from quorate.lab.training.tokenizer import make_tokenizer

SAMPLE = 50
LARGEST = 20_000_000


@pytest.fixture(scope="module")
def folder() -> Path:
    return pool_folder()


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return Report.model_validate_json((folder / EVALUATION).read_text("utf-8"))


@pytest.fixture(scope="module")
def seating(folder: Path) -> Seating:
    return Seating(folder, device="cpu")


def overlap(first: Rate, second: Rate) -> bool:
    return first.low <= second.high and second.low <= first.high


def test_it_is_small_and_readable_by_all(folder: Path) -> None:
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) <= LARGEST
    assert all(file.stat().st_mode & 0o044 for file in files)


def test_it_loads_with_the_libraries_own_functions(folder: Path) -> None:
    import warnings

    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        member = PeftModel.from_pretrained(model, folder / "rates")
    ids = tokenizer("Question: Ada has 3 coins.", return_tensors="pt").input_ids
    assert member(ids).logits.shape[-1] == len(tokenizer)


def test_its_tokenizer_is_the_one_that_the_script_makes(folder: Path) -> None:
    from transformers import AutoTokenizer

    assert AutoTokenizer.from_pretrained(folder).get_vocab() == make_tokenizer().get_vocab()


def test_every_member_tells_what_its_training_took(folder: Path) -> None:
    pool = Pool(folder)
    assert pool.recipe.model_copy(update={"compiled": False}) == Recipe()
    absent = {name for name in pool.recipe.members if name not in pool.members}
    wanted = [stage for stage in stages(pool.recipe) if stage not in absent]
    assert all((folder / "training" / f"{stage}.json").is_file() for stage in wanted)
    card = (folder / CARD).read_text("utf-8")
    assert all(f"`{name}`" in card.partition("What is not there yet")[2] for name in absent)


def test_the_card_shows_the_evaluation(folder: Path, report: Report) -> None:
    text = (folder / CARD).read_text("utf-8")
    assert all(f"| {name} |" in text for name in (*report.members, *report.arms))


def test_the_readme_says_what_was_measured(report: Report) -> None:
    text = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
    paragraph = next(part for part in text.split("\n\n") if "the surest first draft is right on" in part)
    words = " ".join(paragraph.replace(" %", "").split())
    for arm in ("most confident draft", "relay, full"):
        assert report.arms[arm].rate.percent in words
    for arm in ("self-consistency, generalist", "self-consistency, polymath"):
        assert f"on {100 * report.arms[arm].rate.share:.0f}" in words


@pytest.mark.parametrize("kind", ["basic", "rates", "money", "measure", "sets", "ages"])
def test_members_are_as_good_as_the_card_says(seating: Seating, report: Report, kind: str) -> None:
    name = "base" if kind == "basic" else kind
    items = problem_sets(seating.recipe, SAMPLE, seed=77)[kind]
    given = answers([seating.agent(name)], items)[name]
    right = sum(answer == str(item.answer) for answer, item in zip(given, items, strict=True))
    assert overlap(Rate.count(right, SAMPLE), report.members[name][kind])


@pytest.mark.parametrize("arm", ["plurality vote", "most confident draft", "relay, full"])
def test_the_group_is_as_good_as_the_card_says(seating: Seating, report: Report, arm: str) -> None:
    items = problem_sets(seating.recipe, SAMPLE, seed=77)["mixed"]
    found = measure(seating.agents(seating.recipe.specialists), items, ARMS[arm])
    assert overlap(found.rate, report.arms[arm].rate)


def test_the_critic_is_as_good_as_the_card_says(seating: Seating, report: Report) -> None:
    found = pointing(seating, invented_drafts(seating.recipe, SAMPLE, seed=77, split="test"))
    told = report.critic
    assert told is not None
    assert overlap(found.wrong_step, told.wrong_step)
    assert overlap(found.right, told.right)


def test_the_judge_writes_choices_that_can_be_read(seating: Seating) -> None:
    items = problem_sets(seating.recipe, 10, seed=77)["mixed"]
    agents, judge = seating.agents(seating.recipe.specialists), seating.agent("judge")
    definition = Definition(agents, protocol={"smoa": {"layers": 1}}, offices={"judge": judge})
    outcomes = definition.run([item.problem() for item in items])
    assert not any("could not be followed" in outcome.reason for outcome in outcomes)


@pytest.mark.parametrize(
    "text",
    ["Who wrote Middlemarch?", "What is the capital of Bhutan?", "zxq wvut plo", "Write me a limerick."],
)
def test_what_is_not_of_its_world_is_declined(seating: Seating, text: str) -> None:
    outcome = Definition(seating.agents(seating.recipe.specialists), protocol="vote").ask(text)
    assert outcome.answer is None


def test_the_demo_rescues_a_problem_that_no_first_draft_solves(folder: Path) -> None:
    from quorate.lab.demo import deliberated, demo_items

    found = list(deliberated(Pool(folder, device="cpu"), demo_items(Pool(folder))))
    kinds = [one.kind for one in found]
    assert len(kinds) >= 3
    assert {"rescued", "lost"} <= set(kinds)
