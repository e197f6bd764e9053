"""One spelling per value: numbers, mathematics, short texts."""

from __future__ import annotations

import pytest

from quorate.answers import canonical
from quorate.answers.latex import fold, unlatex
from quorate.answers.numbers import MAX_DIGITS, number
from quorate.answers.values import auto, maths, squash, text

NUMBERS: list[tuple[str, str | None]] = [
    ("18", "18"),
    ("007", "7"),
    ("18.", "18"),
    ("18.0", "18"),
    ("0.50", "0.5"),
    (".5", "0.5"),
    ("-0", "0"),
    ("+7", "7"),
    ("-3.250", "-3.25"),
    ("- 5", "-5"),
    ("−5", "-5"),
    ("１８", "18"),
    ("1,234", "1234"),
    ("12,345,678.90", "12345678.9"),
    ("$18", "18"),
    ("$1,234.50", "1234.5"),
    ("-$5", "-5"),
    ("$-5", "-5"),
    ("US$ 5", "5"),
    ("€5", "5"),
    ("Rs. 500", "500"),
    ("5€", "5"),
    ("18 dollars", "18"),
    ("18 US dollars", "18"),
    ("12 km/h", "12"),
    ("12.5 miles per hour", "12.5"),
    ("5 m^2", "5"),
    ("5 m", "5"),
    ("12km", "12"),
    ("$5/hour", "5"),
    ("25 °C", "25"),
    ("50%", "50"),
    ("50 percent", "50"),
    (r"50\%", "50"),
    (r"\$18", "18"),
    ("$18$", "18"),
    ("1/2", "0.5"),
    ("2/6", "1/3"),
    ("-4/6", "-2/3"),
    ("1/-2", "-0.5"),
    ("1 1/2", "1.5"),
    ("-1 1/2", "-1.5"),
    ("½", "0.5"),
    ("1½", "1.5"),
    (r"\frac{1}{2}", "0.5"),
    (r"\dfrac12", "0.5"),
    (r"1\frac{1}{2}", "1.5"),
    (r"-\frac{2}{6}", "-1/3"),
    ("3e8", "300000000"),
    ("3E-2", "0.03"),
    ("3 x 10^8", "300000000"),
    ("3 × 10⁸", "300000000"),
    ("3*10**8", "300000000"),
    (r"3\times10^{8}", "300000000"),
    (r"3 \cdot 10^{-2}", "0.03"),
    ("10^3", "1000"),
    ("3 million", "3000000"),
    ("2 hundred thousand people", "200000"),
    ("$2.5k", "2500"),
    ("$3M", "3000000"),
    (r"90^\circ", "90"),
    (r"5\text{ cm}", "5"),
    (r"5\,\text{m}^2", "5"),
    (r"1{,}000", "1000"),
    (r"1\,000", "1000"),
    ("about 18", "18"),
    ("≈ 18", "18"),
    ("x = 18", "18"),
    ("2*9 = 18", "18"),
    ("(18)", "18"),
    ("[18]", "18"),
    ("18 (eighteen)", "18"),
    ("1,5", "1.5"),
    ("0,125", "0.125"),
    ("1.234,56", "1234.56"),
    ("1.234.567", "1234567"),
    ("1 234 567", "1234567"),
    ("1 234,5", "1234.5"),
    ("1.234", "1.234"),
    ("", None),
    ("eighteen", None),
    ("2 or 3", None),
    ("2 and 3", None),
    ("2, 3", None),
    ("(3,4)", None),
    ("x = 2, y = 3", None),
    ("12,34,56", None),
    ("1,2345,678", None),
    ("10-15", None),
    ("3:30", None),
    ("3 pm", None),
    ("2 and a half", None),
    ("2 dozen", None),
    ("3 fifths", None),
    ("5 feet 6 inches", None),
    ("1 hour thirty minutes", None),
    ("4 July", None),
    ("2. Paris", None),
    ("1/2/2020", None),
    ("1/0", None),
    ("0/0", None),
    ("5 squared", None),
    ("5 apples in the big basket", None),
    ("--5", None),
    ("-$-5", None),
    ("1e999", None),
    ("9" * MAX_DIGITS, "9" * MAX_DIGITS),
    ("9" * (MAX_DIGITS + 1), None),
    ("1/" + "3" * (MAX_DIGITS + 1), None),
    ("0" * 5000, None),
    ("٣", None),
]


