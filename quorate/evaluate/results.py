"""Results: what each arm of an experiment achieved and cost, problem by problem, and the table over all arms.

An *arm* is one way of deciding: a table of agents, a topology, a protocol. Every arm works on the same
problems, and what can be compared shares its first drafts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from pydantic import Field

from quorate.evaluate.statistics import Difference, Rate
from quorate.nouns import Noun


class Cost(Noun):
    """What an answer cost, or what answers cost on average.

    `tokens_in` and `tokens_out` were read and written; `cached` of those read came from a cache. `depth` is
    the number of calls that had to wait for each other; `money` is None when no price is known.
    """

    calls: float = 0.0
    tokens_in: float = 0.0
    tokens_out: float = 0.0
    cached: float = 0.0
    depth: float = 0.0
    seconds: float = 0.0
    money: float | None = None

    @property
    def tokens(self) -> float:
        """Tokens read and written."""
        return self.tokens_in + self.tokens_out

    @classmethod
    def mean(cls, costs: Iterable[Cost]) -> Self:
        """Return the average; its money is known when every cost's is.

        Examples
        --------
        >>> Cost.mean([Cost(calls=2, money=1.0), Cost(calls=4, money=3.0)]).money
        2.0
        """
        held = list(costs)
        count = max(1, len(held))
        fields = {name: sum(getattr(cost, name) for cost in held) / count for name in _SUMMED}
        money = [cost.money for cost in held if cost.money is not None]
        return cls(**fields, money=sum(money) / count if held and len(money) == len(held) else None)


_SUMMED = ("calls", "tokens_in", "tokens_out", "cached", "depth", "seconds")


class Result(Noun):
    """What one arm made of one problem.

    Parameters
    ----------
    arm, seed, problem : str, int, str
        Which arm, in which repetition, on which problem (its question's id).
    answer : str, optional
        None abstains.
    worth, lenient : float, optional
        What the answer is worth under the strict and the lenient reader: 1 right, 0 wrong, a part for a tie
        that holds the right answer; None without gold.
    scores : dict of str to float
        Further metrics by name, such as chrF.
    cost : Cost
    confidence : float, optional
        The arm's own, from 0 to 1.
    rounds : int
    reason : str
        Why it ended.
    unread, failed : int
        Messages no answer could be read from, and calls that failed.
    """

    arm: str
    seed: int
    problem: str
    answer: str | None = None
    worth: float | None = None
    lenient: float | None = None
    scores: dict[str, float] = Field(default_factory=dict)
    cost: Cost = Cost()
    confidence: float | None = None
    rounds: int = 0
    reason: str = ""
    unread: int = 0
    failed: int = 0


class Column(Noun):
    """What one arm achieved and cost over all problems and seeds.

    `about` says what it is in a few words; `control` marks what every experiment runs to compare with.
    `scores` are the means of further metrics, `intervals` theirs, by their names.
    """

    name: str
    about: str = ""
    control: bool = False
    strict: Rate | None = None
    lenient: Rate | None = None
    seeds: dict[int, Rate] = Field(default_factory=dict)
    scores: dict[str, float] = Field(default_factory=dict)
    intervals: dict[str, tuple[float, float]] = Field(default_factory=dict)
    cost: Cost = Cost()
    rounds: float = 0.0
    unread: int = 0
    failed: int = 0


class Claim(Noun):
    """One arm against another on the same problems.

    `p` is the exact p-value of McNemar (1947), `adjusted` the same after the correction for all comparisons
    of the table; `won` and `lost` count the problems that only `arm`, or only `rival`, solved.
    """

    arm: str
    rival: str
    difference: Difference
    p: float
    adjusted: float
    won: int
    lost: int

    @property
    def holds(self) -> bool:
        """Whether anything may be claimed: the interval excludes 0."""
        return self.difference.sign != 0


class Comparison(Noun):
    """The table of an experiment.

    Parameters
    ----------
    title : str
    problems : int
        How many every arm worked on.
    seeds : tuple of int
    columns : tuple of Column
        One an arm, in the order of the definition.
    claims : tuple of Claim
        Every arm against the arms it is to be compared with.
    detectable : float, optional
        The smallest difference that this many problems show with a power of 80 %, in [0, 1], where it is the
        only comparison.
    detectable_corrected : float, optional
        The same after the correction for all claims of the table; None where there is only one.
    notes : tuple of str
        What a reader must know, in sentences.
    """

    title: str
    problems: int
    seeds: tuple[int, ...] = (0,)
    columns: tuple[Column, ...] = ()
    claims: tuple[Claim, ...] = ()
    detectable: float | None = None
    detectable_corrected: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def reach(self) -> str | None:
        """What so many problems can show, in a sentence; None where nothing is compared.

        Examples
        --------
        >>> Comparison(title="sums", problems=100, detectable=0.107).reach
        'With 100 problems, a difference of 10.7 points or more shows with a power of 80 %.'
        >>> Comparison(title="sums", problems=3, detectable=1.0).reach
        'With 3 problems, no difference shows with a power of 80 %.'
        """
        if self.detectable is None:
            return None
        problems = f"With {self.problems:,} problem{'s' * (self.problems != 1)}"
        if self.detectable >= 1:
            return f"{problems}, no difference shows with a power of 80 %."
        least = f"a difference of {100 * self.detectable:.1f} points or more"
        alone = f"{problems}, {least} shows with a power of 80 %"
        if self.detectable_corrected is None:
            return f"{alone}."
        after = f"after the correction for {len(self.claims)} comparisons"
        if self.detectable_corrected >= 1:
            return f"{alone}; {after}, none does."
        return f"{alone}; {after}, one of {100 * self.detectable_corrected:.1f}."
