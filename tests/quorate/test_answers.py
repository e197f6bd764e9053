"""What is read from a text: markers, choices, the lenient ladder, stated confidence."""

from __future__ import annotations

import pytest

from quorate.answers import Mode, canonical, read, read_confidence, same
from quorate.errors import BadOption, UnknownName
from quorate.nouns import AnswerKind, Question

NUMBER = Question(text="How many?", kind="number")
MATHS = Question(text="Simplify.", kind="maths")
TEXT = Question(text="Who?", kind="text")
AUTO = Question(text="What?")
COLOUR = Question(text="Which?", choices=("red", "blue", "dark blue"))
AMOUNT = Question(text="How much?", choices=("$7", "8 km", "1/2", "None of the above"))
WORDY = Question(text="Which?", choices=("A. Lincoln", "Both A and B", "Neither"))

OPEN = Question(text="How many?", choices=("3", "5", "It cannot be determined"))

MARKERS: list[tuple[str, str | None]] = [
    ("Answer: 18", "18"),
    ("answer: 18", "18"),
    ("ANSWER : 18", "18"),
    ("Answer：18", "18"),
    ("Final answer: 18", "18"),
    ("Final Answer:18", "18"),
    ("The final answer: 18", "18"),
    ("My answer: 18", "18"),
    ("**Answer:** 18", "18"),
    ("**Answer: 18**", "18"),
    ("**Answer**: 18", "18"),
    ("**Answer:** **18** apples", "18"),
    ("### Answer: 18", "18"),
    ("#### Final answer: 18", "18"),
    ("- Answer: 18", "18"),
    ("* Answer: 18", "18"),
    ("• Answer: 18", "18"),
    ("3. Answer: 18", "18"),
    ("  Answer: 18  ", "18"),
    ("Answer: 18\r\nThank you.", "18"),
    ("Answer: `18`", "18"),
    ("Answer: 18 (confidence: 80%)", "18"),
    ("Answer: 18, confidence: 0.8", "18"),
    ("Answer: 18. I hope it is correct.", "18"),
    ("Answer: 5\nOn second thought:\nAnswer: 6", "6"),
    ("Answer: 5\nAnswer:", None),
    ("Answer: 5\nAnswer: unknown", None),
    ("Answer: 5\nAnswer: 2 or 3", None),
    ("Answer:\n18", None),
    ("It is 18.", None),
    ("In answer: 18", None),
    ("Thus" + " " * 50 + "answer: 18", None),
    ("Please end with a line Answer: 18", None),
    ("", None),
    (r"So it is \boxed{18}.", "18"),
    (r"$\boxed{\frac{1}{2}}$", "0.5"),
    (r"\boxed{\text{18 apples}}", "18"),
    (r"\boxed{3} and then \boxed{4}", "4"),
    (r"Answer: $\boxed{18}$", "18"),
    (r"\boxed{5} \boxed{18", None),
    (r"\boxed{}", None),
    (r"\boxed{5}" + "\nAnswer: 6", "6"),
    ("Answer: 6\n" + r"\boxed{5}", "5"),
    ("so 18\n#### 18", "18"),
    ("total #### 1,800", "1800"),
    ("Answer: 18\n#### Notes", "18"),
    ("#### Step 1: add\n", None),
    ("{final answer: 18}", "18"),
    (r"I say {Final answer: \frac{1}{2}} now", "0.5"),
    ("{final answer: 18", None),
    ("The answer is 18.", "18"),
    ("So the final answer is $18$. I hope it is correct.", "18"),
    ("Hence the correct answer is: 18 dollars", "18"),
    ("Therefore the answer is 3.5, because 7/2 = 3.5.", "3.5"),
    ("Final answer is 18", "18"),
    ("my answer is **18**.", "18"),
    ("Answer: 18\nI am sure that the answer is correct.", "18"),
    ("Answer: 18\nThe answer is not 17.", "18"),
    ("Her answer is 18.", None),
    ("The answer is 2 or 3.", None),
    ("> Answer: 18", None),
    ("Answer: 5\n> Answer: 18", "5"),
    ("Answer: 5\n  > the answer is 18\n>#### 18\n> \\boxed{18}", "5"),
    ("<<3+4=7>>\nAnswer: 7", "7"),
]


