"""One coin an agent: an accuracy each, learned from agreement alone, for open answers too."""

from __future__ import annotations

import math

import numpy as np

from quorate.errors import BadOption
from quorate.protocols.sheets import Sheet
from quorate.protocols.weights.crowd import Crowd, Floats, Votes, check_options, crowd_of, distinct, highest


def one_coin(
    sheet: Sheet,
    *,
    alternatives: float | None = None,
    strength: float = 2.0,
    starts: int = 5,
    seed: int = 0,
    steps: int = 1000,
    tolerance: float = 1e-9,
) -> Crowd:
    """Learn one accuracy an agent from agreement alone; answers may be open.

    Each question has K equally likely answers, those that were given and others that nobody gave; an agent is
    right with probability p and otherwise picks one of the K - 1 wrong ones (the "one-coin" model of Zhang et
    al. 2016, JMLR 17, a special case of Dawid and Skene 1979). Abstentions say nothing.

    Parameters
    ----------
    sheet : Sheet
        Gold answers are not looked at.
    alternatives : float, optional
        K, at least 2; from the answers beside the most frequent one when left out. Where more than K
        different answers were given to a question, it has that many.
    strength : float
        A Beta prior worth so many answers, half way between guessing and certainty, so that few answers make
        nobody infallible and "right" is the side that does better than guessing.
    starts : int
        The first start is the majority, the others draw accuracies; the likeliest end is taken.
    seed : int
        Of the random starts.
    steps, tolerance : int, float
        At most so many steps; fewer when the log-posterior rises by less than `tolerance` nats a question.

    Returns
    -------
    Crowd

    Raises
    ------
    BadOption
        For impossible options, or when nobody answered anything.

    Examples
    --------
    >>> rows = (("5", "5", "6"), ("7", "7", "8"), ("4", "4", "4"), ("2", "2", "9"), ("3", "1", "3"))
    >>> crowd = one_coin(Sheet(("ada", "bo", "cy"), rows), alternatives=10)
    >>> crowd.answers, max(crowd.accuracies, key=crowd.accuracies.get)
    (('5', '7', '4', '2', '3'), 'ada')
    """
    check_options(strength, starts, steps)
    votes = Votes.of(sheet)
    count = _spread(sheet) if alternatives is None else float(alternatives)
    if not 2 <= count < math.inf:
        raise BadOption(f"A question has at least 2 alternatives, not {count:g}.")
    coin = _OneCoin(votes, count, strength)
    rng = np.random.default_rng(seed)
    found = highest(
        [coin.accuracies(votes.shares())]
        + [rng.uniform(1 / count, 1, votes.agents) for _ in range(starts - 1)],
        coin.step,
        steps,
        tolerance * len(sheet.rows),
    )
    return crowd_of("one_coin", sheet, votes, found, found.state, count, seed)


class _OneCoin:
    def __init__(self, votes: Votes, alternatives: float, strength: float) -> None:
        given = np.diff(votes.first).astype(np.float64)
        self.votes = votes
        self.several = np.maximum(alternatives, given)
        self.unseen = self.several - given
        centre = (1 + 1 / alternatives) / 2
        self.hits, self.misses = strength * centre, strength * (1 - centre)
        self.answered = np.bincount(votes.agent, minlength=votes.agents)

    def accuracies(self, chances: Floats) -> Floats:
        """M step: the mode of each accuracy, shape (agents,), given the chances of the slots."""
        votes = self.votes
        right = np.bincount(votes.agent, chances[votes.slot], votes.agents)
        return (right + self.hits) / (self.answered + self.hits + self.misses)

    def step(self, p: Floats) -> tuple[Floats, Floats, float]:
        """Return the next accuracies, the chances of the slots under `p`, and the log-posterior of `p`."""
        votes, size = self.votes, len(self.several)
        wrong = np.log1p(-p)[votes.agent] - np.log(self.several - 1)[votes.question]
        base = np.bincount(votes.question, wrong, size)
        gain = np.log(p)[votes.agent] - wrong
        logs = base[votes.owner] + np.bincount(votes.slot, gain, len(votes.names))
        top = base.copy()
        np.maximum.at(top, votes.owner, logs)
        seen = np.exp(logs - top[votes.owner])
        total = np.bincount(votes.owner, seen, size) + self.unseen * np.exp(base - top)
        chances = seen / total[votes.owner]
        known = float((np.log(total) + top - np.log(self.several)).sum())
        prior = float((self.hits * np.log(p) + self.misses * np.log1p(-p)).sum())
        return self.accuracies(chances), chances, known + prior


def _spread(sheet: Sheet) -> float:
    """Estimate K with the most frequent answer of each question taken for the right one."""
    pairs = same = 0
    for row in sheet.rows:
        counts = sorted((row.count(answer) for answer in distinct(row)), reverse=True)[1:]
        pairs += math.comb(sum(counts), 2)
        same += sum(math.comb(count, 2) for count in counts)
    return 1 + (pairs + 1) / (same + 1)
