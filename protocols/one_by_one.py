"""One by one: the seats speak in turn, each knowing what was said before it; a moderator ends the debate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quorate.errors import BadOption
from quorate.nouns import Ask, Question, Table
from quorate.protocols.convergence import resolve_stop
from quorate.protocols.debating import hold, settle
from quorate.protocols.history import History, Memory, Turns, consult
from quorate.protocols.judging import judge_agrees, judge_decides
from quorate.protocols.prompting import Prompts
from quorate.protocols.voting import random_, resolve_decision
from quorate.registry import protocol


@protocol
def one_by_one(
    question: Question,
    table: Table,
    *,
    rounds: int = 3,
    memory: Memory = "own",
    until: Any = judge_agrees,
    decide: Any = judge_decides,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    """Let the seats speak in turn, each hearing those before it; a moderator may end it after each round.

    With two seats, one of which is told to disagree, and a judge, this is the debate of Liang et al. 2023
    (arXiv:2305.19118): affirmative and negative side, at most 3 rounds, the moderator ends it as soon as one
    side has convinced it, and otherwise a judge decides. Two things differ: their judge lists the candidates
    in one call and picks in another, here one call does both; and their moderator may stop with any
    preference, here it must name an answer that one side gave.

    Parameters
    ----------
    question, table
        What is deliberated; who sits where, in the order of speaking, and hears whom.
    rounds : int
        Most rounds; in each, every seat speaks once. The outcome counts what each seat says as a round.
    memory : {"own", "transcript", "none"}
        As in `debate`.
    until : stop check, name or mapping
        Checked after every round, the last too.
    decide, tie_break, quote_limit, prompts
        As in `debate`.

    Raises
    ------
    BadOption
        For zero rounds or an unknown name.

    Examples
    --------
    >>> turns = one_by_one(Question(text="2+3?"), Table(["ada", "bo"], offices={"judge": "solon"}))
    >>> [ask.seat for ask in next(turns)]
    ['ada']
    """
    check, decision = resolve_stop(until), resolve_decision(decide)
    if rounds < 1:
        raise BadOption(f"A debate of {rounds} rounds asks nobody; give 1 or more.")
    history = History(question, table, memory=memory, prompts=Prompts.load(prompts), quote_limit=quote_limit)
    reason = ""
    for left in reversed(range(rounds)):
        for seat in table.seats:
            yield from hold(history, _turn(history, seat))
        reason = yield from consult(check(history))
        if reason and left:
            history.note("stopped", reason)
        if reason:
            break
    return (yield from settle(history, decision, tie_break, reason or f"all {rounds} rounds held"))


def _turn(history: History, seat: str) -> Sequence[Ask]:
    """Return what a seat is asked next: a draft, until there is something to answer to."""
    heard = history.table.heard_by(seat, history.standing, history.turn + 1)
    spoken = heard or seat in history.standing
    asks = history.revisions(inline_critique=False) if spoken else history.drafts()
    return [ask for ask in asks if ask.seat == seat]
