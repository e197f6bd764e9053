"""What heads learn from: lines that the world checked, under every prompt that a member meets."""

from __future__ import annotations

from itertools import islice

from quorate.lab.training import Recipe
from quorate.lab.training.examples import UNKNOWN, written
from quorate.lab.training.heads import OUTSIDE, _checker, _exercises, _items, labels
from quorate.lab.training.scope import Drafted
from quorate.lab.world import DOMAINS, Item, generate
from quorate.lab.world.outside import REFUSAL

RECIPE = Recipe.miniature()


def some_items(count: int) -> list[Item]:
    return generate("train", count, seed=4, level=2, advanced_share=0.4)


def test_every_line_of_a_right_solution_is_right() -> None:
    [item] = some_items(1)
    assert labels(item, written(item)) == [True] * (len(item.steps) + 1)


def test_lines_behind_a_mistake_do_not_count() -> None:
    [item] = some_items(1)
    first, *rest = written(item).split("\n")
    wrong = "\n".join([first, "[2] sum: 1+1=<3>3", *rest])
    assert labels(item, wrong)[:3] == [True, False, None]


def test_what_is_no_step_does_not_count() -> None:
    [item] = some_items(1)
    first = written(item).split("\n")[0]
    assert labels(item, f"Hm.\n{first}") == [None, True]


def test_an_unknown_word_is_nothing_to_trust() -> None:
    [item] = generate("train", 1, seed=2, private_share=1, advanced_share=0, domains=["money"], level=1)
    place = next(place for place, step in enumerate(item.steps) if step.op == "=")
    lines = written(item).split("\n")
    lines[place] = lines[place].partition("=")[0] + UNKNOWN
    assert labels(item, "\n".join(lines))[: place + 1] == [True] * place + [False]


def test_a_refusal_is_never_right() -> None:
    [item] = some_items(1)
    assert labels(item, REFUSAL) == [False]


def test_nothing_is_right_about_what_is_not_of_this_world() -> None:
    items = {item.id: item for item in islice(_items(RECIPE, "rates"), OUTSIDE)}
    *inside, foreign = _exercises(items, "rates", RECIPE, ())
    assert len(inside) == OUTSIDE - 1
    assert all(one.ask.question.id in items for one in inside)
    assert foreign.gold is None
    check = _checker(items)
    assert check(foreign.ask.question, REFUSAL) == [False]
    assert check(foreign.ask.question, "[1] sum: 1+1=<2>2\n\nAnswer: 2") == [False, None, False]


def test_exercises_come_under_three_prompts() -> None:
    items = {item.id: item for item in islice(_items(RECIPE, "rates"), 9)}
    drafted = [Drafted(item, {name: written(item) for name in DOMAINS}) for item in some_items(4)]
    acts = [exercise.ask.act for exercise in _exercises(items, "rates", RECIPE, drafted)]
    assert acts == ["draft", "continue", "revise"] * 3
    alone = [exercise.ask.act for exercise in _exercises(items, "generalist", RECIPE, ())]
    assert alone == ["draft"] * 9
