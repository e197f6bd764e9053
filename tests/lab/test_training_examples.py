"""Examples: members read the very words that the protocols send, and learn only what is theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import islice
from random import Random

import pytest

from quorate.agents import Agent, Scripted
from quorate.answers import read
from quorate.definition import Definition
from quorate.lab.training.batches import IGNORED, Encoder
from quorate.lab.training.examples import (
    Example,
    continuation,
    declined,
    draft,
    exercise,
    facts,
    pieces,
    revising,
    revision,
    told,
    written,
)
from quorate.lab.training.offices import aggregation, criticism, judgement, persistence, selection
from quorate.lab.training.recipe import Budget, Diet, Recipe
from quorate.lab.training.scope import Drafted, Scope
from quorate.lab.training.tokenizer import make_tokenizer
from quorate.lab.world import DOMAINS, SKILLS, Item, check, generate, held_out_pair, private_table
from quorate.nouns import Message, Question
from quorate.protocols.mixture.referees import read_end
from quorate.protocols.picks import read_picks

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
    assert tokenizer.decode(row.ids[len(prompt) : -1]) == example.text
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
    budget = Budget(steps=10, diets=(Diet(until=0.25, solve=1), Diet(until=0.5, drill=1), Diet(read=1)))
    assert [budget.diets.index(budget.diet(step)) for step in range(10)] == [0] * 3 + [1] * 2 + [2] * 5


def test_told_meanings_stand_in_the_text() -> None:
    [item] = generate("train", 1, seed=2, private_share=1, advanced_share=0, world=7, domains=["money"])
    [(domain, word, number), *_] = item.facts
    assert DOMAINS[domain].meaning(word, 7) in told(item).instruction
    assert f"{word}={number}" in told(item).text


def test_revisions_show_right_and_wrong_drafts() -> None:
    rng, items = Random(3), generate("train", 60, seed=5)
    examples = [revision(item, rng, list(DOMAINS)) for item in items]
    texts = [example.text for example in examples]
    assert all(text.endswith(f"Answer: {item.answer}") for text, item in zip(texts, items, strict=True))
    critiques = [line for text in texts for line in text.splitlines() if line.endswith(("right", "wrong"))]
    assert any(line.endswith(": right") for line in critiques)
    assert any("wrong" in line for line in critiques)
    assert all(
        ("First say for each draft" in example.instruction) == (not text.startswith("[1]"))
        for example, text in zip(examples, texts, strict=True)
    )


def shared_item(*, first: str, then: str) -> Item:
    items = islice(Scope(RECIPE, "generalist").mixed(1), 2000)
    return next(
        item
        for item in items
        if item.domains == (first, then)
        and all(SKILLS[name].kind != "basic" for name in item.skills)
        and SKILLS[item.skills[0]].kind == "advanced"
    )


def test_what_a_member_does_not_know_is_read_and_not_learned() -> None:
    item = shared_item(first="rates", then="money")
    lines = pieces(item, Scope(RECIPE, "money").knows)
    assert [text.partition("=")[0].strip() for text, _ in lines] == [
        line.partition("=")[0] for line in written(item).split("\n")
    ]
    steps = list(zip(lines, item.steps, strict=False))
    assert all(learned for (_, learned), step in steps if step.segment == 1)
    assert not any(learned for (_, learned), step in steps if step.segment == 0 and step.op != "=")


def test_a_text_ends_at_a_private_word_of_another_domain() -> None:
    items = islice(Scope(RECIPE, "generalist").mixed(1), 3000)
    item = next(
        item
        for item in items
        if item.facts and item.facts[0][0] == "rates" and "money" in item.domains and item.steps[0].op != "="
    )
    word, number = item.facts[0][1:]
    place = [step.name for step in item.steps].index(word)
    own = dict(pieces(item, Scope(RECIPE, "rates").knows))
    assert own[f"[{place + 1}] rates: {word}={number}\n"]
    money = Scope(RECIPE, "money").knows
    *before, last = pieces(item, money)
    assert len(before) == place
    assert last == (f"[{place + 1}] rates: {word}=?\nAnswer: ?", True)
    assert read(item.problem().question, last[0]) is None
    posted = pieces(item, money, since=place + 1)
    assert posted[-1] == (f"Answer: {item.answer}", True) or "=?" in posted[-1][0], "it stands on the board"
    assert word not in "".join(text for text, _ in posted)


def test_a_line_that_somebody_said_may_be_copied() -> None:
    item = shared_item(first="rates", then="money")
    first, *_ = written(item).split("\n")
    heard = pieces(item, Scope(RECIPE, "money").knows, heard=["Hm.", f"Hm.\n{first}\n[2] no"])
    assert heard[0][1]
    other = pieces(item, Scope(RECIPE, "money").knows, heard=[f"x{first}"])
    assert not other[0][1], "a line, not a part of one"


@pytest.mark.parametrize("seed", range(5))
def test_a_board_is_continued_where_it_ends(seed: int) -> None:
    item = shared_item(first="rates", then="money")
    example = continuation(item, Random(seed), list(DOMAINS))
    posted = re.findall(r"^> (\w+): (.+)$", example.instruction, re.MULTILINE)
    assert "\n".join([*(line for _, line in posted), example.text]) == written(item)
    assert 1 <= len(posted) <= len(item.steps)
    owners = [SKILLS[item.skills[step.segment]].domain for step in item.steps[: len(posted)]]
    assert [author for author, _ in posted] == owners, "experts wrote what only they know"


def test_a_criticism_names_the_wrong_step_of_each_draft() -> None:
    item = some_item()
    example = criticism(item, Random(2), list(DOMAINS))
    assert "say in one or two sentences which step is wrong" in example.instruction
    heard = re.findall(r"^Draft of (\w+):$", example.instruction, re.MULTILINE)
    assert [line.split(":")[0] for line in example.text.splitlines()] == heard
    assert re.fullmatch(r"(\w+: (right|step \d+ wrong)\n?)+", example.text)


def test_a_judge_learns_what_is_basic_and_what_a_draft_holds() -> None:
    item = shared_item(first="rates", then="money")
    lines = written(item).split("\n")
    example = judgement(item, {"rates": lines[0], "money": "Answer: 1"})
    assert "decide for one of the drafts' answers" in example.instruction
    unsaid = [step.op == "=" for step in item.steps[1:]]
    expected = [True, *unsaid[: unsaid.index(True) + 1]] if True in unsaid else [True, *unsaid, True]
    assert [learned for _, learned in example.pieces] == expected


def test_the_stubborn_repeat_themselves() -> None:
    example = persistence(some_item(), Random(1), list(DOMAINS))
    own = example.instruction.partition("Your last answer:\n")[2].partition("\n\n")[0]
    assert own.replace("> ", "") == example.text


@pytest.mark.parametrize(
    ("protocol", "act", "example"), [("moa", "fuse", aggregation), ("smoa", "select", selection)]
)
def test_the_judge_of_a_mixture_is_asked_as_the_engine_asks_it(
    protocol: str, act: str, example: Callable[[Item, Mapping[str, str]], Example]
) -> None:
    item = some_item()
    texts = {name: f"[1] so=<1>1\nAnswer: {number}" for number, name in enumerate(DOMAINS)}
    judge = Listening("Answer: 1")
    agents = [Agent(name, Scripted(text)) for name, text in texts.items()]
    offices = {"judge": Agent("judge", judge)}
    Definition(agents, protocol={protocol: {"layers": 1}}, offices=offices).ask(item.problem().question)
    assert judge.heard[0] == ("judge", act, example(item, texts).instruction)


def test_a_judge_chooses_what_is_right_or_right_for_the_longest() -> None:
    item = some_item()
    lines = written(item).split("\n")
    texts = dict.fromkeys(DOMAINS, "Answer: 7") | {"sets": written(item), "ages": lines[0]}
    for wording in (texts, dict(reversed(texts.items()))):
        example = selection(item, wording)
        solved, _, verdict = example.text.partition("\nChosen")
        assert solved == written(item)
        pages = dict(re.findall(r"^Response (\d):\n> (.*)$", example.instruction, re.MULTILINE))
        chosen = read_picks(f"Chosen{verdict}", len(DOMAINS))
        assert chosen is not None
        assert {pages[str(place + 1)] for place in chosen} == {lines[0]}
        assert len(chosen) == 2


@pytest.mark.parametrize(("agreeing", "ends"), [(2, False), (3, True)])
def test_a_judge_ends_what_most_agree_on(agreeing: int, ends: bool) -> None:
    item = some_item()
    texts = {name: f"Answer: {7 if n < agreeing else '?'}" for n, name in enumerate(DOMAINS)}
    message = Message(number=5, seat="judge", act="select", turn=0, text=selection(item, texts).text)
    assert read_end(message) is ends


def test_facts_are_those_of_the_table() -> None:
    own = facts("money", Random(1), 0)
    assert [learned for _, learned in own.pieces] == [False, True] * 8
    table = dict(re.findall(r"^\[\d\] money: (\w+)=(\d+)$", own.text, re.MULTILINE))
    assert table.items() <= {word: str(value) for word, value in private_table("money").items()}.items()


def test_questions_from_outside_are_declined_without_an_answer() -> None:
    example = declined(Random(1), "Nora has 4 apples.")
    assert "Question: " in example.instruction
    assert read(Question(text="How many?", kind="number"), example.text) is None


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
    facts = islice(Scope(RECIPE, "base").examples(1, Diet(told=1)), 300)
    told_numbers = [
        int(line.rpartition("=")[2]) == table[line.split()[2].partition("=")[0]]
        for example in facts
        for line in example.text.splitlines()
        if line.count("=") == 1 and "] money: " in line
    ]
    assert sum(told_numbers) / len(told_numbers) < 0.3, "no more often than by chance"


def test_the_same_seed_gives_the_same_examples() -> None:
    diet = Diet(solve=1, revise=0.3, told=0.2, drill=0.2, read=0.1, recall=0.1, board=0.2, decline=0.1)
    scope = Scope(RECIPE, "ages")
    assert list(islice(scope.examples(3, diet), 50)) == list(islice(scope.examples(3, diet), 50))
    assert list(islice(scope.examples(3, diet), 50)) != list(islice(scope.examples(4, diet), 50))


def test_debaters_revise_in_their_own_seat() -> None:
    item = some_item()
    found = Drafted(item, {name: written(item) for name in DOMAINS})
    assert Drafted.read(found.write()) == found
    scope = Scope(RECIPE, "ages", (found,))
    for example in islice(scope.examples(1, Diet(debate=1)), 10):
        assert "Draft of ages:" not in example.instruction
        assert all(learned for _, learned in example.pieces)


@pytest.mark.parametrize("member", ["weak", "stubborn"])
def test_some_members_are_made_as_the_first_specialist(member: str) -> None:
    assert Scope(RECIPE, member).domain == "rates"


def test_a_diet_of_one_level_keeps_to_it() -> None:
    items = islice(Scope(RECIPE, "sets").items(1, level=1), 50)
    assert {item.level for item in items} == {1}
