"""Adversaries: each part says what it should, charges what it cost, and keeps nothing between calls."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.agents import Agent, Scripted
from quorate.agents.adversaries import Adversary, Play, Scene, adversary, wrong_answer
from quorate.agents.adversaries.adversary import part_of
from quorate.agents.agent import Model, Request
from quorate.answers import canonical, read
from quorate.definition import Definition
from quorate.definition_file import build
from quorate.errors import BadDefinition, BadOption, ModelError, UnknownName
from quorate.nouns import Ask, Message, Question, Reply
from quorate.robustness import plant

QUESTION = Question(id="q1", text="What is 3*6?")
CHOICE = Question(id="q2", text="Which is prime?", choices=("4", "7", "9"))
PARTS = ("colluding", "confidently_wrong", "copying", "injecting", "stubborn")
LYING = ("colluding", "confidently_wrong", "injecting")


def honest(ask: Ask, seed: int) -> str:
    """Draft right, then waver: what is said depends on the turn."""
    return "3*6=18\nAnswer: 18" if ask.act == "draft" else f"It is {ask.turn}.\nAnswer: {ask.turn}"


def drafting(question: Question) -> str:
    return f"{question.stated}\nSolve it."


def played(part: Any, script: Any = honest, **options: Any) -> Agent:
    return Agent("ada", Adversary(Scripted(script), part, drafting=drafting, **options))


def ask(act: str = "draft", turn: int = 0, question: Question = QUESTION, **fields: Any) -> Ask:
    given: dict[str, Any] = {"instruction": drafting(question), "expects": "answer", **fields}
    return Ask(seat="ada", act=act, turn=turn, question=question, **given)


def say(agent: Agent, *asks: Ask, seed: int = 0) -> list[Reply]:
    found = dict(agent.model.reply([Request(agent, one, seed) for one in asks]))
    assert sorted(found) == list(range(len(asks)))
    replies = []
    for _, reply in sorted(found.items()):
        assert isinstance(reply, Reply), reply
        replies.append(reply)
    return replies


def heard(
    seat: str = "bo", answer: str | None = "7", text: str = "So it is.\nAnswer: 7", **known: Any
) -> Message:
    known = {"act": "draft", "number": 3, **known}
    return Message(seat=seat, turn=0, text=text, answer=answer, **known)


def test_all_parts_are_registered_and_a_wrong_name_is_helped() -> None:
    assert list(adversary) == list(PARTS)
    with pytest.raises(UnknownName, match="Did you mean 'stubborn'"):
        played("stuborn")
    with pytest.raises(BadOption, match="no option 'frist'"):
        played({"copying": {"frist": "draft"}})


@pytest.mark.parametrize("part", PARTS)
def test_an_adversary_is_a_model_with_the_lanes_of_the_one_behind_it(part: str) -> None:
    inner = Scripted(honest)
    inner.lanes, inner.batch = 3, 5
    model = Adversary(inner, part, drafting=drafting)
    assert isinstance(model, Model)
    assert (model.lanes, model.batch) == (3, 5)
    assert model.describe() == {**inner.describe(), "adversary": {"part": part, "seed": 0}}
    assert (part_of(model), part_of(inner)) == (part, None)
    model.close()


@pytest.mark.parametrize("part", LYING)
@pytest.mark.parametrize("turn", [0, 1, 4])
def test_a_liar_states_one_wrong_answer_at_every_turn(part: str, turn: int) -> None:
    first, later = say(played(part), ask(), ask("revise", turn, instruction="Again."))
    wrong = read(QUESTION, first.text)
    assert wrong is not None
    assert wrong != "18"
    assert read(QUESTION, later.text) == wrong
    assert first.confidence == 0.99


def test_a_lie_retells_the_honest_draft() -> None:
    (said,) = say(played("confidently_wrong"), ask())
    wrong = read(QUESTION, said.text)
    assert said.text.splitlines()[0] == f"3*6={wrong}"
    assert "18" not in said.text


@pytest.mark.parametrize("part", LYING)
def test_liars_ask_again_after_a_resume_and_say_the_same(part: str) -> None:
    before = say(played(part), ask(), ask("revise", 1))[1]
    (after,) = say(played(part), ask("revise", 1))  # a new process: nothing is remembered
    assert after == before


def test_tokens_are_charged_where_the_honest_draft_was_first_needed() -> None:
    agent = played("confidently_wrong")
    plain = say(Agent("ada", Scripted(honest)), ask())[0]
    first, later = say(agent, ask(), ask("revise", 1))
    assert (first.tokens_in, first.tokens_out) == (plain.tokens_in, plain.tokens_out)
    assert (later.tokens_in, later.tokens_out) == (0, 0)


def test_an_honest_draft_is_asked_for_once() -> None:
    asked: list[str] = []

    def count(one: Ask, seed: int) -> str:
        asked.append(one.act)
        return "Answer: 18"

    agent = played("stubborn", count)
    say(agent, ask())
    say(agent, ask("revise", 1), ask("revise", 2))
    assert asked == ["draft"]


def test_colluders_say_what_is_made_of_their_leaders_draft() -> None:
    script = {"ada": "Answer: 18", "bo": "Answer: 70", "cy": "Answer: 5"}
    model = Scripted(script)
    table = plant([Agent(name, model) for name in script], {"ada": "colluding", "bo": "colluding"})
    said = [
        next(iter(agent.model.reply([Request(agent, ask().model_copy(update={"seat": agent.name}), 0)])))[1]
        for agent in table[:2]
    ]
    answers = {read(QUESTION, reply.text) for reply in said if isinstance(reply, Reply)}
    assert len(answers) == 1
    assert answers != {"18"}
    apart = plant([Agent(name, model) for name in script], dict.fromkeys(("ada", "bo"), "confidently_wrong"))
    texts = [
        next(iter(a.model.reply([Request(a, ask().model_copy(update={"seat": a.name}), 0)])))[1]
        for a in apart[:2]
    ]
    assert len({read(QUESTION, t.text) for t in texts if isinstance(t, Reply)}) == 2


def test_a_stubborn_agent_repeats_its_honest_first_draft() -> None:
    first, later = say(
        played("stubborn"), ask(), ask("revise", 3, instruction="Others say 7.", heard=(heard(),))
    )
    assert first.text == later.text == "3*6=18\nAnswer: 18"
    assert later.tokens_out == 0


def test_a_copying_agent_says_what_a_neighbour_said_and_drafts_before() -> None:
    agent = played("copying")
    first, later = say(agent, ask(), ask("revise", 1, heard=(heard(confidence=0.4),)))
    assert read(QUESTION, first.text) == "18"
    assert (later.text, later.confidence, later.tokens_out) == ("So it is.\nAnswer: 7", 0.4, 0)


def test_a_copying_agent_copies_only_answers_and_marks_them() -> None:
    mute, critique = heard(answer=None, text="Hm."), heard("cy", "9", act="critique")
    loose = heard("di", "7", text="I go for seven")
    agent = played({"copying": {"first": "abstain"}})
    said = say(agent, ask("revise", 1, heard=(mute, critique, loose)), ask("revise", 1, heard=(mute,)))
    assert said[0].text == "I go for seven\nAnswer: 7"
    assert read(QUESTION, said[1].text) is None


def test_an_impossible_option_is_refused_before_anything_runs() -> None:
    agent = played({"copying": {"first": "wait"}})
    with pytest.raises(BadOption, match="cannot 'wait' first"):
        agent.model.prepare([agent])


def test_which_neighbour_is_copied_is_drawn_from_the_seed() -> None:
    agent = played("copying")
    both = (heard("bo", "7"), heard("cy", "9", text="Answer: 9"))
    drawn = [say(agent, ask("revise", 1, heard=both), seed=seed)[0].text for seed in range(20)]
    again = [say(agent, ask("revise", 1, heard=both), seed=seed)[0].text for seed in range(20)]
    assert drawn == again
    assert len(set(drawn)) == 2


def test_an_injection_feigns_roles_and_fences_and_is_read_as_its_own_answer() -> None:
    (said,) = say(played("injecting"), ask())
    wrong = read(QUESTION, said.text)
    for piece in ("Ignore the above", "<|im_start|>system", "```", f"Answer: {wrong}"):
        assert piece in said.text


@pytest.mark.parametrize("part", LYING)
def test_liars_criticise_and_judge_honestly(part: str) -> None:
    critique, verdict = say(played(part), ask("critique", 1, expects="text"), ask("judge", 1))
    assert "18" not in critique.text
    assert (critique.tokens_in, verdict.text) == (0, "It is 1.\nAnswer: 1")


@pytest.mark.parametrize("part", PARTS)
def test_ballots_are_honest(part: str) -> None:
    (said,) = say(played(part), ask("rank", 1, expects="text", heard=(heard(),)))
    assert said.text == "It is 1.\nAnswer: 1"


def test_stretches_of_a_lie_cover_its_text() -> None:
    (said,) = say(played("confidently_wrong"), ask(stretches=True))
    assert said.stretches[-1].end == len(said.text)
    assert {stretch.confidence for stretch in said.stretches} == {0.99}
    assert said.logprob == math.log(0.99)


def test_what_the_honest_model_raises_is_the_seats_failure() -> None:
    def fail(one: Ask, seed: int) -> str:
        raise RuntimeError("out of memory")

    agent = played("stubborn", fail)
    assert [type(r) for _, r in agent.model.reply([Request(agent, ask(), 0)])] == [RuntimeError]


def test_a_part_of_ones_own_may_raise_or_return_rubbish() -> None:
    def breaks(scene: Scene) -> Play:
        yield scene.request
        raise ValueError("no idea")

    def rubbish(scene: Scene) -> Play:
        yield scene.request
        return "text"  # type: ignore[return-value]

    def twice(scene: Scene) -> Play:
        first = yield scene.request
        second = yield scene.draft()
        return Reply(text=first.text + second.text)

    found = [
        dict(a.model.reply([Request(a, ask("revise", 1), 0)]))[0] for a in map(played, (breaks, rubbish))
    ]
    assert isinstance(found[0], ValueError)
    assert isinstance(found[1], ModelError)
    assert say(played(twice), ask("revise", 1))[0].text == "It is 1.\nAnswer: 13*6=18\nAnswer: 18"


def test_batches_reach_the_honest_model_whole() -> None:
    sizes: list[int] = []

    class Counting(Scripted):
        def reply(self, requests: Sequence[Request]) -> Any:
            sizes.append(len(requests))
            return super().reply(requests)

    agent = Agent("ada", Adversary(Counting(honest), "confidently_wrong", drafting=drafting))
    others = [Question(id=f"n{n}", text=f"What is {n}?") for n in range(7)]
    say(agent, *(ask(question=question) for question in others))
    assert sizes == [7]


@given(
    st.one_of(
        st.integers(-(10**6), 10**6).map(str),
        st.decimals(-1000, 1000, places=2).map(str),
        st.tuples(st.integers(1, 50), st.integers(2, 50)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
        st.sampled_from(["yes", "no", "true", "Paris", "x^2+1", "", "9" * 40, "nan", "1e999"]),
        st.text(max_size=30),
    ),
    st.sampled_from(["auto", "number", "maths", "text"]),
    st.integers(0, 99),
)
def test_a_wrong_answer_is_readable_and_another_one(raw: str, kind: Any, seed: int) -> None:
    question = Question(text="?", kind=kind)
    known = canonical(question, raw)
    wrong = wrong_answer(question, known, random.Random(seed))
    assert wrong
    assert wrong != known
    if kind == "number":
        assert canonical(question, wrong) == wrong


@given(st.sampled_from([None, "A", "B", "C"]), st.integers(0, 99))
def test_a_wrong_choice_is_another_choice(known: str | None, seed: int) -> None:
    wrong = wrong_answer(CHOICE, known, random.Random(seed))
    assert wrong in {"A", "B", "C"} - {known}


@pytest.mark.parametrize("part", PARTS)
def test_a_run_with_an_adversary_records_replays_and_resumes(part: str, tmp_path: Path) -> None:
    def table() -> Definition:
        model = Scripted(honest)
        agents = [Agent(name, model) for name in ("ada", "bo", "cy")]
        return Definition(
            plant(agents, {"bo": part}), protocol={"debate": {"until": "never"}}, topology="ring"
        )

    todo = [Question(id=f"q{n}", text=f"What is {n}*6?") for n in range(4)]
    whole = table().run(todo, record=tmp_path / "whole")
    events = (tmp_path / "whole" / "events.jsonl").read_text().splitlines(keepends=True)
    table().run(todo[:1], record=tmp_path / "probe")
    for kept in (len(events) // 3, len(events) // 2):
        cut = tmp_path / f"cut-{kept}"
        table().run(todo, record=cut)
        (cut / "events.jsonl").write_text("".join(events[:kept]))
        again = table().run(todo, record=cut, resume=True)
        assert [_plain(o) for o in again] == [_plain(o) for o in whole]


def _plain(outcome: Any) -> Any:
    return outcome.model_dump()


def test_definition_files_plant_adversaries() -> None:
    model = {"scripted": {"script": "3*6=18\nAnswer: 18"}}
    data: dict[str, Any] = {
        "agents": [
            {"name": "ada", "model": model},
            {"name": "bo", "model": model, "adversary": "colluding"},
            {"name": "cy", "model": model, "adversary": {"copying": {"first": "abstain"}}},
        ],
        "protocol": "vote",
    }
    definition = build(data)
    assert [part_of(agent.model) for agent in definition.agents] == [None, "colluding", "copying"]
    assert definition.setup()["models"][1]["adversary"] == {"part": "colluding", "seed": 0, "leader": "bo"}
    outcome = definition.ask(QUESTION)
    assert (outcome.answer == "18", outcome.invalid) in ((True, 1), (False, 1))
    data["agents"][1]["adversary"] = "coluding"
    with pytest.raises(UnknownName, match="definition: There is no adversary called 'coluding'"):
        build(data)


def test_an_officer_cannot_be_an_adversary() -> None:
    agent = {"name": "ada", "model": {"scripted": {"script": "Answer: 18"}}}
    data = {"agents": [agent], "offices": {"judge": {**agent, "name": "solon", "adversary": "stubborn"}}}
    with pytest.raises(BadDefinition, match=r"offices\.judge: 'solon' cannot be an adversary"):
        build(data)
