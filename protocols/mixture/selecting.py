"""Selection without asking: the k answers that are surest, most shared, or match a judge's own.

Which k a judge names is read by `quorate.protocols.picks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Message

SELECTIONS: tuple[str, ...] = ("judge", "confidence", "agreement", "match", "off")
ASKING = frozenset({"judge", "match"})
"""Selections for which somebody is asked."""


def read_selection(given: Any) -> str:
    """Return how answers are selected; "off" is also what YAML makes of a bare off.

    Examples
    --------
    >>> read_selection("judge"), read_selection(False)
    ('judge', 'off')
    >>> read_selection("juge")
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: Answers cannot be selected by 'juge'. Did you mean 'judge'?
    """
    if given is None or given is False:
        return "off"
    if given not in SELECTIONS:
        raise BadOption(f"Answers cannot be selected by '{given}'. {did_you_mean(str(given), SELECTIONS)}")
    return str(given)


def surest(answers: Sequence[Message], k: int) -> tuple[Message, ...] | None:
    """Return the k answers with the highest confidence; None where nobody says how sure it is.

    Of equal ones the first seat's counts more, and one that does not say counts least.

    Examples
    --------
    >>> answers = [
    ...     Message(number=n, seat=s, act="draft", turn=0, text="", confidence=sure)
    ...     for n, (s, sure) in enumerate({"ada": 0.4, "bo": None, "cy": 0.9}.items())
    ... ]
    >>> [message.seat for message in surest(answers, 2)]
    ['ada', 'cy']
    """
    if all(message.confidence is None for message in answers):
        return None
    return _best(answers, k, lambda message: -1.0 if message.confidence is None else message.confidence)


def most_shared(answers: Sequence[Message], k: int) -> tuple[Message, ...]:
    """Return the k answers that most others share; one that cannot be read is shared by nobody.

    Examples
    --------
    >>> answers = [
    ...     Message(number=n, seat=s, act="draft", turn=0, text="", answer=answer)
    ...     for n, (s, answer) in enumerate({"ada": "6", "bo": "5", "cy": "5"}.items())
    ... ]
    >>> [message.seat for message in most_shared(answers, 2)]
    ['bo', 'cy']
    """
    return _best(answers, k, _sharing(answers))


def matching(answers: Sequence[Message], k: int, answer: str | None) -> tuple[Message, ...] | None:
    """Return k answers, first those that match a judge's own, then the most shared; None when none does.

    Examples
    --------
    >>> answers = [
    ...     Message(number=n, seat=s, act="draft", turn=0, text="", answer=answer)
    ...     for n, (s, answer) in enumerate({"ada": "6", "bo": "5", "cy": "5"}.items())
    ... ]
    >>> [message.seat for message in matching(answers, 2, "6")]
    ['ada', 'bo']
    """
    if answer is None or all(message.answer != answer for message in answers):
        return None
    sharing = _sharing(answers)
    return _best(answers, k, lambda message: (message.answer == answer, sharing(message)))


def _sharing(answers: Sequence[Message]) -> Callable[[Message], int]:
    """Return how many give the answer of a message; nobody where there is none to read."""
    votes = Counter(message.answer for message in answers)
    return lambda message: 0 if message.answer is None else votes[message.answer]


def _best(answers: Sequence[Message], k: int, worth: Callable[[Message], Any]) -> tuple[Message, ...]:
    """Return the k worthiest in seat order; of equal ones the first seats stay."""
    ranked = sorted(range(len(answers)), key=lambda place: worth(answers[place]), reverse=True)
    return tuple(answers[place] for place in sorted(ranked[:k]))
