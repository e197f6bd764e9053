"""Weights: what each agent's vote is worth, learned from answers with or without gold.

    weights = cross_validated(sheet, log_odds)     # from validation accuracy, with held-out accuracy
    weights = one_coin(sheet).weights()            # without any gold answer
    weights.save("w.json")

In a definition file: `decide: {weighted: {weights: ./w.json}}`.
"""

from quorate.protocols.weights.coins import one_coin
from quorate.protocols.weights.confusion import dawid_skene
from quorate.protocols.weights.crowd import Crowd
from quorate.protocols.weights.deciding import weighted
from quorate.protocols.weights.learning import (
    cross_validated,
    effective_alternatives,
    log_odds,
    naive_log_odds,
)
from quorate.protocols.weights.weights import Weights, apply_weights, read_weights

__all__ = [
    "Crowd",
    "Weights",
    "apply_weights",
    "cross_validated",
    "dawid_skene",
    "effective_alternatives",
    "log_odds",
    "naive_log_odds",
    "one_coin",
    "read_weights",
    "weighted",
]
