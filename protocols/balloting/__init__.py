"""Ballots by asking: the seats rank, approve or score the candidates, or say how likely they find each.

    decide: {ranked: {rule: schulze}}       every seat is asked for a ranking
    decide: approved                        ... which candidates it finds acceptable
    decide: {scored: {high: 5}}             ... for a score of each
    decide: {pooled: {rule: linear_pool}}   ... to choose, and its model says how likely it found each

Candidates are the distinct standing answers, anonymous, in an order of its own for every voter.
"""

from quorate.protocols.balloting.asking import (
    Form,
    approved,
    ask_ballots,
    ranked,
    scored,
)
from quorate.protocols.balloting.candidates import Candidate, Paper, candidates_of, quote_candidate
from quorate.protocols.balloting.likelihoods import likelihoods, pooled
from quorate.protocols.balloting.reading import (
    last_line,
    read_approvals,
    read_better,
    read_ranking,
    read_scores,
)

__all__ = [
    "Candidate",
    "Form",
    "Paper",
    "approved",
    "ask_ballots",
    "candidates_of",
    "last_line",
    "likelihoods",
    "pooled",
    "quote_candidate",
    "ranked",
    "read_approvals",
    "read_better",
    "read_ranking",
    "read_scores",
    "scored",
]
