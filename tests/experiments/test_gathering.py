"""One model for several engines: common batches, equal asks once, an end that leaves nobody waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.agents.agent import Request
from quorate.errors import ModelError
from quorate.experiments.gathering import Gathered
from quorate.nouns import Ask, Question, Reply


class Gate:
    """A model with one lane that answers a batch when the gate is opened, and notes how large it was."""

    lanes = 1
    batch: int | None = None

    def __init__(self) -> None:
        self.open = threading.Event()
        self.batches: list[int] = []

    def prepare(self, agents: Sequence[Agent]) -> None: ...

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        self.open.wait(20)
        self.batches.append(len(requests))
        for index, request in enumerate(requests):
            if request.ask.question.id == "bad":
                raise RuntimeError("no power")
            yield index, Reply(text=f"{request.ask.question.id} {request.seed}")

    def describe(self) -> Mapping[str, Any]:
        return {"kind": "gate"}

    def close(self) -> None:
        self.open.set()


def request(model: Any, question: str = "q", seed: int = 0) -> Request:
    asked = Question(id=question, text="2+3?")
    ask = Ask(seat="ada", act="draft", turn=0, question=asked, instruction="2+3?")
    return Request(Agent("ada", model), ask, seed)


def texts(model: Gathered, *requests: Request) -> list[str]:
    found = dict(model.reply(requests))
    return [str(getattr(found[index], "text", found[index])) for index in range(len(requests))]


def test_what_waits_goes_in_one_batch_and_equal_asks_once() -> None:
    gate = Gate()
    model = Gathered(gate)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(texts, model, request(model, "q0"))
        while not model._desk._waiting:
            time.sleep(0.001)
        rest = [
            threads.submit(texts, model, request(model, "q1"), request(model, "q1", n)) for n in (1, 2, 2)
        ]
        while len(model._desk._waiting) < 4:
            time.sleep(0.001)
        gate.open.set()
        assert first.result() == ["q0 0"]
        assert [one.result() for one in rest] == [["q1 0", "q1 1"], ["q1 0", "q1 2"], ["q1 0", "q1 2"]]
    assert gate.batches == [1, 3]
    assert texts(model, request(model, "q1", 2)) == ["q1 2"]
    assert gate.batches == [1, 3]
    model.forget("q1")
    assert texts(model, request(model, "q1", 2)) == ["q1 2"]
    assert gate.batches == [1, 3, 1]
    model.close()


def test_failures_reach_everybody_and_are_not_remembered() -> None:
    gate = Gate()
    gate.open.set()
    model = Gathered(gate)
    assert texts(model, request(model, "bad"), request(model, "bad")) == ["no power", "no power"]
    assert texts(model, request(model, "bad")) == ["no power"]
    assert gate.batches == [1, 1]
    model.close()


def test_closing_fails_what_waits_and_what_comes_later() -> None:
    gate = Gate()
    model = Gathered(gate)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(texts, model, request(model))
        while not model._desk._waiting:
            time.sleep(0.001)
        model.close()
        assert waiting.result(10) == ["The experiment was stopped."]
    with pytest.raises(ModelError, match="stopped"):
        texts(model, request(model))
    model.close()
    gate.open.set()


def test_a_call_that_takes_too_long_fails() -> None:
    gate = Gate()
    model = Gathered(gate, timeout=0.05)
    assert texts(model, request(model)) == ["No answer within 0.05 seconds."]
    model.close()
    gate.open.set()


def test_models_without_lanes_are_asked_by_one_thread_only() -> None:
    seen: set[int] = set()

    def say(ask: Ask, seed: int) -> str:
        seen.add(threading.get_ident())
        return f"{seed}"

    model = Gathered(Scripted(say))
    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(lambda n: texts(model, request(model, seed=n)), range(40)))
    assert done == [[str(n)] for n in range(40)]
    assert len(seen) == 1
    model.close()
