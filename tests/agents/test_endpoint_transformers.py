"""Endpoint against a real `transformers serve` process with a tiny local checkpoint, offline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quorate.agents.agent import Agent, Request, Sampling
from quorate.agents.endpoint import Endpoint
from quorate.errors import EndpointError
from quorate.lab.serving import transformers_server
from quorate.lab.standin import make_standin
from quorate.nouns import Ask, Exchange, Message, Question, Reply


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_standin(tmp_path_factory.mktemp("checkpoint"), chat_template=True)
    settings = folder / "generation_config.json"
    # The server samples only when the checkpoint says so.
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"do_sample": True}))
    return folder


@pytest.fixture(scope="module")
def url(checkpoint: Path) -> Iterator[str]:
    pytest.importorskip("openai")
    pytest.importorskip("uvicorn")
    with transformers_server(checkpoint) as url:
        yield url


@pytest.fixture
def model(checkpoint: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    made = Endpoint(str(checkpoint), url, concurrency=2, retries=0)
    made.prepare([])
    yield made
    made.close()


def request(agent: Agent, *, seed: int = 1, past: tuple[Exchange, ...] = ()) -> Request:
    question = Question(text="count the apples")
    ask = Ask(
        seat=agent.name, act="draft", turn=len(past), question=question, instruction=question.text, past=past
    )
    return Request(agent, ask, seed)


def say(model: Endpoint, asked: Request) -> Reply:
    ((_, reply),) = model.reply([asked])
    assert isinstance(reply, Reply), reply
    return reply


def test_two_agents_get_texts_and_real_counts(model: Endpoint, checkpoint: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    sampling = Sampling(max_tokens=12)
    agents = [
        Agent("ada", model, role="You check the sum.", sampling=sampling),
        Agent("bo", model, role="You count the boxes and the coins twice.", sampling=sampling),
    ]
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda agent: say(model, request(agent)), agents))
    for agent, reply in zip(agents, replies, strict=True):
        chat = [{"role": "system", "content": agent.role}, {"role": "user", "content": "count the apples"}]
        sent = tokenizer.apply_chat_template(
            chat, add_generation_prompt=True, tokenize=True, return_dict=True
        )
        assert reply.tokens_in == len(sent["input_ids"])
        assert 0 < reply.tokens_out <= 12
        assert reply.text.strip()
        assert reply.finish == ("length" if reply.tokens_out == 12 else "stop")
    assert replies[0].tokens_in != replies[1].tokens_in


def test_what_was_said_before_is_part_of_the_prompt(model: Endpoint) -> None:
    agent = Agent("ada", model, sampling=Sampling(max_tokens=6, temperature=0.0))
    first = say(model, request(agent))
    said = Message(number=0, seat="ada", act="draft", turn=0, text=first.text)
    second = say(model, request(agent, past=(Exchange(instruction="count the apples", message=said),)))
    assert second.tokens_in > first.tokens_in + first.tokens_out


def test_the_seed_decides(model: Endpoint) -> None:
    agent = Agent("ada", model, sampling=Sampling(max_tokens=16, temperature=1.0))
    texts = [say(model, request(agent, seed=seed)).text for seed in (2**62 + 3, 2**62 + 3, 4)]
    assert texts[0] == texts[1] != texts[2]


def test_another_model_is_refused_in_the_servers_words(model: Endpoint) -> None:
    agent = Agent("ada", model, adapter="somebody/else")
    ((_, problem),) = model.reply([request(agent)])
    assert isinstance(problem, EndpointError)
    assert "pinned" in str(problem)
