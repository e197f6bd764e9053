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
from quorate.protocols.filtering.resolving import resolve_filters
from quorate.protocols.history import History, Keep, Memory, Turns, consult
from quorate.protocols.prompting import Prompts
from quorate.protocols.voting import break_tie, plurality, random_, resolve_decision
from quorate.registry import protocol

Critique = Literal["inline", "apart", "off"]
CRITIQUES: tuple[str, ...] = ("inline", "apart", "off")
Silent = Literal["ask", "keep"]
SILENTS: tuple[str, ...] = ("ask", "keep")


@protocol
def debate(
    question: Question,
    table: Table,
    *,
    rounds: int = 3,
    critique: Critique = "inline",
    memory: Memory = "own",
    keep: Keep = "last",
    filters: Any = (),
    silent: Silent = "ask",
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
    keep : {"last", "surest"}
        What a seat stands by, and others hear from it: what it said last (default, as published), or what
        it was surest of so far, so that a revision cannot break a better draft. That needs a confidence; a
        revision replaces an answer whose confidence, or its own, is not known.
    filters : sequence of filters, names or mappings
        What makes the graph of each round sparser, one after the other, before anybody is asked; see
        `quorate.topologies.filters` and `quorate.protocols.filtering`.
    silent : {"ask", "keep"}
        A seat to which the filters leave nobody to hear is asked all the same (default, as published debates
        ask everybody), or keeps its answer and is not asked, which saves the call.
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
        For zero rounds, an unknown name, or a filter whose options do not fit the table.

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
    if silent not in SILENTS:
        raise BadOption(f"A silent seat cannot '{silent}'. {did_you_mean(silent, SILENTS)}")
    history = History(
        question, table, memory=memory, keep=keep, prompts=Prompts.load(prompts), quote_limit=quote_limit
    )
    thinning = resolve_filters(filters, question, table)

    yield from hold(history, history.drafts())
    reason = ""
    for _ in range(1, rounds):
        reason = yield from consult(check(history))
        if reason:
            history.note("stopped", reason)
            break
        yield from history.thin(thinning)
        seats = table.seats if silent == "ask" else history.with_something_new()
        if not seats:
            reason = "the filters leave nobody anything to hear"
            history.note("stopped", reason)
            break
        if critique == "apart":
            yield from hold(history, history.critique())
        yield from hold(history, history.revisions(inline_critique=critique == "inline", seats=seats))
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
        asks = history.noted(asks)
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
