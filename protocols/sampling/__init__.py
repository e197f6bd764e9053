"""Sampling one agent often: the baselines that every debate must be shown beside.

`consistency` holds the protocols, `criteria` says when enough was drawn, `replays` runs both over recorded
samples, without a model.
"""

from quorate.protocols.sampling.consistency import (
    adaptive_consistency,
    best_single,
    early_stopping_consistency,
    more_from_the_best,
    self_consistency,
)
from quorate.protocols.sampling.criteria import (
    CRITERIA,
    agreeing_window,
    beta_certainty,
    dirichlet_certainty,
    entropy_share,
    majority_share,
    settled,
)
from quorate.protocols.sampling.replays import Drawn, Replayed, draw, replay
from quorate.protocols.sampling.universal import read_choice, universal_consistency

__all__ = [
    "CRITERIA",
    "Drawn",
    "Replayed",
    "adaptive_consistency",
    "agreeing_window",
    "best_single",
    "beta_certainty",
    "dirichlet_certainty",
    "draw",
    "early_stopping_consistency",
    "entropy_share",
    "majority_share",
    "more_from_the_best",
    "read_choice",
    "replay",
    "self_consistency",
    "settled",
    "universal_consistency",
]
