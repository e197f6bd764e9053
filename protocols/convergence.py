"""Stop checks: when more talk is waste. A check gets the history and returns a reason to stop, or None.

    debate(question, table, until=any_of(quorum, partial(stable, rounds=2), partial(budget, tokens=4000)))

In a definition file: `until: {any: [quorum, {stable: {rounds: 2}}, {budget: {tokens: 4000}}]}`.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from quorate import registry
from quorate.errors import BadOption
from quorate.nouns import Ask, Message
from quorate.protocols.history import History, Stop, consult
from quorate.registry import spell, stop


@stop
def unanimous(history: History) -> str | None:
    """Stop when every seat's last answer is readable and the same.

    A seat that abstains or has never answered does not agree.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> unanimous(History(Question(text="2+3?"), Table(["ada"]))) is None
    True
    """
    seats = len(history.table.seats)
    answers = history.answers()
    if len(answers) == 1 and answers.total() == seats:
        return f"all {seats} agree" if seats > 1 else "the only agent has answered"
    return None


@stop
def quorum(history: History, *, share: float = 2 / 3) -> str | None:
    """Stop when more than half and at least `share` of ALL seats hold the same answer.

    DyLAN stops above two thirds (Liu et al. 2024, arXiv:2310.02170); `share=1` is unanimity.

    Raises
    ------
    BadOption
        When `share` is not in (0.5, 1]: half the seats could hold one answer and half another.
    """
    if not 0.5 < share <= 1:
        raise BadOption(f"A quorum is a share above 0.5 and up to 1, not {share}.")
    seats = len(history.table.seats)
    _, votes = next(iter(history.answers().most_common(1)), ("", 0))
    if votes and votes >= math.ceil(round(share * seats, 9)):
        return f"{votes} of {seats} agree (quorum {share:.0%})"
    return None


@stop
def stable(history: History, *, rounds: int = 2) -> str | None:
    """Stop when no seat has changed its answer over the last `rounds` answer rounds.

    Raises
    ------
    BadOption
        When `rounds` is below 2: one round cannot show stability.
    """
    if rounds < 2:
        raise BadOption(f"Stability needs at least 2 rounds to compare, not {rounds}.")
    if len(history.rounds) < rounds:
        return None
    last = [{seat: m.answer for seat, m in said.items()} for said in history.rounds[-rounds:]]
    if any(said != last[-1] for said in last) or not any(last[-1].values()):
        return None
    return f"answers stable for {rounds} rounds"


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


def any_of(*checks: Any) -> Stop:
    """Combine checks: stop with the first that gives a reason.

    Examples
    --------
    >>> spell(any_of(unanimous, "stable"))
    {'any': ['unanimous', 'stable']}
    """
    return _combined("any", checks)


def all_of(*checks: Any) -> Stop:
    """Combine checks: stop when every one gives a reason.

    Examples
    --------
    >>> spell(all_of(unanimous, stable))
    {'all': ['unanimous', 'stable']}
    """
    return _combined("all", checks)


def _combined(how: str, specs: Sequence[Any]) -> Stop:
    checks = [resolve_stop(spec) for spec in specs]
    if not checks:
        raise BadOption(f"'{how}' combines stop checks: give at least one.")

    def combined(history: History) -> Generator[Sequence[Ask], Sequence[Message], str | None]:
        reasons: list[str] = []
        for check in checks:
            reason = yield from consult(check(history))
            if reason and how == "any":
                return str(reason)
            if not reason and how == "all":
                return None
            reasons += [reason] if reason else []
        return " and ".join(reasons) or None

    combined.spelling = {how: [spell(check) for check in checks]}  # type: ignore[attr-defined]
    return combined


def resolve_stop(spec: Any) -> Stop:
    """Turn a name, a mapping (`any` and `all` combine) or a function into a stop check.

    Examples
    --------
    >>> spell(resolve_stop({"any": ["unanimous", {"stable": {"rounds": 3}}]}))
    {'any': ['unanimous', {'stable': {'rounds': 3}}]}
    """
    if isinstance(spec, Mapping) and len(spec) == 1 and next(iter(spec)) in ("any", "all"):
        how, parts = next(iter(spec.items()))
        if not isinstance(parts, (list, tuple)):
            raise BadOption(f"'{how}' combines a list of stop checks, not {parts!r}.")
        return _combined(how, parts)
    return registry.stop.resolve(spec)
