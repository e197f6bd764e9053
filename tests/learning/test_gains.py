"""What hearing somebody was worth, on simulated debates of which the truth is known."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from quorate.evaluate.dynamics import Course
from quorate.learning.gains import Cases, Gain, compared, credited
from quorate.nouns import Message, Question
from quorate.transcripts import Transcript

SEATS = ("u", "v", "w")
Heard = dict[int, tuple[int, ...]]
React = Callable[[str, Sequence[str]], str]
"""What v answers again, from its first answer and the answers it heard of u and w ("" where not heard)."""


def debates(
    count: int, first: Callable[[], Sequence[str]], react: React, hears: Callable[[], tuple[bool, bool]]
) -> Course:
    """Simulate two rounds in which only v hears anybody, and only v changes."""
    transcripts, heard = [], []
    for n in range(count):
        drafts, ears = list(first()), hears()
        again = [drafts[0], react(drafts[1], [drafts[0] * ears[0], drafts[2] * ears[1]]), drafts[2]]
        said = [
            Message(number=k, seat=SEATS[k % 3], act="draft", turn=k // 3, text="", answer=answer)
            for k, answer in enumerate([*drafts, *again])
        ]
        transcripts.append(Transcript.of(Question(id=f"q{n}", text="?"), SEATS, said, gold="1"))
        numbers: Heard = dict.fromkeys(range(6), ())
        numbers[4] = tuple(k for k, open_ in zip((0, 2), ears, strict=True) if open_)
        heard.append(numbers)
    return Course.of(transcripts, heard)


def follows(rng: random.Random, chance: float, alone: float = 0.0) -> React:
    """Take over u's answer with a chance when it is heard; find the right one alone with another."""

    def react(own: str, heard: Sequence[str]) -> str:
        if heard[0] and rng.random() < chance:
            return heard[0]
        return "1" if rng.random() < alone else own

    return react


def gain(course: Course, how: str) -> Gain:
    cases = Cases.of(course, 0, 1)
    found = compared(cases) if how == "compared" else credited(cases)
    assert found is not None
    assert found.how == how
    return found


def test_hearing_a_right_answer_is_worth_what_it_adds_to_finding_it_alone() -> None:
    rng = random.Random(0)
    course = debates(
        4000, lambda: ("1", "5", "7"), follows(rng, 0.5, alone=0.2), lambda: (rng.random() < 0.5, False)
    )
    found = gain(course, "compared")
    assert found.mean == pytest.approx(0.4, abs=0.04)  # 0.5 + 0.5 * 0.2 - 0.2
    assert found.low < 0.4 < found.high
    assert found.high - found.low < 0.08
    assert found.likely > 0.999
    assert gain(course, "credited").mean == pytest.approx(0.6, abs=0.03)  # finds it alone: credited too


def test_hearing_a_wrong_answer_costs_what_it_spoils() -> None:
    rng = random.Random(1)
    course = debates(2000, lambda: ("9", "1", "7"), follows(rng, 0.3), lambda: (rng.random() < 0.5, True))
    for how in ("compared", "credited"):
        found = gain(course, how)
        assert found.mean == pytest.approx(-0.3, abs=0.04)
        assert found.high < 0
        assert found.likely < 0.001


def test_others_that_are_heard_at_the_same_time_do_not_confuse_the_comparison() -> None:
    """Whoever hears u also hears w, who is right and followed: u gets nothing of it."""
    rng = random.Random(2)

    def first() -> Sequence[str]:
        return ("8", "5", rng.choice("19"))

    def react(own: str, heard: Sequence[str]) -> str:
        return heard[1] if heard[1] and rng.random() < 0.6 else own

    def hears() -> tuple[bool, bool]:
        to_u = rng.random() < 0.5
        return to_u, rng.random() < (0.9 if to_u else 0.1)

    found = gain(debates(4000, first, react, hears), "compared")
    assert found.low < 0 < found.high
    assert abs(found.mean) < 0.03


def test_those_who_said_the_same_share_the_credit() -> None:
    rng = random.Random(3)
    always = debates(1000, lambda: ("1", "5", "1"), follows(rng, 0.5), lambda: (True, True))
    assert compared(Cases.of(always, 0, 1)) is None  # always heard: nothing to compare
    assert gain(always, "credited").mean == pytest.approx(0.25, abs=0.03)
    other = credited(Cases.of(always, 2, 1))
    assert other is not None
    assert other.mean == gain(always, "credited").mean


@pytest.mark.parametrize("how", ["compared", "credited"])
@pytest.mark.parametrize("count", [15, 60])
def test_the_intervals_cover_the_truth_as_often_as_they_say(how: str, count: int) -> None:
    rng = random.Random(4)
    drafts = [("1", "5", "7"), ("9", "1", "7")]
    truth, held = 0.0, 0  # u is right as often as it is wrong, and followed alike
    ears = (lambda: (rng.random() < 0.5, True)) if how == "compared" else (lambda: (True, True))
    for _ in range(200):
        course = debates(count, lambda: rng.choice(drafts), follows(rng, 0.4), ears)
        found = gain(course, how)
        held += found.low <= truth <= found.high
    assert held >= 182  # of 200; at 95 % fewer than this happen by chance once in a hundred times


def test_answers_to_one_question_count_as_one() -> None:
    """The same debates recorded ten times are no more evidence than once."""
    rng = random.Random(5)
    once = debates(30, lambda: ("9", "1", "7"), follows(rng, 0.3), lambda: (True, True))
    cases = Cases.of(once, 0, 1)
    many = Cases(**{name: value.repeat(10) for name, value in vars(cases).items()})
    one, ten = credited(cases), credited(many)
    assert one is not None
    assert ten is not None
    assert (ten.mean, ten.low, ten.high, ten.questions) == (one.mean, one.low, one.high, one.questions)
    assert ten.cases == 10 * one.cases


def test_where_all_went_alike_the_interval_still_has_a_width() -> None:
    rng = random.Random(6)
    course = debates(8, lambda: ("9", "1", "7"), follows(rng, 1.0), lambda: (rng.random() < 0.5, True))
    found = gain(course, "compared")
    assert found.mean == -1
    assert found.low == -1
    assert -0.75 < found.high < 0


def test_only_answers_on_questions_with_gold_and_of_that_turn_count() -> None:
    said = [
        Message(number=k, seat="uv"[k % 2], act="draft", turn=k // 2, text="", answer=answer)
        for k, answer in enumerate("151111")
    ]
    known = Transcript.of(Question(id="q1", text="?"), "uv", said, gold="1")
    unknown = Transcript.of(Question(id="q2", text="?"), "uv", said)
    course = Course.of([known, unknown])
    assert len(Cases.of(course, 0, 1).heard) == 2
    assert Cases.of(course, 0, 1, turn=1).before.tolist() != [0]
    assert Cases.of(course, 0, 1, turn=2).before.tolist() == [0]


def test_a_seat_that_never_gave_an_answer_has_no_case() -> None:
    said = [
        Message(number=k, seat="uv"[k % 2], act="draft", turn=k // 2, text="", answer=answer)
        for k, answer in enumerate([None, "5", None, "1"])
    ]
    cases = Cases.of(Course.of([Transcript.of(Question(text="?"), "uv", said, gold="1")]), 0, 1)
    assert compared(cases) is None
    assert credited(cases) is None
