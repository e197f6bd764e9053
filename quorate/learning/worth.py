"""Worth: what a seat's first draft adds to what others know or decide without it; no model is asked.

A group S of seats is worth v(S) on a question:

    oracle          1 when somebody in S drafted the right answer, else 0: what a perfect choice would reach
    a rule          what its decision over the drafts of S is worth: plurality, most_confident ...

Credit for changed answers (see `gains`) does not see a specialist who alone knows what nobody else does, as
long as nobody believes it; this does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, lru_cache
from inspect import isgeneratorfunction
from itertools import combinations
from math import comb
from typing import Any

from quorate import registry
from quorate.elections import Election, held_by, missing, share_right
from quorate.errors import BadOption, BadQuestion, did_you_mean
from quorate.evaluate.statistics import Difference, Estimate, average, difference
from quorate.nouns import Noun, derive_seed
from quorate.transcripts import Transcript

ORACLE = "oracle"
EXACT = 8
"""With up to so many others all groups are formed; with more, orders are drawn."""
ORDERS = 200

Value = Callable[[frozenset[str]], float]
"""What a group of seats is worth on one question, in [0, 1]."""


class Worth(Noun):
    """What one agent's first drafts are worth to its table.

    Parameters
    ----------
    agent : str
    alone : Estimate
        By itself.
    shapley : Difference
        Its Shapley value, the mean over the questions: those of all agents add up to what all are worth.
    left_out : Difference
        What is lost without it; 0 for two that know the same, though both cannot go.
    questions : int
        Different questions with a gold answer.
    """

    agent: str
    alone: Estimate
    shapley: Difference
    left_out: Difference
    questions: int


def worth_of_agents(
    transcripts: Sequence[Transcript], *, of: Any = ORACLE, level: float = 0.95
) -> tuple[Worth, ...]:
    """Return what each agent's first drafts are worth, with intervals over the questions.

    Parameters
    ----------
    transcripts : sequence of Transcript
        Of the same seats, with gold answers; one round is enough, only the first is looked at.
    of : "oracle", rule, name or mapping
        What a group of drafts is worth.
    level : float
        Coverage of the intervals.

    Raises
    ------
    BadQuestion
        When there is no gold answer.
    BadOption
        For a rule that asks somebody, or reads what the record does not hold.

    Notes
    -----
    The Shapley value (Shapley 1953, "A value for n-person games") is the mean, over all orders in which the
    agents could come, of what each adds to those before it; for classifiers it is that of Rozemberczki and
    Sarkar 2021, "The Shapley value of classifiers in ensemble games" (arXiv:2101.02153). For the oracle each
    of m agents with the right answer has 1/m. For a rule and more than 9 agents 200 orders are drawn (Castro
    et al. 2009). It is what there is to know in the drafts, not what the others make of them.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> said = [
    ...     Message(number=n, seat=seat, act="draft", turn=0, text="", answer=answer)
    ...     for n, (seat, answer) in enumerate(zip("abc", "655"))
    ... ]
    >>> found = worth_of_agents([Transcript.of(Question(text="2+3?"), "abc", said, gold="5")])
    >>> [(one.agent, one.shapley.mean, one.left_out.mean) for one in found]
    [('a', 0.0, 0.0), ('b', 0.5, 0.0), ('c', 0.5, 0.0)]
    """
    known = _with_gold(transcripts)
    drafts = [Drafts(transcript, of) for transcript in known]
    groups = [transcript.question.id for transcript in known]
    found = []
    for agent in known[0].seats:
        others = frozenset(known[0].seats) - {agent}
        whole = [one.value(others | {agent}) for one in drafts]
        found.append(
            Worth(
                agent=agent,
                alone=average([one.value(frozenset({agent})) for one in drafts], groups=groups, level=level),
                shapley=mean_share([one.share(agent, others) for one in drafts], groups, level),
                left_out=difference(whole, [one.value(others) for one in drafts], groups=groups, level=level),
                questions=len(set(groups)),
            )
        )
    return tuple(found)


class Drafts:
    """The first drafts of one question, and what any group of them is worth.

    Parameters
    ----------
    transcript : Transcript
        With a gold answer.
    of : "oracle", rule, name or mapping
    """

    def __init__(self, transcript: Transcript, of: Any = ORACLE) -> None:
        gold = transcript.gold or ""
        election = Election.of(transcript.upto(1))
        self._right = frozenset(ballot.seat for ballot in election.ballots if ballot.answer == gold)
        self._counts = of == ORACLE
        if self._counts:
            self.value: Value = lambda group: float(bool(group & self._right))
            return
        rule = rule_of(of)
        lacks = missing(rule, held_by([election]), weighed=False)
        if lacks and any(ballot.answer is not None for ballot in election.ballots):
            raise BadOption(f"The rule '{registry.label(rule)}' {lacks}: score by another one, or 'oracle'.")

        def decided(group: frozenset[str]) -> float:
            ballots = tuple(ballot for ballot in election.ballots if ballot.seat in group)
            return share_right(Election(transcript, ballots).decide(rule).winners, gold) if ballots else 0.0

        self.value = cache(decided)

    def share(self, agent: str, others: Collection[str], given: Collection[str] = ()) -> float:
        """Return the Shapley value of an agent among others, in [-1, 1], when some are there already.

        Parameters
        ----------
        agent : str
        others : collection of str
            Who else could come.
        given : collection of str
            Who is there before anybody comes.
        """
        if self._counts:
            fresh = agent in self._right and not self._right.intersection(given)
            return 1 / len(self._right.intersection({agent, *others})) if fresh else 0.0
        base = frozenset(given)
        return sum(
            weight * (self.value(base | group | {agent}) - self.value(base | group))
            for group, weight in _before(agent, frozenset(others))
        )


@lru_cache(maxsize=256)
def _before(agent: str, others: frozenset[str]) -> tuple[tuple[frozenset[str], float], ...]:
    """Return the groups that can come before an agent, each with its share of all orders, or of those drawn.

    Examples
    --------
    >>> [(sorted(group), weight) for group, weight in _before("ada", frozenset(["bo"]))]
    [([], 0.5), (['bo'], 0.5)]
    """
    if len(others) <= EXACT:
        return tuple(
            (frozenset(group), 1 / ((len(others) + 1) * comb(len(others), size)))
            for size in range(len(others) + 1)
            for group in combinations(sorted(others), size)
        )
    everybody = sorted({agent, *others})
    rngs = (random.Random(derive_seed("shapley", number, *everybody)) for number in range(ORDERS))
    orders = (rng.sample(everybody, len(everybody)) for rng in rngs)  # the same ones for every agent
    return tuple((frozenset(order[: order.index(agent)]), 1 / ORDERS) for order in orders)


def rule_of(of: Any) -> Callable[..., Any]:
    """Return the rule that values groups.

    Examples
    --------
    >>> rule_of("orakle")
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: Nothing is scored by 'orakle'. Did you mean 'oracle'?
    """
    known = [ORACLE, *registry.rule]
    name = next(iter(of), None) if isinstance(of, Mapping) else of
    if isinstance(name, str) and name not in known:
        raise BadOption(f"Nothing is scored by '{name}'. {did_you_mean(name, known)}")
    rule = registry.rule.resolve(of)
    if isgeneratorfunction(rule):
        raise BadOption(f"'{registry.label(rule)}' asks somebody; a group is scored by a rule over drafts.")
    return rule


def mean_share(shares: Sequence[float], groups: Sequence[str], level: float) -> Difference:
    """Return the mean of Shapley values with its interval: what is won less what is lost, both in [0, 1]."""
    won, lost = [max(share, 0.0) for share in shares], [max(-share, 0.0) for share in shares]
    return difference(won, lost, groups=groups, level=level)


def worth_of_edges(
    transcripts: Sequence[Transcript],
    edges: Collection[tuple[str, str]],
    *,
    of: Any = ORACLE,
    level: float = 0.95,
) -> dict[tuple[str, str], tuple[Difference, int]]:
    """Return what each edge brings to its hearer, and on how many different questions it brought a draft.

    An edge u -> v is worth the Shapley value of u among all that v hears, v's own draft given: for the
    oracle, what u knew and v did not, shared with the others that v hears and that knew it too.

    Parameters
    ----------
    transcripts, of, level
        As for `worth_of_agents`.
    edges : collection of (str, str)
        Pairs (heard, hearer).
    """
    known = _with_gold(transcripts)
    drafts = [Drafts(transcript, of) for transcript in known]
    groups = [transcript.question.id for transcript in known]
    voices = {hearer: {u for u, v in edges if v == hearer} for hearer in {v for _, v in edges}}
    drafted = {heard: len(_drafted(known, heard)) for heard in {u for u, _ in edges}}
    found = {}
    for heard, hearer in edges:
        shares = [one.share(heard, voices[hearer] - {heard}, given=(hearer,)) for one in drafts]
        found[heard, hearer] = (mean_share(shares, groups, level), drafted[heard])
    return found


def _drafted(transcripts: Sequence[Transcript], seat: str) -> set[str]:
    """Return the questions on which a seat drafted an answer."""
    first = ((t.question.id, t.rounds[0].answers.get(seat)) for t in transcripts)
    return {name for name, said in first if said is not None and said.answer is not None}


def _with_gold(transcripts: Sequence[Transcript]) -> list[Transcript]:
    known = [transcript for transcript in transcripts if transcript.gold is not None and transcript.rounds]
    if not known:
        raise BadQuestion(
            "The records hold no gold answer, and only what is right shows what a draft was worth: give the "
            "gold answers in a file with --gold (in Python: gold=...)."
        )
    return known
