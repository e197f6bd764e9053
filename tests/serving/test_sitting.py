"""A sitting: questions come and go at an open table, all in the same batches."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from functools import partial
from typing import Any

import pytest

from quorate import Agent, Definition, Question, QuorateError, Scripted, debate, vote
from quorate.errors import ProtocolError
from quorate.events import Decided, Event, Said, Started
from quorate.nouns import Ask, Outcome, Table
from quorate.protocols.history import Turns
from quorate.serving import Sitting

NAMES = ("ada", "bo", "cy")


def seated(model: Any, protocol: Any = vote, **options: Any) -> Definition:
    return Definition([Agent(name, model) for name in NAMES], protocol=protocol, **options)


def test_questions_are_answered_as_they_come() -> None:
    with Sitting(seated(Scripted(lambda ask, seed: f"Answer: {len(ask.question.text)}"))) as sitting:
        futures = [sitting.put("?" * size) for size in range(1, 30)]
        assert [future.result(10).answer for future in futures] == [str(size) for size in range(1, 30)]
        assert sitting.put("??").result(10).answer == "2"
    assert not sitting.open


def test_an_outcome_is_the_one_that_a_run_has() -> None:
    def definition() -> Definition:
        return seated(Scripted(lambda ask, seed: f"Answer: {seed % 3}"), partial(debate, rounds=4), seed=3)

    questions = [Question(text=f"{number}?") for number in range(20)]
    with Sitting(definition()) as sitting:
        futures = [sitting.put(question) for question in questions]
        outcomes = {
            question.id: future.result(10) for question, future in zip(questions, futures, strict=True)
        }
    assert outcomes == definition().run(questions).outcomes


def test_what_waits_while_a_model_is_busy_goes_to_it_in_one_batch(gate: Callable[..., Any]) -> None:
    model = gate()
    with Sitting(seated(model)) as sitting:
        first = sitting.put("first?")
        model.wait()
        rest = [sitting.put(f"{number}?") for number in range(5)]
        time.sleep(0.05)
        model.open()
        for future in [first, *rest]:
            future.result(10)
    assert [len(batch) for batch in model.batches] == [3, 15]


def test_no_more_questions_are_open_than_the_definition_allows(gate: Callable[..., Any]) -> None:
    model = gate()
    with Sitting(seated(model, at_once=2)) as sitting:
        futures = [sitting.put(f"{number}?") for number in range(5)]
        model.open()
        assert [future.result(10).answer for future in futures] == ["5"] * 5
    assert max(len({request.ask.question.id for request in batch}) for batch in model.batches) == 2


def test_a_question_given_up_is_asked_about_no_longer(gate: Callable[..., Any]) -> None:
    model = gate(say=lambda request: f"Answer: {request.agent.name}")
    with Sitting(seated(model, partial(debate, rounds=3))) as sitting:
        dropped = sitting.put("dropped?")
        model.wait()
        waiting = sitting.put("dropped before it was asked?")
        kept = sitting.put("kept?")
        assert dropped.cancel()
        assert waiting.cancel()
        model.open()
        kept.result(10)
        with pytest.raises(CancelledError):
            dropped.result(10)
    asked = [request.ask.question.text for batch in model.batches[1:] for request in batch]
    assert set(asked) == {"kept?"}


def test_namesakes_come_one_after_the_other(gate: Callable[..., Any]) -> None:
    model = gate()
    question = Question(id="same", text="2+3?")
    events: list[list[Event]] = [[], []]
    with Sitting(seated(model)) as sitting:
        futures = [sitting.put(question, heard.append) for heard in events]
        model.open()
        outcomes = [future.result(10) for future in futures]
    assert outcomes[0] == outcomes[1]
    for heard in events:
        assert isinstance(heard[0], Started)
        assert isinstance(heard[-1], Decided)
        assert sum(isinstance(event, Said) for event in heard) == 3
    assert [len(batch) for batch in model.batches] == [3, 3]


def test_an_answer_that_comes_late_is_not_taken_for_one_to_a_namesake(gate: Callable[..., Any]) -> None:
    model = gate(lanes=2)
    question = Question(id="same", text="2+3?")
    heard: list[Event] = []
    with Sitting(seated(model)) as sitting:
        first = sitting.put(question)
        model.wait()
        first.cancel()
        second = sitting.put(question, heard.append)
        model.wait()
        model.open()
        assert second.result(10).calls == 3
    assert sum(isinstance(event, Said) for event in heard) == 3


def test_a_protocol_that_breaks_on_one_question_ends_that_one_alone() -> None:
    def fragile(question: Question, table: Table) -> Turns:
        if "break" in question.text:
            raise ValueError("I break.")
        return (yield from vote(question, table))

    def strange(question: Question, table: Table) -> Turns:
        if "nobody" in question.text:
            yield [Ask(seat="nobody", act="draft", turn=0, question=question, instruction="?")]
        return (yield from vote(question, table))

    for protocol, bad, words in ((fragile, "break?", "I break"), (strange, "nobody?", "not at the table")):
        with Sitting(seated(Scripted("Answer: 5"), protocol)) as sitting:
            broken, fine = sitting.put(bad), sitting.put("fine?")
            with pytest.raises(ProtocolError, match=words):
                broken.result(10)
            assert fine.result(10).answer == "5"
            assert sitting.put("still fine?").result(10).answer == "5"


def test_a_listener_that_raises_ends_its_question_alone() -> None:
    def angry(event: Event) -> None:
        if isinstance(event, Said):
            raise RuntimeError("enough")

    with Sitting(seated(Scripted("Answer: 5"), partial(debate, rounds=3))) as sitting:
        ended, fine = sitting.put("one?", angry), sitting.put("two?")
        with pytest.raises(RuntimeError, match="enough"):
            ended.result(10)
        assert fine.result(10).answer == "5"


def test_a_call_that_hangs_counts_as_failed_after_the_timeout(gate: Callable[..., Any]) -> None:
    with Sitting(seated(gate(), timeout=0.2)) as sitting:
        outcome: Outcome = sitting.put("2+3?").result(10)
    assert outcome.answer is None
    assert outcome.failed == NAMES


def test_closing_cancels_what_is_open_and_tells_the_models(gate: Callable[..., Any]) -> None:
    model = gate()
    with Sitting(seated(model)) as sitting:
        future = sitting.put("2+3?")
        model.wait()
    assert model.closed
    with pytest.raises(CancelledError):
        future.result(5)
    with pytest.raises(ProtocolError, match="closed"):
        sitting.put("too late?")


def test_wrong_options_are_told_before_anything_is_asked() -> None:
    with pytest.raises(QuorateError), Sitting(seated(Scripted("5"), {"debate": {"rounds": 0}})):
        pass


def test_a_sitting_whose_engine_breaks_says_so_to_everybody(
    gate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = gate()
    with Sitting(seated(model)) as sitting:
        future = sitting.put("2+3?")
        model.wait()
        monkeypatch.setattr(sitting._floor, "_message", lambda *_: 1 / 0)
        model.open()
        with pytest.raises(ZeroDivisionError):
            future.result(10)
        assert sitting._thread is not None
        sitting._thread.join(10)
        with pytest.raises(ProtocolError):
            sitting.put("again?")


def test_importing_loads_neither_a_web_server_nor_other_frameworks() -> None:
    code = (
        "import sys, quorate.serving, quorate.bridges, quorate.serving.server, quorate.cli\n"
        "heavy = {'starlette', 'uvicorn', 'fastapi', 'lm_eval', 'inspect_ai', 'torch', 'transformers'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
