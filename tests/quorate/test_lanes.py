"""The end of the threads that call the models, when a run is cut short."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from quorate import lanes
from quorate.agents import Agent, Request
from quorate.definition import Definition
from quorate.events import Event, Said
from quorate.nouns import Reply


class Busy:
    """A model that gives one reply and works on until it is closed, or `stubborn`, until it is released."""

    lanes = 1
    batch: int | None = None

    def __init__(self, *, stubborn: bool = False) -> None:
        self.stubborn = stubborn
        self.closed, self.released = threading.Event(), threading.Event()

    def prepare(self, agents: Sequence[Agent]) -> None:
        pass

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        yield 0, Reply(text="Answer: 5")
        (self.released if self.stubborn else self.closed).wait(30)
        time.sleep(0.2)  # the step that torch is in ends before anybody looks at a flag

    def describe(self) -> Mapping[str, Any]:
        return {"kind": "busy"}

    def close(self) -> None:
        self.closed.set()


def interrupted(model: Busy) -> list[threading.Thread]:
    """Press ctrl-C while a model works; return the threads of the run that are left after it."""

    def interrupt(event: Event) -> None:
        if isinstance(event, Said):
            raise KeyboardInterrupt

    before = set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt):
        Definition([Agent("ada", model), Agent("bo", model)], protocol="vote").run(
            ["What is 2+3?"], listeners=[interrupt]
        )
    return [thread for thread in threading.enumerate() if thread not in before]


def test_after_ctrl_c_no_thread_is_left_in_a_model() -> None:
    assert interrupted(Busy()) == []


def test_a_model_that_does_not_stop_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "PATIENCE", 0.1)
    model = Busy(stubborn=True)
    (left,) = interrupted(model)
    assert lanes.still_busy()
    model.released.set()
    left.join(10)
    assert not left.is_alive()
