"""Criticism by reading: the first step that a model finds too unlikely is wrong, and nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from quorate.agents import Agent
from quorate.agents.agent import Request
from quorate.agents.local import LocalModel
from quorate.agents.verifying import (
    CRITIC,
    MOST_STEPS,
    NOTHING,
    criticise,
    load_critic,
    read_drafts,
    save_critic,
    steps_of,
)
from quorate.errors import ModelError
from quorate.lab.members import Pool
from quorate.lab.standin import make_standin
from quorate.nouns import Ask, Message, Question, Reply

QUESTION = Question(text="What is 2+3?", kind="number")


class Marking:
    """Find every line that says "wrong" unlikely, count a token a word, and refuse drafts that say "fail"."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def score(self, requests: Sequence[Request], options: Sequence[Sequence[str]]) -> list[list[float]]:
        self.told += [request.ask.instruction for request in requests]
        if any("fail" in text for texts in options for text in texts):
            raise ModelError("The prompt does not fit.")
        return [[-10.0 * text.count("wrong") - 0.1 * text.count("\n") for text in texts] for texts in options]

    def length(self, text: str) -> int:
        return len(text.split())


def request(**texts: str) -> Request:
    heard = tuple(
        Message(number=number, seat=seat, act="draft", turn=0, text=text)
        for number, (seat, text) in enumerate(texts.items())
    )
    ask = Ask(seat="cy", act="critique", turn=1, question=QUESTION, instruction="Check.", heard=heard)
    return Request(Agent("cy", None), ask, 0)  # type: ignore[arg-type]


def asked(question: Question) -> str:
    return f"Solve: {question.text}"


def test_the_first_unlikely_step_is_named() -> None:
    model = Marking()
    [reply] = criticise(model, [request(ada="a\nb", bo="a\nwrong\nwrong", di="wrong")], asked, least=-5.0)
    assert isinstance(reply, Reply)
    assert reply.text == "ada: right\nbo: step 2 wrong\ndi: step 1 wrong"
    assert (reply.tokens_in, reply.tokens_out) == (4 + 2 + 3 + 1, 0)
    assert model.told == ["Solve: What is 2+3?"], "as somebody who solves, with no draft in sight"


def test_steps_are_weighed_behind_those_before_them() -> None:
    [[reading]] = read_drafts(Marking(), [request(ada="a\nwrong\nb")], asked)
    assert reading.steps == pytest.approx((-0.1, -10.1, 0.0))
    assert reading.wrong_step(-10.0) == 2
    assert reading.wrong_step(-11.0) is None


def test_empty_lines_and_endless_drafts_do_no_harm() -> None:
    assert steps_of("\n\r\n  a \x0b\n\n") == ["a"]
    assert len(steps_of("a\n" * 10**5)) == MOST_STEPS
    [reply] = criticise(Marking(), [request(ada="\n \n")], asked, least=-5.0)
    assert isinstance(reply, Reply)
    assert reply.text == "ada: right"


def test_who_hears_nobody_has_nothing_to_check() -> None:
    [reply] = criticise(Marking(), [request()], asked, least=-5.0)
    assert isinstance(reply, Reply)
    assert reply.text == NOTHING


def test_only_what_cannot_be_read_fails() -> None:
    first, second, third = criticise(
        Marking(), [request(ada="a"), request(bo="fail"), request(di="wrong")], asked, least=-5.0
    )
    assert isinstance(first, Reply)
    assert isinstance(second, ModelError)
    assert isinstance(third, Reply)
    assert third.text == "di: step 1 wrong"


def test_a_draft_that_cannot_be_read_does_not_shield_the_others() -> None:
    [reply] = criticise(Marking(), [request(ada="fail", bo="wrong", eve="2+3=5")], asked, least=-5.0)
    assert isinstance(reply, Reply)
    assert reply.text.splitlines() == ["ada: not read", "bo: step 1 wrong", "eve: right"]
    assert reply.tokens_in == 2 * 5  # the question and a word, twice
    [failed] = criticise(Marking(), [request(ada="fail", bo="fail")], asked, least=-5.0)
    assert isinstance(failed, ModelError)


def test_a_local_model_reads_what_others_wrote(tmp_path: Path) -> None:
    base = LocalModel(make_standin(tmp_path))
    ask = request(ada="2+3=5\nAnswer: 5", bo="2+3=6\nAnswer: 6").ask
    agent = Agent("cy", base)
    [readings] = read_drafts(base, [Request(agent, ask, 0)], asked)
    solving = Ask(seat="cy", act="draft", turn=0, question=QUESTION, instruction=asked(QUESTION))
    [whole] = base.score([Request(agent, solving, 0)], [["2+3=5\nAnswer: 5", "2+3=6\nAnswer: 6"]])
    assert [sum(reading.steps) for reading in readings] == pytest.approx(whole, abs=1e-3)
    assert [len(reading.steps) for reading in readings] == [2, 2]
    assert base.length("2+3") >= 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"least": "low"}', '{"least": null}', '{"least": NaN}', "\xff"]
)
def test_a_critics_file_that_says_no_limit_is_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / CRITIC).write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelError, match=r"critic\.json"):
        load_critic(tmp_path)


def test_the_critic_of_a_pool_reads_critiques_and_writes_drafts(miniature_pool: Path) -> None:
    pool = Pool(miniature_pool, device="cpu")
    critic, other = pool.agents(["critic", "money"])
    ask = request(ada="[1] 2+3=5\nAnswer: 5", bo="[1] 2+3=6\nAnswer: 6").ask
    draft = ask.model_copy(update={"act": "draft", "heard": ()})
    asks = [Request(agent, said, 0) for agent in (other, critic) for said in (draft, ask)]
    critic.model.prepare([critic, other])
    replies = dict(critic.model.reply(asks))
    assert sorted(replies) == [0, 1, 2, 3]
    written = [isinstance(reply, Reply) and reply.tokens_out > 0 for _, reply in sorted(replies.items())]
    assert written == [True, True, True, False]
    read = replies[3]
    assert isinstance(read, Reply)
    assert [line.split(":")[0] for line in read.text.splitlines()] == ["ada", "bo"]
    assert critic.model.describe()["critics"] == {"critic": load_critic(miniature_pool / "critic")}


def test_a_critic_that_is_closed_reads_no_more(miniature_pool: Path) -> None:
    critic = Pool(miniature_pool, device="cpu").agent("critic")
    ask = request(ada="[1] 2+3=5\nAnswer: 5").ask
    critic.model.prepare([critic])
    draft = ask.model_copy(update={"act": "draft", "heard": ()})
    replies = critic.model.reply([Request(critic, draft, 0), Request(critic, ask, 0)])
    assert next(iter(replies))[0] == 0
    critic.model.close()
    assert list(replies) == []


def test_a_higher_limit_finds_more_wrong(tmp_path: Path) -> None:
    asks = [request(ada="a\nb")]
    strict, lax = (list(criticise(Marking(), asks, asked, least=least)) for least in (-0.05, -5.0))
    assert [reply.text for reply in (*strict, *lax) if isinstance(reply, Reply)] == [
        "ada: step 1 wrong",
        "ada: right",
    ]
    assert load_critic(save_critic(tmp_path, -0.05).parent) == -0.05