@pytest.mark.parametrize(("text", "answer"), MARKERS)
def test_the_last_marker_decides(text: str, answer: str | None) -> None:
    assert read(NUMBER, text) == answer


@pytest.mark.parametrize("kind", ["auto", "maths"])
@pytest.mark.parametrize(
    "text", [text for text, answer in MARKERS if answer == "18" and "I hope" not in text]
)
def test_markers_mean_the_same_for_other_kinds(kind: AnswerKind, text: str) -> None:
    assert read(Question(text="?", kind=kind), text) == "18"


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        (COLOUR, "Answer: B", "B"),
        (COLOUR, "Answer: b", "B"),
        (COLOUR, "Answer: (B)", "B"),
        (COLOUR, "Answer: B.", "B"),
        (COLOUR, "Answer: **B**", "B"),
        (COLOUR, "Answer: $B$", "B"),
        (COLOUR, r"\boxed{\text{(B)}}", "B"),
        (COLOUR, "Answer: B) blue", "B"),
        (COLOUR, "Answer: (B) Blue.", "B"),
        (COLOUR, "Answer: B: it is bluish", "B"),
        (COLOUR, "Answer: option B", "B"),
        (COLOUR, "Answer: B because it fits", "B"),
        (COLOUR, "Answer: blue", "B"),
        (COLOUR, "Answer: Dark  BLUE", "C"),
        (COLOUR, "Answer: the red", "A"),
        (COLOUR, "The answer is (C), since A is wrong.", "C"),
        (COLOUR, "#### B", "B"),
        (COLOUR, "Answer: A or B", None),
        (COLOUR, "Answer: A, B", None),
        (COLOUR, "Answer: A/B", None),
        (COLOUR, "Answer: (A) or (B)", None),
        (COLOUR, "Answer: A) blue", None),
        (COLOUR, "Answer: D", None),
        (COLOUR, "Answer: AB", None),
        (COLOUR, "Answer: green", None),
        (COLOUR, "Answer: red or blue", None),
        (COLOUR, "Answer: not B", None),
        (COLOUR, "Answer:", None),
        (AMOUNT, "Answer: 7", "A"),
        (AMOUNT, "Answer: $7.00", "A"),
        (AMOUNT, "Answer: 0.5", "C"),
        (AMOUNT, r"Answer: $\frac{1}{2}$", "C"),
        (AMOUNT, "Answer: none of the above", "D"),
        (AMOUNT, "Answer: 9", None),
        (WORDY, "Answer: A. Lincoln", "A"),
        (WORDY, "Answer: Both A and B", "B"),
        (WORDY, "Answer: B", "B"),
        (TEXT, "Answer: The Eiffel Tower.", "eiffel tower"),
        (TEXT, "Answer: Yes, because it floats.", "yes"),
        (TEXT, "The answer is Dr. Who.", "dr. who"),
        (TEXT, "Answer: " + "x" * 201, None),
        (TEXT, "It floats.\n#### Yes", "yes"),
        (TEXT, "#### Notes", None),
        (AUTO, "Answer: Paris", "paris"),
        (AUTO, "Answer: 2. Paris", "2. paris"),
        (AUTO, "Answer: yes", "yes"),
        (AUTO, "Answer: (3, 1/2)", "(3,0.5)"),
        (AUTO, r"Answer: $x^{2}$", "x^2"),
        (MATHS, r"\boxed{\left(-\infty, \frac12\right]}", "(-∞,0.5]"),
        (MATHS, "The answer is $x = 2$ or $x = 3$.", "2,3"),
    ],
)
def test_strict_reading(question: Question, text: str, answer: str | None) -> None:
    assert read(question, text) == answer


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        (NUMBER, "Answer: 7\nIt is 8.", "7"),
        (NUMBER, "3 + 4 = 7\nA: 7", "7"),
        (NUMBER, "first 12, then 1,234.5.", "1234.5"),
        (NUMBER, "16 - 3 = 13", "13"),
        (NUMBER, "it falls to -13", "-13"),
        (NUMBER, "about 3 million people", "3000000"),
        (NUMBER, r"which is \frac{1}{3} of it", "1/3"),
        (NUMBER, "Answer: 2 or 3", "3"),
        (NUMBER, "5\n> I say 6", "5"),
        (NUMBER, "no idea", None),
        (COLOUR, "I choose (B).", "B"),
        (COLOUR, "A is tempting, but B", "B"),
        (COLOUR, "A clear case: I would say blue", "B"),
        (COLOUR, "It must be dark blue", "C"),
        (COLOUR, "Either red or blue", None),
        (COLOUR, "> B is right\nHm.", None),
        (COLOUR, "Answer: A or B", "B"),
        (TEXT, "It floats.\nSo yes.", "yes"),
        (TEXT, "Let me think.\nParis", "paris"),
        (TEXT, "No. " + "It cannot be true that such a thing ever was there " * 2, "no"),
        (TEXT, "There are no doubts about this long last line without any verdict at all in it", None),
        (AUTO, "There are 3 reasons. So: yes.", "yes"),
        (AUTO, "Yes, there are 3.", "3"),
        (AUTO, "Let me think.\nParis", "paris"),
        (MATHS, r"so $f(x) = 2x + \frac{1}{2}$ holds", "2x+1/2"),
        (MATHS, "$x^2$ costs $y$ and it is 7", "7"),
        (MATHS, r"\[ y = x^2 \]", "x^2"),
        (MATHS, "no solution", "no solution"),
    ],
)
def test_lenient_reading(question: Question, text: str, answer: str | None) -> None:
    assert read(question, text, "lenient") == answer


