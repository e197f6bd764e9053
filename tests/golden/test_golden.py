"""Golden transcripts: what is asked and said, word for word, so that a change of behaviour shows in a diff.

After a change that is meant: QUORATE_UPDATE_GOLDEN=1 make test, then read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.events import Decided, Event, Heard, Posted, Said
from quorate.nouns import Ask, Question, Reply, Stretch

HERE = Path(__file__).parent
NUMBER = Question(id="sum", text="What is 17 * 3?", kind="number")
RELAYED = Question(id="relayed", text="What is 17 * 3?", kind="number")
CHOICE = Question(id="prime", text="Which one is prime?", choices=("4", "7", "9"))


def relayed(ask: Ask) -> str | Reply:
    """Ada finds the first step, bo the second and then slips, cy finishes."""
    if ask.act == "object":
        return "30 + 21 is 51.\nObjection: line 3" if ask.board[-1].seat == "bo" else "Objection: none"
    steps: dict[tuple[str, int], list[tuple[str, float]]] = {
        ("ada", 0): [("3 * 10 = 30", 0.9), ("3 * 7 = 24", 0.4), ("Answer: 54", 0.3)],
        ("bo", 1): [("3 * 7 = 21", 0.95), ("30 + 21 = 41", 0.85), ("Answer: 41", 0.9)],
        ("cy", 2): [("30 + 21 = 51", 0.95), ("Answer: 51", 0.99)],
    }
    text, stretches = "", []
    for line, sure in steps.get((ask.seat, ask.turn), [("I do not know.", 0.1)]):
        text += f"{line}\n"
        stretches.append(Stretch(end=len(text), confidence=sure))
    return Reply(text=text, stretches=tuple(stretches))


def lines(ask: Ask, seed: int) -> str | Reply:
    """Say what each seat of the transcripts says."""
    if ask.question is RELAYED:
        return relayed(ask)
    if ask.act == "critique":
        return f"{ask.heard[0].seat} slips in the second step."
    if ask.act == "judge":
        return "17 * 3 = 51.\nVerdict: consensus\nAnswer: 51"
    if ask.question is CHOICE:
        return f"I think so.\nAnswer: {'ABC'[('ada', 'bo', 'cy').index(ask.seat)]}"
    if ask.seat == "cy" and ask.turn:
        raise RuntimeError("the server went away")
    value = {"ada": 51, "bo": 41 if ask.turn == 0 else 51, "cy": 51}[ask.seat]
    return f"17 * 3 = {value}.\nAnswer: {value}"


CASES: dict[str, tuple[Question, dict[str, Any]]] = {
    "debate_on_a_ring": (
        NUMBER,
        {"topology": {"chain": {"directed": True}}, "protocol": {"debate": {"until": "never"}}},
    ),
    "critique_apart": (
        NUMBER,
        {"topology": "star", "protocol": {"debate": {"rounds": 2, "critique": "apart"}}},
    ),
    "transcript_memory": (
        NUMBER,
        {"protocol": {"debate": {"rounds": 3, "memory": "transcript", "critique": "off", "until": "never"}}},
    ),
    "a_judge_decides": (
        NUMBER,
        {
            "protocol": {"debate": {"until": "judge_agrees", "decide": "judge_decides"}},
            "offices": {"judge": Agent("solon", Scripted(lines), role="You judge fairly.")},
        },
    ),
    "vote_with_a_tie": (CHOICE, {"protocol": "vote"}),
    "relay_with_objections": (RELAYED, {"protocol": {"relay": {"rounds": 4, "objections": "asked"}}}),
}


def transcript(question: Question, options: dict[str, Any]) -> str:
    asks: dict[tuple[str, str, int], Ask] = {}

    def speak(ask: Ask, seed: int) -> str | Reply:
        asks[ask.seat, ask.act, ask.turn] = ask
        return lines(ask, seed)

    office = {name: Agent(agent.name, Scripted(speak)) for name, agent in options.get("offices", {}).items()}
    agents = [Agent(name, Scripted(speak)) for name in ("ada", "bo", "cy")]
    out: list[str] = []

    def tell(event: Event) -> None:
        match event:
            case Heard():
                out.append(f"== turn {event.turn}: " + ", ".join(f"{u} -> {v}" for u, v in event.edges))
            case Posted():
                out.append(f"== turn {event.turn}: the board of {', '.join(event.seats)}")
                out.extend(f"   {line.seat}: {line.text} ({line.confidence})" for line in event.board)
            case Said() | Decided():
                pass
        if message := getattr(event, "message", None):
            ask = asks[message.seat, message.act, message.turn]
            out.append(f"-- {message.seat}, {message.act}, turn {message.turn}")
            out.extend(f"   | past: {exchange.message.text!r}" for exchange in ask.past)
            out.extend(f"   | {line}".rstrip() for line in ask.instruction.splitlines())
            said = f"FAILED {message.error}" if message.failed else f"{message.text!r} = {message.answer}"
            out.append(f"   > {said}")
        if isinstance(event, Decided):
            outcome = event.outcome
            out.append(
                f"== answer {outcome.answer} of winners {outcome.winners}, tie-break {outcome.tie_break}"
            )
            out.append(f"   {outcome.reason}; tally {outcome.tally}; failed {outcome.failed}")
            out.extend(f"   board: {line.seat}: {line.text} ({line.confidence})" for line in outcome.board)

    settings = {**options, "offices": office}
    Definition(agents, **settings).run([question], listeners=[tell])
    return "\n".join(out) + "\n"


@pytest.mark.parametrize("name", sorted(CASES))
def test_transcript(name: str) -> None:
    told = transcript(*CASES[name])
    path = HERE / f"{name}.txt"
    if os.environ.get("QUORATE_UPDATE_GOLDEN"):
        path.write_text(told, "utf-8")
    assert told == path.read_text("utf-8")


def test_no_transcript_is_left_over() -> None:
    assert {path.stem for path in HERE.glob("*.txt")} == set(CASES)
