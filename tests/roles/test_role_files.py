"""Roles as data: files in every form, untrusted texts, and who gets which."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.agents import Agent, Scripted
from quorate.definition_file import build
from quorate.errors import BadDefinition, BadOption
from quorate.role_files import LONGEST_NAME, LONGEST_TEXT, Role, Roles, load_roles, parse_roles, tidy
from quorate.roles import assign, groups, in_roles, library, pick, read_roles

CLERK = Role(name="Clerk", text="You keep books.")
POET = Role(name="Poet", text="You rhyme.", group="by hand")


def test_roles_survive_their_file(tmp_path: Path) -> None:
    roles = Roles(task="Sums", roles=(CLERK, POET), written_by="solon", note="once")
    file = roles.save(tmp_path / "deep" / "roles.json")
    assert load_roles(file) == roles
    assert read_roles(file) == ("You keep books.", "You rhyme.")
    assert set(json.loads(file.read_text())) == {"task", "roles", "written_by", "note"}


@pytest.mark.parametrize(
    "data",
    [
        {"roles": [{"name": "Clerk", "text": "You keep books."}]},
        [{"name": "Clerk", "text": "You keep books."}],
        {"roles": {"Clerk": "You keep books."}},
        {"Clerk": "You keep books."},
    ],
)
def test_a_file_may_hold_roles_in_several_forms(data: Any, tmp_path: Path) -> None:
    file = tmp_path / "roles.json"
    file.write_text(json.dumps(data))
    assert load_roles(file).roles == (CLERK,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read"),
        ("[]", "holds no roles"),
        ('"You keep books."', "holds no roles"),
        ('{"task": "Sums"}', "holds no roles"),
        ("[5]", "roles.0"),
        ('[{"name": "Clerk"}]', "roles.0.text: field required"),
        ('[{"name": "Clerk", "text": ""}]', "has a name and a text"),
        ('[{"name": "Clerk", "text": "You.", "age": 5}]', "roles.0.age"),
        (
            '[{"name": "Clerk", "text": "You."}, {"name": "Clerk", "text": "Me."}]',
            "Two roles are called 'Clerk'",
        ),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_a_damaged_file_is_a_sentence_with_its_name(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "roles.json"
    file.write_text(text)
    with pytest.raises(BadOption, match=f"roles\\.json.*{message}"):
        load_roles(file)


@given(st.text(max_size=3000))
def test_what_a_model_wrote_is_printable_and_short(text: str) -> None:
    clean = tidy(text, LONGEST_TEXT)
    assert len(clean) <= LONGEST_TEXT
    assert all(line.isprintable() or not line.isascii() for line in clean.split("\n"))
    assert not any(ord(letter) < 32 and letter != "\n" for letter in clean)
    assert tidy(clean, LONGEST_TEXT) == clean


def test_names_stay_on_one_line() -> None:
    role = Role(name="The\nClerk\x1b[31m" + "x" * 100, text="You.\u202egniklat")
    assert "\n" not in role.name
    assert len(role.name) <= LONGEST_NAME
    assert role.text == "You. gniklat"


def test_roles_are_given_in_order() -> None:
    roles = Roles(roles=(CLERK, POET))
    assert assign(roles, ["ada"]) == {"ada": "You keep books."}
    model = Scripted("Answer: 5")
    agents = in_roles([Agent("ada", model), Agent("bo", model, role="You sing.")], roles)
    assert [agent.role for agent in agents] == ["You keep books.", "You rhyme."]
    with pytest.raises(BadOption, match="2 roles are too few for 3 seats"):
        assign(roles, ["ada", "bo", "cy"])


def test_definition_files_give_roles_to_who_has_none(tmp_path: Path) -> None:
    Roles(roles=(CLERK, POET)).save(tmp_path / "roles.json")
    model = {"scripted": {"script": "Answer: 5"}}
    agents: list[dict[str, Any]] = [{"name": name, "model": model} for name in ("ada", "bo", "cy")]
    agents[1]["role"] = "You sing."
    data: dict[str, Any] = {"agents": agents, "roles": "./roles.json"}
    assert [a.role for a in build(data, folder=tmp_path).agents] == [
        "You keep books.",
        "You sing.",
        "You rhyme.",
    ]
    data["roles"] = ["You doubt."]
    with pytest.raises(BadDefinition, match="definition: roles: 1 are too few for the 2 agents"):
        build(data)
    data["roles"] = ["You doubt.", "You hope."]
    assert build(data).agents[2].role == "You hope."


def test_the_library_has_ten_roles_of_every_group() -> None:
    assert len(library()) == 30
    for group in groups():
        assert sum(role.group == group for role in library()) == 10
    assert all(role.text.startswith("You ") and len(role.text) < 300 for role in library())


@given(st.integers(1, 30), st.integers(0, 1000))
def test_roles_are_drawn_without_repetition_and_alike_for_one_seed(count: int, seed: int) -> None:
    drawn = pick(count, seed=seed)
    assert len({role.name for role in drawn}) == count
    assert drawn == pick(count, seed=seed)
    assert {role.group for role in drawn} == set(groups()[:count])


def test_draws_from_one_group_and_what_cannot_be_drawn() -> None:
    assert {role.group for role in pick(10, among=["perspectives"])} == {"perspectives"}
    assert pick(5, seed=1) != pick(5, seed=2)
    with pytest.raises(BadOption, match="11 roles cannot be drawn from 10"):
        pick(11, among=["perspectives"])
    with pytest.raises(BadOption, match="Did you mean 'occupations'"):
        pick(1, among=["ocupations"])


def test_numbers_stand_in_for_names() -> None:
    assert [role.name for role in parse_roles(["You doubt.", "You hope."])] == ["role 1", "role 2"]
