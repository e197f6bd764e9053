"""Weights from validation accuracy: log-odds with the right number of alternatives.

Of agents that err independently, and evenly over K - 1 wrong answers, the best rule adds up

    w = log(p (K - 1) / (1 - p))                          p = accuracy of the agent

which is the log-likelihood ratio of its vote (Nitzan and Paroush 1982 for K = 2). log(p / (1 - p)) is the
same for K = 2 only: with open answers it gives members below one half a negative vote, although two members
that give the same answer out of many are hardly both wrong.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Literal

from quorate.errors import BadOption, did_you_mean
from quorate.protocols.sheets import Sheet, vote_share
from quorate.protocols.weights.weights import Weights

Learner = Callable[[Sheet], Weights]
"""From a sheet with gold answers to weights."""

Abstentions = Literal["wrong", "apart"]
ABSTENTIONS: tuple[str, ...] = ("wrong", "apart")


def effective_alternatives(sheet: Sheet) -> float:
    """Estimate K, the number of alternatives over which wrong answers spread evenly.

    Two wrong answers to one question coincide with probability 1 / (K - 1), so K is one more than the number
    of pairs of wrong answers for each pair that coincides, with one coinciding pair added to both: K is
    finite, at least 2, and 2 when there is no pair. Wrong answers that attract many agents lower it.

    Parameters
    ----------
    sheet : Sheet
        With gold answers.

    Returns
    -------
    float
        At least 2.

    Examples
    --------
    >>> rows = (("6", "7", "8", "6"), ("6", "6", "6", "5"))
    >>> effective_alternatives(Sheet(("a", "b", "c", "d"), rows, ("5", "5")))
    3.0
    """
    pairs = same = 0
    for row, gold in sheet.known():
        wrong = Counter(answer for answer in row if answer is not None and answer != gold)
        pairs += math.comb(wrong.total(), 2)
        same += sum(math.comb(count, 2) for count in wrong.values())
    return 1 + (pairs + 1) / (same + 1)


def shrunken_accuracies(
    sheet: Sheet, strength: float = 2.0, abstentions: Abstentions = "wrong"
) -> dict[str, float]:
    """Return each agent's accuracy, drawn towards the panel's.

    The posterior mean under a Beta prior that is worth `strength` answers at the pooled accuracy of the
    panel: an agent seen on few questions weighs about what the others weigh. An abstention counts as a wrong
    answer, or stands `apart` and is not counted at all.

    Returns
    -------
    dict of str to float
        In (0, 1).

    Raises
    ------
    BadOption
        When `strength` is not positive, or no question has a gold answer.

    Examples
    --------
    >>> sheet = Sheet(("a", "b"), (("5", None), ("5", "6")), ("5", "5"))
    >>> shrunken_accuracies(sheet), round(shrunken_accuracies(sheet, abstentions="apart")["b"], 3)
    ({'a': 0.75, 'b': 0.25}, 0.4)
    """
    if abstentions not in ABSTENTIONS:
        raise BadOption(
            f"Abstentions cannot count as '{abstentions}'. {did_you_mean(abstentions, ABSTENTIONS)}"
        )
    if not 0 < strength < math.inf:
        raise BadOption(f"The prior is worth a positive number of answers, not {strength:g}.")
    known = sheet.known()
    apart = abstentions == "apart"
    answered = [sum(not apart or row[at] is not None for row, _ in known) for at in range(len(sheet.agents))]
    right = [sum(row[at] == gold for row, gold in known) for at in range(len(sheet.agents))]
    pooled = (sum(right) + 1) / (sum(answered) + 2)
    return {
        name: (hits + strength * pooled) / (count + strength)
        for name, hits, count in zip(sheet.agents, right, answered, strict=True)
    }


def log_odds(
    sheet: Sheet,
    *,
    alternatives: float | None = None,
    strength: float = 2.0,
    abstentions: Abstentions = "wrong",
    negative: bool = False,
) -> Weights:
    """Learn weights log(p (K - 1) / (1 - p)) from answers with gold.

    Parameters
    ----------
    sheet : Sheet
        Recorded answers to questions that the agents will not be judged on.
    alternatives : float, optional
        K: the number of options of a multiple choice; estimated from coinciding wrong answers when left out.
    strength : float
        How many answers the prior is worth that draws each accuracy towards the panel's.
    abstentions : {"wrong", "apart"}
        Whether an abstention lowers an agent's accuracy or is not counted.
    negative : bool
        Keep the negative weights of agents that are worse than chance; otherwise they weigh 0, and where
        nobody is better than chance everybody weighs 1.

    Returns
    -------
    Weights
        By agent, in nats.

    Raises
    ------
    BadOption
        For fewer than 2 alternatives, a prior of no strength, or a sheet without gold.

    Examples
    --------
    >>> rows = (("5", "5", "6"), ("7", "8", "9"), ("4", "4", "3"), ("1", "2", "1"))
    >>> weights = log_odds(Sheet(("ada", "bo", "cy"), rows, ("5", "7", "4", "1")), alternatives=10)
    >>> {name: round(value, 2) for name, value in weights.values.items()}
    {'ada': 3.99, 'bo': 2.29, 'cy': 1.61}
    """
    if alternatives is not None and not 2 <= alternatives < math.inf:
        raise BadOption(f"A question has at least 2 alternatives, not {alternatives:g}.")
    count = effective_alternatives(sheet) if alternatives is None else float(alternatives)
    accuracies = shrunken_accuracies(sheet, strength, abstentions)
    return Weights(
        values=weigh(accuracies, count, negative=negative),
        method="log_odds",
        alternatives=count,
        n=len(sheet.known()),
        signed=negative,
    )


def naive_log_odds(sheet: Sheet, *, strength: float = 2.0, negative: bool = True) -> Weights:
    """Learn weights log(p / (1 - p)): right for two alternatives, and there for comparison with more.

    Examples
    --------
    >>> sheet = Sheet(("ada", "bo"), (("5", "6"), ("5", "7"), ("5", "8")), ("5", "5", "5"))
    >>> naive_log_odds(sheet).of("bo") < 0
    True
    """
    found = log_odds(sheet, alternatives=2, strength=strength, negative=negative)
    return found.model_copy(update={"method": "naive_log_odds"})


def weigh(accuracies: dict[str, float], alternatives: float, *, negative: bool = False) -> dict[str, float]:
    """Turn accuracies in (0, 1) into weights, in nats.

    Examples
    --------
    >>> weigh({"ada": 0.5, "bo": 0.05}, 11)
    {'ada': 2.302585092994046, 'bo': 0.0}
    """
    odds = {name: math.log(p * (alternatives - 1) / (1 - p)) for name, p in accuracies.items()}
    if negative:
        return odds
    held = {name: max(0.0, value) for name, value in odds.items()}
    return held if any(held.values()) else dict.fromkeys(held, 1.0)


def cross_validated(
    sheet: Sheet, learn: Learner = log_odds, *, folds: int = 2, seed: int | None = None
) -> Weights:
    """Learn weights from all questions, and say how a vote with weights of this kind does on held-out ones.

    Parameters
    ----------
    sheet : Sheet
        With gold answers.
    learn : callable
        From a sheet to weights, such as `log_odds` or a partial of it.
    folds : int
        Each fold is voted on with weights learned from the others.
    seed : int, optional
        Shuffles the questions over the folds; without one they go round in turn.

    Returns
    -------
    Weights
        Learned from everything; `held_out` is the share of held-out questions that the vote had right, tied
        winners counted by their share.

    Examples
    --------
    >>> sheet = Sheet(("ada", "bo"), (("5", "6"), ("7", "8"), ("4", "3"), ("2", "1")), ("5", "7", "4", "2"))
    >>> cross_validated(sheet).held_out
    1.0
    """
    right = total = 0.0
    for learned_from, held in sheet.folds(folds, seed):
        right += vote_share(held, learn(learned_from).values) * len(held.rows)
        total += len(held.rows)
    return learn(sheet).model_copy(update={"folds": folds, "held_out": right / total, "seed": seed})
