"""Sheets: what each agent answered to each question, and the gold answers where they are known.

What weights are learned from, panels are chosen on, and baselines are replayed over:

    Sheet(agents=("ada", "bo"), rows=(("5", "6"), ("7", None)), gold=("5", "7"))

Answers are canonical: equal strings are one answer. None abstains. A panel's accuracy here is the reference
for rules elsewhere: ties count by their share, abstentions are wrong.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from quorate.errors import BadOption, did_you_mean

Row = Sequence[str | None]
TIE = 1e-12
"""Sums of weights nearer than this, relative to the larger, are a tie: addition is not exact."""


@dataclass(frozen=True)
class Sheet:
    """Recorded answers: one row a question, one column an agent.

    Parameters
    ----------
    agents : tuple of str
        The columns.
    rows : tuple of tuples of str or None, shape (questions, agents)
        Canonical answers; None abstains.
    gold : tuple of str or None, shape (questions,)
        Canonical gold answers; None where there is none, empty where there is none at all.

    Raises
    ------
    BadOption
        When the shapes do not fit together, or an agent is named twice.

    Examples
    --------
    >>> Sheet(("ada", "bo"), (("5", "6"), ("7",)))
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: Row 2 of the sheet has 1 answer for 2 agents; write None for an abstention.
    """

    agents: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    gold: tuple[str | None, ...] = ()

    def __post_init__(self) -> None:
        if not self.agents:
            raise BadOption("A sheet of answers needs at least one agent.")
        if len(set(self.agents)) < len(self.agents):
            twice = next(name for name in self.agents if self.agents.count(name) > 1)
            raise BadOption(f"Two columns of the sheet are called '{twice}'; give every agent its own name.")
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.agents):
                raise BadOption(
                    f"Row {number} of the sheet has {len(row)} answer{'s' * (len(row) != 1)} for "
                    f"{len(self.agents)} agents; write None for an abstention."
                )
        if self.gold and len(self.gold) != len(self.rows):
            raise BadOption(f"The sheet has {len(self.gold)} gold answers for {len(self.rows)} questions.")

    @classmethod
    def of(cls, said: Iterable[Mapping[str, str | None]], gold: Iterable[str | None] = ()) -> Sheet:
        """Make a sheet from one mapping of agent to answer a question; who is missing abstains.

        Examples
        --------
        >>> Sheet.of([{"ada": "5"}, {"ada": "7", "bo": "8"}], gold=["5", "8"]).rows
        (('5', None), ('7', '8'))
        """
        said = list(said)
        agents = tuple(dict.fromkeys(name for answers in said for name in answers))
        rows = tuple(tuple(answers.get(name) for name in agents) for answers in said)
        return cls(agents, rows, tuple(gold))

    def only(self, agents: Sequence[str]) -> Sheet:
        """Return the columns of these agents, in this order."""
        for name in agents:
            if name not in self.agents:
                raise BadOption(f"The sheet has no agent '{name}'. {did_you_mean(name, self.agents)}")
        columns = [self.agents.index(name) for name in agents]
        return Sheet(tuple(agents), tuple(tuple(row[at] for at in columns) for row in self.rows), self.gold)

    def take(self, places: Iterable[int]) -> Sheet:
        """Return the rows at these places."""
        places = list(places)
        gold = tuple(self.gold[at] for at in places) if self.gold else ()
        return Sheet(self.agents, tuple(self.rows[at] for at in places), gold)

    def known(self) -> list[tuple[tuple[str | None, ...], str]]:
        """Return the rows whose gold answer is known, each with it; BadOption when there is none.

        Examples
        --------
        >>> Sheet(("ada",), (("5",), ("6",)), ("5", None)).known()
        [(('5',), '5')]
        """
        found = [(row, gold) for row, gold in zip(self.rows, self.gold, strict=False) if gold is not None]
        if not found:
            raise BadOption(
                "The sheet has no gold answer to learn from; use one_coin or dawid_skene, which need none."
            )
        return found

    def folds(self, count: int = 2, seed: int | None = None) -> list[tuple[Sheet, Sheet]]:
        """Split the questions with gold: for each fold, the sheet to learn from and the one held out.

        Questions go round the folds in turn, 0, 1, 0, 1 ...; a seed shuffles them first.

        Raises
        ------
        BadOption
            For fewer than 2 folds or more than there are questions with gold.

        Examples
        --------
        >>> [(learn.gold, held.gold) for learn, held in Sheet(("a",), (("5",),) * 3, ("1", "2", "3")).folds()]
        [(('2',), ('1', '3')), (('1', '3'), ('2',))]
        """
        places = [at for at, gold in enumerate(self.gold) if gold is not None]
        if not 2 <= count <= len(places):
            raise BadOption(
                f"{len(places)} questions with a gold answer cannot be split into {count} folds; "
                "give at least 2 folds and as many questions."
            )
        if seed is not None:
            random.Random(seed).shuffle(places)
        parts = [sorted(places[fold::count]) for fold in range(count)]
        return [
            (self.take(sorted(at for other in parts if other is not part for at in other)), self.take(part))
            for part in parts
        ]


def shares_right(sheet: Sheet) -> dict[str, float]:
    """Return each agent's accuracy over the questions with gold; an abstention is wrong.

    Examples
    --------
    >>> shares_right(Sheet(("ada", "bo"), (("5", "6"), ("7", None)), ("5", "7")))
    {'ada': 1.0, 'bo': 0.0}
    """
    known = sheet.known()
    return {
        name: sum(row[at] == gold for row, gold in known) / len(known) for at, name in enumerate(sheet.agents)
    }


def oracle(sheet: Sheet) -> float:
    """Return the share of questions that at least one agent has right: what no choice can surpass.

    Examples
    --------
    >>> oracle(Sheet(("ada", "bo"), (("5", "6"), ("7", "8")), ("6", "9")))
    0.5
    """
    known = sheet.known()
    return sum(gold in row for row, gold in known) / len(known)


def vote_share(sheet: Sheet, weights: Mapping[str, float] | None = None) -> float:
    """Return the accuracy of the vote; of k tied winners each counts for 1/k.

    Parameters
    ----------
    sheet : Sheet
        With gold answers.
    weights : mapping of agent to float, optional
        What each vote weighs; every vote weighs 1 when left out. They may be negative here.

    Raises
    ------
    BadOption
        When an agent has no weight, or no question a gold answer.

    Examples
    --------
    >>> sheet = Sheet(("ada", "bo"), (("5", "6"), ("7", None)), ("5", "7"))
    >>> vote_share(sheet), vote_share(sheet, {"ada": 1, "bo": 2})
    (0.75, 0.5)
    """
    given = dict.fromkeys(sheet.agents, 1.0) if weights is None else weights
    for name in sheet.agents:
        if name not in given:
            raise BadOption(f"The agent '{name}' has no weight. {did_you_mean(name, given)}")
    votes = [float(given[name]) for name in sheet.agents]
    known = sheet.known()
    return math.fsum(_share(row, votes, gold) for row, gold in known) / len(known)


def _share(row: Row, votes: Sequence[float], gold: str) -> float:
    won = winners(row, votes)
    return 1 / len(won) if gold in won else 0.0


def winners(row: Row, votes: Sequence[float]) -> list[str]:
    """Return the answers of a row with the highest sum of votes; none when all abstain.

    Examples
    --------
    >>> winners(("5", "6", "7", None), (0.1, 0.2, 0.2, 9))
    ['6', '7']
    """
    behind: dict[str, list[float]] = {}
    for answer, vote in zip(row, votes, strict=True):
        if answer is not None:
            behind.setdefault(answer, []).append(vote)
    tally = {answer: math.fsum(parts) for answer, parts in behind.items()}
    most = max(tally.values(), default=0.0)
    return [answer for answer, total in tally.items() if math.isclose(total, most, rel_tol=TIE, abs_tol=TIE)]