@pytest.mark.parametrize(("text", "answer"), [case for case in MARKERS if case[1] is not None])
def test_lenient_agrees_where_strict_reads(text: str, answer: str) -> None:
    assert read(NUMBER, text, "lenient") == answer


def test_the_article_and_the_pronoun_are_no_choices() -> None:
    nine = Question(text="Which?", choices=tuple(f"item number {n}" for n in range(9)))
    assert read(nine, "A long story. I think of C, but I may err.", "lenient") == "C"
    assert read(nine, "So the choice is I.", "lenient") == "I"
    assert read(nine, "It is A.", "lenient") == "A"


def test_only_the_end_of_a_text_is_read() -> None:
    assert read(NUMBER, "Answer: 5\n" + "x" * 30_000) is None
    assert read(NUMBER, "x" * 30_000 + "\nAnswer: 5") == "5"


def test_a_quoted_line_stays_quoted_where_the_text_is_cut() -> None:
    quoted = "> " + "x" * 30_000 + " the answer is 5"
    assert read(NUMBER, quoted) is None
    assert read(NUMBER, quoted + "\nAnswer: 6") == "6"


def test_letters_that_grow_when_lowered_do_not_shift_the_marker() -> None:
    assert read(NUMBER, "İİİİİİ\nAnswer: 18") == "18"


def test_an_unknown_mode_is_refused() -> None:
    mode: Mode = "lenent"  # type: ignore[assignment]
    with pytest.raises(BadOption, match=r"'lenent'\. Did you mean 'lenient'"):
        read(NUMBER, "5", mode)


def test_an_unknown_kind_is_refused() -> None:
    kind: AnswerKind = "numbr"  # type: ignore[assignment]
    with pytest.raises(BadOption, match="Did you mean 'number'") as caught:
        canonical(kind, "5")
    assert not isinstance(caught.value, UnknownName)


@pytest.mark.parametrize(
    ("form", "gold", "answer"),
    [
        (AUTO, "True", "true"),
        (AUTO, "(B)", "b"),
        (AUTO, ") ) >", "))>"),
        (AUTO, "the 1,000", "1000"),
        (COLOUR, "B", "B"),
        (COLOUR, "dark blue", "C"),
        (COLOUR, "purple", None),
        ("choice", "(j)", "J"),
        ("choice", "red", None),
        (MATHS, r"\boxed{x+1}", "x+1"),
        (NUMBER, " 18\u200b ", "18"),
        (NUMBER, "   ", None),
    ],
)
def test_gold_answers(form: Question | AnswerKind, gold: str, answer: str | None) -> None:
    assert canonical(form, gold) == answer


