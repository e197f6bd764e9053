"""Dropout: edges or agents left out at random, round by round; the baseline of every cleverer filter."""

from __future__ import annotations

from quorate.nouns import Hearing
from quorate.registry import Declaration, filter
from quorate.topologies.filters.floor import Floor, kept
from quorate.topologies.seating import share


@filter(Declaration(needs=(), cost="none", source="the random control of AgentDropout, arXiv:2503.18891"))
def drop_edges(floor: Floor, hearing: Hearing, *, p: float = 0.5) -> Hearing:
    """Leave out every edge with a chance of p, drawn anew each round.

    Parameters
    ----------
    floor, hearing
        What was said; who hears whom so far.
    p : float
        The chance, in [0, 1].

    Raises
    ------
    BadOption
        When it is no chance.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> from quorate.protocols import History
    >>> history = History(Question(text="2+3?", id="q1"), Table(["ada", "bo", "cy"]))
    >>> drop_edges(history, history.table.hearing(1), p=1.0)
    {'ada': (), 'bo': (), 'cy': ()}
    """
    p = share("drop_edges", "p", p, kind="filter")
    rng = floor.table.rng(floor.question.id, "drop_edges", floor.turn)
    return kept(hearing, lambda seat, heard: [name for name in heard if rng.random() >= p])


@filter(Declaration(needs=(), cost="none", source="the random control of AgentDropout, arXiv:2503.18891"))
def drop_agents(floor: Floor, hearing: Hearing, *, p: float = 0.2) -> Hearing:
    """Leave out every agent with a chance of p, drawn anew each round: it hears nobody and nobody hears it.

    With `silent="keep"` it is not asked in that round either.

    Parameters
    ----------
    floor, hearing
        What was said; who hears whom so far.
    p : float
        The chance, in [0, 1].

    Raises
    ------
    BadOption
        When it is no chance.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> from quorate.protocols import History
    >>> history = History(Question(text="2+3?", id="q1"), Table(["ada", "bo"]))
    >>> drop_agents(history, history.table.hearing(1), p=0)
    {'ada': ('bo',), 'bo': ('ada',)}
    """
    p = share("drop_agents", "p", p, kind="filter")
    rng = floor.table.rng(floor.question.id, "drop_agents", floor.turn)
    out = {seat for seat in floor.table.seats if rng.random() < p}
    return kept(hearing, lambda seat, heard: [] if seat in out else [n for n in heard if n not in out])
