"""Procedural sets: the expressions of "Debate or Vote" and the problems of the embedded pool."""

from __future__ import annotations

import itertools
import re
from fractions import Fraction

import numpy
import pytest

from quorate.errors import BadOption, UnknownName
from quorate.evaluate.sources import read_problems
from quorate.evaluate.sources.procedural import arithmetic, pool, take

ASKED = re.compile(
    r"What is the result of (\d+)\+(\d+)\*(\d+)\+(\d+)-(\d+)÷(\d+)\? Round it to 1 decimal place\."
)


def test_the_numbers_are_those_of_the_paper() -> None:
    """Drawing all at once, as a script would, gives the same numbers as one problem after the other."""
    drawn = numpy.random.default_rng(1).integers(0, 30, size=(60, 6)).tolist()
    published = []
    for a, b, c, d, e, f in drawn:
        if f == 0:
            continue
        exact = Fraction(a + b * c + d) - Fraction(e, f)
        if (exact * 10).denominator != 2:
            published.append(((a, b, c, d, e, f), round(float(exact), 1)))
    found = []
    for problem in itertools.islice(arithmetic(seed=1), len(published)):
        asked = ASKED.fullmatch(problem.question.text)
        assert asked is not None
        assert problem.gold is not None
        found.append((tuple(map(int, asked.groups())), float(problem.gold)))
    assert found == published
    assert len(published) > 45


def test_no_draw_divides_by_nothing_or_lies_between_two_rounded_results() -> None:
    for problem in itertools.islice(arithmetic(seed=0, largest=8), 500):
        a, b, c, d, e, f = map(int, ASKED.fullmatch(problem.question.text).groups())  # type: ignore[union-attr]
        assert f != 0
        exact = Fraction(a + b * c + d) - Fraction(e, f)
        assert problem.gold is not None
        assert abs(exact - Fraction(problem.gold)) < Fraction(1, 20)


def test_other_forms() -> None:
    du = next(arithmetic(seed=0, form="a+b*c+d-e*f"))
    assert re.fullmatch(r"What is the result of [0-9+*-]+\?", du.question.text)
    assert du.gold is not None
    assert int(du.gold) == eval(du.question.text[22:-1])
    nested = next(arithmetic(seed=0, form="(a-b)*a", smallest=-3, largest=-1))
    assert nested.gold is not None
    assert int(nested.gold) == eval(nested.question.text[22:-1])
    three = next(arithmetic(seed=3, form="a ÷ b", smallest=7, largest=7, decimals=3))
    assert three.gold == "1"


@pytest.mark.parametrize(
    "form", ["", "a+", "a+2", "a**b", "f(a)", "a if b else c", "__import__", "a+b; c", "(" * 300, "a<b", "1"]
)
def test_forms_that_cannot_be_worked_out(form: str) -> None:
    with pytest.raises(BadOption, match=r"A form|The form"):
        next(arithmetic(seed=0, form=form))


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ({"arithmetic": {"form": "a", "largest": 3}, "count": 5}, "only about 4 different problems, not 5"),
        ({"arithmetic": {"smallest": 5, "largest": 4}}, "no range"),
        ({"arithmetic": {"decimals": 9}}, "0 to 6 decimal places"),
        ({"arithmetic": {"larges": 9}}, "no option 'larges'. Did you mean 'largest'"),
        ({"arithmetic": {"seed": 9}}, "The seed stands beside 'arithmetic'"),
        ({"arithmetic": 7}, "options: .*dictionary"),
        ({"pool": {"kind": "monye"}}, "no problems of the kind 'monye'. Did you mean 'money'"),
        ({"pool": {"split": "tset"}}, "There is no split 'tset'. Did you mean 'test'"),
        ({"pool": {"level": 9}}, "There is no level 9"),
        ({"pool": {}, "count": 0}, "count: .*greater than 0"),
        ({"pool": {}, "seed": -1}, "seed: .*greater than or equal to 0"),
    ],
)
def test_impossible_sets(source: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadOption, match=sentence):
        read_problems(source)


def test_the_pool_is_measured_on_the_same_problems() -> None:
    from quorate.lab.evaluation import seating
    from quorate.lab.training.recipe import Recipe

    sets = seating.problem_sets(Recipe(), 6, seed=2)
    for kind, items in sets.items():
        found = read_problems({"pool": {"kind": kind}, "count": 6, "seed": 2})
        assert list(found.problems) == [item.problem() for item in items], kind


def test_a_level_and_a_part() -> None:
    hard = read_problems({"pool": {"level": 3, "split": "development"}, "count": 4})
    assert {problem.question.id.split("-")[0] for problem in hard} == {"development"}
    parts = [
        {problem.question.text for problem in read_problems({"arithmetic": {}, "count": 40, "part": part})}
        for part in ("test", "development", "train")
    ]
    assert [len(part) for part in parts] == [40, 40, 40]
    assert not parts[0] & parts[1] | parts[0] & parts[2] | parts[1] & parts[2]


def test_the_same_seed_gives_the_same_set_and_a_larger_one_begins_with_it() -> None:
    small = read_problems({"arithmetic": {}, "count": 5, "seed": 1})
    large = read_problems({"arithmetic": {}, "count": 9, "seed": 1})
    assert large.problems[:5] == small.problems
    assert small.digest == "1eca5d2084135b26"  # raise `procedural.VERSION` if this has to change
    assert small.digest != read_problems({"arithmetic": {}, "count": 5, "seed": 2}).digest
    assert small.about["arithmetic"] == {}
    assert small.about["seed"] == 1
    assert len(read_problems("arithmetic")) == 100


def test_a_stream_that_repeats_itself_ends() -> None:
    assert len(take(arithmetic(seed=0, form="a", largest=9), 10)) == 10
    with pytest.raises(BadOption, match="only about 10"):
        take(arithmetic(seed=0, form="a", largest=9), 11)
    assert next(pool(seed=0, kind="basic", level=2)).question.id.startswith("test-")
    with pytest.raises(UnknownName, match="Did you mean 'pool'"):
        read_problems("pol")
