r"""Reading answers: from what a model wrote to the string that is counted.

    read(Question(text="What is 2*9?"), "2*9 is 18.\nAnswer: $18.00")   ->   "18"

Two answers are the same answer when their canonical strings are equal; that string is the vote key
everywhere. The text is untrusted: only its last 20,000 characters are looked at, in linear time, and what
cannot be read is None, an abstention, never an error.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Literal, TypeVar

from quorate.answers.abstaining import gives_up, is_blank, is_unknown
from quorate.answers.choices import choice, letters, mentioned
from quorate.answers.markers import (
    clean,
    marked,
    own_words,
    read_confidence,
    without_confidence,
    without_statements,
)
from quorate.answers.numbers import DECIMAL, number
from quorate.answers.values import auto, maths, squash
from quorate.answers.values import text as short_text
from quorate.errors import BadOption, did_you_mean
from quorate.nouns import AnswerKind, Question

__all__ = ["Mode", "canonical", "read", "read_confidence", "same"]

Found = TypeVar("Found")
Mode = Literal["strict", "lenient"]
_LONGEST_RAW = 4_000
_WRITERS = {"auto": auto, "maths": maths, "text": short_text}
_MOST_ROUNDS = 8
_VERDICTS = ("yes", "no", "true", "false")
_ALPHABET = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def read(question: Question, text: str, mode: Mode = "strict") -> str | None:
    r"""Return the canonical answer that a text gives, or None when it gives none.

    **Strict**: the LAST marker decides: `Answer: X` or `Final answer: X` on a line of its own (any case,
    bold, headings and bullets allowed), `\boxed{X}`, `{final answer: X}`, the sentence "the (final) answer is
    X", or GSM8K's `#### X` with a number, a choice or yes/no. When its X is empty or unreadable the answer is
    None; an earlier marker is not fallen back to. A remark such as "the answer is correct" marks nothing, and
    lines that begin with ">" quote others and never count.

    **Lenient**: as strict; where that finds nothing, a guess that looks at no line that states a confidence,
    unless the text says that it has no answer: "Answer: unknown", "velt=?", or a last sentence such as "I
    cannot answer this.". It is

    - number: the last number of the text;
    - choice: the last letter of a choice that stands alone, else the only choice whose text is mentioned;
    - maths: the last of inline formula (its right-hand side) and number, else the last line if it is short;
    - text: yes or no in the last line, else that line if it is short, else the last yes or no;
    - auto: the last of number and yes or no, else the last line if it is short.

    Parameters
    ----------
    question : Question
        Its kind and choices say what an answer looks like.
    text : str
        What the model wrote; untrusted.
    mode : {"strict", "lenient"}
        Whether only a marked answer counts.

    Returns
    -------
    str or None
        The vote key: a label for a choice, else see `canonical`.

    Raises
    ------
    BadOption
        When there is no such mode.

    Examples
    --------
    >>> read(Question(text="What is 2*9?"), "It is easy.\n**Answer:** 18 dollars.")
    '18'
    >>> colours = Question(text="Which one?", choices=("red", "blue"))
    >>> read(colours, "Answer: (B) blue"), read(colours, "Answer: A or B")
    ('B', None)
    >>> read(colours, "I would go for blue."), read(colours, "I would go for blue.", "lenient")
    (None, 'B')
    """
    if mode not in ("strict", "lenient"):
        raise BadOption(
            f"There is no reading mode {mode!r}. {did_you_mean(str(mode), ('strict', 'lenient'))}"
        )
    said = own_words(text)
    raw = marked(said, partial(_is_final, question))
    answer = _read_marked(question, raw) if raw else None
    if answer is not None or mode == "strict":
        return answer
    said = without_statements(said)
    return None if _abstains(question, raw or "", said) else _guess(question, said)


def canonical(form: Question | AnswerKind, raw: str) -> str | None:
    r"""Return the canonical string of one raw answer, such as a gold answer, or None when it is unreadable.

    Numbers are exact plain decimals, or "a/b" where decimals never end; a choice is its label; maths is plain
    notation; text is case-folded without end punctuation. A canonical answer is its own canonical answer.
    "?" and "I don't know" are no answers to any question without choices.

    Parameters
    ----------
    form : Question or {"auto", "number", "choice", "maths", "text"}
        A question, or just its kind; for "choice" alone the labels are A to Z.
    raw : str
        The answer alone, without a marker; `\boxed{...}` around it is taken away.

    Returns
    -------
    str or None
        Equal for equal values.

    Raises
    ------
    BadOption
        When there is no such kind.

    Examples
    --------
    >>> canonical("number", "$1,234.50"), canonical("auto", r"\boxed{\frac13}"), canonical("choice", "(b)")
    ('1234.5', '1/3', 'B')
    >>> canonical(Question(text="Which?", choices=("4 km", "7 km")), "7 km")
    'B'
    """
    kind = form if isinstance(form, str) else form.kind
    if len(raw) > _LONGEST_RAW:
        return None
    raw = clean(raw)
    if not raw:
        return None
    if kind == "number":
        return number(raw)
    if kind == "choice":
        return choice(raw, (), _ALPHABET) if isinstance(form, str) else choice(raw, form.choices, form.labels)
    if kind not in _WRITERS:
        raise BadOption(
            f"There is no kind of answer {kind!r}. {did_you_mean(kind, (*_WRITERS, 'number', 'choice'))}"
        )
    return None if is_blank(raw) else _settled(_WRITERS[kind], raw)


def same(a: str, b: str, form: Question | AnswerKind = "auto") -> bool:
    """Tell whether two raw answers are the same answer; an unreadable one is the same as nothing.

    Examples
    --------
    >>> same("0.5", "1/2"), same("Paris.", "paris"), same("", "")
    (True, True, False)
    """
    first = canonical(form, a)
    return first is not None and first == canonical(form, b)


def _settled(write: Callable[[str], str | None], raw: str) -> str | None:
    """Write until nothing changes, so that a canonical answer is its own canonical answer ("the 1,000")."""
    for _ in range(_MOST_ROUNDS):
        written = write(raw)
        if written is None or written == raw:
            return written
        raw = clean(written)
    return None


def _abstains(question: Question, raw: str, said: str) -> bool:
    """Whether a text says that it has no answer; not where that may be one of the choices."""
    return (is_unknown(raw) or gives_up(said)) and not any(map(is_unknown, question.choices))


def _read_marked(question: Question, raw: str) -> str | None:
    """Read what a marker marks: whole, without a stated confidence, or a number that ends its sentence."""
    if "onfidence" in raw:
        raw = without_confidence(raw)
    if question.kind in ("number", "auto") and ". " in raw:
        first, _, remark = raw.partition(". ")
        if len(remark.split()) > 2 and not any(character.isdigit() for character in remark):
            value = number(clean(first), expected=question.kind == "number")
            if value is not None:
                return value
    return canonical(question, raw)


def _is_final(question: Question, raw: str) -> bool:
    """Whether what follows "####" is an answer; a heading of the fourth level begins alike."""
    if question.kind == "choice":
        return canonical(question, raw) is not None
    return squash(raw) in _VERDICTS or number(clean(raw), expected=question.kind == "number") is not None


# --- the lenient ladder ------------------------------------------------------------------------------------

_SHORT_LINE = 60
_FRACTION = r"\\[dt]?frac\{[-0-9.,]{1,30}\}\{[-0-9.,]{1,30}\}"
_NUMBER = re.compile(
    rf"(?:(?<![\w)\]])[-−])?[$€£]?(?:{_FRACTION}|(?<![\w.]){DECIMAL}(?:\s?/\s?[0-9]+(?![0-9/]))?"
    r"(?:[eE][-+]?[0-9]{1,3}(?![0-9]))?)(?:\s(?:hundred|thousand|million|billion|trillion)\b)?"
)
_VERDICT = re.compile(r"\b(yes|no)\b(?=[\s*]*(?:[.,;:!)\"'\n]|$))", re.IGNORECASE)
_FORMULA = re.compile(r"\$\$?([^$]{1,300})\$\$?|\\\((.{1,300}?)\\\)|\\\[(.{1,300}?)\\\]", re.DOTALL)
_EQUALS = re.compile(r"(?<![<>!])=")
_HOLDS_VALUE = re.compile(r"[0-9π∞∅]|\\(?:pi|infty|emptyset|text)")
_PHRASE = re.compile(r"[A-Za-z]{2} [a-z]{2,} ")


def _guess(question: Question, text: str) -> str | None:
    """Read what no marker marks, by the ladder of the question's kind (see `read`)."""
    if question.kind == "choice":
        return _guess_choice(question, text)
    if question.kind == "text":
        return _guess_text(question, text)
    last = _last(_NUMBER.finditer(text))
    if question.kind == "maths":
        last = _later(last, _last(filter(_is_value, _FORMULA.finditer(text))))
    elif question.kind == "auto":
        last = _later(last, _last(_VERDICT.finditer(text)))
    if last is not None:
        return canonical(question, _EQUALS.split(last[last.lastindex or 0])[-1])
    return None if question.kind == "number" else _short_line(question, text)


