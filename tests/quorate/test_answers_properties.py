"""What holds for every text: canonical answers are fixed points, nothing raises, everything is linear."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quorate.answers import Mode, canonical, read, read_confidence, same
from quorate.nouns import AnswerKind, Question

KINDS: list[AnswerKind] = ["number", "maths", "text", "auto"]
CHOICE = Question(text="?", choices=("red", "the blue one", "7", "A"))
QUESTIONS = [*(Question(text="?", kind=kind) for kind in KINDS), CHOICE]
MODES: list[Mode] = ["strict", "lenient"]
OTHER_MARKS = ("nswer", "onfidence", "####", "\\boxed", ". ")
MANY = settings(max_examples=300, deadline=None)

PIECES = st.sampled_from(
    [
        *"0123456789 ,.-+*/=^_()[]{}$%<>:;!?'\"`~&#|×−½²°√π∞∪≈“ABIx\n\u200b\ud800İßﬁ٣１",
        *("\\frac", "\\sqrt", "\\text{", "\\boxed{", "\\{", "\\\\", "\\left(", "\\cdot", "\\pi", "\\,"),
        *(" or ", " and ", "the ", "yes", "No, ", "million", " km", "May", "sqrt", "inf", "about ", "**"),
        *("Answer: ", "the answer is ", "#### ", "confidence: 5", "{,}", "e8"),
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=60)


@MANY
@given(raw=TEXTS, question=st.sampled_from(QUESTIONS))
@example(raw="\\cdot", question=QUESTIONS[1])
@example(raw="the 1,000", question=QUESTIONS[3])
def test_a_canonical_answer_is_its_own_canonical_answer(raw: str, question: Question) -> None:
    answer = canonical(question, raw)
    if answer is not None:
        assert canonical(question, answer) == answer
        assert same(raw, answer, question)


@MANY
@given(text=TEXTS, question=st.sampled_from(QUESTIONS), mode=st.sampled_from(MODES))
def test_whatever_is_read_is_canonical_and_printable(text: str, question: Question, mode: Mode) -> None:
    answer = read(question, text, mode)
    if answer is not None:
        assert answer
        assert answer.isprintable()
        assert answer.encode()
        assert canonical(question, answer) == answer
        assert question.kind != "choice" or answer in question.labels


@MANY
@given(text=TEXTS, question=st.sampled_from(QUESTIONS))
def test_lenient_reads_all_that_strict_reads(text: str, question: Question) -> None:
    strict = read(question, text)
    assert strict is None or read(question, text, "lenient") == strict


@MANY
@given(raw=TEXTS, question=st.sampled_from(QUESTIONS))
def test_a_canonical_answer_survives_the_line_that_prompts_ask_for(raw: str, question: Question) -> None:
    answer = canonical(question, raw)
    if answer is not None and not any(mark in answer for mark in OTHER_MARKS):
        assert read(question, f"Some thoughts.\nAnswer: {answer}") == answer


@MANY
@given(text=TEXTS)
def test_a_confidence_lies_between_zero_and_one(text: str) -> None:
    for stated in (text, f"Confidence: {text}"):
        confidence = read_confidence(stated)
        assert confidence is None or 0 <= confidence <= 1


@MANY
@given(percent=st.integers(0, 100))
def test_a_confidence_has_many_spellings(percent: int) -> None:
    for stated in (
        f"{percent}%",
        f"{percent / 100}",
        f"{percent}/100",
        f"{percent} percent",
        f"{percent}.0 %",
    ):
        assert read_confidence(f"Answer: 5\nConfidence: {stated}") == pytest.approx(percent / 100)


FRACTIONS = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6)


def spellings(value: Fraction) -> list[str]:
    top, bottom = abs(value.numerator), value.denominator
    sign, unicode_sign = ("-", "−") if value < 0 else ("", "")
    whole, part = divmod(top, bottom)
    written = [
        f"{sign}{top}/{bottom}",
        f"{unicode_sign}{top} / {bottom}",
        f"{sign}{top * 6}/{bottom * 6}",
        f"{sign}{top:,}/{bottom:,}",
        rf"{sign}\frac{{{top}}}{{{bottom}}}",
        rf"$\dfrac{{{sign}{top}}}{{{bottom}}}$",
        rf"\boxed{{{sign}\frac{{{top}}}{{{bottom}}}}}",
    ]
    if part:
        written += [f"{sign}{whole} {part}/{bottom}", rf"{sign}{whole}\frac{{{part}}}{{{bottom}}}"]
    if bottom == 1:
        written += [sign + form for form in (f"{top}.00", f"${top:,}", f"{top:,} dollars", f"{top}%")]
        written += [sign + form for form in (f"{top}e0", f"{top}00e-2", rf"{top} \times 10^{{0}}")]
        written += [f"**{sign}{top}**."]
    return written


@MANY
@given(value=FRACTIONS | st.integers(-(10**12), 10**12).map(Fraction))
@example(value=Fraction(0))
def test_every_spelling_of_a_fraction_is_one_number(value: Fraction) -> None:
    for kind in ("number", "maths", "auto"):
        written = {canonical(kind, spelling) for spelling in spellings(value)}
        assert len(written) == 1, (kind, written)
        assert Fraction(str(written.pop())) == value


@MANY
@given(digits=st.integers(-(10**15), 10**15), places=st.integers(0, 20))
def test_a_decimal_is_exact_and_has_no_trailing_zeros(digits: int, places: int) -> None:
    value = Fraction(digits, 10**places)
    sign, plain = "-" if digits < 0 else "", str(abs(digits)).zfill(places + 1)
    written = canonical(
        "number", f"{sign}{plain[: len(plain) - places]}.{plain[len(plain) - places :] or '0'}"
    )
    assert written is not None
    assert Fraction(written) == value
    assert "/" not in written
    assert "." not in written or not written.endswith(("0", "."))


@MANY
@given(one=FRACTIONS, other=FRACTIONS)
def test_different_values_are_different_answers(one: Fraction, other: Fraction) -> None:
    assert same(str(one), str(other), "number") == (one == other)


HOSTILE = [
    *(
        "a",
        " ",
        "\n",
        "9",
        "1,",
        "1 ",
        "(",
        "{",
        "[",
        "$",
        "*",
        "**",
        "#",
        "#### ",
        "#### 1 ",
        ">",
        "\n> ",
        "-",
    ),
    *("answer", "answer: ", "\nAnswer: ", "the answer is ", "{final answer: ", "confidence: ", "\\boxed{"),
    *("\\", "\\frac{", "\\frac{1}{", "\\sqrt", "\\(", "\\[", "\\text{", "^{", "A ", "yes", "a or ", "½", "⁸"),
    *("\n> ", "\ufdfa", "İ", "\ud800", "\u200b", "e9", "or ", "x=", "=", "1/", "1 (a", "1,000,", ". ", "**a"),
]


@pytest.mark.timeout(60)  # quadratic time would need minutes
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_megabyte_of_anything_is_read_at_once(piece: str) -> None:
    megabyte = piece * (1_000_000 // len(piece))
    for text in (megabyte, f"Answer: {megabyte}", f"{megabyte}\nAnswer: {megabyte[:19_000]}"):
        for question in QUESTIONS:
            answer = read(question, text, "lenient")
            assert answer is None or len(answer) <= len(text)
            sure = read_confidence(text)
            assert sure is None or 0 <= sure <= 1


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("length", [300, 1_000, 4_000])
def test_long_raw_answers_are_read_at_once(piece: str, length: int) -> None:
    raw = (piece * length)[:length]
    for question in QUESTIONS:
        answer = canonical(question, raw)
        assert answer is None or canonical(question, answer) == answer


def test_the_usual_ending_is_read_with_few_calls(calls_made: Callable[[Callable[[], object]], int]) -> None:
    text = ("First 16 - 3 - 4 = 9 eggs are left each day after breakfast. " * 5)[:288] + "\nAnswer: 18"
    question = Question(text="How many?")
    assert read(question, text) == "18"
    assert calls_made(lambda: read(question, text)) < 80
