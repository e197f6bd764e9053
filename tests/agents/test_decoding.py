"""Decoding: the same texts alone and in any batch, draws, stops, limits, shared beginnings, interrupts."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quorate.agents.local import decoding, prefix
from quorate.agents.local import prefill as local_prefill
from quorate.agents.local.base import Base, Runner, Stopped, describe_base, load_base
from quorate.agents.local.decoding import Draft, Row, write
from quorate.agents.local.draws import Drawing
from quorate.agents.local.lora import LoraBank
from quorate.agents.local.score import score
from quorate.errors import ModelError


def runner(base: Base, *adapters: Path) -> Runner:
    bank = LoraBank(base.model, "base")
    for adapter in adapters:
        bank.load(str(adapter))
    return Runner(base, bank)


def tiny_base(standin: Path, config: Any, architecture: Any) -> Base:
    """A random model of another kind behind the stand-in's tokenizer."""
    import torch
    from transformers import AutoTokenizer

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        model = architecture(config).eval()
    return describe_base(model, AutoTokenizer.from_pretrained(standin), torch.device("cpu"))


@pytest.fixture(scope="module")
def run(standin: Path) -> Runner:
    base = load_base(standin, dtype="float32", device="cpu")
    return runner(base, *(standin / f"adapter-{index}" for index in range(3)))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read prompts in chunks of a few rows and share every beginning there is."""
    monkeypatch.setitem(local_prefill.CHUNK, "cpu", 100)
    monkeypatch.setattr(prefix, "LEAST_SHARE", 0.0)
    monkeypatch.setattr(prefix, "LEAST_TOKENS", 1)


def drafts_of(run: Runner, rows: Sequence[Row]) -> list[Draft]:
    import torch

    with torch.inference_mode():
        found = write(run, rows, lambda ids: run.base.tokenizer.decode(ids, skip_special_tokens=True))
    assert all(isinstance(draft, Draft) for draft in found), found
    return [draft for draft in found if isinstance(draft, Draft)]


def random_rows(seed: int, count: int, **options: Any) -> list[Row]:
    """Rows of different lengths, adapters and limits; some are copies, some begin alike."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for _ in range(count):
        prompt = tuple(rng.integers(4, 350, rng.integers(1, 40)).tolist())
        if rows and rng.random() < 0.5:
            before = rows[rng.integers(len(rows))].prompt
            prompt = before if rng.random() < 0.4 else before + prompt
        row = {"adapter": int(rng.integers(-1, 3)), "limit": int(rng.integers(1, 30)), **options}
        if "temperature" in row:
            row["drawing"] = Drawing(int(rng.integers(2**62)), row.pop("temperature"), row.pop("top_p", 1.0))
        rows.append(Row(prompt, **row))
    return rows


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("options", [{}, {"temperature": 1.0}, {"temperature": 0.8, "top_p": 0.9}], ids=str)
def test_a_text_does_not_depend_on_its_batch(
    run: Runner, small_chunks: None, seed: int, options: dict[str, Any]
) -> None:
    rows = random_rows(seed, 14, **options)
    alone = [drafts_of(run, [row])[0] for row in rows]
    together = drafts_of(run, rows)
    order = np.random.default_rng(seed).permutation(len(rows))
    shuffled = drafts_of(run, [rows[place] for place in order])
    assert [draft.text for draft in together] == [draft.text for draft in alone]
    assert [draft.text for draft in shuffled] == [alone[place].text for place in order]
    assert [draft.tokens for draft in together] == [draft.tokens for draft in alone]
    np.testing.assert_allclose(
        [draft.logprob for draft in together], [draft.logprob for draft in alone], rtol=1e-4, atol=1e-5
    )
    assert len({draft.text for draft in alone}) > 5, "the texts are all the same: the test is blind"


@pytest.mark.parametrize("seed", range(3))
def test_random_models_write_the_same_greedy_text_in_any_batch(
    tmp_path: Path, one_thread: None, small_chunks: None, seed: int
) -> None:
    from quorate.lab.standin import make_standin

    folder = make_standin(tmp_path, seed=seed, hidden=32, layers=3, heads=2)
    run = runner(load_base(folder, dtype="float32", device="cpu"))
    rows = random_rows(seed, 12, adapter=-1, limit=25)
    together = drafts_of(run, rows)
    for row, draft in zip(rows, together, strict=True):
        ids = generate(run.base, row)
        assert draft.tokens == len(ids)
        assert draft.text == run.base.tokenizer.decode(ids, skip_special_tokens=True)


def generate(base: Base, row: Row) -> list[int]:
    """What transformers' own loop writes."""
    import torch

    ids = torch.tensor([row.prompt])
    out = base.model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=row.limit,
        do_sample=False,
        pad_token_id=0,
    )
    new: list[int] = out[0, len(row.prompt) :].tolist()
    return new


