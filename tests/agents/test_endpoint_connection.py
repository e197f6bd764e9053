"""Preparing and closing an endpoint, and the key, which stays where it is."""

from __future__ import annotations

import base64
import logging
import pickle
import re
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from quorate.agents.endpoint import Endpoint, endpoint
from quorate.errors import BadOption, EndpointError, ModelError
from quorate.registry import model as registry
from tests.agents.conftest import (
    KEY,
    Behaviour,
    Handler,
    Server,
    answers,
    bad,
    good,
    hangs,
    put,
    refuses,
    says,
)

# Preparing and closing.


def test_prepare_says_at_once_that_the_server_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(EndpointError, match=rf"{re.escape(url)} cannot be reached .*refused.*vllm serve"):
        Endpoint("tiny", url).prepare([])


def test_prepare_refuses_a_refused_key(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.on_get = refuses(f"bad key {KEY}", 401)
    with pytest.raises(EndpointError, match="OPENAI_API_KEY") as caught:
        open_endpoint()
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "route",
    [
        answers({"detail": "Not Found"}, 404),
        answers({"detail": "no"}, 403),
        answers({"detail": "broken"}, 500),
        answers(b"<html>", kind="text/html"),
        answers(b"{", kind="application/json"),
        answers({"data": [None, {"id": 5}, 3]}),
        hangs,
    ],
)
def test_prepare_needs_no_list_of_models(
    server: Server, open_endpoint: Callable[..., Endpoint], route: Behaviour
) -> None:
    server.on_get = route
    assert good(open_endpoint(timeout=0.3)).text == "Answer: 5"
    assert server.gets == ["/v1/models"]


def test_asks_do_not_share_a_connection_with_the_list_of_models(
    server: Server, open_endpoint: Callable[..., Endpoint]
) -> None:
    """A server whose list of models crashed hangs up just after it has said so."""
    ports: list[int] = []

    def crash(handler: Handler) -> None:
        ports.append(handler.client_address[1])
        handler.send({"detail": "no cache"}, 500)

    def note(handler: Handler) -> None:
        ports.append(handler.client_address[1])
        says("Answer: 5")(handler)

    server.on_get, server.otherwise = crash, note
    made = open_endpoint()
    for _ in range(2):
        good(made)
    assert ports[0] != ports[1] == ports[2]


def test_prepare_without_the_client_names_the_extra(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(ModelError, match=r'pip install "quorate\[endpoint\]"'):
        Endpoint("tiny", server.url).prepare([])


def test_asking_before_prepare_and_after_close(
    server: Server, open_endpoint: Callable[..., Endpoint]
) -> None:
    assert "call prepare() first" in bad(Endpoint("tiny", server.url))
    made = open_endpoint()
    made.close()
    made.close()
    assert "call prepare() first" in bad(made)
    made.prepare([])
    assert good(made).text == "Answer: 5"


def test_close_breaks_off_what_is_in_flight(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.otherwise = hangs
    made = open_endpoint(timeout=15.0, retries=1)
    with ThreadPoolExecutor(1) as pool:
        flying = pool.submit(put, made)
        while not server.posts:
            time.sleep(0.005)
        made.close()
        result = flying.result(timeout=10)
    assert isinstance(result, EndpointError)
    assert "was disconnected while a request was on its way" in str(result)


def test_as_many_at_once_as_allowed(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    everybody = threading.Barrier(12, timeout=10)

    def meet(handler: Handler) -> None:
        everybody.wait()
        says("Answer: 5")(handler)

    server.otherwise = meet
    made = open_endpoint(concurrency=12)
    with ThreadPoolExecutor(12) as pool:
        texts = [reply.text for reply in pool.map(lambda seed: good(made, seed=seed), range(12))]
    assert texts == ["Answer: 5"] * 12


def test_whatever_else_goes_wrong_is_a_value(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    sentence = bad(open_endpoint(extra={"tools": {1, 2}}))
    assert "could not be asked: TypeError" in sentence
    assert not server.posts


# The key stays where it is.


def test_the_key_shows_nowhere(
    server: Server, open_endpoint: Callable[..., Endpoint], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.script = [
        refuses("'seed' is not supported"),
        answers({"error": {"message": KEY}}, 500),
        says(f"I saw {KEY}"),
    ]
    made = open_endpoint(retries=1)
    reply = good(made)
    server.otherwise = refuses(f"who are you, {KEY}?")
    bad(made)
    assert reply.text == "I saw [key]"
    loggers = {record.name.replace("2", "") for record in caplog.records}
    assert {"openai._base_client", "httpx", "httpcore.http11"} <= loggers
    for shown in (caplog.text, repr(made), str(made.describe()), repr(vars(made)), str(pickle.dumps(made))):
        assert KEY not in shown


def test_credentials_of_the_address_are_sent_but_not_shown(
    server: Server, open_endpoint: Callable[..., Endpoint], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = server.url.replace("//", "//me:pass%2Fword@") + "?tenant=7"
    made = open_endpoint(url=url)
    server.script = [says("you are me:pass/word")]
    good(made)
    server.otherwise = answers({}, 500)
    assert server.headers[0]["Authorization"] == "Basic " + base64.b64encode(b"me:pass/word").decode()
    assert server.paths == ["/v1/chat/completions?tenant=7"]
    assert made.describe()["url"] == server.url
    for shown in (caplog.text, repr(made), str(made.describe()), bad(made)):
        assert "word" not in shown


def test_a_pickled_copy_asks_the_same(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    made = open_endpoint(concurrency=3, chat=False, logprobs=True, extra={"top_k": 2}, key_env="MY_KEY")
    copy: Endpoint = pickle.loads(pickle.dumps(made))
    assert copy.describe() == made.describe()
    assert (copy.lanes, copy.chat, copy.logprobs, copy.extra) == (3, False, True, {"top_k": 2})
    copy.prepare([])
    server.otherwise = answers({"choices": [{"text": "5"}]})
    assert good(copy).text == "5"
    copy.close()


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8000", "ftp://host/v1", "http://", "http://host:port/v1", "http://[/"]
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(BadOption, match="looks like"):
        Endpoint("tiny", url)


@pytest.mark.parametrize("option", [{"concurrency": 0}, {"timeout": 0.0}, {"retries": -1}])
def test_impossible_options(option: dict[str, Any]) -> None:
    with pytest.raises(BadOption, match="at least 1"):
        Endpoint("tiny", "http://127.0.0.1/v1", **option)


@pytest.mark.parametrize(
    "url", ["http://me:word@host/v1", "https://host/v1?api_key=word", "http://h/v1?a=1&token=word"]
)
def test_a_definition_must_not_hold_credentials(url: str) -> None:
    with pytest.raises(BadOption, match="OPENAI_BASE_URL") as caught:
        endpoint(model="tiny", url=url)
    assert "word" not in str(caught.value).replace("password", "")


def test_the_maker_passes_every_option_on() -> None:
    assert registry["endpoint"] is endpoint
    options = {"model": "m", "url": "http://h/v1?api-version=3", "concurrency": 2, "chat": False}
    made = registry.resolve({"endpoint": options | {"extra": {"a": 1}}})()
    assert isinstance(made, Endpoint)
    assert (made.lanes, made.chat, made.describe()["url"], made.extra) == (2, False, "http://h/v1", {"a": 1})
