"""Experiments: arms over the same problems and the same first drafts, with their controls, to one table.

experiment   what is compared: arms, grids, controls          experiment_file  the same as YAML or Python
arms         the ways of deciding, one by one or as a grid     drafts           first drafts that arms share
sitting      one arm with one seed, held beside the others     gathering        one model for all of them
controls     what debate is compared with                      matched, noise   the protocols of the controls
scoring      records into results                              tabulating       results into a table
folder       what lies where                                   growing          what may change there later
comparing    all of it in order                                tables           the table, read again
"""

from quorate.experiments.arms import Arm
from quorate.experiments.comparing import compare
from quorate.experiments.experiment import CONTROLS, Experiment
from quorate.experiments.experiment_file import build_experiment, load_experiment, reopen
from quorate.experiments.folder import Folder
from quorate.experiments.sitting import Watch
from quorate.experiments.tables import is_finished, read_comparison, read_results

__all__ = [
    "CONTROLS",
    "Arm",
    "Experiment",
    "Folder",
    "Watch",
    "build_experiment",
    "compare",
    "is_finished",
    "load_experiment",
    "read_comparison",
    "read_results",
    "reopen",
]
