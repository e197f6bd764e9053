"""Who judges: everybody in an office `judge`, `judge1`, `judge2` ... outside the graph."""

from __future__ import annotations

import re

from quorate.nouns import Outcome, Table
from quorate.protocols.history import History
from quorate.protocols.voting import plurality

_OFFICE = re.compile(r"judge(\d{0,6})")


def judges_of(table: Table) -> tuple[str, ...]:
    """Return the judges in the order of their offices, each once; BadOption when there is none.

    Examples
    --------
    >>> judges_of(Table(["ada"], offices={"judge2": "lykurg", "judge1": "solon", "moderator": "pia"}))
    ('solon', 'lykurg')
    """
    found = [(int(match[1] or 0), office) for office in table.offices if (match := _OFFICE.fullmatch(office))]
    seats = [table.office(office) for _, office in sorted(found)] or [table.office("judge")]
    return tuple(dict.fromkeys(seats))


def judged(history: History, outcome: Outcome, unread: int, asked: int, how: str) -> Outcome:
    """Return what judges decided with the verdicts that could not be read; without any, plurality decides."""
    told = f"{how}, {unread} of {asked} verdicts unreadable" if unread else how
    if outcome.winners:
        reason = f"{outcome.reason}, {told}"
        return outcome.model_copy(update={"invalid": unread, "reason": reason})
    votes = plurality(history.ballots())
    reason = f"{how}: {unread} of {asked} verdicts unreadable; {votes.reason}"
    return votes.model_copy(update={"invalid": votes.invalid + unread, "reason": reason})
