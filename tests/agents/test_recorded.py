"""Recorded: runs and files of recorded outputs, said again."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.agents.agent import Agent, Model, Request
from quorate.agents.recorded import Line, Recorded, recorded
from quorate.errors import BadOption, ModelError, RecordError
from quorate.events import Asked, Decided, Event, Failed, Said, Started, write_event
from quorate.nouns import Ask, Cut, Message, Outcome, Question, Reply
from quorate.registry import model as registry

QUESTION = Question(id="q1", text="2+3?")
DATA = Path(os.environ.get("QUORATE_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data")
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="no recorded outputs here; set QUORATE_DATA")


def message(text: str = "", **fields: Any) -> Message:
    place: dict[str, Any] = {"number": 0, "seat": "ada", "act": "draft", "turn": 0}
    return Message(text=text, **place | fields)


def write_run(folder: Path, *events: Event, tail: bytes = b"") -> Path:
    lines = "".join(write_event(event) + "\n" for event in events)
    (folder / "events.jsonl").write_bytes(lines.encode() + tail)
    return folder


def write_rows(path: Path, *rows: Mapping[str, Any]) -> Path:
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def put(
    model: Recorded,
    seat: str = "ada",
    turn: int = 0,
    act: str = "draft",
    *,
    question: str = "q1",
    seed: int = 0,
) -> Reply | Exception:
    ask = Ask(seat=seat, act=act, turn=turn, question=Question(id=question, text="2+3?"), instruction="?")
    ((index, result),) = model.reply([Request(Agent(seat, model), ask, seed)])
    assert index == 0
    return result


def said(model: Recorded, *place: Any, **options: Any) -> str:
    result = put(model, *place, **options)
    assert isinstance(result, Reply), result
    return result.text


def missing(model: Recorded, *place: Any, **options: Any) -> str:
    result = put(model, *place, **options)
    assert isinstance(result, ModelError), result
    return str(result)


def test_is_a_model_that_answers_at_once() -> None:
    model = Recorded([])
    assert isinstance(model, Model)
    assert (model.lanes, model.batch) == (0, None)
    model.prepare([])
    model.close()


# Runs.


def test_a_run_is_said_again_with_everything_the_model_returned(tmp_path: Path) -> None:
    reply = Reply(
        text="2+3=5. Answer: 5",
        tokens_in=40,
        tokens_out=9,
        tokens_cached=8,
        logprob=-0.5,
        confidence=0.75,
        finish="length",
        cut=Cut(exchanges=1, tokens=2),
        scores={"A": -1.5},
    )
    fields = {name: getattr(reply, name) for name in Reply.model_fields if name != "text"}
    folder = write_run(
        tmp_path,
        Started(question="q1", asked=QUESTION),
        Asked(question="q1", number=0, seat="ada", act="draft", turn=0, digest="0"),
        Said(question="q1", message=message(reply.text, answer="5", seconds=2.0, **fields)),
        Decided(question="q1", outcome=Outcome(answer="5")),
    )
    model = Recorded.from_run(folder)
    assert put(model) == reply
    assert type(put(model)) is Reply
    assert model.describe()["source"] == str(folder)


def test_acts_and_turns_are_kept_apart(tmp_path: Path) -> None:
    places = [("draft", 0), ("critique", 1), ("revise", 1), ("revise", 2)]
    events = [
        Said(question="q1", message=message(f"{act} {turn}", act=act, turn=turn, number=number))
        for number, (act, turn) in enumerate(places)
    ]
    model = Recorded.from_run(write_run(tmp_path, *events))
    for act, turn in places:
        assert said(model, "ada", turn, act) == f"{act} {turn}"
    assert "No vote of 'ada' at turn 1 on question 'q1' is recorded" in missing(model, "ada", 1, "vote")
    assert "Recorded: critique 1, draft 0, revise 1, revise 2." in missing(model, "ada", 1, "vote")


def test_of_several_samples_the_seed_picks(tmp_path: Path) -> None:
    events = [
        Said(question="q1", message=message(f"sample {seed}", seed=seed, number=seed))
        for seed in (70, 81, 92)
    ]
    model = Recorded.from_run(write_run(tmp_path, *events))
    assert [said(model, seed=seed) for seed in (81, 92, 70)] == ["sample 81", "sample 92", "sample 70"]
    assert {said(model, seed=seed) for seed in range(3)} == {"sample 70", "sample 81", "sample 92"}


def test_a_recorded_failure_fails_again(tmp_path: Path) -> None:
    failed = Failed(question="q1", message=message(error="the server was down", finish="error"))
    assert missing(Recorded.from_run(write_run(tmp_path, failed))) == "the server was down"


def test_a_question_that_started_afresh_counts_only_then(tmp_path: Path) -> None:
    start = Started(question="q1", asked=QUESTION)
    other = Said(question="q2", message=message("other"))
    before = [
        Said(question="q1", message=message("old")),
        Said(question="q1", message=message("old", turn=1)),
    ]
    folder = write_run(tmp_path, start, *before, other, start, Said(question="q1", message=message("new")))
    model = Recorded.from_run(folder)
    assert said(model) == "new"
    assert said(model, question="q2") == "other"
    assert "at turn 1" in missing(model, "ada", 1)


@given(st.data())
def test_a_torn_last_line_is_left_out(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = [Said(question="q1", message=message(f"é {number}", turn=number)) for number in range(2)]
    last = (write_event(whole[1]) + "\n").encode()
    torn = data.draw(st.integers(0, len(last)))
    folder = write_run(tmp_path_factory.mktemp("run"), whole[0], tail=last[:torn])
    model = Recorded.from_run(folder)
    assert said(model) == "é 0"
    if torn >= len(last) - 1:  # only the line's end is missing
        assert said(model, "ada", 1) == "é 1"
    else:
        assert "at turn 1" in missing(model, "ada", 1)


def test_a_broken_line_in_the_middle_is_an_error_that_names_it(tmp_path: Path) -> None:
    good = Said(question="q1", message=message("5"))
    folder = write_run(tmp_path, good, tail=b'{"type":"said"}\n' + write_event(good).encode() + b"\n")
    with pytest.raises(RecordError, match=r"Line 2 of .*events\.jsonl is not an event"):
        Recorded.from_run(folder)


def test_no_record(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"events\.jsonl cannot be read"):
        Recorded.from_run(tmp_path)


def test_an_empty_record(tmp_path: Path) -> None:
    assert "No question 'q1' is recorded" in missing(Recorded.from_run(write_run(tmp_path)))


# Files.


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_candidates_speak_under_their_models_names(tmp_path: Path, name: str) -> None:
    row = {
        "id": "q1",
        "gold": "5",
        "candidates": [
            {"model": "gpt", "text": "2+3=5\nA: 5", "answer": "5", "correct": True, "meta": {}},
            {"model": "opt", "text": None, "answer": "6"},
            {"model": "mute", "text": None, "answer": None, "meta": {"chars": 3}},
        ],
    }
    model = Recorded.from_jsonl(write_rows(tmp_path / name, row))
    assert [said(model, seat) for seat in ("gpt", "opt", "mute")] == ["2+3=5\nA: 5", "Answer: 6", ""]
    assert "Nobody called 'gtp' is recorded" in missing(model, "gtp")
    assert missing(model, "gtp").endswith("Did you mean 'gpt'?")
    assert "No draft of 'gpt' at turn 1" in missing(model, "gpt", 1)


def test_rounds_and_agents(tmp_path: Path) -> None:
    candidates = [
        {
            "model": "gpt",
            "text": None,
            "answer": f"{round_}{agent}",
            "meta": {"round": round_, "agent": agent},
        }
        for round_ in (1, 2)
        for agent in (0, 1)
    ]
    path = write_rows(tmp_path / "out.jsonl", {"id": "q1", "candidates": candidates})
    model = Recorded.from_jsonl(path, seats={"ada": "gpt#0", "bo": "gpt#1"})
    texts = [said(model, seat, turn, "revise") for turn in (0, 1) for seat in ("ada", "bo")]
    assert texts == ["Answer: 10", "Answer: 11", "Answer: 20", "Answer: 21"]
    assert {said(model, "gpt", 1, seed=seed) for seed in (0, 1)} == {"Answer: 20", "Answer: 21"}
    assert model.describe()["seats"] == {"ada": "gpt#0", "bo": "gpt#1"}


def test_flat_rows(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "out.jsonl",
        {"id": "q1", "seat": "ada", "turn": 0, "text": "first", "tokens_in": 12, "tokens_out": 3, "more": 1},
        {"id": "q1", "seat": "ada", "turn": 1, "act": "vote", "text": "B"},
        {"id": "q1", "seat": "ada", "turn": 1, "text": "second", "tokens_out": None},
    )
    model = Recorded.from_jsonl(path)
    assert put(model) == Reply(text="first", tokens_in=12, tokens_out=3)
    assert said(model, "ada", 1, "vote") == "B"
    assert said(model, "ada", 1, "revise") == "second"


@pytest.mark.parametrize(
    "row",
    [
        b"{",
        b"[1]",
        b"5",
        b"{}",
        b'{"id": "q1", "seat": "ada", "text": "5"}',
        b'{"id": "q1", "seat": "ada", "turn": "first", "text": "5"}',
        b'{"id": "q1", "seat": "ada", "turn": 0, "text": 5}',
        b'{"id": "q1", "candidates": [{"text": "5"}]}',
        b'{"id": "q1", "candidates": ["5"]}',
        b'{"id": "q1", "candidates": 5}',
        b'{"id": "q1", "seat": "ada", "turn": 0, "text": "5", "tokens_in": -1}',
        b"\xff\xfe",
    ],
)
def test_a_row_that_is_no_recorded_output_is_named(tmp_path: Path, row: bytes) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(b'{"id": "q1", "seat": "ada", "turn": 0, "text": "5"}\n\n' + row + b"\n")
    with pytest.raises(RecordError, match=r"Line 3 of .*out\.jsonl is no recorded output"):
        Recorded.from_jsonl(path)


@pytest.mark.parametrize("data", [b"no gzip", gzip.compress(b"{}")[:-9]])
def test_a_damaged_archive(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "out.jsonl.gz"
    path.write_bytes(data)
    with pytest.raises(RecordError, match=r"out\.jsonl\.gz cannot be read"):
        Recorded.from_jsonl(path)


def test_the_digest_tells_recordings_apart(tmp_path: Path) -> None:
    rows = [{"id": "q1", "seat": "ada", "turn": 0, "text": text} for text in ("4", "5", "4")]
    paths = [write_rows(tmp_path / f"{number}.jsonl", row) for number, row in enumerate(rows)]
    digests = [Recorded.from_jsonl(path).describe()["digest"] for path in paths]
    assert digests[0] == digests[2] != digests[1]


def test_a_line_without_act_serves_every_act() -> None:
    model = Recorded(
        [Line("q1", "ada", 0, Reply(text="any")), Line("q1", "ada", 0, Reply(text="B"), act="vote")]
    )
    assert [said(model, act=act) for act in ("draft", "critique", "vote")] == ["any", "any", "B"]


def test_the_registered_maker(tmp_path: Path) -> None:
    assert registry["recorded"] is recorded
    folder = write_run(tmp_path, Said(question="q1", message=message("run")))
    path = write_rows(tmp_path / "out.jsonl", {"id": "q1", "seat": "bo", "turn": 0, "text": "file"})
    assert said(registry.resolve({"recorded": {"run": str(folder)}})()) == "run"
    assert said(registry.resolve({"recorded": {"jsonl": str(path), "seats": {"ada": "bo"}}})()) == "file"
    with pytest.raises(BadOption, match="exactly one"):
        recorded()
    with pytest.raises(BadOption, match="exactly one"):
        recorded(run=str(folder), jsonl=str(path))


# What real models said.


@needs_data
def test_real_outputs_with_texts() -> None:
    model = Recorded.from_jsonl(DATA / "gsm8k_openai4.jsonl.gz")
    assert said(model, "175b_verification", question="gsm8k/0").endswith("A: 18")
    assert missing(model, "175b_verification", 1, question="gsm8k/0").endswith("Recorded: turn 0.")


@needs_data
def test_real_debates_over_rounds() -> None:
    path = DATA / "dylan_math.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        row = next(row for row in map(json.loads, file) if row["meta"]["rounds"] == 3)
    model = Recorded.from_jsonl(path)
    for candidate in row["candidates"]:
        seat = f"{candidate['model']}#{candidate['meta']['agent']}"
        text = said(model, seat, candidate["meta"]["round"] - 1, "revise", question=row["id"])
        if candidate["text"] is not None:
            assert text == candidate["text"]
        elif candidate["answer"] is not None:
            assert text == f"Answer: {candidate['answer']}"


@needs_data
@pytest.mark.parametrize("name", ["mmlu_pro", "prd_vicuna80", "negotiation_deliberation", "routellm"])
def test_every_real_file_can_be_read(name: str) -> None:
    path = DATA / f"{name}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        row = json.loads(next(file))
    first = row["candidates"][0]
    text = said(Recorded.from_jsonl(path), first["model"], question=row["id"])
    assert text == (first["text"] or (f"Answer: {first['answer']}" if first["answer"] else ""))