def other_architectures() -> dict[str, Callable[[], tuple[Any, Any]]]:
    def sliding() -> tuple[Any, Any]:
        from transformers import MistralConfig, MistralForCausalLM

        config = MistralConfig(
            vocab_size=352,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            sliding_window=12,
            initializer_range=0.2,
        )
        return config, MistralForCausalLM

    def learned_positions() -> tuple[Any, Any]:
        from transformers import GPT2Config, GPT2LMHeadModel

        config = GPT2Config(
            vocab_size=352, n_positions=96, n_embd=32, n_layer=2, n_head=2, initializer_range=0.2
        )
        return config, GPT2LMHeadModel

    def no_positions() -> tuple[Any, Any]:
        from transformers import BloomConfig, BloomForCausalLM

        config = BloomConfig(vocab_size=352, hidden_size=32, n_layer=2, n_head=2, initializer_range=0.2)
        return config, BloomForCausalLM

    def running_state() -> tuple[Any, Any]:
        from transformers import Lfm2Config, Lfm2ForCausalLM

        config = Lfm2Config(
            vocab_size=352,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            layer_types=["conv", "full_attention"],
            initializer_range=0.2,
        )
        return config, Lfm2ForCausalLM

    def scanned() -> tuple[Any, Any]:
        from transformers import JambaConfig, JambaForCausalLM

        config = JambaConfig(
            vocab_size=352,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            num_experts=2,
            attn_layer_period=2,
            attn_layer_offset=1,
            use_mamba_kernels=False,
            initializer_range=0.2,
        )
        return config, JambaForCausalLM

    makers = (sliding, learned_positions, no_positions, running_state, scanned)
    return {maker.__name__: maker for maker in makers}


@pytest.mark.parametrize("name", other_architectures())
def test_other_architectures_equal_generate(standin: Path, small_chunks: None, name: str) -> None:
    base = tiny_base(standin, *other_architectures()[name]())
    assert base.movable == (name in {"learned_positions", "no_positions"})
    rows = [row for row in random_rows(5, 8, adapter=-1, limit=14) if 1 < len(row.prompt) < 60]
    rows.append(rows[0])
    together = drafts_of(runner(base), rows)
    for row, draft in zip(rows, together, strict=True):
        ids = generate(base, row)
        assert draft.text == base.tokenizer.decode(ids, skip_special_tokens=True)
    assert together[-1].cached == len(rows[0].prompt) - 1


@pytest.mark.parametrize("name", other_architectures())
def test_other_architectures_score_like_one_pass(standin: Path, small_chunks: None, name: str) -> None:
    import torch

    base = tiny_base(standin, *other_architectures()[name]())
    prompts = [row.prompt for row in random_rows(5, 6, adapter=-1) if len(row.prompt) < 60]
    options = [(5, 6, 7), (8,), (5, 6, 9, 10)]
    with torch.inference_mode():
        found = score(runner(base), [(-1, prompt) for prompt in prompts], [options] * len(prompts))
        for prompt, scores in zip(prompts, found, strict=True):
            for option, total in zip(options, scores, strict=True):
                logits = base.model(input_ids=torch.tensor([[*prompt, *option]])).logits[0]
                logprobs = logits[len(prompt) - 1 : -1].log_softmax(-1)
                wanted = logprobs.gather(1, torch.tensor(option)[:, None]).sum()
                assert total == pytest.approx(float(wanted), rel=1e-3)


def test_log_probabilities_are_those_of_the_model(run: Runner) -> None:
    import torch

    (draft,) = drafts_of(run, [Row((5, 6, 7), limit=10, drawing=Drawing(3, 0.9, 0.8))])
    ids = [5, 6, 7, *run.base.tokenizer(draft.text, add_special_tokens=False).input_ids]
    if draft.finish == "stop":
        ids.append(run.base.ends[0])
    assert draft.tokens == len(ids) - 3
    run.bank.route([-1])
    with torch.inference_mode():
        logprobs = run.base.model(input_ids=torch.tensor([ids])).logits[0].log_softmax(-1)
    wanted = np.mean([float(logprobs[place, ids[place + 1]]) for place in range(2, len(ids) - 1)])
    assert draft.logprob == pytest.approx(wanted, rel=1e-4)


def test_seeds_make_the_draws(run: Runner) -> None:
    rows = [Row((5, 6, 7), limit=12, drawing=Drawing(seed, 1.0)) for seed in (1, 2, 1, 3)]
    first, second, again, third = (draft.text for draft in drafts_of(run, rows))
    assert first == again
    assert len({first, second, third}) == 3


def test_hot_and_cold_rows_share_a_batch(run: Runner) -> None:
    cold = Row((5, 6, 7), limit=12)
    hot = Row((5, 6, 7), limit=12, drawing=Drawing(1, 1.5))
    mixed = drafts_of(run, [hot, cold, hot])
    assert mixed[1].text == drafts_of(run, [cold])[0].text
    assert mixed[0].text == mixed[2].text == drafts_of(run, [hot])[0].text != mixed[1].text


