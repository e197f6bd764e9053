r"""Equivalence of mathematical answers, by math-verify.

Canonical answers are equal when they are spelled alike; here \sqrt{18} and 3\sqrt{2} are the same answer too.
Both texts are untrusted: sympy is only asked in a process of its own, with limits on time and memory.
"""

from __future__ import annotations

import functools
import re
from fractions import Fraction

from quorate.evaluate.metrics.prover import prover
from quorate.evaluate.metrics.scoring import metric
from quorate.evaluate.problems import Problem
from quorate.registry import Declaration

LONGEST = 300
"""Characters of an answer that is worth proving anything about."""

_PLACES = 6
_KINDS = ("auto", "maths", "number")
_FUNCTION = re.compile(r"(arc(?:sin|cos|tan)|sin|cos|tan|cot|sec|csc|log|ln|exp|max|min|gcd|lcm)")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+|/[1-9][0-9]*)?")
_WORD = re.compile(r"[^\W\d_]{3}")
_NAMED = re.compile(r"[A-Za-z](?:_[0-9A-Za-z]+)?(?:\([A-Za-z]\))?=(?!=)")
_BASE = re.compile(r"[0-9A-F]_\(?([0-9]+)")
_OPENS = r"√(?:\[[^\[\]]*\])?\(|[\^_]\("
_PIECE = re.compile(rf"{_OPENS}|[\^_]-?[0-9]+|(?<![0-9.])[0-9]+/[0-9]+(?![0-9.^])|<=|>=|!=|.", re.DOTALL)
_MATRIX = re.compile(r"\[([^\[\]]*;[^\[\]]*)\]")
_SIGNS = {"π": r"\pi ", "∞": r"\infty ", "∅": r"\emptyset ", "±": r"\pm ", "≈": r"\approx ", "°": r"^\circ "}
_SIGNS |= {"∪": r"\cup ", "∩": r"\cap ", "∈": r"\in ", "<=": r"\le ", ">=": r"\ge ", "!=": r"\ne "}
_SIGNS |= {"{": r"\{", "}": r"\}", "*": r"\cdot ", "√": r"\sqrt "}


@metric(Declaration(needs=("gold",), cost="up to seconds where spellings differ", source="math-verify"))
def maths(problem: Problem, text: str, answer: str | None) -> float | None:
    """Return 1 when the answer is the gold one or equivalent to it, else 0.

    Choices and texts are compared as they are. It is never below `accuracy`.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> problem = Problem(question=Question(text="Expand 2(x+1).", kind="maths"), gold="2x+2")
    >>> maths(problem, "Answer: 2(x+1)", "2(x+1)"), maths(problem, "Answer: 2x+1", "2x+1")
    (1.0, 0.0)
    """
    if problem.gold is None:
        return None
    if answer is None or answer == problem.gold or problem.question.kind not in _KINDS:
        return float(answer == problem.gold)
    return float(equivalent(problem.gold, answer))


@functools.lru_cache(maxsize=4096)
def equivalent(gold: str, answer: str) -> bool:
    """Tell whether two canonical answers are the same value; what cannot be decided in time is not.

    Parameters
    ----------
    gold, answer : str
        In plain notation, as `quorate.answers.canonical` writes it; the gold one decides what form counts.

    Raises
    ------
    BadOption
        When math-verify is not installed.

    Examples
    --------
    >>> equivalent("3√(2)", "√(18)"), equivalent("(1,2]", "(1,3]"), equivalent("listen", "silent")
    (True, False, False)
    """
    if gold == answer:
        return True
    if not gold or max(len(gold), len(answer)) > LONGEST or any(map(_is_worded, (gold, answer))):
        return False
    if _NUMBER.fullmatch(gold) and _NUMBER.fullmatch(answer):
        decimal, fraction = sorted((gold, answer), key=lambda side: "/" in side)
        return "/" in fraction and "/" not in decimal and _is_rounded(fraction, decimal)
    bases = [set(_BASE.findall(side)) for side in (gold, answer)]
    if all(bases) and bases[0] != bases[1]:
        return False  # math-verify drops subscripts, and with them the base of a number
    if "=" in answer and "=" not in gold:
        named = _NAMED.match(answer)
        answer = answer[named.end() :] if named else answer
        if "=" in answer:
            return False  # math-verify takes the last side of a chain: 1=5 would be 5
    if gold[:1] in "([" and answer[:1] not in "([" and "," in answer:
        answer = f"({answer})"  # a bare list has no order, a point has one
    return prover().same(latex(gold), latex(answer)) is True


def _is_rounded(fraction: str, decimal: str) -> bool:
    """Whether a decimal is a fraction cut or rounded to six or more places, and to four digits that count."""
    places = len(decimal.partition(".")[2])
    exact = Fraction(fraction)
    apart = abs(exact - Fraction(decimal))
    return places >= _PLACES and apart * 10**places <= 1 and apart * 10**4 <= abs(exact)


def _is_worded(answer: str) -> bool:
    """Whether an answer holds a word, which sympy would take for a product of its letters."""
    return _WORD.search(_FUNCTION.sub("", answer)) is not None


def latex(plain: str) -> str:
    r"""Write plain notation as LaTeX.

    Examples
    --------
    >>> print(latex("(√(3)/2,∞)"), latex("x^10-1/2"), latex("[1,2;3,4]"))
    (\sqrt{3}/2,\infty ) x^{10}-\frac{1}{2} \begin{pmatrix}1&2\\3&4\end{pmatrix}
    """
    named = _FUNCTION.sub(r"\\\1 ", plain.replace("$", "").replace("\\", ""))
    written: list[str] = []
    closing: list[str] = []
    for piece in _PIECE.findall(named):
        if piece[-1] == "(":
            closing.append(")" if piece == "(" else "}")
            written.append(piece if piece == "(" else _opened(piece))
        elif piece == ")":
            written.append(closing.pop() if closing else piece)
        else:
            written.append(_sign(piece))
    return _MATRIX.sub(_matrix, "".join(written))


def _opened(piece: str) -> str:
    """Write what opens a root, a power or an index; its bracket becomes a brace."""
    return (r"\sqrt" + piece[1:-1] if piece[0] == "√" else piece[0]) + "{"


def _sign(piece: str) -> str:
    if piece in _SIGNS:
        return _SIGNS[piece]
    if len(piece) > 1 and piece[0] in "^_":
        return f"{piece[0]}{{{piece[1:]}}}"
    top, slash, bottom = piece.partition("/")
    # A fraction of numbers is meant as a whole: 1/2x is half of x.
    return rf"\frac{{{top}}}{{{bottom}}}" if slash and top else piece


def _matrix(found: re.Match[str]) -> str:
    rows = found[1].replace(",", "&").replace(";", r"\\")
    return rf"\begin{{pmatrix}}{rows}\end{{pmatrix}}"
