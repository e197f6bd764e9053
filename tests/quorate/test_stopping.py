"""Stop checks replayed over records: when, how often, and at what loss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quorate import Agent, Definition, Scripted
from quorate.errors import BadOption
from quorate.evaluate import Problem
from quorate.nouns import Message, Question
from quorate.stopping import Stopped, replay_stops
from quorate.transcript_files import load_transcripts
from quorate.transcripts import Transcript


def talk(name: str, gold: str | None, *rounds: str, tokens: int = 0) -> Transcript:
    """Write one letter a seat a round; "-" abstains."""
    said = [
        Message(
            number=turn * len(letters) + place,
            seat=f"s{place}",
            act="revise" if turn else "draft",
            turn=turn,
            text="",
            answer=None if letter == "-" else letter,
            tokens_out=tokens,
        )
        for turn, letters in enumerate(rounds)
        for place, letter in enumerate(letters)
    ]
    seats = [f"s{place}" for place in range(len(rounds[0]))]
    return Transcript.of(Question(id=name, text=f"{name}?"), seats, said, gold=gold)


TALKS = [
    talk("lost", "b", "aaa", "abb", "bbb", tokens=10),  # stopping at once loses it
    talk("gained", "a", "aaa", "aab", "bbb", tokens=10),  # stopping at once keeps it
    talk("late", "a", "abc", "aab", "aaa", tokens=10),
    talk("never", "a", "abc", "ab-", "abc", tokens=10),
]


def replayed(*checks: Any, **options: Any) -> tuple[Stopped, ...]:
    return replay_stops(TALKS, checks, **options).checks


def test_a_check_stops_talk_saves_rounds_and_may_lose_answers() -> None:
    unanimous, quorum = replayed("unanimous", "quorum")
    assert unanimous.after == {1: 2, 3: 2}
    assert (unanimous.stopped, unanimous.unmet) == (2, 1)
    assert unanimous.rounds_saved == unanimous.calls_saved == unanimous.tokens_saved == pytest.approx(4 / 12)
    assert (unanimous.lost, unanimous.gained) == (1, 1)
    assert quorum.after == {1: 2, 2: 1, 3: 1}
    assert quorum.rounds == 7 / 4
    assert quorum.rate is not None
    assert quorum.rate.right == pytest.approx(2 + 1 / 3)
    assert quorum.against is not None
    assert quorum.against.mean == pytest.approx(0)
    assert quorum.points_lost == pytest.approx(0)


def test_never_is_the_whole_record_and_a_budget_cuts_it() -> None:
    never, one = replayed("never", {"budget": {"rounds": 1}})
    assert (never.stopped, never.unmet, never.rounds_saved, never.lost) == (0, 4, 0, 0)
    assert one.after == {1: 4}
    assert one.rounds_saved == pytest.approx(2 / 3)
    assert replay_stops(TALKS, ["never"]).rate == never.rate
    (tokens,) = replayed({"budget": {"tokens": 60}})
    assert tokens.after == {2: 4}


def test_another_rule_decides_where_the_talk_stops() -> None:
    (thirds,) = replayed("unanimous", rule={"supermajority": {"threshold": 0.9}})
    assert thirds.rate is not None
    assert thirds.rate.right == 2, "gained and late; the last never has enough votes"
    (first,) = replayed("unanimous", rule="weighted_plurality", weights={"s0": 5, "s1": 1, "s2": 1})
    assert first.rate is not None
    assert first.rate.right == 3


def test_a_record_without_tokens_or_gold_says_so() -> None:
    (stopped,) = replay_stops([talk("q", None, "aa", "ab")], ["unanimous"]).checks
    assert stopped.rate is None
    assert stopped.against is None
    assert stopped.points_lost is None
    assert stopped.tokens_saved is None
    assert stopped.rounds_saved == 0.5


def test_what_must_ask_is_replayed_where_the_record_holds_the_answer(tmp_path: Path) -> None:
    panel = [
        Agent("ada", Scripted(["Answer: 5", "Answer: 6", "Answer: 6"])),
        Agent("bo", Scripted(["Answer: 6", "Answer: 6", "Answer: 6"])),
    ]
    verdicts = ["Verdict: continue", "Verdict: consensus\nAnswer: 6"]
    definition = Definition(
        panel,
        offices={"judge": Agent("solon", Scripted(verdicts))},
        protocol={"debate": {"rounds": 4, "until": "judge_agrees"}},
    )
    definition.run([Problem(question=Question(id="q", text="1+5?"), gold="6")], record=tmp_path / "run")
    held = load_transcripts(tmp_path / "run").transcripts
    found = replay_stops(held, ["judge_agrees", "unanimous", {"all": ["unanimous", "judge_agrees"]}])
    assert [stopped.after for stopped in found.checks] == [{2: 1}] * 3
    assert not found.left_out
    unasked = replay_stops(TALKS, ["judge_agrees", "unanimous"])
    assert "asks 'judge' to judge" in unasked.left_out["judge_agrees"]
    assert len(unasked.checks) == 1


def test_progress_sees_every_question_once_a_check() -> None:
    seen: list[tuple[str, int]] = []

    def progress(items: Any, what: str) -> Any:
        for item in items:
            seen.append((what, 1))
            yield item

    replay_stops(TALKS, ["unanimous", {"quorum": {"share": 0.6}}], progress=progress)
    assert {what: sum(one for name, one in seen if name == what) for what, _ in seen} == {
        "unanimous": 4,
        "quorum (share 0.6)": 4,
    }


def test_bad_checks_get_a_sentence() -> None:
    for check, sentence in (
        ("unanimus", "Did you mean 'unanimous'"),
        ({"quorum": {"share": 0.2}}, "above 0.5"),
        ("similar", "give its folder"),
    ):
        with pytest.raises(BadOption, match=sentence):
            replayed(check)
    with pytest.raises(BadOption, match="no recorded question"):
        replay_stops([], ["unanimous"])
