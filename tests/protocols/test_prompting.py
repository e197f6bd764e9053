"""Prompt files: shipped ones, overrides, and what is wrong with bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadOption
from quorate.nouns import Question
from quorate.protocols import Prompts
from quorate.protocols.prompting import NAMES


def test_every_shipped_prompt_has_a_version() -> None:
    versions = Prompts.load().versions()
    assert sorted(versions) == sorted(NAMES)
    assert all(version.split()[0].isdigit() for version in versions.values())


def test_the_form_follows_the_kind_of_question() -> None:
    prompts = Prompts.load()
    assert "<letter>" in prompts.draft(Question(text="Which?", choices=("a", "b")))
    assert "<number>" in prompts.draft(Question(text="How many?", kind="number"))
    assert "<answer>" in prompts.draft(Question(text="Who?"))


def test_dollars_and_braces_in_a_question_are_kept() -> None:
    text = r"A pen costs $question or ${form}, solve \boxed{x} for $5?"
    assert text in Prompts.load().draft(Question(text=text))


def test_an_override_replaces_one_prompt_and_its_version(tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text("# mine, version 7b\nQ: $question\nA:")
    prompts = Prompts.load(tmp_path)
    assert prompts.draft(Question(text="2+3?")) == "Q: Question: 2+3?\nA:"
    assert prompts.versions()["draft"].startswith("7b ")
    assert prompts.versions()["revise"] == Prompts.load().versions()["revise"]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("drafts.txt", "# drafts, version 1\n$question", "Did you mean 'draft'"),
        ("draft.txt", "$question", "the first line must read"),
        ("draft.txt", "# draft, version 1\n$qestion", r"\$qestion is not filled in"),
        ("draft.txt", "# draft, version 1\n5 $ 6", r"literal dollar"),
        ("note.md", "nothing", "holds no prompt"),
    ],
)
def test_bad_overrides_name_the_file_and_the_fix(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BadOption, match=sentence):
        Prompts.load(tmp_path)


@given(st.text(max_size=300), st.integers(1, 80))
def test_quoted_text_stays_in_its_fence(text: str, limit: int) -> None:
    quoted = Prompts.quote(text, limit)
    assert all(line.startswith("> ") for line in quoted.split("\n"))
    assert not any(ord(letter) < 32 and letter not in "\n\t" for letter in quoted)
    assert len(quoted.replace("\n> ", "\n")) <= limit + 60
