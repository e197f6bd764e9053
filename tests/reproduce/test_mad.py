"""Liang et al. 2023: two sides speak in turn, a moderator ends the debate; and the protocol by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quorate.contracts import check_protocol
from quorate.errors import BadOption
from quorate.nouns import Ask, Message, Outcome, Question, Table
from quorate.protocols.one_by_one import one_by_one
from quorate.reproduce.reproducing import stage

SIDES = ("affirmative", "negative")
VOICES = [{"model": {"scripted": {"script": "Answer: 5"}}}]


def play(answers: str, verdicts: list[str], **options: Any) -> tuple[list[Ask], Outcome]:
    """Let the sides give these answers and the judge these verdicts; the last ones repeat."""
    turns = one_by_one(Question(text="2+3?"), Table(SIDES, offices={"judge": "solon"}), **options)
    asked: list[Ask] = []
    spoken, judged = iter(answers), iter(verdicts)
    try:
        asks = next(turns)
        while True:
            said = []
            for ask in asks:
                answer = None if ask.act == "judge" else next(spoken)
                text = next(judged) if ask.act == "judge" else f"Answer: {answer}"
                answer = text[-1] if "Answer" in text else answer
                place = {"number": len(asked), "seat": ask.seat, "act": ask.act, "turn": ask.turn}
                said.append(Message(**place, text=text, answer=answer))
                asked.append(ask)
            asks = turns.send(said)
    except StopIteration as end:
        return asked, end.value


def test_the_moderator_ends_the_debate_with_the_answer_it_prefers() -> None:
    asked, outcome = play("45", ["Verdict: consensus\nAnswer: 4"])
    assert [(ask.seat, ask.act) for ask in asked] == [
        ("affirmative", "draft"),
        ("negative", "revise"),
        ("solon", "judge"),
    ]
    assert [message.seat for message in asked[1].heard] == ["affirmative"]
    assert "> Answer: 4" in asked[1].instruction
    assert outcome.answer == "4"
    assert "judge solon declared consensus" in outcome.reason


def test_after_three_rounds_the_judge_decides() -> None:
    asked, outcome = play("454545", ["Verdict: continue"] * 3 + ["Answer: 5"])
    assert len(asked) == 10
    assert [message.seat for message in asked[3].heard] == ["negative"]
    assert outcome.answer == "5"
    assert "all 3 rounds held" in outcome.reason


def test_an_answer_that_no_side_gave_ends_nothing() -> None:
    asked, outcome = play("4545", ["Verdict: consensus\nAnswer: 9"] * 3, rounds=2)
    assert len(asked) == 7
    assert "gave no answer that a seat had given" in outcome.reason


def test_the_protocol_keeps_the_contract() -> None:
    check_protocol(one_by_one)
    with pytest.raises(BadOption, match="0 rounds asks nobody"):
        next(one_by_one(Question(text="2+3?"), Table(SIDES), rounds=0))


def test_only_the_negative_side_and_the_judge_have_a_role() -> None:
    experiment = stage("mad", voices=VOICES, problems={"arithmetic": {}}, count=1).experiment
    (arm,) = experiment.everything
    assert [agent.name for agent in experiment.agents] == ["affirmative"]
    assert [bool(agent.role) for agent in arm.agents] == [False, True]
    assert "moderate" in arm.offices["judge"].role
    assert {agent.sampling.temperature for agent in arm.agents} == {0}


def test_the_debate_and_the_single_agent_start_from_one_draft(held: Callable[[str], Any]) -> None:
    found, folder = held("mad")
    drafts = (folder / "drafts" / "common" / "seed-0" / "events.jsonl").read_text()
    debates = (folder / "arms" / "debate" / "seed-0" / "events.jsonl").read_text()
    said = [line for line in drafts.splitlines() if '"said"' in line]
    assert len(said) == 8
    assert all(line in debates for line in said)
    assert found.comparison.columns[0].cost.calls <= 10
