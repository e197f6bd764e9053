"""Checks of who agrees with whom, now and over the last rounds."""

from __future__ import annotations

import math

from quorate.errors import BadOption
from quorate.protocols.history import History
from quorate.registry import stop


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
