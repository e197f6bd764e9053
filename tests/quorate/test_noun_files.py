"""Nouns in files of their own: whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from quorate.noun_files import load_noun, save_noun, write_whole
from quorate.nouns import Question
from quorate.protocols.weights import Weights


def test_a_saved_noun_is_read_back_from_a_new_folder(tmp_path: Path) -> None:
    asked = Question(text="Où est-ce ?", choices=("Ici", "Là"))
    path = save_noun(asked, tmp_path / "new" / "question.json")
    assert load_noun(Question, path, the="question", a="question") == asked
    assert "Où" in path.read_text("utf-8")
    assert [file.name for file in path.parent.iterdir()] == ["question.json"]


def test_what_a_crash_interrupts_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Weights(values={"ada": 1.0}).save(tmp_path / "w.json")

    def full(*names: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        Weights(values={"ada": 2.0}).save(path)
    assert Weights.load(path).values == {"ada": 1.0}
    assert [file.name for file in tmp_path.iterdir()] == ["w.json"]


def test_what_cannot_be_written_leaves_nothing_beside(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError):
        write_whole(tmp_path / "taken", "text")
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]
