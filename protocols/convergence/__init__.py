"""Stop checks: when more talk is waste. A check gets the history and returns a reason to stop, or None.

    debate(question, table, until=any_of(quorum, partial(stable, rounds=2), partial(budget, tokens=4000)))

In a definition file: `until: {any: [quorum, {stable: {rounds: 2}}, {budget: {tokens: 4000}}]}`.

One family a file. Answers are compared as values: every check counts canonical answers, of which equal
strings are one answer, and an abstention agrees with nobody. `quorate.stopping` replays checks over records.
"""

from quorate.protocols.convergence.agreement import quorum, stable, unanimous
from quorate.protocols.convergence.budgets import budget, never
from quorate.protocols.convergence.certainty import beta_certain, low_entropy
from quorate.protocols.convergence.combining import all_of, any_of, resolve_stop
from quorate.protocols.convergence.mixtures import Mixture, mixture_stable, settled_after
from quorate.protocols.convergence.similarity import similar

__all__ = [
    "Mixture",
    "all_of",
    "any_of",
    "beta_certain",
    "budget",
    "low_entropy",
    "mixture_stable",
    "never",
    "quorum",
    "resolve_stop",
    "settled_after",
    "similar",
    "stable",
    "unanimous",
]
