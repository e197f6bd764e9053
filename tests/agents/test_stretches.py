"""Lines of a reply: where they end, which tokens wrote them, and how likely the model found them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.agents.agent import Request
from quorate.agents.local import LocalModel
from quorate.agents.local.lines import LineFinder, line_ends, lines_of, stretches
from quorate.nouns import Reply

Replies = Callable[[LocalModel, Sequence[Request]], list[Reply]]
MakeRequest = Callable[..., Request]


@given(st.text("ab\n\r\u2028é", max_size=30))
def test_lines_are_cut_at_line_breaks_only(text: str) -> None:
    lines = lines_of(text)
    assert "".join(lines) == text
    assert all(line.count("\n") == line.endswith("\n") for line in lines)
    assert all(line.endswith("\n") for line in lines[:-1])
    assert line_ends(text) == np.cumsum([len(line) for line in lines]).tolist()


@given(
    st.lists(st.sampled_from(["a", "\n", "b\n", "\n\n", "c\nd", " ", "\ne\n", ""]), max_size=20), st.data()
)
def test_a_token_belongs_to_the_line_it_starts_in(tokens: list[str], data: st.DataObject) -> None:
    """Also where a stop has cut the text, and where what ends it is a token of its own."""
    vocabulary = sorted(set(tokens))
    ids = [vocabulary.index(token) for token in tokens]
    whole = "".join(tokens)
    text = whole[: data.draw(st.integers(0, len(whole)))]
    finder = LineFinder(lambda some: "".join(vocabulary[token] for token in some))
    owners = finder.owners([*ids, 99], len(ids), text).tolist()
    last = max(0, len(line_ends(text)) - 1)
    begun = ["".join(tokens[:place]).count("\n") for place in range(len(tokens))]
    assert owners == [*(min(line, last) for line in begun), last]


def test_tokens_that_mean_something_else_alone_are_placed_by_beginnings() -> None:
    """A tokenizer whose break is written by two tokens together: alone neither is one."""

    def decode(ids: Sequence[int]) -> str:
        return "".join("x\\nb"[token] for token in ids).replace("\\n", "\n")

    finder = LineFinder(decode)
    ids = [0, 1, 2, 3, 1, 2, 0]  # x, break, b, break, x
    assert decode(ids) == "x\nb\nx"
    assert finder.owners(ids, 7, "x\nb\nx").tolist() == [0, 0, 0, 1, 1, 1, 2]


def test_a_line_without_tokens_has_the_probability_one() -> None:
    found = stretches("a\n\nb", np.array([-1.0, -2.0], dtype=np.float32), np.array([0, 2]), None)
    assert [(stretch.end, stretch.logprob) for stretch in found] == [(2, -1.0), (3, 0.0), (4, -2.0)]


@pytest.fixture(scope="module")
def talker(standin: Path, tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    """The stand-in, made to break lines often."""
    import torch
    from safetensors.torch import load_file, save_file
    from transformers import AutoTokenizer

    folder = tmp_path_factory.mktemp("talker") / "base"
    shutil.copytree(standin, folder)
    weights = load_file(folder / "model.safetensors")
    head = weights["lm_head.weight"]
    newline = AutoTokenizer.from_pretrained(folder)("\n", add_special_tokens=False).input_ids[0]
    head[newline] = 6 * head.shape[1] ** -0.5 * torch.randn(64, generator=torch.Generator().manual_seed(1))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return LocalModel(folder, device="cpu")


def wanted(make: MakeRequest, model: LocalModel, seed: int, **options: Any) -> Request:
    given_ = {"temperature": 1.5, "max_tokens": 40, **options}
    request = make(model, f"Solve: {seed}+3", seed=seed, **given_)
    ask = request.ask.model_copy(update={"stretches": True})
    return Request(request.agent, ask, seed)


def by_transformers(model: LocalModel, request: Request, ids: Sequence[int]) -> Any:
    """Log-probabilities of tokens behind a prompt, in one pass of the plain model."""
    import torch

    session = model.open()
    prompt = session.job(0, request).row.prompt
    with torch.inference_mode():
        session.run.bank.route([-1])
        logits = session.run.base.model(input_ids=torch.tensor([[*prompt, *ids]])).logits[0]
    logprobs = logits.log_softmax(dim=-1)[len(prompt) - 1 : -1]
    return logprobs.gather(1, torch.tensor(ids)[:, None])[:, 0]


def test_stretches_agree_with_a_direct_computation(
    talker: LocalModel, make_request: MakeRequest, replies: Replies
) -> None:
    requests = [wanted(make_request, talker, seed) for seed in range(12)]
    session = talker.open()
    drafts = session.draft([session.job(index, request) for index, request in enumerate(requests)])
    ended = 0
    for request, draft, reply in zip(requests, drafts, replies(talker, requests), strict=True):
        assert not isinstance(draft, Exception)
        assert reply.text == draft.text
        assert [stretch.end for stretch in reply.stretches] == line_ends(reply.text)
        logprobs = by_transformers(talker, request, draft.ids)
        starts = [len(session.format.decode(draft.ids[:place])) for place in range(len(draft.ids))]
        first = 0
        for number, stretch in enumerate(reply.stretches):
            final = number == len(reply.stretches) - 1
            mine = [first <= start and (start < stretch.end or final) for start in starts]
            assert stretch.logprob == pytest.approx(float(logprobs[mine].sum()), abs=1e-3)
            assert stretch.confidence is None
            first = stretch.end
        ended += draft.spoken < len(draft.ids)
    assert sum(len(reply.stretches) > 2 for reply in replies(talker, requests)) > 2, "the test is blind"
    assert ended, "no text ended by itself: the end token was not tested"


@pytest.mark.parametrize("options", [{}, {"stop": ("true", "is")}, {"temperature": 0.0}], ids=str)
def test_the_lines_add_up_to_the_whole(
    talker: LocalModel, make_request: MakeRequest, replies: Replies, options: dict[str, Any]
) -> None:
    for reply in replies(talker, [wanted(make_request, talker, seed, **options) for seed in range(15)]):
        assert reply.logprob is not None
        if reply.text:
            total = sum(stretch.logprob or 0 for stretch in reply.stretches)
            assert total == pytest.approx(reply.logprob * reply.tokens_out, rel=1e-4)
            assert reply.stretches[-1].end == len(reply.text)
        else:
            assert reply.stretches == ()


def test_characters_of_many_bytes_do_not_move_the_ends(
    talker: LocalModel, make_request: MakeRequest, replies: Replies
) -> None:
    found = replies(talker, [wanted(make_request, talker, seed, temperature=3.0) for seed in range(15)])
    assert any(not reply.text.isascii() and len(reply.stretches) > 1 for reply in found)
    for reply in found:
        assert [stretch.end for stretch in reply.stretches] == line_ends(reply.text)


def test_no_stretches_where_nobody_wants_them(
    talker: LocalModel, make_request: MakeRequest, replies: Replies, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quorate.agents.local.base import Runner

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("states were kept without a head")

    monkeypatch.setattr(Runner, "observe", refuse)
    plain = make_request(talker, "Solve: 0+3", temperature=1.5, max_tokens=40, expects="answer")
    first, second = replies(talker, [plain, wanted(make_request, talker, 0)])
    assert first.stretches == ()
    assert second.stretches
    assert first.confidence is None


def test_a_label_is_a_line_of_its_own(
    talker: LocalModel, make_request: MakeRequest, replies: Replies
) -> None:
    requests = [
        wanted(make_request, talker, seed, choices=("4", "5"), expects="answer", answering="options")
        for seed in range(10)
    ]
    for reply in replies(talker, requests):
        assert reply.scores is not None
        if reply.stretches:
            assert [stretch.end for stretch in reply.stretches] == line_ends(reply.text)
            assert reply.stretches[-1].logprob == max(reply.scores.values())
