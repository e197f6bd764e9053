"""Tiny random models for the tests of local models: made once, one thread of torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from quorate.agents.agent import Agent, Request, Sampling
from quorate.agents.local import LocalModel
from quorate.nouns import Ask, Exchange, Message, Question, Reply

MakeRequest = Callable[..., Request]


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
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("something went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
