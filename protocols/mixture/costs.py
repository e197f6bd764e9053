"""What mixtures cost, in closed form: calls, and tokens read and written.

    L layers of n proposers, q question, r response, a aggregation prompt, role, j judge's prompt, c choice

    MoA   in   nq + (L-1) n (q + a + nr) + (q + a + nr)
          out  (nL + 1) r
    SMoA  in   n (q + role) + (L-1) n (q + role + a + kr) + L (j + q + nr) + (q + a + kr)
          out  (nL + 1) r + L c

Every one of these has been checked against the token meter of a run. SMoA's judge reads all n answers in
every layer: with few agents the early stop saves tokens, not the selection.
"""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from quorate.errors import BadOption


class Lengths(NamedTuple):
    """How long the parts of prompts and replies are, in tokens."""

    question: float
    response: float
    aggregate: float
    """The aggregation prompt, without the question and the answers."""
    role: float = 0.0
    judge: float = 0.0
    """The judge's prompt, likewise."""
    choice: float = 0.0
    """What the judge writes."""


class Tokens(NamedTuple):
    """Tokens read and written in one deliberation."""

    read: float
    written: float

    @property
    def total(self) -> float:
        """Tokens read and written together."""
        return self.read + self.written


def moa_calls(agents: int, layers: int) -> int:
    """Return the calls of a mixture of agents (Wang et al. 2024, arXiv:2406.04692).

    Examples
    --------
    >>> moa_calls(6, 3)
    19
    """
    _check(agents=agents, layers=layers)
    return agents * layers + 1


def smoa_calls(agents: int, layers: int, *, apart: bool = False, ended: bool = False) -> int:
    """Return the calls of a sparse mixture (Li et al. 2024, arXiv:2411.03284).

    Parameters
    ----------
    agents : int
        Proposers in each layer; more than k.
    layers : int
        Layers that were held, which are fewer than planned where the moderator ended it.
    apart : bool
        Whether the moderator is asked in a call of its own: after every layer but the last planned one.
    ended : bool
        Whether it was ended before the last planned layer.

    Examples
    --------
    >>> smoa_calls(4, 2), smoa_calls(4, 1, ended=True), smoa_calls(4, 2, apart=True)
    (11, 6, 12)
    """
    _check(agents=agents, layers=layers)
    moderated = (layers if ended else layers - 1) if apart else 0
    return layers * (agents + 1) + moderated + 1


def self_moa_calls(samples: int) -> int:
    """Return the calls of Self-MoA (Li et al. 2025, arXiv:2502.00674).

    Examples
    --------
    >>> self_moa_calls(6)
    7
    """
    _check(samples=samples)
    return samples + 1


def self_moa_seq_calls(samples: int, window: int) -> int:
    """Return the calls of Self-MoA-Seq, in whose window one place is the synthesis so far (same source).

    Examples
    --------
    >>> self_moa_seq_calls(30, 6), self_moa_seq_calls(4, 6)
    (36, 5)
    """
    _check(samples=samples, window=window - 1)
    return samples + max(0, ceil((samples - window) / (window - 1))) + 1


def rmoa_calls(agents: int, layers: int) -> int:
    """Return the calls of a residual mixture that held so many layers (Xie et al. 2025, arXiv:2505.24442).

    Examples
    --------
    >>> rmoa_calls(6, 3)
    21
    """
    _check(agents=agents, layers=layers)
    return agents * layers + (layers - 1) + 1


def moa_tokens(agents: int, layers: int, lengths: Lengths) -> Tokens:
    """Return the tokens of a mixture of agents.

    Examples
    --------
    >>> moa_tokens(4, 2, Lengths(question=150, response=350, aggregate=130)).total
    12150.0
    """
    _check(agents=agents, layers=layers)
    q, r, a = lengths.question, lengths.response, lengths.aggregate
    later = q + a + agents * r
    read = agents * q + (layers - 1) * agents * later + later
    return Tokens(float(read), float((agents * layers + 1) * r))


def smoa_tokens(agents: int, layers: int, k: int, lengths: Lengths) -> Tokens:
    """Return the tokens of a sparse mixture that held `layers`, judge and moderator in one call.

    Examples
    --------
    >>> lengths = Lengths(question=150, response=350, aggregate=130, role=80, judge=180, choice=150)
    >>> dense = moa_tokens(4, 2, lengths).total
    >>> [round(smoa_tokens(4, held, 2, lengths).total / dense, 2) for held in (2, 1)]
    [1.07, 0.46]
    """
    _check(agents=agents, layers=layers, k=k)
    q, r, a, role, judge, choice = lengths
    drafts = agents * (q + role)
    later = (layers - 1) * agents * (q + role + a + k * r)
    judged = layers * (judge + q + agents * r)
    read = drafts + later + judged + (q + a + k * r)
    return Tokens(float(read), float((agents * layers + 1) * r + layers * choice))


def _check(**counts: int) -> None:
    for name, value in counts.items():
        if value < 1:
            raise BadOption(f"There is no mixture with {value} {name}; give 1 or more.")
