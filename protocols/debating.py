"""Debate: draft, then rounds of critique and revision over the graph, until a stop check or the last round.

Du et al. 2024 (arXiv:2305.14325) on the complete graph; Li et al. 2024 (arXiv:2406.11776) on sparse ones.
`vote` is the same without the talk: the baseline every debate must be shown beside.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from inspect import isgeneratorfunction
from typing import Any, Literal

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ask, Message, Question, Table
from quorate.protocols.convergence import resolve_stop, unanimous
from quorate.protocols.history import History, Memory, Turns, consult
from quorate.protocols.prompting import Prompts
from quorate.protocols.voting import break_tie, plurality, random_, resolve_decision
from quorate.registry import protocol

Critique = Literal["inline", "apart", "off"]
CRITIQUES: tuple[str, ...] = ("inline", "apart", "off")


@protocol
def debate(
    question: Question,
    table: Table,
    *,
    rounds: int = 3,
    critique: Critique = "inline",
    memory: Memory = "own",
    until: Any = unanimous,
    decide: Any = plurality,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    """Draft, then criticise and revise over the graph.

    Parameters
    ----------
    question, table
        What is deliberated; who sits where and hears whom.
    rounds : int
        Most answer rounds, the first drafts included: n agents make at most n * rounds answers.
    critique : {"inline", "apart", "off"}
        A seat criticises the drafts it hears in the same call as it revises (default), in a call of its own
        whose text its hearers read before they revise, or not at all.
    memory : {"own", "transcript", "none"}
        What a seat is reminded of: its last answer (default), all it was told and said, nothing.
    until : stop check, name or mapping
        Checked after every round but the last.
    decide : rule, decision, name or mapping
        How the last answers become an outcome.
    tie_break : tie-break or name
        What happens to a tie; the outcome names it.
    quote_limit : int
        Most characters quoted from one message.
    prompts : str, optional
        A folder of prompt files that override the shipped ones.

    Returns
    -------
    Outcome
        With all winners, the dissent, and why the debate ended.

    Raises
    ------
    BadOption
        For zero rounds or an unknown name.

    Examples
    --------
    >>> turns = debate(Question(text="2+3?"), Table(["ada", "bo"]), rounds=2)
    >>> [ask.seat for ask in next(turns)]
    ['ada', 'bo']
    """
    check = resolve_stop(until)
    decision = resolve_decision(decide)
    if rounds < 1:
        raise BadOption(
            f"A debate of {rounds} rounds asks nobody; the first drafts count as one, so give 1 or more."
        )
    if critique not in CRITIQUES:
        raise BadOption(f"There is no critique '{critique}'. {did_you_mean(critique, CRITIQUES)}")
    history = History(question, table, memory=memory, prompts=Prompts.load(prompts), quote_limit=quote_limit)

    yield from hold(history, history.drafts())
    reason = ""
    for _ in range(1, rounds):
        reason = yield from consult(check(history))
        if reason:
            break
        if critique == "apart":
            yield from hold(history, history.critique())
        yield from hold(history, history.revisions(inline_critique=critique == "inline"))
    if not reason:
        ended = f"all {rounds} rounds held" if rounds > 1 else "voted without debate"
        reason = unanimous(history) or ended
    return (yield from settle(history, decision, tie_break, reason))


@protocol
def vote(
    question: Question,
    table: Table,
    *,
    decide: Any = plurality,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    """Draft, then decide: no debate, nobody hears anybody.

    Examples
    --------
    >>> turns = vote(Question(text="2+3?"), Table(["ada", "bo"]))
    >>> asks = next(turns)
    >>> said = [
    ...     Message(number=number, seat=ask.seat, act=ask.act, turn=0, text="Answer: 5", answer="5")
    ...     for number, ask in enumerate(asks)
    ... ]
    >>> try:
    ...     turns.send(said)
    ... except StopIteration as end:
    ...     print(end.value.reason)
    all 2 agree; plurality, 2 of 2 votes
    """
    return (
        yield from debate(
            question,
            table,
            rounds=1,
            decide=decide,
            tie_break=tie_break,
            quote_limit=quote_limit,
            prompts=prompts,
        )
    )


def hold(history: History, asks: Sequence[Ask]) -> Generator[Sequence[Ask], Sequence[Message], None]:
    """Ask, and take the answers into the history: one step of a protocol."""
    if asks:
        history.add(asks, (yield asks))


def settle(history: History, decision: Any, tie_break: Any, reason: str) -> Turns:
    """Decide over the standing answers by a rule (a function of the ballots) or by asking, and conclude.

    A decision that asks is a generator function of the history.
    """
    ballots = history.ballots()
    if isgeneratorfunction(decision):
        outcome = yield from decision(history)
    else:
        outcome = decision(ballots)
    rng = history.table.rng(history.question.id, "tie")
    return history.conclude(break_tie(outcome, ballots, tie_break, rng), reason)
