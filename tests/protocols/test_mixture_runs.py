"""Mixtures as they are run: from YAML and the command line, recorded, cut short and resumed."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.definition_file import build, load_definition
from quorate.errors import BadOption
from quorate.events import Event, Failed, Heard, Noted, Said
from quorate.nouns import Ask, Question
from quorate.record import read_events
from quorate.transcripts import Transcript

SEATS = ("ada", "bo", "cy")
PROTOCOLS: dict[str, dict[str, Any]] = {
    "moa": {"layers": 2},
    "smoa": {"layers": 3, "k": 1},
    "self_moa": {"samples": 4},
    "self_moa_seq": {"samples": 7, "window": 3},
    "rmoa": {"layers": 3, "k": 2},
}


def speak(ask: Ask, seed: int) -> str:
    """Draft at random; choose, end, compare and fail now and then, all by the seed."""
    if ask.act == "select":
        return json.dumps({"chosen responses": [seed % 5], "end debate": seed % 4 == 0})
    if ask.act == "compare":
        return f"Residuals: {'yes' if seed % 3 else 'no'}"
    if seed % 11 == 0:
        raise RuntimeError("the server went away")
    return f"{'blue ' * (seed % 7)}\nAnswer: {seed % 3}"


def definition(name: str, **options: Any) -> Definition:
    model = Scripted(speak)
    agents = [Agent(seat, model) for seat in SEATS]
    protocol = {name: {**PROTOCOLS[name], **options}}
    return Definition(agents, protocol=protocol, offices={"judge": Agent("solon", model)}, at_once=2)


def questions(count: int = 3) -> list[Question]:
    return [Question(id=f"q{index}", text=f"What is {index}+1?", kind="number") for index in range(count)]


def told(folder: Path) -> list[str]:
    found = [event for event in read_events(folder) if isinstance(event, Heard | Noted)]
    return sorted(event.model_dump_json() for event in found)


def said(folder: Path) -> list[tuple[str, int, str]]:
    return sorted(
        (event.question, event.message.number, event.message.text)
        for event in read_events(folder)
        if isinstance(event, Said | Failed)
    )


@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_a_mixture_resumes_wherever_it_was_cut_and_tells_nothing_twice(name: str, tmp_path: Path) -> None:
    whole = definition(name).run(questions(), record=tmp_path / "whole")
    lines = (tmp_path / "whole" / "events.jsonl").read_bytes().splitlines(keepends=True)
    for kept in range(0, len(lines), 4):
        folder = tmp_path / f"cut{kept}"
        shutil.copytree(tmp_path / "whole", folder)
        (folder / "events.jsonl").write_bytes(b"".join(lines[:kept]) + b'{"type":"sai')
        assert definition(name).run(questions(), record=folder, resume=True).outcomes == whole.outcomes
        assert said(folder) == said(tmp_path / "whole")
        assert told(folder) == told(tmp_path / "whole")


@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_a_recorded_mixture_asks_no_model_when_it_is_replayed(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    whole = definition(name).run(questions(), record=folder)
    events = folder / "events.jsonl"
    lines = events.read_text().splitlines(keepends=True)
    events.write_text("".join(line for line in lines if '"type":"decided"' not in line))

    def silent(ask: Ask, seed: int) -> str:
        raise AssertionError("nobody is to be asked")

    silent.__name__ = "speak"
    again = definition(name)
    for agent in (*again.agents, *again.offices.values()):
        assert isinstance(agent.model, Scripted)
        agent.model.script = silent
    assert again.run(questions(), record=folder, resume=True).outcomes == whole.outcomes


def listened(definition_: Definition) -> Iterator[Event]:
    found: list[Event] = []
    definition_.ask(questions(1)[0], found.append)
    return iter(found)


def test_the_graph_of_every_layer_and_what_was_selected_are_events() -> None:
    def judge(ask: Ask, seed: int) -> str:
        return '{"chosen responses": [2], "end debate": false}' if ask.act == "select" else "Answer: 1"

    model = Scripted(judge)
    agents = [Agent(seat, model) for seat in SEATS]
    protocol = {"smoa": {"layers": 2, "k": 1}}
    seated = Definition(agents, protocol=protocol, offices={"judge": Agent("solon", model)})
    events = list(listened(seated))
    selected = [event for event in events if isinstance(event, Noted)]
    assert [(event.kind, event.turn) for event in selected] == [("selected", 1), ("selected", 2)]
    [best] = selected[0].seats
    graphs = [set(event.edges) for event in events if isinstance(event, Heard)]
    assert graphs[0] == {(seat, "solon") for seat in SEATS}
    assert graphs[1] == {(best, seat) for seat in SEATS if seat != best}
    assert graphs[-1] == {(seat, "solon") for seat in selected[1].seats}


def test_yaml_finds_it_with_its_options_and_roles_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "roles.json").write_text('{"roles": {"1": "Clerk", "2": "Cook", "3": "Poet"}}')
    (tmp_path / "smoa.yaml").write_text(
        """
