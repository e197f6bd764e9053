"""Endpoint against a real HTTP server over real sockets that can be told to misbehave."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quorate.agents.agent import Model, Request, Sampling
from quorate.agents.endpoint import Endpoint
from quorate.nouns import Reply
from tests.agents.conftest import KEY, Server, answers, exchange, good, request, says


def test_is_a_model(server: Server) -> None:
    made = Endpoint("tiny", server.url, concurrency=3)
    assert isinstance(made, Model)
    assert (made.lanes, made.batch) == (3, 1)


def test_sends_role_past_and_instruction_with_the_sampling(
    server: Server, open_endpoint: Callable[..., Endpoint]
) -> None:
    sampling = Sampling(temperature=0.3, top_p=0.9, max_tokens=17, stop=("END",))
    made = open_endpoint(extra={"top_k": 20})
    past = (exchange("What is 1+1?", "2"),)
    good(made, role="You add.", past=past, sampling=sampling, seed=2**62 + 5)
    assert server.posts == [
        {
            "model": "tiny",
            "messages": [
                {"role": "system", "content": "You add."},
                {"role": "user", "content": "What is 1+1?"},
                {"role": "assistant", "content": "2"},
                {"role": "user", "content": "What is 2+3?"},
            ],
            "seed": 5,
            "temperature": 0.3,
            "top_p": 0.9,
            "max_tokens": 17,
            "stop": ["END"],
            "top_k": 20,
        }
    ]
    assert server.paths == ["/v1/chat/completions"]
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"


def test_reads_text_usage_and_finish(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.script = [says("2+3=5", finish_reason="length")]
    reply = good(open_endpoint())
    assert reply == Reply(text="2+3=5", tokens_in=21, tokens_out=4, tokens_cached=16, finish="length")


def test_an_adapter_is_the_name_of_the_model(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    good(open_endpoint(), adapter="tiny-lora")
    assert server.posts[0]["model"] == "tiny-lora"


def test_plain_completions(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.script = [
        answers(
            {"choices": [{"text": "5", "logprobs": {"token_logprobs": [None, -0.5, -1.5]}}], "usage": None}
        )
    ]
    reply = good(open_endpoint(chat=False, logprobs=True), role="You add.", past=(exchange("1+1?", "2"),))
    assert server.paths == ["/v1/completions"]
    assert server.posts[0]["prompt"] == "You add.\n\n1+1?\n\n2\n\nWhat is 2+3?\n\n"
    assert server.posts[0]["logprobs"] == 1
    assert (reply.text, reply.logprob) == ("5", -1.0)


def test_logprobs_are_averaged(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    tokens = [{"token": "5", "logprob": -0.25}, {"token": ".", "logprob": -0.75}]
    server.script = [says("5.", logprobs={"content": tokens})]
    assert good(open_endpoint(logprobs=True)).logprob == -0.5
    assert server.posts[0]["logprobs"] is True


def test_lines_are_told_where_the_ask_wants_them(
    server: Server, open_endpoint: Callable[..., Endpoint]
) -> None:
    tokens = [{"token": text, "logprob": -0.25} for text in ("2+3", "=5\n", "5")]
    server.script = [says("2+3=5\n5", logprobs={"content": tokens})] * 2
    made = open_endpoint(logprobs=True)
    plain = request(made)
    wanted = Request(plain.agent, plain.ask.model_copy(update={"stretches": True}), plain.seed)
    told = []
    for asked in (plain, wanted):
        [(_, reply)] = made.reply([asked])
        assert isinstance(reply, Reply)
        told.append([(stretch.end, stretch.logprob) for stretch in reply.stretches])
    assert told == [[], [(6, -0.5), (7, -0.25)]]


def test_a_missing_key_sends_a_placeholder(
    server: Server, open_endpoint: Callable[..., Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    good(open_endpoint())
    assert server.headers[0]["Authorization"] == "Bearer no-key"


def test_another_key_variable(
    server: Server, open_endpoint: Callable[..., Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "mine")
    good(open_endpoint(key_env="MY_KEY"))
    assert server.headers[0]["Authorization"] == "Bearer mine"


def test_the_address_may_come_from_the_environment(
    server: Server, open_endpoint: Callable[..., Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    made = open_endpoint(url=None)
    assert good(made).text == "Answer: 5"
    assert made.describe()["url"] == server.url
