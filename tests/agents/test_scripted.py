"""Scripted: who says what when, and what goes wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.agents.agent import Agent, Model, Request
from quorate.agents.scripted import Part, Script, Scripted, scripted
from quorate.errors import BadOption, ModelError
from quorate.nouns import Ask, Exchange, Message, Question, Reply
from quorate.registry import model as registry


def request(
    model: Model,
    seat: str = "ada",
    turn: int = 0,
    seed: int = 0,
    *,
    role: str = "",
    instruction: str = "2+3?",
) -> Request:
    question = Question(id="q1", text="2+3?")
    ask = Ask(seat=seat, act="draft", turn=turn, question=question, instruction=instruction)
    return Request(Agent(seat, model, role=role), ask, seed)


def put(script: Script, *places: tuple[str, int], seed: int = 0) -> list[Any]:
    model = Scripted(script)
    results = dict(model.reply([request(model, seat, turn, seed) for seat, turn in places]))
    assert sorted(results) == list(range(len(places)))
    return [result.text if isinstance(result, Reply) else result for _, result in sorted(results.items())]


def test_is_a_model_that_answers_at_once() -> None:
    model = Scripted("Answer: 5")
    assert isinstance(model, Model)
    assert (model.lanes, model.batch) == (0, None)


def test_one_text_for_everybody() -> None:
    assert put("Answer: 5", ("ada", 0), ("bo", 3)) == ["Answer: 5", "Answer: 5"]


@given(st.lists(st.text(), min_size=1, max_size=5), st.integers(-2, 9))
def test_a_sequence_goes_by_turn_and_its_last_repeats(lines: list[str], turn: int) -> None:
    assert put(lines, ("ada", turn)) == [lines[min(max(turn, 0), len(lines) - 1)]]


def test_a_part_for_every_seat() -> None:
    parts: dict[str, Part] = {"ada": "5", "bo": ("4", "5"), "cy": lambda ask, seed: f"{ask.turn}/{seed}"}
    assert put(parts, ("ada", 1), ("bo", 0), ("bo", 1), ("cy", 2), seed=9) == ["5", "4", "5", "2/9"]


def test_a_function_may_return_a_whole_reply() -> None:
    said = Reply(text="5", tokens_out=99, logprob=-0.5)
    model = Scripted(lambda ask, seed: said)
    assert list(model.reply([request(model)])) == [(0, said)]


def test_what_a_function_raises_is_one_seats_failure() -> None:
    def script(ask: Ask, seed: int) -> str:
        if ask.seat == "bo":
            raise RuntimeError("bo is asleep")
        return "5"

    first, second, third = put(script, ("ada", 0), ("bo", 0), ("cy", 0))
    assert (first, third) == ("5", "5")
    assert isinstance(second, RuntimeError)


def test_an_interrupt_is_not_swallowed() -> None:
    def script(ask: Ask, seed: int) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(script, ("ada", 0))


def test_a_function_that_returns_something_else() -> None:
    script: Any = lambda ask, seed: 5  # noqa: E731
    (problem,) = put(script, ("ada", 0))
    assert isinstance(problem, ModelError)
    assert "returned int for 'ada'" in str(problem)


def test_a_seat_without_a_part_fails_and_says_which_was_meant() -> None:
    (problem,) = put({"ada": "5"}, ("adda", 0))
    assert isinstance(problem, ModelError)
    assert str(problem) == "The script has no part for 'adda'. Did you mean 'ada'?"
    with pytest.raises(ModelError, match="no part for 'bo'"):
        Scripted({"ada": "5"}).prepare([Agent("ada", Scripted("5")), Agent("bo", Scripted("5"))])


def test_words_are_counted_as_tokens() -> None:
    model = Scripted("one two\nthree")
    said = Message(number=0, seat="ada", act="draft", turn=0, text="six seven")
    asked = request(model, role="one two", instruction="three  four")
    ask = asked.ask.model_copy(update={"past": (Exchange(instruction="five", message=said),)})
    ((_, reply),) = model.reply([Request(asked.agent, ask, 0)])
    assert isinstance(reply, Reply)
    assert (reply.tokens_in, reply.tokens_out, reply.tokens_cached) == (7, 3, 0)


@pytest.mark.parametrize("script", [5, None, [], {}, ["a", 5], {"ada": []}, {"ada": {"bo": "5"}}])
def test_what_is_no_script(script: Any) -> None:
    with pytest.raises(BadOption, match="script"):
        Scripted(script)


def test_describe_is_plain_data() -> None:
    def calculate(ask: Ask, seed: int) -> str:
        return "5"

    assert Scripted(("4", "5")).describe() == {"kind": "scripted", "script": ["4", "5"]}
    assert Scripted({"ada": calculate, "bo": "5"}).describe()["script"] == {
        "ada": "<function calculate>",
        "bo": "5",
    }


@pytest.mark.parametrize("script", ["Answer: 5", ["4", "5"], {"ada": ["4", "5"]}])
def test_the_registered_maker(script: str | Sequence[str] | dict[str, Sequence[str]]) -> None:
    assert registry["scripted"] is scripted
    made = registry.resolve({"scripted": {"script": script}})()
    assert isinstance(made, Scripted)
    assert made.script == script


def test_a_request_costs_little(calls_made: Callable[[Callable[[], object]], int]) -> None:
    model = Scripted(["Four.", "I was wrong. Answer: 5"])
    asked = [request(model, turn=1, role="You add.", instruction="word " * 100)] * 2000
    assert calls_made(lambda: deque(model.reply(asked))) / 2000 < 30
    model.close()
