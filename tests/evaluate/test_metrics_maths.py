"""Equivalence of maths answers, and a prover that hostile expressions neither stop nor fool."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.answers import canonical
from quorate.errors import BadOption
from quorate.evaluate.metrics import equivalent, maths
from quorate.evaluate.metrics import prover as proving
from quorate.evaluate.metrics.maths import latex
from quorate.evaluate.metrics.prover import Prover
from quorate.evaluate.problems import Problem
from quorate.nouns import Question


@pytest.fixture(scope="module")
def prover() -> Iterator[Prover]:
    with Prover(seconds=1.0) as made:
        yield made


SAME = [
    (r"2(x+1)", "2x+2"),
    (r"3\sqrt{2}", r"\sqrt{18}"),
    (r"\frac{\sqrt{3}}{3}", r"\frac{1}{\sqrt3}"),
    (r"\frac{3\pi}{4}", r"\frac34\pi"),
    (r"(1,\frac12)", "(1,0.5)"),
    (r"(-\infty,2)\cup(3,\infty)", r"(3,\infty)\cup(-\infty,2)"),
    (r"\begin{pmatrix}1\\\frac12\end{pmatrix}", r"\begin{pmatrix}1\\0.5\end{pmatrix}"),
    (r"2\pm\sqrt3", r"2-\sqrt3, 2+\sqrt3"),
    (r"\{1,2\}", r"\{2,1\}"),
    ("x^{10}", "x^5x^5"),
    (r"\frac13", "0.333333"),
    (r"2\sin x\cos x", r"\sin(2x)"),
    ("120", "5!"),
    ("2x", "f(x)=2x"),
]
DIFFERENT = [
    ("2x+2", "2x+3"),
    ("(2,3)", "(3,2)"),
    ("(1,2]", "(1,2)"),
    ("(-1,6)", "6,-1"),
    (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "[1,2,3,4]"),
    (r"\frac{1}{2x}", r"\frac{x}{2}"),
    ("1011_2", "1011_3"),
    ("listen", "silent"),
    ("4t", "4"),
    (r"\frac23", "0.67"),
    (r"-\frac{2010012}{2010013}", "-1"),
    ("0.0000001", "0.0000002"),
    ("10000000000001", "10000000000002"),
    ("(3,0.5]", "(5,1]"),
]


@pytest.mark.parametrize(("gold", "answer"), SAME + [(gold, gold) for gold, _ in DIFFERENT])
def test_spellings_of_one_value(gold: str, answer: str) -> None:
    assert decided(gold, answer) == 1.0


@pytest.mark.parametrize(("gold", "answer"), DIFFERENT)
def test_values_that_differ(gold: str, answer: str) -> None:
    assert decided(gold, answer) == 0.0


def test_what_math_verify_would_let_pass() -> None:
    for gold, answer in [("5", "3=5"), ("5", "x=1orx=5"), ("1011_2", "1011_3"), ("(-1,6)", "6,-1")]:
        assert not equivalent(gold, answer)
    assert equivalent("(-1,6)", "-1,6")


def decided(gold: str, answer: str) -> float | None:
    """Score an answer as a run would: both in their canonical form."""
    question = Question(id="q", text="What is it?", kind="maths")
    problem = Problem(question=question, gold=canonical(question, gold))
    assert problem.gold is not None
    return maths(problem, "", canonical(question, answer))


def test_choices_texts_and_abstentions_are_compared_as_they_are() -> None:
    choice = Problem(question=Question(id="q", text="Which?", choices=("2x", "x+x")), gold="A")
    words = Problem(question=Question(id="q", text="Which?", kind="text"), gold="ab")
    assert (maths(choice, "", "A"), maths(choice, "", "B"), maths(words, "", "ba")) == (1.0, 0.0, 0.0)
    assert maths(Problem(question=Question(id="q", text="2+3?"), gold="5"), "", None) == 0.0
    assert maths(Problem(question=Question(id="q", text="2+3?")), "", "5") is None


@pytest.mark.parametrize(
    "answer", ["9^(9^(9^9))", "9999999!", "((((", "√(√(", "{", "x" * 200, "1/0", "2^^3", "]["]
)
def test_hostile_answers_are_wrong_in_time(prover: Prover, answer: str) -> None:
    assert prover.same("2x", latex(answer)) is not True
    assert prover.same("2x", "x+x") is True, "the prover goes on after it"


def test_an_overrun_is_undecided_and_its_process_gone(prover: Prover) -> None:
    assert prover.same("1", "9999999!") is None
    assert prover._process is None


def test_too_much_memory_is_undecided(prover: Prover) -> None:
    assert prover.same("1", "10^{10^{10}}+1") is not True


def test_a_process_that_was_ended_is_replaced(prover: Prover) -> None:
    assert prover.same("2x", "x+x") is True
    assert prover._process is not None
    os.kill(prover._process.pid, signal.SIGKILL)
    assert prover.same("3x", "x+2x") is True


def test_threads_take_turns(prover: Prover) -> None:
    found: list[bool | None] = [None] * 8

    def ask(at: int) -> None:
        found[at] = prover.same(f"{at}x", f"{at + at % 2}x")

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [at % 2 == 0 for at in range(8)]


def test_what_an_expression_prints_or_commands_is_no_reply(prover: Prover) -> None:
    for text in (
        r"same\nsame",
        r"\input{/etc/passwd}",
        "__import__('os').getcwd()",
        r"\write18{ls}",
    ):
        assert prover.same("1", text) is not True
    assert prover.same("x", "y") is False


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_has_a_prover_of_its_own() -> None:
    assert equivalent("2(a+1)", "2a+2")
    before = proving.prover()
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(equivalent, ("2(b+1)", "2b+2"))
    assert proving.prover() is before
    assert before.same("2c", "c+c") is True


def test_the_library_is_named_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BadOption, match=r'math-verify: pip install "quorate\[evaluate\]"'):
        Prover()
    with pytest.raises(BadOption, match="seconds above 0, not 0"):
        Prover(seconds=0)


def test_a_prover_that_does_not_start_says_how_to_see_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "_SCRIPT", proving._SCRIPT.with_name("none.py"))
    with Prover() as broken, pytest.raises(BadOption, match="math-verify does not start: run"):
        broken.same("1", "2")


@given(st.text(alphabet="0123x√π∞∪()[]{}^_/+-*=<>!,;° \\$sinlog", max_size=30))
def test_any_plain_notation_is_written_as_latex(plain: str) -> None:
    written = latex(plain)
    assert "√(" not in written or plain.count("√(") == 0
    assert "π" not in written
    assert "$" not in written


@given(st.text(max_size=20))
def test_an_answer_is_equivalent_to_itself(answer: str) -> None:
    assert equivalent(answer, answer)
