"""Checks of what was spent."""

from __future__ import annotations

from quorate.errors import BadOption
from quorate.protocols.history import History
from quorate.registry import stop


@stop
def budget(
    history: History,
    *,
    rounds: int | None = None,
    calls: int | None = None,
    tokens: int | None = None,
    seconds: float | None = None,
) -> str | None:
    """Stop when any of the given budgets is spent: answer rounds, calls, tokens (in and out), seconds.

    It is checked between rounds, so a round that has begun is finished. Seconds are the messages' own
    times, so a replayed run stops where the recorded one did.

    Raises
    ------
    BadOption
        When no budget is given or one is not positive.
    """
    spent = {
        "rounds": (rounds, len(history.rounds)),
        "calls": (calls, history.calls),
        "tokens": (tokens, history.tokens),
        "seconds": (seconds, history.seconds),
    }
    if all(limit is None for limit, _ in spent.values()):
        raise BadOption("A budget needs a limit: rounds, calls, tokens or seconds.")
    for name, (limit, used) in spent.items():
        if limit is not None and limit <= 0:
            raise BadOption(f"A budget of {limit} {name} lets nobody speak; give a positive number.")
        if limit is not None and used >= limit:
            return f"budget spent: {used:,.4g} of {limit:,} {name}"
    return None


@stop
def never(history: History) -> str | None:
    """Never stop early: hold all rounds.

    Examples
    --------
    >>> never(None) is None
    True
    """
    return None
