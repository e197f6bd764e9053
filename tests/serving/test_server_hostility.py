"""What is hostile: bodies, pages, and words that a terminal would obey."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.serving.conftest import ASKED, ask, raw, trio

openai = pytest.importorskip("openai", reason="quorate[endpoint] is not installed")

HOSTILE = {
    "nothing": b"",
    "no JSON": b"{",
    "no object": b"[]",
    "deep": b"[" * 100_000,
    "deep in a field": b'{"model":"study","messages":[{"role":"user","content":"?"}],"x":' + b"[" * 50_000,
    "a huge number": b'{"model":"study","messages":[{"role":"user","content":"?"}],"seed":'
    + b"9" * 10_000
    + b"}",
    "no UTF-8": b'{"model":"study","messages":[{"role":"user","content":"\xff"}]}',
    "half a character": b'{"model":"study","messages":[{"role":"user","content":"\\ud800"}]}',
    "no messages": b'{"model":"study","messages":[]}',
    "an unknown role": b'{"model":"study","messages":[{"role":"tool","content":"?"}]}',
    "an empty question": b'{"model":"study","messages":[{"role":"user","content":" \\n "}]}',
    "no question": b'{"model":"study","messages":[{"role":"assistant","content":"?"}]}',
    "no text": b'{"model":"study","messages":[{"role":"user"}]}',
    "a picture": b'{"model":"study","messages":[{"role":"user","content":[{"type":"image_url"}]}]}',
    "one choice": b'{"model":"study","messages":[{"role":"user","content":"?"}],"quorate":{"choices":["4"]}}',
    "a wrong kind": b'{"model":"study","messages":[{"role":"user","content":"?"}],"quorate":{"kind":"x"}}',
    "no choice": b'{"model":"study","messages":[{"role":"user","content":"?"}],"quorate":{"kind":"choice"}}',
    "a wrong type": b'{"model":7,"messages":"?"}',
    "too many choices": json.dumps(
        {"model": "study", "messages": ASKED, "quorate": {"choices": [""] * 1000}}
    ).encode(),
}


def test_hostile_bodies_are_refused_in_openais_form_and_the_server_goes_on(serve: Callable[..., Any]) -> None:
    served = serve(trio())
    for what, body in HOSTILE.items():
        status, answer = raw(served, body)
        assert status == 400, what
        assert answer["error"]["type"] == "invalid_request_error", what
        assert answer["error"]["message"], what
        assert len(json.dumps(answer)) < 1000, what
    assert raw(served, b"{}", kind="text/plain")[0] == 415
    for host in (
        "evil.example",
        "127.0.0.1.evil.example",
        "[",
        "[::1",
        "localhost:x:y",
        "@localhost",
        "\x01",
    ):
        assert raw(served, b"{}", Host=host)[0] in (400, 403), host
    for host in ("localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:9"):
        assert raw(served, b"{}", Host=host)[0] == 400, host
    assert raw(served, b"{}", path="/" + "x" * 500, Host="[")[0] == 404
    assert ask(served).quorate["answer"] == "51"


def test_other_pages_and_methods_are_refused_in_openais_form(serve: Callable[..., Any]) -> None:
    served = serve(trio())
    with pytest.raises(openai.NotFoundError, match="/v1/embeddings"):
        served.client.embeddings.create(model="study", input="x")
    with pytest.raises(openai.APIStatusError) as caught:
        served.client.get("/chat/completions", cast_to=object)
    assert caught.value.status_code == 405


def test_what_a_terminal_would_obey_does_not_come_through(serve: Callable[..., Any]) -> None:
    nasty = "\x1b[2J\x1b]0;title\x07\u202eevil \x00\x9b31m \x85 <b>[red]\ud800\nAnswer: 5\x08"
    completion = ask(serve(trio(nasty)))
    shown = completion.choices[0].message.content + completion.choices[0].message.reasoning_content
    assert "<b>[red]" in shown
    assert not set("\x1b\x07\u202e\x00\x9b\x85\x08") & set(shown)
