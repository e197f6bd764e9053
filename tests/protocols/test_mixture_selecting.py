"""Selection in sparse mixtures by other means than a choice of the judge: confidence, agreement, a match."""

from __future__ import annotations

import pytest

from quorate.nouns import Ask
from quorate.protocols import smoa
from tests.protocols.conftest import QUESTION, SURE, TABLE, acts, heard, judge, notes, play, says

# Other selections


@pytest.mark.parametrize(
    ("select", "k", "chosen"),
    [
        ("confidence", 2, ["bo", "di"]),
        ("confidence", 1, ["bo"]),
        ("agreement", 2, ["ada", "cy"]),
        ("agreement", 3, ["ada", "bo", "cy"]),
    ],
)
def test_selection_without_a_judge_asks_nobody_for_it(select: str, k: int, chosen: list[str]) -> None:
    outcome, waves = play(
        smoa(QUESTION, TABLE, layers=1, select=select, k=k, moderate=False), says("?"), sure=SURE
    )
    assert acts(waves) == [["draft"] * 4, ["fuse"]]
    assert heard(waves[-1][0]) == chosen
    assert notes(waves) == [("selected", f"{select} chose {k} of 4: {', '.join(chosen)}")]
    assert "followed" not in outcome.reason


def test_where_nobody_says_how_sure_it_is_the_lot_decides() -> None:
    outcome, waves = play(smoa(QUESTION, TABLE, layers=1, select="confidence", moderate=False), says("?"))
    assert "1 of 1 picks could not be followed" in outcome.reason
    assert notes(waves)[0][1].startswith("confidence is known of nobody, by lot 2 of 4")


def test_an_answer_that_cannot_be_read_is_shared_by_nobody() -> None:
    def speak(ask: Ask) -> str | None:
        if ask.act == "draft":
            return "I do not know." if ask.seat in ("ada", "bo", "cy") else "Answer: 7"
        return "Answer: 5"

    _, waves = play(smoa(QUESTION, TABLE, layers=1, k=1, select="agreement", moderate=False), speak)
    assert heard(waves[-1][0]) == ["di"]


def test_match_passes_on_first_what_a_judge_finds_itself() -> None:
    outcome, waves = play(smoa(QUESTION, TABLE, select="match"), says("2+3=7\nAnswer: 7"))
    assert acts(waves) == [["draft"] * 4, ["select"], ["revise"] * 4, ["select"], ["fuse"]]
    assert "decide for one of the drafts' answers" in waves[1][0].instruction
    assert "Draft of ada:" in waves[1][0].instruction
    assert heard(waves[-1][0]) == ["ada", "di"]
    assert "followed" not in outcome.reason


def test_match_ends_when_more_than_half_match() -> None:
    answers = {"ada": "5", "bo": "5", "cy": "5", "di": "7"}

    def speak(ask: Ask) -> str:
        return f"Answer: {answers.get(ask.seat, '5')}"

    outcome, waves = play(smoa(QUESTION, TABLE, select="match"), speak)
    assert acts(waves) == [["draft"] * 4, ["select"], ["fuse"]]
    assert heard(waves[-1][0]) == ["ada", "bo"]
    outcome, _ = play(smoa(QUESTION, TABLE, select="match"), says("Answer: 5"))
    assert outcome.rounds == 2, "two of four are not more than half"


def test_match_apart_asks_the_moderator_in_the_words_of_a_judge_of_debates() -> None:
    def verdict(ask: Ask) -> str:
        return "Verdict: consensus\nAnswer: 5" if ask.act == "moderate" else "Answer: 5"

    _, waves = play(smoa(QUESTION, TABLE, select="match", moderation="apart"), judge(verdict))
    assert acts(waves) == [["draft"] * 4, ["select", "moderate"], ["fuse"]]
    assert "Verdict: consensus" in waves[1][1].instruction


@pytest.mark.parametrize("text", ["Answer: 9", "I cannot say.", None])
def test_where_a_judges_answer_matches_nobodys_the_most_shared_go_on(text: str | None) -> None:
    outcome, waves = play(smoa(QUESTION, TABLE, select="match"), says(text))
    assert "2 of 2 picks could not be followed" in outcome.reason
    assert heard(waves[-1][0]) == ["ada", "cy"]
    assert notes(waves)[0] == ("fallback", "solon matches nobody, so the most shared 2 of 4: ada, cy")
