"""Robustness: what adversaries do to a table, by their part, number and place, over graphs and filters.

planting    adversaries at a table: the same seats and names, some of them with a part to play
places      where in a graph: hubs, leaves, drawn, by name
study       what is attacked, how and on what: an ordinary experiment, an arm a trial
study_file  the same as YAML                       measuring   the arms' records, paired question by question
findings    the table: harm to the honest, and which filters helped          robustness  all of it in order
"""

from quorate.robustness.findings import Finding, Robustness
from quorate.robustness.places import PLACES, order_at
from quorate.robustness.planting import Plants, plant
from quorate.robustness.robustness import read_robustness, robustness
from quorate.robustness.study import Study, Trial
from quorate.robustness.study_file import build_study, load_study, reopen_study

__all__ = [
    "PLACES",
    "Finding",
    "Plants",
    "Robustness",
    "Study",
    "Trial",
    "build_study",
    "load_study",
    "order_at",
    "plant",
    "read_robustness",
    "reopen_study",
    "robustness",
]
