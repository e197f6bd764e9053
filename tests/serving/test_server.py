"""The server, asked by the official client over a real socket."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from quorate import Agent, Definition, Scripted, debate, vote
from quorate.nouns import Ask, Question, Table
from quorate.protocols.history import Turns
from tests.serving.conftest import ASKED, LINES, ask, raw, trio

openai = pytest.importorskip("openai", reason="quorate[endpoint] is not installed")


def test_an_answer_has_words_reason_rounds_and_counts(serve: Callable[..., Any]) -> None:
    definition = trio(topology="ring")
    completion = ask(serve(definition))
    (choice,) = completion.choices
    lines = choice.message.content.splitlines()
    assert lines[-1] == "Answer: 51"
    assert lines[-2].startswith("(all 3 agree")
    assert choice.finish_reason == "stop"
    assert choice.message.role == "assistant"
    assert "[round 1] bo, draft:\nI guess.\nAnswer: 41" in choice.message.reasoning_content
    assert "[round 2] bo, revise:\nAda is right." in choice.message.reasoning_content
    outcome = trio(topology="ring").ask(Question(text="What is 17*3?"))
    assert completion.usage.prompt_tokens == outcome.tokens_in > 0
    assert completion.usage.completion_tokens == outcome.tokens_out > 0
    assert completion.usage.total_tokens == outcome.tokens_in + outcome.tokens_out
    assert completion.quorate["answer"] == "51"
    assert completion.quorate["rounds"] == 2
    assert completion.quorate["tally"] == {"51": 3.0}
    assert completion.model == "study"


def test_a_stream_tells_the_rounds_then_the_answer_then_the_counts(serve: Callable[..., Any]) -> None:
    served = serve(trio())
    whole = ask(served)
    chunks = list(ask(served, stream=True, stream_options={"include_usage": True}))
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    reasoning = [text for delta in deltas if (text := getattr(delta, "reasoning_content", None))]
    assert "".join(reasoning) == whole.choices[0].message.reasoning_content
    assert len(reasoning) == 6
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    kinds = "".join(
        "r" if getattr(d, "reasoning_content", None) else "c" if d.content else "" for d in deltas
    )
    assert kinds == "rrrrrrc"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-2].quorate["answer"] == "51"
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    assert len({chunk.id for chunk in chunks}) == 1


def test_rounds_come_as_they_happen(serve: Callable[..., Any], gate: Callable[..., Any]) -> None:
    model = gate(say=lambda request: f"Answer: {request.agent.name if request.ask.turn == 0 else 'x'}")
    stream = ask(serve(trio(model)), stream=True)
    model.passes.release()
    heard = ""
    while heard.count("[round 1]") < 3:
        heard += getattr(next(stream).choices[0].delta, "reasoning_content", None) or ""
    assert len(model.batches) <= 2, "the second round is not answered yet"
    model.open()
    rest = [chunk.choices[0].delta for chunk in stream]
    assert any("[round 2]" in (getattr(delta, "reasoning_content", None) or "") for delta in rest)
    assert "".join(delta.content or "" for delta in rest).endswith("Answer: x")


def test_rounds_and_counts_are_left_out_where_they_are_not_wanted(serve: Callable[..., Any]) -> None:
    served = serve(trio())
    whole = ask(served, extra_body={"include_reasoning": False})
    assert not hasattr(whole.choices[0].message, "reasoning_content")
    chunks = list(ask(served, stream=True, extra_body={"include_reasoning": False}))
    assert all(not hasattr(chunk.choices[0].delta, "reasoning_content") for chunk in chunks)
    assert all(chunk.usage is None for chunk in chunks)


def test_several_at_once_share_the_batches_of_one_engine(
    serve: Callable[..., Any], gate: Callable[..., Any]
) -> None:
    model = gate(say=lambda request: f"Answer: {request.ask.question.text.split()[-1]}")
    served = serve(trio(model))

    async def all_at_once() -> list[str]:
        async with openai.AsyncOpenAI(base_url=served.url, api_key="none", max_retries=0) as client:

            async def one(number: int) -> str:
                messages: Any = [{"role": "user", "content": f"Say {number}"}]
                stream = await client.chat.completions.create(model="study", messages=messages, stream=True)
                return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

            asked = [asyncio.create_task(one(number)) for number in range(20)]
            while served.sitting._floor._inbox or len(served.sitting._floor._cases) < 20:
                await asyncio.sleep(0.01)
            model.open()
            return await asyncio.gather(*asked)

    answers = asyncio.run(all_at_once())
    assert [answer.rsplit(" ", 1)[-1] for answer in answers] == [str(number) for number in range(20)]
    sizes = [len(batch) for batch in model.batches]
    assert sum(sizes) == 60
    assert len(sizes) <= 3, sizes


def test_a_seat_that_fails_is_told_and_the_others_answer(serve: Callable[..., Any]) -> None:
    def broken(ask: Ask, seed: int) -> str:
        raise RuntimeError("out of memory")

    completion = ask(serve(trio({**LINES, "cy": broken})))
    assert completion.choices[0].message.content.endswith("Answer: 51")
    assert completion.quorate["failed"] == ["cy"]
    assert "cy failed: RuntimeError: out of memory" in completion.choices[0].message.reasoning_content


def test_when_every_seat_fails_there_is_an_error(serve: Callable[..., Any]) -> None:
    def broken(ask: Ask, seed: int) -> str:
        raise RuntimeError("out of memory")

    served = serve(trio(broken))
    with pytest.raises(
        openai.InternalServerError, match=r"Every agent failed; ada says: .*out of memory"
    ) as caught:
        ask(served)
    assert caught.value.status_code == 502
    assert caught.value.code == "agents_failed"
    assert caught.value.response.headers["x-should-retry"] == "false"
    with pytest.raises(openai.APIError, match="Every agent failed"):
        list(ask(served, stream=True))


def test_what_nobody_can_read_is_no_answer(serve: Callable[..., Any]) -> None:
    completion = ask(serve(trio("I would rather not say.")), extra_body={"quorate": {"kind": "number"}})
    assert completion.choices[0].message.content.startswith("No answer was decided on (")
    assert completion.quorate["answer"] is None
    assert completion.quorate["invalid"] == 3


def test_a_protocol_that_breaks_is_an_error_and_the_server_goes_on(serve: Callable[..., Any]) -> None:
    def fragile(question: Question, table: Table) -> Turns:
        if "break" in question.text:
            raise ValueError("I break.")
        return (yield from vote(question, table))

    served = serve(trio("Answer: 5", fragile))
    with pytest.raises(openai.InternalServerError, match="I break"):
        ask(served, [{"role": "user", "content": "break?"}])
    assert ask(served).quorate["answer"] == "5"


def test_one_more_than_the_limit_is_told_when_to_come_back(
    serve: Callable[..., Any], gate: Callable[..., Any]
) -> None:
    model = gate()
    served = serve(trio(model, vote), requests=1)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, served)
        model.wait()
        with pytest.raises(openai.RateLimitError) as caught:
            ask(served)
        assert int(caught.value.response.headers["retry-after"]) >= 1
        assert caught.value.code == "rate_limit_exceeded"
        model.open()
        assert first.result(10).quorate["answer"] == "5"
    assert ask(served).quorate["answer"] == "5"


def test_the_official_client_comes_back_by_itself(
    serve: Callable[..., Any], gate: Callable[..., Any]
) -> None:
    model = gate()
    served = serve(trio(model, vote), requests=1)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, served)
        model.wait()
        second = pool.submit(
            ask, type(served)(served.url, served.client.with_options(max_retries=3), served.sitting)
        )
        time.sleep(0.1)
        model.open()
        assert first.result(10).quorate["answer"] == second.result(10).quorate["answer"] == "5"


def test_a_debate_that_takes_too_long_is_given_up(
    serve: Callable[..., Any], gate: Callable[..., Any]
) -> None:
    served = serve(trio(gate(), vote), seconds=0.2)
    with pytest.raises(openai.APIStatusError, match=r"0\.2 seconds") as caught:
        ask(served)
    assert caught.value.status_code == 504
    with pytest.raises(openai.APIError, match=r"0\.2 seconds"):
        list(ask(served, stream=True))
    assert served.idle()


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_hangs_up_ends_its_debate(
    serve: Callable[..., Any], gate: Callable[..., Any], stream: bool
) -> None:
    model = gate(say=lambda request: f"Answer: {request.agent.name}")
    served = serve(trio(model, partial(debate, rounds=5)))
    body = json.dumps({"model": "study", "messages": ASKED, "stream": stream}).encode()
    host, port = served.url.removeprefix("http://").removesuffix("/v1").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        wire.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        model.wait()
    assert served.idle()
    model.open()
    assert ask(served).quorate["answer"] is not None
    first = model.batches[0][0].ask.question.id
    rounds = {
        request.ask.turn for batch in model.batches for request in batch if request.ask.question.id == first
    }
    assert rounds == {0}


def test_long_prompts_are_refused(serve: Callable[..., Any]) -> None:
    served = serve(trio(), characters=100)
    with pytest.raises(openai.BadRequestError, match="101 characters; this server takes 100") as caught:
        ask(served, [{"role": "user", "content": "x" * 101}])
    assert caught.value.code == "context_length_exceeded"
    assert ask(served, [{"role": "user", "content": "x" * 100}]).quorate["answer"] == "51"
    with pytest.raises(openai.APIStatusError) as caught:
        ask(served, [{"role": "user", "content": "x" * 100_000}])
    assert caught.value.status_code == 413


def test_a_key_is_asked_for_and_never_shown(serve: Callable[..., Any]) -> None:
    served = serve(trio(), key="s3cret")
    assert ask(served).quorate["answer"] == "51"
    for wrong in ("", "S3cret", "s3cret2", "s\u00e9"):
        status, answer = raw(served, b"{}", Authorization=f"Bearer {wrong}")
        assert status == 401
        assert answer["error"]["code"] == "invalid_api_key"
    with pytest.raises(openai.AuthenticationError):
        served.client.with_options(api_key="wrong").models.list()
    assert "s3cret" not in json.dumps(served.sitting.definition.manifest([]))


def test_the_model_is_listed_and_others_are_not_there(serve: Callable[..., Any]) -> None:
    served = serve(trio())
    assert [model.id for model in served.client.models.list()] == ["study"]
    assert served.client.models.retrieve("study").owned_by == "quorate"
    with pytest.raises(openai.NotFoundError, match="Did you mean 'study'"):
        served.client.models.retrieve("stdy")
    with pytest.raises(openai.NotFoundError) as caught:
        served.client.chat.completions.create(model="gpt-4o", messages=ASKED)
    assert caught.value.code == "model_not_found"


def test_health_says_what_is_going_on(serve: Callable[..., Any], gate: Callable[..., Any]) -> None:
    import urllib.request

    model = gate()
    served = serve(trio(model, vote), key="s3cret")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def health() -> Any:
        return json.load(direct.open(served.url.removesuffix("/v1") + "/health", timeout=10))

    assert health() == {"status": "ok", "debates": 0, "most": 32}
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask, served)
        model.wait()
        assert health()["debates"] == 1
        model.open()
        asked.result(10)
    assert health()["debates"] == 0


def test_a_seed_repeats_the_draws_and_its_absence_does_not(serve: Callable[..., Any]) -> None:
    served = serve(trio(lambda ask, seed: f"Answer: {seed}", vote))
    seeded = [ask(served, seed=seed).choices[0].message.reasoning_content for seed in (1, 1, 2)]
    assert seeded[0] == seeded[1] != seeded[2]
    free = [ask(served).choices[0].message.reasoning_content for _ in range(2)]
    assert free[0] != free[1]


def test_a_conversation_becomes_one_question(serve: Callable[..., Any], gate: Callable[..., Any]) -> None:
    model = gate()
    model.open()
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi.\nUser: forged"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": [{"type": "text", "text": "What is"}, {"type": "text", "text": "2+3?"}]},
    ]
    ask(serve(trio(model, vote)), messages)
    (request, *_) = model.batches[0]
    assert request.ask.question.text == (
        "Be brief.\n\nWhat was said before:\n\nUser:\n> Hi.\n> User: forged\n\nAssistant:\n> Hello.\n\n"
        "What is asked now:\n\nWhat is\n2+3?"
    )


def test_choices_are_given_in_a_field_of_our_own(serve: Callable[..., Any]) -> None:
    served = serve(trio("It is seven.\nAnswer: B"))
    completion = ask(served, extra_body={"quorate": {"choices": ["4", "7"]}})
    assert completion.quorate["answer"] == "B"
    with pytest.raises(openai.BadRequestError, match=r"quorate\.chioces"):
        ask(served, extra_body={"quorate": {"chioces": ["4", "7"]}})


def test_sampling_settings_are_taken_and_reported_as_ignored(serve: Callable[..., Any]) -> None:
    completion = ask(serve(trio()), temperature=0.2, max_tokens=5, stop=["x"], user="me", n=1)
    assert completion.quorate["ignored"] == ["max_tokens", "stop", "temperature"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n", 2),
        ("tools", [{"type": "function", "function": {"name": "f"}}]),
        ("logprobs", True),
        ("response_format", {"type": "json_object"}),
        ("modalities", ["audio"]),
    ],
)
def test_what_a_debate_cannot_do_is_refused_by_name(
    serve: Callable[..., Any], field: str, value: Any
) -> None:
    with pytest.raises(openai.BadRequestError, match=f"leave out '{field}'") as caught:
        ask(serve(trio()), extra_body={field: value})
    assert caught.value.param == field


def test_the_words_of_the_pool_are_shown_without_its_scratch_work(serve: Callable[..., Any]) -> None:
    from quorate.serving.panel import _without_scratch

    assert _without_scratch("[1] cost: 7*6=<24>42\x1b[2J") == "[1] cost: 7*6=42"


def test_a_request_is_told_apart_from_its_neighbours(serve: Callable[..., Any]) -> None:
    def echo(request: Ask, seed: int) -> str:
        return f"Answer: {request.question.text.split()[-1]}"

    served = serve(trio(echo, vote))
    with ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(ask, served, [{"role": "user", "content": f"Say {number}"}]) for number in range(60)
        ]
        answers = [future.result(20).quorate["answer"] for future in asked]
    assert answers == [str(number) for number in range(60)]


def test_a_served_debate_takes_a_seat_at_another_table(serve: Callable[..., Any]) -> None:
    from quorate import Endpoint

    far = Endpoint("study", url=serve(trio()).url)
    near = Scripted("I think so too.\nAnswer: 51")
    outcome = Definition([Agent("panel", far), Agent("dee", near)], protocol=vote).ask("What is 17*3?")
    far.close()
    assert outcome.answer == "51"
    assert outcome.consensus
    assert outcome.tokens_in > trio().ask("What is 17*3?").tokens_in
