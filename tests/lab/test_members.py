"""The pool and its members: found, described, seated, recorded by what they are and not by where they lie."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from quorate.agents.agent import Agent, Sampling
from quorate.definition import Definition
from quorate.definition_file import build, resume
from quorate.errors import MissingModel, ModelError, UnknownName
from quorate.lab import members
from quorate.lab.evaluation import Seating
from quorate.lab.members import BASE, FIELDS, OTHERS, Pool, PoolModel, pool_folder
from quorate.lab.training import Recipe

ALL = ["base", "rates", "money", "generalist", "polymath", "critic", "judge", "weak", "stubborn"]
SHORT = {"temperature": 0, "max_tokens": 12}


def test_every_member_of_every_recipe_is_described() -> None:
    recipe = Recipe()
    assert set(recipe.specialists) == set(FIELDS)
    assert {BASE, *recipe.others} == set(OTHERS)


def test_members_come_with_a_sentence(miniature_pool: Path) -> None:
    known = Pool(miniature_pool).members
    assert list(known) == ALL
    assert all(sentence.endswith(".") for sentence in known.values())
    assert "rates and time" in known["rates"]


def test_a_member_that_was_not_trained_is_not_listed(miniature_pool: Path, tmp_path: Path) -> None:
    shutil.copytree(miniature_pool, tmp_path / "less")
    shutil.rmtree(tmp_path / "less" / "weak")
    assert "weak" not in Pool(tmp_path / "less").members


def test_agents_share_one_model_and_are_greedy(miniature_pool: Path) -> None:
    pool = Pool(miniature_pool)
    specialists = pool.specialists()
    assert [(agent.name, agent.adapter) for agent in specialists] == [("rates", "rates"), ("money", "money")]
    assert len({id(agent.model) for agent in [*specialists, pool.agent(BASE)]}) == 1
    assert {agent.sampling.temperature for agent in specialists} == {0}
    hot = pool.agent("judge", name="solon", sampling=Sampling(temperature=1))
    assert (hot.name, hot.sampling.temperature) == ("solon", 1)


def test_unknown_members_and_missing_pools_are_sentences(
    miniature_pool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = Pool(miniature_pool)
    with pytest.raises(UnknownName, match="Did you mean 'money'"):
        pool.agent("mony")
    with pytest.raises(UnknownName, match="no member 'training'"):
        pool.agent("training")
    with pytest.raises(MissingModel, match="quorate pool train"):
        Pool(tmp_path)
    monkeypatch.setattr(members, "HOME", tmp_path)
    with pytest.raises(MissingModel, match="--pool FOLDER"):
        pool_folder()
    (tmp_path / "config.json").write_text("{}")
    assert pool_folder() == tmp_path
    with pytest.raises(MissingModel, match=r"no training/recipe\.json"):
        _ = Pool().recipe
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "recipe.json").write_text('{"sead": 1}')
    with pytest.raises(ModelError, match="not a recipe of this version"):
        _ = Pool().recipe


def test_members_answer_as_their_adapters_do(miniature_pool: Path) -> None:
    """A member is its adapter: the base says something else."""
    from quorate.agents.agent import Request
    from quorate.agents.local import LocalModel
    from quorate.nouns import Ask, Question, Reply

    ask = Ask(seat="ada", act="draft", turn=0, question=Question(text="?"), instruction="Ada has 3 coins.")

    def says(agent: Agent) -> list[str]:
        agent.model.prepare([agent])
        replies = dict(agent.model.reply([Request(agent, ask, seed) for seed in range(20)]))
        return [reply.text for _, reply in sorted(replies.items()) if isinstance(reply, Reply)]

    pool, local = Pool(miniature_pool), LocalModel(miniature_pool)
    short = Sampling(temperature=1, max_tokens=30)
    plain = Agent("rates", local, adapter=str(miniature_pool / "rates"), sampling=short)
    assert says(pool.agent("rates", sampling=short)) == says(plain)
    assert says(pool.agent("rates", sampling=short)) != says(pool.agent(BASE, sampling=short))


def definition(folder: Path) -> Definition:
    agents = [
        {"name": seat, "model": {"pool": {"folder": str(folder)}}, "adapter": member, "sampling": SHORT}
        for seat, member in (("ada", "rates"), ("bo", "base"))
    ]
    return build({"agents": agents, "protocol": "vote"})


def test_a_definition_file_seats_members_and_a_run_resumes(miniature_pool: Path, tmp_path: Path) -> None:
    definition(miniature_pool).run(["2+3?", "3+4?"], record=tmp_path / "run")
    events = tmp_path / "run" / "events.jsonl"
    whole = events.read_text("utf-8").splitlines(keepends=True)
    events.write_text("".join(whole[: len(whole) // 2]), "utf-8")
    resumed = resume(tmp_path / "run")
    assert len(list(resumed)) == 2
    texts = [json.loads(line)["message"]["text"] for line in whole if '"said"' in line]
    again = [json.loads(line) for line in events.read_text("utf-8").splitlines()]
    assert sorted(event["message"]["text"] for event in again if event["type"] == "said") == sorted(texts)


def test_a_record_does_not_say_where_the_pool_lies(miniature_pool: Path, tmp_path: Path) -> None:
    shutil.copytree(miniature_pool, tmp_path / "elsewhere")
    here, there = definition(miniature_pool), definition(tmp_path / "elsewhere")
    here.prepare()
    there.prepare()
    assert here.setup() == there.setup()
    [described] = here.setup()["models"]
    assert described["kind"] == "pool"
    assert list(described["adapters"]) == ["rates"]
    assert str(miniature_pool) not in json.dumps(here.setup())


def test_a_member_trained_in_full_is_a_model_of_its_own(miniature_pool: Path, tmp_path: Path) -> None:
    folder = tmp_path / "full"
    shutil.copytree(miniature_pool, folder)
    shutil.rmtree(folder / "rates")
    (folder / "rates").mkdir()
    for file in folder.glob("*.*"):
        shutil.copy(file, folder / "rates")
    pool = Pool(folder)
    rates, money = pool.agent("rates"), pool.agent("money")
    assert rates.adapter is None
    assert rates.model is not money.model
    with pytest.raises(ModelError, match="trained in full"):
        PoolModel(folder).prepare(
            [pool.agent("money", name="x").__class__("x", money.model, adapter="rates")]
        )


def test_seating_remembers_what_was_said(miniature_pool: Path) -> None:
    from quorate.agents.agent import Request
    from quorate.nouns import Ask, Question

    agent = Seating(miniature_pool).agent("rates", sampling=Sampling(temperature=1, max_tokens=5))
    agent.model.prepare([agent])
    ask = Ask(seat="rates", act="draft", turn=0, question=Question(text="?"), instruction="2+3?")
    first, second = ([reply for _, reply in agent.model.reply([Request(agent, ask, 1)])] for _ in range(2))
    assert first[0] is second[0]
