"""Mixtures of agents: layers of proposers and an aggregator, from dense to sparse.

    agents=[...], offices={"aggregator": solon}     the seats propose, in every layer; solon aggregates
    offices={"judge": solon}                        solon judges, moderates and aggregates
    aggregator="ada"                                a proposer aggregates (option of the protocol)

`moa` passes on everything, `smoa` the k answers that a judge chose, `rmoa` the k most different ones with
what each layer adds. `self_moa` and `self_moa_seq` sample one agent instead: the baseline of all of them.
`costs` says in advance what each costs.
"""

from quorate.protocols.mixture.costs import (
    Lengths,
    Tokens,
    moa_calls,
    moa_tokens,
    rmoa_calls,
    self_moa_calls,
    self_moa_seq_calls,
    smoa_calls,
    smoa_tokens,
)
from quorate.protocols.mixture.diversity import most_different
from quorate.protocols.mixture.layers import Mixture
from quorate.protocols.mixture.moa import moa, smoa
from quorate.protocols.mixture.referees import Referees, read_end
from quorate.protocols.mixture.rmoa import read_residuals, rmoa
from quorate.protocols.mixture.roles import read_roles
from quorate.protocols.mixture.self_moa import self_moa, self_moa_seq

__all__ = [
    "Lengths",
    "Mixture",
    "Referees",
    "Tokens",
    "moa",
    "moa_calls",
    "moa_tokens",
    "most_different",
    "read_end",
    "read_residuals",
    "read_roles",
    "rmoa",
    "rmoa_calls",
    "self_moa",
    "self_moa_calls",
    "self_moa_seq",
    "self_moa_seq_calls",
    "smoa",
    "smoa_calls",
    "smoa_tokens",
]
