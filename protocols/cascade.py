"""Cascade: a cheap draft first, more seats only in doubt, a debate only when they still disagree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ask, Message, Note, Question, Table
from quorate.protocols.continuing import following, go_on
from quorate.protocols.history import History, Turns
from quorate.protocols.prompting import Prompts
from quorate.protocols.voting import break_tie, plurality, random_, resolve_rule
from quorate.registry import protocol

UNTOLD = 0.5
"""How sure a seat is taken to be that does not say."""


@protocol
def cascade(
    question: Question,
    table: Table,
    *,
    start: int = 1,
    step: int = 1,
    sure: float = 0.9,
    order: Sequence[str] = (),
    then: Any = "debate",
    decide: Any = plurality,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    """Ask `start` seats, then `step` more as long as they disagree or are not sure; debate if that fails.

    A question costs what it needs: an easy one a single call, a disputed one all drafts and a debate. As in
    the cascades of Chen et al. 2023 (FrugalGPT, arXiv:2305.05176) and Yue et al. 2023 (arXiv:2310.03094),
    which climb from a cheap model to a dear one by a score, or by agreement.

    The drafts are enough when all of them give one answer and are together sure enough of it: with
    confidences c their doubts are multiplied, 1 - (1-c1)(1-c2)..., as if they erred independently (models
    do not quite). A seat that does not say how sure it is counts as 1/2, so that at the default of 0.9 four
    agreeing drafts are enough. When all seats have drafted and all agree, sure or not, their vote is the
    answer; while they differ, `then` goes on from their drafts until its own stop check.

    Parameters
    ----------
    question, table
        What is deliberated; who sits where and hears whom.
    start, step : int
        How many seats are asked first, and how many more each time.
    sure : float
        How sure the agreeing drafts must be, in [0, 1]; 1 asks everybody, 0 asks more only on disagreement.
    order : sequence of str
        Who is asked first: the cheap ones. Seats left out follow in seat order.
    then : protocol, name, mapping or None
        What goes on from the drafts when the seats disagree, such as `{debate: {rounds: 4}}`; it decides by
        its own options. None votes.
    decide : rule, name or mapping
        A rule over the drafts, where nothing goes on.
    tie_break, quote_limit, prompts
        As in `debate`.

    Raises
    ------
    BadOption
        For nobody to start with, a seat that is not at the table, or an impossible certainty.

    Examples
    --------
    >>> turns = cascade(Question(text="2+3?"), Table(["ada", "bo", "cy"]), order=["cy"])
    >>> [ask.seat for ask in next(turns)]
    ['cy']
    """
    seats = _in_order(table, order)
    _check(len(seats), start, step, sure)
    rule = resolve_rule(decide)
    debating = None if then is None else following(then, prompts)
    history = History(question, table, prompts=Prompts.load(prompts), quote_limit=quote_limit)

    drafts = {ask.seat: ask for ask in history.drafts()}
    asks, said = list[Ask](), list[Message]()
    while len(asks) < len(seats) and not is_enough(said, sure):
        wave = [drafts[seat] for seat in seats[len(asks) : len(asks) + (step if asks else start)]]
        if asks:
            history.note("gated", f"{_doubt(said)}: {len(wave)} more asked", [ask.seat for ask in wave])
        said += yield history.noted(wave)
        asks += wave
    told = f"{len(asks)} of {len(seats)} asked, {_doubt(said)}"
    if debating is not None and len(asks) == len(seats) and not agree(said):
        note = Note(kind="gated", seats=table.seats, text=f"{told}: the debate goes on")
        held = list(zip(asks, said, strict=True))
        return (yield from go_on(debating(question, table), held, notes=[note], reason=told))
    history.add(asks, said)
    if len(asks) < len(seats):
        history.note("stopped", told, [ask.seat for ask in asks])
    ballots = [ballot for ballot in history.ballots() if ballot.seat in {ask.seat for ask in asks}]
    outcome = break_tie(rule(ballots), ballots, tie_break, table.rng(question.id, "tie"))
    return history.conclude(outcome, told)


def agree(said: Sequence[Message]) -> bool:
    """Tell whether all drafts, at least one, give one readable answer."""
    return bool(said) and None not in (first := {m.answer for m in said}) and len(first) == 1


def certainty(said: Sequence[Message]) -> float:
    """Return how sure agreeing drafts are together, as if they erred independently.

    Examples
    --------
    >>> drafts = [
    ...     Message(number=n, seat=seat, act="draft", turn=0, text="", answer="5", confidence=sure)
    ...     for n, (seat, sure) in enumerate([("ada", 0.8), ("bo", None)])
    ... ]
    >>> round(certainty(drafts), 3)
    0.9
    """
    doubts = (1 - (UNTOLD if m.confidence is None else m.confidence) for m in said)
    return 1 - math.prod(doubts)


def is_enough(said: Sequence[Message], sure: float) -> bool:
    """Tell whether drafts agree and are together sure enough."""
    return agree(said) and certainty(said) >= sure - 1e-9


def _doubt(said: Sequence[Message]) -> str:
    """Say where the drafts stand."""
    if agree(said):
        one = "one draft is" if len(said) == 1 else "they agree and are"
        return f"{one} {certainty(said):.2f} sure"
    answers = {m.answer for m in said} - {None}
    unread = sum(m.answer is None for m in said)
    told = f"{len(answers)} answers" if len(answers) != 1 else "1 answer"
    return told + (f", {unread} unreadable" if unread else "")


def _in_order(table: Table, order: Sequence[str]) -> list[str]:
    if isinstance(order, str):
        raise BadOption(f"The order is a list of agents, such as [{order}], not a name.")
    for name in order:
        if name not in table.seats:
            raise BadOption(
                f"There is no agent '{name}' to ask first. {did_you_mean(str(name), table.seats)}"
            )
    return list(dict.fromkeys((*order, *table.seats)))


def _check(seats: int, start: int, step: int, sure: float) -> None:
    if not 1 <= start <= seats:
        raise BadOption(f"A cascade starts with 1 to {seats} of {seats} agents, not {start}.")
    if step < 1:
        raise BadOption(f"A cascade asks at least 1 more agent at a time, not {step}.")
    if not 0 <= sure <= 1:
        raise BadOption(f"How sure the drafts must be lies between 0 and 1, not {sure:g}.")
