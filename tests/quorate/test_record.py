"""Records: written as it happens, resumed without asking twice, refused when they belong elsewhere."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.definition_file import build, resume
from quorate.errors import RecordBusy, RecordError, RecordMismatch
from quorate.events import Asked, Decided, Event, Failed, Heard, Posted, Said, Started
from quorate.nouns import Ask, Outcome, Question, Reply, Stretch
from quorate.record import Record, follow_events, read_events, read_manifest


def questions(count: int = 4) -> list[Question]:
    return [Question(id=f"q{index}", text=f"What is {index}+1?") for index in range(count)]


def definition(script: Any = None, **options: Any) -> Definition:
    model = Scripted(script or (lambda ask, seed: f"Answer: {seed % 3}"))
    names = ("ada", "bo", "cy")
    settings = {"topology": "ring", "protocol": {"debate": {"rounds": 3}}, **options}
    return Definition([Agent(name, model) for name in names], **settings)


def cut(folder: Path, lines: int, torn: bytes = b"") -> None:
    events = folder / "events.jsonl"
    kept = events.read_bytes().splitlines(keepends=True)[:lines]
    events.write_bytes(b"".join(kept) + torn)


def said(folder: Path) -> list[tuple[str, int]]:
    return [(e.question, e.message.number) for e in read_events(folder) if isinstance(e, Said | Failed)]


def test_a_run_that_was_stopped_before_its_first_event_has_none_and_goes_on(tmp_path: Path) -> None:
    whole = definition().run(questions(), record=tmp_path / "run")
    (tmp_path / "run" / "events.jsonl").unlink()
    assert list(read_events(tmp_path / "run")) == []
    assert list(follow_events(tmp_path / "run")) == []
    again = definition().run(questions(), record=tmp_path / "run", resume=True)
    assert again.outcomes == whole.outcomes


def test_a_record_holds_no_copies_of_what_was_heard(tmp_path: Path) -> None:
    definition("a draft of no consequence").run(questions(), record=tmp_path / "run")
    asked = [e for e in read_events(tmp_path / "run") if isinstance(e, Asked)]
    assert any(e.heard for e in asked)
    lines = (tmp_path / "run" / "events.jsonl").read_text().splitlines()
    assert all("of no consequence" not in line for line in lines if '"type":"asked"' in line)


@pytest.mark.parametrize("torn", [b"", b'{"type":"said","ques', b'{"type":"asked"\xff'])
def test_resuming_at_every_line_gives_the_same_outcomes_and_asks_nothing_twice(
    tmp_path: Path, torn: bytes
) -> None:
    whole = definition().run(questions(), record=tmp_path / "whole")
    lines = len((tmp_path / "whole" / "events.jsonl").read_bytes().splitlines())
    for kept in range(0, lines, 3):
        folder = tmp_path / f"cut{kept}"
        definition().run(questions(), record=folder)
        cut(folder, kept, torn)
        asked: list[tuple[str, int]] = []
        before = said(folder)
        events: list[Event] = []
        again = definition().run(questions(), record=folder, resume=True, listeners=[events.append])
        assert again.outcomes == whole.outcomes
        asked = said(folder)
        assert asked[: len(before)] == before
        assert len(asked) == len(set(asked))
        assert sum(isinstance(e, Decided) for e in events) == len(questions())


def continuing(ask: Ask, seed: int) -> str | Reply:
    """Speak in a relay: a first step, then a second one, an answer at last, and now and then an objection."""
    if ask.act == "object":
        return f"Objection: {'none' if seed % 3 else 'line 2'}"
    first = f"step {len(ask.board)} is {seed % 5}\n"
    text = first + f"Answer: {seed % 3}"
    sure = (0.5 + seed % 5 / 10, 0.9 if ask.turn == 2 else 0.3)
    ends = (len(first), len(text))
    stretches = tuple(Stretch(end=end, confidence=chance) for end, chance in zip(ends, sure, strict=True))
    return Reply(text=text, stretches=stretches)


def test_a_relay_resumes_at_every_line_and_tells_nothing_twice(tmp_path: Path) -> None:
    def relayed() -> Definition:
        protocol = {"relay": {"rounds": 4, "objections": "asked"}}
        return definition(continuing, protocol=protocol, at_once=2)

    def changes(folder: Path) -> list[Heard | Posted]:
        told = [e for e in read_events(folder) if isinstance(e, Heard | Posted)]
        return sorted(told, key=lambda e: (e.question, e.turn, e.type, repr(e)))

    whole = relayed().run(questions(3), record=tmp_path / "whole")
    assert any(isinstance(e, Posted) for e in changes(tmp_path / "whole"))
    lines = (tmp_path / "whole" / "events.jsonl").read_bytes().splitlines()
    assert any(b'"object"' in line for line in lines)
    for kept in range(len(lines)):
        folder = tmp_path / f"cut{kept}"
        shutil.copytree(tmp_path / "whole", folder)
        cut(folder, kept, b'{"type":"pos')
        assert relayed().run(questions(3), record=folder, resume=True).outcomes == whole.outcomes
        assert sorted(said(folder)) == sorted(said(tmp_path / "whole"))
        assert changes(folder) == changes(tmp_path / "whole")


def test_resume_of_a_finished_run_asks_nobody(tmp_path: Path) -> None:
    asked: list[str] = []

    def speak(ask: Ask, seed: int) -> str:
        asked.append(ask.seat)
        return "Answer: 1"

    first = definition(speak).run(questions(), record=tmp_path / "run")
    size = (tmp_path / "run" / "events.jsonl").stat().st_size
    asked.clear()
    again = definition(speak).run(questions(), record=tmp_path / "run", resume=True)
    assert again.outcomes == first.outcomes
    assert asked == []
    assert (tmp_path / "run" / "events.jsonl").stat().st_size == size


def test_a_run_folder_is_never_overwritten(tmp_path: Path) -> None:
    definition().run(questions(), record=tmp_path / "run")
    with pytest.raises(RecordError, match=r"already holds a run\. Continue it with: quorate resume"):
        definition().run(questions(), record=tmp_path / "run")


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"seed": 1}, "seed was 0, now it is 1"),
        ({"reading": "lenient"}, 'reading was "strict", now it is "lenient"'),
        ({"topology": "complete"}, "topology.maker was"),
        ({"protocol": {"debate": {"rounds": 4}}}, "protocol.debate.rounds was 3, now it is 4"),
    ],
)
def test_a_record_of_another_configuration_is_refused(
    tmp_path: Path, other: dict[str, Any], sentence: str
) -> None:
    definition().run(questions(), record=tmp_path / "run")
    with pytest.raises(RecordMismatch, match=sentence):
        definition(**other).run(questions(), record=tmp_path / "run", resume=True)


def test_a_record_whose_asks_differ_is_refused_at_the_first_one(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    definition().run(questions(1), record=folder)
    cut(folder, len((folder / "events.jsonl").read_bytes().splitlines()) - 1)
    text = (folder / "events.jsonl").read_text()
    (folder / "events.jsonl").write_text(text.replace('"text":"Answer', '"text":"Changed. Answer', 1))
    with pytest.raises(RecordMismatch, match=r"on question 'q0', ask \d+ \(revise by \w+, turn 1\)"):
        definition().run(questions(1), record=folder, resume=True)


def test_other_problems_are_refused(tmp_path: Path) -> None:
    definition().run(questions(2), record=tmp_path / "run")
    with pytest.raises(RecordError, match="about other problems"):
        definition().run(questions(3), record=tmp_path / "run", resume=True)


def test_two_processes_cannot_write_one_run(tmp_path: Path) -> None:
    with Record.create(tmp_path / "run", {}), pytest.raises(RecordBusy, match="quorate watch"):
        Record.resume(tmp_path / "run")
    Record.resume(tmp_path / "run").close()


def test_failed_seats_are_replayed_as_failed_unless_retried(tmp_path: Path) -> None:
    folder = tmp_path / "run"

    def down(ask: Ask, seed: int) -> str:
        if ask.seat == "bo":
            raise RuntimeError("down")
        return "Answer: 1"

    # a named script and its healthy twin describe themselves alike, so the set-up is the same
    healthy = {"down": lambda ask, seed: "Answer: 1"}["down"]
    healthy.__name__ = healthy.__qualname__ = "down"
    down.__qualname__ = "down"
    first = definition(down).run(questions(2), record=folder)
    assert all(outcome.failed == ("bo",) for outcome in first)
    replayed = definition(healthy).run(questions(2), record=folder, resume=True)
    assert replayed.outcomes == first.outcomes
    retried = definition(healthy).run(questions(2), record=folder, resume=True, retry_failed=True)
    assert all(outcome.failed == () and outcome.consensus for outcome in retried)
    starts = [e.question for e in read_events(folder) if isinstance(e, Started)]
    assert sorted(starts) == ["q0", "q0", "q1", "q1"]


def test_resume_needs_only_the_folder_when_the_definition_is_data(tmp_path: Path) -> None:
    data = {
        "agents": [{"name": n, "model": {"scripted": {"script": ["Answer: 1", "Answer: 2"]}}} for n in "ab"],
        "protocol": {"debate": {"rounds": 2, "until": "never"}},
    }
    folder = tmp_path / "run"
    whole = build(data).run(questions(3), record=folder)
    cut(folder, 7)
    assert resume(folder).outcomes == whole.outcomes


def test_resume_of_a_session_run_says_what_to_do(tmp_path: Path) -> None:
    definition().run(questions(1), record=tmp_path / "run")
    with pytest.raises(RecordError, match="resume=True"):
        resume(tmp_path / "run")


def test_damage_and_absence_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.raises(RecordError, match="There is no run in"):
        read_manifest(folder)
    definition().run(questions(1), record=folder)
    with pytest.raises(RecordError, match="Runs beside it: run"):
        read_manifest(tmp_path / "rum")
    lines = (folder / "events.jsonl").read_text().splitlines()
    lines[2] = lines[2][:20]
    (folder / "events.jsonl").write_text("\n".join(lines) + "\n")
    with pytest.raises(RecordError, match=r"events.jsonl, line 3, is not an event"):
        list(read_events(folder))
    (folder / "manifest.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(RecordError, match="newer Quorate"):
        read_manifest(folder)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    Record.create(folder, {}).close()
    (folder / "events.jsonl").unlink()
    (folder / "events.jsonl").symlink_to("/dev/full")
    record = Record(folder)
    with pytest.raises(RecordError, match=r"No space left on device\. Nothing recorded so far is lost"):
        record(Decided(question="q1", outcome=Outcome()))
    record.close()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(RecordError, match="cannot be written: Not a directory"):
        definition().run(questions(1), record=tmp_path / "file" / "run")


SLOW = """
import sys, time
from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.nouns import Question