def test_same_compares_values() -> None:
    assert same("$1,200", "1200.00", NUMBER)
    assert same("(b)", "blue", COLOUR)
    assert not same("1/3", "0.333", NUMBER)
    assert not same("?", "?", NUMBER)


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("Confidence: 80%", 0.8),
        ("confidence: 0.8", 0.8),
        ("CONFIDENCE = .5", 0.5),
        ("**Confidence:** 95 %", 0.95),
        ("Confidence level: 8/10", 0.8),
        ("Confidence score: 80/100.", 0.8),
        ("My confidence is 0.7.", 0.7),
        ("Answer: 18 (confidence: 70 percent)", 0.7),
        ('{"confidence": 1}', 1.0),
        ("Confidence: 0", 0.0),
        ("Confidence: 10%\nConfidence: 20%", 0.2),
        ("Confidence: 10%\nConfidence: high", None),
        ("Confidence: 10%\n> Confidence: 20%", 0.1),
        ("Confidence: 80", None),
        ("Confidence: 120%", None),
        ("Confidence: 1.5", None),
        ("Confidence: -5%", None),
        ("Confidence: 80-90%", None),
        ("Confidence: 12/10", None),
        ("Confidence:", None),
        ("I have confidence in you.", None),
        ("Answer: 18", None),
        ("", None),
    ],
)
def test_stated_confidence(text: str, confidence: float | None) -> None:
    assert read_confidence(text) == (None if confidence is None else pytest.approx(confidence))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Only 1 and 7 divide it. Answer: 7", "7"),
        ("So be it! **Final answer:** 12", "12"),
        ("We are asked for the answer: 7", None),
        ("bo says 5, answer: 6", None),
    ],
)
def test_a_marker_may_follow_a_sentence_on_its_line(text: str, answer: str | None) -> None:
    assert read(Question(text="How many?", kind="number"), text) == answer


@pytest.mark.parametrize("kind", ["number", "auto", "maths", "text"])
@pytest.mark.parametrize("mode", ["strict", "lenient"])
@pytest.mark.parametrize(
    "text",
    [
        "[2] money: velt=?\nAnswer: ?",
        "3+4=7\nAnswer: I don't know.",
        "3+4=7\nAnswer: no idea",
        "It may be 7.\nAnswer: I cannot answer this, since 5 is not all there is.",
        "3+4=7\nMy answer is ???",
        r"3+4=7, but \boxed{?}",
    ],
)
def test_an_answer_line_without_an_answer_is_an_abstention(kind: AnswerKind, mode: Mode, text: str) -> None:
    assert read(Question(text="What?", kind=kind), text, mode) is None


@pytest.mark.parametrize("kind", ["number", "auto", "maths", "text"])
@pytest.mark.parametrize(
    "text",
    [
        "[2] money: velt=?",
        "Ada has 5 apples and 7. I cannot answer this question.",
        "It is 36 or -56.\nWe cannot determine which one without more information.",
        "3+4=7\nHowever, it is impossible to say for certain what comes next.",
        "5 apples.\nThere is not enough information to solve it.",
        "I cannot answer this.\nConfidence: 10%",
    ],
)
def test_nothing_is_guessed_where_the_last_sentence_gives_up(kind: AnswerKind, text: str) -> None:
    assert read(Question(text="What?", kind=kind), text, "lenient") is None


@pytest.mark.parametrize(
    "text",
    [
        "3+4=7\nAnswer: unknown",
        "3+4=7\nThe answer is unclear.",
        "7\nAnswer: cannot be determined",
        "7\nAnswer: none",
    ],
)
def test_a_number_that_is_said_to_be_unknown_is_not_guessed(text: str) -> None:
    assert read(NUMBER, text, "lenient") is None
    assert read(AUTO, text) == read(AUTO, text, "lenient") != "7"  # words may be the right answer


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        (NUMBER, "We don't know b, so it is 5.", "5"),
        (NUMBER, "I cannot say for certain, but it is probably 12.", "12"),
        (NUMBER, "If I am unable to solve it, I stay with 8.", "8"),
        (NUMBER, "I do not know the rule.\nIt is 6.", "6"),
        (NUMBER, "Answer: unknown, or 5", "5"),
        (NUMBER, "Answer: I don't know, but I guess 5", "5"),
        (NUMBER, "It is 18.\nConfidence: 80%", "18"),
        (COLOUR, "B is tempting.\nAnswer: unknown", None),
        (COLOUR, "Answer: N/A", None),
        (COLOUR, "It is B. I cannot answer this.", None),
        (OPEN, "Answer: it cannot be determined from this", "C"),
        (OPEN, "It cannot be determined.", "C"),
    ],
)
def test_only_a_text_that_gives_up_is_left_alone(question: Question, text: str, answer: str | None) -> None:
    assert read(question, text, "lenient") == answer
