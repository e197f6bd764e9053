"""Lines of a completion: sums over a server's tokens, and nothing where these are not the text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.agents.endpoint.stretches import read_stretches
from quorate.agents.local.lines import LineFinder, line_ends, stretches


@given(st.lists(st.sampled_from(["a", "\n", "b\n", "\n\n", "c\nd", "é", "\ne\n"]), min_size=1), st.data())
def test_both_kinds_of_server_agree_with_a_local_model(tokens: list[str], data: st.DataObject) -> None:
    import numpy as np

    values = [-float(place + 1) for place in range(len(tokens))]
    text = "".join(tokens)[: data.draw(st.integers(1, len("".join(tokens))))]
    plain = read_stretches({"tokens": tokens, "token_logprobs": values}, text)
    chat = read_stretches(
        {
            "content": [
                {"token": token, "logprob": value} for token, value in zip(tokens, values, strict=True)
            ]
        },
        text,
    )
    owners = LineFinder(lambda ids: "".join(tokens[token] for token in ids)).owners(
        range(len(tokens)), len(tokens), text
    )
    assert plain == chat == stretches(text, np.array(values, dtype=np.float32), owners, None)
    assert [stretch.end for stretch in plain] == line_ends(text)


def test_bytes_are_joined_before_they_are_compared() -> None:
    halves = [
        {"token": "\\xc3", "bytes": [0xC3], "logprob": -1.0},
        {"token": "\\xa9", "bytes": [0xA9], "logprob": -0.5},
    ]
    [stretch] = read_stretches({"content": halves}, "é")
    assert (stretch.end, stretch.logprob) == (1, -1.5)


@pytest.mark.parametrize(
    "logprobs",
    [
        None,
        "nonsense",
        {"content": None},
        {"content": [{"token": "6", "logprob": -1.0}]},
        {"content": [{"token": "5", "logprob": None}]},
        {"content": [{"token": "5", "logprob": float("nan")}]},
        {"content": [{"token": 5, "bytes": [999], "logprob": -1.0}]},
        {"tokens": ["5"], "token_logprobs": [-1.0, -2.0]},
        {"tokens": [None], "token_logprobs": [-1.0]},
    ],
    ids=str,
)
def test_what_is_not_the_text_is_left_out(logprobs: Any) -> None:
    assert read_stretches(logprobs, "5") == ()


def test_an_empty_text_has_no_lines() -> None:
    assert read_stretches({"tokens": ["</s>"], "token_logprobs": [-1.0]}, "") == ()
