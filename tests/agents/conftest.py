"""Tiny random models for the tests of local models, made once, one thread of torch; and a scripted server."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from email.message import Message as Headers
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from quorate.agents.agent import Agent, Model, Request, Sampling
from quorate.agents.endpoint import Endpoint
from quorate.agents.local import LocalModel
from quorate.errors import EndpointError
from quorate.nouns import Ask, Exchange, Message, Question, Reply

MakeRequest = Callable[..., Request]
Replies = Callable[[LocalModel, Sequence[Request]], list[Reply]]


@pytest.fixture(scope="session")
def one_thread() -> None:
    """Keep torch from spinning on cores that other workers use."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def standin(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """A random Llama without a chat template and with three adapters of rank 8."""
    from quorate.lab.standin import make_standin

    return make_standin(tmp_path_factory.mktemp("models") / "base", adapters=3)


@pytest.fixture(scope="session")
def chat_standin(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """A random Llama with a chat template and a short context."""
    from quorate.lab.standin import make_standin

    return make_standin(tmp_path_factory.mktemp("models") / "chat", seed=1, context=256, chat_template=True)


@pytest.fixture(scope="session")
def shared_model(standin: Path) -> LocalModel:
    """One loaded stand-in for all tests that do not change it."""
    model = LocalModel(standin, device="cpu")
    model.prepare([])
    return model


@pytest.fixture
def make_request() -> MakeRequest:
    """Make a request from a few words."""

    def make(
        model: Any,
        instruction: str,
        *,
        seed: int = 0,
        role: str = "",
        adapter: Path | str | None = None,
        past: Sequence[tuple[str, str]] = (),
        choices: Sequence[str] = (),
        expects: Any = "text",
        **sampling: Any,
    ) -> Request:
        sampling = {"temperature": 0.0, "max_tokens": 16, **sampling}
        agent = Agent(
            "ada",
            model,
            role=role,
            adapter=None if adapter is None else str(adapter),
            sampling=Sampling(**sampling),
        )
        exchanges = tuple(
            Exchange(
                instruction=asked,
                message=Message(text=said, number=number, seat="ada", act="draft", turn=number),
            )
            for number, (asked, said) in enumerate(past)
        )
        ask = Ask(
            seat="ada",
            act="draft",
            turn=len(past),
            question=Question(text="2+3?", choices=tuple(choices)),
            instruction=instruction,
            past=exchanges,
            expects=expects,
        )
        return Request(agent, ask, seed)

    return make


@pytest.fixture
def replies() -> Callable[[LocalModel, Sequence[Request]], list[Reply]]:
    """Answer requests and return the replies in their order; an exception fails the test."""

    def answer(model: LocalModel, requests: Sequence[Request]) -> list[Reply]:
        found = dict(model.reply(requests))
        assert sorted(found) == list(range(len(requests)))
        for reply in found.values():
            assert isinstance(reply, Reply), reply
        return [reply for _, reply in sorted(found.items()) if isinstance(reply, Reply)]

    return answer


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever opens a connection."""

    def refuse(*_: object) -> None:
        raise AssertionError("something went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


KEY = "sk-test-0123456789-very-secret"
Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.gets.append(self.path)
        self.server.on_get(self)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.guard:
            self.server.posts.append(body)
            self.server.headers.append(self.headers)
            self.server.paths.append(self.path)
            behave = self.server.script.pop(0) if self.server.script else self.server.otherwise
        behave(self)

    def send(
        self,
        data: Any,
        status: int = 200,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        payload = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(payload)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.posts: list[dict[str, Any]] = []
        self.headers: list[Headers[str, str]] = []
        self.paths: list[str] = []
        self.gets: list[str] = []
        self.script: list[Behaviour] = []
        self.guard = threading.Lock()
        self.otherwise: Behaviour = says("Answer: 5")
        self.on_get: Behaviour = answers({"data": [{"id": "tiny"}, {"id": "small"}]})
        self.released = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that hang up are part of the tests


def completion(text: Any, **choice: Any) -> dict[str, Any]:
    return {
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"} | choice
        ],
        "usage": {
            "prompt_tokens": 21,
            "completion_tokens": 4,
            "prompt_tokens_details": {"cached_tokens": 16},
        },
    }


def says(text: Any, **choice: Any) -> Behaviour:
    return lambda handler: handler.send(completion(text, **choice))


def answers(data: Any, status: int = 200, kind: str = "application/json", **headers: str) -> Behaviour:
    return lambda handler: handler.send(
        data, status, kind, {k.replace("_", "-"): v for k, v in headers.items()}
    )


def refuses(message: str, status: int = 400, **fields: Any) -> Behaviour:
    return answers({"error": {"message": message, "type": "invalid_request_error", **fields}}, status)


def hangs(handler: Handler) -> None:
    handler.server.released.wait(20)
    handler.close_connection = True


def hangs_up_midway(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.close_connection = True


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Server()
    yield running
    running.released.set()
    running.shutdown()
    running.server_close()


@pytest.fixture
def open_endpoint(server: Server) -> Iterator[Callable[..., Endpoint]]:
    opened: list[Endpoint] = []

    def connect(**options: Any) -> Endpoint:
        settings: dict[str, Any] = {"model": "tiny", "url": server.url, "timeout": 5.0, "retries": 0}
        made = Endpoint(**settings | options)
        opened.append(made)
        made.prepare([])
        return made

    yield connect
    for made in opened:
        made.close()


def request(
    model: Model,
    *,
    role: str = "",
    past: tuple[Exchange, ...] = (),
    adapter: str | None = None,
    seed: int = 7,
    instruction: str = "What is 2+3?",
    sampling: Sampling | None = None,
) -> Request:
    agent = Agent("ada", model, role=role, adapter=adapter, sampling=sampling or Sampling())
    question = Question(id="q1", text="What is 2+3?")
    ask = Ask(seat="ada", act="draft", turn=0, question=question, instruction=instruction, past=past)
    return Request(agent, ask, seed)


def exchange(instruction: str, text: str) -> Exchange:
    return Exchange(
        instruction=instruction, message=Message(number=0, seat="ada", act="draft", turn=0, text=text)
    )


def put(model: Endpoint, **options: Any) -> Reply | Exception:
    ((index, result),) = model.reply([request(model, **options)])
    assert index == 0
    return result


def good(model: Endpoint, **options: Any) -> Reply:
    result = put(model, **options)
    assert isinstance(result, Reply), result
    return result


def bad(model: Endpoint, **options: Any) -> str:
    result = put(model, **options)
    assert type(result) is EndpointError, result
    assert KEY not in str(result)
    assert result.__cause__ is None
    assert result.__context__ is None
    return str(result)


def copy_of(standin: Path, folder: Path) -> Path:
    shutil.copytree(standin, folder, ignore=shutil.ignore_patterns("adapter-*"))
    return folder
