"""What authors of skills write: wordings, slots, plans, and what they are told when they are wrong."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadDefinition
from quorate.lab.world.plan import Plan, compute
from quorate.lab.world.skills import Domain
from quorate.lab.world.slots import (
    FRACTIONS,
    Misfit,
    Slot,
    blend,
    divisor,
    fraction,
    note,
    number,
    private,
    span,
    worded,
)
from quorate.lab.world.wording import Wording, introduce

seeds = st.integers(0, 10_000).map(Random)


def domain() -> Domain:
    return Domain("test", unit="One {word} is {number}.", brand="A {word} is {number}.")


def test_a_named_choice_stays_the_same_and_a_nameless_one_is_free() -> None:
    wording = Wording.parse("{it:cups|hats} and {it}, {red|blue}")
    told = {wording.fill({}, Random(seed)) for seed in range(50)}
    assert told == {f"{it} and {it}, {colour}" for it in ("cups", "hats") for colour in ("red", "blue")}


def test_people_and_pronouns() -> None:
    wording = Wording.parse(
        "{a} met {b}; {she} kept {her} hat, and {b} saw {him}. {She} left. {Her} hat too."
    )
    assert wording.people == 2
    assert wording.fill(introduce(["Leo", "Ada"]), Random(0)) == (
        "Leo met Ada; he kept his hat, and Ada saw him. He left. His hat too."
    )
    assert wording.fill(introduce(["Ada", "Leo"]), Random(0)) == (
        "Ada met Leo; she kept her hat, and Leo saw her. She left. Her hat too."
    )
    assert introduce([]) == {}


def test_spelling_uses_every_option() -> None:
    wording = Wording.parse("{n} {it:cups|hats|pens} for {a}")
    spelled = list(wording.spell({"n": ("7", "K"), "a": ("Ada",)}))
    assert spelled == ["7 cups for Ada", "K hats for Ada", "7 pens for Ada"]
    assert list(Wording.parse("No gap").spell({})) == ["No gap"]


@given(rng=seeds, whole=st.integers(2, 300), scale=st.floats(0.1, 1))
def test_slots_keep_their_promises(rng: Random, whole: int, scale: float) -> None:
    drawn = {"whole": whole, "other": 40}
    checks: list[tuple[Slot, object]] = [
        (span(5, 90), lambda value: 5 <= value <= 90),
        (span(2, 90, below=("whole", "other")), lambda value: 2 <= value < min(whole, 40)),
        (span(38, 42, unlike="other"), lambda value: value != 40),
        (divisor("whole"), lambda value: whole % value == 0 and 2 <= value <= 9),
        (divisor(("whole", "other"), 3, 5), lambda value: (whole + 40) % value == 0 and 3 <= value <= 5),
        (blend(whole=2, other=1), lambda value: value == 2 * whole + 40),
        (note("whole"), lambda value: whole < value <= whole + 100 and value % 10 == 0),
        (worded({2: "twice", 3: "three times"}), lambda value: value in (2, 3)),
        (fraction("whole"), lambda value: whole % value == 0 and value in FRACTIONS),
    ]
    for slot, holds in checks:
        try:
            value = slot.draw(rng, drawn, scale)
        except Misfit:
            continue
        assert callable(holds)
        assert holds(number(value)), slot
        writings = list(slot.writings())
        assert slot.write(value) in writings or slot.write(value).isdigit()


def test_two_private_words_of_a_segment_differ() -> None:
    slot = private("unit")
    word = slot.draw(Random(0), {}, 1.0)
    with pytest.raises(Misfit):
        slot.draw(Random(0), {"unit": word}, 1.0)
    with pytest.raises(TypeError, match=f"'{word}' stands where a number"):
        number(word)


def test_only_spans_take_earlier_results() -> None:
    assert span(5, 20).accepts(40)
    assert not span(5, 20).accepts(41)
    assert not span(5, 20).accepts(1)
    assert span(5, 20, most=90).accepts(90)
    others: list[Slot] = [divisor("x"), blend(x=1), note("x"), worded({2: "twice"}), private("brand")]
    assert not any(slot.accepts(7) for slot in others)


@pytest.mark.parametrize(
    ("op", "left", "right"),
    [("*", 11, 12), ("*", 60, 9), ("/", 10, 3), ("/", 22, 11), ("-", 5, 5), ("+", 400, 101), ("-", 501, 200)],
)
def test_what_a_tiny_model_cannot_do_is_a_misfit(op: str, left: int, right: int) -> None:
    with pytest.raises(Misfit):
        compute(op, left, right, largest=500)


def test_plans_compute_in_order() -> None:
    plan = Plan.parse("half = price / 2; cost = half + price", ["price"])
    numbers = plan.evaluate({"price": 10}, largest=100)
    assert (plan.result, numbers["half"], numbers["cost"]) == ("cost", 5, 15)
    assert [step.uses for step in plan.spell(numbers, {})] == [(0, 0), (1, 0)]


@pytest.mark.parametrize(
    ("plan", "wording", "says"),
    [
        ("cost is 3", "{n} cups. How many?", "must read 'name = left operation right'"),
        ("cost = n * m", "{n} cups. How many?", "uses 'm', which nothing gave a value"),
        ("n = n * 2", "{n} cups. How many?", "gives 'n' a value for the second time"),
        ("cost = n * 2", "How many cups?", r"does not tell \{n\}, which the plan needs"),
        ("cost = n * 2", "{n} cups of {colour}. How many?", r"has a gap \{colour\}"),
        ("cost = n * 2", "{n} cups, {spare} spare. How many?", r"tells \{spare\}, which the plan does not"),
        ("cost = n * 2", "{n} cups.", "ends with a question"),
    ],
)
def test_a_mistaken_skill_is_refused_in_a_sentence(plan: str, wording: str, says: str) -> None:
    with pytest.raises(BadDefinition, match=says) as caught:
        domain().basic("cups", plan, wording, n=span(2, 9), spare=span(2, 9))
    assert str(caught.value).startswith("test.cups: ")


def test_a_skill_needs_a_wording_and_a_name_of_its_own() -> None:
    tested = domain()
    with pytest.raises(BadDefinition, match="no wording"):
        tested.basic("cups", "cost = n * 2", n=span(2, 9))
    tested.basic("cups", "cost = n * 2", "{n} cups. How much?", n=span(2, 9))
    with pytest.raises(BadDefinition, match="name is taken"):
        tested.advanced("cups", "cost = n * 2", "{n} cups. How much?", n=span(2, 9))
    assert [skill.name for skill in tested.of_kind("basic")] == ["test.cups"]