agents:
  - {name: ada, model: {scripted: {script: "Answer: 2"}}}
  - {name: bo, model: {scripted: {script: "Answer: 2"}}}
  - {name: cy, model: {scripted: {script: "Answer: 3"}}}
offices:
  judge: {name: solon, model: {scripted: {script: "Answer: 2"}}}
protocol: {smoa: {layers: 2, k: 2, select: match, moderate: off, roles: ./roles.json}}
"""
    )
    found: list[Event] = []
    outcome = load_definition(tmp_path / "smoa.yaml").ask("1+1?", found.append)
    assert (outcome.answer, outcome.calls) == ("2", 9)
    assert outcome.reason == "2 layers held; solon aggregated 2 answers, 2 of 3 votes for its own"


def test_off_is_off_in_yaml(tmp_path: Path) -> None:
    (tmp_path / "off.yaml").write_text(
        """
agents: [{name: ada, model: {scripted: {script: "Answer: 2"}}}]
protocol: {smoa: {select: off, moderate: off, roles: off, aggregator: ada}}
"""
    )
    assert load_definition(tmp_path / "off.yaml").ask("1+1?").calls == 3


def test_the_command_line_runs_it_and_shows_what_was_selected(tmp_path: Path) -> None:
    solon = {"name": "solon", "model": {"scripted": {"script": "Chosen: 1, 2\nEnd: yes\nAnswer: 2"}}}
    agents = [{"name": seat, "model": {"scripted": {"script": "Answer: 2"}}} for seat in SEATS]
    data = {"agents": agents, "offices": {"judge": solon}, "protocol": {"smoa": {}}}
    (tmp_path / "study.yaml").write_text(json.dumps(data))
    (tmp_path / "problems.jsonl").write_text('{"id": "q1", "text": "What is 1+1?", "gold": "2"}\n')
    command = [sys.executable, "-m", "quorate", "run", "study.yaml", "problems.jsonl", "--record", "run"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    notes = [event for event in read_events(tmp_path / "run") if isinstance(event, Noted)]
    assert [note.kind for note in notes] == ["selected", "stopped"]
    assert "solon chose 2 of 3" in done.stderr


def test_a_wrong_option_is_a_sentence_that_names_the_right_one() -> None:
    agents = [{"name": "ada", "model": {"scripted": {"script": "Answer: 2"}}}]
    with pytest.raises(BadOption, match=r"no option 'layer'\. Did you mean 'layers'"):
        build({"agents": agents, "protocol": {"moa": {"layer": 2}}}).ask("1+1?")


def test_who_aggregates_need_not_be_read_as_a_voice_when_its_office_is_outside(tmp_path: Path) -> None:
    definition("moa").run(questions(1), record=tmp_path / "run")
    messages = [event.message for event in read_events(tmp_path / "run") if isinstance(event, Said | Failed)]
    held = Transcript.of(questions(1)[0], SEATS, messages)
    assert [sorted(found.answers) for found in held.rounds] == [sorted(SEATS)] * 2
    assert {message.act for message in held.rest} == {"fuse"}


def test_samples_differ_by_their_seeds() -> None:
    seeds: list[int] = []

    def listen(ask: Ask, seed: int) -> str:
        seeds.append(seed)
        return "Answer: 1"

    Definition([Agent("ada", Scripted(listen))], protocol="self_moa").ask("1+1?")
    assert len(set(seeds)) == len(seeds) == 7
    assert all(a != b for a, b in itertools.pairwise(seeds))
