"""Checks of how sure the count of answers is: entropy, and the criterion of adaptive consistency."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

from quorate.errors import BadOption, did_you_mean
from quorate.protocols.history import History
from quorate.protocols.sampling.criteria import beta_certainty
from quorate.registry import stop

Over = Literal["standing", "rounds"]


@stop
def low_entropy(history: History, *, bits: float = 0.75) -> str | None:
    """Stop when the entropy of the standing answers is at most `bits`.

    It is 0 when all agree, 1 bit when two answers have half of the seats each, and at most the binary
    logarithm of the number of seats. A seat without an answer counts as an answer of its own. With the
    default, 4 of 5 seats that agree are enough (0.72 bits), 3 of 4 are not (0.81).

    Raises
    ------
    BadOption
        When `bits` is negative or not finite.

    Examples
    --------
    >>> from quorate.nouns import Message, Question, Table
    >>> history = History(Question(text="2+3?"), Table(["ada", "bo"]))
    >>> history.standing["ada"] = Message(number=0, seat="ada", act="draft", turn=0, text="", answer="5")
    >>> low_entropy(history) is None
    True
    """
    if not 0 <= bits < math.inf:
        raise BadOption(f"The entropy of answers is bounded by 0 or more bits, not {bits}.")
    answers = history.answers()
    if not answers:
        return None
    silent = len(history.table.seats) - answers.total()
    found = entropy([*answers.values(), *[1] * silent])
    return f"entropy of the answers {found:.2f} bits, at most {bits:g}" if found <= bits else None


def entropy(counts: Iterable[int]) -> float:
    """Return the entropy, in bits, of counted answers.

    Examples
    --------
    >>> entropy([2, 2]), round(entropy([4, 1]), 2)
    (1.0, 0.72)
    """
    counts = [count for count in counts if count]
    total = sum(counts)
    return abs(math.fsum(count / total * math.log2(count / total) for count in counts))


@stop
def beta_certain(history: History, *, threshold: float = 0.95, over: Over = "standing") -> str | None:
    """Stop when the leading answer is sure to stay ahead of the second one, were more seats asked.

    The Beta criterion of adaptive consistency (Aggarwal et al. 2023, arXiv:2305.11860, section 3.2), which
    was made for independent samples: 1 - I_0.5(first + 1, second + 1) of the two largest counts. Standing
    answers are no such samples, since the seats have heard each other; the certainty is an upper bound.

    Parameters
    ----------
    history : History
        Abstentions are not counted.
    threshold : float
        Least probability, above 0.5 and below 1. At 0.95, 4 seats that agree are enough (0.969), 3 are
        not (0.938).
    over : {"standing", "rounds"}
        Count each seat's last answer, or its answers of all rounds.

    Raises
    ------
    BadOption
        For an impossible threshold or an unknown `over`.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> beta_certain(History(Question(text="2+3?"), Table(["ada"])), threshold=1.0)
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: A certainty lies above 0.5 and below 1, not 1.0.
    """
    if not 0.5 < threshold < 1:
        raise BadOption(f"A certainty lies above 0.5 and below 1, not {threshold}.")
    if over not in ("standing", "rounds"):
        raise BadOption(
            f"Answers are not counted over '{over}'. {did_you_mean(over, ('standing', 'rounds'))}"
        )
    counts = history.answers()
    if over == "rounds":
        counts = Counter(answer for held in standings(history) for answer in held.values() if answer)
    first, second, *_ = [*sorted(counts.values(), reverse=True), 0, 0]
    found = beta_certainty(first, second)
    if found < threshold:
        return None
    return f"{first} to {second}: the lead is safe with a probability of {found:.3f}"


def standings(history: History) -> list[Mapping[str, str | None]]:
    """Return what each seat's answer was after every round; a seat that failed kept the one before.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> standings(History(Question(text="2+3?"), Table(["ada"])))
    []
    """
    found: list[Mapping[str, str | None]] = []
    held: dict[str, str | None] = dict.fromkeys(history.table.seats)
    for said in history.rounds:
        held = {**held, **{seat: message.answer for seat, message in said.items() if not message.failed}}
        found.append(held)
    if found:  # a relay says what a seat stands by in place of what it said last
        found[-1] = {seat: history.answer_of(seat) for seat in history.table.seats}
    return found
