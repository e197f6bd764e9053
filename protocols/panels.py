"""Panels: which agents to seat, chosen on questions that they will not be judged on.

    chosen = greedy_panel(validation, 3)
    chosen.agents, vote_share(test.only(chosen.agents))

The choice is made once, offline; `panel` is the protocol that then asks the chosen ones only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Noun, Question, Table
from quorate.protocols.debating import vote
from quorate.protocols.history import Turns
from quorate.protocols.sheets import Sheet, shares_right, vote_share
from quorate.protocols.voting import plurality, random_
from quorate.registry import protocol


class Panel(Noun):
    """Who was chosen, in order, and what their vote was worth on the questions they were chosen on.

    `shares` has the accuracy of the vote of the first 1, 2, ... members, in [0, 1]: flattered, because the
    members were chosen on it. `n` is the number of those questions.
    """

    agents: tuple[str, ...]
    shares: tuple[float, ...]
    n: int

    @classmethod
    def _of(cls, sheet: Sheet, agents: Sequence[str]) -> Panel:
        shares = tuple(vote_share(sheet.only(agents[:count])) for count in range(1, len(agents) + 1))
        return cls(agents=tuple(agents), shares=shares, n=len(sheet.known()))


def best_agent(sheet: Sheet) -> str:
    """Return the agent with the highest validation accuracy; of equal ones the first.

    Examples
    --------
    >>> best_agent(Sheet(("ada", "bo"), (("5", "6"), ("8", "7"), ("8", "9")), ("6", "7", "8")))
    'bo'
    """
    shares = shares_right(sheet)
    return max(shares, key=shares.__getitem__)


def top_k(sheet: Sheet, size: int) -> Panel:
    """Choose the agents with the highest validation accuracy.

    Parameters
    ----------
    sheet : Sheet
        With gold answers.
    size : int
        How many to choose.

    Returns
    -------
    Panel

    Raises
    ------
    BadOption
        When there are not so many agents, or no gold answer.

    Examples
    --------
    >>> top_k(Sheet(("ada", "bo", "cy"), (("5", "6", "6"), ("8", "7", "8")), ("6", "7")), 2).agents
    ('bo', 'cy')
    """
    _check(sheet, size)
    shares = shares_right(sheet)
    return Panel._of(sheet, sorted(sheet.agents, key=lambda name: -shares[name])[:size])


def greedy_panel(sheet: Sheet, size: int) -> Panel:
    """Choose one agent after the other, each the one that raises the accuracy of the vote most.

    Forward selection (Caruana et al. 2004, "Ensemble selection from libraries of models"), without
    replacement. Where no agent raises it the one that lowers it least is taken, so that a third can break
    the tie that a second makes; the best size is where `shares` is highest. O(agents * size * answers).

    Examples
    --------
    >>> rows = (("1", "1", "2"), ("1", "1", "2"), ("1", "2", "1"), ("2", "3", "1"))
    >>> greedy_panel(Sheet(("ada", "bo", "cy"), rows, ("1", "1", "1", "1")), 3)
    Panel(agents=('ada', 'bo', 'cy'), shares=(0.75, 0.625, 0.8333333333333334), n=4)
    """
    _check(sheet, size)
    shares = shares_right(sheet)
    chosen: list[str] = []
    while len(chosen) < size:
        rest = [name for name in sheet.agents if name not in chosen]
        chosen.append(
            max(rest, key=lambda name: (round(vote_share(sheet.only([*chosen, name])), 12), shares[name]))
        )
    return Panel._of(sheet, chosen)


def diverse_panel(sheet: Sheet, size: int, *, diversity: float = 0.5) -> Panel:
    """Choose accurate agents that do not make the same mistakes.

    As maximal marginal relevance does (Carbonell and Goldstein 1998): after the best agent, each next one has
    the highest

        (1 - diversity) * accuracy - diversity * mean share of questions that it and a chosen one get wrong

    The double fault (Giacinto and Roli 2001) counts shared errors only: agreeing when right is no fault.

    Parameters
    ----------
    sheet : Sheet
        With gold answers.
    size : int
        How many to choose.
    diversity : float
        In [0, 1]: 0 chooses the most accurate, 1 looks only at shared errors.

    Returns
    -------
    Panel

    Raises
    ------
    BadOption
        For an impossible size or diversity, or without gold answers.

    Examples
    --------
    >>> rows = (("1", "1", "2"), ("1", "1", "2"), ("1", "1", "2"), ("2", "2", "1"), ("2", "2", "1"))
    >>> sheet = Sheet(("ada", "bo", "cy"), rows, ("1",) * 5)
    >>> diverse_panel(sheet, 2).agents, diverse_panel(sheet, 2, diversity=0).agents
    (('ada', 'cy'), ('ada', 'bo'))
    """
    _check(sheet, size)
    if not 0 <= diversity <= 1:
        raise BadOption(f"Diversity lies between 0 and 1, not {diversity:g}.")
    shares, wrong = shares_right(sheet), _errors(sheet)
    count = len(sheet.known())
    chosen = [best_agent(sheet)]

    def worth(name: str) -> float:
        faults = math.fsum(len(wrong[name] & wrong[other]) / count for other in chosen) / len(chosen)
        return round((1 - diversity) * shares[name] - diversity * faults, 12)

    while len(chosen) < size:
        chosen.append(max((name for name in sheet.agents if name not in chosen), key=worth))
    return Panel._of(sheet, chosen)


def _errors(sheet: Sheet) -> dict[str, set[int]]:
    known = sheet.known()
    return {
        name: {number for number, (row, gold) in enumerate(known) if row[at] != gold}
        for at, name in enumerate(sheet.agents)
    }


def _check(sheet: Sheet, size: int) -> None:
    if not 1 <= size <= len(sheet.agents):
        raise BadOption(f"A panel of {size} cannot be chosen from {len(sheet.agents)} agents.")


@protocol
def panel(
    question: Question,
    table: Table,
    *,
    members: Sequence[str] = (),
    decide: Any = plurality,
    tie_break: Any = random_,
    prompts: str | None = None,
) -> Turns:
    """Vote among the named members only; the others at the table are not asked.

    Parameters
    ----------
    question, table
        What is asked, and who could be.
    members : sequence of str
        Who is asked: the agents of a `Panel`, chosen on other questions. Everybody when left out.
    decide, tie_break, prompts
        As in `vote`.

    Raises
    ------
    BadOption
        For a member who is not at the table.

    Examples
    --------
    >>> turns = panel(Question(text="2+3?"), Table(["ada", "bo", "cy"]), members=["ada", "cy"])
    >>> [ask.seat for ask in next(turns)]
    ['ada', 'cy']
    """
    for name in members:
        if name not in table.seats:
            raise BadOption(f"There is no agent '{name}' at the table. {did_you_mean(name, table.seats)}")
    smaller = Table(tuple(members) or table.seats, offices=table.offices, seed=table.seed)
    return (yield from vote(question, smaller, decide=decide, tie_break=tie_break, prompts=prompts))
