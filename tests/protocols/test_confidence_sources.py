"""Confidence of seats: every source, asking for it, calibrating it, and deciding by it."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadDefinition, BadOption
from quorate.nouns import Ask, Message, Outcome, Question, Stretch, Table
from quorate.protocols import vote
from quorate.protocols.confidence import (
    WORDS,
    Calibrations,
    agreement,
    answer_span,
    read_calibrations,
    read_true,
    read_words,
    stated,
    token_probability,
)

QUESTION = Question(text="2+3?", id="q", kind="number")


def message(text: str = "", **fields: Any) -> Message:
    return Message(**{"number": 0, "seat": "ada", "act": "draft", "turn": 0, "text": text, **fields})


def stretched(*lines: tuple[str, float | None], answer: str | None) -> Message:
    text, known = "", []
    for line, logprob in lines:
        text += line
        known.append(Stretch(end=len(text), logprob=logprob))
    return message(text, answer=answer, stretches=tuple(known))


# Sources that ask nobody


def test_the_span_is_the_line_that_gives_the_answer() -> None:
    lines: list[tuple[str, float | None]] = [("2+3=5\n", -3.0), ("Answer: 5\n", -0.1), ("I am sure.", -2.0)]
    assert answer_span(QUESTION, stretched(*lines, answer="5")) == pytest.approx(math.exp(-0.1))
    assert answer_span(QUESTION, stretched(*lines, answer="6")) is None
    assert answer_span(QUESTION, stretched(*lines, answer=None)) is None
    assert answer_span(QUESTION, message("Answer: 5", answer="5")) is None
    assert answer_span(QUESTION, stretched(("Answer: 5", None), answer="5")) is None


def test_the_last_of_two_answers_is_the_span() -> None:
    said = stretched(("Answer: 5\n", -0.1), ("Answer: 5.0", -0.7), answer="5")
    assert answer_span(QUESTION, said) == pytest.approx(math.exp(-0.7))


@given(
    st.lists(
        st.tuples(st.sampled_from(["Answer: 5\n", "> Answer: 5\n", "x\n"]), st.floats(-30, 3)), max_size=5
    ),
    st.one_of(st.none(), st.floats(-50, 3), st.just(math.nan)),
)
def test_sources_lie_between_zero_and_one(lines: list[tuple[str, float]], logprob: float | None) -> None:
    said = stretched(*lines, answer="5").model_copy(update={"logprob": logprob})
    for source in (answer_span, token_probability, stated):
        found = source(QUESTION, said)
        assert found is None or 0 <= found <= 1


@pytest.mark.parametrize(("words", "value"), sorted(WORDS.items()))
def test_words_are_numbers(words: str, value: float) -> None:
    for text in (
        f"Answer: 5\nConfidence: {words}",
        f"**Confidence:** {words.upper()}.",
        f"(confidence: {words})",
    ):
        assert read_words(text) == value
        assert stated(QUESTION, message(text)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Confidence: high", None),
        ("Confidence: not likely at all", None),
        ("> Confidence: likely", None),
        ("It is likely.", None),
        ("Confidence: likely\nConfidence: unlikely", 0.2),
        ("Confidence: likely\nConfidence: 80%", 0.8),
    ],
)
def test_other_words_are_none(text: str, value: float | None) -> None:
    assert stated(QUESTION, message(text)) == value


def test_agreement_counts_unreadable_samples_as_others() -> None:
    assert agreement("5", ["5", None, "6", "5", "5"]) == 0.6
    assert agreement(None, ["5"]) is None
    assert agreement("5", []) is None


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"scores": {"A": math.log(0.3), "B": math.log(0.1)}}, 0.75),
        ({"scores": {"A": -2000.0, "B": 0.0}}, 0.0),
        ({"scores": {"A": 0.0, "B": -math.inf}}, 1.0),
        ({"scores": {"A": -math.inf, "B": -math.inf}}, None),
        ({"scores": {"C": 0.0}, "answer": "B"}, 0.0),
        ({"answer": "A"}, 1.0),
        ({"answer": "C"}, None),
        ({}, None),
        ({"answer": "A", "error": "it broke"}, None),
    ],
)
def test_the_probability_of_true(fields: dict[str, Any], value: float | None) -> None:
    found = read_true(message(**fields))
    assert found == (None if value is None else pytest.approx(value, abs=1e-12))


# Calibration


def test_calibrations_go_round_through_a_file(tmp_path: Path) -> None:
    labelled = {"ada": ([0.9, 0.9, 0.2, 0.6], [1, 0, 0, 1]), "bo": ([0.5, 0.7], [0, 1])}
    for method in ("temperature", "isotonic", "line"):
        found = Calibrations.fit("span", labelled, method)
        path = found.save(tmp_path / method / "c.json")
        assert Calibrations.load(path) == found
        assert read_calibrations(path) is read_calibrations(str(path))
        assert 0 <= (found.mend("ada", 0.9) or 0) <= 1
    with pytest.raises(BadOption, match="'cy' is not among them"):
        found.mend("cy", 0.5)


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("{", BadDefinition, "holds no calibration"),
        (
            '{"source": "span", "method": "line", "curves": {"ada": {"temperature": 2}}}',
            BadOption,
            "is no line",
        ),
        ('{"source": "span", "method": "curve", "curves": {}}', BadOption, "no calibration 'curve'"),
        (
            '{"source": "span", "method": "temperature", "curves": {"ada": {"temperature": -1}}}',
            BadOption,
            "above 0",
        ),
    ],
)
def test_a_file_that_holds_no_calibration(
    text: str, error: type[Exception], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "c.json"
    path.write_text(text)
    with pytest.raises(error, match=says):
        Calibrations.load(path)
    with pytest.raises(BadDefinition, match="no calibration file"):
        read_calibrations(tmp_path / "none.json")


# Deciding


def play(
    decide: Any, drafts: dict[str, dict[str, Any]], replies: dict[str, dict[str, Any]]
) -> tuple[Outcome, list[Ask]]:
    """Answer drafts with the first fields, everything else with the second."""
    asked: list[Ask] = []
    numbers = itertools.count()
    turns = vote(QUESTION, Table(list(drafts)), decide=decide)
    try:
        asks = list(next(turns))
        while True:
            asked += asks
            said = []
            for ask in asks:
                fields = {"text": "", **(drafts if ask.act == "draft" else replies).get(ask.seat, {})}
                said.append(
                    Message(number=next(numbers), seat=ask.seat, act=ask.act, turn=ask.turn, **fields)
                )
            asks = list(turns.send(said))
    except StopIteration as end:
        return end.value, asked


DRAFTS: dict[str, dict[str, Any]] = {
    "ada": {"answer": "5", "logprob": -0.1, "confidence": 0.2},
    "bo": {"answer": "6", "logprob": -1.0, "confidence": 0.5},
    "cy": {"answer": "6", "logprob": -2.0},
}


def test_deciding_by_what_the_tokens_say() -> None:
    outcome, asked = play({"by_confidence": {"source": "logprob"}}, DRAFTS, {})
    assert len(asked) == 3
    assert outcome.answer == "5"
    assert outcome.tally == pytest.approx({"5": math.exp(-0.1), "6": math.exp(-1) + math.exp(-2)})
    assert "confidence from logprob" in outcome.reason
    outcome, _ = play("by_confidence", DRAFTS, {})
    assert outcome.answer == "6"
    assert outcome.reason.endswith("confidence from reported, 1 unknown")


def test_deciding_by_asking_whether_it_is_true() -> None:
    replies = {"ada": {"answer": "A"}, "bo": {"answer": "B"}, "cy": {"text": "who knows"}}
    outcome, asked = play({"by_confidence": {"source": "true"}}, DRAFTS, replies)
    assert [ask.act for ask in asked] == ["draft"] * 3 + ["score"] * 3
    assert "> 5" in asked[3].instruction
    assert asked[3].question.choices == ("True", "False")
    assert asked[3].question.id == "q"
    assert outcome.answer == "5"
    assert outcome.tally == {"5": 1.0, "6": 0.0}
    assert (outcome.calls, outcome.rounds, outcome.invalid) == (6, 1, 0)
    assert [dissent.answer for dissent in outcome.dissent] == ["6", "6"], "a verdict is no answer"


def test_deciding_by_asking_how_sure() -> None:
    replies = {
        "ada": {"text": "Confidence: 90%"},
        "bo": {"text": "Confidence: unlikely"},
        "cy": {"text": "?"},
    }
    outcome, _ = play({"by_confidence": {"source": "sure"}}, DRAFTS, replies)
    assert outcome.tally == pytest.approx({"5": 0.9, "6": 0.2})


def test_deciding_by_agreement_among_own_samples() -> None:
    replies = {"ada": {"answer": "5"}, "bo": {"answer": "7"}, "cy": {"error": "it broke"}}
    outcome, asked = play({"by_confidence": {"source": "agreement", "samples": 4}}, DRAFTS, replies)
    assert [ask.act for ask in asked].count("resample") == 12
    assert outcome.tally == {"5": 1.0, "6": 0.0}
    assert outcome.failed == ("cy",)


def test_nobody_is_asked_who_has_no_answer() -> None:
    drafts: dict[str, dict[str, Any]] = {"ada": {"answer": None}, "bo": {"error": "it broke"}}
    for source in ("true", "sure", "agreement"):
        outcome, asked = play({"by_confidence": {"source": source}}, drafts, {})
        assert len(asked) == 2
        assert outcome.answer is None


def test_deciding_by_calibrated_confidence(tmp_path: Path) -> None:
    labelled = {name: ([0.9, 0.4], [0, 1]) for name in ("ada", "bo", "cy")}
    path = Calibrations.fit("reported", labelled, "isotonic").save(tmp_path / "c.json")
    outcome, _ = play({"by_confidence": {"calibration": str(path)}}, DRAFTS, {})
    assert outcome.tally == pytest.approx({"5": 0.5, "6": 0.5})
    assert "(calibrated)" in outcome.reason


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"source": "logprobs"}, "Did you mean 'logprob'"),
        ({"rule": "judge_decides"}, "asks or draws lots"),
        ({"source": "agreement", "samples": 0}, "at least 1 sample"),
        ({"calibration": Calibrations(source="span", method="line", curves={})}, "fitted to 'span', not to"),
        (
            {"calibration": Calibrations(source="reported", method="line", curves={})},
            "belongs to other agents",
        ),
    ],
)
def test_confidence_that_cannot_be_had(options: dict[str, Any], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        play({"by_confidence": options}, DRAFTS, {})


def test_an_unknown_method() -> None:
    with pytest.raises(BadOption, match="Did you mean 'isotonic'"):
        Calibrations.fit("span", {"ada": ([0.5], [1])}, "isotonc")  # type: ignore[arg-type]
