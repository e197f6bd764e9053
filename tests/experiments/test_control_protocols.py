"""The protocols of the controls: irrelevant peers, equal budgets, as many rounds."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.agents import Agent
from quorate.definition import Definition
from quorate.evaluate import Problem
from quorate.events import Asked
from quorate.experiments import Experiment, Folder, compare
from quorate.experiments.matched import Matched, Refined
from quorate.experiments.noise import Irrelevant, quotes_peers
from quorate.nouns import Ask, Message, Outcome, Question, Table
from quorate.protocols import debate, relay, vote
from quorate.record import read_events
from quorate.run import Protocol
from quorate.transcript_files import load_transcripts

Study = Callable[..., Experiment]
QUESTION = Question(id="q1", text="2+3?")


def held(protocol: Protocol, lengths: Iterator[int], read: int = 10) -> tuple[Outcome, list[list[Message]]]:
    """Hold a protocol whose every answer has the next length; return the outcome and the waves."""
    waves: list[list[Message]] = []
    turns = protocol(QUESTION, Table(["ada"]))
    asks: Sequence[Ask] = next(turns)
    number = 0
    while True:
        said = []
        for ask in asks:
            tokens = {"tokens_in": read, "tokens_out": next(lengths)}
            place = {"number": number, "seat": ask.seat, "act": ask.act, "turn": ask.turn}
            said.append(Message(text="Answer: 5", answer="5", **place, **tokens))
            number += 1
        waves.append(said)
        try:
            asks = turns.send(said)
        except StopIteration as end:
            return end.value, waves


@given(st.integers(0, 5000), st.integers(0, 2**32))
def test_equal_tokens_are_reached_and_exceeded_by_less_than_one_sample(budget: int, seed: int) -> None:
    rng = random.Random(seed)
    protocol = Matched("ada", "tokens", {"q1": budget}, longest=100)
    _, waves = held(protocol, (rng.randint(20, 40) for _ in itertools.count()))
    costs = [message.tokens_in + message.tokens_out for wave in waves for message in wave]
    assert sum(costs) >= budget
    assert len(costs) == 1 or sum(costs) - budget < max(costs)
    assert len(waves) <= 16


def test_samples_that_cost_nothing_end_the_sampling() -> None:
    _, waves = held(Matched("ada", "tokens", {"q1": 1000}, longest=10), iter([0] * 99), read=0)
    assert [len(wave) for wave in waves] == [1]


@given(st.integers(0, 30))
def test_equal_calls_are_drawn_at_once(calls: int) -> None:
    _, waves = held(Matched("ada", "calls", {"q1": calls}, longest=10), iter([1] * 99))
    assert [len(wave) for wave in waves] == [max(1, calls)]


def test_refinement_holds_as_many_rounds_and_does_not_stop_early() -> None:
    outcome, waves = held(Refined({"q1": 4}), iter([1] * 9))
    assert outcome.rounds == len(waves) == 4


def test_what_a_manifest_says_of_a_control_does_not_grow_with_the_problems() -> None:
    spent = {f"q{n}": float(n) for n in range(1000)}
    spelt = Matched("ada", "tokens", spent, longest=10, of="ring").spelling
    assert spelt["matched"]["of"] == "ring"
    assert len(str(spelt)) < 300
    assert spelt != Matched("ada", "tokens", {**spent, "q1": 5.0}, longest=10, of="ring").spelling


@pytest.mark.parametrize("critique", ["inline", "apart"])
def test_irrelevant_peers_speak_about_another_question_and_the_own_answer_stays(
    tmp_path: Path, study: Study, critique: str
) -> None:
    asked: list[Ask] = []

    def speak(ask: Ask, seed: int) -> str:
        asked.append(ask)
        return f"{ask.act} of {ask.seat} on {ask.question.id}. Answer: {seed % 3}"

    arms = {"ring": {"topology": "ring", "critique": critique, "rounds": 3, "until": "never"}}
    compare(study(script=speak, arms=arms), tmp_path / "x")
    noisy = [ask for ask in asked if ask.heard and any(ask.question.id not in m.text for m in ask.heard)]
    assert noisy
    for ask in noisy:
        assert all(f"of {m.seat} on {ask.question.id}" not in ask.instruction for m in ask.heard)
        assert len({m.text.split(" on ")[1][:2] for m in ask.heard}) == 1, "one donor a question"
        if ask.act == "revise":
            assert f"of {ask.seat} on {ask.question.id}" in ask.instruction
    folder = Folder(tmp_path / "x").arm("noise_peers", 0)
    edges = {(e.number, e.heard) for e in read_events(folder) if isinstance(e, Asked) and e.question == "q0"}
    plain = Folder(tmp_path / "x").arm("ring", 0)
    assert edges == {
        (e.number, e.heard) for e in read_events(plain) if isinstance(e, Asked) and e.question == "q0"
    }


def test_every_question_has_another_for_donor(tmp_path: Path, study: Study) -> None:
    compare(study(), tmp_path / "x")
    transcripts = load_transcripts(Folder(tmp_path / "x").arm("ring", 0)).transcripts
    made = Irrelevant(debate, transcripts)
    first = {t.question.id: made.donors(t.question.id)[0] for t in transcripts}
    own = {t.question.id: t.rounds[0].messages[0].text for t in transcripts}
    for name, spoken in first.items():
        assert own[name] not in {m.text for turns in spoken.values() for m in turns.values()}
    assert all(len(made.donors(name)) == len(transcripts) - 1 for name in first)


def test_a_relay_quotes_nobody_and_a_debate_does(tmp_path: Path, panel: Callable[..., list[Agent]]) -> None:
    problems = [Problem(question=Question(id=f"q{n}", text=f"{n}?"), gold="1") for n in range(2)]
    quoted: dict[str, bool] = {}
    for protocol in (relay, vote, partial(debate, rounds=2, until="never")):
        definition = Definition(panel(), protocol=protocol)
        folder = tmp_path / str(len(quoted))
        definition.run(problems, record=folder)
        found = load_transcripts(folder).transcripts
        quoted[str(protocol)] = quotes_peers(definition.rules, definition.table, found)
    assert list(quoted.values()) == [False, False, True]


def test_noise_is_left_out_where_nobody_listens_and_the_table_says_why(tmp_path: Path, study: Study) -> None:
    table = compare(study(arms={"relay": {"protocol": "relay"}}), tmp_path / "x")
    assert "noise_peers" not in [column.name for column in table.columns]
    assert "'noise_peers' was left out: in no arm a seat reads what another wrote." in table.notes
    one = compare(study(problems=study().problems[:1]), tmp_path / "y")
    assert any("it needs two problems" in note for note in one.notes)
