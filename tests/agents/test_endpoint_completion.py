"""Prompts that are shortened and completions that are read, without a server."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.agents.endpoint.completion import GAP, SHORTEST, Prompt, estimate, read_completion, whole
from quorate.agents.endpoint.stretches import read_stretches
from quorate.nouns import Cut, Reply

PROMPT = Prompt("", (), "What is 2+3?")
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "message", "content", "text", "usage", "prompt_tokens", "logprobs", "logprob"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_anything_is_read_or_no_completion(data: Any) -> None:
    reply = read_completion(data, PROMPT)
    assert reply is None or Reply.model_validate_json(reply.model_dump_json()) == reply


@given(JSON, JSON, JSON)
def test_strange_parts_of_a_completion_never_raise(usage: Any, logprobs: Any, finish: Any) -> None:
    choice = {"message": {"content": "5"}, "logprobs": logprobs, "finish_reason": finish}
    reply = read_completion({"choices": [choice], "usage": usage}, PROMPT)
    assert reply is not None
    assert reply.text == "5"
    assert reply.tokens_cached <= reply.tokens_in


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "error"),
        (None, "stop"),
        ("tool_calls", "stop"),
    ],
)
def test_why_a_text_ended(reason: str | None, finish: str) -> None:
    reply = read_completion({"choices": [{"text": "5", "finish_reason": reason}]}, PROMPT)
    assert reply is not None
    assert reply.finish == finish


@pytest.mark.parametrize("count", [-1, "12", 1.5, True, None, 10**400])
def test_a_count_that_is_none_is_estimated(count: Any) -> None:
    data = {"choices": [{"text": "12345678"}], "usage": {"prompt_tokens": 40, "completion_tokens": count}}
    reply = read_completion(data, PROMPT)
    assert reply is not None
    assert (reply.tokens_in, reply.tokens_out) == (40, 2)


def test_cached_tokens_are_part_of_the_prompt() -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 9}}
    reply = read_completion({"choices": [{"text": "5"}], "usage": usage}, PROMPT)
    assert reply is not None
    assert (reply.tokens_in, reply.tokens_cached) == (3, 3)


def test_parts_of_content_are_joined() -> None:
    parts = [{"type": "text", "text": "2+3"}, {"type": "image"}, None, {"type": "text", "text": "=5"}]
    reply = read_completion({"choices": [{"message": {"content": parts}}]}, PROMPT)
    assert reply is not None
    assert reply.text == "2+3=5"


def test_logprobs_that_are_no_numbers_do_not_count() -> None:
    strange = [None, float("-inf"), float("nan"), -(10**400), -1.7e308, True, "-1"]
    tokens = [{"logprob": -1.0}, *({"logprob": value} for value in strange), {}, "x", {"logprob": -3}]
    choice = {"message": {"content": "5"}, "logprobs": {"content": tokens}}
    reply = read_completion({"choices": [choice]}, PROMPT)
    assert reply is not None
    assert reply.logprob == -2.0


@pytest.mark.parametrize("given", [7, "abc", {"a": 1}, [10**400], None])
def test_plain_logprobs_that_are_none_do_not_count(given: Any) -> None:
    logprobs = {"tokens": ["5"], "token_logprobs": given}
    reply = read_completion({"choices": [{"text": "5", "logprobs": logprobs}]}, PROMPT)
    assert reply is not None
    assert reply.logprob is None
    assert read_stretches(logprobs, "5") == ()


@given(ANY_TEXT)
def test_whole_texts_can_be_written(text: str) -> None:
    written = whole(text)
    assert written.encode().decode() == written
    assert whole(written) == written
    if not any(0xD800 <= ord(mark) <= 0xDFFF for mark in text):
        assert written == text


@given(st.text(max_size=3000), st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=4))
def test_shortening_ends_and_keeps_both_ends(instruction: str, past: list[tuple[str, str]]) -> None:
    first = Prompt("role", tuple(past), instruction)
    prompt: Prompt | None = first
    steps = 0
    while prompt is not None:
        assert prompt.role == "role"
        assert prompt.past == tuple(past)[min(steps, len(past)) :]
        assert prompt.instruction[: SHORTEST // 3] == instruction[: SHORTEST // 3]
        assert prompt.instruction[-(SHORTEST // 3) :] == instruction[-(SHORTEST // 3) :]
        last, prompt, steps = prompt, prompt.shorter(), steps + 1
        assert prompt is None or len(prompt) < len(last) or past
    assert steps <= len(past) + 20
    if steps > len(past) + 1:
        assert last.cut is not None
        assert last.cut.exchanges == len(past)
        assert last.instruction.count(GAP) >= 1
        lost = estimate(len(instruction) - len(last.instruction))
        assert lost <= last.cut.tokens <= lost + steps


def test_nothing_is_cut_from_what_fits() -> None:
    assert PROMPT.cut is None
    assert PROMPT.shorter() is None
    dropped = Prompt("", (("1+1?", "2"), ("2+2?", "4")), "3+3?").shorter()
    assert dropped == Prompt("", (("2+2?", "4"),), "3+3?", Cut(exchanges=1))