def test_texts_end_at_stops_and_limits(run: Runner) -> None:
    (free,) = drafts_of(run, [Row((9, 8, 7), limit=40)])
    words = free.text.split()
    assert len(words) > 6, "too short a text to stop in"
    stop = " " + words[4]
    limited, stopped, never = drafts_of(
        run,
        [
            Row((9, 8, 7), limit=3),
            Row((9, 8, 7), limit=40, stops=("nowhere", stop)),
            Row((9, 8, 7), limit=40, stops=("nowhere",)),
        ],
    )
    assert (limited.finish, limited.tokens) == ("length", 3)
    assert free.text.startswith(limited.text)
    assert stopped.finish == "stop"
    assert stopped.text == free.text[: free.text.index(stop)]
    assert stopped.tokens < free.tokens
    assert never.text == free.text


def test_a_stop_may_span_tokens_and_letters(run: Runner) -> None:
    (free,) = drafts_of(run, [Row((9, 8, 7), limit=40)])
    middle = len(free.text) // 2
    stop = free.text[middle - 4 : middle + 4]
    (stopped,) = drafts_of(run, [Row((9, 8, 7), limit=40, stops=(stop,))])
    assert stopped.text == free.text[: free.text.index(stop)]


def test_an_end_token_ends_a_text(run: Runner) -> None:
    rows = random_rows(1, 30, adapter=-1, limit=200)
    ended = [draft for draft in drafts_of(run, rows) if draft.finish == "stop"]
    assert ended, "no text came to an end"
    assert all("</s>" not in draft.text for draft in ended)


def test_texts_outgrow_the_first_room_of_the_cache(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = random_rows(2, 6, limit=60, temperature=1.0)
    roomy = drafts_of(run, rows)
    monkeypatch.setattr(decoding, "ROOM", 2)
    assert [draft.text for draft in drafts_of(run, rows)] == [draft.text for draft in roomy]


def test_copies_and_beginnings_are_computed_once(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    beginning = tuple(range(4, 204))
    rows = [Row((*beginning, last), limit=8) for last in (5, 5, 6)]
    rows += [Row((*beginning, 5), adapter=0, limit=8), Row((*beginning, 7, 8, 9), limit=8)]
    shared = drafts_of(run, rows)
    assert [draft.cached for draft in shared] == [0, 200, 200, 0, 0]
    monkeypatch.setattr(prefix, "LEAST_TOKENS", 50)
    deeper = drafts_of(run, rows)
    assert [draft.cached for draft in deeper] == [0, 200, 200, 0, 199]
    monkeypatch.setattr(local_prefill, "plan_sharing", lambda _: [])
    monkeypatch.setattr(
        local_prefill, "unique", lambda prompts: (list(range(len(prompts))), list(range(len(prompts))))
    )
    separate = drafts_of(run, rows)
    assert [draft.cached for draft in separate] == [0] * 5
    assert [draft.text for draft in shared] == [draft.text for draft in separate]
    assert [draft.text for draft in deeper] == [draft.text for draft in separate]


def test_prompts_of_one_token(run: Runner) -> None:
    rows = [Row((5,), limit=6), Row((5,), limit=6, adapter=1), Row((5, 6, 7), limit=6)]
    alone = [drafts_of(run, [row])[0].text for row in rows]
    assert [draft.text for draft in drafts_of(run, rows)] == alone
    assert [draft.text for draft in drafts_of(run, rows[:2])] == alone[:2]


def test_the_flag_stops_the_writing_within_a_second(run: Runner) -> None:
    import torch

    run = Runner(dataclasses.replace(run.base, ends=()), run.bank)
    threading.Timer(0.2, run.stop.set).start()
    rows = [Row((5, 6, 7, seed), limit=900, drawing=Drawing(seed, 2.0)) for seed in range(4, 60)]
    start = time.monotonic()
    with pytest.raises(Stopped), torch.inference_mode():
        write(run, rows, str)
    assert time.monotonic() - start < 1.2


def test_numbers_that_are_none_are_an_error_of_their_rows(run: Runner) -> None:
    import torch

    broken = load_base(Path(run.base.model.config._name_or_path), dtype="float32", device="cpu")
    with torch.no_grad():
        broken.model.model.embed_tokens.weight[9] = float("nan")
    with torch.inference_mode():
        good, bad, warm = write(
            runner(broken),
            [Row((5, 6), limit=4), Row((5, 9), limit=4), Row((5, 9), limit=4, drawing=Drawing(1, 0.7))],
            str,
        )
        with pytest.raises(ModelError, match="no numbers"):
            score(runner(broken), [(-1, (5, 6)), (-1, (5, 9))], [[(7,)], [(7,)]])
    assert isinstance(good, Draft)
    assert "no numbers" in str(bad)
    assert "no numbers" in str(warm)


@pytest.mark.parametrize("temperature", [1e-300, 1e-38, 1e-6])
def test_next_to_no_temperature_takes_the_likeliest(run: Runner, temperature: float) -> None:
    rows = [Row((5, 6), limit=8, drawing=Drawing(seed, temperature)) for seed in range(4)]
    (greedy,) = drafts_of(run, [Row((5, 6), limit=8)])
    assert {draft.text for draft in drafts_of(run, rows)} == {greedy.text}
