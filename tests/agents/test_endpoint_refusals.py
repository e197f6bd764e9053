"""Parameters and lengths that a server refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quorate.agents.agent import Sampling
from quorate.agents.endpoint import Endpoint
from tests.agents.conftest import Behaviour, Handler, Server, answers, bad, exchange, good, refuses, says

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
