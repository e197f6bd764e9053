"""Nested: a deliberation as an agent."""

from __future__ import annotations

from typing import Any

from quorate.agents.agent import Agent, Model, Request
from quorate.agents.nested import Nested
from quorate.errors import ModelError
from quorate.nouns import Ask, Message, Outcome, Question, Reply

QUESTION = Question(id="q1", text="Which is prime?", choices=("4", "7"))
HEARD = Message(number=0, seat="ada", act="draft", turn=0, text="7 is. Answer: B")


def request(model: Model, seed: int = 0, **ask: Any) -> Request:
    fields: dict[str, Any] = {"seat": "panel", "act": "draft", "turn": 0, "question": QUESTION}
    return Request(Agent("panel", model), Ask(instruction="Solve it.", **fields | ask), seed)


def test_is_a_model_with_one_lane() -> None:
    model = Nested(lambda question, seed: Outcome())
    assert isinstance(model, Model)
    assert (model.lanes, model.batch) == (1, 1)
    model.prepare([])
    model.close()


def test_says_reason_and_answer_and_costs_what_the_outcome_did() -> None:
    asked: list[tuple[Question, int]] = []

    def deliberate(question: Question, seed: int) -> Outcome:
        asked.append((question, seed))
        return Outcome(answer="B", reason="2 of 3 agreed", calls=6, tokens_in=70, tokens_out=30)

    model = Nested(deliberate)
    assert list(model.reply([request(model, seed=11)])) == [
        (0, Reply(text="2 of 3 agreed\nAnswer: B", tokens_in=70, tokens_out=30))
    ]
    assert asked == [(QUESTION, 11)]
    assert model.describe() == {"kind": "nested", "answer": "deliberate"}


def test_without_an_answer_it_abstains() -> None:
    model = Nested(lambda question, seed: Outcome(reason="a tie"))
    assert list(model.reply([request(model)])) == [(0, Reply(text="a tie"))]


def test_an_answer_without_a_reason() -> None:
    model = Nested(lambda question, seed: Outcome(answer="B"))
    assert list(model.reply([request(model)])) == [(0, Reply(text="Answer: B"))]


def test_what_was_heard_reaches_the_inner_table() -> None:
    asked: list[Question] = []

    def deliberate(question: Question, seed: int) -> Outcome:
        asked.append(question)
        return Outcome(answer="A")

    model = Nested(deliberate)
    list(model.reply([request(model, act="revise", turn=1, heard=(HEARD,))]))
    assert asked[0].text == "Solve it."
    assert (asked[0].choices, asked[0].kind) == (QUESTION.choices, QUESTION.kind)
    assert asked[0].id != QUESTION.id


def test_what_it_raises_and_what_is_no_outcome_are_values() -> None:
    def deliberate(question: Question, seed: int) -> Any:
        if seed == 0:
            raise RuntimeError("the inner run broke")
        return "5" if seed == 1 else Outcome(answer="B")

    model = Nested(deliberate)
    results = dict(model.reply([request(model, seed=seed) for seed in range(3)]))
    assert isinstance(results[0], RuntimeError)
    assert isinstance(results[1], ModelError)
    assert "'deliberate' returned str" in str(results[1])
    assert results[2] == Reply(text="Answer: B")
