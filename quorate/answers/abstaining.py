r"""Where a text says that it has no answer, so that nobody guesses one for it.

    "[2] money: velt=?\nAnswer: ?"        "3+4=7\nAnswer: unknown"        "I cannot answer this."

Only plain English is known; a text that abstains in other words is read as if it did not.
"""

from __future__ import annotations

import re

LONGEST = 300
"""Characters of a marked answer, or from the end of a last line, that are looked at."""

_NOBODY_KNOWS = (
    r"(?:cannot|can ?not|can[’']t|could ?n[o’']t) be (?:known|determined|answered|solved|computed|calculated)"
    r"|(?:it is |it[’']s )?(?:impossible|not possible) to (?:say|tell|know|determine|answer|solve|calculate)"
    r"|(?:there is )?(?:not enough|insufficient|too little) (?:information|data)"
)
_I_DO_NOT = (
    r"(?:i|we) (?:really )?(?:do not|don[’']t) know"
    r"|(?:i|we) (?:(?:cannot|can ?not|can[’']t|could ?n[o’']t)|(?:am|are) (?:unable|not able) to)"
    r" (?:answer|solve|determine|tell|say|know|compute|calculate)"
)
# "If I cannot solve it ...", "we don't know b, so it is 5": these go on to an answer.
_GOES_ON = r".*\b(?:but|however|though|if|so|then|thus|therefore|hence|likely|probably|assum\w*|guess)\b"
# No question has one of these as its answer; "none" and "cannot be determined" may be the right words.
_BLANK = re.compile(
    rf"\?+|no (?:answer|idea)|(?:(?:i am|i[’']m) )?not sure|(?:sorry,? )?(?:{_I_DO_NOT})\b(?!{_GOES_ON}).*",
    re.IGNORECASE | re.DOTALL,
)
_UNKNOWN = re.compile(
    r"(?:(?:it|this|that) )?(?:is )?"
    rf"(?:n/a|unknown|not known|unclear|undetermined|none|nothing|{_NOBODY_KNOWS})\b[^0-9]*",
    re.IGNORECASE | re.DOTALL,
)
_GIVES_UP = re.compile(
    rf"(?<!\bif )\b(?:{_I_DO_NOT}|{_NOBODY_KNOWS}|the answer is (?:not known|unknown))\b"
    rf"(?!{_GOES_ON})",
    re.IGNORECASE,
)
_LEFT_OPEN = re.compile(r"=\s?\?[\s.*`$]*$")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def is_blank(raw: str) -> bool:
    """Whether a marked answer stands for no answer, whatever the question.

    Examples
    --------
    >>> is_blank("?"), is_blank("I don't know."), is_blank("unknown"), is_blank("18?")
    (True, True, False, False)
    """
    return len(raw) <= LONGEST and _BLANK.fullmatch(_bare(raw)) is not None


def is_unknown(raw: str) -> bool:
    """Whether a marked answer says that there is none; words may be a right answer, but never a number.

    Examples
    --------
    >>> is_unknown("unknown"), is_unknown("cannot be determined from this"), is_unknown("unknown, or 5")
    (True, True, False)
    """
    return is_blank(raw) or (len(raw) <= LONGEST and _UNKNOWN.fullmatch(_bare(raw)) is not None)


def gives_up(text: str) -> bool:
    r"""Whether the last sentence of a text says that it has no answer.

    Examples
    --------
    >>> gives_up("Ada has 5 and 7.\nI cannot answer this."), gives_up("[1] money: velt=?")
    (True, True)
    >>> gives_up("We don't know b, so it is 5."), gives_up("I cannot see how 18 is wrong.")
    (False, False)
    """
    line = text.rstrip().rpartition("\n")[2][-LONGEST:]
    last = _SENTENCE.split(line.strip())[-1]
    return _GIVES_UP.search(last) is not None or _LEFT_OPEN.search(last) is not None


def _bare(raw: str) -> str:
    return raw.strip(" \t\r*_`$\"'“”").rstrip(".! ")
