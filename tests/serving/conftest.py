"""A real server on a free loopback port, for as long as a test lasts."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from quorate import Agent, Definition, Reply, Scripted
from quorate.agents import Request
from quorate.serving import Limits, Panel, Sitting
from quorate.serving.server import address, listen, server

if TYPE_CHECKING:
    import openai


@dataclass
class Gate:
    """A model that answers when it is let: a batch a pass, its sizes remembered."""

    say: Callable[[Request], str] = lambda request: "Answer: 5"
    lanes: int = 1
    batch: int | None = None
    batches: list[list[Request]] = field(default_factory=list)
    passes: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    closed: bool = False

    def prepare(self, agents: Sequence[Agent]) -> None:
        pass

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        self.batches.append(list(requests))
        self.came.release()
        assert self.passes.acquire(timeout=30)
        for index, request in enumerate(requests):
            yield index, Reply(text=self.say(request), tokens_in=10, tokens_out=2, tokens_cached=4)

    def describe(self) -> dict[str, Any]:
        return {"kind": "gate"}

    def close(self) -> None:
        self.closed = True
        self.open()

    def open(self) -> None:
        for _ in range(1000):
            self.passes.release()

    def wait(self) -> None:
        """Wait until the next batch has come."""
        assert self.came.acquire(timeout=20)


@dataclass
class Served:
    url: str
    client: openai.OpenAI
    sitting: Sitting

    def idle(self) -> bool:
        """Wait until no question is open."""
        floor = self.sitting._floor
        assert floor is not None
        return until(lambda: not floor._cases and not floor._inbox)


def until(happened: Callable[[], bool], patience: float = 10.0) -> bool:
    end = time.monotonic() + patience
    while not happened() and time.monotonic() < end:
        time.sleep(0.01)
    return happened()


@contextmanager
def serving(definition: Definition, key: str | None, limits: Limits) -> Iterator[Served]:
    import openai

    panel = Panel.of(definition, name="study")
    with listen("127.0.0.1", 0) as opened, Sitting(definition) as sitting:
        ready = server(panel, sitting, limits=limits, key=key)
        thread = threading.Thread(target=ready.run, kwargs={"sockets": [opened]}, daemon=True)
        thread.start()
        url = address(opened)
        with openai.OpenAI(base_url=url, api_key=key or "none", max_retries=0, timeout=30) as client:
            yield Served(url, client, sitting)
        for model in definition.models:
            model.close()
        ready.should_exit = True
        thread.join(timeout=20)
        assert not thread.is_alive()


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Served]]:
    pytest.importorskip("uvicorn", reason="quorate[serve] is not installed")
    pytest.importorskip("starlette", reason="quorate[serve] is not installed")
    pytest.importorskip("openai", reason="quorate[endpoint] is not installed")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ExitStack() as stack:

        def start(definition: Definition, *, key: str | None = None, **limits: Any) -> Served:
            return stack.enter_context(serving(definition, key, Limits(**limits)))

        yield start


@pytest.fixture
def gate() -> Callable[..., Gate]:
    return Gate


LINES = {
    "ada": "17*3 is 51.\nAnswer: 51",
    "bo": ["I guess.\nAnswer: 41", "Ada is right.\nAnswer: 51"],
    "cy": "Answer: 51",
}
ASKED = [{"role": "user", "content": "What is 17*3?"}]


def trio(script: Any = LINES, protocol: Any = "debate", **options: Any) -> Definition:
    model = Scripted(script) if not hasattr(script, "reply") else script
    return Definition([Agent(name, model) for name in LINES], protocol=protocol, **options)


def ask(served: Any, messages: Any = ASKED, **options: Any) -> Any:
    return served.client.chat.completions.create(model="study", messages=messages, **options)


def raw(
    served: Any,
    body: bytes,
    *,
    kind: str = "application/json",
    path: str = "/v1/chat/completions",
    **headers: str,
) -> tuple[int, dict[str, Any]]:
    import http.client
    from urllib.parse import urlsplit

    connection = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=20)
    connection.request("POST", path, body, {"Content-Type": kind, **headers})
    answer = connection.getresponse()
    read = answer.status, json.loads(answer.read())
    connection.close()
    return read