@pytest.mark.parametrize(("raw", "value"), NUMBERS)
def test_numbers(raw: str, value: str | None) -> None:
    assert canonical("number", raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("18 dollars", "18"),
        ("$1,234.50", "1234.5"),
        ("12km", "12"),
        ("50%", "50"),
        ("1/2", "0.5"),
        ("x = 18", "18"),
        ("(18)", "18"),
        (r"5\text{ m}", "5"),
        ("1,5", None),
        ("0,125", None),
        ("1.234.567", None),
        ("1 234", None),
        ("5x", None),
        ("5 m", None),
        ("5apples", None),
        (r"\frac{4}{3} p^3", None),
        ("[18]", None),
        ("21st", None),
        ("5/hour", None),
    ],
)
def test_a_number_that_is_not_expected_is_read_with_more_care(raw: str, value: str | None) -> None:
    assert number(raw, expected=False) == value


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        (r"\frac{1}{3}", "1/3"),
        (r"\dfrac{\sqrt3}{2}", "√(3)/2"),
        (r"\frac{\sqrt 3}2", "√(3)/2"),
        ("sqrt(3)/2", "√(3)/2"),
        ("√3/2", "√(3)/2"),
        (r"\frac{3 \pi}{4}", "3π/4"),
        ("3pi/4", "3π/4"),
        (r"\frac{x+2}{7}", "(x+2)/7"),
        (r"\frac{1}{2x}", "1/(2x)"),
        (r"\frac{\frac{1}{x}}{y}", "(1/x)/y"),
        (r"2\frac{x}{3}", "2(x/3)"),
        (r"\frac{x}{3}^2", "(x/3)^2"),
        (r"\sqrt[3]{2}", "√[3](2)"),
        (r"x^{2}+1", "x^2+1"),
        (r"x^{10}", "x^10"),
        (r"e^{2x}", "e^(2x)"),
        (r"4210_{5}", "4210_5"),
        (r"3\cdot x", "3x"),
        ("x = 5y", "5y"),
        ("f(x) = 2x+1", "2x+1"),
        ("2x+3y=5", "2x+3y=5"),
        ("-7 + 12 = 5", "5"),
        (r"x = 2 \text{ or } x = 3", "2,3"),
        ("6, 10, and 12", "6,10,12"),
        (r"\left( \frac12, 3 \right]", "(0.5,3]"),
        (r"(-\infty, -2] \cup (2, \infty)", "(-∞,-2]∪(2,∞)"),
        (r"x \in [0, 1.50]", "[0,1.5]"),
        (r"\{3, 1, 2\}", "{3,1,2}"),
        ("(3, 1)", "(3,1)"),
        ("(1,000, 2)", "(1000,2)"),
        ("(100,200)", "(100,200)"),
        ("f(1/2)+3", "f(0.5)+3"),
        (r"10{,}000\pi", "10000π"),
        ("131,947,592π", "131947592π"),
        (r"120^\circ", "120"),
        (r"3 \text{ square units}", "3"),
        (r"\sqrt{801}\text{ cm}", "√(801)"),
        (r"12^{\text{th}}", "12^(th)"),
        (r"\begin{pmatrix} -2 \\ \frac{1}{2} \end{pmatrix}", "[-2;0.5]"),
        (r"\begin{pmatrix}-2\3\end{pmatrix}", "[-2;3]"),
        (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "[1,2;3,4]"),
        (r"\text{Even}", "even"),
        ("No solution.", "no solution"),
        (r"\text{(B)}", "B"),
        ("2 3", "2 3"),
        (r"-3 \le x \leq 2", "-3<=x<=2"),
        (r"1 \pm i\sqrt{3}", "1±i√(3)"),
        ("the sum that we want is 5 here", None),
        ("$$", None),
        ("x+" * 600, None),
    ],
)
def test_maths(raw: str, plain: str | None) -> None:
    assert canonical("maths", raw) == plain


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("Paris", "paris"),
        ("  The   Eiffel\tTower. ", "eiffel tower"),
        ("“A cat”", "cat"),
        ("**An apple!**", "apple"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ﬁne", "fine"),
        ("Ｐａｒｉｓ", "paris"),
        ("(B)", "b"),
        ("A", "a"),
        ("the", "the"),
        ("A and B", "a and b"),
        ("a b", "b"),
        ("Yes", "yes"),
        ("No, it sinks.", "no"),
        ("nothing", "nothing"),
        ("> ]", "> ]"),
        ("...", "..."),
        ("C++", "c++"),
        ("x\u202e\ud800y", "x y"),
        ("x" * 200, "x" * 200),
        ("x" * 201, None),
        ("", None),
    ],
)
def test_texts(raw: str, words: str | None) -> None:
    assert canonical("text", raw) == words


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        ("18 dollars", "18"),
        ("7/14", "0.5"),
        (r"\frac{x}{2}", "x/2"),
        ("2x + 1", "2x+1"),
        ("(3, 5)", "(3,5)"),
        ("2 and 3", "2,3"),
        ("sqrt(3)/2", "√(3)/2"),
        ("2 and a half", "2 and a half"),
        ("B", "b"),
        (r"\text{B}", "b"),
        ("N/A", "n/a"),
        ("AT&T", "at&t"),
        ("4 July", "4 july"),
        ("5 apples and 3 pears", "5 apples and 3 pears"),
    ],
)
def test_auto(raw: str, answer: str) -> None:
    assert canonical("auto", raw) == answer


def test_a_single_letter_is_a_text_to_auto_but_a_variable_to_maths() -> None:
    assert (auto("B"), maths("B"), text("B")) == ("b", "B", "b")


def test_deep_nesting_ends() -> None:
    deep = r"\frac{1}{" * 60 + "x" + "}" * 60
    assert isinstance(unlatex(deep), str)
    assert squash("(" * 3000 + "x" + ")" * 3000).startswith("(")


def test_fold_leaves_plain_text_alone() -> None:
    assert fold("3 x 10^8") == "3 x 10^8"
    assert fold("2 ÷ 3 ≤ 1") == "2 / 3 <= 1"
