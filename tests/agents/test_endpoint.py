"""Endpoint against a real HTTP server over real sockets that can be told to misbehave."""

from __future__ import annotations

import base64
import json
import logging
import pickle
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from quorate.agents.agent import Agent, Model, Request, Sampling
from quorate.agents.endpoint import Endpoint, endpoint
from quorate.errors import BadOption, EndpointError, ModelError
from quorate.nouns import Ask, Exchange, Question, Reply
from quorate.nouns import Message as Said
from quorate.registry import model as registry

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
        self.headers: list[Message[str, str]] = []
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
        instruction=instruction, message=Said(number=0, seat="ada", act="draft", turn=0, text=text)
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


# What servers do wrong, and what then helps.


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


# Parameters and lengths that a server refuses.

REFUSALS = {
    "seed": "Unrecognized request argument supplied: seed",
    "stop": "Unsupported parameter: 'stop' is not supported with this model.",
    "logprobs": "property 'logprobs' is unsupported",
    "top_p": "[{'type': 'extra_forbidden', 'loc': ['body', 'top_p'], 'msg': 'Extra inputs not permitted'}]",
    "temperature": "Unsupported value: 'temperature' does not support 0.7 with this model.",
}


@pytest.mark.parametrize(("name", "words"), REFUSALS.items())
def test_a_refused_parameter_is_left_out_for_good(
    server: Server,
    open_endpoint: Callable[..., Endpoint],
    name: str,
    words: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = open_endpoint(logprobs=True)
    sampling = Sampling(stop=("END",))
    server.script = [refuses(words)]
    for _ in range(2):
        good(made, sampling=sampling)
    assert [name in body for body in server.posts] == [True, False, False]
    assert server.posts[0].keys() - {name} == server.posts[1].keys()
    assert f"refuses '{name}'" in caplog.text


def test_max_tokens_is_renamed(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    words = (
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
    )
    server.script = [refuses(words, param="max_tokens")]
    made = open_endpoint()
    for _ in range(2):
        good(made, sampling=Sampling(max_tokens=9))
    assert [body.get("max_tokens") for body in server.posts] == [9, None, None]
    assert [body.get("max_completion_tokens") for body in server.posts] == [None, 9, 9]


def test_a_dropped_stop_still_ends_the_text(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.script = [refuses("'stop' is not supported"), says("five END and ### more")]
    assert good(open_endpoint(), sampling=Sampling(stop=("###", "END", ""))).text == "five "


def test_several_refusals_one_after_the_other(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.script = [refuses("unknown field 'seed'", 422), refuses("unknown field 'top_p'")]
    good(open_endpoint())
    assert not {"seed", "top_p"} & server.posts[2].keys()


def test_a_refused_system_message_opens_the_first_user_message(
    server: Server, open_endpoint: Callable[..., Endpoint]
) -> None:
    server.script = [refuses("System role not supported")]
    made = open_endpoint()
    good(made, role="You add.", past=(exchange("1+1?", "2"),))
    good(made, role="You add.")
    assert [message["role"] for message in server.posts[1]["messages"]] == ["user", "assistant", "user"]
    assert server.posts[1]["messages"][0]["content"] == "You add.\n\n1+1?"
    assert [message["content"] for message in server.posts[2]["messages"]] == ["You add.\n\nWhat is 2+3?"]


def test_a_parameter_the_user_insists_on_is_not_dropped(
    server: Server, open_endpoint: Callable[..., Endpoint]
) -> None:
    server.otherwise = refuses("'seed' is not supported")
    assert "answered with status 400: 'seed' is not supported" in bad(open_endpoint(extra={"seed": 1}))
    assert len(server.posts) == 1


@pytest.mark.parametrize(
    "words", ["Invalid value: please stop and seed nothing", "'temperature' must be at most 1", "no"]
)
def test_other_refusals_drop_nothing(
    server: Server, open_endpoint: Callable[..., Endpoint], words: str
) -> None:
    server.otherwise = refuses(words)
    assert f"answered with status 400: {words}" in bad(open_endpoint())
    assert len(server.posts) == 1


def fits(limit: int) -> Behaviour:
    """A server with room for so many characters."""

    def behave(handler: Handler) -> None:
        size = sum(len(message["content"]) for message in handler.server.posts[-1]["messages"])
        words = f"This model's maximum context length is {limit}; 'max_tokens' is not supported above it."
        (says("fits") if size <= limit else refuses(words, code="context_length_exceeded"))(handler)

    return behave


def test_too_long_drops_the_oldest_exchanges_first(
    server: Server, open_endpoint: Callable[..., Endpoint]
) -> None:
    server.otherwise = fits(450)
    past = tuple(exchange(f"{number}" * 100, "x" * 100) for number in range(3))
    reply = good(open_endpoint(), past=past, instruction="y" * 200)
    assert reply.cut is not None
    assert (reply.cut.exchanges, reply.cut.tokens) == (2, 0)
    assert server.posts[-1]["messages"][0]["content"] == "2" * 100
    assert "max_tokens" in server.posts[-1]


def test_then_the_middle_of_the_instruction(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.otherwise = fits(500)
    reply = good(open_endpoint(), past=(exchange("1+1?", "2"),), instruction="A" + "y" * 1000 + "Z")
    sent = server.posts[-1]["messages"][0]["content"]
    assert sent.startswith("A")
    assert sent.endswith("Z")
    assert sent.count("[...]") == 1
    assert reply.cut is not None
    assert reply.cut.exchanges == 1
    assert abs(4 * reply.cut.tokens - (1002 - len(sent))) <= 8


@pytest.mark.parametrize(
    "words",
    [
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
        "'max_tokens' is too large: 512. This model's maximum context length is 99 tokens.",
        "the request exceeds the available context size. try increasing it",
        "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096.",
        "Please reduce the length of the messages or completion.",
        "The input token count (5000) exceeds the maximum number of tokens allowed (4096).",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "Trying to keep the first 5000 tokens when context overflows. Load a larger context.",
    ],
)
def test_how_servers_say_that_it_is_too_long(
    server: Server, open_endpoint: Callable[..., Endpoint], words: str
) -> None:
    server.script = [refuses(words)]
    reply = good(open_endpoint(), past=(exchange("1+1?", "2"),))
    assert reply.cut is not None
    assert reply.cut.exchanges == 1
    assert server.posts[0].keys() == server.posts[1].keys()


def test_a_proxy_may_say_it_by_status_alone(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.script = [answers(b"<h1>Request Entity Too Large</h1>", 413, "text/html")]
    assert good(open_endpoint(), past=(exchange("1+1?", "2"),)).cut is not None


def test_when_nothing_fits(server: Server, open_endpoint: Callable[..., Endpoint]) -> None:
    server.otherwise = fits(0)
    assert "no room for the prompt, however short, beside 512 new tokens" in bad(open_endpoint())


# Preparing and closing.


def test_prepare_says_at_once_that_the_server_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    began = time.perf_counter()
    with pytest.raises(EndpointError, match=rf"{re.escape(url)} cannot be reached .*refused.*vllm serve"):
        Endpoint("tiny", url).prepare([])
    assert time.perf_counter() - began < 3


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
        began = time.perf_counter()
        made.close()
        result = flying.result(timeout=10)
    assert isinstance(result, EndpointError)
    assert "was disconnected while a request was on its way" in str(result)
    assert time.perf_counter() - began < 5


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