asked = open(sys.argv[2], "a")

def speak(ask, seed):
    time.sleep(0.0008)
    print(ask.question.id, ask.seat, ask.act, ask.turn, file=asked, flush=True)
    return f"Because of {seed}.\\nAnswer: {seed % 3}\\nConfidence: 0.{seed % 10}"

agents = [Agent(name, Scripted(speak)) for name in ("ada", "bo", "cy", "di")]
definition = Definition(agents, topology="ring", protocol={sys.argv[3]: {"rounds": 3}}, at_once=3)
questions = [Question(id=f"q{i}", text=f"What is {i}+1?") for i in range(30)]
definition.run(questions, record=sys.argv[1], resume=True)
"""


@pytest.mark.parametrize(("protocol", "most"), [("debate", 50), ("relay", 20)])
def test_kill_9_at_random_moments_then_resume(tmp_path: Path, protocol: str, most: int) -> None:
    script = tmp_path / "slow.py"
    script.write_text(SLOW)

    def start(folder: Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(script), str(folder), str(tmp_path / f"{folder.name}.asked"), protocol]
        return subprocess.Popen(command)

    whole = tmp_path / "whole"
    assert start(whole).wait(60) == 0
    expected = {e.question: e.outcome for e in read_events(whole) if isinstance(e, Decided)}
    rng, folder, kills = random.Random(0), tmp_path / "killed", 0
    while kills < most:
        process = start(folder)
        events = folder / "events.jsonl"
        size = events.stat().st_size if events.exists() else 0
        target = size + rng.randint(1, 4000)
        while process.poll() is None and (not events.exists() or events.stat().st_size < target):
            time.sleep(0.0005)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        elif process.returncode == 0:
            check(folder, expected)
            folder = tmp_path / f"killed-again-{kills}"
        process.wait()
        if folder.exists():
            answered = said(folder)
            assert len(answered) == len(set(answered))
    assert start(folder).wait(60) == 0
    check(folder, expected)


def check(folder: Path, expected: dict[str, Outcome]) -> None:
    outcomes = {e.question: e.outcome for e in read_events(folder) if isinstance(e, Decided)}
    assert outcomes == expected
    answered = said(folder)
    assert len(answered) == len(set(answered))


def test_whatever_a_model_says_survives_the_record(tmp_path: Path) -> None:
    hostile = "\ud800 half \x00 \x1b[2J {} \u2028\n" + '{"type":"decided"}' + "\r\n\nAnswer: 1"
    scores = {"A": float("-inf"), "B": float("nan"), "C": -1.5}

    def speak(ask: Ask, seed: int) -> Reply:
        return Reply(text=hostile, scores=scores, logprob=float("-inf"))

    first = definition(speak).run(questions(2), record=tmp_path / "run")
    cut(tmp_path / "run", 12)
    again = definition(speak).run(questions(2), record=tmp_path / "run", resume=True)
    assert again.outcomes == first.outcomes
    message = next(e.message for e in read_events(tmp_path / "run") if isinstance(e, Said))
    assert message.text == hostile.replace("\ud800", "?")
    assert message.scores is not None
    assert message.scores["A"] == float("-inf")
    assert message.logprob == float("-inf")