def _last(found: Iterable[Found]) -> Found | None:
    """Return the last of what is found, holding one at a time."""
    return next(iter(deque(found, maxlen=1)), None)


def _later(one: re.Match[str] | None, other: re.Match[str] | None) -> re.Match[str] | None:
    return max(filter(None, (one, other)), key=re.Match.end, default=None)


def _is_value(formula: re.Match[str]) -> bool:
    """Whether a formula is more than a mentioned variable, or the words between two formulas."""
    return _HOLDS_VALUE.search(formula[0]) is not None and _PHRASE.search(formula[0]) is None


def _guess_choice(question: Question, text: str) -> str | None:
    letter = _last(letters(text, question.labels))
    return letter or mentioned(text, question.choices, question.labels)


def _guess_text(question: Question, text: str) -> str | None:
    line = _last_line(text)
    verdict = _last(_VERDICT.finditer(line))
    if verdict is None and len(line) > _SHORT_LINE:
        verdict = _last(_VERDICT.finditer(text))
    return canonical(question, verdict[1]) if verdict else _short_line(question, text)


def _last_line(text: str) -> str:
    return text.rstrip().rpartition("\n")[2].strip()


def _short_line(question: Question, text: str) -> str | None:
    line = _last_line(text)
    return canonical(question, line) if len(line) <= _SHORT_LINE else None
