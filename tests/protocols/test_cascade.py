"""Cascade, gate and what goes on from drafts: when each asks more, what it costs, and that it resumes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.agents import Agent, Scripted
from quorate.contracts import check_protocol
from quorate.definition import Definition
from quorate.errors import BadDefinition, BadOption, UnknownName
from quorate.events import Noted
from quorate.nouns import Ask, Message, Note, Outcome, Question, Reply, Table
from quorate.protocols import debate, vote
from quorate.protocols.cascade import cascade, certainty, is_enough
from quorate.protocols.continuing import following, go_on
from quorate.protocols.gating import Gate, Head, gated
from quorate.protocols.history import Turns
from quorate.record import read_events
from tests.protocols.conftest import drive

QUESTION = Question(text="2+3?", id="q", kind="number")
SEATS = ("ada", "bo", "cy", "di")
Said = tuple[str | None, float | None]
Say = Callable[[Ask], Said]


def play(turns: Turns, say: Say) -> tuple[Outcome, list[list[Ask]]]:
    return drive(turns, lambda ask, number: message(ask, number, *say(ask)))


def message(ask: Ask, number: int, answer: str | None, confidence: float | None) -> Message:
    return Message(
        number=number, seat=ask.seat, act=ask.act, turn=ask.turn, text=f"Answer: {answer}", answer=answer,
        confidence=confidence, tokens_in=10, tokens_out=2,
    )  # fmt: skip


def saying(**said: Said) -> Say:
    return lambda ask: said[ask.seat]


def seats(waves: Sequence[Sequence[Ask]]) -> list[list[str]]:
    return [[ask.seat for ask in wave] for wave in waves]


# Cascade


@pytest.mark.parametrize(
    ("said", "options", "asked"),
    [
        ([("5", 0.95)], {}, ["ada"]),
        ([("5", 0.9)], {}, ["ada"]),
        ([("5", 0.8), ("5", 0.5)], {}, ["ada", "bo"]),
        ([("5", 0.8), ("5", 0.4), ("5", 0.4)], {}, ["ada", "bo", "cy"]),
        ([("5", None), ("5", None), ("5", None), ("5", None)], {}, ["ada", "bo", "cy", "di"]),
        ([("5", None), ("5", None)], {"sure": 0.75}, ["ada", "bo"]),
        ([("5", None)], {"sure": 0}, ["ada"]),
        ([("5", 0.1), ("5", 0.1)], {"sure": 0, "start": 2}, ["ada", "bo"]),
        ([("5", 0.8), ("5", 0.5), ("5", 0.5)], {"step": 2}, ["ada", "bo", "cy"]),
        ([("5", 1.0)] * 2, {"start": 2}, ["ada", "bo"]),
    ],
)
def test_a_cascade_ends_where_agreeing_drafts_are_sure(
    said: list[Said], options: dict[str, Any], asked: list[str]
) -> None:
    parts = dict(zip(SEATS, [*said, *[("5", 0.0)] * 4], strict=False))
    outcome, waves = play(cascade(QUESTION, Table(SEATS), **options), saying(**parts))
    assert [seat for wave in seats(waves) for seat in wave] == asked
    assert (outcome.answer, outcome.calls, outcome.rounds) == ("5", len(asked), 1)
    assert outcome.reason.startswith(f"{len(asked)} of 4 asked")
    assert outcome.tokens_in == 10 * len(asked)


def test_all_agree_though_not_sure_and_nobody_debates() -> None:
    outcome, waves = play(cascade(QUESTION, Table(SEATS), sure=1), lambda ask: ("5", 0.2))
    assert seats(waves) == [["ada"], ["bo"], ["cy"], ["di"]]
    assert (outcome.calls, outcome.consensus) == (4, True)


def test_disagreement_asks_everybody_and_then_debates_from_the_drafts() -> None:
    parts = saying(ada=("5", 0.99), bo=("6", 0.99), cy=("5", 0.99), di=("5", 0.99))
    outcome, waves = play(
        cascade(QUESTION, Table(SEATS), start=2, then={"debate": {"rounds": 2, "until": "never"}}), parts
    )
    assert seats(waves) == [["ada", "bo"], ["cy"], ["di"], list(SEATS)]
    assert [ask.act for ask in waves[-1]] == ["revise"] * 4
    assert {m.seat for m in waves[-1][0].heard} == {"bo", "cy", "di"}
    assert (outcome.calls, outcome.rounds, outcome.answer) == (8, 2, "5")
    assert outcome.reason.startswith("4 of 4 asked, 2 answers; all 2 rounds held")
    assert [note.kind for wave in waves for ask in wave for note in ask.notes] == ["gated"] * 3


def test_what_goes_on_is_the_debate_itself() -> None:
    parts = saying(ada=("5", None), bo=("6", None), cy=("5", None), di=("7", None))
    whole, asked = play(debate(QUESTION, Table(SEATS)), parts)
    outcome, waves = play(cascade(QUESTION, Table(SEATS), start=4), parts)
    assert [a.digest() for wave in waves for a in wave] == [a.digest() for wave in asked for a in wave]
    assert outcome.reason.endswith(whole.reason)
    assert outcome.model_copy(update={"reason": whole.reason, "notes": ()}) == whole


def test_the_stop_check_of_what_goes_on_may_end_it_at_once() -> None:
    parts = saying(ada=("5", 0.5), bo=("6", 0.5), cy=("5", 0.5), di=("5", 0.5))
    then = {"debate": {"until": {"quorum": {"share": 0.7}}}}
    outcome, _ = play(cascade(QUESTION, Table(SEATS), then=then), parts)
    assert outcome.calls == 4
    assert [note.kind for note in outcome.notes] == ["gated", "stopped"]


def test_without_anything_to_go_on_the_drafts_vote() -> None:
    parts = saying(ada=("6", 0.5), bo=("5", 0.5), cy=(None, None), di=("5", 0.5))
    outcome, _ = play(cascade(QUESTION, Table(SEATS), then=None), parts)
    assert (outcome.calls, outcome.answer, outcome.invalid) == (4, "5", 1)
    assert "2 answers, 1 unreadable" in outcome.reason


def test_cheap_ones_first() -> None:
    _, waves = play(cascade(QUESTION, Table(SEATS), order=["di", "bo"]), saying(
        di=("5", 0.1), bo=("5", 0.1), ada=("5", 0.99), cy=("5", 0.1)))  # fmt: skip
    assert seats(waves) == [["di"], ["bo"], ["ada"]]


confidences = st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=4)


@given(confidences, st.floats(0, 1), st.integers(1, 4), st.integers(1, 4))
def test_no_more_are_asked_than_are_needed(
    sure_of: list[float | None], sure: float, start: int, step: int
) -> None:
    parts: dict[str, Said] = {seat: ("5", (sure_of * 4)[at]) for at, seat in enumerate(SEATS)}
    outcome, waves = play(cascade(QUESTION, Table(SEATS), start=start, step=step, sure=sure), saying(**parts))
    asked = [ask for wave in waves for ask in wave]
    said = [message(ask, at, *parts[ask.seat]) for at, ask in enumerate(asked)]
    assert is_enough(said, sure) or len(asked) == 4
    before = said[: len(said) - len(waves[-1])]
    assert not before or not is_enough(before, sure)
    assert outcome.calls == len(asked)


@given(confidences)
def test_more_agreement_is_surer(sure_of: list[float | None]) -> None:
    said = [
        Message(number=n, seat=f"s{n}", act="draft", turn=0, text="", answer="5", confidence=sure)
        for n, sure in enumerate(sure_of)
    ]
    assert 0 <= certainty(said) <= 1
    assert certainty(said) >= certainty(said[:-1])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"start": 0}, "starts with 1 to 4 of 4 agents, not 0"),
        ({"start": 5}, "starts with 1 to 4 of 4 agents, not 5"),
        ({"step": 0}, "at least 1 more"),
        ({"sure": 1.5}, "between 0 and 1, not 1.5"),
        ({"order": ["bobo"]}, "no agent 'bobo' to ask first. Did you mean 'bo'"),
        ({"order": "bo"}, "The order is a list"),
        ({"then": "debat"}, "no protocol called 'debat'"),
        ({"then": {"debate": {"round": 2}}}, "no option 'round'"),
        ({"then": print}, "'print' is no protocol"),
        ({"decide": "judge_decides"}, "asks or draws lots"),
    ],
)
def test_impossible_cascades(options: dict[str, Any], says: str) -> None:
    with pytest.raises((BadOption, UnknownName), match=says):
        next(cascade(QUESTION, Table(SEATS), **options))


@pytest.mark.parametrize(
    "options",
    [
        {"start": 2, "step": 2, "then": {"debate": {"critique": "apart"}}},
        {"then": None},
        {"then": "dylan"},
        {"then": {"group_debate": {"groups": 2}}},
        {"then": "relay"},
    ],
)
def test_cascades_keep_the_contract(options: dict[str, Any]) -> None:
    check_protocol(partial(cascade, **options))


# Going on


def test_drafts_that_are_not_asked_again_still_cost() -> None:
    asks = next(vote(QUESTION, Table(SEATS)))
    held = [(ask, message(ask, at, "5", None)) for at, ask in enumerate(asks)]
    turns = go_on(vote(QUESTION, Table(SEATS[:2])), held, notes=[Note(kind="gated")], reason="first")
    outcome, waves = play(turns, lambda ask: ("7", None))
    assert waves == []
    assert (outcome.calls, outcome.tokens_in, outcome.tokens_out) == (4, 40, 8)
    assert outcome.reason.startswith("first; all 2 agree")
    assert [note.kind for note in outcome.notes] == ["gated"]


def test_other_prompts_are_taken_over(tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text("# draft, version 9\n$question\nDo it.\n$form\n", "utf-8")
    parts = saying(ada=("5", 0.5), bo=("6", 0.5), cy=("5", 0.5), di=("5", 0.5))
    outcome, waves = play(cascade(QUESTION, Table(SEATS), prompts=str(tmp_path)), parts)
    assert [ask.act for wave in waves for ask in wave][:5] == ["draft"] * 4 + ["revise"]
    assert outcome.calls == 4 * 3
    assert following("debate", "here").keywords == {"prompts": "here"}  # type: ignore[attr-defined]
    own = following({"debate": {"prompts": "there"}}, "here")
    assert own.keywords == {"prompts": "there"}  # type: ignore[attr-defined]


# Gate


def gate(threshold: float, bias: float = 0.0, agents: Sequence[str] = SEATS, agreement: float = 0.0) -> Gate:
    """A gate that expects a gain of sigmoid(bias + agreement in units of 0.25 from 0.5) - 0.5."""
    return Gate(
        agents=tuple(agents),
        means={"agreement": 0.5},
        scales={"agreement": 0.25},
        mends=Head(weights={"agreement": agreement}, bias=bias),
        spoils=Head(weights={}, bias=0.0),
        threshold=threshold,
    )


def test_a_shut_gate_votes_and_an_open_one_debates() -> None:
    parts = saying(ada=("5", None), bo=("6", None), cy=("5", None), di=("7", None))
    shut, waves = play(gated(QUESTION, Table(SEATS), gate=gate(0.1)), parts)
    plain, asked = play(vote(QUESTION, Table(SEATS)), parts)
    assert [a.digest() for wave in waves for a in wave] == [a.digest() for wave in asked for a in wave]
    assert (shut.answer, shut.calls) == (plain.answer, 4)
    assert "gate shut: +0.0 points expected, not above +10.0 (mends 50.0 %, spoils 50.0 %)" in shut.reason
    assert [note.kind for note in shut.notes] == ["gated"]

    opened, waves = play(gated(QUESTION, Table(SEATS), gate=gate(-0.1)), parts)
    whole, asked = play(debate(QUESTION, Table(SEATS)), parts)
    assert [a.digest() for wave in waves for a in wave] == [a.digest() for wave in asked for a in wave]
    assert (opened.answer, opened.calls, opened.rounds) == (whole.answer, whole.calls, whole.rounds)
    assert [note.kind for wave in waves[1:] for ask in wave for note in ask.notes] == ["gated"]


@pytest.mark.parametrize(("answers", "calls"), [("5555", 4), ("5556", 4), ("5566", 12), ("5678", 12)])
def test_it_opens_on_disagreement_if_it_learned_so(answers: str, calls: int) -> None:
    parts = dict(zip(SEATS, [(answer, None) for answer in answers], strict=True))
    split = gate(-0.01, agreement=-2.0)
    outcome, _ = play(gated(QUESTION, Table(SEATS), gate=split), saying(**parts))
    assert outcome.calls == calls


def test_the_threshold_can_be_given() -> None:
    parts = saying(ada=("5", None), bo=("6", None), cy=("5", None), di=("7", None))
    outcome, _ = play(gated(QUESTION, Table(SEATS), gate=gate(0.5), threshold=-0.5), parts)
    assert outcome.calls == 12


def test_a_gate_survives_its_file(tmp_path: Path) -> None:
    made = gate(0.123, bias=-3.5, agreement=1.25)
    path = made.save(tmp_path / "deep" / "gate.json")
    assert Gate.load(path) == made
    assert next(gated(QUESTION, Table(SEATS), gate=str(path)))
    assert next(gated(QUESTION, Table(SEATS), gate=made.model_dump()))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "Nothing says where a debate pays"),
        ({"gate": "no.json"}, "There is no gate no.json; train one"),
        ({"gate": 3}, "A gate is a file, or a gate itself, not int"),
        ({"gate": {"agents": []}}, "This is no gate: means: Field required"),
        ({"gate": gate(0, agents=["eve"])}, r"trained on other agents \(eve\), and 'ada' is not among them"),
        ({"gate": gate(0, agents=[*SEATS, "eve"])}, "trained on drafts of 'eve' too"),
        ({"gate": gate(0), "threshold": 2}, "between -1 and 1, not 2"),
        ({"gate": gate(0), "then": "vot"}, "no protocol called 'vot'"),
    ],
)
def test_impossible_gates(options: dict[str, Any], says: str) -> None:
    with pytest.raises((BadOption, BadDefinition), match=says):
        next(gated(QUESTION, Table(SEATS), **options))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "holds no gate: Invalid JSON"),
        ('{"agents": ["ada"]}', "holds no gate: means"),
        (gate(0).model_dump_json().replace("agreement", "mood"), "no feature 'mood'"),
        (gate(0).model_dump_json().replace('"agreement":0.25', '"agreement":0'), "positive scale"),
        (gate(0).model_dump_json().replace('"threshold":0.0', '"threshold":"NaN"'), "not finite"),
    ],
)
def test_files_that_hold_no_gate(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "gate.json").write_text(text, "utf-8")
    with pytest.raises((BadOption, BadDefinition), match=says):
        Gate.load(tmp_path / "gate.json")


# Records


def script(ask: Ask, seed: int) -> Reply:
    """Say what the question, the seat and the turn say; seats come to agree in the fourth round."""
    if ask.act == "select":
        return Reply(text=f"Picks: {1 + seed % 4}, 2")
    if ask.act == "summarize":
        return Reply(text=f"{ask.seat} sums up {len(ask.heard)}")
    number = 5 if ask.turn > 2 else 4 + seed % 3
    return Reply(text=f"Ratings: {seed % 7}, 3, 4, 5\nAnswer: {number}", tokens_in=7, tokens_out=3)


PROTOCOLS: dict[str, Any] = {
    "cascade": {"start": 2, "then": {"debate": {"rounds": 2}}},
    "gated": {"gate": gate(-0.2, agreement=-2.0), "then": {"debate": {"rounds": 2}}},
    "dylan": {"rounds": 4},
    "group_debate": {"stages": 2},
}


def run(folder: Path, name: str, **more: Any) -> dict[str, Outcome]:
    definition = Definition(
        [Agent(seat, Scripted(script)) for seat in SEATS],
        protocol={name: PROTOCOLS[name]},
        offices={"judge": Agent("solon", Scripted(script))},
    )
    questions = [Question(text=f"{n}+1?", id=f"q{n}", kind="number") for n in range(2)]
    return definition.run(questions, record=folder, **more).outcomes


def notes(folder: Path) -> list[str]:
    return sorted(repr(event) for event in read_events(folder) if isinstance(event, Noted))


@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_a_run_resumes_at_every_line_and_tells_nothing_twice(name: str, tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", name)
    lines = (tmp_path / "whole" / "events.jsonl").read_bytes().splitlines(keepends=True)
    assert any(re.search(rb'"act":"(revise|select|summarize)"', line) for line in lines)
    assert notes(tmp_path / "whole") or name == "group_debate"
    for kept in range(0, len(lines), 3):
        folder = tmp_path / f"cut{kept}"
        shutil.copytree(tmp_path / "whole", folder)
        (folder / "events.jsonl").write_bytes(b"".join(lines[:kept]) + b'{"type":"sa')
        assert run(folder, name, resume=True) == whole
        assert notes(folder) == notes(tmp_path / "whole")
