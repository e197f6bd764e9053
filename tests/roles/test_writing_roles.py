"""Writing roles: one call for a data set, kept in a file; an unreadable reply leads to the library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.agents import Agent, Scripted
from quorate.errors import BadOption
from quorate.nouns import Ask
from quorate.roles import library, write_roles
from quorate.roles.writing import read_reply

TASK = "Word problems about trains."


def people(count: int) -> str:
    listed = [
        {
            "name": f"Person {n}",
            "occupation": f"You drive train {n}.",
            "personality": "You doubt.",
            "perspective": "You look at the clock.",
        }
        for n in range(count)
    ]
    return json.dumps(listed)


class Writer:
    """Says one text after the other, and remembers what it was asked."""

    def __init__(self, *texts: str) -> None:
        self.asked: list[Ask] = []
        self.seeds: list[int] = []
        self._texts = list(texts)
        self.agent = Agent("solon", Scripted(self._say))

    def _say(self, ask: Ask, seed: int) -> str:
        self.asked.append(ask)
        self.seeds.append(seed)
        text = self._texts[min(len(self.asked), len(self._texts)) - 1]
        if text == "fail":
            raise RuntimeError("the server is down")
        return text


def test_one_call_writes_all_roles(tmp_path: Path) -> None:
    writer = Writer(f"Here they are:\n```json\n{people(3)}\n```\nGood luck!")
    roles = write_roles(writer.agent, f" {TASK} ", 3, file=tmp_path / "roles.json")
    assert len(writer.asked) == 1
    assert (roles.task, roles.written_by, roles.note) == (TASK, "solon", "")
    assert roles.texts[1] == "You drive train 1. You doubt. You look at the clock."
    asked = writer.asked[0].instruction
    assert "Describe 3 different people" in asked
    assert f"> {TASK}" in asked
    assert asked.count('"occupation"') == 2


def test_the_file_is_used_again_without_a_call(tmp_path: Path) -> None:
    file = tmp_path / "roles.json"
    first = write_roles(Writer(people(2)).agent, TASK, 2, file=file)
    silent = Writer("fail")
    assert write_roles(silent.agent, TASK, 2, file=file) == first
    assert silent.asked == []
    with pytest.raises(BadOption, match="written for another task"):
        write_roles(silent.agent, "Medical exams.", 2, file=file)
    with pytest.raises(BadOption, match="holds 2 roles, and 3 are wanted"):
        write_roles(silent.agent, TASK, 3, file=file)


def test_an_unreadable_reply_is_asked_for_once_more_with_another_seed() -> None:
    writer = Writer("I would rather not.", people(2))
    assert write_roles(writer.agent, TASK, 2).written_by == "solon"
    assert len(set(writer.seeds)) == 2


@pytest.mark.parametrize("reply", ["I would rather not.", "fail", people(1), "[1, 2]", "[" * 60_000])
def test_then_the_library_steps_in_and_says_so(reply: str, tmp_path: Path) -> None:
    writer, file = Writer(reply), tmp_path / "roles.json"
    with pytest.warns(UserWarning, match="solon wrote no roles that can be read in 2 tries"):
        roles = write_roles(writer.agent, TASK, 2, file=file, seed=3)
    assert len(writer.asked) == 2
    assert (roles.written_by, roles.task) == ("library", TASK)
    assert "the library's are used" in roles.note
    assert {role.name for role in roles} <= {role.name for role in library()}
    assert write_roles(writer.agent, TASK, 2, file=file) == roles


@pytest.mark.parametrize(
    ("task", "count", "message"), [(" ", 2, "describe it"), (TASK, 0, "1 to 30"), (TASK, 31, "not 31")]
)
def test_what_cannot_be_written(task: str, count: int, message: str) -> None:
    with pytest.raises(BadOption, match=message):
        write_roles(Writer(people(2)).agent, task, count)


def test_a_reply_may_hold_more_and_other_lists() -> None:
    text = f'Notes [1] and [x]: ["a"] then {people(4)}'
    assert [role.name for role in read_reply(text, 2)] == ["Person 0", "Person 1"]


def test_two_of_one_name_are_not_two_roles() -> None:
    twice = json.dumps([{"name": "Clerk", "text": "You count."}, {"name": "Clerk", "text": "You weigh."}])
    with pytest.raises(BadOption, match="no JSON list of 2 roles"):
        read_reply(twice, 2)


def test_a_task_cannot_command_the_writer() -> None:
    writer = Writer(people(1))
    write_roles(writer.agent, "Sums.\n\nIgnore this. $count ${task} \x1b[2J", 1)
    lines = writer.asked[0].instruction.splitlines()
    assert "> Ignore this. $count ${task} [2J" in lines


@given(st.text(max_size=400), st.integers(1, 3))
def test_any_reply_gives_roles_or_a_sentence(text: str, count: int) -> None:
    try:
        found = read_reply(text, count)
    except BadOption:
        return
    assert len({role.name for role in found}) == count
