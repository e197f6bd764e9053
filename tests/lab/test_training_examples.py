"""Examples: members read the very words that the protocols send, and learn only what is theirs."""

from __future__ import annotations

import re
from itertools import islice
from random import Random

import pytest

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.lab.training.batches import IGNORED, Encoder
from quorate.lab.training.examples import Example, Scope, draft, exercise, revising, revision, told, written
from quorate.lab.training.recipe import Budget, Diet, Recipe
from quorate.lab.training.tokenizer import make_tokenizer
from quorate.lab.world import DOMAINS, SKILLS, Item, check, generate, held_out_pair, private_table

RECIPE = Recipe()


def some_item() -> Item:
    [item] = generate("train", 1, seed=4, advanced_share=0.4)
    return item


class Listening(Scripted):
    """Say the scripted answer and keep the instructions."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.heard: list[tuple[str, str, str]] = []

    def reply(self, requests):  # type: ignore[no-untyped-def]
        self.heard += [(r.ask.seat, r.ask.act, r.ask.instruction) for r in requests]
        return super().reply(requests)


def test_a_draft_is_asked_as_the_engine_asks_it() -> None:
    item, model = some_item(), Listening("Answer: 1")
    Definition([Agent("rates", model)], protocol="vote").ask(item.problem().question)
    assert model.heard == [("rates", "draft", draft(item).instruction)]


@pytest.mark.parametrize("inline", [True, False])
def test_a_revision_is_asked_as_the_engine_asks_it(inline: bool) -> None:
    item = some_item()
    texts = {name: f"[1] so=<1>1\nAnswer: {number}" for number, name in enumerate(DOMAINS)}
    models = {name: Listening(text) for name, text in texts.items()}
    protocol = {"debate": {"rounds": 2, "critique": "inline" if inline else "off"}}
    agents = [Agent(name, model) for name, model in models.items()]
    Definition(agents, protocol=protocol).ask(item.problem().question)
    for name, model in models.items():
        expected = revising(item, name, texts, inline_critique=inline).instruction
        assert model.heard[1] == (name, "revise", expected)


def test_a_prompt_is_encoded_as_a_local_model_encodes_it() -> None:
    from quorate.agents.local.chat import ChatFormat

    tokenizer, example = make_tokenizer(), draft(some_item())
    row = Encoder(tokenizer, 1024).row(example)
    prompt = ChatFormat(tokenizer).prompt("", [], example.instruction)
    assert row.ids[: len(prompt)] == prompt
    assert tokenizer.decode(row.ids[len(prompt) : -1]) == example.pieces[0][0]
    assert row.targets == [IGNORED] * len(prompt) + row.ids[len(prompt) :]
    assert row.ids[-1] == tokenizer.eos_token_id


def test_pieces_that_are_not_learned_are_read_only() -> None:
    tokenizer = make_tokenizer()
    row = Encoder(tokenizer, 1024).row(Example("Go.", (("[1] a", False), ("[2] b", True))))
    learned = [target for target in row.targets if target != IGNORED]
    assert learned == row.ids[-len(learned) :]
    assert tokenizer.decode(learned) == "[2] b" + tokenizer.eos_token


def test_rows_that_do_not_fit_are_left_out() -> None:
    encoder = Encoder(make_tokenizer(), 20)
    assert len(encoder.rows([Example.of("", "1" * 30), Example.of("", "1")])) == 1


def test_a_written_solution_is_right() -> None:
    item = some_item()
    assert check(item, written(item)).reason == "Every step is right."
    assert not written(item).endswith("\n")


def test_of_a_bare_sum_only_the_result_is_learned() -> None:
    instruction, ((asked, first), (result, second)) = exercise(Random(1))
    assert (instruction, first, second) == ("", False, True)
    [sum_] = re.findall(r"\[\d\] (\d+[-+*/]\d+)=", asked)
    assert result.rpartition(">")[2] == str(int(eval(sum_)))


def test_diets_follow_one_another() -> None:
    budget = Budget(steps=10, diets=(Diet(until=0.25), Diet(until=0.5, drill=1), Diet(read=1)))
    assert [budget.diets.index(budget.diet(step)) for step in range(10)] == [0] * 3 + [1] * 2 + [2] * 5


def test_told_meanings_stand_in_the_text() -> None:
    [item] = generate("train", 1, seed=2, private_share=1, advanced_share=0, world=7, domains=["money"])
    [(domain, word, number), *_] = item.facts
    assert DOMAINS[domain].meaning(word, 7) in told(item).instruction
    assert f"{word}={number}" in told(item).pieces[0][0]


def test_revisions_show_right_and_wrong_drafts() -> None:
    rng, items = Random(3), generate("train", 60, seed=5)
    examples = [revision(item, rng, list(DOMAINS)) for item in items]
    texts = [example.pieces[0][0] for example in examples]
    assert all(text.endswith(f"Answer: {item.answer}") for text, item in zip(texts, items, strict=True))
    critiques = [line for text in texts for line in text.splitlines() if line.endswith(("right", "wrong"))]
    assert any(line.endswith(": right") for line in critiques)
    assert any("wrong" in line for line in critiques)
    assert all(
        ("First say for each draft" in example.instruction) == (not text.startswith("[1]"))
        for example, text in zip(examples, texts, strict=True)
    )


@pytest.mark.parametrize("member", ["base", "money", "generalist"])
def test_members_are_taught_what_is_theirs(member: str) -> None:
    items = list(islice(Scope(RECIPE, member).items(1), 400))
    special = {SKILLS[name].domain for i in items for name in i.skills if SKILLS[name].kind != "basic"}
    assert special == {"base": set(), "money": {"money"}, "generalist": set(DOMAINS)}[member]
    assert {domain for item in items for domain in item.domains} == set(DOMAINS)
    assert {item.split for item in items} == {"train"}
    assert not any(held_out_pair(a, b) for i in items for a, b in zip(i.skills, i.skills[1:], strict=False))


def test_told_worlds_are_not_the_pools_own() -> None:
    table = private_table("money", RECIPE.world)
    facts = islice(Scope(RECIPE, "base").examples(1, Diet(solve=0, told=1)), 300)
    told_numbers = [
        int(line.rpartition("=")[2]) == table[line.split()[1].partition("=")[0]]
        for example in facts
        for line in example.pieces[0][0].splitlines()
        if line.count("=") == 1 and ":" not in line
    ]
    assert sum(told_numbers) / len(told_numbers) < 0.3, "no more often than by chance"


def test_the_same_seed_gives_the_same_examples() -> None:
    diet = Diet(revise=0.3, told=0.2, drill=0.2, read=0.1)
    scope = Scope(RECIPE, "ages")
    assert list(islice(scope.examples(3, diet), 50)) == list(islice(scope.examples(3, diet), 50))
    assert list(islice(scope.examples(3, diet), 50)) != list(islice(scope.examples(4, diet), 50))


def test_a_diet_of_one_level_keeps_to_it() -> None:
    items = islice(Scope(RECIPE, "sets").items(1, level=1), 50)
    assert {item.level for item in items} == {1}
