"""Going on: any protocol continues from drafts that were made before it was chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from inspect import isgeneratorfunction
from typing import Any

from quorate import registry
from quorate.errors import BadOption
from quorate.nouns import Ask, Message, Note, Outcome, Question, Table
from quorate.protocols.history import Turns
from quorate.registry import label, option_names

Protocol = Callable[[Question, Table], Turns]


def following(then: Any, prompts: str | None = None) -> Protocol:
    """Return the protocol that goes on; it takes over a folder of prompts unless it has one of its own.

    Raises
    ------
    BadOption
        For an unknown protocol or option, or what is no protocol.

    Examples
    --------
    >>> following("debat")
    Traceback (most recent call last):
    ...
    quorate.errors.UnknownName: There is no protocol called 'debat'. Did you mean 'debate'?
    """
    found = registry.protocol.resolve(then)
    maker, options = (found.func, found.keywords) if isinstance(found, partial) else (found, {})
    if not isgeneratorfunction(maker):
        raise BadOption(f"'{label(maker)}' is no protocol to go on with: it is not a generator function.")
    if prompts is None or "prompts" in options or "prompts" not in option_names(maker):
        return found
    return partial(found, prompts=prompts)


def go_on(
    turns: Turns,
    held: Sequence[tuple[Ask, Message]],
    *,
    notes: Iterable[Note] = (),
    reason: str = "",
) -> Turns:
    """Hold a protocol in which what it asks is answered from `held` where it was asked before.

    Parameters
    ----------
    turns : generator
        The protocol, not yet started.
    held : sequence of (Ask, Message)
        What was asked before and the answers; each answers one equal ask. What the protocol does not ask
        again still counts as cost.
    notes : iterable of Note
        What was done before; told with the first new asks, or else with the outcome.
    reason : str
        Put before the outcome's own.

    Returns
    -------
    Outcome

    Examples
    --------
    >>> from quorate.protocols.debating import vote
    >>> pair = Table(["ada", "bo"])
    >>> first, _ = next(vote(Question(text="2+3?"), pair))
    >>> said = Message(number=0, seat="ada", act="draft", turn=0, text="Answer: 5", answer="5")
    >>> turns = go_on(vote(Question(text="2+3?"), pair), [(first, said)])
    >>> [ask.seat for ask in next(turns)]
    ['bo']
    """
    known: defaultdict[tuple[str, bool], list[Message]] = defaultdict(list)
    for ask, message in held:
        known[_key(ask)].append(message)
    told = tuple(notes)
    said: list[Message] | None = None
    while True:
        try:
            asks = next(turns) if said is None else turns.send(said)
        except StopIteration as end:
            left = [message for messages in known.values() for message in messages]
            return _completed(end.value, left, told, reason)
        found = [messages.pop(0) if (messages := known.get(_key(ask))) else None for ask in asks]
        fresh = [ask for ask, message in zip(asks, found, strict=True) if message is None]
        if fresh and told:
            fresh[0] = fresh[0].model_copy(update={"notes": (*told, *fresh[0].notes)})
            told = ()
        answered = iter((yield fresh) if fresh else ())
        said = [next(answered) if message is None else message for message in found]


def _key(ask: Ask) -> tuple[str, bool]:
    return ask.digest(), ask.stretches


def _completed(outcome: Outcome, left: Sequence[Message], notes: tuple[Note, ...], reason: str) -> Outcome:
    return outcome.model_copy(
        update={
            "reason": f"{reason}; {outcome.reason}" if reason else outcome.reason,
            "notes": (*notes, *outcome.notes),
            "calls": outcome.calls + len(left),
            "tokens_in": outcome.tokens_in + sum(message.tokens_in for message in left),
            "tokens_out": outcome.tokens_out + sum(message.tokens_out for message in left),
        }
    )
