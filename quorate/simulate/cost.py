"""Cost: messages and tokens of every round, by the closed formulas for debates.

With n agents, |E| directed edges, a question of q tokens, replies of r tokens, and rounds t = 1 ... R:

    memory    read in round t > 1                   altogether
    last      n q + r (n + |E|)                     n R q + (R-1) r (n + |E|)
    whole     n q + (t-1) (r (n + |E|) + n q)       n R q + (r (n + |E|) + n q) R(R-1)/2

"last": an agent reads the question, its own last answer and those it hears, as in Li et al. (arXiv
2406.11776). "whole": it keeps the whole transcript, as in Du et al. (arXiv 2305.14325), whose n^2 is n + |E|
of the complete graph. Written are n r tokens in every round. Where the question with the instruction to
revise has another length than the first one, it takes the place of q from round 2 on.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from quorate.errors import BadOption

Memory = Literal["last", "whole"]


class Cost(NamedTuple):
    """What a round, or several, cost for one question."""

    messages: float
    tokens_in: float
    tokens_out: float


def cost_of_round(
    turn: int,
    agents: int,
    edges: int,
    *,
    question_tokens: float,
    reply_tokens: float,
    revise_tokens: float | None = None,
    memory: Memory = "last",
) -> Cost:
    """Return what one round costs; turn 0 are the drafts, for which nobody hears anybody.

    Raises
    ------
    BadOption
        When there is no such memory.

    Examples
    --------
    >>> drafts = cost_of_round(0, 6, 12, question_tokens=100, reply_tokens=200)
    >>> revised = cost_of_round(1, 6, 12, question_tokens=100, reply_tokens=200)
    >>> drafts.tokens_in + revised.tokens_in  # as `expected_input_tokens` says of a ring of 6
    4800
    """
    if memory not in ("last", "whole"):
        raise BadOption(f"The memory is 'last' (the last round) or 'whole' (the transcript), not {memory!r}.")
    asked = agents * question_tokens
    if not turn:
        return Cost(0, asked, agents * reply_tokens)
    again = agents * (question_tokens if revise_tokens is None else revise_tokens)
    more = again + reply_tokens * (agents + edges)
    read = more if memory == "last" else asked + turn * more
    return Cost(edges, read, agents * reply_tokens)
