"""What servers do wrong, and what then helps."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from quorate.agents.endpoint import Endpoint
from quorate.errors import EndpointError
from tests.agents.conftest import (
    KEY,
    Behaviour,
    Server,
    answers,
    bad,
    exchange,
    good,
    hangs,
    hangs_up_midway,
    refuses,
    request,
    says,
)


def test_waits_as_long_as_retry_after_says(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.script = [answers({"error": {"message": "busy"}}, 429, Retry_After="0.7"), says("Answer: 5")]
    began = time.perf_counter()
    assert good(open_endpoint(retries=1)).text == "Answer: 5"
    assert time.perf_counter() - began >= 0.7  # the client's own first pause is at most 0.5 s
    assert len(server.posts) == 2


def test_a_server_that_stays_busy(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.otherwise = answers({"error": {"message": "slow down"}}, 429, Retry_After="0.01")
    sentence = bad(open_endpoint(retries=2))
    assert "has too many requests (retries: 2)" in sentence
    assert "slow down" in sentence
    assert len(server.posts) == 3


def test_an_error_on_its_side_is_retried(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.script = [answers({"error": {"message": "oops"}}, 500), says("Answer: 5")]
    assert good(open_endpoint(retries=1)).text == "Answer: 5"


def test_an_error_on_its_side_that_stays(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.otherwise = answers(b"<h1>Bad \x1b[31mGateway</h1>" + b"!" * 999, 502, "text/html")
    sentence = bad(open_endpoint())
    assert "answered with status 502" in sentence
    assert "\x1b" not in sentence
    assert len(sentence) < 300


def test_a_connection_broken_off_midway_is_retried(
    server: Server, open_endpoint: Callable[..., Endpoint]
) -> None:
    server.script = [hangs_up_midway, says("Answer: 5")]
    assert good(open_endpoint(retries=1)).text == "Answer: 5"


def test_a_connection_that_always_breaks(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.otherwise = hangs_up_midway
    assert f"{server.url} broke the connection off" in bad(open_endpoint())


def test_a_slow_server(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.otherwise = hangs
    assert f"{server.url} gave no answer within 0.2 s" in bad(open_endpoint(timeout=0.2))


def test_a_refused_key_names_the_variable(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    made = open_endpoint()
    server.otherwise = refuses(f"Incorrect API key provided: {KEY}", 401)
    sentence = bad(made)
    assert "refuses the key in the environment variable OPENAI_API_KEY" in sentence
    assert "Incorrect API key provided: [key]" in sentence


def test_a_key_that_is_not_set(
    server: Server, open_endpoint: Callable[..., Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    server.otherwise = refuses("no", 403)
    assert "put one into the environment variable OPENAI_API_KEY" in bad(open_endpoint())


def test_an_unknown_model_suggests_a_known_one(
    server: Server, open_endpoint: Callable[..., Endpoint]
) -> None:
    server.otherwise = refuses("The model does not exist", 404)
    assert bad(open_endpoint(model="tny")).endswith("has no model 'tny'. Did you mean 'tiny'?")
    assert bad(open_endpoint(model="llama")).endswith("has no model 'llama'. Known: small, tiny.")


def test_a_wrong_path_is_no_unknown_model(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.otherwise = server.on_get = answers({"detail": "Not Found"}, 404)
    sentence = bad(open_endpoint())
    assert "the url usually ends in /v1" in sentence
    assert "Not Found" in sentence


@pytest.mark.parametrize(
    "nonsense",
    [
        answers(b"<html><body>Welcome to nginx!</body></html>", kind="text/html"),
        answers({"object": "list"}),
        answers({"choices": []}),
        answers({"choices": None}),
        answers({"choices": ["text"]}),
        answers({"choices": [{"message": {"content": 7}}]}),
        answers({"choices": [{"message": "text"}]}),
        answers([1, 2, 3]),
        answers(None),
        answers(b"", kind="text/plain"),
    ],
)
def test_nonsense(server: Server, open_endpoint: Callable[..., Endpoint], nonsense: Behaviour) -> None:
    server.otherwise = nonsense
    assert "answered with something that is no completion" in bad(open_endpoint())


def test_malformed_json(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.otherwise = answers(b'{"choices": [')
    assert "sent an answer that is no JSON" in bad(open_endpoint())


def test_null_content_is_an_empty_text(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.otherwise = says(None)
    assert good(open_endpoint()).text == ""


def test_missing_usage_is_estimated(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.otherwise = answers({"choices": [{"message": {"content": "x" * 40}}]})
    reply = good(open_endpoint(), instruction="y" * 400)
    assert (reply.tokens_in, reply.tokens_out, reply.tokens_cached) == (100, 10, 0)


def test_lone_surrogates_are_replaced_both_ways(
    server: Server, open_endpoint: Callable[..., Endpoint]
) -> None:
    server.otherwise = says("5 \ud800\x1b[2J")
    reply = good(open_endpoint(), past=(exchange("1+1?", "2"),), role="\udc80")
    assert reply.text == "5 �\x1b[2J"
    assert server.posts[0]["messages"][0]["content"] == "�"


def test_one_bad_request_leaves_the_others_alone(
    server: Server, open_endpoint: Callable[..., Endpoint]
) -> None:
    made = open_endpoint()
    server.script = [says("first"), answers({}), says("third")]
    results = dict(made.reply([request(made, seed=seed) for seed in range(3)]))
    assert isinstance(results[1], EndpointError)
    assert [getattr(results[index], "text", None) for index in range(3)] == ["first", None, "third"]
