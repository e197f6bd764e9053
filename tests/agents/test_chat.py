"""Prompts: chat templates and plain text, forged turns, and what is cut when the context is too short."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.agents.local.chat import GAP, LEAST, ChatFormat
from quorate.errors import ModelError

PAST = [("Solve: 2+3", "It is 5."), ("Revise.", "Still 5.")]
NO_SYSTEM = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "<|turn|>{{ m.role }}\n{{ m.content }}\n{% endfor %}<|turn|>assistant\n"
)
DROPS_SYSTEM = (
    "{% for m in messages if m.role != 'system' %}<|turn|>{{ m.role }}\n{{ m.content }}\n{% endfor %}"
    "<|turn|>assistant\n"
)
REFUSES_ALL = "{{ raise_exception('not today') }}"


def load(folder: Path, template: str | None = None) -> Any:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    if template is not None:
        tokenizer.chat_template = template
    return tokenizer


@pytest.fixture(scope="module")
def plain(standin: Path) -> ChatFormat:
    return ChatFormat(load(standin))


@pytest.fixture(scope="module")
def chat(chat_standin: Path) -> ChatFormat:
    return ChatFormat(load(chat_standin))


def text_of(form: ChatFormat, ids: list[int]) -> str:
    return str(form._tokenizer.decode(ids))


@pytest.mark.parametrize("folder", ["standin", "chat_standin"])
def test_what_is_longer_than_the_context_is_no_matter_for_warnings(
    folder: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    from transformers.utils import logging

    tokenizer = load(request.getfixturevalue(folder))
    tokenizer.model_max_length = 8
    logging.enable_propagation()
    try:
        assert len(ChatFormat(tokenizer).prompt("", [], "2+3 " * 20)) > 8
    finally:
        logging.disable_propagation()
    assert caplog.text == ""


def test_a_template_is_used_when_there_is_one(
    plain: ChatFormat, chat: ChatFormat, chat_standin: Path
) -> None:
    assert (plain.chat, chat.chat) == (False, True)
    assert not ChatFormat(load(chat_standin), chat=False).chat


def test_the_chat_has_the_role_the_transcript_and_the_instruction(chat: ChatFormat) -> None:
    wanted = (
        "<s><|turn|>system\nYou add.\n<|turn|>user\nSolve: 2+3\n<|turn|>assistant\nIt is 5.\n"
        "<|turn|>user\nRevise.\n<|turn|>assistant\nStill 5.\n<|turn|>user\nVote.\n<|turn|>assistant\n"
    )
    assert text_of(chat, chat.prompt("You add.", PAST, "Vote.")) == wanted
    assert "system" not in text_of(chat, chat.prompt("", PAST, "Vote."))


def test_a_text_begins_once(plain: ChatFormat, chat: ChatFormat) -> None:
    for form in (plain, chat):
        ids = form.prompt("You add.", [], "Vote.")
        assert ids.count(1) == 1
        assert ids[0] == 1


def test_plain_text_has_blocks_between_blank_lines(plain: ChatFormat) -> None:
    wanted = "<s>You add.\n\nSolve: 2+3\n\nIt is 5.\n\nRevise.\n\nStill 5.\n\nVote.\n"
    assert text_of(plain, plain.prompt("You add.", PAST, "Vote.")) == wanted
    assert text_of(plain, plain.prompt("", [], "Vote.")) == "<s>Vote.\n"


def test_plain_text_is_not_ended_before_it_is_answered(standin: Path) -> None:
    from tokenizers import processors

    tokenizer = load(standin)
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    ids = ChatFormat(tokenizer).prompt("", [], "Vote.")
    assert ids[0] == 1
    assert 2 not in ids


@pytest.mark.parametrize("template", [NO_SYSTEM, DROPS_SYSTEM], ids=["raises", "drops"])
def test_a_refused_system_role_is_folded_into_the_first_message(chat_standin: Path, template: str) -> None:
    form = ChatFormat(load(chat_standin, template))
    text = text_of(form, form.prompt("You add.", PAST, "Vote."))
    assert text.startswith("<|turn|>user\nYou add.\n\nSolve: 2+3\n<|turn|>assistant\nIt is 5.")
    assert text.count("You add.") == 1


def test_a_template_that_refuses_everything_is_an_error(chat_standin: Path) -> None:
    form = ChatFormat(load(chat_standin, REFUSES_ALL))
    with pytest.raises(ModelError, match="chat template refused: not today"):
        form.prompt("You add.", [], "Vote.")


def test_a_demanded_template_must_be_there(standin: Path) -> None:
    with pytest.raises(ModelError, match="no chat template, and chat=True demands one"):
        ChatFormat(load(standin), chat=True)


@given(st.lists(st.sampled_from(["</s>", "<|turn|>", "<|tu", "rn|>", "<s", ">", " ", "system\n", "x"])))
def test_no_text_can_forge_a_turn(plain: ChatFormat, chat: ChatFormat, parts: list[str]) -> None:
    text = "".join(parts)
    for form in (plain, chat):
        honest = form.prompt("role", [("a", "b")], "c")
        forged = form.prompt("role" + text, [("a" + text, "b" + text)], "c" + text)
        for special in (1, 2, 3):
            assert forged.count(special) == honest.count(special)


def test_texts_without_special_tokens_stay_as_they_are(plain: ChatFormat) -> None:
    text = "1 < 2 \u00e4\u4e2d\U0001f600\t{x} <b>|turn|</b>"
    assert plain.clean(text) == text


def test_half_surrogates_do_no_harm(plain: ChatFormat) -> None:
    assert plain.clean("a\ud800b") == "a?b"
    assert plain.prompt("\udfff", [("\ud800", "\ud800")], "\ud800")


def test_what_fits_is_not_cut(chat: ChatFormat) -> None:
    ids = chat.prompt("You add.", PAST, "Vote.")
    assert chat.fit("You add.", PAST, "Vote.", len(ids)) == (ids, None)


def test_the_oldest_rounds_go_first(chat: ChatFormat) -> None:
    ids = chat.prompt("You add.", PAST[1:], "Vote.")
    found, cut = chat.fit("You add.", PAST, "Vote.", len(ids))
    assert found == ids
    assert cut is not None
    assert (cut.exchanges, cut.tokens) == (1, 0)


@given(words=st.integers(30, 300), room=st.integers(60, 200), rounds=st.integers(0, 2))
@settings(deadline=None)
def test_the_middle_of_the_instruction_goes_last(
    plain: ChatFormat, chat: ChatFormat, words: int, room: int, rounds: int
) -> None:
    instruction = "HEAD " + "sum " * words + "TAIL"
    for form in (plain, chat):
        whole = form.prompt("You add.", PAST[:rounds], instruction)
        ids, cut = form.fit("You add.", PAST[:rounds], instruction, room)
        assert len(ids) <= room
        text = text_of(form, ids)
        assert "You add." in text
        assert "HEAD" in text
        assert "TAIL" in text
        if len(whole) <= room:
            assert cut is None
        else:
            assert cut is not None
            shorter = len(form.prompt("You add.", PAST[cut.exchanges : rounds], instruction)) - len(ids)
            gap = len(form.encode(GAP)) if cut.tokens else 0
            assert cut.tokens == shorter + gap
            assert not cut.tokens or cut.exchanges == rounds


def test_what_cannot_fit_is_an_error(chat: ChatFormat) -> None:
    empty = len(chat.prompt("You add.", [], ""))
    with pytest.raises(ModelError, match=r"does not fit: \d+ tokens are left"):
        chat.fit("You add.", PAST, "sum " * 50, empty + LEAST - 1)
    ids, cut = chat.fit("You add.", PAST, "sum " * 50, empty + 2 * LEAST + len(chat.encode(GAP)))
    assert cut is not None
    assert len(ids) <= empty + 2 * LEAST + len(chat.encode(GAP))
