"""Contract checks that every topology, protocol and agent passes; third parties can run them on theirs.

    def test_my_topology():
        check_topology(my_topology)

Each check raises AssertionError with a sentence that names the broken rule.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

from quorate.agents.agent import Agent, Model, Request
from quorate.errors import BadGraph, BadOption
from quorate.events import Asked, Decided, Event, Said, parse_event, write_event
from quorate.nouns import Ask, Message, Outcome, Question, Reply, Table
from quorate.registry import label

QUESTIONS = (
    Question(id="sum", text="What is 2+3?", kind="number"),
    Question(id="prime", text="Which is prime?", choices=("4", "7", "9")),
    Question(id="open", text="Who wrote it?"),
)
MOST_WAVES = 200


def check_topology(
    maker: Callable[..., Any], *, sizes: Sequence[int] = (1, 2, 3, 4, 6, 9), turns: int = 4
) -> None:
    """Check that a topology gives a directed graph on exactly the seats, the same one every time.

    Parameters
    ----------
    maker : callable
        `(seats) -> graph`, or a function of the turn; options bound. BadGraph and BadOption are accepted
        for sizes at which no such graph exists, but not for all of `sizes`.

    Raises
    ------
    AssertionError
        Naming the broken rule.

    Examples
    --------
    >>> from quorate.topologies import ring
    >>> check_topology(ring)
    """
    made = 0
    for size in sizes:
        seats = [f"seat-{index}" for index in range(size)]
        try:
            first, again = maker(seats), maker(seats)
        except (BadGraph, BadOption):
            continue
        made += 1
        for turn in range(1, turns + 1) if callable(first) else [1]:
            graph = first(turn) if callable(first) else first
            twin = again(turn) if callable(again) else again
            where = f"{label(maker)} with {size} seats at turn {turn}"
            assert graph.is_directed(), f"{where}: the graph must be directed (u -> v: v hears u)."
            assert list(graph.nodes) == seats, f"{where}: the nodes must be the seats, in seat order."
            assert not any(u == v for u, v in graph.edges), f"{where}: nobody hears themselves along an edge."
            assert set(graph.edges) == set(twin.edges), f"{where}: two calls must give the same graph."
        Table(seats, first)
    assert made, f"{label(maker)} gave no graph for any of the sizes {tuple(sizes)}."


def check_protocol(protocol: Callable[..., Any], *, seed: int = 0, table: Table | None = None) -> None:
    """Check that a protocol ends, asks only seats at the table, hears only along edges, and is pure.

    It is played by hand with random, failing and unreadable answers; the same answers must give the same
    asks and the same outcome.

    Raises
    ------
    AssertionError
        Naming the broken rule.

    Examples
    --------
    >>> from quorate.protocols import debate
    >>> check_protocol(debate)
    """
    import networkx as nx

    graph = nx.DiGraph([("ada", "bo"), ("bo", "cy"), ("cy", "di"), ("di", "ada"), ("ada", "cy")])
    table = table or Table(["ada", "bo", "cy", "di"], graph, offices={"judge": "solon"}, seed=seed)
    for question in QUESTIONS:
        for style in ("agree", "differ", "fail", "mixed"):
            outcome, asks = _play(protocol, question, table, random.Random(seed), style)
            again, asks_again = _play(protocol, question, table, random.Random(seed), style)
            where = f"{label(protocol)} on '{question.id}' ({style})"
            assert outcome == again, f"{where}: the same answers gave two outcomes."
            assert [a.digest() for a in asks] == [a.digest() for a in asks_again], f"{where}: it is not pure."
            _check_outcome(outcome, where)


def _play(
    protocol: Callable[..., Any], question: Question, table: Table, rng: random.Random, style: str
) -> tuple[Outcome, list[Ask]]:
    turns = protocol(question, table)
    known = {*table.seats, *table.offices.values()}
    asked: list[Ask] = []
    said: list[Message] | None = None
    for _ in range(MOST_WAVES):
        try:
            wave = next(turns) if said is None else turns.send(said)
        except StopIteration as end:
            assert isinstance(end.value, Outcome), f"{label(protocol)} must return an Outcome."
            return end.value, asked
        assert wave, f"{label(protocol)} yielded no asks; return an outcome instead."
        for ask in wave:
            assert isinstance(ask, Ask), f"{label(protocol)} must yield Asks, not {type(ask).__name__}."
            assert ask.seat in known, f"{label(protocol)} asked '{ask.seat}', who is not at the table."
            _check_hearing(ask, table)
        said = [_say(ask, len(asked) + place, rng, style) for place, ask in enumerate(wave)]
        asked += wave
    raise AssertionError(f"{label(protocol)} did not end within {MOST_WAVES} waves.")


def _check_hearing(ask: Ask, table: Table) -> None:
    if ask.seat not in table.seats:
        return
    allowed = {ask.seat, *table.hears(ask.seat, ask.turn), *table.offices.values()}
    for message in ask.heard:
        assert message.seat in allowed, (
            f"{ask.seat} heard {message.seat} at turn {ask.turn}, but the graph has no such edge."
        )
        assert not message.failed, f"{ask.seat} heard {message.seat}, who had failed."


def _say(ask: Ask, number: int, rng: random.Random, style: str) -> Message:
    place: dict[str, Any] = {
        "number": number,
        "seat": ask.seat,
        "act": ask.act,
        "turn": ask.turn,
        "at": number,
    }
    failing = style == "fail" or (style == "mixed" and rng.random() < 0.3)
    if failing:
        return Message(text="", finish="error", error="it broke", **place)
    choices = ask.question.labels or ("4", "5", "6")
    answer = choices[0] if style == "agree" else rng.choice([*choices, None])
    text = "no idea" if answer is None else f"So be it.\nVerdict: continue\nAnswer: {answer}"
    return Message(
        text=text, answer=answer if ask.expects == "answer" else None, tokens_in=9, tokens_out=3, **place
    )


def _check_outcome(outcome: Outcome, where: str) -> None:
    assert outcome.reason, f"{where}: the outcome must give a reason."
    if outcome.answer is not None and outcome.tie_break is None:
        assert outcome.winners == (outcome.answer,), f"{where}: an answer without a tie is the only winner."
    if len(outcome.winners) > 1:
        assert outcome.tie_break is not None, f"{where}: a tie must be broken by a named step."
    assert set(outcome.winners) <= set(outcome.tally), f"{where}: every winner must be in the tally."


def check_agent(model: Model, *, agent: Agent | None = None) -> None:
    """Check that a model answers every request once, in any order and number, and describes itself.

    Parameters
    ----------
    model : Model
        Ready to answer; it is prepared, asked, and left open.
    agent : Agent, optional
        The agent to ask it as; a plain one if left out.

    Raises
    ------
    AssertionError
        Naming the broken rule.

    Examples
    --------
    >>> from quorate.agents import Scripted
    >>> check_agent(Scripted("Answer: 5"))
    """
    from quorate.lanes import answers_of

    agent = agent or Agent("ada", model)
    assert isinstance(model, Model), f"{type(model).__name__} lacks a part of the Model protocol."
    model.prepare([agent])
    model.prepare([agent])
    json.dumps(dict(model.describe()))
    asks = [
        Ask(seat=agent.name, act="draft", turn=0, question=q, instruction=q.text, expects="answer")
        for q in QUESTIONS
    ]
    size = len(asks) if model.batch is None else min(model.batch, len(asks))
    requests = [Request(agent, ask, seed) for seed, ask in enumerate(asks[:size])]
    indices = []
    for index, result in model.reply(requests):
        indices.append(index)
        assert isinstance(result, (Reply, Exception)), f"a result was a {type(result).__name__}."
        if isinstance(result, Reply):
            _check_events(agent, asks[index], result)
    assert sorted(indices) == list(range(size)), f"{size} requests were answered at {indices}."
    assert list(answers_of(model, [])) == [], "no requests, no answers."


def _check_events(agent: Agent, ask: Ask, reply: Reply) -> None:
    """Check that a reply survives the record."""
    message = Message(**reply.model_dump(), number=0, seat=agent.name, act=ask.act, turn=0)
    for event in (
        Asked(question="q", number=0, seat=agent.name, act=ask.act, turn=0, digest=ask.digest()),
        Said(question="q", message=message),
        Decided(question="q", outcome=Outcome()),
    ):
        line: Event = parse_event(write_event(event))
        assert line == event, "an event changed on its way through the record."
